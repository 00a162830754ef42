/// `__format__` of int, float and complex.
enum NumberFormat {
  /// The rows of the types' tables.
  static func int(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.formatInteger(a[0], spec(vm, a)) }
  static func float(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.formatFloat(a[0], spec(vm, a)) }
  static func complex(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.formatComplex(a[0], spec(vm, a)) }

  static func spec(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.requireString(a[1], argument: "__format__() argument")
    return a[1]
  }

  // MARK: Integers

  static func integer(_ vm: VM, _ value: Value, _ spec: FormatSpec) throws(Unwind) -> Value {
    if spec.precision >= 0 { throw vm.raise(.valueError, "Precision not allowed in integer format specifier") }
    if spec.avoidsNegativeZero {
      throw vm.raise(.valueError, "Negative zero coercion (z) not allowed in integer format specifier")
    }
    var parts = NumberParts()
    if spec.type == 0x63 { return try character(vm, value, spec) }
    let radix = radix(spec.type)
    let digits = try IntegerDigits(vm, value, radix: radix)
    parts.isNegative = digits.isNegative
    parts.digits = digits.digits
    if radix != 10 {
      parts.groupSize = spec.grouping == 0x5F ? 4 : 3
      if spec.isAlternate { parts.prefix = [0x30, UInt8(truncatingIfNeeded: spec.type)] }
      if spec.type == 0x58 { parts.digits = parts.digits.map { $0 &- 0x61 < 26 ? $0 &- 32 : $0 } }
    }
    return try parts.string(vm, spec)
  }

  private static func radix(_ type: UInt32) -> Int {
    switch type {
    case 0x62: 2
    case 0x6F: 8
    case 0x78, 0x58: 16
    default: 10
    }
  }

  private static func character(_ vm: VM, _ value: Value, _ spec: FormatSpec) throws(Unwind) -> Value {
    if spec.hasSign { throw vm.raise(.valueError, "Sign not allowed with integer format specifier 'c'") }
    if spec.isAlternate {
      throw vm.raise(.valueError, "Alternate form (#) not allowed with integer format specifier 'c'")
    }
    guard let code = vm.asInt(value) else {
      throw vm.raise(.overflowError, "Python int too large to convert to C long")
    }
    guard code >= 0, code < 0x110000 else { throw vm.raise(.overflowError, "%c arg not in range(0x110000)") }
    let text = try vm.character(UInt32(code))
    return try vm.formatText(text, spec, align: spec.align ?? .left)
  }

  // MARK: Floats

  static func float(_ vm: VM, _ double: Double, _ spec: FormatSpec) throws(Unwind) -> Value {
    try parts(vm, double, spec).string(vm, spec)
  }

  /// The digits and the rest of a float; the type 0 is `repr`'s, or general with a precision.
  static func parts(
    _ vm: VM, _ double: Double, _ spec: FormatSpec, reprAddsPoint: Bool = true
  ) throws(Unwind) -> NumberParts {
    let letter = spec.type | 0x20
    let text = try floatText(vm, double, spec, reprAddsPoint)
    var parts = NumberParts()
    var start = 0
    if text.first == 0x2D {
      start = 1
      parts.isNegative = !(spec.avoidsNegativeZero && isZero(text))
    }
    var end = start
    while end < text.count, text[end] &- 0x30 < 10 { end += 1 }
    parts.digits = Array(text[start..<end])
    parts.rest = Array(text[end...])
    if spec.type == 0x25 { parts.rest.append(0x25) }
    // E, F and G write everything in capitals.
    if spec.type &- 0x41 < 26, letter != spec.type {
      parts.rest = parts.rest.map { $0 &- 0x61 < 26 ? $0 &- 32 : $0 }
    }
    return parts
  }

  private static func floatText(
    _ vm: VM, _ double: Double, _ spec: FormatSpec, _ reprAddsPoint: Bool
  ) throws(Unwind) -> [UInt8] {
    let precision = spec.precision
    if precision > Int(Int32.max) { throw vm.raise(.valueError, "precision too big") }
    if precision > 512 {
      try vm.requireRoom(precision)
      try vm.charge(precision >> 1)
    }
    let isAlternate = spec.isAlternate
    switch spec.type {
    case 0x65, 0x45:
      return FloatText.format(double, .exponent, precision: precision < 0 ? 6 : precision, isAlternate: isAlternate)
    case 0x66, 0x46, 0x25:
      let scaled = spec.type == 0x25 ? double * 100 : double
      return FloatText.format(scaled, .fixed, precision: precision < 0 ? 6 : precision, isAlternate: isAlternate)
    case 0x67, 0x47, 0x6E:
      return FloatText.format(double, .general, precision: precision < 0 ? 6 : precision, isAlternate: isAlternate)
    default:
      if precision < 0 {
        return FloatText.format(double, .shortest, isAlternate: isAlternate, addsPointZero: reprAddsPoint)
      }
      return FloatText.format(
        double, .general, precision: precision, isAlternate: isAlternate, addsPointZero: reprAddsPoint)
    }
  }

