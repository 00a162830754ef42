/// `sys`, as far as it means something in a cage.
enum SysModule {
  static let module = NativeModule(
    "sys",
    [
      NativeFunction("getrecursionlimit", "", { (vm, _) throws(Unwind) in Value(small: vm[.recursionLimit]) }),
      NativeFunction("setrecursionlimit", "limit, /", setRecursionLimit),
      NativeFunction("getsizeof", "object, default=", { (vm, a) throws(Unwind) in Value(small: vm.cellBytes(a[0])) }),
      NativeFunction("getrefcount", "object, /", { (_, _) throws(Unwind) in Value(small: 2) }),
      NativeFunction("intern", "string, /", { (vm, a) throws(Unwind) in
        guard vm.isExactString(a[0]) else {
          throw vm.raise(.typeError, "intern() argument must be str, not \(vm.typeName(a[0]))")
        }
        return try vm.intern(a[0])
      }),
      NativeFunction("exit", "status=None, /", { (vm, a) throws(Unwind) in
        throw vm.raise(.systemExit, arguments: a[0].isNone ? [] : [a[0]])
      }),
      NativeFunction("exc_info", "", { (vm, _) throws(Unwind) in
        let handled = vm[root: .handledException]
        guard handled.isRef else { return try vm.newTuple(.none, .none, .none) }
        return try vm.newTuple(
          Value(vm.classOf(handled)), handled, vm.words(handled).value(ExceptionLayout.traceback))
      }),
      NativeFunction("exception", "", { (vm, _) throws(Unwind) in
        let handled = vm[root: .handledException]
        return handled.isRef ? handled : .none
      }),
      TracebackTypes.getFrame, TracebackTypes.exceptHook, UnraisableHook.function,
    ] + AsyncHooks.functions + SysNumbers.functions + SysEnvironment.functions,
    populate: populate)

  static func setRecursionLimit(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let limit = try vm.indexAsInt(a[0], overflow: .overflowError)
    guard limit >= 1 else { throw vm.raise(.valueError, "recursion limit must be greater or equal than 1") }
    if limit <= vm[.depth] {
      throw vm.raise(
        .recursionError, "cannot set the recursion limit to \(limit) at the recursion depth \(vm[.depth]): the limit is too low")
    }
    vm[.recursionLimit] = limit
    return .none
  }

  static func populate(_ vm: VM, _ dict: PyDict) throws(Unwind) {
    try dict.set(name: vm.intern("modules"), vm[root: .modules])
    try dict.set(name: vm.intern("maxsize"), vm.integer(Int.max))
    try dict.set(name: vm.intern("maxunicode"), Value(small: 0x10FFFF))
    try dict.set(name: vm.intern("byteorder"), vm.newString("little"))
    try dict.set(name: vm.intern("platform"), vm.newString("linux"))
    try dict.set(name: vm.intern("version"), vm.newString("3.11 (Cellar)"))
    try dict.set(name: vm.intern("hexversion"), Value(small: 0x030B_02F0))
    let version = try StructSequence.make(
      vm, "version_info", module: "sys",
      [
        ("major", Value(small: 3)), ("minor", Value(small: 11)), ("micro", Value(small: 2)),
        ("releaselevel", vm.newString("final")), ("serial", .zero),
      ])
    try dict.set(name: vm.intern("version_info"), version)
    try SysNumbers.populate(vm, dict)
    try SysEnvironment.populate(vm, dict)
    try dict.set(name: vm.intern("argv"), vm.newList([vm.newString("")]))
    try dict.set(name: vm.intern("path"), vm.newList())
    try dict.set(name: vm.intern("dont_write_bytecode"), .true)
    for (name, root) in [("stdin", StateWord.inputStream), ("stdout", .outputStream), ("stderr", .errorStream)] {
      let stream = try vm.makeStream()
      vm[root: root] = stream
      try dict.set(name: vm.intern(name), stream)
      try dict.set(name: vm.intern("__\(name)__"), stream)
    }
  }
}

/// The types of the core, in an order in which a base stands before its subclasses.
enum CoreTypes {
  static let types: [NativeType] =
    [ObjectType.type, TypeType.type, FunctionType.type, CellType.type, CodeType.type, MethodType.type, StreamType.type]
    + SmallTypes.types + DescriptorTypes.types + GeneratorTypes.types
}
