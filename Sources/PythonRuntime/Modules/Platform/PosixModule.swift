/// Module `posix`, so far as CPython's `os` needs one to be imported: there are no files, no processes and no environment. What would
/// reach for them raises, and says so.
enum PosixModule {
  static let module = NativeModule("posix", functions + absent) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("environ"), vm.newDict())
    try dict.set(name: vm.intern("_have_functions"), vm.newList())
    try dict.set(name: vm.intern("error"), Value(vm.type(.osError)))
    for (name, number) in [
      ("F_OK", 0), ("X_OK", 1), ("W_OK", 2), ("R_OK", 4), ("O_RDONLY", 0), ("O_WRONLY", 1), ("O_RDWR", 2),
      ("O_CREAT", 64), ("O_EXCL", 128), ("O_TRUNC", 512), ("O_APPEND", 1024), ("O_CLOEXEC", 524_288),
      ("EX_OK", 0), ("EX_USAGE", 64), ("WNOHANG", 1), ("TMP_MAX", 238_328),
    ] {
      try dict.set(name: vm.intern(name), Value(small: number))
    }
    let fields = [
      "st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime",
    ]
    try addType(vm, dict, "stat_result", module: "os", fields)
    try addType(vm, dict, "terminal_size", module: "os", ["columns", "lines"])
    try addType(vm, dict, "uname_result", module: "posix", ["sysname", "nodename", "release", "version", "machine"])
    try addType(
      vm, dict, "times_result", module: "posix", ["user", "system", "children_user", "children_system", "elapsed"])
  }

  private static func addType(_ vm: VM, _ dict: PyDict, _ name: String, module: String, _ fields: [String])
    throws(Unwind)
  {
    let sample = try StructSequence.make(vm, name, module: module, fields.map { ($0, Value.zero) })
    try dict.set(name: vm.intern(name), Value(vm.classOf(sample)))
  }

  private static let functions: [NativeFunction] = [
    NativeFunction("fspath", "path", { (vm, a) throws(Unwind) in
      if vm.isString(a[0]) || vm.is(a[0], .bytes) { return a[0] }
      guard let method = vm.lookupSpecial(a[0], .fspath) else {
        throw vm.raise(
          .typeError, "expected str, bytes or os.PathLike object, not \(vm.typeName(a[0]))")
      }
      let path = try vm.callBound(method, a[0])
      guard vm.isString(path) || vm.is(path, .bytes) else {
        throw vm.raise(
          .typeError, "expected \(vm.typeName(a[0])).__fspath__() to return str or bytes, not \(vm.typeName(path))")
      }
      return path
    }),
    NativeFunction("urandom", "size, /", { (vm, a) throws(Unwind) in
      let count = try vm.indexAsInt(a[0], overflow: .overflowError)
      guard count >= 0 else { throw vm.raise(.valueError, "negative argument not allowed") }
      guard count < 1 << 28 else { throw vm.raiseMemoryError() }
      try vm.charge(count / 8)
      // From the run's seed, as all randomness is.
      let twister = try vm.call(Value(vm.type(.randomGenerator)))
      let bits = try vm.callMethod(twister, "getrandbits", Value(small: count * 8))
      return try vm.call(
        vm.getAttribute(bits, vm.intern("to_bytes")), arguments: [Value(small: count), vm.newString("little")],
        keywords: [])
    }),
    NativeFunction("getcwd", "", { (vm, _) throws(Unwind) in try vm.newString("/") }),
    NativeFunction("getcwdb", "", { (vm, _) throws(Unwind) in try vm.newBytes([0x2F]) }),
    NativeFunction("uname", "", { (vm, _) throws(Unwind) in
      try StructSequence.make(
        vm, "uname_result", module: "posix",
        [
          ("sysname", vm.newString("Linux")), ("nodename", vm.newString("cellar")), ("release", vm.newString("")),
          ("version", vm.newString("")), ("machine", vm.newString("x86_64")),
        ])
    }),
    NativeFunction("getpid", "", { (_, _) throws(Unwind) in Value(small: 1) }),
    NativeFunction("cpu_count", "", { (_, _) throws(Unwind) in Value(small: 1) }),
    NativeFunction("strerror", "code, /", { (vm, a) throws(Unwind) in
      try vm.newString("error \(vm.indexAsInt(a[0], overflow: .overflowError))")
    }),
    NativeFunction("isatty", "fd, /", { (_, _) throws(Unwind) in .false }),
    NativeFunction("putenv", "name, value, /", { (_, _) throws(Unwind) in .none }),
    NativeFunction("unsetenv", "name, /", { (_, _) throws(Unwind) in .none }),
    NativeFunction("register_at_fork", "*, before=None, after_in_child=None, after_in_parent=None", { (_, _) throws(Unwind) in
      .none
    }),
    NativeFunction("WIFSIGNALED", "status", { (_, _) throws(Unwind) in .false }),
    NativeFunction("_exit", "status", { (vm, a) throws(Unwind) in
      throw vm.raise(.systemExit, arguments: [a[0]])
    }),
    NativeFunction("stat", "path, *args, **kwargs", missing), NativeFunction("lstat", "path, *args, **kwargs", missing),
    NativeFunction("listdir", "path=None", missing), NativeFunction("scandir", "path=None", missing),
    NativeFunction("access", "path, *args, **kwargs", { (_, _) throws(Unwind) in .false }),
  ]

  private static func missing(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let path = a[0].isNone ? try vm.newString(".") : a[0]
    throw vm.raise(
      try vm.call(
        Value(vm.type(.fileNotFoundError)), Value(small: 2), vm.newString("No such file or directory"), path))
  }

  private static let absent: [NativeFunction] = [
    "open", "close", "read", "write", "lseek", "fstat", "mkdir", "rmdir", "remove", "unlink", "rename", "replace",
    "link", "symlink", "readlink", "chmod", "chown", "chdir", "truncate", "ftruncate", "utime", "pipe", "dup", "dup2",
    "execv", "execve", "kill", "system", "waitpid", "getppid", "getuid", "geteuid", "getgid", "getegid",
    "umask", "times", "get_terminal_size", "getlogin", "fsync", "device_encoding",
  ].map { name in
    NativeFunction(name, "*args, **kwargs", { (vm, _) throws(Unwind) in
      throw vm.raise(
        .osError,
        arguments: [Value(small: 38), try vm.newString("os.\(name) is not available in the sandbox: it has no files or processes")])
    })
  }
}
