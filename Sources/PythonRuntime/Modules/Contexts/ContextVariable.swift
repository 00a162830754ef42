/// `contextvars.ContextVar` and `Token`. A variable: `1` name, `2` default or unbound. A token: `1` variable, `2` old value or unbound, `3`
/// context, `4` whether it was used.
enum ContextVariable {
  static let type = NativeType(
    .contextVariable, "ContextVar", kind: .record, isSubclassable: false, module: "_contextvars",
    [
      NativeFunction("__new__", "cls, name, /, *, default=", { (vm, a) throws(Unwind) in
        guard vm.isString(a[1]) else { throw vm.raise(.typeError, "context variable name must be a str") }
        return try vm.newRecord(.record, .contextVariable, a[1], a[2])
      }, binding: .static),
      NativeFunction("get", "self, default=, /", { (vm, a) throws(Unwind) in
        if let value = try ContextModule.values(vm, ContextModule.current(vm)).get(a[0]) { return value }
        if !a[1].isUnbound { return a[1] }
        let fallback = vm.words(a[0]).value(2)
        if !fallback.isUnbound { return fallback }
        throw vm.raise(.lookupError, arguments: [a[0]])
      }),
      NativeFunction("set", "self, value, /", set),
      NativeFunction("reset", "self, token, /", reset),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        var shown = "<ContextVar name=\(vm.text(try vm.repr(state.value(1))))"
        if !state.value(2).isUnbound { shown += " default=\(vm.text(try vm.repr(state.value(2))))" }
        return try vm.newString("\(shown) at \(vm.address(of: a[0]))>")
      }),
      NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
    ],
    properties: [NativeProperty("name", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) })])

  static let tokenType = NativeType(
    .contextToken, "Token", kind: .record, isSubclassable: false, module: "_contextvars",
    [
      NativeFunction("__new__", "cls, *args, **kwargs", { (vm, _) throws(Unwind) in
        throw vm.raise(.runtimeError, "Tokens can only be created by ContextVars")
      }, binding: .static),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        let used = state.value(4) == .true ? " used" : ""
        return try vm.newString(
          "<Token\(used) var=\(vm.text(try vm.repr(state.value(1)))) at \(vm.address(of: a[0]))>")
      }),
      NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
    ],
    properties: [
      NativeProperty("var", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }),
      NativeProperty("old_value", { (vm, a) throws(Unwind) in
        let old = vm.words(a[0]).value(2)
        return old.isUnbound ? try missing(vm) : old
      }),
    ])

  /// `Token.MISSING`: one object, an instance of a class of its own.
  static func missing(_ vm: VM) throws(Unwind) -> Value {
    if vm[root: .missingToken].isRef { return vm[root: .missingToken] }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let namespace = try vm.newDict()
    vm.keep(namespace)
    let bases = try vm.newTuple(Value(vm.type(.object)))
    vm.keep(bases)
    let owner = try vm.call(Value(vm.type(.type)), vm.newString("Token.MISSING"), bases, namespace)
    vm[root: .missingToken] = try vm.call(owner)
    return vm[root: .missingToken]
  }

  private static func set(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let context = try ContextModule.current(vm)
    let values = ContextModule.values(vm, context)
    let old = try values.get(a[0]) ?? .unbound
    try values.set(a[0], a[1])
    return Value(
      try vm.allocateRecord(.record, class: vm.type(.contextToken), a[0], old, context, .false))
  }

  private static func reset(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard a[1].isRef, vm.classOf(a[1]) == vm.type(.contextToken) else {
      throw vm.raise(.typeError, "expected an instance of Token, got \(vm.text(try vm.repr(a[1])))")
    }
    let token = vm.words(a[1])
    func shown() throws(Unwind) -> String { vm.text(try vm.repr(a[1])) }
    if token.value(4) == .true { throw vm.raise(.runtimeError, "\(try shown()) has already been used once") }
    guard token.value(1) == a[0] else {
      throw vm.raise(.valueError, "\(try shown()) was created by a different ContextVar")
    }
    let context = try ContextModule.current(vm)
    guard token.value(3) == context else {
      throw vm.raise(.valueError, "\(try shown()) was created in a different Context")
    }
    token.set(4, .true)
    let values = ContextModule.values(vm, context)
    if token.value(2).isUnbound {
      _ = try values.remove(a[0])
    } else {
      try values.set(a[0], token.value(2))
    }
    return .none
  }
}
