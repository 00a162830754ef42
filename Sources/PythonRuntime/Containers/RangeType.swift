/// The type `range`.
enum RangeType {
  static let type = NativeType(
    .range, "range", kind: .range, isSubclassable: false,
    doc: """
      range(stop) -> range object
      range(start, stop[, step]) -> range object

      Return an object that produces a sequence of integers from start (inclusive)
      to stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.
      start defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.
      These are exactly the valid indices for a list of 4 elements.
      When step is given, it specifies the increment (or decrement).
      """,
    [
      NativeFunction("__new__", "cls, *args", new, binding: .static),
      NativeFunction("count", "self, value, /", count),
      NativeFunction("index", "self, value, /", index),
      NativeFunction("__len__", "self, /", length),
      NativeFunction("__bool__", "self, /", { (vm, a) throws(Unwind) in Value(vm.words(a[0]).value(4) != .zero) }),
      NativeFunction("__getitem__", "self, key, /", { (vm, a) throws(Unwind) in try vm.rangeItem(a[0], a[1]) }),
      NativeFunction("__contains__", "self, key, /", { (vm, a) throws(Unwind) in
        Value(try vm.rangeContains(a[0], a[1]))
      }),
      NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in try vm.newRangeIterator(a[0]) }),
      NativeFunction("__reversed__", "self, /", reversed),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__hash__", "self, /", hash),
      NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
        try vm.newPair(Value(vm.type(.range)), vm.newTuple(from: vm.words(a[0]), at: 1, count: 3))
      }),
    ] + SequenceComparison.rows { (vm, op, x, y) throws(Unwind) in
      guard op == .equal || op == .notEqual, vm.is(y, .range) else { return .notImplemented }
      return Value(try vm.equalRanges(x, y) == (op == .equal))
    },
    properties: [
      NativeProperty("start", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }),
      NativeProperty("stop", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) }),
      NativeProperty("step", { (vm, a) throws(Unwind) in vm.words(a[0]).value(3) }),
    ])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let arguments = PyTuple(vm, a[1])
    guard arguments.count > 0 else { throw vm.raise(.typeError, "range expected at least 1 argument, got 0") }
    guard arguments.count <= 3 else {
      throw vm.raise(.typeError, "range expected at most 3 arguments, got \(arguments.count)")
    }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    func number(_ index: Int) throws(Unwind) -> Value {
      let int = try vm.plainInteger(vm.index(arguments[index]))
      vm.keep(int)
      return int
    }
    if arguments.count == 1 { return try vm.newRange(.zero, number(0), Value(small: 1)) }
    let start = try number(0)
    let stop = try number(1)
    let step = arguments.count == 3 ? try number(2) : Value(small: 1)
    if step == .zero { throw vm.raise(.valueError, "range() arg 3 must not be zero") }
    return try vm.newRange(start, stop, step)
  }

  static func length(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let length = vm.words(a[0]).value(4)
    if !length.isInt, vm.asInt(length) == nil {
      throw vm.raise(.overflowError, "Python int too large to convert to C ssize_t")
    }
    return length
  }

  static func count(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.isIntegerValue(a[1]) { return Value(small: try vm.rangeContains(a[0], a[1]) ? 1 : 0) }
    var found = 0
    try vm.iterate(a[0]) { (item) throws(Unwind) in
      if try vm.equal(item, a[1]) { found += 1 }
      return true
    }
    return Value(small: found)
  }

  static func index(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.isIntegerValue(a[1]) {
      if try vm.rangeContains(a[0], a[1]) {
        let range = vm.words(a[0])
        let distance = try vm.binary(.subtract, a[1], range.value(1))
        return try vm.binary(.floorDivide, distance, range.value(3))
      }
      throw vm.raise(.valueError, "\(vm.text(try vm.repr(a[1]))) is not in range")
    }
    var position = 0
    var found = false
    try vm.iterate(a[0]) { (item) throws(Unwind) in
      found = try vm.equal(item, a[1])
      if !found { position += 1 }
      return !found
    }
    if found { return Value(small: position) }
    throw vm.raise(.valueError, "sequence.index(x): x not in sequence")
  }

  static func reversed(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let range = vm.words(a[0])
    if let small = vm.smallRange(a[0]) {
      let first = small.start + small.step * (small.count - 1)
      return try vm.newRecord(
        .rangeIterator, .rangeIterator, Value(small: first), Value(small: small.start - small.step),
        Value(small: 0 - small.step))
    }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let last = try vm.binary(.subtract, range.value(4), Value(small: 1))
    let distance = try vm.binary(.multiply, last, range.value(3))
    let start = try vm.binary(.add, range.value(1), distance)
    let step = try vm.unary(.neg, range.value(3))
    return try vm.newRecord(.longRangeIterator, .longRangeIterator, start, step, range.value(4))
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let range = vm.words(a[0])
    var out = Array("range(".utf8)
    let parts = range.value(3) == Value(small: 1) ? 2 : 3
    for part in 1...parts {
      if part > 1 { out += [0x2C, 0x20] }
      vm.text(of: try vm.repr(range.value(part)), into: &out)
    }
    out.append(0x29)
    return try vm.newString(utf8: out)
  }

  static func hash(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let range = vm.words(a[0])
    let length = range.value(4)
    let isSingle = length == Value(small: 1)
    let key = try vm.newTuple(
      length, length == .zero ? .none : range.value(1), length == .zero || isSingle ? .none : range.value(3))
    return try vm.integer(vm.tupleHash(key))
  }
}

/// A range whose numbers all fit machine words with room to spare.
struct SmallRange {
  var start: Int
  var step: Int
  var count: Int
}

