/// What `copy` and `pickle` ask of any object: how it can be made again.
extension ObjectType {
  static let reducing = [
    NativeFunction("__reduce__", "self, /") { (vm, a) throws(Unwind) in try reduced(vm, a[0], 0) },
    NativeFunction("__reduce_ex__", "self, protocol, /") { (vm, a) throws(Unwind) in
      let version = try vm.indexAsInt(a[1], overflow: .overflowError)
      // A `__reduce__` of the object's own is preferred.
      let own = try vm.getAttribute(a[0], vm.name(.reduce))
      let cls = vm.classOf(a[0])
      if vm.lookup(class: cls, vm.name(.reduce)) != vm.lookup(class: vm.type(.object), vm.name(.reduce)) {
        return try vm.call(own)
      }
      return try reduced(vm, a[0], version)
    },
    NativeFunction("__getstate__", "self, /") { (vm, a) throws(Unwind) in try state(vm, a[0], isRequired: false) },
  ]

  private static func reduced(_ vm: VM, _ object: Value, _ version: Int) throws(Unwind) -> Value {
    let registry = try vm.loadModule("copyreg")
    guard version >= 2 else {
      let function = try vm.getAttribute(registry, vm.intern("_reduce_ex"))
      return try vm.call(function, object, vm.integer(version))
    }
    let cls = Value(vm.classOf(object))
    guard vm.lookupSpecial(object, .new) != nil else { throw refuse(vm, object) }
    let given = try newArguments(vm, object)
    let maker: Value
    let parts: [Value]
    if let (arguments, keywords) = given, keywords.isRef, PyDict(vm, keywords).count > 0 {
      maker = try vm.getAttribute(registry, vm.intern("__newobj_ex__"))
      parts = [cls, arguments, keywords]
    } else {
      maker = try vm.getAttribute(registry, vm.intern("__newobj__"))
      let arguments = given.map { PyTuple(vm, $0.arguments) }
      parts = [cls] + (0..<(arguments?.count ?? 0)).map { arguments![$0] }
    }
    vm.keep(maker)
    let tuple = try vm.newTuple(parts)
    vm.keep(tuple)
    let isContainer = vm.isInstance(object, .list) || vm.isInstance(object, .dict)
    let state = try objectState(vm, object, isRequired: given == nil && !isContainer)
    vm.keep(state)
    let items = vm.isInstance(object, .list) ? try vm.makeIterator(object) : .none
    vm.keep(items)
    let pairs = vm.isInstance(object, .dict) ? try vm.makeIterator(vm.callMethod(object, "items")) : .none
    return try vm.newTuple([maker, tuple, state, items, pairs])
  }

  private static func refuse(_ vm: VM, _ object: Value) -> Unwind {
    vm.raise(.typeError, "cannot pickle '\(vm.typeName(object))' object")
  }

  /// What `__new__` is to get, as the object's class says; nil when it says nothing.
  private static func newArguments(
    _ vm: VM, _ object: Value
  ) throws(Unwind) -> (arguments: Value, keywords: Value)? {
    if let method = try vm.findAttribute(object, vm.intern("__getnewargs_ex__")) {
      let answer = try vm.call(method)
      vm.keep(answer)
      guard vm.is(answer, .tuple) else {
        throw vm.raise(.typeError, "__getnewargs_ex__ should return a tuple, not '\(vm.typeName(answer))'")
      }
      let parts = PyTuple(vm, answer)
      guard parts.count == 2 else {
        throw vm.raise(.valueError, "__getnewargs_ex__ should return a tuple of length 2, not \(parts.count)")
      }
      guard vm.is(parts[0], .tuple) else {
        throw vm.raise(
          .typeError,
          "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '\(vm.typeName(parts[0]))'")
      }
      guard vm.is(parts[1], .dict) else {
        throw vm.raise(
          .typeError,
          "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '\(vm.typeName(parts[1]))'")
      }
      return (parts[0], parts[1])
    }
    guard let method = try vm.findAttribute(object, vm.intern("__getnewargs__")) else { return nil }
    let answer = try vm.call(method)
    vm.keep(answer)
    guard vm.is(answer, .tuple) else {
      throw vm.raise(.typeError, "__getnewargs__ should return a tuple, not '\(vm.typeName(answer))'")
    }
    return (answer, .none)
  }

  /// What the object's `__getstate__` gives.
  private static func objectState(_ vm: VM, _ object: Value, isRequired: Bool) throws(Unwind) -> Value {
    let name = try vm.intern("__getstate__")
    if vm.lookup(class: vm.classOf(object), name) == vm.lookup(class: vm.type(.object), name),
      try vm.instanceAttribute(object, name) == nil
    {
      return try state(vm, object, isRequired: isRequired)
    }
    return try vm.call(vm.getAttribute(object, name))
  }

  /// The object's dict, and the values of its slots. When the state has to be all that there is, an object with more in it is refused.
  private static func state(_ vm: VM, _ object: Value, isRequired: Bool) throws(Unwind) -> Value {
    let cls = vm.classOf(object)
    if isRequired, vm.layoutKind(cls) != .instance { throw refuse(vm, object) }
    var state = Value.none
    if vm.mayHaveDict(object), try vm.hasOwnAttributes(object) { state = try vm.ensureAttributeDict(object) }
    let registry = try vm.loadModule("copyreg")
    let names = try vm.call(vm.getAttribute(registry, vm.intern("_slotnames")), Value(cls))
    guard vm.is(names, .list), PyList(vm, names).count > 0 else { return state }
    vm.keep(names)
    let slots = try vm.newDict()
    vm.keep(slots)
    for index in 0..<PyList(vm, names).count {
      let name = PyList(vm, names)[index]
      if let value = try vm.findAttribute(object, name) { try PyDict(vm, slots).set(name, value) }
    }
    return PyDict(vm, slots).count > 0 ? try vm.newTuple(state, slots) : state
  }
}

extension VM {
  /// Whether an object that may have a dict has anything in it.
  func hasOwnAttributes(_ object: Value) throws(Unwind) -> Bool {
    let dict = attributeDict(object)
    if dict.isRef { return PyDict(self, dict).count > 0 }
    guard self.is(object, .instance) else { return false }
    let instance = words(object)
    let members = words(words(classOf(instance)).value(ClassLayout.rootShape)).low(ShapeLayout.count)
    let count = shape(instance).low(ShapeLayout.count)
    return (members..<max(members, count)).contains { !slotValue(instance, $0).isUnbound }
  }
}
