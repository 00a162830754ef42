extension VM {
  /// and, or, xor of ints as if in two's complement of endless width.
  func bitwise(_ op: BinaryOperation, _ a: Value, _ b: Value) throws(Unwind) -> Value {
    if let x = asWide(a), let y = asWide(b) {
      switch op {
      case .and: return try integer(wide: x & y)
      case .or: return try integer(wide: x | y)
      default: return try integer(wide: x ^ y)
      }
    }
    if op == .and {
      // A small mask that is not negative sees the lowest limb only.
      if b.isInt, b.int >= 0 { return Value(small: Int(truncatingIfNeeded: lowBits(a)) & b.int) }
      if a.isInt, a.int >= 0 { return Value(small: Int(truncatingIfNeeded: lowBits(b)) & a.int) }
    }
    return try bitwise(op, integerParts(a), integerParts(b))
  }

  /// The lowest 64 bits of an int in two's complement.
  func lowBits(_ value: Value) -> UInt64 {
    if value.isRef { return Integer(object: words(value)).lowBits }
    return UInt64(bitPattern: Int64(value.isInt ? value.int : value == .true ? 1 : 0))
  }

  private func bitwise(_ op: BinaryOperation, _ a: Integer, _ b: Integer) throws(Unwind) -> Value {
    let isNegative: Bool
    switch op {
    case .and: isNegative = a.isNegative && b.isNegative
    case .or: isNegative = a.isNegative || b.isNegative
    default: isNegative = a.isNegative != b.isNegative
    }
    var count = max(a.count, b.count)
    if op == .and {
      // A positive operand cuts the other one off.
      if !a.isNegative { count = b.isNegative ? a.count : min(a.count, b.count) } else if !b.isNegative { count = b.count }
    }
    let result = try newInteger(limbs: count &+ 1)
    try charge(count >> 2)
    var (carryA, carryB, carry): (UInt64, UInt64, UInt64) = (1, 1, 1)
    var index = 0
    while index <= count {
      let x = Self.complement(index < a.count ? a.limbs[index] : 0, if: a.isNegative, &carryA)
      let y = Self.complement(index < b.count ? b.limbs[index] : 0, if: b.isNegative, &carryB)
      let bits: UInt64
      switch op {
      case .and: bits = x & y
      case .or: bits = x | y
      default: bits = x ^ y
      }
      result[index] = Self.complement(bits, if: isNegative, &carry)
      index &+= 1
    }
    return finish(result, isNegative: isNegative)
  }

  /// The next limb of a number's two's complement; `carry` starts as 1.
  @inline(__always)
  private static func complement(_ limb: UInt64, if isNegative: Bool, _ carry: inout UInt64) -> UInt64 {
    guard isNegative else { return limb }
    let (sum, overflow) = (~limb).addingReportingOverflow(carry)
    carry = overflow ? 1 : 0
    return sum
  }

  /// The number of ones in the magnitude.
  func bitCount(_ value: Value) -> Int {
    if value.isRef {
      let limbs = Integer(object: words(value)).limbs
      var total = 0
      for index in 0..<limbs.count { total &+= limbs[index].nonzeroBitCount }
      return total
    }
    return value.isInt ? value.int.magnitude.nonzeroBitCount : value == .true ? 1 : 0
  }

  /// The lowest `count` bytes of an int in two's complement, least significant first; zero or all ones beyond its limbs.
  func littleEndianBytes(_ value: Value, count: Int) throws(Unwind) -> [UInt8] {
    let parts = try integerParts(value)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    var carry: UInt64 = 1
    var index = 0
    while bytes.count < count {
      var limb = Self.complement(index < parts.count ? parts.limbs[index] : 0, if: parts.isNegative, &carry)
      for _ in 0..<min(8, count - bytes.count) {
        bytes.append(UInt8(truncatingIfNeeded: limb))
        limb >>= 8
      }
      index &+= 1
    }
    return bytes
  }

  /// The int of bytes, least significant first.
  func integer(littleEndian bytes: [UInt8], isSigned: Bool) throws(Unwind) -> Value {
    let isNegative = isSigned && (bytes.last ?? 0) >= 0x80
    let limbs = try newInteger(limbs: (bytes.count + 7) / 8 + 1)
    var carry: UInt64 = 1
    for index in 0..<limbs.count {
      var limb: UInt64 = 0
      for byte in 0..<8 {
        let position = index * 8 + byte
        let bits = position < bytes.count ? bytes[position] : isNegative ? 0xFF : 0
        limb |= UInt64(bits) << UInt64(byte * 8)
      }
      limbs[index] = Self.complement(limb, if: isNegative, &carry)
    }
    return finish(limbs, isNegative: isNegative)
  }
}
