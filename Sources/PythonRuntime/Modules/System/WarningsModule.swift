/// `_warnings`: `warn` and `warn_explicit` as the runtime and `importlib` call them. The filters and all the rest are the library's
/// `warnings`, which does not find them here and so uses its own.
enum WarningsModule {
  static let module = NativeModule(
    "_warnings",
    [
      NativeFunction("warn", "message, category=None, stacklevel=1, source=None", { (vm, a) throws(Unwind) in
        try delegate(vm, "warn", [a[0], a[1], a[2], a[3]])
      }),
      NativeFunction(
        "warn_explicit",
        "message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None",
        { (vm, a) throws(Unwind) in
          try delegate(vm, "warn_explicit", [a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]])
        }),
    ])

  private static func delegate(_ vm: VM, _ name: String, _ arguments: [Value]) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    for argument in arguments { vm.keep(argument) }
    let warnings = try vm.loadModule("warnings")
    return try vm.call(vm.getAttribute(warnings, vm.intern(name)), arguments: arguments, keywords: [])
  }
}
