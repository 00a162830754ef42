/// What `sys` has for event loops: the hooks of asynchronous generators.
enum AsyncHooks {
  static let functions: [NativeFunction] = [
    NativeFunction("get_asyncgen_hooks", "", { (vm, _) throws(Unwind) in
      try StructSequence.make(
        vm, "asyncgen_hooks", module: "sys",
        [("firstiter", vm[root: .asyncGeneratorFirst]), ("finalizer", vm[root: .asyncGeneratorEnd])])
    }),
    NativeFunction("set_asyncgen_hooks", "firstiter=, finalizer=", { (vm, a) throws(Unwind) in
      for (hook, name) in [(a[0], "firstiter"), (a[1], "finalizer")] where !hook.isUnbound && !hook.isNone {
        guard vm.isCallable(hook) else {
          throw vm.raise(.typeError, "callable \(name) expected, got \(vm.typeName(hook))")
        }
      }
      if !a[0].isUnbound { vm[root: .asyncGeneratorFirst] = a[0] }
      if !a[1].isUnbound { vm[root: .asyncGeneratorEnd] = a[1] }
      return .none
    }),
    NativeFunction("get_coroutine_origin_tracking_depth", "", { (_, _) throws(Unwind) in .zero }),
    NativeFunction("set_coroutine_origin_tracking_depth", "depth", { (vm, a) throws(Unwind) in
      guard try vm.indexAsInt(a[0], overflow: .overflowError) >= 0 else {
        throw vm.raise(.valueError, "depth must be >= 0")
      }
      return .none
    }),
  ]
}

extension VM {
  /// Before an asynchronous generator is first iterated: the hooks of the time are told, or kept for its end.
  func beginAsyncGenerator(_ generator: Value) throws(Unwind) {
    let object = words(generator)
    guard object.value(GeneratorLayout.extra).isNone else { return }
    let end = self[root: .asyncGeneratorEnd]
    object.set(GeneratorLayout.extra, end.isNone ? .false : end)
    let first = self[root: .asyncGeneratorFirst]
    if !first.isNone { _ = try call(first, generator) }
  }
}
