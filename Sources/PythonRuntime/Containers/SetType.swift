/// The types `set` and `frozenset`.
enum SetType {
  static let types = [type, frozenType]

  static let type = NativeType(
    .set, "set", kind: .set,
    doc: """
      set() -> new empty set object
      set(iterable) -> new set object

      Build an unordered collection of unique elements.
      """,
    [
      NativeFunction("__new__", "cls, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, iterable=, /", initialize),
      NativeFunction("add", "self, object, /", add),
      NativeFunction("clear", "self, /", clear),
      NativeFunction("copy", "self, /", copy),
      NativeFunction("discard", "self, object, /", discard),
      NativeFunction("remove", "self, object, /", remove),
      NativeFunction("pop", "self, /", pop),
      NativeFunction("update", "self, *others", update),
      NativeFunction("difference_update", "self, *others", differenceUpdate),
      NativeFunction("intersection_update", "self, *others", intersectionUpdate),
      NativeFunction("symmetric_difference_update", "self, other, /", symmetricDifferenceUpdate),
      NativeFunction("__ior__", "self, value, /", orInPlace),
      NativeFunction("__iand__", "self, value, /", andInPlace),
      NativeFunction("__isub__", "self, value, /", subtractInPlace),
      NativeFunction("__ixor__", "self, value, /", xorInPlace),
    ] + shared)

  static let frozenType = NativeType(
    .frozenset, "frozenset", kind: .set,
    doc: """
      frozenset() -> empty frozenset object
      frozenset(iterable) -> frozenset object

      Build an immutable unordered collection of unique elements.
      """,
    [
      NativeFunction("__new__", "cls, iterable=, /", newFrozen, binding: .static),
      NativeFunction("copy", "self, /", copyFrozen),
      NativeFunction("__hash__", "self, /", { (vm, a) throws(Unwind) in try vm.integer(vm.frozensetHash(a[0])) }),
    ] + shared)

