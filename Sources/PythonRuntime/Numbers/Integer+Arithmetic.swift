// Arithmetic of ints of any size. All operands are ints, bools or instances of subclasses; results are exact ints.
extension VM {
  // MARK: Sums

  func addIntegers(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    if let x = asPair(a), let y = asPair(b), let sum = try sum(x, y) { return sum }
    return try sum(integerParts(a), integerParts(b))
  }

  func subtractIntegers(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    if let x = asPair(a), let y = asPair(b), let sum = try sum(x, (y.magnitude, !y.isNegative)) { return sum }
    return try sum(integerParts(a), integerParts(b).negated)
  }

  /// The sum of numbers of two limbs; nil when it needs a third one.
  @inline(__always)
  private func sum(
    _ x: (magnitude: UInt128, isNegative: Bool), _ y: (magnitude: UInt128, isNegative: Bool)
  ) throws(Unwind) -> Value? {
    if x.isNegative == y.isNegative {
      let (total, overflow) = x.magnitude.addingReportingOverflow(y.magnitude)
      return overflow ? nil : try integer(magnitude: total, isNegative: x.isNegative)
    }
    return x.magnitude >= y.magnitude
      ? try integer(magnitude: x.magnitude &- y.magnitude, isNegative: x.isNegative)
      : try integer(magnitude: y.magnitude &- x.magnitude, isNegative: y.isNegative)
  }

  func sum(_ a: Integer, _ b: Integer) throws(Unwind) -> Value {
    if a.isNegative == b.isNegative {
      let (long, short) = a.count >= b.count ? (a.limbs, b.limbs) : (b.limbs, a.limbs)
      let result = try newInteger(limbs: long.count &+ 1)
      try charge(long.count >> 3)
      result[long.count] = result.prefix(long.count).setSum(long, short)
      return finish(result, isNegative: a.isNegative)
    }
    let order = a.limbs.compare(b.limbs)
    if order == 0 { return .zero }
    let (large, small) = order > 0 ? (a, b) : (b, a)
    let result = try newInteger(limbs: large.count)
    try charge(large.count >> 3)
    result.setDifference(large.limbs, small.limbs)
    return finish(result, isNegative: large.isNegative)
  }

  func negateInteger(_ a: Value) throws(Unwind) -> Value {
    if let x = asWide(a) { return try integer(wide: 0 &- x) }
    let parts = Integer(object: words(a))
    return try integer(copying: parts.limbs, isNegative: !parts.isNegative)
  }

  func absoluteInteger(_ a: Value) throws(Unwind) -> Value {
    sign(a) < 0 ? try negateInteger(a) : try exactInteger(a)
  }

  func invertInteger(_ a: Value) throws(Unwind) -> Value {
    // ~a = -a - 1
    if let x = asWide(a) { return try integer(wide: ~x) }
    return try subtractIntegers(try negateInteger(a), Value(small: 1))
  }

  // MARK: Products

  func multiplyIntegers(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    if a.isInt, b.isInt {
      let (product, overflow) = a.int.multipliedReportingOverflow(by: b.int)
      if !overflow { return try integer(product) }
    }
    if let x = asWide(a), let y = asWide(b) {
      // One limb each: two limbs at most, the sign apart.
      let (high, low) = UInt64(truncatingIfNeeded: x.magnitude).multipliedFullWidth(by: UInt64(truncatingIfNeeded: y.magnitude))
      return try integer(magnitude: UInt128(high) << 64 | UInt128(low), isNegative: (x < 0) != (y < 0))
    }
    return try product(integerParts(a), integerParts(b))
  }

  func product(_ a: Integer, _ b: Integer) throws(Unwind) -> Value {
    if a.isZero || b.isZero { return .zero }
    let result = try newInteger(limbs: a.count &+ b.count)
    let (long, short) = a.count >= b.count ? (a.limbs, b.limbs) : (b.limbs, a.limbs)
    if short.count == 1 {
      try charge(long.count >> 3)
      result[long.count] = result.prefix(long.count).setProduct(long, short[0])
    } else {
      try multiply(into: result, long, short)
    }
    return finish(result, isNegative: a.isNegative != b.isNegative)
  }

  /// result = a × b, scratch space and ticks included.
  func multiply(into result: Limbs, _ a: Limbs, _ b: Limbs) throws(Unwind) {
    try chargeProduct(a.count, b.count)
    let needed = Limbs.productScratch(a.count, b.count)
    if needed == 0 {
      result.setProduct(a, b, scratch: result)
    } else {
      let scratch = try newLimbs(needed)
      result.setProduct(a, b, scratch: scratch)
      release(scratch)
    }
  }

