/// What `sys` says about the interpreter and where it runs: nowhere that a program could reach, and always the same.
enum SysEnvironment {
  static let functions: [NativeFunction] = [
    NativeFunction("getdefaultencoding", "", { (vm, _) throws(Unwind) in try vm.intern("utf-8") }),
    NativeFunction("getfilesystemencoding", "", { (vm, _) throws(Unwind) in try vm.intern("utf-8") }),
    NativeFunction("getfilesystemencodeerrors", "", { (vm, _) throws(Unwind) in try vm.intern("surrogateescape") }),
    NativeFunction("is_finalizing", "", { (_, _) throws(Unwind) in .false }),
    NativeFunction("getswitchinterval", "", { (vm, _) throws(Unwind) in try vm.float(0.005) }),
    NativeFunction("setswitchinterval", "interval, /", { (vm, a) throws(Unwind) in
      guard try vm.requireReal(a[0]) > 0 else {
        throw vm.raise(.valueError, "switch interval must be strictly positive")
      }
      return .none
    }),
    NativeFunction("audit", "event, /, *args", { (_, _) throws(Unwind) in .none }),
    NativeFunction("addaudithook", "hook", { (_, _) throws(Unwind) in .none }),
    NativeFunction("_clear_type_cache", "", { (vm, _) throws(Unwind) in
      vm.forgetCaches()
      return .none
    }),
    NativeFunction("getallocatedblocks", "", { (vm, _) throws(Unwind) in Value(small: vm.usedBytes / 16) }),
    NativeFunction("gettrace", "", { (_, _) throws(Unwind) in .none }),
    NativeFunction("getprofile", "", { (_, _) throws(Unwind) in .none }),
    NativeFunction("settrace", "function, /", refuseWatching),
    NativeFunction("setprofile", "function, /", refuseWatching),
    NativeFunction("breakpointhook", "*args, **kws", { (vm, _) throws(Unwind) in
      throw vm.raise(.runtimeError, "breakpoint() is not available here: nobody could answer the debugger")
    }),
    NativeFunction("displayhook", "object, /", { (vm, a) throws(Unwind) in
      try vm.showResult(a[0])
      return .none
    }),
  ]

  /// A program can take its watcher away, for there is none, and set none: the run loop has no place for one.
  private static func refuseWatching(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard a[0].isNone else { throw vm.raise(.runtimeError, "tracing and profiling functions are not available here") }
    return .none
  }

  static func populate(_ vm: VM, _ dict: PyDict) throws(Unwind) {
    func add(_ name: String, _ value: Value) throws(Unwind) { try dict.set(name: vm.intern(name), value) }
    try addNames(vm, add)
    try add("warnoptions", vm.newList())
    try add("_xoptions", vm.newDict())
    try add("meta_path", vm.newList())
    try add("path_hooks", vm.newList())
    try add("path_importer_cache", vm.newDict())
    try add("orig_argv", vm.newList())
    try add("api_version", Value(small: 1013))
    try add("pycache_prefix", .none)
    try add("last_type", .none)
    let own = try vm.newTuple(count: NativeRegistry.modules.count + 1)
    vm.keep(own)
    for (index, name) in (NativeRegistry.modules.map(\.name) + ["builtins"]).sorted().enumerated() {
      PyTuple(vm, own)[index] = try vm.newString(name)
    }
    try add("builtin_module_names", own)
    let known = try vm.newSet()
    vm.keep(known)
    for name in StandardLibraryNames.all.sorted() { try vm.setAdd(known, vm.newString(name)) }
    try add("stdlib_module_names", vm.call(Value(vm.type(.frozenset)), known))
    try addStructures(vm, dict)
    for name in ["displayhook", "excepthook", "breakpointhook"] {
      if let hook = dict.get(name: try vm.intern(name)) { try add("__\(name)__", hook) }
    }
  }

  private static func addNames(_ vm: VM, _ add: (String, Value) throws(Unwind) -> Void) throws(Unwind) {
    for name in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] { try add(name, vm.newString("/usr")) }
    for name in ["executable", "_base_executable", "abiflags"] { try add(name, vm.newString("")) }
    try add("platlibdir", vm.newString("lib"))
    try add("float_repr_style", vm.newString("short"))
    try add("copyright", vm.newString("Python is a trademark of the Python Software Foundation."))
    try add("_framework", vm.newString(""))
  }

  private static func addStructures(_ vm: VM, _ dict: PyDict) throws(Unwind) {
    let off = [
      "debug", "inspect", "interactive", "optimize", "dont_write_bytecode", "no_user_site", "no_site",
      "ignore_environment", "verbose", "bytes_warning", "quiet", "hash_randomization", "isolated",
    ]
    var fields: [(name: String, value: Value)] = off.map { ($0, Value.zero) }
    fields += [
      ("dev_mode", .false), ("utf8_mode", Value(small: 1)), ("warn_default_encoding", .zero), ("safe_path", .true),
      ("int_max_str_digits", Value(small: 4300)),
    ]
    try dict.set(name: vm.intern("flags"), StructSequence.make(vm, "flags", module: "sys", fields))
    try dict.set(
      name: vm.intern("thread_info"),
      StructSequence.make(
        vm, "thread_info", module: "sys", [("name", .none), ("lock", .none), ("version", .none)]))
    let version = dict.get(name: try vm.intern("version_info")) ?? .none
    let implementation = try vm.call(
      Value(vm.type(.namespace)), arguments: [],
      keywords: [
        (vm.intern("name"), vm.newString("cellar")), (vm.intern("cache_tag"), .none),
        (vm.intern("version"), version), (vm.intern("hexversion"), Value(small: 0x030B_02F0)),
        (vm.intern("_multiarch"), vm.newString("")),
      ])
    try dict.set(name: vm.intern("implementation"), implementation)
  }
}
