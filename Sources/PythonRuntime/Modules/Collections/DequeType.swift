/// The type `collections.deque` and its iterators.
enum DequeType {
  static let types = [
    NativeType(
      .deque, "deque", kind: .record, module: "collections",
      doc: """
        deque([iterable[, maxlen]]) --> deque object

        A list-like sequence optimized for data accesses near its endpoints.
        """,
      rows + more + comparisons,
      properties: [NativeProperty("maxlen", { (vm, a) throws(Unwind) in vm.words(a[0]).value(4) })]),
    iterator(.dequeIterator, "_deque_iterator", isReversed: false),
    iterator(.dequeReverseIterator, "_deque_reverse_iterator", isReversed: true),
  ]

  private static let rows = [
    NativeFunction("__new__", "cls, *args, **kwargs", { (vm, a) throws(Unwind) in try vm.newDeque(a[0].ref) },
      binding: .static),
    NativeFunction("__init__", "self, iterable=, maxlen=None", initialize),
    NativeFunction("append", "self, item, /", { (vm, a) throws(Unwind) in
      try PyDeque(vm, a[0]).append(a[1])
      return .none
    }),
    NativeFunction("appendleft", "self, item, /", { (vm, a) throws(Unwind) in
      try PyDeque(vm, a[0]).prepend(a[1])
      return .none
    }),
    NativeFunction("pop", "self, /", { (vm, a) throws(Unwind) in
      guard PyDeque(vm, a[0]).count > 0 else { throw vm.raise(.indexError, "pop from an empty deque") }
      return PyDeque(vm, a[0]).removeLast()
    }),
    NativeFunction("popleft", "self, /", { (vm, a) throws(Unwind) in
      guard PyDeque(vm, a[0]).count > 0 else { throw vm.raise(.indexError, "pop from an empty deque") }
      return PyDeque(vm, a[0]).removeFirst()
    }),
    NativeFunction("clear", "self, /", { (vm, a) throws(Unwind) in
      try PyDeque(vm, a[0]).removeAll()
      return .none
    }),
    NativeFunction("copy", "self, /", copy),
    NativeFunction("__copy__", "self, /", copy),
    NativeFunction("extend", "self, iterable, /", { (vm, a) throws(Unwind) in
      try vm.dequeExtend(a[0], a[1])
      return .none
    }),
    NativeFunction("extendleft", "self, iterable, /", { (vm, a) throws(Unwind) in
      try vm.dequeExtend(a[0], a[1], atLeft: true)
      return .none
    }),
    NativeFunction("rotate", "self, n=1, /", { (vm, a) throws(Unwind) in
      try PyDeque(vm, a[0]).rotate(vm.indexAsInt(a[1], overflow: .overflowError))
      return .none
    }),
    NativeFunction("reverse", "self, /", { (vm, a) throws(Unwind) in
      let deque = PyDeque(vm, a[0])
      let count = deque.count
      for index in 0..<count / 2 {
        let item = deque[index]
        deque[index] = deque[count - 1 - index]
        deque[count - 1 - index] = item
      }
      try vm.charge(count >> 2)
      return .none
    }),
    NativeFunction("count", "self, value, /", count),
    NativeFunction("index", "self, value, start=, stop=, /", index),
    NativeFunction("insert", "self, index, value, /", insert),
    NativeFunction("remove", "self, value, /", remove),
  ]

