/// The types `weakref.ProxyType` and `weakref.CallableProxyType`: laid out as weak references, and whatever is done to one is done
/// to the object it refers to.
enum WeakProxyType {
  static let type = NativeType(
    .weakProxy, "ProxyType", kind: .weakReference, isSubclassable: false, module: "weakref", functions)
  static let callableType = NativeType(
    .weakCallableProxy, "CallableProxyType", kind: .weakReference, isSubclassable: false, module: "weakref",
    functions + [
      NativeFunction("__call__", "self, /, *args, **kwargs", { (vm, a) throws(Unwind) in
        try vm.call(referent(vm, a[0]), tuple: a[1], dict: a[2].isRef ? a[2] : .none)
      })
    ])

  private static let functions: [NativeFunction] = access + containers + comparisons + binaries + inPlace + unaries

  /// The object, or ReferenceError when it is gone. Anything but a proxy stands for itself.
  static func referent(_ vm: VM, _ value: Value) throws(Unwind) -> Value {
    guard vm.is(value, .weakReference), !vm.isSubclass(vm.classOf(value), vm.type(.weakReference)) else { return value }
    let object = vm.weakReferent(value)
    guard !object.isNone else {
      throw vm.raise(.referenceError, "weakly-referenced object no longer exists")
    }
    vm.keep(object)
    return object
  }

  private static func row(
    _ name: String, _ signature: String, _ body: @escaping @Sendable (VM, Value, Arguments) throws(Unwind) -> Value
  ) -> NativeFunction {
    NativeFunction(name, signature, { (vm, a) throws(Unwind) in
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      return try body(vm, try referent(vm, a[0]), a)
    })
  }

  private static let access: [NativeFunction] = [
    row("__getattribute__", "self, name, /") { (vm, object, a) throws(Unwind) in try vm.getAttribute(object, a[1]) },
    row("__setattr__", "self, name, value, /") { (vm, object, a) throws(Unwind) in
      try vm.setAttribute(object, a[1], a[2])
      return .none
    },
    row("__delattr__", "self, name, /") { (vm, object, a) throws(Unwind) in
      try vm.deleteAttribute(object, a[1])
      return .none
    },
    row("__str__", "self, /") { (vm, object, _) throws(Unwind) in try vm.str(object) },
    NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
      let object = vm.weakReferent(a[0])
      return try vm.newString(
        "<weakproxy at \(vm.address(of: a[0])) to \(vm.typeName(object)) at \(vm.address(of: object))>")
    }),
    row("__bool__", "self, /") { (vm, object, _) throws(Unwind) in Value(try vm.truth(object)) },
    row("__bytes__", "self, /") { (vm, object, _) throws(Unwind) in try vm.callMethod(object, "__bytes__") },
    row("__reversed__", "self, /") { (vm, object, _) throws(Unwind) in try vm.callMethod(object, "__reversed__") },
  ]

  private static let containers: [NativeFunction] = [
    row("__len__", "self, /") { (vm, object, _) throws(Unwind) in Value(small: try vm.length(object)) },
    row("__getitem__", "self, key, /") { (vm, object, a) throws(Unwind) in try vm.getItem(object, referent(vm, a[1])) },
    row("__setitem__", "self, key, value, /") { (vm, object, a) throws(Unwind) in
      try vm.setItem(object, referent(vm, a[1]), a[2])
      return .none
    },
    row("__delitem__", "self, key, /") { (vm, object, a) throws(Unwind) in
      try vm.deleteItem(object, referent(vm, a[1]))
      return .none
    },
    row("__contains__", "self, key, /") { (vm, object, a) throws(Unwind) in Value(try vm.contains(object, a[1])) },
    row("__iter__", "self, /") { (vm, object, _) throws(Unwind) in try vm.makeIterator(object) },
    row("__next__", "self, /") { (vm, object, _) throws(Unwind) in
      guard vm.lookupSpecial(object, .next) != nil else {
        throw vm.raise(
          .typeError, "Weakref proxy referenced a non-iterator '\(vm.typeName(object))' object")
      }
      guard let item = try vm.next(object) else { throw vm.raise(.stopIteration, arguments: []) }
      return item
    },
  ]

  private static let comparisons: [NativeFunction] = [
    ("lt", Comparison.less), ("le", .lessOrEqual), ("eq", .equal), ("ne", .notEqual), ("gt", .greater),
    ("ge", .greaterOrEqual),
  ].map { (name, op) in
    row("__\(name)__", "self, value, /") { (vm, object, a) throws(Unwind) in
      try vm.compare(op, object, referent(vm, a[1]))
    }
  }

  private static let operations: [(String, BinaryOperation)] = [
    ("add", .add), ("sub", .subtract), ("mul", .multiply), ("matmul", .matrixMultiply), ("truediv", .divide),
    ("floordiv", .floorDivide), ("mod", .modulo), ("pow", .power), ("lshift", .leftShift), ("rshift", .rightShift),
    ("and", .and), ("or", .or), ("xor", .xor),
  ]

  private static let binaries: [NativeFunction] = operations.flatMap { (name, op) in
    [
      row("__\(name)__", "self, value, /") { (vm, object, a) throws(Unwind) in
        try vm.binary(op, object, referent(vm, a[1]))
      },
      row("__r\(name)__", "self, value, /") { (vm, object, a) throws(Unwind) in
        try vm.binary(op, referent(vm, a[1]), object)
      },
    ]
  }

  private static let inPlace: [NativeFunction] = operations.map { (name, op) in
    row("__i\(name)__", "self, value, /") { (vm, object, a) throws(Unwind) in
      try vm.binaryInPlace(op, object, referent(vm, a[1]))
    }
  }

  private static let unaries: [NativeFunction] =
    [("neg", Special.neg), ("pos", .pos), ("abs", .abs), ("invert", .invert)].map { (name, special) in
      row("__\(name)__", "self, /") { (vm, object, _) throws(Unwind) in try vm.unary(special, object) }
    } + [
      row("__int__", "self, /") { (vm, object, _) throws(Unwind) in try vm.call(Value(vm.type(.int)), object) },
      row("__float__", "self, /") { (vm, object, _) throws(Unwind) in try vm.call(Value(vm.type(.float)), object) },
      row("__index__", "self, /") { (vm, object, _) throws(Unwind) in try vm.index(object) },
    ]
}