  private static let shared: [NativeFunction] =
    [
      NativeFunction("difference", "self, *others", difference),
      NativeFunction("intersection", "self, *others", intersection),
      NativeFunction("union", "self, *others", union),
      NativeFunction("symmetric_difference", "self, other, /", { (vm, a) throws(Unwind) in
        try vm.setSymmetricDifference(a[0], a[1])
      }),
      NativeFunction("isdisjoint", "self, other, /", { (vm, a) throws(Unwind) in
        Value(try vm.setIsDisjoint(a[0], a[1]))
      }),
      NativeFunction("issubset", "self, other, /", isSubset),
      NativeFunction("issuperset", "self, other, /", { (vm, a) throws(Unwind) in
        Value(try vm.setIsSuperset(a[0], a[1]))
      }),
      NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
      NativeFunction("__len__", "self, /", { (vm, a) throws(Unwind) in Value(small: PySet(vm, a[0]).count) }),
      NativeFunction("__contains__", "self, object, /", { (vm, a) throws(Unwind) in
        Value(try vm.setContains(a[0], a[1]))
      }),
      NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in try vm.newSetIterator(a[0]) }),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__reduce__", "self, /", reduce),
      NativeFunction("__sizeof__", "self, /", { (vm, a) throws(Unwind) in
        Value(small: 200 + (PySet(vm, a[0]).mask > 7 ? (PySet(vm, a[0]).mask + 1) * 16 : 0))
      }),
    ]
    + SequenceComparison.rows { (vm, op, x, y) throws(Unwind) in
      vm.isAnySet(y) ? try vm.compareSets(op, x, y) : .notImplemented
    }
    + operators("or") { (vm, x, y) throws(Unwind) in try vm.setUnion(x, y) }
    + operators("and") { (vm, x, y) throws(Unwind) in try vm.setIntersection(x, y) }
    + operators("sub") { (vm, x, y) throws(Unwind) in try vm.setDifference(x, y) }
    + operators("xor") { (vm, x, y) throws(Unwind) in try vm.setSymmetricDifference(x, y) }

  /// The rows of a binary operator of two sets.
  private static func operators(
    _ name: String, _ body: @escaping @Sendable (VM, Value, Value) throws(Unwind) -> Value
  ) -> [NativeFunction] {
    [
      NativeFunction("__\(name)__", "self, value, /", { (vm, a) throws(Unwind) in
        vm.isAnySet(a[1]) ? try body(vm, a[0], a[1]) : .notImplemented
      }),
      NativeFunction("__r\(name)__", "self, value, /", { (vm, a) throws(Unwind) in
        vm.isAnySet(a[1]) ? try body(vm, a[1], a[0]) : .notImplemented
      }),
    ]
  }

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(try vm.allocateSubclassable(.set, class: a[0].ref, words: 3))
  }

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    PySet(vm, a[0]).removeAll()
    if !a[1].isUnbound { try vm.setUpdate(a[0], a[1]) }
    return .none
  }

  static func newFrozen(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let owner = a[0].ref
    let frozenset = vm.type(.frozenset)
    if owner == frozenset, a[1].isRef, vm.classOf(a[1]) == frozenset { return a[1] }
    let result = Value(try vm.allocateSubclassable(.set, class: owner, words: 3))
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(result)
    if !a[1].isUnbound { try vm.setUpdate(result, a[1]) }
    return result
  }

  static func add(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try PySet(vm, a[0]).add(a[1])
    return .none
  }

  static func clear(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    PySet(vm, a[0]).removeAll()
    return .none
  }

  static func copy(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.setCopy(a[0]) }

  static func copyFrozen(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.classOf(a[0]) == vm.type(.frozenset) ? a[0] : try vm.setCopy(a[0])
  }

  static func discard(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try PySet(vm, a[0]).discard(a[1], hash: vm.setKeyHash(a[1]))
    return .none
  }

  static func remove(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if try PySet(vm, a[0]).discard(a[1], hash: vm.setKeyHash(a[1])) { return .none }
    throw vm.raise(.keyError, arguments: [a[1]])
  }

  static func pop(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let key = PySet(vm, a[0]).removeAny() else {
      throw vm.raise(.keyError, "pop from an empty set")
    }
    return key
  }

  static func update(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let others = PyTuple(vm, a[1])
    for index in 0..<others.count { try vm.setUpdate(a[0], others[index]) }
    return .none
  }

  static func differenceUpdate(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let others = PyTuple(vm, a[1])
    for index in 0..<others.count { try vm.setRemoveAll(a[0], others[index]) }
    return .none
  }

  static func intersectionUpdate(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let result = try intersection(vm, a)
    PySet(vm, a[0]).swapContents(with: PySet(vm, result))
    return .none
  }

  static func symmetricDifferenceUpdate(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.setToggleAll(a[0], a[1])
    return .none
  }

  static func difference(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let others = PyTuple(vm, a[1])
    if others.count == 0 { return try vm.setCopy(a[0]) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let result = try vm.setDifference(a[0], others[0])
    vm.keep(result)
    for index in 1..<max(others.count, 1) { try vm.setRemoveAll(result, others[index]) }
    return result
  }

  static func intersection(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let others = PyTuple(vm, a[1])
    if others.count == 0 { return try vm.setCopy(a[0]) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var result = a[0]
    for index in 0..<others.count {
      result = try vm.setIntersection(result, others[index])
      vm.keep(result)
    }
    return result
  }

  static func union(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let result = try vm.setCopy(a[0])
    vm.keep(result)
    let others = PyTuple(vm, a[1])
    for index in 0..<others.count where others[index] != a[0] { try vm.setUpdate(result, others[index]) }
    return result
  }

  static func isSubset(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.isAnySet(a[1]) { return Value(try vm.setIsSubset(a[0], a[1])) }
    let common = try vm.setIntersection(a[0], a[1])
    return Value(PySet(vm, common).count == PySet(vm, a[0]).count)
  }

  static func orInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isAnySet(a[1]) else { return .notImplemented }
    try vm.setUpdate(a[0], a[1])
    return a[0]
  }

  static func andInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isAnySet(a[1]) else { return .notImplemented }
    let result = try vm.setIntersection(a[0], a[1])
    PySet(vm, a[0]).swapContents(with: PySet(vm, result))
    return a[0]
  }

  static func subtractInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isAnySet(a[1]) else { return .notImplemented }
    try vm.setRemoveAll(a[0], a[1])
    return a[0]
  }

  static func xorInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isAnySet(a[1]) else { return .notImplemented }
    try vm.setToggleAll(a[0], a[1])
    return a[0]
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let set = PySet(vm, a[0])
    let name = vm.typeName(a[0])
    if set.count == 0 { return try vm.newString("\(name)()") }
    guard try vm.enterRepr(a[0]) else { return try vm.newString("\(name)(...)") }
    defer { vm.leaveRepr(a[0]) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let elements = try vm.listFromIterable(a[0])
    vm.keep(elements)
    let isPlainSet = vm.classOf(a[0]) == vm.type(.set)
    var out = Array(isPlainSet ? "{".utf8 : "\(name)({".utf8)
    let list = PyList(vm, elements)
    for index in 0..<list.count {
      if index > 0 { out += [0x2C, 0x20] }
      vm.text(of: try vm.repr(list[index]), into: &out)
    }
    out += isPlainSet ? [0x7D] : [0x7D, 0x29]
    try vm.charge(out.count >> 3)
    return try vm.newString(utf8: out)
  }

  /// `(type, ([elements],), __dict__ or None)`
  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let elements = try vm.newTuple(vm.listFromIterable(a[0]))
    return try vm.newTuple(Value(vm.classOf(a[0])), elements, vm.instanceDict(a[0]))
  }
}

extension VM {
  /// The `__dict__` of an instance of a Python subclass of a built-in type, if it has one already; else None.
  func instanceDict(_ value: Value) -> Value {
    let object = words(value)
    guard object.hasFlag(ObjectFlags.hasDict) else { return .none }
    return object.value(dictIndex(object, object.kind))
  }
}
