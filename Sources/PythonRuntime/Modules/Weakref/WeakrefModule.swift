/// Module `_weakref`: what `weakref` takes from it.
enum WeakrefModule {
  static let types = [WeakReferenceType.type, WeakProxyType.type, WeakProxyType.callableType]

  static let module = NativeModule(
    "_weakref",
    [
      NativeFunction("getweakrefcount", "object, /", { (vm, a) throws(Unwind) in
        Value(small: vm.weakReferences(to: a[0])?.count ?? 0)
      }),
      NativeFunction("getweakrefs", "object, /", { (vm, a) throws(Unwind) in
        guard let list = vm.weakReferences(to: a[0]) else { return try vm.newList() }
        return try vm.newList(from: list.buffer, at: 1, count: list.count)
      }),
      NativeFunction("proxy", "object, callback=None, /", { (vm, a) throws(Unwind) in
        try vm.newWeakReference(vm.type(vm.isCallable(a[0]) ? .weakCallableProxy : .weakProxy), a[0], a[1])
      }),
      NativeFunction("_remove_dead_weakref", "dct, key, /", removeDead),
    ]
  ) { (vm, dict) throws(Unwind) in
    let reference = Value(vm.type(.weakReference))
    try dict.set(name: vm.intern("ref"), reference)
    try dict.set(name: vm.intern("ReferenceType"), reference)
    try dict.set(name: vm.intern("ProxyType"), Value(vm.type(.weakProxy)))
    try dict.set(name: vm.intern("CallableProxyType"), Value(vm.type(.weakCallableProxy)))
  }

  /// Removes a key whose value is a weak reference to what is gone.
  private static func removeDead(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[0], .dict) else {
      throw vm.raise(
        .typeError, "_remove_dead_weakref() argument 1 must be dict, not \(vm.typeName(a[0]))")
    }
    let dict = PyDict(vm, a[0])
    guard let entry = try dict.find(a[1], hash: vm.hashKey(a[1])), let found = dict.entry(at: entry) else {
      return .none
    }
    guard vm.is(found.value, .weakReference) else { throw vm.raise(.typeError, "not a weakref") }
    if vm.words(found.value).value(1).isNone { dict.remove(at: entry) }
    return .none
  }
}
