/// Module `_abc`: the registry and the caches beneath `abc.ABCMeta`. What a class keeps is a record, its attribute `_abc_impl`.
enum ABCModule {
  /// `1` registry, `2` cache, `3` negative cache: sets of weak references to classes; `4` the count of registrations at which the
  /// negative cache was valid.
  static let dataType = NativeType(.abcData, "_abc_data", kind: .record, isSubclassable: false, module: "_abc", [])

  private enum Word {
    static let registry = 1
    static let cache = 2
    static let negative = 3
    static let version = 4
  }

  static let module = NativeModule(
    "_abc",
    [
      NativeFunction("get_cache_token", "", { (vm, _) throws(Unwind) in Value(small: vm[.registrations]) }),
      NativeFunction("_abc_init", "self, /", initialize),
      NativeFunction("_abc_register", "self, subclass, /", register),
      NativeFunction("_abc_instancecheck", "self, instance, /", checkInstance),
      NativeFunction("_abc_subclasscheck", "self, subclass, /", checkSubclass),
      NativeFunction("_get_dump", "self, /", { (vm, a) throws(Unwind) in
        let data = try ABCModule.data(vm, a[0])
        return try vm.newTuple(
          copy(vm, data, Word.registry), copy(vm, data, Word.cache), copy(vm, data, Word.negative),
          data.value(Word.version))
      }),
      NativeFunction("_reset_registry", "self, /", { (vm, a) throws(Unwind) in
        try data(vm, a[0]).set(Word.registry, vm.newSet())
        return .none
      }),
      NativeFunction("_reset_caches", "self, /", { (vm, a) throws(Unwind) in
        let data = try ABCModule.data(vm, a[0])
        data.set(Word.cache, try vm.newSet())
        data.set(Word.negative, try vm.newSet())
        return .none
      }),
    ])

  private static func data(_ vm: VM, _ cls: Value) throws(Unwind) -> Words {
    let found = try vm.getAttribute(cls, vm.intern("_abc_impl"))
    guard found.isRef, vm.classOf(found) == vm.type(.abcData) else {
      throw vm.raise(.typeError, "_abc_impl is set to a wrong type")
    }
    return vm.words(found)
  }

  private static func copy(_ vm: VM, _ data: Words, _ word: Int) throws(Unwind) -> Value {
    try vm.call(Value(vm.type(.set)), data.value(word))
  }

  // MARK: Making an abstract class

  private static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let cls = a[0]
    try setAbstractMethods(vm, cls)
    let sets = [try vm.newSet(), try vm.newSet(), try vm.newSet()]
    let record = try vm.allocateRecord(
      .record, class: vm.type(.abcData), sets[0], sets[1], sets[2], Value(small: vm[.registrations]))
    try vm.setAttribute(cls, vm.intern("_abc_impl"), Value(record))
    let key = try vm.intern("__abc_tpflags__")
    guard vm.is(cls, .class),
      let flags = PyDict(vm, vm.words(cls).value(ClassLayout.dict)).get(name: key), flags.isInt
    else { return .none }
    let kinds = UInt64(flags.int) & (ClassFlags.sequence | ClassFlags.mapping)
    guard kinds != ClassFlags.sequence | ClassFlags.mapping else {
      throw vm.raise(.typeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING")
    }
    vm.words(cls)[ClassLayout.bits] |= kinds
    try vm.deleteAttribute(cls, key)
    return .none
  }

  /// The names that are abstract in the class itself or, still, in a base.
  private static func setAbstractMethods(_ vm: VM, _ cls: Value) throws(Unwind) {
    let names = try vm.newSet()
    vm.keep(names)
    func isAbstract(_ value: Value) throws(Unwind) -> Bool {
      guard let flag = try vm.findAttribute(value, vm.name(.isabstractmethod)) else { return false }
      return try vm.truth(flag)
    }
    let own = try vm.getAttribute(cls, vm.name(.dict))
    vm.keep(own)
    let items = try vm.listFromIterable(vm.callMethod(own, "items"))
    vm.keep(items)
    for index in 0..<PyList(vm, items).count {
      let pair = PyTuple(vm, PyList(vm, items)[index])
      if try isAbstract(pair[1]) { try vm.setAdd(names, pair[0]) }
    }
    let bases = try vm.getAttribute(cls, vm.name(.bases))
    vm.keep(bases)
    try vm.iterate(bases) { (base) throws(Unwind) in
      guard let inherited = try vm.findAttribute(base, vm.name(.abstractmethods)) else { return true }
      try vm.iterate(inherited) { (name) throws(Unwind) in
        if let value = try vm.findAttribute(cls, name), try isAbstract(value) { try vm.setAdd(names, name) }
        return true
      }
      return true
    }
    try vm.setAttribute(cls, vm.name(.abstractmethods), vm.call(Value(vm.type(.frozenset)), names))
  }

