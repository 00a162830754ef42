/// A slice taken apart: the numbers that it names, before a length is known.
struct SliceNumbers {
  var start: Int
  var stop: Int
  var step: Int

  /// The indices that these numbers select in a sequence of `length` elements.
  func adjusted(to length: Int) -> SliceBounds {
    func clamp(_ index: Int) -> Int {
      if index < 0 {
        let shifted = index &+ length
        return shifted < 0 ? (step < 0 ? -1 : 0) : shifted
      }
      return index >= length ? (step < 0 ? length - 1 : length) : index
    }
    let first = clamp(start)
    let last = clamp(stop)
    var count = 0
    if step < 0 {
      if last < first { count = (first - last - 1) / (0 - step) + 1 }
    } else if first < last {
      count = (last - first - 1) / step + 1
    }
    return SliceBounds(start: first, stop: last, step: step, count: count)
  }
}

/// The indices that a slice selects in a sequence of known length.
package struct SliceBounds {
  package var start: Int
  package var stop: Int
  package var step: Int
  package var count: Int
}

extension VM {
  /// What a slice selects in a sequence whose length does not change by asking the slice for its numbers.
  @inline(__always) package func sliceBounds(_ slice: Value, length: Int) throws(Unwind) -> SliceBounds {
    try sliceNumbers(slice).adjusted(to: length)
  }

  /// The numbers of a slice object; the `__index__` of its parts may run.
  func sliceNumbers(_ slice: Value) throws(Unwind) -> SliceNumbers {
    let words = self.words(slice)
    let step = words.value(3)
    var stepInt = 1
    if !step.isNone {
      stepInt = try sliceIndex(step)
      if stepInt == 0 { throw raise(.valueError, "slice step cannot be zero") }
      stepInt = max(stepInt, -Int.max)
    }
    let start = words.value(1)
    let stop = words.value(2)
    let startInt = start.isNone ? (stepInt < 0 ? Int.max : 0) : try sliceIndex(start)
    let stopInt = stop.isNone ? (stepInt < 0 ? Int.min : Int.max) : try sliceIndex(stop)
    return SliceNumbers(start: startInt, stop: stopInt, step: stepInt)
  }

  /// An index of a slice; what does not fit is cut to the nearest that does.
  @inline(__always) func sliceIndex(_ value: Value, allowsNone: Bool = true) throws(Unwind) -> Int {
    value.isInt ? value.int : try sliceIndexSlowly(value, allowsNone: allowsNone)
  }

  @inline(never) private func sliceIndexSlowly(_ value: Value, allowsNone: Bool) throws(Unwind) -> Int {
    guard hasIndex(value) else {
      throw raise(
        .typeError, "slice indices must be integers \(allowsNone ? "or None " : "")or have an __index__ method")
    }
    let int = try index(value)
    return clampedInt(int)
  }

  /// An int object's value, cut to what a machine word holds.
  func clampedInt(_ int: Value) -> Int {
    if let fits = asInt(int) { return fits }
    return words(int).high(1) == 1 ? Int.min : Int.max
  }

  /// The two bounds of `index(value, start, stop)`, for a sequence of `count` elements.
  func searchRange(_ start: Value, _ stop: Value, count: Int) throws(Unwind) -> (start: Int, stop: Int) {
    var first = start.isUnbound ? 0 : try sliceIndex(start, allowsNone: false)
    var last = stop.isUnbound ? Int.max : try sliceIndex(stop, allowsNone: false)
    if first < 0 { first = max(first &+ count, 0) }
    if last < 0 { last = max(last &+ count, 0) }
    return (first, last)
  }

  /// A slice object.
  package func newSlice(_ start: Value, _ stop: Value, _ step: Value) throws(Unwind) -> Value {
    try newRecord(.slice, .slice, start, stop, step)
  }
}

