/// The type `collections.OrderedDict`: a dict, whose entries are in order anyway, with the methods that are about order.
enum OrderedDictType {
  static let types = [
    type,
    view(.orderedDictKeys, .dictKeys, "odict_keys", .dictKeys),
    view(.orderedDictValues, .dictValues, "odict_values", .dictValues),
    view(.orderedDictItems, .dictItems, "odict_items", .dictItems),
  ]

  private static func view(_ known: WellKnown, _ base: WellKnown, _ name: String, _ kind: Kind) -> NativeType {
    NativeType(known, name, base: base, kind: kind, isSubclassable: false, module: "collections", [])
  }

  private static let type = NativeType(
    .orderedDict, "OrderedDict", base: .dict, kind: .dict, module: "collections",
    doc: "Dictionary that remembers insertion order", order + access,
    properties: [NativeProperty("__dict__", ObjectType.getDict, set: ObjectType.setDict)])

  private static let order: [NativeFunction] = [
    NativeFunction("__new__", "cls, /, *args, **kwargs", { (vm, a) throws(Unwind) in
      let ref = try vm.allocate(.dict, class: a[0].ref, words: 4, flags: ObjectFlags.hasDict)
      vm.words(ref).set(3, .none)
      return Value(ref)
    }, binding: .static),
    NativeFunction("move_to_end", "self, key, last=True", moveToEnd),
    NativeFunction("popitem", "self, last=True", popItem),
    NativeFunction("__eq__", "self, value, /", { (vm, a) throws(Unwind) in
      guard vm.is(a[1], .dict) else { return .notImplemented }
      return Value(try isEqual(vm, a[0], a[1]))
    }),
    NativeFunction("__ne__", "self, value, /", { (vm, a) throws(Unwind) in
      guard vm.is(a[1], .dict) else { return .notImplemented }
      return Value(!(try isEqual(vm, a[0], a[1])))
    }),
    NativeFunction("__repr__", "self, /", repr),
    NativeFunction("__reduce__", "self, /", reduce),
    NativeFunction("__or__", "self, value, /", { (vm, a) throws(Unwind) in try united(vm, a, a[0], a[1]) }),
    NativeFunction("__ror__", "self, value, /", { (vm, a) throws(Unwind) in try united(vm, a, a[1], a[0]) }),
    NativeFunction("__ior__", "self, value, /", { (vm, a) throws(Unwind) in
      try add(vm, a[1], to: a[0])
      return a[0]
    }),
  ]

  private static let access: [NativeFunction] = [
    NativeFunction("__init__", "self, /, *args, **kwargs", { (vm, a) throws(Unwind) in try update(vm, a) }),
    NativeFunction("update", "self, /, *args, **kwargs", { (vm, a) throws(Unwind) in try update(vm, a) }),
    NativeFunction("copy", "self, /", { (vm, a) throws(Unwind) in try vm.call(Value(vm.classOf(a[0])), a[0]) }),
    NativeFunction("__copy__", "self, /", { (vm, a) throws(Unwind) in try vm.call(Value(vm.classOf(a[0])), a[0]) }),
    NativeFunction("fromkeys", "cls, iterable, value=None", DictType.fromKeys, binding: .class),
    NativeFunction("setdefault", "self, key, default=None", { (vm, a) throws(Unwind) in
      if try vm.contains(a[0], a[1]) { return try vm.getItem(a[0], a[1]) }
      try vm.setItem(a[0], a[1], a[2])
      return a[2]
    }),
    NativeFunction("pop", "self, key, default=", pop),
    NativeFunction("keys", "self, /", { (vm, a) throws(Unwind) in try newView(vm, .dictKeys, .orderedDictKeys, a[0]) }),
    NativeFunction("values", "self, /", { (vm, a) throws(Unwind) in
      try newView(vm, .dictValues, .orderedDictValues, a[0])
    }),
    NativeFunction("items", "self, /", { (vm, a) throws(Unwind) in
      try newView(vm, .dictItems, .orderedDictItems, a[0])
    }),
  ]

  private static func newView(_ vm: VM, _ kind: Kind, _ known: WellKnown, _ dict: Value) throws(Unwind) -> Value {
    Value(try vm.allocateRecord(kind, class: vm.type(known), dict))
  }

  /// As `MutableMapping.update`: through the class's own `__setitem__`.
  private static func update(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let positional = PyTuple(vm, a[1])
    guard positional.count <= 1 else {
      throw vm.raise(.typeError, "update expected at most 1 argument, got \(positional.count)")
    }
    if positional.count == 1 { try add(vm, positional[0], to: a[0]) }
    if a[2].isRef, PyDict(vm, a[2]).count > 0 { try add(vm, a[2], to: a[0]) }
    return .none
  }

