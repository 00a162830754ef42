/// `object` and `type`.
enum ObjectType {
  static let type = NativeType(
    .object, "object", kind: .instance, signature: "()",
    doc: "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    [
      NativeFunction("__new__", "cls, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, *args, **kwargs", initialize),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__str__", "self, /", str),
      NativeFunction("__format__", "self, spec, /", format),
      NativeFunction("__hash__", "self, /", hash),
      NativeFunction("__eq__", "self, value, /", equal),
      NativeFunction("__ne__", "self, value, /", notEqual),
      NativeFunction("__lt__", "self, value, /", unordered),
      NativeFunction("__le__", "self, value, /", unordered),
      NativeFunction("__gt__", "self, value, /", unordered),
      NativeFunction("__ge__", "self, value, /", unordered),
      NativeFunction("__getattribute__", "self, name, /", getAttribute),
      NativeFunction("__setattr__", "self, name, value, /", setAttribute),
      NativeFunction("__delattr__", "self, name, /", deleteAttribute),
      NativeFunction("__dir__", "self, /", directory),
      NativeFunction("__sizeof__", "self, /", sizeOf),
      NativeFunction("__init_subclass__", "cls, **kwargs", initSubclass, binding: .class),
      NativeFunction("__subclasshook__", "cls, subclass, /", subclassHook, binding: .class),
    ] + reducing,
    properties: [NativeProperty("__class__", getClass, set: setClass)])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[0], .class) else {
      throw vm.raise(.typeError, "object.__new__(X): X is not a type object (\(vm.typeName(a[0])))")
    }
    let cls = a[0].ref
    if PyTuple(vm, a[1]).count > 0 || PyDict(vm, a[2]).count > 0 {
      let newMethod = vm.lookup(class: cls, vm.name(.new))
      let initMethod = vm.lookup(class: cls, vm.name(.`init`))
      if newMethod.map({ !vm.is($0, .native) }) == true {
        throw vm.raise(.typeError, "object.__new__() takes exactly one argument (the type to instantiate)")
      }
      if initMethod == vm.lookup(class: vm.type(.object), vm.name(.`init`)) {
        throw vm.raise(.typeError, "\(vm.className(cls))() takes no arguments")
      }
    }
    try checkAbstract(vm, cls)
    guard vm.layoutKind(cls) == .instance else {
      if vm.lookup(class: cls, vm.name(.new)) == vm.lookup(class: vm.type(.object), vm.name(.new)) {
        let name = vm.words(cls).value(ClassLayout.module)
        let module = vm.isString(name) ? vm.text(name) : "builtins"
        let prefix = module == "builtins" ? "" : module + "."
        throw vm.raise(.typeError, "cannot create '\(prefix)\(vm.className(cls))' instances")
      }
      throw vm.raise(
        .typeError,
        "object.__new__(\(vm.className(cls))) is not safe, use \(vm.className(cls)).__new__()")
    }
    return try vm.newInstance(cls)
  }

  /// A class with abstract methods cannot be instantiated.
  static func checkAbstract(_ vm: VM, _ cls: Ref) throws(Unwind) {
    guard vm.classFlags(cls) & ClassFlags.isAbstract != 0,
      let methods = vm.lookup(class: cls, vm.name(.abstractmethods))
    else { return }
    let names = try vm.listFromIterable(methods)
    var words: [String] = []
    for index in 0..<PyList(vm, names).count { words.append(vm.text(PyList(vm, names)[index])) }
    words.sort()
    throw vm.raise(
      .typeError,
      "Can't instantiate abstract class \(vm.className(cls)) with abstract method\(words.count > 1 ? "s" : "") \(words.joined(separator: ", "))")
  }

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard PyTuple(vm, a[1]).count > 0 || PyDict(vm, a[2]).count > 0 else { return .none }
    let cls = vm.classOf(a[0])
    if vm.lookup(class: cls, vm.name(.`init`)).map({ !vm.is($0, .native) }) == true {
      throw vm.raise(.typeError, "object.__init__() takes exactly one argument (the instance to initialize)")
    }
    if vm.lookup(class: cls, vm.name(.new)) == vm.lookup(class: vm.type(.object), vm.name(.new)) {
      throw vm.raise(.typeError, "\(vm.className(cls)).__init__() takes exactly one argument (the instance to initialize)")
    }
    return .none
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.newString("<\(vm.shownClass(vm.classOf(a[0]))) object at \(vm.address(of: a[0]))>")
  }

  /// Whether the repr is a string is for `str()` to check.
  static func str(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let method = vm.lookupSpecial(a[0], .repr) else { return try vm.repr(a[0]) }
    return try vm.callBound(method, a[0])
  }

  static func format(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[1]) else {
      throw vm.raise(.typeError, "__format__() argument must be str, not \(vm.typeName(a[1]))")
    }
    if PyString(vm, a[1]).count > 0 {
      throw vm.raise(
        .typeError, "unsupported format string passed to \(vm.typeName(a[0])).__format__")
    }
    return try vm.str(a[0])
  }

  static func hash(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(small: a[0].isRef ? Int(a[0].ref.offset >> 4) : Int(truncatingIfNeeded: a[0].bits >> 4) & Value.maxSmall)
  }

  static func equal(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { a[0] == a[1] ? .true : .notImplemented }

  static func notEqual(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let method = vm.lookupSpecial(a[0], .eq) else { return .notImplemented }
    let answer = try vm.callBound(method, a[0], a[1])
    return answer == .notImplemented ? answer : Value(try !vm.truth(answer))
  }

  static func unordered(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { .notImplemented }

  static func attributeName(_ vm: VM, _ value: Value) throws(Unwind) -> Value {
    guard vm.isString(value) else {
      throw vm.raise(.typeError, "attribute name must be string, not '\(vm.typeName(value))'")
    }
    return vm.isExactString(value) ? try vm.intern(value) : value
  }

  static func getAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let name = try attributeName(vm, a[1])
    guard let value = try vm.genericAttribute(a[0], vm.classOf(a[0]), name) else {
      throw vm.raiseAttributeError(a[0], name)
    }
    return value
  }

  static func setAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.is(a[0], .class) {
      throw vm.raise(.typeError, "can't apply this __setattr__ to type object")
    }
    try vm.setGenericAttribute(a[0], vm.classOf(a[0]), attributeName(vm, a[1]), a[2])
    return .none
  }

  static func deleteAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.setGenericAttribute(a[0], vm.classOf(a[0]), attributeName(vm, a[1]), .unbound)
    return .none
  }

  static func directory(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let names = try vm.newDict()
    vm.keep(names)
    if let dict = try vm.findAttribute(a[0], vm.name(.dict)), vm.is(dict, .dict) {
      try vm.forEachItem(dict) { (key, _) throws(Unwind) in try PyDict(vm, names).set(key, .none) }
    }
    if let cls = try vm.findAttribute(a[0], vm.name(.class)), vm.is(cls, .class) {
      try vm.collectNames(cls.ref, into: names)
    }
    return try vm.listFromIterable(names)
  }

  static func sizeOf(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { Value(small: vm.cellBytes(a[0])) }

  static func initSubclass(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if PyDict(vm, a[1]).count > 0 {
      throw vm.raise(.typeError, "\(vm.className(a[0].ref)).__init_subclass__() takes no keyword arguments")
    }
    return .none
  }

  static func subclassHook(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { .notImplemented }

  static func getClass(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { Value(vm.classOf(a[0])) }

  static func setClass(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard !a[1].isUnbound else { throw vm.raise(.typeError, "can't delete __class__ attribute") }
    guard vm.is(a[1], .class) else {
      throw vm.raise(.typeError, "__class__ must be set to a class, not '\(vm.typeName(a[1]))' object")
    }
    let old = vm.classOf(a[0])
    let new = a[1].ref
    guard vm.classFlags(old) & ClassFlags.isHeap != 0, vm.classFlags(new) & ClassFlags.isHeap != 0 else {
      throw vm.raise(
        .typeError, "__class__ assignment only supported for mutable types or ModuleType subclasses")
    }
    guard vm.hasSameLayout(old, new) else {
      throw vm.raise(
        .typeError,
        "__class__ assignment: '\(vm.className(new))' object layout differs from '\(vm.className(old))'")
    }
    try vm.changeClass(a[0], to: new)
    return .none
  }

  // MARK: `__dict__` and `__weakref__` of instances

  static func getDict(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.mayHaveDict(a[0]) else { throw vm.raiseAttributeError(a[0], vm.name(.dict)) }
    return try vm.ensureAttributeDict(a[0])
  }

  static func setDict(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    // Without its dict an instance of a program's class begins another one.
    if a[1].isUnbound, !vm.is(a[0], .instance) { throw vm.raise(.typeError, "cannot delete __dict__") }
    guard a[1].isUnbound || vm.is(a[1], .dict) else {
      throw vm.raise(.typeError, "__dict__ must be set to a dictionary, not a '\(vm.typeName(a[1]))'")
    }
    _ = try vm.ensureAttributeDict(a[0])
    vm.replaceAttributeDict(a[0], a[1].isUnbound ? try vm.newDict() : a[1])
    return .none
  }

  /// The first weak reference without a callback, which is the one that `ref(object)` gives again.
  static func getWeakref(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let references = vm.weakReferences(to: a[0]) else { return .none }
    return (0..<references.count).lazy.map { references[$0] }.first { vm.words($0).value(2).isNone } ?? .none
  }
}

extension VM {
  /// How messages name a class: with its module, unless that is builtins.
  package func shownClass(_ type: Ref) -> String {
    let name = text(words(type).value(ClassLayout.qualifiedName))
    let module = moduleOfClass(type)
    guard isString(module), text(module) != "builtins" else { return name }
    return "\(text(module)).\(name)"
  }

  /// `type.__module__`.
  func moduleOfClass(_ type: Ref) -> Value {
    if classFlags(type) & ClassFlags.isHeap != 0 {
      return PyDict(self, words(type).value(ClassLayout.dict)).get(name: name(.module)) ?? .none
    }
    return words(type).value(ClassLayout.module)
  }

  /// `0x…` of an object's identity.
  package func address(of value: Value) -> String { "0x" + padded(String(identity(value), radix: 16)) }

  private func padded(_ digits: String) -> String { String(repeating: "0", count: max(0, 12 - digits.count)) + digits }

  /// `id(value)`: an object's never changes and is never that of another one that lives.
  package func identity(_ value: Value) -> Int {
    value.isRef ? 0x7F00_0000_0000 + Int(value.ref.offset) : Int(value.bits >> 1 & 0x3FFF_FFFF_FFFF_FFFF) | 1 << 60
  }

  /// The bytes that an object's own cell takes.
  func cellBytes(_ value: Value) -> Int {
    guard value.isRef else { return 8 }
    let page = Int(value.ref.offset) / Cage.pageBytes
    var first = page
    while pageTable[first] == 0 && first > 0 { first -= 1 }
    let entry = pageTable[first]
    let sizeClass = Heap.sizeClass(of: entry)
    return sizeClass == Heap.largeClass ? Heap.pages(entry) * Cage.pageBytes : Heap.classBytes(sizeClass)
  }

  /// The names of a class and its bases, as `dir` lists them.
  func collectNames(_ type: Ref, into names: Value) throws(Unwind) {
    let mro = PyTuple(self, words(type).value(ClassLayout.mro))
    for index in 0..<mro.count {
      let dict = words(mro[index].ref).value(ClassLayout.dict)
      try forEachItem(dict) { (key, _) throws(Unwind) in try PyDict(self, names).set(key, .none) }
    }
  }

  /// Whether instances of two classes are laid out alike, so that one can become the other.
  func hasSameLayout(_ a: Ref, _ b: Ref) -> Bool {
    let (x, y) = (layoutOwner(a), layoutOwner(b))
    if x == y { return true }
    // Two classes that add the same to the same base are as good as one.
    let base = words(x).value(ClassLayout.base)
    guard base == words(y).value(ClassLayout.base), base.isRef, classFlags(x) & ClassFlags.isHeap != 0,
      classFlags(y) & ClassFlags.isHeap != 0
    else { return false }
    let flags = ClassFlags.hasDict | ClassFlags.hasWeakref
    return classFlags(x) & flags == classFlags(y) & flags && ownMemberNames(x) == ownMemberNames(y)
  }

  /// The nearest class of the line of bases that adds anything to the layout of instances.
  private func layoutOwner(_ type: Ref) -> Ref {
    var current = type
    while classFlags(current) & ClassFlags.isHeap != 0 {
      let base = words(current).value(ClassLayout.base).ref
      let changed = (classFlags(current) ^ classFlags(base)) & (ClassFlags.hasDict | ClassFlags.hasWeakref)
      if changed != 0 || memberCount(current) > memberCount(base) { break }
      current = base
    }
    return current
  }

  /// The names of the slots that a class adds to its base's, sorted.
  private func ownMemberNames(_ type: Ref) -> [String] {
    let root = words(type).value(ClassLayout.rootShape)
    let inherited = memberCount(words(type).value(ClassLayout.base).ref)
    guard root.isRef, memberCount(type) > inherited else { return [] }
    let keys = PyDict(self, words(root).value(ShapeLayout.keys))
    return (0..<keys.entryCount).compactMap { entry in
      guard let (key, index, _) = keys.entry(at: entry), (inherited..<memberCount(type)).contains(index.int) else {
        return nil
      }
      return text(key)
    }.sorted()
  }

  func changeClass(_ object: Value, to type: Ref) throws(Unwind) {
    if self.is(object, .instance) {
      if classFlags(type) & ClassFlags.hasDict != 0 { _ = try ensureAttributeDict(object) }
      let isInDictMode = words(object).hasFlag(ObjectFlags.dictMode)
      let shape = isInDictMode ? try dictShape(type) : words(type).value(ClassLayout.rootShape).ref
      words(object).setHigh(0, Int(shape.offset))
    } else {
      words(object).setHigh(0, Int(type.offset))
    }
  }

  func replaceAttributeDict(_ object: Value, _ dict: Value) {
    let instance = words(object)
    switch instance.kind {
    case .instance: instance.set(InstanceLayout.overflow, dict)
    case .exception: instance.set(ExceptionLayout.dict, dict)
    case .module, .namespace: instance.set(1, dict)
    case .staticMethod, .classMethod: instance.set(2, dict)
    case .function: words(instance.value(FunctionLayout.extras)).set(FunctionExtras.dict, dict)
    default: instance.set(dictIndex(instance, instance.kind), dict)
    }
  }
}
