/// What is told the references of an object: see `VM.visit`.
protocol ReferenceVisitor {
  /// An object that it refers to, or null.
  mutating func reference(_ ref: Ref)
  /// Memory that it owns and that has no references of its own to be followed.
  mutating func part(_ offset: UInt32)
}

/// The references of every kind of object, in one place: for the collector, and for whoever counts references.
extension VM {
  @inline(__always) func visit<V: ReferenceVisitor>(_ ref: Ref, _ visitor: inout V) {
    let object = words(ref)
    let head = object[0]
    let raw = UInt8(truncatingIfNeeded: head)
    // The class, or an instance's shape; null in what has none.
    visitor.reference(Ref(offset: UInt32(truncatingIfNeeded: head >> 32)))
    if raw >= Kind.record.rawValue {
      if raw == Kind.weakReference.rawValue {
        // What it refers to is not kept alive by it.
        visitWords(object, &visitor, from: 2, count: Int(head >> 16 & 0xFFFF) - 1)
        return
      }
      visitWords(object, &visitor, from: 1, count: Int(head >> 16 & 0xFFFF))
      return
    }
    guard let kind = Kind(rawValue: raw) else { preconditionFailure("an object of no kind at \(ref.offset)") }
    if head & ObjectFlags.hasDict != 0 { visit(&visitor, object.value(dictIndex(object, kind))) }
    switch kind {
    case .cell: visit(&visitor, object.value(1))
    case .function: visitWords(object, &visitor, from: 3, count: 4 + Int(head >> 16 & 0xFFFF))
    case .tuple: visitWords(object, &visitor, from: 2, count: object.low(1))
    case .list: visitBuffer(object.low(2), &visitor, count: Int(truncatingIfNeeded: object[1]))
    case .dict:
      visit(&visitor, Ref(offset: UInt32(truncatingIfNeeded: object[1])))
      if head & ObjectFlags.hasExtra != 0 { visit(&visitor, object.value(4)) }
    case .dictTable:
      let used = object.low(2)
      for index in 0..<used {
        visit(&visitor, object.value(DictTable.entry(index)))
        visit(&visitor, object.value(DictTable.entry(index) + 1))
      }
    case .set: visit(&visitor, Ref(offset: UInt32(truncatingIfNeeded: object[1])))
    case .setTable:
      for index in 0...object.low(1) { visit(&visitor, object.value(2 + 2 * index)) }
    case .string: if head & ObjectFlags.shared != 0 { visitor.part(UInt32(truncatingIfNeeded: object[2])) }
    case .bytearray: visitor.part(UInt32(truncatingIfNeeded: object[2]))
    case .bytes, .int, .float, .complex, .raw, .buffer: break
    case .instance:
      let slots = Int(head >> 16 & 0xFFFF)
      visit(&visitor, object.value(1))
      visitWords(object, &visitor, from: 2, count: slots)
    case .shape, .class: visitWords(object, &visitor, from: 2, count: Int(head >> 16 & 0xFFFF))
    case .code:
      let values = CodeLayout.valueCount + object.low(CodeLayout.constantCount)
      visitWords(object, &visitor, from: CodeLayout.firstValue, count: values)
      for index in CodeLayout.rawRefs { visitor.part(UInt32(truncatingIfNeeded: object[index])) }
    case .generator:
      visitWords(object, &visitor, from: GeneratorLayout.firstValue, count: GeneratorLayout.valueCount)
      visitWords(object, &visitor, from: GeneratorLayout.registers, count: object.low(GeneratorLayout.registerCount))
    default: preconditionFailure("a record among the other kinds")
    }
  }

  @inline(__always) private func visit<V: ReferenceVisitor>(_ visitor: inout V, _ value: Value) {
    if value.isRef { visitor.reference(value.ref) }
  }

  @inline(__always) private func visit<V: ReferenceVisitor>(_ visitor: inout V, _ ref: Ref) { visitor.reference(ref) }

  @inline(__always)
  private func visitWords<V: ReferenceVisitor>(_ words: Words, _ visitor: inout V, from start: Int, count: Int) {
    for index in start..<start + count { visit(&visitor, words.value(index)) }
  }

  @inline(__always)
  private func visitBuffer<V: ReferenceVisitor>(_ ref: Int, _ visitor: inout V, count: Int) {
    guard ref != 0 else { return }
    visitor.part(UInt32(truncatingIfNeeded: ref))
    visitWords(words(at: ref), &visitor, from: 1, count: count)
  }
}

extension Collector: ReferenceVisitor {
  @inline(__always) mutating func reference(_ ref: Ref) { mark(ref) }
  @inline(__always) mutating func part(_ offset: UInt32) { _ = markOnly(offset) }
}
