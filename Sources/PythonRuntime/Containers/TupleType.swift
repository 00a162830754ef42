/// The type `tuple`.
enum TupleType {
  static let type = NativeType(
    .tuple, "tuple", kind: .tuple, signature: "(iterable=(), /)",
    doc: """
      Built-in immutable sequence.

      If no argument is given, the constructor returns an empty tuple.
      If iterable is specified the tuple is initialized from iterable's items.

      If the argument is a tuple, the return value is the same object.
      """,
    [
      NativeFunction("__new__", "cls, iterable=, /", new, binding: .static),
      NativeFunction("count", "self, value, /", count),
      NativeFunction("index", "self, value, start=, stop=, /", index),
      NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
      NativeFunction("__len__", "self, /", { (vm, a) throws(Unwind) in Value(small: PyTuple(vm, a[0]).count) }),
      NativeFunction("__getitem__", "self, key, /", { (vm, a) throws(Unwind) in try vm.tupleItem(a[0], a[1]) }),
      NativeFunction("__contains__", "self, key, /", { (vm, a) throws(Unwind) in
        Value(try vm.sequenceContains(a[0], a[1]))
      }),
      NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in
        try vm.newRecord(.tupleIterator, .tupleIterator, a[0], .zero)
      }),
      NativeFunction("__add__", "self, value, /", add),
      NativeFunction("__mul__", "self, value, /", multiply),
      NativeFunction("__rmul__", "self, value, /", multiply),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__hash__", "self, /", { (vm, a) throws(Unwind) in try vm.integer(vm.tupleHash(a[0])) }),
      NativeFunction("__getnewargs__", "self, /", { (vm, a) throws(Unwind) in
        try vm.newTuple(vm.newTuple(from: vm.words(a[0]), at: 2, count: PyTuple(vm, a[0]).count))
      }),
    ]
      + SequenceComparison.rows { (vm, op, x, y) throws(Unwind) in
        guard vm.is(y, .tuple) else { return .notImplemented }
        return try vm.compareSequences(op, x, y)
      })

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let plain = a[1].isUnbound ? vm[root: .emptyTuple] : try vm.tupleFromIterable(a[1])
    let owner = a[0].ref
    if owner == vm.type(.tuple) { return plain }
    let source = PyTuple(vm, plain)
    let result = Value(try vm.allocateSubclassable(.tuple, class: owner, words: 2 + source.count))
    vm.words(result)[1] = UInt64(source.count)
    vm.words(result).copy(from: source.words, at: 2, sourceIndex: 2, count: source.count)
    return result
  }

  static func count(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let tuple = PyTuple(vm, a[0])
    var found = 0
    for index in 0..<tuple.count where try vm.sameElement(tuple[index], a[1]) { found += 1 }
    try vm.charge(tuple.count >> 2)
    return Value(small: found)
  }

  static func index(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let tuple = PyTuple(vm, a[0])
    let range = try vm.searchRange(a[2], a[3], count: tuple.count)
    var index = range.start
    while index < min(range.stop, tuple.count) {
      if try vm.sameElement(tuple[index], a[1]) { return Value(small: index) }
      index += 1
    }
    throw vm.raise(.valueError, "tuple.index(x): x not in tuple")
  }

  static func add(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .tuple) else { return .notImplemented }
    return try vm.tupleConcatenated(a[0], a[1])
  }

  static func multiply(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.hasIndex(a[1]) else { return .notImplemented }
    return try vm.tupleRepeated(a[0], vm.indexAsInt(a[1], overflow: .overflowError))
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let tuple = PyTuple(vm, a[0])
    if tuple.count == 0 { return try vm.newString("()") }
    guard try vm.enterRepr(a[0]) else { return try vm.newString("(...)") }
    defer { vm.leaveRepr(a[0]) }
    var out: [UInt8] = [0x28]
    for index in 0..<tuple.count {
      if index > 0 { out += [0x2C, 0x20] }
      vm.text(of: try vm.repr(tuple[index]), into: &out)
    }
    if tuple.count == 1 { out.append(0x2C) }
    out.append(0x29)
    try vm.charge(out.count >> 3)
    return try vm.newString(utf8: out)
  }
}

