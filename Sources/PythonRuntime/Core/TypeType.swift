/// `type`: classes as objects.
enum TypeType {
  static let type = NativeType(
    .type, "type", kind: .class,
    [
      NativeFunction("__new__", "cls, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, *args, **kwargs", initialize),
      NativeFunction("__call__", "self, *args, **kwargs", call),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__getattribute__", "self, name, /", getAttribute),
      NativeFunction("__setattr__", "self, name, value, /", setAttribute),
      NativeFunction("__delattr__", "self, name, /", deleteAttribute),
      NativeFunction("__instancecheck__", "self, instance, /", instanceCheck),
      NativeFunction("__subclasscheck__", "self, subclass, /", subclassCheck),
      NativeFunction("__subclasses__", "self, /", subclasses),
      NativeFunction("__prepare__", "cls, *args, **kwargs", prepare, binding: .class),
      NativeFunction("__dir__", "self, /", directory),
      NativeFunction("__or__", "self, other, /", union),
      NativeFunction("__ror__", "self, other, /", reflectedUnion),
      NativeFunction("__sizeof__", "self, /", ObjectType.sizeOf),
      NativeFunction("mro", "self, /", mro),
    ],
    properties: [
      NativeProperty("__name__", getName, set: setName), NativeProperty("__qualname__", getQualname, set: setQualname),
      NativeProperty("__module__", getModule, set: setModule), NativeProperty("__mro__", getMRO),
      NativeProperty("__bases__", getBases, set: setBases), NativeProperty("__base__", getBase),
      NativeProperty("__dict__", getDict), NativeProperty("__doc__", getDoc, set: setDoc),
      NativeProperty("__annotations__", getAnnotations, set: setAnnotations),
      NativeProperty("__abstractmethods__", getAbstract, set: setAbstract),
      NativeProperty("__flags__", getFlags), NativeProperty("__basicsize__", getBasicSize),
      NativeProperty("__itemsize__", { (vm, a) throws(Unwind) in
        Value(small: [.tuple, .int, .bytes].contains(vm.layoutKind(a[0].ref)) ? 8 : 0)
      }),
      NativeProperty("__text_signature__", { (vm, a) throws(Unwind) in
        let row = NativeRegistry.types.first { vm.type($0.wellKnown) == a[0].ref }
        guard let text = row?.signature else { return .none }
        return try vm.newString(text)
      }),
    ])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let arguments = PyTuple(vm, a[1])
    guard vm.is(a[0], .class) else {
      throw vm.raise(.typeError, "type.__new__(X): X is not a type object (\(vm.typeName(a[0])))")
    }
    guard arguments.count == 3 else {
      if arguments.count == 1, a[0].ref == vm.type(.type) { return Value(vm.classOf(arguments[0])) }
      throw vm.raise(.typeError, "type.__new__() takes exactly 3 arguments (\(arguments.count) given)")
    }
    for (index, (known, word)) in [(WellKnown.str, "str"), (.tuple, "tuple"), (.dict, "dict")].enumerated()
    where !vm.isInstance(arguments[index], known) {
      throw vm.raise(
        .typeError, "type.__new__() argument \(index + 1) must be \(word), not \(vm.typeName(arguments[index]))")
    }
    try checkName(vm, arguments[0])
    return try vm.newClass(
      a[0].ref, name: vm.isExactString(arguments[0]) ? vm.intern(arguments[0]) : arguments[0], bases: arguments[1],
      namespace: arguments[2], keywords: a[2])
  }

  /// The name of a class is one that C could hold.
  private static func checkName(_ vm: VM, _ name: Value) throws(Unwind) {
    if PyString(vm, name).utf8().contains(0) {
      throw vm.raise(.valueError, "type name must not contain null characters")
    }
    try vm.checkEncodable(name)
  }

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let count = PyTuple(vm, a[1]).count
    if count != 1 && count != 3 { throw vm.raise(.typeError, "type.__init__() takes 1 or 3 arguments") }
    return .none
  }

  static func call(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.call(a[0], tuple: a[1], dict: a[2])
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.newString("<class '\(vm.shownClass(a[0].ref))'>")
  }

  static func getAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try ObjectType.getAttribute(vm, a)
  }

  static func setAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.setGenericAttribute(a[0], vm.classOf(a[0]), ObjectType.attributeName(vm, a[1]), a[2])
    return .none
  }

  static func deleteAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.setGenericAttribute(a[0], vm.classOf(a[0]), ObjectType.attributeName(vm, a[1]), .unbound)
    return .none
  }

  static func instanceCheck(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(try vm.defaultIsInstance(a[1], a[0]))
  }

  static func subclassCheck(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(try vm.defaultIsSubclass(a[1], a[0]))
  }

  static func subclasses(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let subclasses = vm.subclasses(of: a[0].ref)
    let list = try vm.newList(capacity: subclasses.count)
    for index in 0..<subclasses.count { try PyList(vm, list).append(Value(subclasses[index])) }
    return list
  }

  static func prepare(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.newDict() }

  static func directory(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let names = try vm.newDict()
    vm.keep(names)
    try vm.collectNames(a[0].ref, into: names)
    return try vm.listFromIterable(names)
  }

  static func union(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.newUnion(a[0], a[1]) }
  static func reflectedUnion(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.newUnion(a[1], a[0]) }

  static func mro(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.listFromIterable(vm.resolutionOrder(a[0].ref))
  }

  // MARK: Attributes

  private static func heapOnly(_ vm: VM, _ a: Arguments, _ name: String) throws(Unwind) {
    guard vm.classFlags(a[0].ref) & ClassFlags.isHeap != 0 else {
      throw vm.raise(
        .typeError, "cannot set '\(name)' attribute of immutable type '\(vm.className(a[0].ref))'")
    }
    if a[1].isUnbound {
      throw vm.raise(.typeError, "cannot delete '\(name)' attribute of immutable type '\(vm.className(a[0].ref))'")
    }
  }

  static func getName(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm.words(a[0]).value(ClassLayout.name) }

  static func setName(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try heapOnly(vm, a, "__name__")
    guard vm.isString(a[1]) else {
      throw vm.raise(
        .typeError, "can only assign string to \(vm.className(a[0].ref)).__name__, not '\(vm.typeName(a[1]))'")
    }
    try checkName(vm, a[1])
    vm.words(a[0]).set(ClassLayout.name, a[1])
    return .none
  }

  static func getQualname(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.words(a[0]).value(ClassLayout.qualifiedName)
  }

  static func setQualname(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try heapOnly(vm, a, "__qualname__")
    guard vm.isString(a[1]) else {
      throw vm.raise(
        .typeError, "can only assign string to \(vm.className(a[0].ref)).__qualname__, not '\(vm.typeName(a[1]))'")
    }
    vm.words(a[0]).set(ClassLayout.qualifiedName, a[1])
    return .none
  }

  static func getModule(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm.moduleOfClass(a[0].ref) }

  static func setModule(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try heapOnly(vm, a, "__module__")
    try PyDict(vm, vm.words(a[0]).value(ClassLayout.dict)).set(name: vm.name(.module), a[1])
    return .none
  }

  static func getMRO(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm.words(a[0]).value(ClassLayout.mro) }
  static func getBases(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm.words(a[0]).value(ClassLayout.bases) }
  static func getBase(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm.words(a[0]).value(ClassLayout.base) }

  static func setBases(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try heapOnly(vm, a, "__bases__")
    let cls = vm.className(a[0].ref)
    guard vm.is(a[1], .tuple) else {
      throw vm.raise(.typeError, "can only assign tuple to \(cls).__bases__, not \(vm.typeName(a[1]))")
    }
    let bases = PyTuple(vm, a[1])
    guard bases.count > 0 else {
      throw vm.raise(.typeError, "can only assign non-empty tuple to \(cls).__bases__, not ()")
    }
    for index in 0..<bases.count {
      guard vm.is(bases[index], .class) else {
        throw vm.raise(.typeError, "\(cls).__bases__ must be tuple of classes, not '\(vm.typeName(bases[index]))'")
      }
      if try vm.descends(bases[index].ref, from: a[0].ref) {
        throw vm.raise(.typeError, "a __bases__ item causes an inheritance cycle")
      }
    }
    try vm.replaceBases(a[0].ref, a[1])
    return .none
  }

  static func getDict(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(
      try vm.allocateRecord(.mappingProxy, class: vm.type(.mappingProxy), vm.words(a[0]).value(ClassLayout.dict)))
  }

  static func getDoc(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let doc = PyDict(vm, vm.words(a[0]).value(ClassLayout.dict)).get(name: vm.name(.doc)) else { return .none }
    guard let get = vm.lookupSpecial(doc, .get) else { return doc }
    return try vm.callBound(get, doc, .none, a[0])
  }

  static func setDoc(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try heapOnly(vm, a, "__doc__")
    try PyDict(vm, vm.words(a[0]).value(ClassLayout.dict)).set(name: vm.name(.doc), a[1])
    vm.forgetMethods()
    return .none
  }

  static func getAnnotations(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.classFlags(a[0].ref) & ClassFlags.isHeap != 0 else {
      throw vm.raise(.attributeError, "type object '\(vm.className(a[0].ref))' has no attribute '__annotations__'")
    }
    let dict = PyDict(vm, vm.words(a[0]).value(ClassLayout.dict))
    if let own = dict.get(name: vm.name(.annotations)) { return own }
    let fresh = try vm.newDict()
    try dict.set(name: vm.name(.annotations), fresh)
    return fresh
  }

  static func setAnnotations(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let dict = PyDict(vm, vm.words(a[0]).value(ClassLayout.dict))
    if a[1].isUnbound {
      guard let entry = dict.find(name: vm.name(.annotations)) else {
        throw vm.raise(.attributeError, "__annotations__")
      }
      dict.remove(at: entry)
    } else {
      try heapOnly(vm, a, "__annotations__")
      try dict.set(name: vm.name(.annotations), a[1])
    }
    return .none
  }

  static func getAbstract(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard a[0].ref != vm.type(.type),
      let value = PyDict(vm, vm.words(a[0]).value(ClassLayout.dict)).get(name: vm.name(.abstractmethods))
    else { throw vm.raise(.attributeError, "__abstractmethods__") }
    return value
  }

  static func setAbstract(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let dict = PyDict(vm, vm.words(a[0]).value(ClassLayout.dict))
    if a[1].isUnbound {
      guard let entry = dict.find(name: vm.name(.abstractmethods)) else {
        throw vm.raise(.attributeError, "__abstractmethods__")
      }
      dict.remove(at: entry)
      vm.setClassFlag(a[0].ref, ClassFlags.isAbstract, false)
    } else {
      try dict.set(name: vm.name(.abstractmethods), a[1])
      vm.setClassFlag(a[0].ref, ClassFlags.isAbstract, try vm.truth(a[1]))
    }
    vm.forgetMethods()
    return .none
  }

  /// Py_TPFLAGS, as far as programs look at them: heap type, base type, abstract, sequence, mapping.
  static func getFlags(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let flags = vm.classFlags(a[0].ref)
    var bits = 1 << 12
    if flags & ClassFlags.isHeap != 0 { bits |= 1 << 9 }
    if flags & ClassFlags.isSubclassable != 0 { bits |= 1 << 10 }
    if flags & ClassFlags.isAbstract != 0 { bits |= 1 << 20 }
    if flags & ClassFlags.sequence != 0 { bits |= 1 << 5 }
    if flags & ClassFlags.mapping != 0 { bits |= 1 << 6 }
    return Value(small: bits)
  }

  static func getBasicSize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { Value(small: 16) }
}