  /// Whether a float's text has no digit but zeros before its exponent.
  private static func isZero(_ text: [UInt8]) -> Bool {
    for byte in text {
      if byte | 0x20 == 0x65 { break }
      if byte &- 0x31 < 9 || byte | 0x20 == 0x6E { return false }
    }
    return true
  }

  // MARK: Complex

  static func complex(_ vm: VM, _ real: Double, _ imaginary: Double, _ spec: FormatSpec) throws(Unwind) -> Value {
    if spec.fill == 0x30 { throw vm.raise(.valueError, "Zero padding is not allowed in complex format specifier") }
    if spec.align == .afterSign {
      throw vm.raise(.valueError, "'=' alignment flag is not allowed in complex format specifier")
    }
    let isRepr = spec.type == 0
    let skipsReal = isRepr && real == 0 && real.sign == .plus
    var body: [UInt8] = []
    if isRepr, !skipsReal { body.append(0x28) }
    var part = spec
    part.width = -1
    if !skipsReal {
      let (sign, text) = try parts(vm, real, part, reprAddsPoint: false).text(part)
      body += sign + text
      part.sign = 0x2B
    }
    let (sign, text) = try parts(vm, imaginary, part, reprAddsPoint: false).text(part)
    body += sign + text + [0x6A]
    if isRepr, !skipsReal { body.append(0x29) }
    return try NumberParts.pad(vm, spec, [], body)
  }
}

extension VM {
  /// Raises MemoryError when `bytes` more would pass the limit; for work outside of the cage.
  func requireRoom(_ bytes: Int) throws(Unwind) {
    guard bytes < 1 << 30, usedBytes + bytes <= self[.memoryLimit] else { throw raiseMemoryError() }
  }

  /// `int.__format__`.
  func formatInteger(_ value: Value, _ spec: Value) throws(Unwind) -> Value {
    let view = PyString(self, spec)
    if view.count == 0 { return isExactly(value, .int) ? try IntText.string(self, value) : try str(value) }
    if value.isInt, let quick = try formatSmallQuickly(value.int, view) { return quick }
    let parsed = try FormatSpec(self, view, defaultType: 0x64, isNumber: true, typeName: typeName(value))
    switch Unicode.Scalar(parsed.type) {
    case "b", "c", "d", "o", "x", "X", "n": return try NumberFormat.integer(self, value, parsed)
    case "e", "E", "f", "F", "g", "G", "%":
      return try NumberFormat.float(self, double(value), parsed)
    default: throw parsed.unknownType(self, typeName(value))
    }
  }

  /// `float.__format__`.
  func formatFloat(_ value: Value, _ spec: Value) throws(Unwind) -> Value {
    let view = PyString(self, spec)
    if view.count == 0 { return try str(value) }
    let double = asDouble(value) ?? 0
    if let quick = try formatFixedQuickly(double, view) { return quick }
    let parsed = try FormatSpec(self, view, defaultType: 0, isNumber: true, typeName: typeName(value))
    switch Unicode.Scalar(parsed.type) {
    case "\0", "e", "E", "f", "F", "g", "G", "n", "%": return try NumberFormat.float(self, double, parsed)
    default: throw parsed.unknownType(self, typeName(value))
    }
  }

  /// `complex.__format__`.
  func formatComplex(_ value: Value, _ spec: Value) throws(Unwind) -> Value {
    let view = PyString(self, spec)
    if view.count == 0 { return try str(value) }
    let parsed = try FormatSpec(self, view, defaultType: 0, isNumber: true, typeName: typeName(value))
    switch Unicode.Scalar(parsed.type) {
    case "\0", "e", "E", "f", "F", "g", "G", "n":
      let object = words(value)
      return try NumberFormat.complex(
        self, Double(bitPattern: object[1]), Double(bitPattern: object[2]), parsed)
    default: throw parsed.unknownType(self, typeName(value))
    }
  }

