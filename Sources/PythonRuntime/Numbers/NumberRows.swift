/// Rows that the tables of the number types share: operators and comparisons, made from the operation and the type's place in the
/// order of conversion.
enum NumberRows {
  static let types: [NativeType] = [IntType.type, BoolType.type, FloatType.type, ComplexType.type, RandomModule.type]
  static let modules: [NativeModule] = [MathModule.module, CMathModule.module, RandomModule.module]

  /// `__add__` and `__radd__`, … of the type `target`: NotImplemented for an operand that it does not convert.
  static func arithmetic(_ target: NumberClass, _ operations: [(String, BinaryOperation)]) -> [NativeFunction] {
    var rows: [NativeFunction] = []
    for (name, operation) in operations {
      rows.append(
        NativeFunction("__\(name)__", "self, value, /", { (vm, a) throws(Unwind) in
          guard vm.numberLayout(a[1]).rawValue <= target.rawValue else { return .notImplemented }
          return try vm.binary(operation, a[0], a[1], as: target) ?? .notImplemented
        }))
      rows.append(
        NativeFunction("__r\(name)__", "self, value, /", { (vm, a) throws(Unwind) in
          guard vm.numberLayout(a[1]).rawValue <= target.rawValue else { return .notImplemented }
          return try vm.binary(operation, a[1], a[0], as: target) ?? .notImplemented
        }))
    }
    return rows
  }

  /// `__pow__` and `__rpow__`, with their third argument.
  static func power(_ target: NumberClass, _ body: @escaping NativeFunction.Body) -> [NativeFunction] {
    [
      NativeFunction("__pow__", "self, value, mod=None, /", body),
      NativeFunction("__rpow__", "self, value, mod=None, /", { (vm, a) throws(Unwind) in
        guard vm.numberLayout(a[1]).rawValue <= target.rawValue else { return .notImplemented }
        let own = a[0]
        a[0] = a[1]
        a[1] = own
        return try body(vm, a)
      }),
    ]
  }

  /// The six comparisons, for operands of the classes up to `target`.
  static func comparisons(_ target: NumberClass) -> [NativeFunction] {
    let operations: [(String, Comparison)] = [
      ("lt", .less), ("le", .lessOrEqual), ("eq", .equal), ("ne", .notEqual), ("gt", .greater), ("ge", .greaterOrEqual),
    ]
    return operations.map { (name, operation) in
      NativeFunction("__\(name)__", "self, value, /", { (vm, a) throws(Unwind) in
        let other = vm.numberLayout(a[1])
        guard other.rawValue <= target.rawValue else { return .notImplemented }
        return vm.compare(operation, a[0], target, a[1], other) ?? .notImplemented
      })
    }
  }

  static let hash = NativeFunction("__hash__", "self, /", { (vm, a) throws(Unwind) in
    try vm.integer(vm.hashNumber(a[0]))
  })
}

extension VM {
  /// The class that a number's `__new__` is to make an instance of, or TypeError.
  func constructedClass(_ value: Value, _ known: WellKnown, _ name: String) throws(Unwind) -> Ref {
    guard self.is(value, .class) else {
      throw raise(.typeError, "\(name).__new__(X): X is not a type object (\(typeName(value)))")
    }
    guard isSubclass(value.ref, type(known)) else {
      let given = className(value.ref)
      throw raise(.typeError, "\(name).__new__(\(given)): \(given) is not a subtype of \(name)")
    }
    if known == .int, isSubclass(value.ref, type(.bool)) {
      throw raise(.typeError, "int.__new__(bool) is not safe, use bool.__new__()")
    }
    return value.ref
  }

  /// The bytes of a bytes-like object; nil for anything else.
  func bytesContents(_ value: Value) -> [UInt8]? { BytesView(self, value)?.array() }

}
