/// `_imp`: what CPython's `importlib` asks of the interpreter. There are no extension modules and no frozen ones; the library's modules lie
/// in the base image: `_library_row` gives them to our importer, `_source` gives their text, and that of snippets, to `linecache`, and
/// `_instructions` shows code to `dis`.
enum ImpModule {
  static let module = NativeModule(
    "_imp",
    [
      NativeFunction("is_builtin", "name, /", { (vm, a) throws(Unwind) in
        let name = try vm.importName(a[0])
        return Value(small: NativeRegistry.modules.contains { $0.name == name } || name == "builtins" ? 1 : 0)
      }),
      NativeFunction("create_builtin", "spec, /", createBuiltin),
      NativeFunction("exec_builtin", "mod, /", { (_, _) throws(Unwind) in .zero }),
      NativeFunction("exec_dynamic", "mod, /", { (_, _) throws(Unwind) in .zero }),
      NativeFunction("create_dynamic", "spec, file=None, /", { (vm, _) throws(Unwind) in
        throw vm.raise(.importError, "extension modules are not available in the sandbox")
      }),
      NativeFunction("extension_suffixes", "", { (vm, _) throws(Unwind) in try vm.newList() }),
      NativeFunction("is_frozen", "name, /", { (_, _) throws(Unwind) in .false }),
      NativeFunction("is_frozen_package", "name, /", { (vm, a) throws(Unwind) in throw try noSuchFrozen(vm, a[0]) }),
      NativeFunction("find_frozen", "name, /, *, withdata=False", { (_, _) throws(Unwind) in .none }),
      NativeFunction("get_frozen_object", "name, data=None, /", { (vm, a) throws(Unwind) in
        throw try noSuchFrozen(vm, a[0])
      }),
      NativeFunction("init_frozen", "name, /", { (_, _) throws(Unwind) in .none }),
      NativeFunction("acquire_lock", "", { (_, _) throws(Unwind) in .none }),
      NativeFunction("release_lock", "", { (_, _) throws(Unwind) in .none }),
      NativeFunction("lock_held", "", { (_, _) throws(Unwind) in .false }),
      NativeFunction("_fix_co_filename", "code, path, /", { (_, _) throws(Unwind) in .none }),
      NativeFunction("_source", "filename, /", { (vm, a) throws(Unwind) in
        guard vm.isString(a[0]) else { return .none }
        return try vm.keptSource(filename: PyString(vm, a[0]).utf8()) ?? .none
      }),
      NativeFunction("_instructions", "code, /", { (vm, a) throws(Unwind) in try vm.shownCode(a[0]) }),
      NativeFunction("_library_row", "name, /", { (vm, a) throws(Unwind) in
        _ = try vm.importName(a[0])
        return vm.libraryRow(try vm.intern(a[0])).map { Value(vm.ref($0.words)) } ?? .none
      }),
    ]
  ) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("check_hash_based_pycs"), vm.newString("default"))
  }

  /// The module of a spec that names one of the runtime's own.
  private static func createBuiltin(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let name = try vm.importName(vm.getAttribute(a[0], vm.intern("name")))
    guard let number = NativeRegistry.modules.firstIndex(where: { $0.name == name }) else { return .none }
    return try vm.makeNativeModule(number, vm.intern(name))
  }

  private static func noSuchFrozen(_ vm: VM, _ name: Value) throws(Unwind) -> Unwind {
    vm.raise(.importError, "No such frozen object named \(try vm.importName(name))")
  }
}

extension VM {
  /// The text of a module's name.
  func importName(_ name: Value) throws(Unwind) -> String {
    guard isString(name) else { throw raise(.typeError, "a module's name must be str, not \(typeName(name))") }
    return text(name)
  }
}
