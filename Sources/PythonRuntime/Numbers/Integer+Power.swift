extension VM {
  /// a ** b for b ≥ 0. The size of the result is checked first.
  func powerInteger(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    if sign(b) == 0 { return Value(small: 1) }
    if let base = asInt(a), base >= -1, base <= 1 {
      if base != -1 { return Value(small: base) }
      return Value(small: lowBits(b) & 1 == 0 ? 1 : -1)
    }
    let bits = bitLength(a)
    guard let exponent = asInt(b), exponent < 1 << 40, (bits &- 1) &* exponent < IntLayout.maxLimbs &* 64 else {
      throw raiseMemoryError()
    }
    if bits &* exponent <= 62, let base = asInt(a) {
      var result = 1
      var square = base
      var rest = exponent
      while true {
        if rest & 1 != 0 { result = result &* square }
        rest >>= 1
        if rest == 0 { break }
        square = square &* square
      }
      return try integer(result)
    }
    let parts = try integerParts(a)
    // A power of two is a shift.
    if let base = asInt(a), base.magnitude & (base.magnitude &- 1) == 0 {
      let isNegative = base < 0 && exponent & 1 == 1
      return try shiftLeft(Integer(one(), isNegative: isNegative), by: (bits &- 1) &* exponent)
    }
    // From the exponent's top: square, and multiply by the base, which stays short.
    var result = Integer(parts.limbs, isNegative: false)
    var position = 62 - exponent.leadingZeroBitCount
    var value: Value = a
    while position >= 0 {
      value = try product(result, result)
      result = try integerParts(value)
      if exponent >> position & 1 != 0 {
        value = try product(result, Integer(parts.limbs, isNegative: false))
        result = try integerParts(value)
      }
      position -= 1
    }
    if exponent == 1 { return try exactInteger(a) }
    return parts.isNegative && exponent & 1 == 1 ? try negateInteger(value) : value
  }

  private func one() throws(Unwind) -> Limbs {
    let limbs = try newLimbs(1)
    limbs[0] = 1
    return limbs
  }

  /// pow(a, b, m), the sign of the result being that of m.
  func powerInteger(_ a: Value, _ b: Value, modulo m: Value) throws(Unwind) -> Value {
    let sign = self.sign(m)
    if sign == 0 { throw raise(.valueError, "pow() 3rd argument cannot be 0") }
    let modulus = try absoluteInteger(m)
    if modulus == Value(small: 1) { return .zero }
    var base = a
    var exponent = b
    if self.sign(b) < 0 {
      exponent = try negateInteger(b)
      guard let inverse = try inverse(of: a, modulo: modulus) else {
        throw raise(.valueError, "base is not invertible for the given modulus")
      }
      base = inverse
    }
    base = try moduloIntegers(base, modulus)
    let result: Value
    if modulus.isInt {
      result = Value(small: Int(try powerWord(
        UInt64(base.int), integerParts(exponent).limbs, UInt64(modulus.int))))
    } else {
      result = try powerLong(base, exponent, modulus)
    }
    return sign < 0 && result != .zero ? try addIntegers(result, m) : result
  }

  /// All in machine words, the modulus at least 2.
  private func powerWord(_ base: UInt64, _ exponent: Limbs, _ modulus: UInt64) throws(Unwind) -> UInt64 {
    try charge(exponent.count &* 32)
    let shift = UInt64(modulus.leadingZeroBitCount)
    let unit = LimbDivisor(normalized: modulus << shift)
    // a × b mod m: the product shifted by as much as the modulus keeps its high limb below the divisor.
    func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
      let (high, low) = a.multipliedFullWidth(by: b << shift)
      return unit.divide(high, low).remainder >> shift
    }
    var result: UInt64 = 1
    var position = exponent.bitLength - 1
    while position >= 0 {
      result = multiply(result, result)
      if exponent.hasBit(position) { result = multiply(result, base) }
      position -= 1
    }
    return result
  }

  /// Windows of four bits; products and remainders in buffers that are used again and again.
  private func powerLong(_ base: Value, _ exponent: Value, _ modulus: Value) throws(Unwind) -> Value {
    let modulusParts = Integer(object: words(modulus)).limbs
    let size = max(modulusParts.count, 2)
    // The divisor with its highest bit set, and everything else shifted alike.
    let divisor = try newLimbs(size)
    divisor.clear()
    divisor.copy(from: modulusParts)
    // A modulus of one limb is moved up by a limb: remainders of (x × 2^64) by (m × 2^64) are those of x by m, moved likewise.
    let moved = modulusParts.count == 1 ? 1 : 0
    if moved == 1 {
      divisor[1] = divisor[0]
      divisor[0] = 0
    }
    let shift = divisor[size - 1].leadingZeroBitCount
    divisor.setShiftedLeft(divisor, shift)
    let product = try newLimbs(2 * size + moved + 1)
    let quotient = try newLimbs(size + moved + 2)
    let scratch = try newLimbs(max(Limbs.productScratch(size, size), Limbs.divisionScratch(size)) + 1)
    let exponentLimbs = try integerParts(exponent).limbs
    let table = try newLimbs(16 * size)
    let result = try newLimbs(size)

    /// target = x × y mod m
    func multiply(_ target: Limbs, _ x: Limbs, _ y: Limbs) throws(Unwind) {
      try chargeProduct(size, size)
      try chargeProduct(size, size)
      let whole = product.part(moved, 2 * size)
      product.prefix(moved).clear()
      whole.setProduct(x, y, scratch: scratch)
      let used = product.prefix(2 * size + moved)
      product[used.count] = used.setShiftedLeft(used, shift)
      product.divide(divisor, quotient: quotient.prefix(product.count - size), scratch: scratch)
      let rest = product.prefix(size)
      rest.setShiftedRight(rest, shift)
      target.clear()
      target.copy(from: rest.from(moved))
    }

    table.clear()
    table[0] = 1
    let baseParts = try integerParts(base).limbs
    table.part(size, size).copy(from: baseParts)
    for index in 2..<16 { try multiply(table.part(index * size, size), table.part((index - 1) * size, size), table.part(size, size)) }
    result.copy(from: table.prefix(size))
    var position = (exponentLimbs.bitLength + 3) / 4 * 4 - 4
    var isOne = true
    while position >= 0 {
      if !isOne { for _ in 0..<4 { try multiply(result, result, result) } }
      let digit = Int(exponentLimbs[position >> 6] >> UInt64(position & 63) & 15)
      if digit != 0 {
        try multiply(result, result, table.part(digit * size, size))
        isOne = false
      }
      position -= 4
    }
    return try integer(copying: result, isNegative: false)
  }

  /// The inverse of a modulo m > 1, by the extended algorithm of Euclid; nil when there is none.
  func inverse(of a: Value, modulo m: Value) throws(Unwind) -> Value? {
    var (r0, r1) = (m, try moduloIntegers(a, m))
    var (t0, t1) = (Value.zero, Value(small: 1))
    while sign(r1) != 0 {
      let (quotient, remainder) = try divmodIntegers(r0, r1)
      (r0, r1) = (r1, remainder)
      (t0, t1) = (t1, try subtractIntegers(t0, multiplyIntegers(quotient, t1)))
    }
    return r0 == Value(small: 1) ? try moduloIntegers(t0, m) : nil
  }

  /// The greatest common divisor, not negative.
  func greatestCommonDivisor(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    var (x, y) = (try absoluteInteger(a), try absoluteInteger(b))
    while !(x.isInt && y.isInt) {
      if sign(y) == 0 { return x }
      (x, y) = (y, try moduloIntegers(x, y))
    }
    var (m, n) = (x.int, y.int)
    while n != 0 { (m, n) = (n, m % n) }
    return Value(small: m)
  }
}
