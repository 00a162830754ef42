/// Module `_io`: streams in memory. What needs a file or a buffer over another stream comes from CPython's own `_pyio` when it is made.
enum IOModule {
  static let types = StreamBaseTypes.types + [StringIOType.type, BytesIOType.type]

  private static let borrowed = [
    "TextIOWrapper", "BufferedReader", "BufferedWriter", "BufferedRandom", "BufferedRWPair", "IncrementalNewlineDecoder",
  ]

  static let module = NativeModule(
    "_io",
    [
      NativeFunction("open", "file, *args, **kwargs", open), NativeFunction("open_code", "path", open),
      NativeFunction("text_encoding", "encoding, stacklevel=2, /", { (vm, a) throws(Unwind) in
        a[0].isNone ? try vm.newString("locale") : a[0]
      }),
      NativeFunction("_make", "cls, /, *args, **kwargs", make),
    ],
    populate: populate)

  private static func populate(_ vm: VM, _ dict: PyDict) throws(Unwind) {
    for type in types { try dict.set(name: vm.intern(type.name), Value(vm.type(type.wellKnown))) }
    try dict.set(name: vm.intern("DEFAULT_BUFFER_SIZE"), Value(small: 8192))
    try dict.set(name: vm.intern("BlockingIOError"), Value(vm.type(.blockingIOError)))
    let namespace = try vm.newDict()
    vm.keep(namespace)
    try PyDict(vm, namespace).set(name: vm.name(.module), vm.intern("io"))
    let bases = try vm.newTuple(Value(vm.type(.osError)), Value(vm.type(.valueError)))
    vm.keep(bases)
    let unsupported = try vm.call(Value(vm.type(.type)), vm.newString("UnsupportedOperation"), bases, namespace)
    try dict.set(name: vm.intern("UnsupportedOperation"), unsupported)
    for name in borrowed {
      let base: WellKnown = name.hasPrefix("Buffered") ? .bufferedIOBase : name == "TextIOWrapper" ? .textIOBase : .object
      try dict.set(name: vm.intern(name), stand(vm, dict, name, base))
    }
    try dict.set(name: vm.intern("FileIO"), stand(vm, dict, "FileIO", .rawIOBase))
  }

  /// A class that stands for one of `_pyio`'s: calling it makes one of those.
  private static func stand(_ vm: VM, _ module: PyDict, _ name: String, _ base: WellKnown) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let namespace = try vm.newDict()
    vm.keep(namespace)
    try PyDict(vm, namespace).set(name: vm.name(.module), vm.intern("_io"))
    let maker = module.get(name: try vm.intern("_make")) ?? .none
    try PyDict(vm, namespace).set(
      name: vm.name(.new), Value(vm.allocateRecord(.staticMethod, class: vm.type(.staticmethod), maker, .none)))
    let bases = try vm.newTuple(Value(vm.type(base)))
    vm.keep(bases)
    return try vm.call(Value(vm.type(.type)), vm.newString(name), bases, namespace)
  }

  private static func make(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[0], .class) else { throw vm.raise(.typeError, "X is not a type object") }
    let cls = try vm.getAttribute(vm.loadModule("_pyio"), vm.words(a[0]).value(ClassLayout.name))
    return try vm.call(cls, tuple: a[1], dict: a[2].isRef ? a[2] : .none)
  }

  private static func open(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.call(vm.builtinNamed("open"), a[0])
  }
}
