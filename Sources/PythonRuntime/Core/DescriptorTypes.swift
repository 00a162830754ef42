/// `property`, `staticmethod`, `classmethod`, `super`, and the descriptors of the runtime's own attributes.
enum DescriptorTypes {
  static let types = [property, staticMethod, classMethod, superType, getset, member]

  // MARK: property

  static let property = NativeType(
    .property, "property", kind: .property, signature: "(fget=None, fset=None, fdel=None, doc=None)",
    [
      NativeFunction("__new__", "cls, *args, **kwargs", newProperty, binding: .static),
      NativeFunction("__init__", "self, fget=None, fset=None, fdel=None, doc=None", initProperty),
      NativeFunction("__get__", "self, instance, owner=None, /", getProperty),
      NativeFunction("__set__", "self, instance, value, /", setProperty),
      NativeFunction("__delete__", "self, instance, /", deleteProperty),
      NativeFunction("__set_name__", "self, owner, name, /", { (vm, a) throws(Unwind) in
        vm.words(a[0]).set(5, a[2])
        return .none
      }),
      NativeFunction("getter", "self, function, /", { (vm, a) throws(Unwind) in try copyProperty(vm, a[0], 1, a[1]) }),
      NativeFunction("setter", "self, function, /", { (vm, a) throws(Unwind) in try copyProperty(vm, a[0], 2, a[1]) }),
      NativeFunction("deleter", "self, function, /", { (vm, a) throws(Unwind) in try copyProperty(vm, a[0], 3, a[1]) }),
    ],
    properties: [
      NativeProperty("fget", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }, isMember: true),
      NativeProperty("fset", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) }, isMember: true),
      NativeProperty("fdel", { (vm, a) throws(Unwind) in vm.words(a[0]).value(3) }, isMember: true),
      NativeProperty(
        "__doc__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(4) },
        set: { (vm, a) throws(Unwind) in
          vm.words(a[0]).set(4, a[1].isUnbound ? .none : a[1])
          return .none
        }),
      NativeProperty("__isabstractmethod__", { (vm, a) throws(Unwind) in
        for index in 1...3 where try isAbstract(vm, vm.words(a[0]).value(index)) { return .true }
        return .false
      }),
    ])

  private static func isAbstract(_ vm: VM, _ function: Value) throws(Unwind) -> Bool {
    guard function.isRef, let flag = try vm.findAttribute(function, vm.name(.isabstractmethod)) else { return false }
    return try vm.truth(flag)
  }

  static func newProperty(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let ref = try vm.allocateSubclassable(.property, class: a[0].ref, words: 7)
    for index in 1...6 { vm.words(ref).set(index, .none) }
    return Value(ref)
  }

  static func initProperty(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let object = vm.words(a[0])
    for index in 1...4 { object.set(index, a[index]) }
    object.set(6, .false)
    guard a[4].isNone, a[1].isRef, let doc = try vm.findAttribute(a[1], vm.name(.doc)) else { return .none }
    object.set(6, .true)
    if vm.isExactly(a[0], .property) {
      object.set(4, doc)
    } else {
      // A subclass has a docstring of its own, which hides the property's.
      try vm.setAttribute(a[0], vm.name(.doc), doc)
    }
    return .none
  }

  /// The same property with another getter (1), setter (2) or deleter (3).
  private static func copyProperty(_ vm: VM, _ property: Value, _ index: Int, _ function: Value) throws(Unwind) -> Value {
    let old = vm.words(property)
    var parts = (1...4).map { old.value($0) }
    if !function.isNone { parts[index - 1] = function }
    if old.value(6) == .true, parts[0].isRef { parts[3] = .none }
    let copy = try vm.call(Value(vm.classOf(property)), arguments: parts, keywords: [])
    if vm.is(copy, .property) { vm.words(copy).set(5, old.value(5)) }
    return copy
  }

  static func getProperty(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isNone { return a[0] }
    let getter = vm.words(a[0]).value(1)
    guard !getter.isNone else { throw vm.raisePropertyError(vm.words(a[0]), a[1], "getter") }
    return try vm.call(getter, a[1])
  }

  static func setProperty(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let setter = vm.words(a[0]).value(2)
    guard !setter.isNone else { throw vm.raisePropertyError(vm.words(a[0]), a[1], "setter") }
    _ = try vm.call(setter, a[1], a[2])
    return .none
  }

  static func deleteProperty(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let deleter = vm.words(a[0]).value(3)
    guard !deleter.isNone else { throw vm.raisePropertyError(vm.words(a[0]), a[1], "deleter") }
    _ = try vm.call(deleter, a[1])
    return .none
  }

  // MARK: staticmethod, classmethod

  static let staticMethod = NativeType(
    .staticmethod, "staticmethod", kind: .staticMethod,
    [
      NativeFunction("__new__", "cls, function, /", { (vm, a) throws(Unwind) in try wrap(vm, a, .staticMethod) }, binding: .static),
      NativeFunction("__get__", "self, instance, owner=None, /", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }),
      NativeFunction("__call__", "self, *args, **kwargs", { (vm, a) throws(Unwind) in
        try vm.call(vm.words(a[0]).value(1), tuple: a[1], dict: a[2])
      }),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        try vm.newString("<staticmethod(\(vm.text(try vm.repr(vm.words(a[0]).value(1)))))>")
      }),
    ],
    properties: wrapperProperties)

  static let classMethod = NativeType(
    .classmethod, "classmethod", kind: .classMethod,
    [
      NativeFunction("__new__", "cls, function, /", { (vm, a) throws(Unwind) in try wrap(vm, a, .classMethod) }, binding: .static),
      NativeFunction("__get__", "self, instance, owner=None, /", { (vm, a) throws(Unwind) in
        try vm.bindDescriptorTo(vm.words(a[0]).value(1), a[2].isNone ? Value(vm.classOf(a[1])) : a[2])
      }),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        try vm.newString("<classmethod(\(vm.text(try vm.repr(vm.words(a[0]).value(1)))))>")
      }),
    ],
    properties: wrapperProperties)

  private static let wrapperProperties = [
    NativeProperty("__func__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }, isMember: true),
    NativeProperty("__wrapped__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }, isMember: true),
    NativeProperty("__dict__", ObjectType.getDict, set: ObjectType.setDict),
    NativeProperty("__isabstractmethod__", { (vm, a) throws(Unwind) in
      Value(try isAbstract(vm, vm.words(a[0]).value(1)))
    }),
  ]

  private static func wrap(_ vm: VM, _ a: Arguments, _ kind: Kind) throws(Unwind) -> Value {
    let ref = try vm.allocateSubclassable(kind, class: a[0].ref, words: 3)
    let object = vm.words(ref)
    object.set(1, a[1])
    object.set(2, .none)
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(Value(ref))
    // As functools.update_wrapper does, whatever the callable is.
    let dict = try vm.newDict()
    object.set(2, dict)
    for special in [Special.module, .name, .qualname, .doc, .annotations] {
      if let value = try vm.findAttribute(a[1], vm.name(special)) { try PyDict(vm, dict).set(name: vm.name(special), value) }
    }
    return Value(ref)
  }

  // MARK: super

  static let superType = NativeType(
    .super, "super", kind: .super,
    [
      NativeFunction("__new__", "cls, *args, **kwargs", newSuper, binding: .static),
      NativeFunction("__init__", "self, *args", initSuper),
      NativeFunction("__get__", "self, instance, owner=None, /", bindSuper),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        let object = vm.words(a[0])
        let shown = object.value(3).isRef ? "<\(vm.className(object.value(3).ref)) object>" : "NULL"
        let cls = object.value(1).isRef ? "<class '\(vm.className(object.value(1).ref))'>" : "NULL"
        return try vm.newString("<super: \(cls), \(shown)>")
      }),
    ],
    properties: [
      NativeProperty("__thisclass__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }),
      NativeProperty("__self__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) }),
      NativeProperty("__self_class__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(3) }),
    ])

  static func newSuper(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let ref = try vm.allocateSubclassable(.super, class: a[0].ref, words: 4)
    for index in 1...3 { vm.words(ref).set(index, .none) }
    return Value(ref)
  }

  static func initSuper(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let arguments = PyTuple(vm, a[1])
    var cls = Value.none
    var object = Value.none
    switch arguments.count {
    case 0: (cls, object) = try vm.superArguments()
    case 1: cls = arguments[0]
    case 2: (cls, object) = (arguments[0], arguments[1])
    default: throw vm.raise(.typeError, "super() expected at most 2 arguments, got \(arguments.count)")
    }
    guard vm.is(cls, .class) else {
      throw vm.raise(.typeError, "super() argument 1 must be a type, not \(vm.typeName(cls))")
    }
    let isBound = !object.isNone || arguments.count == 0
    let objectClass = isBound ? try classForSuper(vm, cls, object) : .none
    vm.words(a[0]).set(1, cls)
    vm.words(a[0]).set(2, object)
    vm.words(a[0]).set(3, objectClass)
    return .none
  }

  /// The class whose resolution order `super(cls, object)` follows: the object itself, or its class, or what it claims as one.
  private static func classForSuper(_ vm: VM, _ cls: Value, _ object: Value) throws(Unwind) -> Value {
    if vm.is(object, .class), vm.isSubclass(object.ref, cls.ref) { return object }
    if vm.isSubclass(vm.classOf(object), cls.ref) { return Value(vm.classOf(object)) }
    if let claimed = try vm.findAttribute(object, vm.name(.class)), vm.is(claimed, .class),
      vm.isSubclass(claimed.ref, cls.ref)
    {
      return claimed
    }
    throw vm.raise(.typeError, "super(type, obj): obj must be an instance or subtype of type")
  }

  /// A `super(cls)` without an object, found in a class, is bound to the instance.
  static func bindSuper(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let object = vm.words(a[0])
    let cls = object.value(1)
    if a[1].isNone || object.value(3).isRef || !cls.isRef { return a[0] }
    guard vm.isExactly(a[0], .super) else { return try vm.call(Value(vm.classOf(a[0])), cls, a[1]) }
    let objectClass = try classForSuper(vm, cls, a[1])
    return Value(try vm.allocateRecord(.super, class: vm.type(.super), cls, a[1], objectClass))
  }

  // MARK: Attributes of built-in types

  static let getset = NativeType(
    .getset, "getset_descriptor", kind: .nativeProperty, isSubclassable: false, access("attribute"),
    properties: description)

  static let member = NativeType(
    .member, "member_descriptor", kind: .memberDescriptor, isSubclassable: false, access("member"),
    properties: description)

  private static func access(_ word: String) -> [NativeFunction] {
    [
      NativeFunction("__get__", "self, instance, owner=None, /", { (vm, a) throws(Unwind) in
        a[1].isNone ? a[0] : try vm.bindDescriptor(a[0], a[1])
      }),
      NativeFunction("__set__", "self, instance, value, /", { (vm, a) throws(Unwind) in
        try vm.setThrough(a[0], a[1], a[2])
        return .none
      }),
      NativeFunction("__delete__", "self, instance, /", { (vm, a) throws(Unwind) in
        try vm.setThrough(a[0], a[1], .unbound)
        return .none
      }),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        let owner = vm.className(vm.descriptorOwner(a[0]).ref)
        return try vm.newString("<\(word) '\(vm.text(vm.descriptorName(a[0])))' of '\(owner)' objects>")
      }),
    ]
  }

  private static let description = [
    NativeProperty("__name__", { (vm, a) throws(Unwind) in vm.descriptorName(a[0]) }),
    NativeProperty("__qualname__", { (vm, a) throws(Unwind) in
      try vm.newString("\(vm.className(vm.descriptorOwner(a[0]).ref)).\(vm.text(vm.descriptorName(a[0])))")
    }),
    NativeProperty("__objclass__", { (vm, a) throws(Unwind) in vm.descriptorOwner(a[0]) }),
  ]
}

