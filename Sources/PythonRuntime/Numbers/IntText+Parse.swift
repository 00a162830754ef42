extension VM {
  /// How many decimal digits `int(str)` and `str(int)` may have; 0 is no limit.
  var maxIntDigits: Int {
    get { self[.maxIntDigits] == 0 ? 4300 : max(self[.maxIntDigits], 0) }
    nonmutating set { self[.maxIntDigits] = newValue == 0 ? -1 : newValue }
  }
}

extension IntText {
  /// `int(string, base)` of a str object: base 0 or 2…36.
  static func parse(_ vm: VM, string: Value, base: Int) throws(Unwind) -> Value {
    let text = PyString(vm, string)
    if base == 10, text.isASCII, let quick = parseQuickly(text) { return quick }
    if let value = try parse(vm, bytes: asciiDigits(vm, string), base: base) { return value }
    throw try invalidLiteral(vm, string, base)
  }

  /// `int(bytes, base)`; `literal` is what the message shows.
  static func parse(_ vm: VM, bytes: [UInt8], base: Int, literal: Value) throws(Unwind) -> Value {
    if let value = try parse(vm, bytes: bytes, base: base) { return value }
    throw try invalidLiteral(vm, literal, base)
  }

  private static func invalidLiteral(_ vm: VM, _ literal: Value, _ base: Int) throws(Unwind) -> Unwind {
    let shown = PyString(vm, try vm.repr(literal)).swiftString
    // The message has no more than 200 characters of it.
    return vm.raise(.valueError, "invalid literal for int() with base \(base): \(String(shown.unicodeScalars.prefix(200)))")
  }