extension VM {
  /// `tuple[index]`
  @inline(__always) package func tupleItem(_ tuple: Value, _ index: Value) throws(Unwind) -> Value {
    if index.isInt {
      let view = PyTuple(self, tuple)
      let count = view.count
      var position = index.int
      if position < 0 { position &+= count }
      if UInt(bitPattern: position) < UInt(bitPattern: count) { return view[position] }
    }
    return try tupleItemSlowly(tuple, index)
  }

  @inline(never) private func tupleItemSlowly(_ tuple: Value, _ index: Value) throws(Unwind) -> Value {
    if self.is(index, .slice) { return try tupleSlice(tuple, index) }
    var position = try sequenceIndex(index, of: "tuple")
    let view = PyTuple(self, tuple)
    if position < 0 { position &+= view.count }
    guard position >= 0, position < view.count else { throw raiseOutOfRange("tuple") }
    return view[position]
  }

  /// `tuple[start:stop:step]`
  package func tupleSlice(_ tuple: Value, _ slice: Value) throws(Unwind) -> Value {
    let view = PyTuple(self, tuple)
    let bounds = try sliceBounds(slice, length: view.count)
    try charge(bounds.count >> 3)
    if bounds.step == 1 {
      if bounds.count == view.count, isPlain(tuple, .tuple) { return tuple }
      return try newTuple(from: view.words, at: 2 + bounds.start, count: bounds.count)
    }
    let result = try newTuple(count: bounds.count)
    if bounds.count > 0 { words(result).gather(from: view.words, at: 2, first: 2 + bounds.start, bounds) }
    return result
  }

  /// `a + b`, both tuples.
  package func tupleConcatenated(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    let first = PyTuple(self, a)
    let second = PyTuple(self, b)
    if second.count == 0, isPlain(a, .tuple) { return a }
    if first.count == 0, isPlain(b, .tuple) { return b }
    try charge((first.count + second.count) >> 3)
    let result = try newTuple(count: first.count + second.count)
    words(result).copy(from: first.words, at: 2, sourceIndex: 2, count: first.count)
    words(result).copy(from: second.words, at: 2 + first.count, sourceIndex: 2, count: second.count)
    return result
  }

  /// `tuple * times`
  package func tupleRepeated(_ tuple: Value, _ times: Int) throws(Unwind) -> Value {
    let view = PyTuple(self, tuple)
    if isPlain(tuple, .tuple), times == 1 || view.count == 0 { return tuple }
    let total = try repeatedCount(view.count, times)
    let result = try newTuple(count: total)
    if total > 0 { words(result).fillRepeating(view.words, at: 2, count: view.count, total: total) }
    return result
  }

  /// The elements of an iterable as a tuple; an exact tuple is itself.
  package func tupleFromIterable(_ iterable: Value) throws(Unwind) -> Value {
    if isPlain(iterable, .tuple) { return iterable }
    if let source = plainElements(iterable) {
      try charge(source.count >> 3)
      return try newTuple(from: source.words, at: source.start, count: source.count)
    }
    // What it says about its length is asked for, and may fail, before anything is taken from it.
    _ = try lengthHint(iterable)
    let list = PyList(self, try listFromIterable(iterable))
    return try newTuple(from: list.buffer, at: 1, count: list.count)
  }

  /// The hash of a tuple: CPython's, which is a simplified xxHash.
  package func tupleHash(_ tuple: Value) throws(Unwind) -> Int {
    let view = PyTuple(self, tuple)
    let count = view.count
    try enterNested(" while hashing an object")
    defer { leaveNested() }
    var sum: UInt64 = 2_870_177_450_012_600_261
    for index in 0..<count {
      sum = TupleHash.mix(sum, UInt64(bitPattern: Int64(try hashKey(view[index]))))
    }
    sum &+= UInt64(count) ^ (2_870_177_450_012_600_261 ^ 3_527_539)
    return sum == UInt64.max ? 1_546_275_796 : Int(Int64(bitPattern: sum))
  }
}

/// One step of a tuple's hash.
enum TupleHash {
  @inline(__always) static func mix(_ sum: UInt64, _ lane: UInt64) -> UInt64 {
    let added = sum &+ lane &* 14_029_467_366_897_019_727
    return (added << 31 | added >> 33) &* 11_400_714_785_074_694_791
  }
}