extension VM {
  /// Whether the value is an int (not of a Python subclass) or a bool.
  func isIntegerValue(_ value: Value) -> Bool { value.isInt || value.isBool || isPlain(value, .int) }

  /// A bool or an instance of a subclass of int as a plain int.
  func plainInteger(_ value: Value) throws(Unwind) -> Value {
    if value.isInt || isPlain(value, .int) { return value }
    if let int = asInt(value) { return try integer(int) }
    return try binary(.add, value, .zero)
  }

  /// A range of three plain ints; the step is not zero.
  func newRange(_ start: Value, _ stop: Value, _ step: Value) throws(Unwind) -> Value {
    let length = try rangeLength(start, stop, step)
    let ref = try allocateCell(40)
    let range = words(ref)
    range[0] = header(.range, class: type(.range), size: 4)
    range.set(1, start)
    range.set(2, stop)
    range.set(3, step)
    range.set(4, length)
    return Value(ref)
  }

  private func rangeLength(_ start: Value, _ stop: Value, _ step: Value) throws(Unwind) -> Value {
    if start.isInt && stop.isInt && step.isInt {
      let distance = step.int > 0 ? stop.int - start.int : start.int - stop.int
      if distance <= 0 { return .zero }
      return try integer((distance - 1) / abs(step.int) + 1)
    }
    let isUp = try lessThan(.zero, step)
    let distance = try isUp ? binary(.subtract, stop, start) : binary(.subtract, start, stop)
    guard try lessThan(.zero, distance) else { return .zero }
    let mark = keepMark()
    defer { keepRelease(mark) }
    let stride = isUp ? step : try unary(.neg, step)
    let whole = try binary(.floorDivide, binary(.subtract, distance, Value(small: 1)), stride)
    return try binary(.add, whole, Value(small: 1))
  }

  /// The numbers of a range if none of them, nor the one behind the last, can overflow 62 bits.
  @inline(__always) func smallRange(_ value: Value) -> SmallRange? {
    let range = words(value)
    let start = range.value(1)
    let step = range.value(3)
    let count = range.value(4)
    guard start.isInt && step.isInt && count.isInt, range.value(2).isInt else { return nil }
    guard step.int.magnitude < 1 << 60, start.int.magnitude < 1 << 60, range.value(2).int.magnitude < 1 << 60 else {
      return nil
    }
    return SmallRange(start: start.int, step: step.int, count: count.int)
  }

  func newRangeIterator(_ value: Value) throws(Unwind) -> Value {
    let range = words(value)
    if smallRange(value) != nil {
      return try newRecord(.rangeIterator, .rangeIterator, range.value(1), range.value(2), range.value(3))
    }
    return try newRecord(.longRangeIterator, .longRangeIterator, range.value(1), range.value(3), range.value(4))
  }

  /// `range[key]`
  package func rangeItem(_ value: Value, _ key: Value) throws(Unwind) -> Value {
    let range = words(value)
    if key.isInt, let small = smallRange(value) {
      var position = key.int
      if position < 0 { position &+= small.count }
      guard position >= 0, position < small.count else { throw raise(.indexError, "range object index out of range") }
      return Value(small: small.start + position * small.step)
    }
    if self.is(key, .slice) { return try rangeSlice(value, key) }
    guard hasIndex(key) else { throw raiseBadIndex("range", key) }
    let mark = keepMark()
    defer { keepRelease(mark) }
    var position = try plainInteger(index(key))
    if try lessThan(position, .zero) { position = try binary(.add, position, range.value(4)) }
    guard try !lessThan(position, .zero), try lessThan(position, range.value(4)) else {
      throw raise(.indexError, "range object index out of range")
    }
    return try binary(.add, range.value(1), binary(.multiply, position, range.value(3)))
  }

  private func rangeSlice(_ value: Value, _ slice: Value) throws(Unwind) -> Value {
    let range = words(value)
    let mark = keepMark()
    defer { keepRelease(mark) }
    let bounds = try SliceType.wideIndices(self, words(slice), length: range.value(4))
    keep(bounds)
    let numbers = PyTuple(self, bounds)
    let start = try binary(.add, range.value(1), binary(.multiply, numbers[0], range.value(3)))
    let stop = try binary(.add, range.value(1), binary(.multiply, numbers[1], range.value(3)))
    return try newRange(start, stop, binary(.multiply, numbers[2], range.value(3)))
  }

  /// `item in range`
  package func rangeContains(_ value: Value, _ item: Value) throws(Unwind) -> Bool {
    if item.isInt, let small = smallRange(value) {
      if small.count == 0 { return false }
      let distance = item.int - small.start
      let last = small.step * (small.count - 1)
      if small.step > 0 ? (distance < 0 || distance > last) : (distance > 0 || distance < last) { return false }
      return distance % small.step == 0
    }
    let range = words(value)
    guard isIntegerValue(item) else {
      var found = false
      try iterate(value) { (element) throws(Unwind) in
        found = try self.equal(element, item)
        return !found
      }
      return found
    }
    let isUp = try lessThan(.zero, range.value(3))
    if try isUp ? lessThan(item, range.value(1)) : lessThan(range.value(1), item) { return false }
    guard try isUp ? lessThan(item, range.value(2)) : lessThan(range.value(2), item) else { return false }
    return try binary(.modulo, binary(.subtract, item, range.value(1)), range.value(3)) == .zero
  }

  /// Whether two ranges give the same numbers.
  package func equalRanges(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    if a == b { return true }
    let x = words(a)
    let y = words(b)
    guard try equal(x.value(4), y.value(4)) else { return false }
    if x.value(4) == .zero { return true }
    guard try equal(x.value(1), y.value(1)) else { return false }
    if x.value(4) == Value(small: 1) { return true }
    return try equal(x.value(3), y.value(3))
  }
}
