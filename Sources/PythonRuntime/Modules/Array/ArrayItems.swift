/// An array's items: by index, by slice, one after the other; sums and multiples.
enum ArrayItems {
  static let functions = [
    NativeFunction("__len__", "self, /", { (vm, a) throws(Unwind) in Value(small: PyArray(vm, a[0]).count) }),
    NativeFunction("__getitem__", "self, key, /", getItem),
    NativeFunction("__setitem__", "self, key, value, /", setItem),
    NativeFunction("__delitem__", "self, key, /", deleteItem),
    NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in
      try vm.newRecord(.record, .arrayIterator, a[0], .zero)
    }),
    NativeFunction("__add__", "self, value, /", add),
    NativeFunction("__iadd__", "self, value, /", { (vm, a) throws(Unwind) in
      guard vm.is(a[1], .array) else {
        throw vm.raise(.typeError, "can only extend array with array (not \"\(vm.typeName(a[1]))\")")
      }
      try ArrayType.extend(vm, a[0], a[1])
      return a[0]
    }),
    NativeFunction("__mul__", "self, value, /", multiply),
    NativeFunction("__rmul__", "self, value, /", multiply),
    NativeFunction("__imul__", "self, value, /", multiplyInPlace),
  ]

  private static func place(_ vm: VM, _ a: Arguments, _ message: String) throws(Unwind) -> Int {
    guard vm.hasIndex(a[1]) else { throw vm.raise(.typeError, "array indices must be integers") }
    var index = try vm.indexAsInt(a[1])
    let count = PyArray(vm, a[0]).count
    if index < 0 { index += count }
    guard index >= 0, index < count else { throw vm.raise(.indexError, message) }
    return index
  }

  static func getItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .slice) else {
      let index = try place(vm, a, "array index out of range")
      return try PyArray(vm, a[0]).item(index)
    }
    let array = PyArray(vm, a[0])
    let range = try vm.sliceRange(a[1]) { array.count }
    let size = array.code.size
    if range.step == 1 {
      return try PyArray.make(
        vm, array.code, copying: array.bytes.advanced(by: range.start * size), count: range.count)
    }
    try vm.charge(range.count)
    let result = try PyArray.make(vm, array.code)
    let target = PyArray(vm, result)
    try target.resize(to: range.count)
    for index in 0..<range.count { target.setBits(index, array.bits(range.start &+ index &* range.step)) }
    return result
  }

  static func setItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyArray(vm, a[0])
    guard vm.is(a[1], .slice) else {
      let message = "array assignment index out of range"
      _ = try place(vm, a, message)
      let bits = try array.code.bits(vm, a[2])
      // Converting the value may have changed the array.
      array.setBits(try place(vm, a, message), bits)
      return .none
    }
    guard vm.is(a[2], .array) else {
      throw vm.raise(.typeError, "can only assign array (not \"\(vm.typeName(a[2]))\") to array slice")
    }
    guard PyArray(vm, a[2]).code == array.code else {
      throw vm.raise(.typeError, "bad argument type for built-in operation")
    }
    if a[2] == a[0] { a[2] = try ArrayType.copy(vm, a) }
    let source = PyArray(vm, a[2])
    let range = try vm.sliceRange(a[1]) { array.count }
    let size = array.code.size
    if range.step == 1 {
      try array.replace(range.start, range.count, room: source.count)
      array.bytes.advanced(by: range.start * size).copy(from: source.bytes, count: source.count * size)
      return .none
    }
    guard source.count == range.count else {
      throw vm.raise(
        .valueError, "attempt to assign array of size \(source.count) to extended slice of size \(range.count)")
    }
    try vm.charge(range.count)
    for index in 0..<range.count { array.setBits(range.start &+ index &* range.step, source.bits(index)) }
    return .none
  }

  static func deleteItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyArray(vm, a[0])
    guard vm.is(a[1], .slice) else {
      try array.replace(place(vm, a, "array assignment index out of range"), 1, room: 0)
      return .none
    }
    let range = try vm.sliceRange(a[1]) { array.count }
    guard range.count > 0 else { return .none }
    if array.exports > 0 { try array.resize(to: array.count - range.count) }
    try vm.charge(array.count)
    let step = abs(range.step)
    var next = range.step > 0 ? range.start : range.start &+ (range.count - 1) &* range.step
    var left = range.count
    var kept = next
    for index in next..<array.count {
      if left > 0, index == next {
        next = next &+ step
        left -= 1
      } else {
        array.setBits(kept, array.bits(index))
        kept += 1
      }
    }
    try array.resize(to: kept)
    return .none
  }

  // MARK: Sums

  static func add(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .array) else {
      throw vm.raise(.typeError, "can only append array (not \"\(vm.typeName(a[1]))\") to array")
    }
    let (x, y) = (PyArray(vm, a[0]), PyArray(vm, a[1]))
    guard x.code == y.code else { throw vm.raise(.typeError, "bad argument type for built-in operation") }
    let result = try PyArray.make(vm, x.code)
    let target = PyArray(vm, result)
    try target.resize(to: x.count + y.count)
    try vm.charge((x.count + y.count) >> 3)
    target.bytes.copy(from: x.bytes, count: x.count * x.code.size)
    target.bytes.advanced(by: x.count * x.code.size).copy(from: y.bytes, count: y.count * x.code.size)
    return result
  }

  private static func times(_ vm: VM, _ a: Arguments) throws(Unwind) -> Int {
    guard vm.hasIndex(a[1]) else {
      throw vm.raise(.typeError, "can't multiply sequence by non-int of type '\(vm.typeName(a[1]))'")
    }
    return max(0, try vm.indexAsInt(a[1], overflow: .overflowError))
  }

  private static func fill(_ vm: VM, _ target: PyArray, _ pattern: Bytes, _ count: Int, _ times: Int) throws(Unwind) {
    let size = target.code.size
    let (total, overflow) = count.multipliedReportingOverflow(by: times)
    guard !overflow, total < 1 << 30 else { throw vm.raiseMemoryError() }
    try vm.charge(total * size >> 6)
    try target.resize(to: total)
    guard total > 0 else { return }
    target.bytes.fill(repeating: pattern, count: count * size, total: total * size)
  }

  static func multiply(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let times = try times(vm, a)
    let array = PyArray(vm, a[0])
    let result = try PyArray.make(vm, array.code)
    try fill(vm, PyArray(vm, result), array.bytes, array.count, times)
    return result
  }

  static func multiplyInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let times = try times(vm, a)
    let array = PyArray(vm, a[0])
    let pattern = try ArrayType.copy(vm, a)
    try fill(vm, array, PyArray(vm, pattern).bytes, PyArray(vm, pattern).count, times)
    return a[0]
  }

  /// `1` array, or None at the end, `2` next index.
  static let iterator = NativeType(
    .arrayIterator, "arrayiterator", kind: .record, isSubclassable: false, module: "array",
    [
      NativeFunction("__iter__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        guard state.value(1).isRef else { throw vm.raise(.stopIteration, arguments: []) }
        let index = state.value(2).int
        let array = PyArray(vm, state.value(1))
        if index < array.count {
          state.set(2, Value(small: index + 1))
          return try array.item(index)
        }
        state.set(1, .none)
        throw vm.raise(.stopIteration, arguments: [])
      }),
      NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        let iter = try vm.builtinNamed("iter")
        guard state.value(1).isRef else {
          return try vm.newPair(iter, vm.newTuple(vm[root: .emptyTuple]))
        }
        return try vm.newTuple(iter, vm.newTuple(state.value(1)), state.value(2))
      }),
      NativeFunction("__setstate__", "self, state, /", { (vm, a) throws(Unwind) in
        let index = try vm.indexAsInt(a[1])
        let state = vm.words(a[0])
        if state.value(1).isRef { state.set(2, Value(small: min(max(0, index), PyArray(vm, state.value(1)).count))) }
        return .none
      }),
    ])
}
