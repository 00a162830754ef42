/// `int`.
enum IntType {
  static let type = NativeType(
    .int, "int", kind: .int, rows,
    properties: [
      NativeProperty("real", exact), NativeProperty("numerator", exact),
      NativeProperty("imag", { (_, _) throws(Unwind) in .zero }),
      NativeProperty("denominator", { (_, _) throws(Unwind) in Value(small: 1) }),
    ])

  private static let rows: [NativeFunction] =
    NumberRows.arithmetic(.integer, [
      ("add", .add), ("sub", .subtract), ("mul", .multiply), ("truediv", .divide), ("floordiv", .floorDivide),
      ("mod", .modulo), ("lshift", .leftShift), ("rshift", .rightShift), ("and", .and), ("or", .or), ("xor", .xor),
    ])
    + NumberRows.power(.integer, power) + NumberRows.comparisons(.integer) + [
      NativeFunction("__new__", "cls, x=, /, base=", new, binding: .static),
      NumberRows.hash,
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__format__", "self, format_spec, /", NumberFormat.int),
      NativeFunction("__divmod__", "self, value, /", divmod),
      NativeFunction("__rdivmod__", "self, value, /", reflectedDivmod),
      NativeFunction("__neg__", "self, /", { (vm, a) throws(Unwind) in try vm.negateInteger(a[0]) }),
      NativeFunction("__abs__", "self, /", { (vm, a) throws(Unwind) in try vm.absoluteInteger(a[0]) }),
      NativeFunction("__invert__", "self, /", { (vm, a) throws(Unwind) in try vm.invertInteger(a[0]) }),
      NativeFunction("__bool__", "self, /", { (vm, a) throws(Unwind) in Value(vm.sign(a[0]) != 0) }),
      NativeFunction("__float__", "self, /", { (vm, a) throws(Unwind) in try vm.float(vm.double(a[0])) }),
      NativeFunction("__pos__", "self, /", exact),
      NativeFunction("__int__", "self, /", exact),
      NativeFunction("__index__", "self, /", exact),
      NativeFunction("__trunc__", "self, /", exact),
      NativeFunction("__floor__", "self, /", exact),
      NativeFunction("__ceil__", "self, /", exact),
      NativeFunction("conjugate", "self, /", exact),
      NativeFunction("__round__", "self, ndigits=, /", round),
      NativeFunction("__getnewargs__", "self, /", { (vm, a) throws(Unwind) in try vm.newTuple(vm.exactInteger(a[0])) }),
      NativeFunction("__sizeof__", "self, /", sizeof),
      NativeFunction("bit_length", "self, /", { (vm, a) throws(Unwind) in Value(small: vm.bitLength(a[0])) }),
      NativeFunction("bit_count", "self, /", { (vm, a) throws(Unwind) in Value(small: vm.bitCount(a[0])) }),
      NativeFunction("as_integer_ratio", "self, /", ratio),
      NativeFunction("to_bytes", "self, length=1, byteorder=, *, signed=False", toBytes),
      NativeFunction("from_bytes", "cls, bytes, byteorder=, *, signed=False", fromBytes, binding: .class),
    ]