  private static func register(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .class) else { throw vm.raise(.typeError, "Can only register classes") }
    if try vm.isSubclass(a[1], of: a[0]) { return a[1] }
    if try vm.isSubclass(a[0], of: a[1]) {
      throw vm.raise(.runtimeError, "Refusing to create an inheritance cycle")
    }
    try add(vm, a[1], to: data(vm, a[0]), Word.registry)
    vm[.registrations] += 1
    let kinds = vm.classFlags(a[0].ref) & (ClassFlags.sequence | ClassFlags.mapping)
    if kinds != 0 { setKinds(vm, a[1].ref, kinds) }
    return a[1]
  }

  private static func setKinds(_ vm: VM, _ cls: Ref, _ kinds: UInt64) {
    guard vm.classFlags(cls) & kinds == 0, vm.classFlags(cls) & ClassFlags.isHeap != 0 else { return }
    vm.words(cls)[ClassLayout.bits] |= kinds
    let subclasses = vm.subclasses(of: cls)
    for index in 0..<subclasses.count { setKinds(vm, subclasses[index], kinds) }
  }

  // MARK: Sets of classes

  private static func add(_ vm: VM, _ cls: Value, to data: Words, _ word: Int) throws(Unwind) {
    let reference = try vm.newWeakReference(vm.type(.weakReference), cls, .none)
    vm.keep(reference)
    try vm.setAdd(data.value(word), reference)
  }

  private static func has(_ vm: VM, _ cls: Value, in data: Words, _ word: Int) throws(Unwind) -> Bool {
    guard let known = vm.weakReferences(to: cls) else { return false }
    for index in 0..<known.count where vm.words(known[index]).value(2).isNone {
      return try vm.contains(data.value(word), known[index])
    }
    return false
  }

  // MARK: Checks

  private static func isKnownNot(_ vm: VM, _ cls: Value, _ data: Words) throws(Unwind) -> Bool {
    guard data.value(Word.version).int == vm[.registrations] else { return false }
    return try has(vm, cls, in: data, Word.negative)
  }

  private static func checkInstance(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let data = try ABCModule.data(vm, a[0])
    let claimed = try vm.getAttribute(a[1], vm.name(.class))
    vm.keep(claimed)
    if vm.is(claimed, .class), try has(vm, claimed, in: data, Word.cache) { return .true }
    let own = Value(vm.classOf(a[1]))
    if own == claimed {
      if try isKnownNot(vm, claimed, data) { return .false }
      return try vm.callMethod(a[0], "__subclasscheck__", claimed)
    }
    let result = try vm.callMethod(a[0], "__subclasscheck__", claimed)
    if try vm.truth(result) { return result }
    return try vm.callMethod(a[0], "__subclasscheck__", own)
  }

  private static func checkSubclass(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let (cls, subclass) = (a[0], a[1])
    guard vm.is(subclass, .class) else { throw vm.raise(.typeError, "issubclass() arg 1 must be a class") }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let data = try ABCModule.data(vm, cls)
    if try has(vm, subclass, in: data, Word.cache) { return .true }
    if data.value(Word.version).int < vm[.registrations] {
      data.set(Word.negative, try vm.newSet())
      data.set(Word.version, Value(small: vm[.registrations]))
    } else if try has(vm, subclass, in: data, Word.negative) {
      return .false
    }
    let answer = try vm.callMethod(cls, "__subclasshook__", subclass)
    if answer == .true || answer == .false {
      try add(vm, subclass, to: data, answer == .true ? Word.cache : Word.negative)
      return answer
    }
    guard answer == .notImplemented else {
      throw vm.raise(.assertionError, "__subclasshook__ must return either False, True, or NotImplemented")
    }
    let isSubclass = try isSubclassByMembers(vm, cls, subclass, data)
    try add(vm, subclass, to: data, isSubclass ? Word.cache : Word.negative)
    return Value(isSubclass)
  }

  private static func isSubclassByMembers(_ vm: VM, _ cls: Value, _ subclass: Value, _ data: Words) throws(Unwind)
    -> Bool
  {
    if vm.isSubclass(subclass.ref, cls.ref) { return true }
    let registered = try vm.listFromIterable(data.value(Word.registry))
    vm.keep(registered)
    for index in 0..<PyList(vm, registered).count {
      let other = vm.weakReferent(PyList(vm, registered)[index])
      vm.keep(other)
      if !other.isNone, try vm.isSubclass(subclass, of: other) { return true }
    }
    let subclasses = try vm.callMethod(cls, "__subclasses__")
    vm.keep(subclasses)
    guard vm.is(subclasses, .list) else { throw vm.raise(.typeError, "__subclasses__() must return a list") }
    for index in 0..<PyList(vm, subclasses).count
    where try vm.isSubclass(subclass, of: PyList(vm, subclasses)[index]) {
      return true
    }
    return false
  }
}