  /// Ticks for a product of such lengths: in proportion to what Karatsuba's method does, piece by piece.
  func chargeProduct(_ a: Int, _ b: Int) throws(Unwind) {
    let short = min(a, b)
    let long = max(a, b)
    var work = short
    var length = short
    while length > Limbs.karatsubaThreshold {
      length = (length + 1) / 2
      work = work / 4 * 3 + 1
    }
    try charge(work &* long / 4)
  }

  // MARK: Quotients

  /// What a division is to give.
  enum DivisionPart { case quotient, remainder }

  func floorDivideIntegers(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    if a.isInt, b.isInt {
      let divisor = b.int
      if divisor == 0 { throw raise(.zeroDivisionError, "integer division or modulo by zero") }
      let (quotient, remainder) = a.int.quotientAndRemainder(dividingBy: divisor)
      return try integer(remainder != 0 && (remainder ^ divisor) < 0 ? quotient &- 1 : quotient)
    }
    return try divide(a, b, message: "integer division or modulo by zero", needsRemainder: false).quotient
  }

  func moduloIntegers(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    if a.isInt, b.isInt {
      let divisor = b.int
      if divisor == 0 { throw raise(.zeroDivisionError, "integer modulo by zero") }
      let remainder = a.int % divisor
      return Value(small: remainder != 0 && (remainder ^ divisor) < 0 ? remainder &+ divisor : remainder)
    }
    return try divide(a, b, message: "integer modulo by zero", needsQuotient: false).remainder
  }

  func divmodIntegers(_ a: Value, _ b: Value) throws(Unwind) -> (quotient: Value, remainder: Value) {
    try divide(a, b, message: "integer division or modulo by zero")
  }

  /// Floor division; the half that is not needed may come out as zero.
  private func divide(
    _ a: Value, _ b: Value, message: String, needsQuotient: Bool = true, needsRemainder: Bool = true
  ) throws(Unwind) -> (quotient: Value, remainder: Value) {
    if sign(b) == 0 { throw raise(.zeroDivisionError, message) }
    if let x = asWide(a), let y = asWide(b) {
      // Magnitudes of one limb each.
      let (m, n) = (UInt64(truncatingIfNeeded: x.magnitude), UInt64(truncatingIfNeeded: y.magnitude))
      var quotient = Int128(m / n)
      var remainder = Int128(m % n)
      if x < 0 { remainder = 0 &- remainder }
      if (x < 0) != (y < 0) {
        quotient = 0 &- quotient
        if remainder != 0 {
          quotient &-= 1
          remainder = remainder &+ y
        }
      }
      return (try integer(wide: quotient), try integer(wide: remainder))
    }
    return try floorDivide(integerParts(a), integerParts(b), needsQuotient, needsRemainder)
  }

  /// Floor division of long integers, the divisor not zero.
  func floorDivide(
    _ a: Integer, _ b: Integer, _ needsQuotient: Bool = true, _ needsRemainder: Bool = true
  ) throws(Unwind) -> (quotient: Value, remainder: Value) {
    let signsDiffer = a.isNegative != b.isNegative
    if b.count == 1 {
      try charge(a.count >> 2)
      let divisor = b.limbs[0]
      var rest: UInt64
      var quotient: Value = .zero
      if needsQuotient {
        let limbs = try newInteger(limbs: a.count &+ 1)
        limbs[a.count] = 0
        rest = limbs.prefix(a.count).setQuotient(a.limbs, divisor)
        if signsDiffer, rest != 0 { limbs.add(1) }
        quotient = finish(limbs, isNegative: signsDiffer)
      } else {
        rest = a.limbs.remainder(divisor)
      }
      if signsDiffer, rest != 0 { rest = divisor &- rest }
      return (quotient, try integer(magnitude: UInt128(rest), isNegative: b.isNegative))
    }
    if a.limbs.compare(b.limbs) < 0 {
      if a.isZero { return (.zero, .zero) }
      if signsDiffer { return (Value(small: -1), try sum(a, b)) }
      return (.zero, try integer(copying: a.limbs, isNegative: a.isNegative))
    }
    let (quotient, remainder) = try divideMagnitudes(a.limbs, b.limbs)
    let rest = remainder.normalized
    if signsDiffer {
      if rest.count != 0 {
        quotient.add(1)
        let complement = try newInteger(limbs: b.count)
        complement.setDifference(b.limbs, rest)
        return (finish(quotient, isNegative: true), finish(complement, isNegative: b.isNegative))
      }
      return (finish(quotient, isNegative: true), .zero)
    }
    let remainderValue = needsRemainder ? try integer(copying: rest, isNegative: b.isNegative) : .zero
    return (finish(quotient, isNegative: false), remainderValue)
  }