  static func exact(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.exactInteger(a[0]) }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try IntText.string(vm, a[0]) }

  static func power(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isInteger(a[1]), a[2].isNone || vm.isInteger(a[2]) else { return .notImplemented }
    if a[2].isNone { return try vm.binaryIntegers(.power, a[0], a[1]) ?? .notImplemented }
    return try vm.powerInteger(a[0], a[1], modulo: a[2])
  }

  static func divmod(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isInteger(a[1]) else { return .notImplemented }
    let (quotient, remainder) = try vm.divmodIntegers(a[0], a[1])
    return try vm.newTuple(quotient, remainder)
  }

  static func reflectedDivmod(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isInteger(a[1]) else { return .notImplemented }
    let (quotient, remainder) = try vm.divmodIntegers(a[1], a[0])
    return try vm.newTuple(quotient, remainder)
  }

  static func ratio(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.newTuple(vm.exactInteger(a[0]), Value(small: 1))
  }

  /// As CPython reports it, whose digits have 30 bits.
  static func sizeof(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(small: 24 + (vm.bitLength(a[0]) + 29) / 30 * 4)
  }

  static func round(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound { return try vm.exactInteger(a[0]) }
    return try vm.roundInteger(a[0], digits: vm.index(a[1]))
  }

  // MARK: Bytes

  private static func isLittleEndian(_ vm: VM, _ order: Value, _ function: String) throws(Unwind) -> Bool {
    if order.isUnbound { return false }
    guard vm.isString(order) else {
      throw vm.raise(.typeError, "\(function)() argument 'byteorder' must be str, not \(vm.typeName(order))")
    }
    switch vm.text(order) {
    case "little": return true
    case "big": return false
    default: throw vm.raise(.valueError, "byteorder must be either 'little' or 'big'")
    }
  }

  static func toBytes(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let length = try vm.indexAsInt(a[1], overflow: .overflowError)
    let isLittle = try isLittleEndian(vm, a[2], "to_bytes")
    let isSigned = try vm.truth(a[3])
    if length < 0 { throw vm.raise(.valueError, "length argument must be non-negative") }
    let isNegative = vm.sign(a[0]) < 0
    if isNegative && !isSigned { throw vm.raise(.overflowError, "can't convert negative int to unsigned") }
    guard length < 1 << 30 else { throw vm.raiseMemoryError() }
    // A negative number needs as many bits as its complement, and the sign.
    let bits = isNegative ? vm.bitLength(try vm.invertInteger(a[0])) : vm.bitLength(a[0])
    if bits + (isSigned ? 1 : 0) > length * 8, !(length == 0 && bits == 0) {
      throw vm.raise(.overflowError, "int too big to convert")
    }
    try vm.charge(length / 8)
    var bytes = try vm.littleEndianBytes(a[0], count: length)
    if !isLittle { bytes.reverse() }
    return try vm.newBytes(bytes)
  }

  static func fromBytes(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let isLittle = try isLittleEndian(vm, a[2], "from_bytes")
    let isSigned = try vm.truth(a[3])
    var bytes = try bytesOf(vm, a[1])
    if !isLittle { bytes.reverse() }
    try vm.charge(bytes.count / 8)
    let result = try vm.integer(littleEndian: bytes, isSigned: isSigned)
    return a[0] == Value(vm.type(.int)) ? result : try vm.call(a[0], result)
  }

  private static func bytesOf(_ vm: VM, _ value: Value) throws(Unwind) -> [UInt8] {
    if let bytes = vm.bytesContents(value) { return bytes }
    // What `bytes(value)` takes, but for sizes and text.
    if vm.isInteger(value) || vm.isString(value) || vm.lookupSpecial(value, .bytes) == nil && !vm.isIterable(value) {
      throw vm.raise(.typeError, "cannot convert '\(vm.typeName(value))' object to bytes")
    }
    return vm.bytesContents(try vm.call(Value(vm.type(.bytes)), value)) ?? []
  }
}

/// `bool`: two values, ints otherwise.
enum BoolType {
  static let type = NativeType(
    .bool, "bool", base: .int, kind: .int, isSubclassable: false,
    [
      NativeFunction("__new__", "cls, x=False, /", new, binding: .static),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        try vm.intern(a[0] == .true ? "True" : "False")
      }),
    ] + logic("and", .and) + logic("or", .or) + logic("xor", .xor))

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    _ = try vm.constructedClass(a[0], .bool, "bool")
    return Value(try vm.truth(a[1]))
  }

  /// Bools stay bools among themselves.
  private static func logic(_ name: String, _ operation: BinaryOperation) -> [NativeFunction] {
    ["__\(name)__", "__r\(name)__"].map { name in
      NativeFunction(name, "self, value, /", { (vm, a) throws(Unwind) in
        guard vm.isInteger(a[1]) else { return .notImplemented }
        return try vm.binaryIntegers(operation, a[0], a[1]) ?? .notImplemented
      })
    }
  }
}