  /// Up to 18 digits with a sign and nothing else.
  private static func parseQuickly(_ text: PyString) -> Value? {
    let units = text.units
    var index = 0
    let isNegative = text.count > 0 && units[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    guard index < text.count, text.count &- index <= 18 else { return nil }
    var value = 0
    while index < text.count {
      let digit = units[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int(digit)
      index &+= 1
    }
    return Value(small: isNegative ? 0 &- value : value)
  }

  /// The characters of a string with decimal digits of any script as ASCII ones and spaces of any kind as spaces; `?` for all others.
  static func asciiDigits(_ vm: VM, _ string: Value) -> [UInt8] {
    let text = PyString(vm, string)
    if text.isASCII { return text.units.array(count: text.count) }
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    for index in 0..<text.count {
      let code = text[index]
      if code < 0x80 {
        out.append(UInt8(code))
      } else if let scalar = Unicode.Scalar(code) {
        let properties = scalar.properties
        if properties.isWhitespace {
          out.append(UInt8(ascii: " "))
        } else if properties.numericType == .decimal, let value = properties.numericValue {
          out.append(UInt8(ascii: "0") + UInt8(value))
        } else {
          out.append(UInt8(ascii: "?"))
        }
      } else {
        out.append(UInt8(ascii: "?"))
      }
    }
    return out
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte >= 9 && byte <= 13 || byte >= 0x1C && byte <= 0x1F }

  /// The int that the bytes spell (spaces around, sign, prefix, underscores), or nil.
  static func parse(_ vm: VM, bytes: [UInt8], base: Int) throws(Unwind) -> Value? {
    var start = 0
    var end = bytes.count
    while start < end, isSpace(bytes[start]) { start += 1 }
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    var isNegative = false
    if start < end, bytes[start] == UInt8(ascii: "-") || bytes[start] == UInt8(ascii: "+") {
      isNegative = bytes[start] == UInt8(ascii: "-")
      start += 1
    }
    var base = base
    var mustBeZero = false
    if start + 1 < end, bytes[start] == UInt8(ascii: "0") {
      let prefixed = prefixBase(bytes[start + 1])
      if prefixed != 0, base == 0 || base == prefixed {
        base = prefixed
        start += 2
        if start < end, bytes[start] == UInt8(ascii: "_") { start += 1 }
      } else if base == 0 {
        // No octal numbers of old: only zeros may follow a zero.
        mustBeZero = true
        base = 10
      }
    } else if base == 0 {
      base = 10
    }
    var digits: [UInt8] = []
    digits.reserveCapacity(end - start)
    var wasDigit = false
    while start < end {
      let byte = bytes[start]
      if byte == UInt8(ascii: "_") {
        guard wasDigit else { return nil }
        wasDigit = false
      } else {
        let value = digitValue(byte)
        guard value < base else { return nil }
        digits.append(UInt8(value))
        wasDigit = true
      }
      start += 1
    }
    guard wasDigit else { return nil }
    if mustBeZero, digits.contains(where: { $0 != 0 }) { return nil }
    let magnitude = try value(vm, digits[...], base: base)
    return isNegative ? try vm.negateInteger(magnitude) : magnitude
  }

  private static func prefixBase(_ byte: UInt8) -> Int {
    switch byte | 0x20 {
    case UInt8(ascii: "x"): return 16
    case UInt8(ascii: "o"): return 8
    case UInt8(ascii: "b"): return 2
    default: return 0
    }
  }

  private static func digitValue(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): return Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): return Int(byte - UInt8(ascii: "A")) + 10
    default: return 99
    }
  }

  /// The int of digits, the most significant one first.
  private static func value(_ vm: VM, _ digits: ArraySlice<UInt8>, base: Int) throws(Unwind) -> Value {
    if base & (base - 1) == 0 { return try packed(vm, digits, width: base.trailingZeroBitCount) }
    let limit = vm.maxIntDigits
    if limit > 0, digits.count > limit {
      throw vm.raise(
        .valueError,
        "Exceeds the limit (\(limit) digits) for integer string conversion: value has \(digits.count) digits; "
          + "use sys.set_int_max_str_digits() to increase the limit")
    }
    var chunkDigits = 1
    while chunkDigits < 12 || base <= 10 && chunkDigits < IntText.chunkDigits { chunkDigits += 1 }
    return try byHalves(vm, digits, base: base, chunkDigits: chunkDigits)
  }

  private static func byHalves(
    _ vm: VM, _ digits: ArraySlice<UInt8>, base: Int, chunkDigits: Int
  ) throws(Unwind) -> Value {
    guard digits.count > 2400 else {
      try vm.charge(digits.count * digits.count / 4000 + digits.count / 8)
      let limbs = try vm.newInteger(limbs: digits.count / chunkDigits + 2)
      limbs.clear()
      var used = 0
      var index = digits.startIndex
      while index < digits.endIndex {
        let end = min(index + chunkDigits, digits.endIndex)
        var chunk: UInt64 = 0
        var scale: UInt64 = 1
        while index < end {
          chunk = chunk &* UInt64(base) &+ UInt64(digits[index])
          scale = scale &* UInt64(base)
          index += 1
        }
        let carry = limbs.prefix(used).setProduct(limbs.prefix(used), scale, carry: chunk)
        if carry != 0 {
          limbs[used] = carry
          used += 1
        }
      }
      return vm.finish(limbs, isNegative: false)
    }
    let low = digits.count / 2
    let middle = digits.endIndex - low
    let upper = try byHalves(vm, digits[..<middle], base: base, chunkDigits: chunkDigits)
    let lower = try byHalves(vm, digits[middle...], base: base, chunkDigits: chunkDigits)
    let scale = try vm.powerInteger(Value(small: base), Value(small: low))
    return try vm.addIntegers(vm.multiplyIntegers(upper, scale), lower)
  }

  /// Digits of a power of two: `width` bits each.
  private static func packed(_ vm: VM, _ digits: ArraySlice<UInt8>, width: Int) throws(Unwind) -> Value {
    let limbs = try vm.newInteger(limbs: digits.count * width / 64 + 1)
    try vm.charge(digits.count / 8)
    limbs.clear()
    var position = 0
    for digit in digits.reversed() {
      let (index, shift) = (position >> 6, position & 63)
      limbs[index] |= UInt64(digit) << UInt64(shift)
      if shift + width > 64 { limbs[index + 1] |= UInt64(digit) >> UInt64(64 - shift) }
      position += width
    }
    return vm.finish(limbs, isNegative: false)
  }
}
