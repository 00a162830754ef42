/// The types of the built-in iterators. What they give is `nextBuiltin`'s; here is what programs can ask them.
enum IteratorTypes {
  static let types: [NativeType] =
    [
      plain(.listIterator, "list_iterator", .listIterator, sequenceRows),
      plain(.listReverseIterator, "list_reverseiterator", .reversedIterator, reversedRows),
      plain(.tupleIterator, "tuple_iterator", .tupleIterator, sequenceRows),
      plain(.strIterator, "str_iterator", .stringIterator, sequenceRows),
      plain(.bytesIterator, "bytes_iterator", .bytesIterator, sequenceRows),
      plain(.bytearrayIterator, "bytearray_iterator", .bytearrayIterator, sequenceRows),
      plain(.sequenceIterator, "iterator", .sequenceIterator, sequenceRows),
      plain(.rangeIterator, "range_iterator", .rangeIterator, rangeRows),
      plain(.longRangeIterator, "longrange_iterator", .longRangeIterator, longRangeRows),
      plain(.dictKeyIterator, "dict_keyiterator", .dictIterator, dictRows),
      plain(.dictValueIterator, "dict_valueiterator", .dictIterator, dictRows),
      plain(.dictItemIterator, "dict_itemiterator", .dictIterator, dictRows),
      plain(.dictReverseKeyIterator, "dict_reversekeyiterator", .dictIterator, dictRows),
      plain(.dictReverseValueIterator, "dict_reversevalueiterator", .dictIterator, dictRows),
      plain(.dictReverseItemIterator, "dict_reverseitemiterator", .dictIterator, dictRows),
      plain(.setIterator, "set_iterator", .setIterator, setRows),
      plain(.callableIterator, "callable_iterator", .callIterator, callRows),
    ] + IteratorClasses.types

  private static func plain(_ known: WellKnown, _ name: String, _ kind: Kind, _ rows: [NativeFunction]) -> NativeType {
    NativeType(known, name, kind: kind, isSubclassable: false, common(kind) + rows)
  }

