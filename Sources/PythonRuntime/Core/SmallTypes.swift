/// Built-in types with little to them.
enum SmallTypes {
  static let types = [
    noneType, notImplementedType, ellipsisType, native(.builtinFunction, "builtin_function_or_method"),
    native(.methodDescriptor, "method_descriptor"), native(.wrapperDescriptor, "wrapper_descriptor"),
    native(.classMethodDescriptor, "classmethod_descriptor"), native(.methodWrapper, "method-wrapper"), module,
    mappingProxy, GenericAliasType.type, unionType, namespace,
  ]

  static let noneType = NativeType(
    .noneType, "NoneType", kind: .record, isSubclassable: false,
    [
      NativeFunction("__new__", "cls, /", { (_, _) throws(Unwind) in .none }, binding: .static),
      NativeFunction("__repr__", "self, /", { (vm, _) throws(Unwind) in try vm.intern("None") }),
      NativeFunction("__bool__", "self, /", { (_, _) throws(Unwind) in .false }),
    ])

  static let notImplementedType = NativeType(
    .notImplementedType, "NotImplementedType", kind: .record, isSubclassable: false,
    [
      NativeFunction("__new__", "cls, /", { (_, _) throws(Unwind) in .notImplemented }, binding: .static),
      NativeFunction("__repr__", "self, /", { (vm, _) throws(Unwind) in try vm.intern("NotImplemented") }),
      NativeFunction("__reduce__", "self, /", { (vm, _) throws(Unwind) in try vm.intern("NotImplemented") }),
      NativeFunction("__bool__", "self, /", { (_, _) throws(Unwind) in .true }),
    ])

  static let ellipsisType = NativeType(
    .ellipsisType, "ellipsis", kind: .record, isSubclassable: false,
    [
      NativeFunction("__new__", "cls, /", { (_, _) throws(Unwind) in .ellipsis }, binding: .static),
      NativeFunction("__repr__", "self, /", { (vm, _) throws(Unwind) in try vm.intern("Ellipsis") }),
      NativeFunction("__reduce__", "self, /", { (vm, _) throws(Unwind) in try vm.intern("Ellipsis") }),
    ])

  // MARK: Native functions as objects

