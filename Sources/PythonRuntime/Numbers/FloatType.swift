/// `float`.
enum FloatType {
  static let type = NativeType(
    .float, "float", kind: .float, signature: "(x=0, /)", rows,
    properties: [
      NativeProperty("real", exact), NativeProperty("imag", { (vm, _) throws(Unwind) in try vm.float(0) }),
    ])

  private static let rows: [NativeFunction] =
    NumberRows.arithmetic(.float, [
      ("add", .add), ("sub", .subtract), ("mul", .multiply), ("truediv", .divide), ("floordiv", .floorDivide),
      ("mod", .modulo),
    ])
    + NumberRows.power(.float, power) + NumberRows.comparisons(.float) + [
      NativeFunction("__new__", "cls, x=0, /", new, binding: .static),
      NumberRows.hash,
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__format__", "self, format_spec, /", NumberFormat.float),
      NativeFunction("__divmod__", "self, value, /", { (vm, a) throws(Unwind) in try divmod(vm, a[0], a[1]) }),
      NativeFunction("__rdivmod__", "self, value, /", { (vm, a) throws(Unwind) in try divmod(vm, a[1], a[0]) }),
      NativeFunction("__neg__", "self, /", { (vm, a) throws(Unwind) in try vm.float(-vm.doubleBits(a[0])) }),
      NativeFunction("__abs__", "self, /", { (vm, a) throws(Unwind) in try vm.float(vm.doubleBits(a[0]).magnitude) }),
      NativeFunction("__bool__", "self, /", { (vm, a) throws(Unwind) in Value(vm.doubleBits(a[0]) != 0) }),
      NativeFunction("__pos__", "self, /", exact),
      NativeFunction("__float__", "self, /", exact),
      NativeFunction("conjugate", "self, /", exact),
      NativeFunction("__int__", "self, /", { (vm, a) throws(Unwind) in try vm.integer(truncating: vm.doubleBits(a[0])) }),
      NativeFunction("__trunc__", "self, /", { (vm, a) throws(Unwind) in try vm.integer(truncating: vm.doubleBits(a[0])) }),
      NativeFunction("__floor__", "self, /", { (vm, a) throws(Unwind) in
        try vm.integer(truncating: vm.doubleBits(a[0]).rounded(.down))
      }),
      NativeFunction("__ceil__", "self, /", { (vm, a) throws(Unwind) in
        try vm.integer(truncating: vm.doubleBits(a[0]).rounded(.up))
      }),
      NativeFunction("__round__", "self, ndigits=None, /", round),
      NativeFunction("__getnewargs__", "self, /", { (vm, a) throws(Unwind) in try vm.newTuple(exact(vm, a)) }),
      NativeFunction("__getformat__", "cls, typestr, /", getformat, binding: .class),
      NativeFunction("is_integer", "self, /", { (vm, a) throws(Unwind) in
        let double = vm.doubleBits(a[0])
        return Value(double.isFinite && double.rounded(.down) == double)
      }),
      NativeFunction("as_integer_ratio", "self, /", ratio),
      NativeFunction("hex", "self, /", { (vm, a) throws(Unwind) in
        try vm.newString(utf8: FloatText.hexadecimal(vm.doubleBits(a[0])))
      }),
      NativeFunction("fromhex", "cls, string, /", fromHex, binding: .class),
    ]

  static func exact(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.numberClass(a[0]) == .float ? a[0] : try vm.float(vm.doubleBits(a[0]))
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try FloatText.string(vm, vm.doubleBits(a[0])) }

  static func power(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.numberLayout(a[1]).rawValue <= NumberClass.float.rawValue else { return .notImplemented }
    if !a[2].isNone {
      throw vm.raise(.typeError, "pow() 3rd argument not allowed unless all arguments are integers")
    }
    return try vm.powerFloats(vm.double(a[0]), vm.double(a[1]))
  }

  static func divmod(_ vm: VM, _ x: Value, _ y: Value) throws(Unwind) -> Value {
    guard vm.numberLayout(x).rawValue <= NumberClass.float.rawValue,
      vm.numberLayout(y).rawValue <= NumberClass.float.rawValue
    else { return .notImplemented }
    let (dividend, divisor) = (try vm.double(x), try vm.double(y))
    if divisor == 0 { throw vm.raise(.zeroDivisionError, "float divmod()") }
    let (quotient, remainder) = VM.divmod(dividend, divisor)
    return try vm.newTuple(vm.float(quotient), vm.float(remainder))
  }