  private static let more = [
    NativeFunction("__len__", "self, /", { (vm, a) throws(Unwind) in Value(small: PyDeque(vm, a[0]).count) }),
    NativeFunction("__bool__", "self, /", { (vm, a) throws(Unwind) in Value(PyDeque(vm, a[0]).count > 0) }),
    NativeFunction("__getitem__", "self, key, /", { (vm, a) throws(Unwind) in
      try PyDeque(vm, a[0])[position(vm, a[0], a[1])]
    }),
    NativeFunction("__setitem__", "self, key, value, /", { (vm, a) throws(Unwind) in
      try PyDeque(vm, a[0])[position(vm, a[0], a[1])] = a[2]
      return .none
    }),
    NativeFunction("__delitem__", "self, key, /", { (vm, a) throws(Unwind) in
      try PyDeque(vm, a[0]).remove(at: position(vm, a[0], a[1]))
      return .none
    }),
    NativeFunction("__contains__", "self, key, /", { (vm, a) throws(Unwind) in
      try Value(find(vm, a[0], a[1], from: 0, to: Int.max) != nil)
    }),
    NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in
      try newIterator(vm, a[0], .dequeIterator)
    }),
    NativeFunction("__reversed__", "self, /", { (vm, a) throws(Unwind) in
      try newIterator(vm, a[0], .dequeReverseIterator)
    }),
    NativeFunction("__add__", "self, value, /", add),
    NativeFunction("__iadd__", "self, value, /", { (vm, a) throws(Unwind) in
      try vm.dequeExtend(a[0], a[1])
      return a[0]
    }),
    NativeFunction("__mul__", "self, value, /", multiply),
    NativeFunction("__rmul__", "self, value, /", multiply),
    NativeFunction("__imul__", "self, value, /", multiplyInPlace),
    NativeFunction("__repr__", "self, /", repr),
    NativeFunction("__reduce__", "self, /", reduce),
    NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
    NativeFunction("__sizeof__", "self, /", { (vm, a) throws(Unwind) in
      Value(small: 96 + PyDeque(vm, a[0]).ring.count * 8)
    }),
  ]

  private static let comparisons = SequenceComparison.rows { (vm, op, x, y) throws(Unwind) in
    guard vm.isInstance(y, .deque) else { return .notImplemented }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let first = try vm.dequeItems(x)
    vm.keep(first)
    let second = try vm.dequeItems(y)
    vm.keep(second)
    return try vm.compareSequences(op, first, second)
  }

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var maximum = Value.none
    if !a[2].isNone {
      guard vm.is(a[2], .int) || a[2].isInt || a[2].isBool else { throw vm.raise(.typeError, "an integer is required") }
      let count = try vm.indexAsInt(a[2], overflow: .overflowError)
      if count < 0 { throw vm.raise(.valueError, "maxlen must be non-negative") }
      maximum = Value(small: min(count, Value.maxSmall))
    }
    let deque = PyDeque(vm, a[0])
    deque.words.set(4, maximum)
    if deque.count > 0 { try deque.removeAll() }
    if !a[1].isUnbound { try vm.dequeExtend(a[0], a[1]) }
    return .none
  }

  static func copy(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let owner = vm.classOf(a[0])
    let maximum = PyDeque(vm, a[0]).words.value(4)
    if owner != vm.type(.deque) {
      return try maximum.isNone ? vm.call(Value(owner), a[0]) : vm.call(Value(owner), a[0], maximum)
    }
    let result = try vm.newDeque(owner, maximum: maximum)
    let source = PyDeque(vm, a[0])
    for index in 0..<source.count { try PyDeque(vm, result).append(source[index]) }
    try vm.charge(source.count >> 2)
    return result
  }

  /// The index that a subscript names.
  private static func position(_ vm: VM, _ deque: Value, _ key: Value) throws(Unwind) -> Int {
    guard vm.hasIndex(key) else {
      throw vm.raise(.typeError, "sequence index must be integer, not '\(vm.typeName(key))'")
    }
    var index = try vm.indexAsInt(key)
    let count = PyDeque(vm, deque).count
    if index < 0 { index += count }
    guard index >= 0, index < count else { throw vm.raise(.indexError, "deque index out of range") }
    return index
  }

  /// The first index of a value within bounds; raises when the deque changes meanwhile.
  private static func find(_ vm: VM, _ value: Value, _ wanted: Value, from start: Int, to stop: Int)
    throws(Unwind) -> Int?
  {
    let deque = PyDeque(vm, value)
    let changes = deque.changes
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var index = start
    while index < stop, index < deque.count {
      if try vm.sameKept(deque[index], wanted, mark) { return index }
      if deque.changes != changes { throw vm.raise(.runtimeError, "deque mutated during iteration") }
      index += 1
    }
    try vm.charge(max(index - start, 0) >> 2)
    return nil
  }

  static func count(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var found = 0
    var from = 0
    while let index = try find(vm, a[0], a[1], from: from, to: Int.max) {
      found += 1
      from = index + 1
    }
    return Value(small: found)
  }

  static func index(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let range = try vm.searchRange(a[2], a[3], count: PyDeque(vm, a[0]).count)
    if let index = try find(vm, a[0], a[1], from: range.start, to: range.stop) { return Value(small: index) }
    throw vm.raise(.valueError, "\(vm.text(try vm.repr(a[1]))) is not in deque")
  }

  static func insert(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var index = try vm.indexAsInt(a[1], overflow: .overflowError)
    let deque = PyDeque(vm, a[0])
    let count = deque.count
    if let maximum = deque.maximum, count == maximum {
      throw vm.raise(.indexError, "deque already at its maximum size")
    }
    if index < 0 { index = max(index + count, 0) }
    try deque.insert(a[2], at: min(index, count))
    return .none
  }

  static func remove(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let deque = PyDeque(vm, a[0])
    let count = deque.count
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    for index in 0..<count {
      let isSame = try vm.sameKept(deque[index], a[1], mark)
      if deque.count != count { throw vm.raise(.indexError, "deque mutated during remove().") }
      if isSame {
        try deque.remove(at: index)
        return .none
      }
    }
    throw vm.raise(.valueError, "deque.remove(x): x not in deque")
  }

  static func add(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isInstance(a[1], .deque) else {
      throw vm.raise(.typeError, "can only concatenate deque (not \"\(vm.typeName(a[1]))\") to deque")
    }
    let result = try copy(vm, a)
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(result)
    try vm.dequeExtend(result, a[1])
    return result
  }

  static func multiply(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.hasIndex(a[1]) else { return .notImplemented }
    let times = try vm.indexAsInt(a[1], overflow: .overflowError)
    let result = try copy(vm, a)
    try multiply(vm, result, times)
    return result
  }

  static func multiplyInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.hasIndex(a[1]) else { return .notImplemented }
    try multiply(vm, a[0], vm.indexAsInt(a[1], overflow: .overflowError))
    return a[0]
  }

  private static func multiply(_ vm: VM, _ value: Value, _ times: Int) throws(Unwind) {
    let deque = PyDeque(vm, value)
    let count = deque.count
    guard times > 0, count > 0 else { return try deque.removeAll() }
    // A bounded deque needs no more rounds than fill it.
    let rounds = deque.maximum.map { min(times, $0 / count + 2) } ?? times
    _ = try vm.repeatedCount(count, rounds)
    let items = PyList(vm, try vm.dequeItems(value))
    for _ in 1..<max(rounds, 1) {
      for index in 0..<count { try deque.append(items[index]) }
    }
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard try vm.enterRepr(a[0]) else { return try vm.newString("[...]") }
    defer { vm.leaveRepr(a[0]) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let items = try vm.dequeItems(a[0])
    vm.keep(items)
    var out = Array("\(vm.typeName(a[0]))(".utf8)
    vm.text(of: try vm.repr(items), into: &out)
    if let maximum = PyDeque(vm, a[0]).maximum { out += Array(", maxlen=\(maximum)".utf8) }
    out.append(0x29)
    return try vm.newString(utf8: out)
  }

  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let maximum = PyDeque(vm, a[0]).words.value(4)
    let state = vm.instanceDict(a[0])
    let arguments = maximum.isNone ? vm[root: .emptyTuple] : try vm.newPair(vm.emptyTupleValue, maximum)
    return try vm.newTuple(Value(vm.classOf(a[0])), arguments, state, vm.makeIterator(a[0]))
  }

  // MARK: Iterators: 1 deque or None, 2 next index, 3 changes at the start

  private static func newIterator(_ vm: VM, _ deque: Value, _ known: WellKnown) throws(Unwind) -> Value {
    let view = PyDeque(vm, deque)
    let start = known == .dequeIterator ? 0 : view.count - 1
    return try vm.newRecord(.record, known, deque, Value(small: start), Value(small: view.changes))
  }

  private static func iterator(_ known: WellKnown, _ name: String, isReversed: Bool) -> NativeType {
    NativeType(
      known, name, kind: .record, isSubclassable: false, module: "collections",
      [
        NativeFunction("__iter__", "self, /", { (_, a) throws(Unwind) in a[0] }),
        NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in
          let state = vm.words(a[0])
          guard state.value(1).isRef else { throw vm.raise(.stopIteration, arguments: []) }
          let deque = PyDeque(vm, state.value(1))
          guard deque.changes == state.value(3).int else {
            state.set(1, .none)
            throw vm.raise(.runtimeError, "deque mutated during iteration")
          }
          let index = state.value(2).int
          guard index >= 0, index < deque.count else {
            state.set(1, .none)
            throw vm.raise(.stopIteration, arguments: [])
          }
          state.set(2, Value(small: isReversed ? index - 1 : index + 1))
          return deque[index]
        }),
        NativeFunction("__length_hint__", "self, /", { (vm, a) throws(Unwind) in
          let state = vm.words(a[0])
          guard state.value(1).isRef else { return .zero }
          let index = state.value(2).int
          return Value(small: isReversed ? index + 1 : max(PyDeque(vm, state.value(1)).count - index, 0))
        }),
      ])
  }
}

extension VM {
  /// The empty tuple.
  var emptyTupleValue: Value { self[root: .emptyTuple] }
}