  /// Quotient (of an int object, with room for one more) and remainder (scratch) of magnitudes; b has two limbs at least and is not
  /// greater than a.
  func divideMagnitudes(_ a: Limbs, _ b: Limbs) throws(Unwind) -> (quotient: Limbs, remainder: Limbs) {
    try chargeProduct(a.count &- b.count &+ 1, b.count)
    try chargeProduct(a.count &- b.count &+ 1, b.count)
    let shift = b[b.count &- 1].leadingZeroBitCount
    let quotient = try newInteger(limbs: a.count &- b.count &+ 2)
    quotient[quotient.count &- 1] = 0
    let work = try newLimbs(a.count &+ 1)
    work[a.count] = work.prefix(a.count).setShiftedLeft(a, shift)
    var divisor = b
    if shift != 0 {
      divisor = try newLimbs(b.count)
      divisor.setShiftedLeft(b, shift)
    }
    try divideNormalized(work, divisor, quotient: quotient.prefix(quotient.count &- 1))
    if shift != 0 { release(divisor) }
    let remainder = work.prefix(b.count)
    remainder.setShiftedRight(remainder, shift)
    return (quotient, remainder)
  }

  /// Divides in place, with scratch space.
  private func divideNormalized(_ work: Limbs, _ divisor: Limbs, quotient: Limbs) throws(Unwind) {
    let needed = Limbs.divisionScratch(divisor.count)
    if needed == 0 { return work.divideInPlace(divisor, quotient: quotient) }
    let scratch = try newLimbs(needed)
    work.divide(divisor, quotient: quotient, scratch: scratch)
    release(scratch)
  }

  // MARK: Shifts

  func shiftLeft(_ a: Value, by count: Value) throws(Unwind) -> Value {
    if sign(count) < 0 { throw raise(.valueError, "negative shift count") }
    if sign(a) == 0 { return .zero }
    guard let bits = asInt(count) else {
      // CPython's digits have 30 bits; it gives up by itself where their number passes 2^61.
      let limbs = Integer(object: words(count)).limbs
      if limbs.count == 1 || limbs.count == 2 && limbs[1] < 4 && (limbs[1] < 3 || limbs[0] < 3 << 62) {
        throw raiseMemoryError()
      }
      throw raise(.overflowError, "too many digits in integer")
    }
    if a.isInt, bits < 62 {
      let shifted = a.int &<< bits
      if shifted >> bits == a.int, Value.fits(shifted) { return Value(small: shifted) }
    }
    if bits < 60, let wide = asWide(a) { return try integer(wide: wide &<< Int128(bits)) }
    return try shiftLeft(integerParts(a), by: bits)
  }

  func shiftLeft(_ a: Integer, by bits: Int) throws(Unwind) -> Value {
    if a.isZero { return .zero }
    let whole = bits >> 6
    guard whole < IntLayout.maxLimbs else { throw raiseMemoryError() }
    let result = try newInteger(limbs: a.count &+ whole &+ 1)
    try charge(result.count >> 3)
    result.prefix(whole).clear()
    result[result.count &- 1] = result.part(whole, a.count).setShiftedLeft(a.limbs, bits & 63)
    return finish(result, isNegative: a.isNegative)
  }

  func shiftRight(_ a: Value, by count: Value) throws(Unwind) -> Value {
    if sign(count) < 0 { throw raise(.valueError, "negative shift count") }
    guard let bits = asInt(count) else { return Value(small: sign(a) < 0 ? -1 : 0) }
    if a.isInt { return Value(small: a.int >> min(bits, 63)) }
    return try shiftRight(integerParts(a), by: bits)
  }

  /// Rounds down, as two's complement does.
  func shiftRight(_ a: Integer, by bits: Int) throws(Unwind) -> Value {
    let whole = bits >> 6
    guard whole < a.count else { return Value(small: a.isNegative ? -1 : 0) }
    let result = try newInteger(limbs: a.count &- whole &+ 1)
    try charge(result.count >> 3)
    let kept = result.prefix(a.count &- whole)
    result[kept.count] = 0
    let lost = kept.setShiftedRight(a.limbs.from(whole), bits & 63)
    if a.isNegative, lost != 0 || !a.limbs.prefix(whole).isZero { result.add(1) }
    return finish(result, isNegative: a.isNegative)
  }
}
