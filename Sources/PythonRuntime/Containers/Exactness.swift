/// Quick questions about values, and small objects made quickly: what the containers ask on their hot paths.
extension VM {
  /// Whether the value is an object of this layout and of no Python subclass of the built-in type.
  @inline(__always) func isPlain(_ value: Value, _ kind: Kind) -> Bool {
    value.isRef && words(value)[0] & (ObjectFlags.hasDict | 0xFF) == UInt64(kind.rawValue)
  }

  /// The elements of an exact list or tuple where they lie; nil for other objects. Valid until Python code runs or
  /// the list changes.
  @inline(__always) func plainElements(_ value: Value) -> (words: Words, start: Int, count: Int)? {
    guard value.isRef else { return nil }
    let object = words(value)
    switch object[0] & (ObjectFlags.hasDict | 0xFF) {
    case UInt64(Kind.tuple.rawValue): return (object, 2, object.low(1))
    case UInt64(Kind.list.rawValue): return (words(at: object.low(2)), 1, Int(truncatingIfNeeded: object[1]))
    default: return nil
    }
  }

  /// The hash of a key: without a call for small integers and strings.
  @inline(__always) func hashKey(_ key: Value) throws(Unwind) -> Int {
    if key.isInt {
      let int = key.int
      if int.magnitude < 1 << 61 - 1 { return int == -1 ? -2 : int }
    } else if isPlain(key, .string) {
      return stringHash(key)
    }
    return try hashSlowly(key)
  }

  @inline(never) private func hashSlowly(_ key: Value) throws(Unwind) -> Int {
    if isPlain(key, .tuple) { return try tupleHash(key) }
    return try hash(key)
  }

  /// One level deeper into objects that hold one another; too deep is a RecursionError. `leaveNested` goes back.
  @inline(__always) func enterNested(_ doing: StaticString) throws(Unwind) {
    try charge(4)
    let depth = self[.depth]
    let nested = self[.nestedRuns]
    guard depth < self[.recursionLimit], nested < VM.maxNestedRuns else { throw raiseTooDeep(doing) }
    self[.depth] = depth &+ 1
    self[.nestedRuns] = nested &+ 1
  }

  @inline(__always) func leaveNested() {
    self[.depth] = self[.depth] &- 1
    self[.nestedRuns] = self[.nestedRuns] &- 1
  }

  @inline(never) private func raiseTooDeep(_ doing: StaticString) -> Unwind {
    raise(.recursionError, "maximum recursion depth exceeded\(doing)")
  }

  /// Equality of two elements: identity first, and without a call where nothing of the program can run.
  @inline(__always) func sameElement(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    if a == b { return true }
    if a.isInt && b.isInt { return false }
    if let quick = equalKeysQuickly(a, b) { return quick }
    return try equal(a, b)
  }

  /// Whether `operator.index` accepts the value.
  func hasIndex(_ value: Value) -> Bool {
    value.isInt || value.isBool || self.is(value, .int) || lookupSpecial(value, .index) != nil
  }

  /// A tuple of two.
  @inline(__always) func newPair(_ first: Value, _ second: Value) throws(Unwind) -> Value {
    let ref = try allocateCell(32)
    let tuple = words(ref)
    tuple[0] = header(.tuple, class: type(.tuple))
    tuple[1] = 2
    tuple.set(2, first)
    tuple.set(3, second)
    return Value(ref)
  }

  /// A record of two words.
  @inline(__always)
  func newRecord(_ kind: Kind, _ known: WellKnown, _ first: Value, _ second: Value) throws(Unwind) -> Value {
    let ref = try allocateCell(24)
    let record = words(ref)
    record[0] = header(kind, class: type(known), size: 2)
    record.set(1, first)
    record.set(2, second)
    return Value(ref)
  }

  /// A record of three words.
  @inline(__always)
  func newRecord(
    _ kind: Kind, _ known: WellKnown, _ first: Value, _ second: Value, _ third: Value
  ) throws(Unwind) -> Value {
    let ref = try allocateCell(32)
    let record = words(ref)
    record[0] = header(kind, class: type(known), size: 3)
    record.set(1, first)
    record.set(2, second)
    record.set(3, third)
    return Value(ref)
  }

  /// IndexError: "list index out of range" and its like.
  @inline(never) func raiseOutOfRange(_ what: String) -> Unwind { raise(.indexError, "\(what) index out of range") }

  /// TypeError for a subscript that is neither integer nor slice.
  @inline(never) func raiseBadIndex(_ what: String, _ index: Value) -> Unwind {
    raise(.typeError, "\(what) indices must be integers or slices, not \(typeName(index))")
  }

  /// The index that a value stands for in a sequence of `count` elements, from the end if it is negative; it may lie
  /// outside.
  func sequenceIndex(_ index: Value, of what: String) throws(Unwind) -> Int {
    guard hasIndex(index) else { throw raiseBadIndex(what, index) }
    return try indexAsInt(index)
  }

  /// Text for a new string, from pieces that Python code may make.
  func text(of value: Value, into out: inout [UInt8]) {
    let string = PyString(self, value)
    if string.isASCII {
      out.append(contentsOf: string.units.array(count: string.count))
    } else {
      out.append(contentsOf: string.utf8())
    }
  }

  /// The function of the module builtins with this name: what `__reduce__` of an iterator names.
  func builtinNamed(_ name: String) throws(Unwind) -> Value {
    let builtins = self[root: .builtins]
    let dict = self.is(builtins, .module) ? words(builtins).value(1) : builtins
    guard self.is(dict, .dict), let found = PyDict(self, dict).get(name: try intern(name)) else {
      throw raise(.attributeError, name)
    }
    return found
  }
}
