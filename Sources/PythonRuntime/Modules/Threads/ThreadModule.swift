/// Module `_thread`: there is one thread, so locks only count, and waiting for one that is held would be waiting for ever.
enum ThreadModule {
  /// `1` whether it is held, or how often.
  static let types = [
    lockType(.threadLock, "lock", isReentrant: false), lockType(.threadRLock, "RLock", isReentrant: true), localType,
  ]

  static let module = NativeModule(
    "_thread",
    [
      NativeFunction("allocate_lock", "", { (vm, _) throws(Unwind) in try newLock(vm, vm.type(.threadLock)) }),
      NativeFunction("allocate", "", { (vm, _) throws(Unwind) in try newLock(vm, vm.type(.threadLock)) }),
      NativeFunction("_set_sentinel", "", { (vm, _) throws(Unwind) in try newLock(vm, vm.type(.threadLock)) }),
      NativeFunction("get_ident", "", { (_, _) throws(Unwind) in Value(small: ident) }),
      NativeFunction("get_native_id", "", { (_, _) throws(Unwind) in Value(small: 1) }),
      NativeFunction("_count", "", { (_, _) throws(Unwind) in .zero }),
      NativeFunction("stack_size", "size=0, /", { (_, _) throws(Unwind) in .zero }),
      NativeFunction("start_new_thread", "function, args, kwargs=, /", startThread),
      NativeFunction("start_new", "function, args, kwargs=, /", startThread),
      NativeFunction("exit", "", { (vm, _) throws(Unwind) in throw vm.raise(.systemExit, arguments: []) }),
      NativeFunction("exit_thread", "", { (vm, _) throws(Unwind) in throw vm.raise(.systemExit, arguments: []) }),
      NativeFunction("interrupt_main", "signum=2, /", { (vm, _) throws(Unwind) in
        throw vm.raise(.keyboardInterrupt, arguments: [])
      }),
      NativeFunction("_excepthook", "args, /", { (vm, a) throws(Unwind) in
        let exception = try vm.getAttribute(a[0], vm.intern("exc_value"))
        guard vm.is(exception, .exception) else { return .none }
        try vm.writeToErrors(vm.formatException(exception))
        return .none
      }),
    ]
  ) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("LockType"), Value(vm.type(.threadLock)))
    try dict.set(name: vm.intern("RLock"), Value(vm.type(.threadRLock)))
    try dict.set(name: vm.intern("_local"), Value(vm.type(.threadLocal)))
    try dict.set(name: vm.intern("error"), Value(vm.type(.runtimeError)))
    try dict.set(name: vm.intern("TIMEOUT_MAX"), vm.float(9_223_372_036))
    let hookArguments = try StructSequence.make(
      vm, "_ExceptHookArgs", module: "_thread",
      [("exc_type", .none), ("exc_value", .none), ("exc_traceback", .none), ("thread", .none)])
    try dict.set(name: vm.intern("_ExceptHookArgs"), Value(vm.classOf(hookArguments)))
  }

  private static let ident = 139_637_976_727_552

  static func startThread(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isCallable(a[0]) else { throw vm.raise(.typeError, "first arg must be callable") }
    guard vm.is(a[1], .tuple) else { throw vm.raise(.typeError, "2nd arg must be a tuple") }
    throw vm.raise(.runtimeError, "can't start new thread")
  }

  private static func newLock(_ vm: VM, _ cls: Ref) throws(Unwind) -> Value {
    let ref = try vm.allocateSubclassable(.record, class: cls, words: 2)
    vm.words(ref).set(1, .zero)
    return Value(ref)
  }

  private static func count(_ vm: VM, _ lock: Value) -> Int { vm.words(lock).value(1).int }
  private static func setCount(_ vm: VM, _ lock: Value, _ count: Int) { vm.words(lock).set(1, Value(small: count)) }

  private static func lockType(_ known: WellKnown, _ name: String, isReentrant: Bool) -> NativeType {
    let acquire: NativeFunction.Body = { (vm, a) throws(Unwind) in
      try ThreadModule.acquire(vm, a, isReentrant: isReentrant)
    }
    let release: NativeFunction.Body = { (vm, a) throws(Unwind) in
      try ThreadModule.release(vm, a, isReentrant: isReentrant)
    }
    var rows = [
      NativeFunction("acquire", "self, blocking=True, timeout=-1", acquire),
      NativeFunction("release", "self, /", release),
      NativeFunction("__enter__", "self, /", { (vm, a) throws(Unwind) in
        a[1] = .true
        a[2] = Value(small: -1)
        return try acquire(vm, a)
      }),
      NativeFunction("__exit__", "self, /, *args", release),
      NativeFunction("_at_fork_reinit", "self, /", { (vm, a) throws(Unwind) in
        setCount(vm, a[0], 0)
        return .none
      }),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        let held = count(vm, a[0])
        let detail = isReentrant ? " owner=\(held > 0 ? ident : 0) count=\(held)" : ""
        return try vm.newString(
          "<\(held > 0 ? "locked" : "unlocked") _thread.\(name) object\(detail) at \(vm.address(of: a[0]))>")
      }),
    ]
    if isReentrant {
      rows += [
        NativeFunction("__new__", "cls, *args, **kwargs", { (vm, a) throws(Unwind) in try newLock(vm, a[0].ref) }, binding: .static),
        NativeFunction("_is_owned", "self, /", { (vm, a) throws(Unwind) in Value(count(vm, a[0]) > 0) }),
        NativeFunction("_release_save", "self, /", { (vm, a) throws(Unwind) in
          let held = count(vm, a[0])
          guard held > 0 else { throw vm.raise(.runtimeError, "cannot release un-acquired lock") }
          setCount(vm, a[0], 0)
          return try vm.newTuple(Value(small: held), Value(small: ident))
        }),
        NativeFunction("_acquire_restore", "self, state, /", { (vm, a) throws(Unwind) in
          guard vm.is(a[1], .tuple), PyTuple(vm, a[1]).count == 2, PyTuple(vm, a[1])[0].isInt else {
            throw vm.raise(.typeError, "_acquire_restore() argument must be a tuple of count and owner")
          }
          vm.words(a[0]).set(1, PyTuple(vm, a[1])[0])
          return .none
        }),
      ]
    } else {
      rows += [
        NativeFunction("locked", "self, /", { (vm, a) throws(Unwind) in Value(count(vm, a[0]) > 0) }),
        NativeFunction("locked_lock", "self, /", { (vm, a) throws(Unwind) in Value(count(vm, a[0]) > 0) }),
        NativeFunction("acquire_lock", "self, blocking=True, timeout=-1", acquire),
        NativeFunction("release_lock", "self, /", release),
      ]
    }
    return NativeType(known, name, kind: .record, isSubclassable: isReentrant, module: "_thread", rows)
  }

  private static func acquire(_ vm: VM, _ a: Arguments, isReentrant: Bool) throws(Unwind) -> Value {
    let blocks = try vm.truth(a[1])
    let timeout = try vm.requireReal(a[2])
    if !blocks, timeout != -1 { throw vm.raise(.valueError, "can't specify a timeout for a non-blocking call") }
    if blocks, timeout < 0, timeout != -1 { throw vm.raise(.valueError, "timeout value must be a non-negative number") }
    if timeout > 9_223_372_036 { throw vm.raise(.overflowError, "timeout value is too large") }
    let held = count(vm, a[0])
    if held == 0 || isReentrant {
      setCount(vm, a[0], min(held + 1, 1 << 40))
      return .true
    }
    guard blocks else { return .false }
    guard timeout < 0 else {
      vm.sleep(seconds: timeout)
      return .false
    }
    throw vm.raise(.runtimeError, "waiting for this lock would never end: there is no other thread to release it")
  }

  private static func release(_ vm: VM, _ a: Arguments, isReentrant: Bool) throws(Unwind) -> Value {
    let held = count(vm, a[0])
    guard held > 0 else {
      throw vm.raise(.runtimeError, isReentrant ? "cannot release un-acquired lock" : "release unlocked lock")
    }
    setCount(vm, a[0], held - 1)
    return .none
  }

  /// With one thread its attributes are an instance's.
  private static let localType = NativeType(
    .threadLocal, "_local", kind: .instance, module: "_thread",
    [
      NativeFunction("__new__", "cls, *args, **kwargs", { (vm, a) throws(Unwind) in
        let hasArguments = PyTuple(vm, a[1]).count > 0 || a[2].isRef && PyDict(vm, a[2]).count > 0
        let initializer = vm.lookupSpecial(class: a[0].ref, .`init`)
        if hasArguments, initializer == vm.lookupSpecial(class: vm.type(.object), .`init`) {
          throw vm.raise(.typeError, "Initialization arguments are not supported")
        }
        return try vm.newInstance(a[0].ref)
      }, binding: .static)
    ])
}