  private static func native(_ known: WellKnown, _ name: String) -> NativeType {
    let isDescriptor = known != .builtinFunction && known != .methodWrapper
    let get = NativeFunction("__get__", "self, instance, owner=None, /") { (vm, a) throws(Unwind) in
      if a[1].isNone { return a[2].isNone ? a[0] : try vm.bindToClass(a[0], a[2]) }
      try vm.checkOwner(vm.words(a[0]), a[1])
      return try vm.bindDescriptor(a[0], a[1])
    }
    return NativeType(
      known, name, kind: .native, isSubclassable: false,
      (isDescriptor ? [get] : []) + [
        NativeFunction("__repr__", "self, /", reprNative),
        NativeFunction("__call__", "self, *args, **kwargs", { (vm, a) throws(Unwind) in
          try vm.call(a[0], tuple: a[1], dict: a[2])
        }),
        NativeFunction("__eq__", "self, value, /", equalNative),
        NativeFunction("__hash__", "self, /", hashNative),
        NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
          let object = vm.words(a[0])
          let name = try vm.newString(vm.host.natives[object.value(1).int].name)
          // A method is found through what it is bound to, or through its class.
          let owner = object.value(2).isUnbound ? object.value(4) : object.value(2)
          guard !owner.isNone, let getter = PyDict(vm, vm[root: .builtins]).get(name: try vm.intern("getattr")) else {
            return name
          }
          return try vm.newTuple(getter, vm.newTuple(owner, name))
        }),
      ],
      properties: [
        NativeProperty("__name__", { (vm, a) throws(Unwind) in
          try vm.newString(vm.host.natives[vm.words(a[0]).value(1).int].name)
        }),
        NativeProperty("__qualname__", { (vm, a) throws(Unwind) in
          let object = vm.words(a[0])
          let name = vm.host.natives[object.value(1).int].name
          guard object.value(4).isRef else { return try vm.newString(name) }
          return try vm.newString("\(vm.className(object.value(4).ref)).\(name)")
        }),
        NativeProperty("__doc__", { (vm, a) throws(Unwind) in
          let doc = vm.host.natives[vm.words(a[0]).value(1).int].doc
          return doc.isEmpty ? .none : try vm.newString(doc)
        }),
        NativeProperty("__text_signature__", { (vm, a) throws(Unwind) in
          let object = vm.words(a[0])
          let native = vm.host.natives[object.value(1).int]
          guard let text = native.textSignature(isOfModule: object.value(4).isNone) else { return .none }
          return try vm.newString(text)
        }),
      ] + (isDescriptor ? [objectClass] : boundProperties))
  }

  private static let objectClass = NativeProperty("__objclass__") { (vm, a) throws(Unwind) in
    vm.words(a[0]).value(4)
  }

  /// Of functions and bound methods: the module they come from, and what they are bound to, which for a function is that module.
  private static let boundProperties = [
    NativeProperty("__module__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(3) }),
    NativeProperty("__self__", { (vm, a) throws(Unwind) in
      let object = vm.words(a[0])
      if !object.value(2).isUnbound { return object.value(2) }
      guard object.value(4).isNone, vm.isString(object.value(3)) else { return object.value(4) }
      return PyDict(vm, vm[root: .modules]).get(name: object.value(3)) ?? .none
    }),
  ]

  private static func reprNative(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let object = vm.words(a[0])
    let name = vm.host.natives[object.value(1).int].name
    let receiver = object.value(2)
    let owner = object.value(4)
    if owner.isRef && !receiver.isUnbound {
      let word = name.hasPrefix("__") && !vm.is(receiver, .class) ? "method-wrapper" : "built-in method"
      return try vm.newString(
        "<\(word) \(vm.quoted(name, for: word)) of \(vm.is(receiver, .class) ? "type" : vm.typeName(receiver)) object at \(vm.address(of: receiver))>")
    }
    if owner.isRef {
      let word = vm.classOf(a[0]) == vm.type(.wrapperDescriptor) ? "slot wrapper" : "method"
      if vm.classOf(a[0]) == vm.type(.builtinFunction) {
        return try vm.newString("<built-in method \(name) of type object at \(vm.address(of: owner))>")
      }
      return try vm.newString("<\(word) '\(name)' of '\(vm.className(owner.ref))' objects>")
    }
    return try vm.newString("<built-in function \(name)>")
  }

  private static func equalNative(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .native) else { return .notImplemented }
    let x = vm.words(a[0])
    let y = vm.words(a[1])
    return Value(x.value(1) == y.value(1) && x.value(2) == y.value(2) && x.value(4) == y.value(4))
  }

  private static func hashNative(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let object = vm.words(a[0])
    return Value(small: (object.value(1).int &* 31 ^ Int(truncatingIfNeeded: object[2] >> 4)) & Value.maxSmall)
  }

  // MARK: module

  static let module = NativeType(
    .module, "module", kind: .module,
    [
      NativeFunction("__new__", "cls, *args, **kwargs", { (vm, a) throws(Unwind) in
        let ref = try vm.allocateSubclassable(.module, class: a[0].ref, words: 2)
        vm.words(ref).set(1, try vm.newDict())
        return Value(ref)
      }, binding: .static),
      NativeFunction("__init__", "self, name, doc=None", { (vm, a) throws(Unwind) in
        guard vm.isString(a[1]) else {
          throw vm.raise(.typeError, "module.__init__() argument 1 must be str, not \(vm.typeName(a[1]))")
        }
        try vm.fillModule(PyDict(vm, vm.words(a[0]).value(1)), name: a[1], doc: a[2])
        return .none
      }),
      NativeFunction("__repr__", "self, /", reprModule),
      NativeFunction("__dir__", "self, /", { (vm, a) throws(Unwind) in
        try vm.listFromIterable(vm.words(a[0]).value(1))
      }),
    ],
    properties: [NativeProperty("__dict__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) })])

  /// As `importlib._bootstrap` tells where a module comes from: by its spec, its file or its loader.
  private static func reprModule(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let dict = PyDict(vm, vm.words(a[0]).value(1))
    func shown(_ value: Value) throws(Unwind) -> String { vm.text(try vm.repr(value)) }
    func attribute(_ object: Value, _ name: String) throws(Unwind) -> Value {
      try vm.findAttribute(object, vm.intern(name)) ?? .none
    }
    var name = dict.get(name: vm.name(.name)) ?? .none
    var loader = dict.get(name: vm.name(.loader)) ?? .none
    var origin: String?
    if let spec = dict.get(name: vm.name(.spec)), !spec.isNone {
      name = try attribute(spec, "name")
      loader = try attribute(spec, "loader")
      let place = try attribute(spec, "origin")
      if !place.isNone {
        let hasLocation = try vm.truth(attribute(spec, "has_location"))
        origin = hasLocation ? "from \(try shown(place))" : "(\(vm.text(try vm.str(place))))"
      }
    } else if let file = dict.get(name: vm.name(.file)) {
      origin = "from \(try shown(file))"
    }
    let word = name.isNone ? "'?'" : try shown(name)
    if origin == nil, !loader.isNone { origin = "(\(try shown(loader)))" }
    // Before importlib is there nobody gives a spec.
    if origin == nil, vm.isString(name), NativeRegistry.modules.contains(where: { $0.name == vm.text(name) }) {
      origin = "(built-in)"
    }
    return try vm.newString("<module \(word)\(origin.map { " " + $0 } ?? "")>")
  }

  // MARK: mappingproxy

  static let mappingProxy: NativeType = {
    func forward(_ name: String) -> NativeFunction {
      NativeFunction(name, "self, *args, **kwargs", { (vm, a) throws(Unwind) in
        let method = try vm.getAttribute(vm.words(a[0]).value(1), vm.intern(name))
        vm.keep(method)
        return try vm.call(method, tuple: a[1], dict: a[2])
      })
    }
    return NativeType(
      .mappingProxy, "mappingproxy", kind: .mappingProxy, isSubclassable: false,
      [
        NativeFunction("__new__", "cls, mapping, /", { (vm, a) throws(Unwind) in
          guard vm.lookupSpecial(a[1], .getitem) != nil, vm.kind(a[1]) != .list, vm.kind(a[1]) != .tuple else {
            throw vm.raise(.typeError, "mappingproxy() argument must be a mapping, not \(vm.typeName(a[1]))")
          }
          return Value(try vm.allocateRecord(.mappingProxy, class: vm.type(.mappingProxy), a[1]))
        }, binding: .static),
        NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
          try vm.newString("mappingproxy(\(vm.text(try vm.repr(vm.words(a[0]).value(1)))))")
        }),
        NativeFunction("__getitem__", "self, key, /", { (vm, a) throws(Unwind) in
          try vm.getItem(vm.words(a[0]).value(1), a[1])
        }),
        NativeFunction("__len__", "self, /", { (vm, a) throws(Unwind) in
          Value(small: try vm.length(vm.words(a[0]).value(1)))
        }),
        NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in
          try vm.makeIterator(vm.words(a[0]).value(1))
        }),
        NativeFunction("__contains__", "self, key, /", { (vm, a) throws(Unwind) in
          Value(try vm.contains(vm.words(a[0]).value(1), a[1]))
        }),
        NativeFunction("__eq__", "self, value, /", { (vm, a) throws(Unwind) in
          let other = vm.is(a[1], .mappingProxy) ? vm.words(a[1]).value(1) : a[1]
          return try vm.compare(.equal, vm.words(a[0]).value(1), other)
        }),
        forward("get"), forward("keys"), forward("values"), forward("items"), forward("copy"), forward("__reversed__"),
        NativeFunction("__str__", "self, /", { (vm, a) throws(Unwind) in try vm.str(vm.words(a[0]).value(1)) }),
        NativeFunction("__or__", "self, value, /", { (vm, a) throws(Unwind) in try mergeProxies(vm, a[0], a[1]) }),
        NativeFunction("__ror__", "self, value, /", { (vm, a) throws(Unwind) in try mergeProxies(vm, a[1], a[0]) }),
        NativeFunction("__ior__", "self, value, /", { (vm, _) throws(Unwind) in
          throw vm.raise(.typeError, "'|=' is not supported by mappingproxy; use '|' instead")
        }),
        NativeFunction("__class_getitem__", "cls, item, /", { (vm, a) throws(Unwind) in
          try vm.newGenericAlias(a[0], a[1])
        }, binding: .class),
      ])
  }()

  private static func mergeProxies(_ vm: VM, _ x: Value, _ y: Value) throws(Unwind) -> Value {
    func mapping(_ value: Value) -> Value { vm.is(value, .mappingProxy) ? vm.words(value).value(1) : value }
    return try vm.binary(.or, mapping(x), mapping(y))
  }

  // MARK: list[int], int | str

  static let unionType = NativeType(
    .unionType, "UnionType", kind: .unionType, isSubclassable: false, module: "types",
    [
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        var parts: [String] = []
        let arguments = PyTuple(vm, vm.words(a[0]).value(1))
        for index in 0..<arguments.count { parts.append(try vm.shownTypeArgument(arguments[index])) }
        return try vm.newString(parts.joined(separator: " | "))
      }),
      NativeFunction("__or__", "self, other, /", TypeType.union), NativeFunction("__ror__", "self, other, /", TypeType.reflectedUnion),
      NativeFunction("__eq__", "self, value, /", { (vm, a) throws(Unwind) in
        guard vm.is(a[1], .unionType) else { return .notImplemented }
        let x = PyTuple(vm, vm.words(a[0]).value(1))
        let y = PyTuple(vm, vm.words(a[1]).value(1))
        guard x.count == y.count else { return .false }
        for index in 0..<x.count where try !vm.contains(vm.words(a[1]).value(1), x[index]) { return .false }
        return .true
      }),
      NativeFunction("__hash__", "self, /", { (vm, a) throws(Unwind) in
        // The order of the members does not matter.
        let members = try vm.call(Value(vm.type(.frozenset)), vm.words(a[0]).value(1))
        return try vm.integer(vm.hash(members))
      }),
      NativeFunction("__getitem__", "self, item, /", { (vm, a) throws(Unwind) in
        let members = try GenericAliasType.substituted(vm, a[0], vm.words(a[0]).value(1), a[1])
        vm.keep(members)
        var union = PyTuple(vm, members)[0]
        for index in 1..<PyTuple(vm, members).count {
          union = try vm.binary(.or, union, PyTuple(vm, members)[index])
          vm.keep(union)
        }
        return union
      }),
      NativeFunction("__getattr__", "self, name, /", { (vm, a) throws(Unwind) in
        guard a[1] == vm.name(.module) else { throw vm.raiseAttributeError(a[0], a[1]) }
        return vm.moduleOfClass(vm.classOf(a[0]))
      }),
      NativeFunction("__instancecheck__", "self, instance, /", { (vm, a) throws(Unwind) in
        Value(try vm.isInstance(a[1], of: vm.words(a[0]).value(1)))
      }),
      NativeFunction("__subclasscheck__", "self, subclass, /", { (vm, a) throws(Unwind) in
        Value(try vm.isSubclass(a[1], of: vm.words(a[0]).value(1)))
      }),
    ],
    properties: [
      NativeProperty("__args__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }, isMember: true),
      NativeProperty("__parameters__", { (vm, a) throws(Unwind) in
        try GenericAliasType.parameters(vm, of: vm.words(a[0]).value(1))
      }),
    ])

  static let namespace = NativeType(
    .namespace, "SimpleNamespace", kind: .namespace, module: "types",
    [
      NativeFunction("__new__", "cls, *args, **kwargs", { (vm, a) throws(Unwind) in
        let ref = try vm.allocateSubclassable(.namespace, class: a[0].ref, words: 2)
        vm.words(ref).set(1, try vm.newDict())
        return Value(ref)
      }, binding: .static),
      NativeFunction("__init__", "self, *args, **kwargs", { (vm, a) throws(Unwind) in
        guard PyTuple(vm, a[1]).count == 0 else {
          throw vm.raise(.typeError, "no positional arguments expected")
        }
        let dict = PyDict(vm, vm.words(a[0]).value(1))
        try vm.forEachItem(a[2]) { (key, value) throws(Unwind) in try dict.set(key, value) }
        return .none
      }),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        guard try vm.enterRepr(a[0]) else { return try vm.newString("namespace(...)") }
        defer { vm.leaveRepr(a[0]) }
        var parts: [String] = []
        try vm.forEachItem(vm.words(a[0]).value(1)) { (key, value) throws(Unwind) in
          parts.append("\(vm.text(key))=\(vm.text(try vm.repr(value)))")
        }
        let name = vm.classOf(a[0]) == vm.type(.namespace) ? "namespace" : vm.typeName(a[0])
        return try vm.newString("\(name)(\(parts.joined(separator: ", ")))")
      }),
      NativeFunction("__eq__", "self, value, /", { (vm, a) throws(Unwind) in
        guard vm.is(a[1], .namespace) else { return .notImplemented }
        return Value(try vm.equal(vm.words(a[0]).value(1), vm.words(a[1]).value(1)))
      }),
    ],
    properties: [NativeProperty("__dict__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) })])
}

extension VM {
  /// Slot wrappers show their names in quotes, methods do not.
  func quoted(_ name: String, for word: String) -> String { word == "method-wrapper" ? "'\(name)'" : name }

  /// `origin[arguments]`.
  package func newGenericAlias(_ origin: Value, _ arguments: Value) throws(Unwind) -> Value {
    try GenericAliasType.make(self, type(.genericAlias), origin, arguments)
  }

  /// `a | b` of types; NotImplemented for anything else.
  func newUnion(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    var members: [Value] = []
    for side in [a, b] {
      if self.is(side, .unionType) {
        let own = PyTuple(self, words(side).value(1))
        for index in 0..<own.count { members.append(own[index]) }
      } else if self.is(side, .class) || self.is(side, .genericAlias) {
        members.append(side)
      } else if side.isNone {
        members.append(Value(type(.noneType)))
      } else {
        return .notImplemented
      }
    }
    var unique: [Value] = []
    for member in members {
      var isKnown = false
      try charge(unique.count)
      for other in unique where try equal(other, member) { isKnown = true }
      if !isKnown { unique.append(member) }
    }
    if unique.count == 1 { return unique[0] }
    return Value(try allocateRecord(.unionType, class: type(.unionType), newTuple(unique)))
  }

  /// How `list[int]` shows its parts.
  func shownTypeArgument(_ value: Value) throws(Unwind) -> String {
    if value == .ellipsis { return "..." }
    if value == Value(type(.noneType)) { return "None" }
    if self.is(value, .class) { return shownClass(value.ref) }
    if self.is(value, .list) {
      var parts: [String] = []
      for index in 0..<PyList(self, value).count { parts.append(try shownTypeArgument(PyList(self, value)[index])) }
      return "[\(parts.joined(separator: ", "))]"
    }
    return text(try repr(value))
  }

  func fillModule(_ dict: PyDict, name: Value, doc: Value) throws(Unwind) {
    try dict.set(name: self.name(.name), name)
    try dict.set(name: self.name(.doc), doc)
    for special in [Special.package, .loader, .spec] { try dict.set(name: self.name(special), .none) }
  }
}
