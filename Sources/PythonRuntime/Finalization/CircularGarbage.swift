/// What `gc` asks about the heap: garbage in circles, and who refers to whom.
extension VM {
  /// Whether CPython's collector looks after objects of this kind.
  func isCollectable(_ ref: Ref) -> Bool {
    guard let kind = Kind(rawValue: words(ref).kindByte) else { return false }
    switch kind {
    case .none, .code, .string, .bytes, .bytearray, .int, .float, .complex, .raw, .buffer, .dictTable, .setTable,
      .shape, .range, .nativeProperty, .memberDescriptor, .plainObject:
      return false
    case .tuple: return words(ref).low(1) > 0
    default: return true
    }
  }

  /// What an object refers to, as programs see it: tables, shapes and buffers stand for what is in them; classes are left out but for
  /// those that programs made.
  func visibleReferences(of ref: Ref) -> [Value] {
    var result: [Value] = []
    for child in references(of: ref) {
      let object = words(child)
      switch object.kind {
      case .dictTable, .setTable: result += visibleReferences(of: child)
      case .shape: result.append(object.value(ShapeLayout.owner))
      case .class where child == classOf(words(ref)) && classFlags(child) & ClassFlags.isHeap == 0: break
      case .tuple where words(ref).kind == .instance && Value(child) == words(ref).value(InstanceLayout.overflow):
        result += visibleReferences(of: child)
      default: result.append(Value(child))
      }
    }
    return result
  }

  /// All objects that can be reached now and that CPython's collector would look after.
  func collectableObjects() -> [Ref] {
    var collector = Collector(self)
    collector.markAll()
    var result: [Ref] = []
    forEachAllocated { ref in
      if collector.isMarked(ref), isCollectable(ref) { result.append(ref) }
    }
    return result
  }

  /// The objects that only circles of garbage refer to.
  func circularGarbage() -> [Ref] {
    var search = EndedObjects(self)
    return search.circularGarbage()
  }
}
