/// Paths that a program could take itself, from a global name to a cell.
extension Survey {
  /// A Python expression for a cell: `a.__closure__[0]`. Nil when only frames or hidden places lead there.
  package func expression(reaching cell: Int) -> String? {
    var queue: [(path: String, value: Value)] = []
    var known: Set<UInt64> = []
    func add(_ path: String, _ value: Value) {
      guard value.isRef, queue.count < 20_000, known.insert(value.bits).inserted else { return }
      queue.append((path, value))
    }
    for (key, value) in vm.pairs(of: vm.mainGlobals, limit: Recorder.mostNames) where vm.isString(key) {
      let name = vm.text(key)
      if !name.hasPrefix("__"), isIdentifier(name) { add(name, value) }
    }
    var next = 0
    while next < queue.count {
      let (path, value) = queue[next]
      next += 1
      let object = vm.words(value)
      switch object.kind {
      case .function:
        for index in 0..<object.size {
          let inner = object.value(FunctionLayout.cells + index)
          guard vm.is(inner, .cell) else { continue }
          if vm.cellNumber(inner) == cell { return "\(path).__closure__[\(index)]" }
          add("\(path).__closure__[\(index)].cell_contents", vm.words(inner).value(1))
        }
        addAttributes(path, value, add)
      case .cell:
        if vm.cellNumber(value) == cell { return path }
        add("\(path).cell_contents", object.value(1))
      case .list, .tuple:
        for (index, item) in vm.items(of: value, limit: 1000).enumerated() { add("\(path)[\(index)]", item) }
      case .dict:
        for (key, item) in vm.pairs(of: value, limit: 1000) where key.isInt || vm.isString(key) {
          let text = ValueText(vm, key)
          if !text.isCut { add("\(path)[\(String(decoding: text.bytes, as: UTF8.self))]", item) }
        }
      case .boundMethod:
        add("\(path).__func__", object.value(1))
        add("\(path).__self__", object.value(2))
      case .instance:
        addAttributes(path, value, add)
        add("type(\(path))", Value(vm.classOf(value)))
      case .class, .namespace: addAttributes(path, value, add)
      default: break
      }
    }
    return nil
  }

  private func addAttributes(_ path: String, _ value: Value, _ add: (String, Value) -> Void) {
    for (name, attribute) in vm.ownAttributes(value) where isIdentifier(name) {
      // Functions and plain values of a class are what the class gives; descriptors are something else.
      let isPlain =
        !attribute.isRef || [.function, .list, .tuple, .dict, .class, .instance].contains(vm.words(attribute).kind)
      if !vm.is(value, .class) || isPlain { add("\(path).\(name)", attribute) }
    }
  }

  private func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, first == 0x5F || first | 0x20 >= 0x61 && first | 0x20 <= 0x7A else {
      return false
    }
    return name.utf8.allSatisfy { $0 == 0x5F || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 }
  }
}
