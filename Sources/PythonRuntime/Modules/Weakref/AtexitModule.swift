/// Module `atexit`: what is called when the program ends, the last first. The root `exitCallbacks` is a list of tuples: function, arguments, keywords.
enum AtexitModule {
  static let module = NativeModule(
    "atexit",
    [
      NativeFunction("register", "func, /, *args, **kwargs", { (vm, a) throws(Unwind) in
        guard vm.isCallable(a[0]) else { throw vm.raise(.typeError, "the first argument must be callable") }
        if vm[root: .exitCallbacks].isNone { vm[root: .exitCallbacks] = try vm.newList() }
        try PyList(vm, vm[root: .exitCallbacks]).append(vm.newTuple(a[0], a[1], a[2]))
        return a[0]
      }),
      NativeFunction("unregister", "func, /", { (vm, a) throws(Unwind) in
        guard let list = callbacks(vm) else { return .none }
        var index = 0
        while index < list.count {
          if try vm.equal(PyTuple(vm, list[index])[0], a[0]) {
            for later in index + 1..<max(list.count, index + 1) { list[later - 1] = list[later] }
            list.count -= 1
          } else {
            index += 1
          }
        }
        return .none
      }),
      NativeFunction("_clear", "", { (vm, _) throws(Unwind) in
        vm[root: .exitCallbacks] = .none
        return .none
      }),
      NativeFunction("_ncallbacks", "", { (vm, _) throws(Unwind) in Value(small: callbacks(vm)?.count ?? 0) }),
      NativeFunction("_run_exitfuncs", "", { (vm, _) throws(Unwind) in
        try vm.runExitCallbacks()
        return .none
      }),
    ])

  fileprivate static func callbacks(_ vm: VM) -> PyList? {
    let root = vm[root: .exitCallbacks]
    return root.isRef ? PyList(vm, root) : nil
  }
}

extension VM {
  /// Calls what was registered with `atexit`, the last first.
  func runExitCallbacks() throws(Unwind) {
    while let list = AtexitModule.callbacks(self), list.count > 0 {
      let mark = keepMark()
      defer { keepRelease(mark) }
      let entry = PyTuple(self, list[list.count - 1])
      list.count -= 1
      keep(Value(ref(entry.words)))
      try reportingUnraisable(about: entry[0]) { () throws(Unwind) in
        _ = try call(entry[0], tuple: entry[1], dict: entry[2].isRef ? entry[2] : .none)
      }
    }
  }

  /// The end of the program, as when CPython's process ends: exit callbacks, then whatever is still to be finalised.
  package func endProgram() throws(Unwind) {
    try runExitCallbacks()
    try endUnreachable()
    var rounds = 0
    while rounds < 8, self[root: .finalizable].isRef {
      rounds += 1
      let list = PyList(self, self[root: .finalizable])
      let objects = (0..<list.count).map { list[$0] }.filter { needsFinalizing($0) }
      list.count = 0
      if objects.isEmpty { return }
      for object in objects { enqueueEnded(.object, object) }
      try runEnded()
    }
  }
}