extension VM {
  /// An object of a subclassable built-in layout: `words` with the header; one more, for its dict, when the class is a program's.
  package func allocateSubclassable(_ kind: Kind, class type: Ref, words count: Int) throws(Unwind) -> Ref {
    let isHeap = classFlags(type) & ClassFlags.isHeap != 0
    let total = count + (isHeap ? 1 : 0)
    let ref = try allocate(
      kind, class: type, words: total, size: kind.isRecord ? total - 1 : 0,
      flags: isHeap ? ObjectFlags.hasDict : 0)
    if isHeap { words(ref).set(count, .none) }
    return ref
  }

  /// What `super()` without arguments means in the running function: its `__class__` cell and its first argument.
  func superArguments() throws(Unwind) -> (Value, Value) {
    let function = runningFunction
    let code = words(function.value(FunctionLayout.code))
    guard Int(code[CodeLayout.counts] & 0xFFFF) > 0 || codeFlags(function).contains(.varargs) else {
      throw raise(.runtimeError, "super(): no arguments")
    }
    var first = register(0)
    let cellNames = PyTuple(self, code.value(CodeLayout.cellNames))
    let registers = words(at: Int(code[CodeLayout.cellRegisters]))
    for index in 0..<cellNames.count where registers[1 + index] == 0 {
      first = self.is(first, .cell) ? words(first).value(1) : first
    }
    if Int(code[CodeLayout.counts] & 0xFFFF) == 0 {
      guard self.is(first, .tuple), PyTuple(self, first).count > 0 else {
        throw raise(.runtimeError, "super(): no arguments")
      }
      first = PyTuple(self, first)[0]
    }
    guard !first.isUnbound else { throw raise(.runtimeError, "super(): arg[0] deleted") }
    let freeNames = PyTuple(self, code.value(CodeLayout.freeNames))
    for index in 0..<freeNames.count where freeNames[index] == name(.class) {
      let cell = function.value(FunctionLayout.cells + index)
      let contents = words(cell).value(1)
      if isObserved { observeCell(contents.isUnbound ? .failed : .read, cell, new: contents) }
      guard !contents.isUnbound else { throw raise(.runtimeError, "super(): empty __class__ cell") }
      guard self.is(contents, .class) else {
        throw raise(.runtimeError, "super(): __class__ is not a type (\(typeName(contents)))")
      }
      return (contents, first)
    }
    throw raise(.runtimeError, "super(): __class__ cell not found")
  }