  // MARK: Making

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let owner = try vm.constructedClass(a[0], .float, "float")
    let double = try vm.doubleFromNumber(a[1])
    if owner == vm.type(.float) {
      return vm.numberClass(a[1]) == .float ? a[1] : try vm.float(double)
    }
    let ref = try vm.allocateSubclassable(.float, class: owner, words: 2)
    vm.words(ref)[1] = double.bitPattern
    return Value(ref)
  }

  static func fromHex(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[1]) else {
      throw vm.raise(.typeError, "bad argument type for built-in operation")
    }
    let double = try FloatText.parseHexadecimal(vm, IntText.asciiDigits(vm, a[1]))
    return a[0] == Value(vm.type(.float)) ? try vm.float(double) : try vm.call(a[0], vm.float(double))
  }

  static func getformat(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[1]) else {
      throw vm.raise(.typeError, "__getformat__() argument must be str, not \(vm.typeName(a[1]))")
    }
    switch vm.text(a[1]) {
    case "double", "float": return try vm.newString("IEEE, little-endian")
    default: throw vm.raise(.valueError, "__getformat__() argument 1 must be 'double' or 'float'")
    }
  }

  // MARK: Taking apart

  static func ratio(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let double = vm.doubleBits(a[0])
    if double.isNaN { throw vm.raise(.valueError, "cannot convert NaN to integer ratio") }
    if double.isInfinite { throw vm.raise(.overflowError, "cannot convert Infinity to integer ratio") }
    if double == 0 { return try vm.newTuple(.zero, Value(small: 1)) }
    // significand × 2^power, the significand odd
    var significand = double.significandBitPattern
    var power = -1074
    if double.exponentBitPattern != 0 {
      significand |= 1 << 52
      power = Int(double.exponentBitPattern) - 1075
    }
    let zeros = significand.trailingZeroBitCount
    let odd = Int(significand >> UInt64(zeros))
    power += zeros
    let numerator = Value(small: double < 0 ? -odd : odd)
    if power >= 0 {
      return try vm.newTuple(vm.shiftLeft(numerator, by: Value(small: power)), Value(small: 1))
    }
    return try vm.newTuple(numerator, vm.shiftLeft(Value(small: 1), by: Value(small: -power)))
  }

  static func round(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let double = vm.doubleBits(a[0])
    if a[1].isNone { return try vm.integer(truncating: double.rounded(.toNearestOrEven)) }
    let digits = try vm.index(a[1])
    return try vm.float(vm.round(double, digits: vm.asInt(digits) ?? (vm.sign(digits) < 0 ? Int.min : Int.max)))
  }
}

extension VM {
  /// `float(x)` of anything that is a number or spells one.
  func doubleFromNumber(_ x: Value) throws(Unwind) -> Double {
    if x.isInlineFloat { return x.inlineFloat }
    if isExactString(x) { return try FloatText.parse(self, string: x) }
    switch numberClass(x) {
    case .integer, .float: return try double(x)
    default: break
    }
    if let double = try realNumber(x) { return double }
    if isString(x) { return try FloatText.parse(self, string: x) }
    if let bytes = bytesContents(x) {
      if let double = FloatText.parse(bytes) { return double }
      throw raise(.valueError, "could not convert string to float: \(text(try repr(x)))")
    }
    throw raise(.typeError, "float() argument must be a string or a real number, not '\(typeName(x))'")
  }

  /// The double of a number: by its layout, `__float__` or `__index__`; nil if it has none of them.
  func realNumber(_ x: Value) throws(Unwind) -> Double? {
    if x.isInlineFloat { return x.inlineFloat }
    switch numberClass(x) {
    case .integer, .float: return try double(x)
    default: break
    }
    if let method = lookupSpecial(x, .float) {
      let result = try callBound(method, x)
      guard let double = asDouble(result) else {
        throw raise(.typeError, "\(typeName(x)).__float__ returned non-float (type \(typeName(result)))")
      }
      try warnOfSubclass(result, .float, from: "\(typeName(x)).__float__")
      return double
    }
    return lookupSpecial(x, .index) == nil ? nil : try integerAsDouble(index(x))
  }

  /// The double of an argument; "must be real number, not …".
  func requireReal(_ x: Value) throws(Unwind) -> Double {
    if let double = try realNumber(x) { return double }
    throw raise(.typeError, "must be real number, not \(typeName(x))")
  }

  /// Rounds correctly to decimal places, which may be negative.
  func round(_ x: Double, digits: Int) throws(Unwind) -> Double {
    if !x.isFinite || x == 0 || digits > 323 { return x }
    if digits < -308 { return 0 * x }
    // One division of two exact numbers is rounded once.
    if let scaled = FloatText.scaled(x, precision: digits), scaled < 1 << 53 {
      let rounded = Double(UInt64(scaled)) / FloatText.powersOfTen[digits]
      return x < 0 ? -rounded : rounded
    }
    var decimal = DecimalDigits(exactly: x)
    decimal.round(to: decimal.point + digits)
    var text: [UInt8] = x < 0 ? [UInt8(ascii: "-")] : []
    text += decimal.digits.isEmpty ? [UInt8(ascii: "0")] : decimal.digits.map { $0 + UInt8(ascii: "0") }
    text += Array("e\(decimal.point - decimal.digits.count)".utf8)
    let result = FloatText.parse(text) ?? x
    if result.isInfinite { throw raise(.overflowError, "rounded value too large to represent") }
    return result
  }
}