  /// `__iter__` and `__next__`.
  static func common(_ kind: Kind) -> [NativeFunction] {
    [
      NativeFunction("__iter__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in
        guard let item = try vm.nextBuiltin(a[0], kind) else { throw vm.raise(.stopIteration, arguments: []) }
        return item
      }),
    ]
  }

  /// `(builtin function, (arguments), state)`; what copying and pickling an iterator is made of.
  static func reduced(_ vm: VM, _ function: String, _ arguments: Value, state: Value? = nil) throws(Unwind) -> Value {
    let callable = try vm.builtinNamed(function)
    guard let state else { return try vm.newPair(callable, arguments) }
    return try vm.newTuple(callable, arguments, state)
  }

  private static func emptyIterator(_ vm: VM) throws(Unwind) -> Value {
    try reduced(vm, "iter", vm.newTuple(vm.newList()))
  }

  // MARK: Sequences

  private static let sequenceRows = [
    NativeFunction("__length_hint__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      guard state.value(1).isRef else { return .zero }
      if state.kind == .sequenceIterator, vm.lookupSpecial(state.value(1), .len) == nil { return .notImplemented }
      return Value(small: max(0, try vm.length(state.value(1)) - state.value(2).int))
    }),
    NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      if state.value(1).isRef { return try reduced(vm, "iter", vm.newTuple(state.value(1)), state: state.value(2)) }
      let empty: Value
      switch state.kind {
      case .stringIterator: empty = vm[root: .emptyString]
      case .listIterator: empty = try vm.newList()
      default: empty = vm[root: .emptyTuple]
      }
      return try reduced(vm, "iter", vm.newTuple(empty))
    }),
    NativeFunction("__setstate__", "self, state, /", { (vm, a) throws(Unwind) in
      let index = vm.clampedInt(try vm.index(a[1]))
      let state = vm.words(a[0])
      if state.value(1).isRef { state.set(2, Value(small: min(max(index, 0), Value.maxSmall))) }
      return .none
    }),
  ]

  private static let reversedRows = [
    NativeFunction("__length_hint__", "self, /", reversedLength),
    NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      guard state.value(1).isRef else { return try emptyIterator(vm) }
      return try reduced(vm, "reversed", vm.newTuple(state.value(1)), state: state.value(2))
    }),
    NativeFunction("__setstate__", "self, state, /", { (vm, a) throws(Unwind) in
      let index = vm.clampedInt(try vm.index(a[1]))
      let state = vm.words(a[0])
      guard state.value(1).isRef else { return .none }
      state.set(2, Value(small: min(max(index, -1), try vm.length(state.value(1)) - 1)))
      return .none
    }),
  ]

  static func reversedLength(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let state = vm.words(a[0])
    guard state.value(1).isRef else { return .zero }
    let left = state.value(2).int + 1
    return Value(small: try vm.length(state.value(1)) < left ? 0 : left)
  }

  // MARK: Ranges

  private static let rangeRows = [
    NativeFunction("__length_hint__", "self, /", { (vm, a) throws(Unwind) in try vm.integer(rangeLeft(vm, a[0])) }),
    NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      let rest = try vm.newRange(state.value(1), state.value(2), state.value(3))
      return try reduced(vm, "iter", vm.newTuple(rest), state: Value(small: 0))
    }),
    NativeFunction("__setstate__", "self, state, /", { (vm, a) throws(Unwind) in
      let steps = min(max(vm.clampedInt(try vm.index(a[1])), 0), rangeLeft(vm, a[0]))
      let state = vm.words(a[0])
      state.set(1, Value(small: state.value(1).int + steps * state.value(3).int))
      return .none
    }),
  ]

  private static func rangeLeft(_ vm: VM, _ iterator: Value) -> Int {
    let state = vm.words(iterator)
    let step = state.value(3).int
    let distance = step > 0 ? state.value(2).int - state.value(1).int : state.value(1).int - state.value(2).int
    return distance <= 0 ? 0 : (distance - 1) / abs(step) + 1
  }

  private static let longRangeRows = [
    NativeFunction("__length_hint__", "self, /", { (vm, a) throws(Unwind) in vm.words(a[0]).value(3) }),
    NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      let distance = try vm.binary(.multiply, state.value(3), state.value(2))
      let stop = try vm.binary(.add, state.value(1), distance)
      let rest = try vm.newRange(state.value(1), stop, state.value(2))
      return try reduced(vm, "iter", vm.newTuple(rest), state: Value.none)
    }),
    NativeFunction("__setstate__", "self, state, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      var steps = try vm.plainInteger(vm.index(a[1]))
      if try vm.lessThan(steps, .zero) { steps = .zero }
      if try vm.lessThan(state.value(3), steps) { steps = state.value(3) }
      let distance = try vm.binary(.multiply, steps, state.value(2))
      state.set(1, try vm.binary(.add, state.value(1), distance))
      state.set(3, try vm.binary(.subtract, state.value(3), steps))
      return .none
    }),
  ]

  // MARK: Tables

  private static let dictRows = [
    NativeFunction("__length_hint__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      guard state.value(1).isRef, PyDict(vm, state.value(1)).count == state.value(3).int else { return .zero }
      return state.value(6)
    }),
    NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
      try reduced(vm, "iter", vm.newTuple(restOf(vm, a[0], .dictIterator)))
    }),
  ]

  private static let setRows = [
    NativeFunction("__length_hint__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      guard state.value(1).isRef, PySet(vm, state.value(1)).count == state.value(3).int else { return .zero }
      let set = PySet(vm, state.value(1))
      var slot = state.value(2).int
      var left = 0
      while set.next(&slot) != nil { left += 1 }
      try vm.charge(left >> 2)
      return Value(small: left)
    }),
    NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
      try reduced(vm, "iter", vm.newTuple(restOf(vm, a[0], .setIterator)))
    }),
  ]

  /// The items still to come, as a list, without advancing the iterator.
  private static func restOf(_ vm: VM, _ iterator: Value, _ kind: Kind) throws(Unwind) -> Value {
    let state = vm.words(iterator)
    let saved = (1...state.size).map { state.value($0) }
    defer { for (index, value) in saved.enumerated() { state.set(index + 1, value) } }
    let list = try vm.newList()
    while let item = try vm.nextBuiltin(iterator, kind) { try PyList(vm, list).append(item) }
    try vm.charge(PyList(vm, list).count >> 2)
    return list
  }

  private static let callRows = [
    NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      if state.value(1).isUnbound { return try reduced(vm, "iter", vm.newTuple(vm[root: .emptyTuple])) }
      return try reduced(vm, "iter", vm.newPair(state.value(1), state.value(2)))
    })
  ]
}