/// The type `slice`.
enum SliceType {
  static let type = NativeType(
    .slice, "slice", kind: .slice, isSubclassable: false,
    doc: """
      slice(stop)
      slice(start, stop[, step])

      Create a slice object.  This is used for extended slicing (e.g. a[0:10:2]).
      """,
    [
      NativeFunction("__new__", "cls, *args", new, binding: .static),
      NativeFunction("indices", "self, object, /", indices),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__reduce__", "self, /", reduce),
    ] + comparisons,
    properties: [
      NativeProperty("start", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }),
      NativeProperty("stop", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) }),
      NativeProperty("step", { (vm, a) throws(Unwind) in vm.words(a[0]).value(3) }),
    ])

  static let comparisons = SequenceComparison.rows { (vm, op, x, y) throws(Unwind) in
    guard vm.is(y, .slice) else { return .notImplemented }
    if x == y {
      switch op {
      case .equal, .lessOrEqual, .greaterOrEqual: return .true
      default: return .false
      }
    }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let first = try parts(vm, x)
    vm.keep(first)
    let second = try parts(vm, y)
    vm.keep(second)
    return try vm.compareSequences(op, first, second)
  }

  private static func parts(_ vm: VM, _ slice: Value) throws(Unwind) -> Value {
    try vm.newTuple(from: vm.words(slice), at: 1, count: 3)
  }

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let arguments = PyTuple(vm, a[1])
    switch arguments.count {
    case 0: throw vm.raise(.typeError, "slice expected at least 1 argument, got 0")
    case 1: return try vm.newSlice(.none, arguments[0], .none)
    case 2: return try vm.newSlice(arguments[0], arguments[1], .none)
    case 3: return try vm.newSlice(arguments[0], arguments[1], arguments[2])
    default: throw vm.raise(.typeError, "slice expected at most 3 arguments, got \(arguments.count)")
    }
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard try vm.enterRepr(a[0]) else { return try vm.newString("slice(...)") }
    defer { vm.leaveRepr(a[0]) }
    var out = Array("slice(".utf8)
    for part in 1...3 {
      if part > 1 { out += [0x2C, 0x20] }
      vm.text(of: try vm.repr(vm.words(a[0]).value(part)), into: &out)
    }
    out.append(0x29)
    return try vm.newString(utf8: out)
  }

  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.newPair(Value(vm.classOf(a[0])), parts(vm, a[0]))
  }

  /// `slice.indices`, for lengths and indices of any size.
  static func indices(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let lengthValue = try vm.index(a[1])
    let slice = vm.words(a[0])
    if let length = vm.asInt(lengthValue), length < 1 << 60, length >= 0 {
      let fits = [1, 2, 3].allSatisfy { slice.value($0).isNone || slice.value($0).isInt }
      if fits {
        let bounds = try vm.sliceNumbers(a[0]).adjusted(to: length)
        return try vm.newTuple(vm.integer(bounds.start), vm.integer(bounds.stop), vm.integer(bounds.step))
      }
    }
    if try vm.lessThan(lengthValue, .zero) { throw vm.raise(.valueError, "length should not be negative") }
    return try wideIndices(vm, slice, length: lengthValue)
  }

  static func wideIndices(_ vm: VM, _ slice: Words, length: Value) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(length)
    func part(_ number: Int) throws(Unwind) -> Value? {
      let value = slice.value(number)
      if value.isNone { return nil }
      guard vm.hasIndex(value) else {
        throw vm.raise(.typeError, "slice indices must be integers or None or have an __index__ method")
      }
      let int = try vm.index(value)
      vm.keep(int)
      return int
    }
    let step = try part(3) ?? Value(small: 1)
    if step == .zero { throw vm.raise(.valueError, "slice step cannot be zero") }
    let isBackwards = try vm.lessThan(step, .zero)
    let lower = isBackwards ? Value(small: -1) : .zero
    let upper = isBackwards ? try vm.binary(.subtract, length, Value(small: 1)) : length
    vm.keep(upper)
    func clamp(_ value: Value?, missing: Value) throws(Unwind) -> Value {
      guard let value else { return missing }
      if try vm.lessThan(value, .zero) {
        let shifted = try vm.binary(.add, value, length)
        return try vm.lessThan(shifted, lower) ? lower : shifted
      }
      return try vm.lessThan(upper, value) ? upper : value
    }
    let start = try clamp(part(1), missing: isBackwards ? upper : lower)
    let stop = try clamp(part(2), missing: isBackwards ? lower : upper)
    return try vm.newTuple(start, stop, step)
  }
}
