/// `types.GenericAlias`, what `list[int]` is: `1` origin, `2` arguments, `3` parameters or None until they are asked for,
/// `4` whether it stands starred, as in `*tuple[int]`.
enum GenericAliasType {
  private enum Word {
    static let origin = 1
    static let arguments = 2
    static let parameters = 3
    static let isUnpacked = 4
  }

  static let type = NativeType(
    .genericAlias, "GenericAlias", kind: .genericAlias, module: "types",
    [
      NativeFunction(
        "__new__", "cls, origin, args, /", { (vm, a) throws(Unwind) in try make(vm, a[0].ref, a[1], a[2]) },
        binding: .static),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__call__", "self, *args, **kwargs", call),
      NativeFunction("__getitem__", "self, item, /", item),
      NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in
        let object = vm.words(a[0])
        let starred = try make(
          vm, vm.type(.genericAlias), object.value(Word.origin), object.value(Word.arguments), isUnpacked: true)
        return try vm.makeIterator(vm.newTuple(starred))
      }),
      NativeFunction("__mro_entries__", "self, bases, /", { (vm, a) throws(Unwind) in
        try vm.newTuple(vm.words(a[0]).value(Word.origin))
      }),
      NativeFunction("__eq__", "self, value, /", equals),
      NativeFunction("__hash__", "self, /", { (vm, a) throws(Unwind) in
        let object = vm.words(a[0])
        return try vm.integer(vm.hash(object.value(Word.origin)) ^ vm.hash(object.value(Word.arguments)))
      }),
      NativeFunction("__or__", "self, other, /", TypeType.union),
      NativeFunction("__ror__", "self, other, /", TypeType.reflectedUnion),
      NativeFunction("__getattr__", "self, name, /", { (vm, a) throws(Unwind) in
        try vm.getAttribute(vm.words(a[0]).value(Word.origin), a[1])
      }),
      NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
        let object = vm.words(a[0])
        let parts = try vm.newTuple(object.value(Word.origin), object.value(Word.arguments))
        return try vm.newTuple(Value(vm.classOf(a[0])), parts)
      }),
      NativeFunction("__instancecheck__", "self, instance, /", { (vm, _) throws(Unwind) in
        throw vm.raise(.typeError, "isinstance() argument 2 cannot be a parameterized generic")
      }),
      NativeFunction("__subclasscheck__", "self, subclass, /", { (vm, _) throws(Unwind) in
        throw vm.raise(.typeError, "issubclass() argument 2 cannot be a parameterized generic")
      }),
    ],
    properties: [
      NativeProperty("__origin__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(Word.origin) }),
      NativeProperty("__args__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(Word.arguments) }),
      NativeProperty("__parameters__", { (vm, a) throws(Unwind) in
        let object = vm.words(a[0])
        if object.value(Word.parameters).isNone {
          object.set(Word.parameters, try parameters(vm, of: object.value(Word.arguments)))
        }
        return object.value(Word.parameters)
      }),
      NativeProperty("__unpacked__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(Word.isUnpacked) }),
      NativeProperty("__typing_unpacked_tuple_args__", { (vm, a) throws(Unwind) in
        let object = vm.words(a[0])
        let isTuple = object.value(Word.origin) == Value(vm.type(.tuple))
        return isTuple && object.value(Word.isUnpacked) == .true ? object.value(Word.arguments) : .none
      }),
    ])

  static func make(
    _ vm: VM, _ cls: Ref, _ origin: Value, _ arguments: Value, isUnpacked: Bool = false
  ) throws(Unwind) -> Value {
    let tuple = vm.is(arguments, .tuple) ? arguments : try vm.newTuple(arguments)
    let ref = try vm.allocateSubclassable(.genericAlias, class: cls, words: 5)
    let object = vm.words(ref)
    object.set(Word.origin, origin)
    object.set(Word.arguments, tuple)
    object.set(Word.parameters, .none)
    object.set(Word.isUnpacked, Value(isUnpacked))
    return Value(ref)
  }

  private static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let object = vm.words(a[0])
    var parts: [String] = []
    let arguments = PyTuple(vm, object.value(Word.arguments))
    for index in 0..<arguments.count { parts.append(try vm.shownTypeArgument(arguments[index])) }
    let list = parts.isEmpty ? "()" : parts.joined(separator: ", ")
    let star = object.value(Word.isUnpacked) == .true ? "*" : ""
    return try vm.newString("\(star)\(try vm.shownTypeArgument(object.value(Word.origin)))[\(list)]")
  }

  private static func call(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let result = try vm.call(vm.words(a[0]).value(Word.origin), tuple: a[1], dict: a[2])
    vm.keep(result)
    do throws(Unwind) {
      try vm.setAttribute(result, vm.intern("__orig_class__"), a[0])
    } catch {
      guard error.isException, vm.pendingMatches(.attributeError) || vm.pendingMatches(.typeError) else { throw error }
      vm.takePending()
    }
    return result
  }

  private static func equals(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .genericAlias) else { return .notImplemented }
    let x = vm.words(a[0])
    let y = vm.words(a[1])
    guard x.value(Word.isUnpacked) == y.value(Word.isUnpacked) else { return .false }
    guard try vm.equal(x.value(Word.origin), y.value(Word.origin)) else { return .false }
    return Value(try vm.equal(x.value(Word.arguments), y.value(Word.arguments)))
  }

  // MARK: Parameters

  /// The type variables among the arguments, each once, in order.
  static func parameters(_ vm: VM, of tuple: Value) throws(Unwind) -> Value {
    let found = try vm.newList()
    vm.keep(found)
    func add(_ value: Value) throws(Unwind) {
      for index in 0..<PyList(vm, found).count where try vm.equal(PyList(vm, found)[index], value) { return }
      try PyList(vm, found).append(value)
    }
    let arguments = PyTuple(vm, tuple)
    for index in 0..<arguments.count where !vm.is(arguments[index], .class) {
      if try vm.findAttribute(arguments[index], vm.intern("__typing_subst__")) != nil {
        try add(arguments[index])
      } else if let inner = try vm.findAttribute(arguments[index], vm.intern("__parameters__")), vm.is(inner, .tuple) {
        for place in 0..<PyTuple(vm, inner).count { try add(PyTuple(vm, inner)[place]) }
      }
    }
    return try vm.newTuple(from: PyList(vm, found).buffer, at: 1, count: PyList(vm, found).count)
  }

  /// `alias[item]`: the alias with its parameters replaced.
  private static func item(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let object = vm.words(a[0])
    let arguments = try substituted(vm, a[0], object.value(Word.arguments), a[1])
    return try make(
      vm, vm.type(.genericAlias), object.value(Word.origin), arguments,
      isUnpacked: object.value(Word.isUnpacked) == .true)
  }

  /// The arguments of an alias or union with their parameters replaced by what stands between its brackets.
  static func substituted(_ vm: VM, _ alias: Value, _ tuple: Value, _ item: Value) throws(Unwind) -> Value {
    let names = try parameters(vm, of: tuple)
    vm.keep(names)
    let parameters = PyTuple(vm, names)
    guard parameters.count > 0 else {
      throw vm.raise(.typeError, "\(vm.text(try vm.repr(alias))) is not a generic class")
    }
    var given = vm.is(item, .tuple) ? item : try vm.newTuple(item)
    vm.keep(given)
    for index in 0..<parameters.count {
      let name = try vm.intern("__typing_prepare_subst__")
      guard let prepare = try vm.findAttribute(parameters[index], name) else { continue }
      let prepared = try vm.call(prepare, alias, given)
      given = vm.is(prepared, .tuple) ? prepared : try vm.newTuple(prepared)
      vm.keep(given)
    }
    let items = PyTuple(vm, given)
    guard items.count == parameters.count else {
      let word = items.count > parameters.count ? "many" : "few"
      throw vm.raise(
        .typeError,
        "Too \(word) arguments for \(vm.text(try vm.repr(alias))); actual \(items.count), expected \(parameters.count)")
    }
    let result = try vm.newList()
    vm.keep(result)
    let arguments = PyTuple(vm, tuple)
    for index in 0..<arguments.count {
      try substitute(vm, arguments[index], parameters, items, into: PyList(vm, result))
    }
    return try vm.newTuple(from: PyList(vm, result).buffer, at: 1, count: PyList(vm, result).count)
  }

  /// Appends what an argument becomes when each parameter is replaced by the item at its place.
  private static func substitute(
    _ vm: VM, _ argument: Value, _ parameters: PyTuple, _ items: PyTuple, into result: PyList
  ) throws(Unwind) {
    guard !vm.is(argument, .class) else { return try result.append(argument) }
    func item(for parameter: Value) throws(Unwind) -> Value? {
      for index in 0..<parameters.count where try vm.equal(parameters[index], parameter) { return items[index] }
      return nil
    }
    var replaced = argument
    if let replace = try vm.findAttribute(argument, vm.intern("__typing_subst__")), let item = try item(for: argument) {
      replaced = try vm.call(replace, item)
    } else if let inner = try vm.findAttribute(argument, vm.intern("__parameters__")), vm.is(inner, .tuple),
      PyTuple(vm, inner).count > 0
    {
      let inside = try vm.newList()
      vm.keep(inside)
      for place in 0..<PyTuple(vm, inner).count {
        let parameter = PyTuple(vm, inner)[place]
        let item = try item(for: parameter) ?? parameter
        if vm.is(item, .tuple), try vm.findAttribute(parameter, vm.name(.iter)) != nil {
          for index in 0..<PyTuple(vm, item).count { try PyList(vm, inside).append(PyTuple(vm, item)[index]) }
        } else {
          try PyList(vm, inside).append(item)
        }
      }
      let list = PyList(vm, inside)
      replaced = try vm.getItem(argument, vm.newTuple(from: list.buffer, at: 1, count: list.count))
    }
    vm.keep(replaced)
    let flag = try vm.findAttribute(argument, vm.intern("__typing_is_unpacked_typevartuple__"))
    if let flag, try vm.truth(flag), vm.is(replaced, .tuple) {
      for index in 0..<PyTuple(vm, replaced).count { try result.append(PyTuple(vm, replaced)[index]) }
    } else {
      try result.append(replaced)
    }
  }
}
