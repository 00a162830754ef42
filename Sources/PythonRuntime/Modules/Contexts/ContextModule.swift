/// Module `_contextvars`. A context is a record: `1` dict (variable → value), `2` whether it is entered, `3` the context before it.
/// The current one is the root `currentContext`, made when it is needed.
enum ContextModule {
  static let types = [contextType, ContextVariable.type, ContextVariable.tokenType]

  static let module = NativeModule(
    "_contextvars",
    [
      NativeFunction("copy_context", "", { (vm, _) throws(Unwind) in try copy(vm, current(vm)) })
    ]
  ) { (vm, dict) throws(Unwind) in
    for type in types { try dict.set(name: vm.intern(type.name), Value(vm.type(type.wellKnown))) }
    let token = PyDict(vm, vm.words(vm.type(.contextToken)).value(ClassLayout.dict))
    try token.set(name: vm.intern("MISSING"), ContextVariable.missing(vm))
    vm.forgetCaches()
  }

  private enum Word {
    static let values = 1
    static let isEntered = 2
    static let outer = 3
  }

  static func current(_ vm: VM) throws(Unwind) -> Value {
    if vm[root: .currentContext].isNone { vm[root: .currentContext] = try new(vm, values: vm.newDict()) }
    return vm[root: .currentContext]
  }

  static func values(_ vm: VM, _ context: Value) -> PyDict { PyDict(vm, vm.words(context).value(Word.values)) }

  private static func new(_ vm: VM, values: Value) throws(Unwind) -> Value {
    Value(try vm.allocateRecord(.record, class: vm.type(.context), values, .false, .none))
  }

  private static func copy(_ vm: VM, _ context: Value) throws(Unwind) -> Value {
    try new(vm, values: vm.dictCopy(vm.words(context).value(Word.values)))
  }

  private static let contextType = NativeType(
    .context, "Context", kind: .record, isSubclassable: false, module: "_contextvars",
    [
      NativeFunction("__new__", "cls, *args, **kwargs", { (vm, a) throws(Unwind) in
        if PyTuple(vm, a[1]).count > 0 || a[2].isRef && PyDict(vm, a[2]).count > 0 {
          throw vm.raise(.typeError, "Context() does not accept any arguments")
        }
        return try new(vm, values: vm.newDict())
      }, binding: .static),
      NativeFunction("run", "self, callable, /, *args, **kwargs", run),
      NativeFunction("copy", "self, /", { (vm, a) throws(Unwind) in try copy(vm, a[0]) }),
      NativeFunction("get", "self, key, default=None, /", { (vm, a) throws(Unwind) in
        try lookUp(vm, a[0], a[1]) ?? a[2]
      }),
      NativeFunction("__getitem__", "self, key, /", { (vm, a) throws(Unwind) in
        guard let value = try lookUp(vm, a[0], a[1]) else { throw vm.raise(.keyError, arguments: [a[1]]) }
        return value
      }),
      NativeFunction("__contains__", "self, key, /", { (vm, a) throws(Unwind) in
        Value(try lookUp(vm, a[0], a[1]) != nil)
      }),
      NativeFunction("__len__", "self, /", { (vm, a) throws(Unwind) in Value(small: values(vm, a[0]).count) }),
      NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in
        try vm.newDictIterator(vm.words(a[0]).value(Word.values), .keys, isReversed: false)
      }),
      forward("keys"), forward("values"), forward("items"),
      NativeFunction("__eq__", "self, value, /", { (vm, a) throws(Unwind) in
        guard a[1].isRef, vm.classOf(a[1]) == vm.type(.context) else { return .notImplemented }
        return Value(
          try vm.equalDicts(vm.words(a[0]).value(Word.values), vm.words(a[1]).value(Word.values)))
      }),
    ])

  private static func forward(_ name: String) -> NativeFunction {
    NativeFunction(name, "self, /", { (vm, a) throws(Unwind) in
      try vm.callMethod(vm.words(a[0]).value(Word.values), name)
    })
  }

  private static func lookUp(_ vm: VM, _ context: Value, _ key: Value) throws(Unwind) -> Value? {
    guard key.isRef, vm.classOf(key) == vm.type(.contextVariable) else {
      throw vm.raise(.typeError, "a ContextVar key was expected, got \(vm.text(try vm.repr(key)))")
    }
    return try values(vm, context).get(key)
  }

  private static func run(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let context = vm.words(a[0])
    if context.value(Word.isEntered) == .true {
      throw vm.raise(
        .runtimeError, "cannot enter context: \(vm.text(try vm.repr(a[0]))) is already entered")
    }
    context.set(Word.isEntered, .true)
    context.set(Word.outer, try current(vm))
    vm[root: .currentContext] = a[0]
    defer {
      vm[root: .currentContext] = context.value(Word.outer)
      context.set(Word.isEntered, .false)
      context.set(Word.outer, .none)
    }
    return try vm.call(a[1], tuple: a[2], dict: a[3].isRef ? a[3] : .none)
  }
}
