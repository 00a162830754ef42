/// Tuples whose items have names too, as CPython's C code makes them: `sys.version_info`, `sys.float_info`. Each kind is a class of its own below this
/// type; the names are its `__match_args__`.
enum StructSequence {
  static let type = NativeType(
    .structSequence, "structseq", base: .tuple, kind: .tuple,
    [NativeFunction("__repr__", "self, /", repr)])

  /// An instance of a new class with these fields. `name` is given with its module.
  static func make(
    _ vm: VM, _ name: String, module: String, _ fields: [(name: String, value: Value)]
  ) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    for field in fields { vm.keep(field.value) }
    let items = try vm.newTuple(fields.map(\.value))
    vm.keep(items)
    let namespace = try vm.newDict()
    vm.keep(namespace)
    let dict = PyDict(vm, namespace)
    let names = try vm.newTuple(count: fields.count)
    vm.keep(names)
    for (index, field) in fields.enumerated() {
      let name = try vm.intern(field.name)
      PyTuple(vm, names)[index] = name
      try dict.set(name: name, vm.call(Value(vm.type(.tupleGetter)), Value(small: index), .none))
    }
    try dict.set(name: vm.name(.matchArgs), names)
    try dict.set(name: vm.name(.module), vm.intern(module))
    try dict.set(name: vm.intern("n_fields"), Value(small: fields.count))
    try dict.set(name: vm.intern("n_sequence_fields"), Value(small: fields.count))
    try dict.set(name: vm.intern("n_unnamed_fields"), .zero)
    let bases = try vm.newTuple(Value(vm.type(.structSequence)))
    vm.keep(bases)
    let made = try vm.call(Value(vm.type(.type)), vm.newString(name), bases, namespace)
    return try vm.call(made, items)
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let owner = vm.classOf(a[0])
    let items = PyTuple(vm, a[0])
    let names = vm.lookup(class: owner, vm.name(.matchArgs)) ?? vm[root: .emptyTuple]
    var text = "\(try module(vm, owner)).\(vm.className(owner))("
    for index in 0..<min(items.count, PyTuple(vm, names).count) {
      if index > 0 { text += ", " }
      text += "\(vm.text(PyTuple(vm, names)[index]))=\(vm.text(try vm.repr(items[index])))"
    }
    return try vm.newString(text + ")")
  }

  private static func module(_ vm: VM, _ owner: Ref) throws(Unwind) -> String {
    guard let module = vm.lookup(class: owner, vm.name(.module)), vm.isString(module) else { return "builtins" }
    return vm.text(module)
  }
}
