/// `aiter` and `anext`, and what `anext` with a default gives.
enum AsyncIteration {
  static let builtins = [
    NativeFunction("aiter", "async_iterable, /", aiter), NativeFunction("anext", "aiterator, default=, /", anext),
  ]

  /// Waits for the item as the iterator's own awaitable does, and gives the default at its end: `1` awaitable, `2` default.
  static let withDefault = NativeType(
    .anextAwaitable, "anext_awaitable", kind: .record, isSubclassable: false,
    [
      NativeFunction("__await__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__iter__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in try forward(vm, a[0], "__next__", []) }),
      NativeFunction("send", "self, value, /", { (vm, a) throws(Unwind) in try forward(vm, a[0], "send", [a[1]]) }),
      NativeFunction("throw", "self, type, value=, traceback=, /", { (vm, a) throws(Unwind) in
        try forward(vm, a[0], "throw", [a[1], a[2], a[3]].filter { !$0.isUnbound })
      }),
      NativeFunction("close", "self, /", { (vm, a) throws(Unwind) in try forward(vm, a[0], "close", []) }),
    ])

  private static func aiter(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let method = vm.lookupSpecial(a[0], .aiter) else {
      throw vm.raise(.typeError, "'\(vm.typeName(a[0]))' object is not an async iterable")
    }
    let iterator = try vm.callBound(method, a[0])
    guard vm.lookupSpecial(iterator, .anext) != nil else {
      throw vm.raise(.typeError, "aiter() returned not an async iterator of type '\(vm.typeName(iterator))'")
    }
    return iterator
  }

  private static func anext(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let method = vm.lookupSpecial(a[0], .anext) else {
      throw vm.raise(.typeError, "'\(vm.typeName(a[0]))' object is not an async iterator")
    }
    let awaitable = try vm.callBound(method, a[0])
    if a[1].isUnbound { return awaitable }
    return Value(try vm.allocateRecord(.record, class: vm.type(.anextAwaitable), awaitable, a[1]))
  }

  private static func forward(
    _ vm: VM, _ object: Value, _ name: String, _ arguments: [Value]
  ) throws(Unwind) -> Value {
    let awaitable = vm.words(object).value(1)
    // A coroutine is awaitable as it is, but no iterator.
    let isCoroutine = vm.classOf(awaitable) == vm.type(.coroutine)
    let iterator = isCoroutine ? try vm.callMethod(awaitable, "__await__") : try vm.awaitable(awaitable)
    vm.keep(iterator)
    do throws(Unwind) {
      return try vm.call(vm.getAttribute(iterator, vm.intern(name)), arguments: arguments, keywords: [])
    } catch {
      guard error.isException, vm.pendingMatches(.stopAsyncIteration) else { throw error }
      vm.takePending()
      throw vm.raise(.stopIteration, arguments: [vm.words(object).value(2)])
    }
  }
}
