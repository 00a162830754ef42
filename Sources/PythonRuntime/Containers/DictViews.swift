/// The types `dict_keys`, `dict_values`, `dict_items`.
enum DictViews {
  static let types = [
    NativeType(.dictKeys, "dict_keys", kind: .dictKeys, isSubclassable: false, shared + setLike, properties: mapping),
    NativeType(.dictValues, "dict_values", kind: .dictValues, isSubclassable: false, shared, properties: mapping),
    NativeType(
      .dictItems, "dict_items", kind: .dictItems, isSubclassable: false, shared + setLike, properties: mapping),
  ]

  private static let mapping = [
    NativeProperty("mapping", { (vm, a) throws(Unwind) in
      let ref = try vm.allocateRecord(.mappingProxy, class: vm.type(.mappingProxy), dict(vm, a[0]))
      return Value(ref)
    })
  ]

  private static let shared = [
    NativeFunction("__len__", "self, /", { (vm, a) throws(Unwind) in Value(small: PyDict(vm, dict(vm, a[0])).count) }),
    NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in
      try vm.newDictIterator(dict(vm, a[0]), part(vm, a[0]), isReversed: false)
    }),
    NativeFunction("__reversed__", "self, /", { (vm, a) throws(Unwind) in
      try vm.newDictIterator(dict(vm, a[0]), part(vm, a[0]), isReversed: true)
    }),
    NativeFunction("__repr__", "self, /", repr),
  ]

  private static let setLike =
    [
      NativeFunction("__contains__", "self, key, /", { (vm, a) throws(Unwind) in
        Value(try vm.dictViewContains(a[0], a[1]))
      }),
      NativeFunction("isdisjoint", "self, other, /", isDisjoint),
      NativeFunction("__and__", "self, value, /", { (vm, a) throws(Unwind) in try intersection(vm, a[0], a[1]) }),
      NativeFunction("__rand__", "self, value, /", { (vm, a) throws(Unwind) in try intersection(vm, a[0], a[1]) }),
      NativeFunction("__or__", "self, value, /", { (vm, a) throws(Unwind) in try union(vm, a[0], a[1]) }),
      NativeFunction("__ror__", "self, value, /", { (vm, a) throws(Unwind) in try union(vm, a[1], a[0]) }),
      NativeFunction("__sub__", "self, value, /", { (vm, a) throws(Unwind) in try difference(vm, a[0], a[1]) }),
      NativeFunction("__rsub__", "self, value, /", { (vm, a) throws(Unwind) in try difference(vm, a[1], a[0]) }),
      NativeFunction("__xor__", "self, value, /", { (vm, a) throws(Unwind) in
        try symmetricDifference(vm, a[0], a[1])
      }),
      NativeFunction("__rxor__", "self, value, /", { (vm, a) throws(Unwind) in
        try symmetricDifference(vm, a[1], a[0])
      }),
    ] + SequenceComparison.rows { (vm, op, x, y) throws(Unwind) in try compare(vm, op, x, y) }

  private static func dict(_ vm: VM, _ view: Value) -> Value { vm.words(view).value(1) }

  private static func part(_ vm: VM, _ view: Value) -> DictPart {
    switch vm.words(view).kind {
    case .dictKeys: .keys
    case .dictValues: .values
    default: .items
    }
  }

  private static func isSetLike(_ vm: VM, _ value: Value) -> Bool {
    vm.is(value, .dictKeys) || vm.is(value, .dictItems)
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard try vm.enterRepr(a[0]) else { return try vm.newString("...") }
    defer { vm.leaveRepr(a[0]) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let list = try vm.listFromIterable(a[0])
    vm.keep(list)
    var out = Array("\(vm.typeName(a[0]))(".utf8)
    vm.text(of: try vm.repr(list), into: &out)
    out.append(0x29)
    return try vm.newString(utf8: out)
  }

  static func isDisjoint(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var view = a[0]
    var other = a[1]
    if view == other { return Value(PyDict(vm, dict(vm, view)).count == 0) }
    if vm.isAnySet(other) || isSetLike(vm, other), try vm.length(other) > PyDict(vm, dict(vm, view)).count {
      (view, other) = (other, view)
    }
    let iterator = try vm.makeIterator(other)
    vm.keep(iterator)
    let inner = vm.keepMark()
    while let item = try vm.next(iterator) {
      vm.keep(item)
      if try vm.contains(view, item) { return .false }
      vm.keepRelease(inner)
    }
    return .true
  }

  /// A set of the elements of an operand.
  private static func asSet(_ vm: VM, _ value: Value) throws(Unwind) -> Value {
    if vm.is(value, .dictKeys), vm.isPlain(dict(vm, value), .dict) { return try vm.setFromIterable(dict(vm, value)) }
    return try vm.setFromIterable(value)
  }

  private static func intersection(_ vm: VM, _ x: Value, _ y: Value) throws(Unwind) -> Value {
    var view = x
    var other = y
    let count = PyDict(vm, dict(vm, view)).count
    if vm.isAnySet(other), vm.classOf(other) == vm.type(.set), count <= PySet(vm, other).count {
      return try vm.setIntersection(other, view)
    }
    if isSetLike(vm, other), PyDict(vm, dict(vm, other)).count > count { (view, other) = (other, view) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let result = try vm.newSet()
    vm.keep(result)
    let iterator = try vm.makeIterator(other)
    vm.keep(iterator)
    let inner = vm.keepMark()
    while let item = try vm.next(iterator) {
      vm.keep(item)
      if try vm.dictViewContains(view, item) { try PySet(vm, result).add(item) }
      vm.keepRelease(inner)
    }
    return result
  }

  private static func union(_ vm: VM, _ x: Value, _ y: Value) throws(Unwind) -> Value {
    try combined(vm, x, y) { (vm, result, other) throws(Unwind) in try vm.setUpdate(result, other) }
  }

  private static func difference(_ vm: VM, _ x: Value, _ y: Value) throws(Unwind) -> Value {
    try combined(vm, x, y) { (vm, result, other) throws(Unwind) in try vm.setRemoveAll(result, other) }
  }

  private static func symmetricDifference(_ vm: VM, _ x: Value, _ y: Value) throws(Unwind) -> Value {
    try combined(vm, x, y) { (vm, result, other) throws(Unwind) in try vm.setToggleAll(result, other) }
  }

  private static func combined(
    _ vm: VM, _ x: Value, _ y: Value, _ body: (VM, Value, Value) throws(Unwind) -> Void
  ) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let result = try asSet(vm, x)
    vm.keep(result)
    try body(vm, result, y)
    return result
  }

  private static func compare(_ vm: VM, _ op: Comparison, _ x: Value, _ y: Value) throws(Unwind) -> Value {
    guard vm.isAnySet(y) || isSetLike(vm, y) else { return .notImplemented }
    let counts = (PyDict(vm, dict(vm, x)).count, try vm.length(y))
    switch op {
    case .equal: return Value(counts.0 == counts.1 ? try allContained(vm, x, in: y) : false)
    case .notEqual: return Value(counts.0 == counts.1 ? !(try allContained(vm, x, in: y)) : true)
    case .less: return Value(counts.0 < counts.1 ? try allContained(vm, x, in: y) : false)
    case .lessOrEqual: return Value(counts.0 <= counts.1 ? try allContained(vm, x, in: y) : false)
    case .greater: return Value(counts.0 > counts.1 ? try allContained(vm, y, in: x) : false)
    case .greaterOrEqual: return Value(counts.0 >= counts.1 ? try allContained(vm, y, in: x) : false)
    }
  }

  private static func allContained(_ vm: VM, _ items: Value, in other: Value) throws(Unwind) -> Bool {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let iterator = try vm.makeIterator(items)
    vm.keep(iterator)
    let inner = vm.keepMark()
    while let item = try vm.next(iterator) {
      vm.keep(item)
      if !(try vm.contains(other, item)) { return false }
      vm.keepRelease(inner)
      try vm.charge(1)
    }
    return true
  }
}

/// What of a dict's entries a view or an iterator gives.
enum DictPart: Int {
  case keys, values, items
}

extension VM {
  /// `dict.keys()` and the like.
  func newDictView(_ kind: Kind, _ dict: Value) throws(Unwind) -> Value {
    let known: WellKnown = kind == .dictKeys ? .dictKeys : kind == .dictValues ? .dictValues : .dictItems
    let ref = try allocateCell(16)
    let view = words(ref)
    view[0] = header(kind, class: type(known), size: 1)
    view.set(1, dict)
    return Value(ref)
  }

  /// `item in dict.keys()`, `item in dict.items()`
  func dictViewContains(_ view: Value, _ item: Value) throws(Unwind) -> Bool {
    let dict = words(view).value(1)
    if self.is(view, .dictKeys) { return try dictContains(dict, item) }
    guard self.is(item, .tuple), PyTuple(self, item).count == 2 else { return false }
    let key = PyTuple(self, item)[0]
    guard let entry = try PyDict(self, dict).find(key, hash: hashKey(key)) else { return false }
    let found = PyDict(self, dict).table().value(entry)
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(found)
    return try sameElement(found, PyTuple(self, item)[1])
  }
}