  /// An attribute as the classes after `super`'s have it; nil where none has.
  func superAttribute(_ object: Value, _ name: Value) throws(Unwind) -> Value? {
    let proxy = words(object)
    let objectClass = proxy.value(3)
    guard objectClass.isRef, name != self.name(.class) else { return nil }
    let mro = PyTuple(self, words(objectClass).value(ClassLayout.mro))
    var index = 0
    while index < mro.count && mro[index] != proxy.value(1) { index += 1 }
    index += 1
    while index < mro.count {
      if let found = PyDict(self, words(mro[index]).value(ClassLayout.dict)).get(name: name) {
        let receiver = proxy.value(2)
        return receiver == objectClass ? try bindToClass(found, objectClass) : try bindDescriptor(found, receiver)
      }
      index += 1
    }
    return nil
  }

  /// The name of an attribute of a built-in type, or of a slot.
  func descriptorName(_ descriptor: Value) -> Value {
    words(descriptor).value(self.is(descriptor, .memberDescriptor) ? 1 : 3)
  }

  /// The class that has it.
  func descriptorOwner(_ descriptor: Value) -> Value {
    words(descriptor).value(self.is(descriptor, .memberDescriptor) ? 3 : 4)
  }

  /// `descriptor.__set__(object, value)`; unbound deletes.
  func setThrough(_ descriptor: Value, _ object: Value, _ value: Value) throws(Unwind) {
    let name = descriptorName(descriptor)
    guard lookup(class: classOf(object), name) == descriptor else {
      throw raise(
        .typeError,
        "descriptor '\(text(name))' doesn't apply to a '\(typeName(object))' object")
    }
    try setGenericAttribute(object, classOf(object), name, value)
  }
}
