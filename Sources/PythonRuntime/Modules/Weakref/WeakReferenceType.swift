/// The type `weakref.ReferenceType`: `1` object or None, `2` callback, `3` hash once it is known.
enum WeakReferenceType {
  static let type = NativeType(
    .weakReference, "ReferenceType", kind: .weakReference, module: "weakref",
    [
      NativeFunction("__new__", "cls, object, callback=None, /, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, object, callback=None, /", { (_, _) throws(Unwind) in .none }),
      NativeFunction("__call__", "self, /", { (vm, a) throws(Unwind) in vm.weakReferent(a[0]) }),
      NativeFunction("__hash__", "self, /", hash),
      NativeFunction("__eq__", "self, value, /", { (vm, a) throws(Unwind) in try compare(vm, a, .equal) }),
      NativeFunction("__ne__", "self, value, /", { (vm, a) throws(Unwind) in try compare(vm, a, .notEqual) }),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction(
        "__class_getitem__", "cls, object, /", { (vm, a) throws(Unwind) in try vm.newGenericAlias(a[0], a[1]) },
        binding: .class),
    ],
    properties: [NativeProperty("__callback__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) })])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[0].ref == vm.type(.weakReference), vm.is(a[4], .dict), PyDict(vm, a[4]).count > 0 {
      throw vm.raise(.typeError, "ref() takes no keyword arguments")
    }
    let more = PyTuple(vm, a[3]).count
    guard more == 0 else { throw vm.raise(.typeError, "__new__ expected at most 2 arguments, got \(more + 2)") }
    return try vm.newWeakReference(a[0].ref, a[1], a[2])
  }

  private static func hash(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let known = vm.words(a[0]).value(3)
    if !known.isNone { return known }
    let object = vm.weakReferent(a[0])
    guard !object.isNone else { throw vm.raise(.typeError, "weak object has gone away") }
    let hash = try vm.integer(vm.hash(object))
    vm.words(a[0]).set(3, hash)
    return hash
  }

  private static func compare(_ vm: VM, _ a: Arguments, _ op: Comparison) throws(Unwind) -> Value {
    guard vm.is(a[1], .weakReference), vm.isSubclass(vm.classOf(a[1]), vm.type(.weakReference)) else {
      return .notImplemented
    }
    let x = vm.weakReferent(a[0])
    let y = vm.weakReferent(a[1])
    if x.isNone || y.isNone { return Value((a[0] == a[1]) == (op == .equal)) }
    return try vm.compare(op, x, y)
  }

  private static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let object = vm.weakReferent(a[0])
    if object.isNone { return try vm.newString("<weakref at \(vm.address(of: a[0])); dead>") }
    var shown = "<weakref at \(vm.address(of: a[0])); to '\(vm.typeName(object))' at \(vm.address(of: object))"
    if let name = try vm.findAttribute(object, vm.name(.name)), vm.isString(name) { shown += " (\(vm.text(name)))" }
    return try vm.newString(shown + ">")
  }
}

extension VM {
  /// What a weak reference refers to, or None. Who asks makes the object reachable again.
  func weakReferent(_ reference: Value) -> Value {
    let object = words(reference).value(1)
    if object.isRef, !self.is(object, .string), words(object).hasFlag(ObjectFlags.circular) {
      words(object).clearFlag(ObjectFlags.circular)
      noteCandidate(object)
    }
    return object
  }

  /// `weakref.ref(object, callback)`: without a callback the one that exists already is given again.
  func newWeakReference(_ cls: Ref, _ object: Value, _ callback: Value) throws(Unwind) -> Value {
    guard canBeWeaklyReferenced(object) else {
      throw raise(.typeError, "cannot create weak reference to '\(typeName(object))' object")
    }
    let isOwn = cls == type(.weakReference) || cls == type(.weakProxy) || cls == type(.weakCallableProxy)
    if callback.isNone, isOwn, let list = weakReferences(to: object) {
      for index in 0..<list.count where words(list[index]).value(2).isNone && classOf(list[index]) == cls {
        return list[index]
      }
    }
    let ref = try allocateSubclassable(.weakReference, class: cls, words: 4)
    words(ref).set(1, object)
    words(ref).set(2, callback)
    words(ref).set(3, .none)
    try addWeakReference(Value(ref), to: object)
    return Value(ref)
  }

  private func canBeWeaklyReferenced(_ object: Value) -> Bool {
    guard object.isRef else { return false }
    let owner = classOf(object)
    let isHeap = classFlags(owner) & ClassFlags.isHeap != 0
    switch words(object).kind {
    case .instance: return classFlags(owner) & ClassFlags.hasWeakref != 0
    case .function, .class, .set, .generator, .boundMethod, .module, .native, .code, .memoryview, .array:
      return true
    case .tuple, .int, .bytes: return false
    case .itertool: return owner == type(.itertoolsTee) || isHeap
    case .record:
      let known: [WellKnown] = [.deque, .partial, .lruCacheWrapper, .regexPattern, .structStruct]
      return isHeap || known.contains { owner == type($0) }
    case .dict where owner == type(.orderedDict): return true
    default: return isHeap && classFlags(owner) & ClassFlags.hasWeakref != 0
    }
  }
}