  private static func add(_ vm: VM, _ other: Value, to dict: Value) throws(Unwind) {
    let setter = vm.lookupSpecial(dict, .setitem)
    if setter == vm.lookupSpecial(class: vm.type(.dict), .setitem) { return try vm.dictUpdate(dict, other) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    guard let keys = try vm.findAttribute(other, vm.name(.keys)) else {
      let pairs = try vm.newDict()
      vm.keep(pairs)
      // The pairs, checked as a dict checks them.
      try vm.dictUpdate(pairs, other)
      try vm.forEachItem(pairs) { (key, value) throws(Unwind) in try vm.setItem(dict, key, value) }
      return
    }
    let names = try vm.call(keys)
    vm.keep(names)
    try vm.iterate(names) { (key) throws(Unwind) in
      try vm.setItem(dict, key, vm.getItem(other, key))
      return true
    }
  }

  private static func moveToEnd(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let dict = PyDict(vm, a[0])
    let hash = try vm.hashKey(a[1])
    guard let entry = try dict.find(a[1], hash: hash), let found = dict.entry(at: entry) else {
      throw vm.raise(.keyError, arguments: [a[1]])
    }
    if try vm.truth(a[2]) {
      dict.remove(at: entry)
      try dict.insert(found.key, found.value, hash: hash)
      return .none
    }
    let rest = try vm.newDict()
    try vm.charge(dict.count)
    try PyDict(vm, rest).insert(found.key, found.value, hash: hash)
    for index in 0..<dict.entryCount where index != entry {
      if let other = dict.entry(at: index) { try PyDict(vm, rest).insert(other.key, other.value, hash: other.hash) }
    }
    dict.words[1] = PyDict(vm, rest).words[1]
    return .none
  }

  private static func popItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let dict = PyDict(vm, a[0])
    guard dict.count > 0 else { throw vm.raise(.keyError, "dictionary is empty") }
    if try vm.truth(a[1]) {
      guard let last = try dict.removeLast() else { throw vm.raise(.keyError, "dictionary is empty") }
      return try vm.newPair(last.key, last.value)
    }
    var index = 0
    while index < dict.entryCount, dict.entry(at: index) == nil { index += 1 }
    guard let first = dict.entry(at: index) else { throw vm.raise(.keyError, "dictionary is empty") }
    try vm.charge(index >> 3)
    dict.remove(at: index)
    // So that taking one after the other does not walk over the same holes.
    if index > 32, index > dict.count { try dict.rebuild(capacity: max(8, dict.count + dict.count / 2)) }
    return try vm.newPair(first.key, first.value)
  }

  private static func pop(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let dict = PyDict(vm, a[0])
    if let entry = try dict.find(a[1], hash: vm.hashKey(a[1])) {
      let value = dict.entry(at: entry)?.value ?? .none
      dict.remove(at: entry)
      return value
    }
    if a[2].isUnbound { throw vm.raise(.keyError, arguments: [a[1]]) }
    return a[2]
  }

  private static func isEqual(_ vm: VM, _ x: Value, _ y: Value) throws(Unwind) -> Bool {
    guard try vm.equalDicts(x, y) else { return false }
    guard vm.isSubclass(vm.classOf(y), vm.type(.orderedDict)) else { return true }
    let (a, b) = (PyDict(vm, x), PyDict(vm, y))
    var other = 0
    for index in 0..<a.entryCount {
      guard let entry = a.entry(at: index) else { continue }
      while other < b.entryCount, b.entry(at: other) == nil { other += 1 }
      guard let match = b.entry(at: other), try vm.sameElement(entry.key, match.key) else { return false }
      other += 1
    }
    return true
  }

  private static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let name = vm.typeName(a[0])
    if PyDict(vm, a[0]).count == 0 { return try vm.newString("\(name)()") }
    guard try vm.enterRepr(a[0]) else { return try vm.newString("...") }
    defer { vm.leaveRepr(a[0]) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let items = try vm.listFromIterable(vm.callMethod(a[0], "items"))
    vm.keep(items)
    var out = Array("\(name)(".utf8)
    vm.text(of: try vm.repr(items), into: &out)
    out.append(0x29)
    return try vm.newString(utf8: out)
  }

  private static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let items = try vm.makeIterator(vm.callMethod(a[0], "items"))
    vm.keep(items)
    let state = try vm.callMethod(a[0], "__getstate__")
    return try vm.newTuple(Value(vm.classOf(a[0])), vm[root: .emptyTuple], state, .none, items)
  }

  private static func united(_ vm: VM, _ a: Arguments, _ x: Value, _ y: Value) throws(Unwind) -> Value {
    guard vm.is(x, .dict), vm.is(y, .dict) else { return .notImplemented }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let result = try vm.call(Value(vm.classOf(a[0])), x)
    vm.keep(result)
    try add(vm, y, to: result)
    return result
  }
}
