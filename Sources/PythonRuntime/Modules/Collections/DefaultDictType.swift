/// The type `collections.defaultdict`: a dict with the flag `hasExtra`, whose word 4 is the factory.
enum DefaultDictType {
  static let factoryWord = 4

  static let type = NativeType(
    .defaultdict, "defaultdict", base: .dict, kind: .dict, module: "collections",
    doc: """
      defaultdict(default_factory=None, /, [...]) --> dict with default factory

      The default factory is called without arguments to produce
      a new value when a key is not present, in __getitem__ only.
      A defaultdict compares equal to a dict with the same items.
      All remaining arguments are treated the same as if they were
      passed to the dict constructor, including keyword arguments.
      """,
    [
      NativeFunction("__new__", "cls, /, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, /, *args, **kwargs", initialize),
      NativeFunction("__missing__", "self, key, /", missing),
      NativeFunction("copy", "self, /", copy),
      NativeFunction("__copy__", "self, /", copy),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__reduce__", "self, /", reduce),
      NativeFunction("__or__", "self, value, /", { (vm, a) throws(Unwind) in try united(vm, a, a[0], a[1]) }),
      NativeFunction("__ror__", "self, value, /", { (vm, a) throws(Unwind) in try united(vm, a, a[1], a[0]) }),
    ],
    properties: [
      NativeProperty(
        "default_factory", { (vm, a) throws(Unwind) in factory(vm, a[0]) },
        set: { (vm, a) throws(Unwind) in
          vm.words(a[0]).set(factoryWord, a[1].isUnbound ? .none : a[1])
          return .none
        })
    ])

  private static func factory(_ vm: VM, _ value: Value) -> Value { vm.words(value).value(factoryWord) }

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let flags = ObjectFlags.hasDict | ObjectFlags.hasExtra
    let ref = try vm.allocate(.dict, class: a[0].ref, words: 5, flags: flags)
    vm.words(ref).set(3, .none)
    vm.words(ref).set(factoryWord, .none)
    return Value(ref)
  }

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let arguments = PyTuple(vm, a[1])
    var first = Value.none
    if arguments.count > 0 {
      first = arguments[0]
      guard first.isNone || vm.isCallable(first) else {
        throw vm.raise(.typeError, "first argument must be callable or None")
      }
      a[1] = try vm.newTuple(from: arguments.words, at: 3, count: arguments.count - 1)
    }
    vm.words(a[0]).set(factoryWord, first)
    return try DictType.initialize(vm, a)
  }

  static func missing(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let factory = self.factory(vm, a[0])
    if factory.isNone { throw vm.raise(.keyError, arguments: [a[1]]) }
    let value = try vm.call(factory)
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(value)
    try vm.setItem(a[0], a[1], value)
    return value
  }

  static func copy(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.call(Value(vm.classOf(a[0])), factory(vm, a[0]), a[0])
  }

  private static func united(_ vm: VM, _ a: Arguments, _ x: Value, _ y: Value) throws(Unwind) -> Value {
    guard vm.is(x, .dict), vm.is(y, .dict) else { return .notImplemented }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let result = try vm.call(Value(vm.classOf(a[0])), factory(vm, a[0]), x)
    vm.keep(result)
    try vm.dictUpdate(result, y)
    return result
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let name = vm.typeName(a[0])
    let factory = self.factory(vm, a[0])
    var out = Array("\(name)(".utf8)
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    // The factory may be a method of this very dict.
    if factory.isRef, vm.is(factory, .boundMethod) || vm.is(factory, .native) {
      if try vm.enterRepr(factory) {
        defer { vm.leaveRepr(factory) }
        vm.text(of: try vm.repr(factory), into: &out)
      } else {
        out += Array("...".utf8)
      }
    } else {
      vm.text(of: try vm.repr(factory), into: &out)
    }
    out += [0x2C, 0x20]
    vm.text(of: try DictType.repr(vm, a), into: &out)
    out.append(0x29)
    return try vm.newString(utf8: out)
  }

  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let factory = self.factory(vm, a[0])
    let arguments = factory.isNone ? vm[root: .emptyTuple] : try vm.newTuple(factory)
    let items = try vm.newDictIterator(a[0], .items, isReversed: false)
    return try vm.newTuple(Value(vm.classOf(a[0])), arguments, .none, .none, items)
  }
}