  /// `[0][width]` and one of `d`, `x`, `X`, `b`, `o` or nothing, for a small integer: nil for any other spec.
  private func formatSmallQuickly(_ int: Int, _ spec: PyString) throws(Unwind) -> Value? {
    guard spec.isASCII, spec.count <= 4 else { return nil }
    var position = 0
    var end = spec.count
    var type: UInt8 = 0x64
    let last = spec.units[end &- 1]
    if last &- 0x30 >= 10 {
      type = last
      end &-= 1
    }
    let shift: Int
    switch type {
    case 0x64: shift = 0
    case 0x78: shift = 4
    default: return nil
    }
    let isZeroPadded = end > 0 && spec.units[0] == 0x30
    if isZeroPadded { position = 1 }
    var width = 0
    while position < end {
      let digit = spec.units[position] &- 0x30
      if digit >= 10 { return nil }
      width = width &* 10 &+ Int(digit)
      position &+= 1
    }
    let length: Int
    if shift == 0 {
      length = decimalLength(int)
    } else {
      let bits = max(1, Int.bitWidth - int.magnitude.leadingZeroBitCount)
      length = (bits &+ 3) / 4 &+ (int < 0 ? 1 : 0)
    }
    if length == 1, width <= 1 {
      let digit = int.magnitude
      return try character(UInt32(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit))
    }
    let count = max(width, length)
    let value = try allocateString(count: count, widthShift: 0, isASCII: true)
    let units = words(value).bytes(from: 2)
    let missing = count &- length
    let fill: UInt8 = isZeroPadded ? 0x30 : 0x20
    for index in 0..<missing { units[index] = fill }
    let target = units.advanced(by: missing)
    if shift == 0 {
      target.putDecimal(int, count: length)
    } else {
      target.putHex(int, count: length)
    }
    if isZeroPadded, missing > 0, int < 0 {
      target[0] = 0x30
      units[0] = 0x2D
    }
    return value
  }

  /// `[width].nf` with one digit n, for a float.
  private func formatFixedQuickly(_ double: Double, _ spec: PyString) throws(Unwind) -> Value? {
    let end = spec.count
    guard spec.isASCII, end >= 3, end <= 5, spec.units[end &- 1] == 0x66, spec.units[end &- 3] == 0x2E else {
      return nil
    }
    let precision = Int(spec.units[end &- 2] &- 0x30)
    guard precision < 10, double.magnitude < 1e9 else { return nil }
    var width = 0
    for index in 0..<end &- 3 {
      let digit = spec.units[index] &- 0x30
      guard digit < 10, width > 0 || digit > 0 else { return nil }
      width = width &* 10 &+ Int(digit)
    }
    guard let scaled = FloatText.scaled(double, precision: precision), let digits = Int(exactly: scaled) else {
      return nil
    }
    // A digit before the point at least.
    let digitCount = max(decimalLength(digits), precision &+ 1)
    let sign = double.sign == .minus ? 1 : 0
    let length = sign &+ digitCount &+ (precision > 0 ? 1 : 0)
    let count = max(width, length)
    if count == 1 { return try character(UInt32(0x30 &+ digits)) }
    let value = try allocateString(count: count, widthShift: 0, isASCII: true)
    let units = words(value).bytes(from: 2)
    for index in 0..<count &- length { units[index] = 0x20 }
    var rest = UInt(digits)
    var place = count
    for written in 0..<digitCount {
      if written == precision, precision > 0 {
        place &-= 1
        units[place] = 0x2E
      }
      place &-= 1
      let quotient = rest / 10
      units[place] = UInt8(truncatingIfNeeded: 0x30 &+ rest &- quotient &* 10)
      rest = quotient
    }
    if sign == 1 { units[place &- 1] = 0x2D }
    return value
  }
}

extension Bytes {
  /// Writes an integer in hexadecimal, right-aligned in `count` bytes; its sign at once before the first digit.
  func putHex(_ int: Int, count: Int) {
    var magnitude = int.magnitude
    var place = count
    repeat {
      place &-= 1
      let digit = UInt8(truncatingIfNeeded: magnitude & 15)
      self[place] = digit < 10 ? 0x30 &+ digit : 0x57 &+ digit
      magnitude >>= 4
    } while magnitude != 0
    if int < 0 { self[place &- 1] = 0x2D }
  }
}
