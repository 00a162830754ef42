extension IntType {
  /// `int(x=0, /, base=10)`.
  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let owner = try vm.constructedClass(a[0], .int, "int")
    let value = try converted(vm, a[1], base: a[2])
    return owner == vm.type(.int) ? value : try vm.newInstance(of: owner, integer: value)
  }

  private static func converted(_ vm: VM, _ x: Value, base: Value) throws(Unwind) -> Value {
    if x.isUnbound {
      if !base.isUnbound { throw vm.raise(.typeError, "int() missing string argument") }
      return .zero
    }
    if base.isUnbound { return try vm.integerFromNumber(x) }
    let index = try vm.index(base)
    guard let radix = vm.asInt(index), radix == 0 || radix >= 2 && radix <= 36 else {
      throw vm.raise(.valueError, "int() base must be >= 2 and <= 36, or 0")
    }
    if vm.isString(x) { return try IntText.parse(vm, string: x, base: radix) }
    if let bytes = vm.bytesContents(x) { return try parse(vm, bytes, x, radix) }
    throw vm.raise(.typeError, "int() can't convert non-string with explicit base")
  }

  fileprivate static func parse(_ vm: VM, _ bytes: [UInt8], _ value: Value, _ base: Int) throws(Unwind) -> Value {
    // The message shows what is not bytes as bytes.
    let shown = vm.is(value, .bytes) ? value : try vm.newBytes(bytes)
    return try IntText.parse(vm, bytes: bytes, base: base, literal: shown)
  }
}

extension VM {
  /// `int(x)`: of anything that is a number or spells one.
  func integerFromNumber(_ x: Value) throws(Unwind) -> Value {
    if x.isInt { return x }
    if isExactString(x) { return try IntText.parse(self, string: x, base: 10) }
    switch numberClass(x) {
    case .integer: return try exactInteger(x)
    case .float: return try integer(truncating: doubleBits(x))
    default: break
    }
    if let method = lookupSpecial(x, .int) {
      let result = try callBound(method, x)
      guard isInteger(result) else {
        throw raise(.typeError, "__int__ returned non-int (type \(typeName(result)))")
      }
      try warnOfSubclass(result, .int, from: "__int__")
      return try exactInteger(result)
    }
    if lookupSpecial(x, .index) != nil { return try exactInteger(index(x)) }
    if let method = lookupSpecial(x, .trunc) {
      try warn(.deprecationWarning, "The delegation of int() to __trunc__ is deprecated.")
      let result = try callBound(method, x)
      if isInteger(result) { return try exactInteger(result) }
      guard lookupSpecial(result, .index) != nil else {
        throw raise(.typeError, "__trunc__ returned non-Integral (type \(typeName(result)))")
      }
      return try exactInteger(index(result))
    }
    if isString(x) { return try IntText.parse(self, string: x, base: 10) }
    if let bytes = bytesContents(x) { return try IntType.parse(self, bytes, x, 10) }
    throw raise(
      .typeError,
      "int() argument must be a string, a bytes-like object or a real number, not '\(typeName(x))'")
  }

  /// What a conversion gave is to be of the type itself, and not of a subclass.
  func warnOfSubclass(_ result: Value, _ known: WellKnown, from method: String) throws(Unwind) {
    guard classOf(result) != type(known) else { return }
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(result)
    let name = className(type(known))
    try warn(
      .deprecationWarning,
      "\(method) returned non-\(name) (type \(typeName(result))).  The ability to return an instance of a strict"
        + " subclass of \(name) is deprecated, and may be removed in a future version of Python.")
  }

  /// An instance of a subclass of int.
  func newInstance(of owner: Ref, integer value: Value) throws(Unwind) -> Value {
    let parts = try integerParts(value)
    let ref = try allocateSubclassable(.int, class: owner, words: 2 + parts.count)
    let object = words(ref)
    object[1] = UInt64(parts.count) | (parts.isNegative ? 1 << 32 : 0)
    Limbs(object, from: IntLayout.firstLimb, count: parts.count).copy(from: parts.limbs)
    return Value(ref)
  }

  /// `round(a, digits)`: to a multiple of a power of ten, halves to even.
  func roundInteger(_ a: Value, digits: Value) throws(Unwind) -> Value {
    if sign(digits) >= 0 { return try exactInteger(a) }
    // Far beyond the number's own digits everything is rounded to zero.
    guard let places = asInt(digits), places > -(bitLength(a) / 3 + 3) else { return .zero }
    let unit = try powerInteger(Value(small: 10), Value(small: -places))
    let (quotient, remainder) = try divmodIntegers(a, unit)
    let order = compareIntegers(try addIntegers(remainder, remainder), unit)
    let lower = try subtractIntegers(a, remainder)
    let isOdd = lowBits(quotient) & 1 == 1
    return order > 0 || order == 0 && isOdd ? try addIntegers(lower, unit) : lower
  }
}
