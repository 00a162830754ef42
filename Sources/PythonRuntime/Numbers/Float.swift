import Glibc

extension VM {
  // MARK: Making and taking apart

  /// The value of a float: inline when it can be, one of the kept ones for zeros and infinities, else an object.
  @inline(__always) package func float(_ double: Double) throws(Unwind) -> Value {
    if let value = Value.inline(double) { return value }
    return try boxed(double)
  }

  @inline(never) private func boxed(_ double: Double) throws(Unwind) -> Value {
    let kept = self[root: .boxedZero]
    if kept.isRef {
      let tuple = PyTuple(self, kept)
      if double == 0 { return tuple[double.sign == .minus ? 1 : 0] }
      if double.isInfinite { return tuple[double < 0 ? 3 : 2] }
    }
    return try newFloat(double)
  }

  private func newFloat(_ double: Double) throws(Unwind) -> Value {
    let ref = try allocateCell(16)
    let object = words(ref)
    object[0] = header(.float, class: type(.float))
    object[1] = double.bitPattern
    return Value(ref)
  }

  /// Makes the floats that are kept: 0.0, -0.0, inf, -inf. Each nan is an object of its own, as programs can tell by identity.
  package func prepareFloats() throws(Unwind) {
    self[root: .boxedZero] = try newTuple(
      newFloat(0), newFloat(-0.0), newFloat(.infinity), newFloat(-.infinity))
  }

  /// The double of a float or an instance of a subclass; nil for anything else.
  @inline(__always) package func asDouble(_ value: Value) -> Double? {
    if value.isInlineFloat { return value.inlineFloat }
    return self.is(value, .float) ? Double(bitPattern: words(value)[1]) : nil
  }

  /// The double of what is known to be a float.
  @inline(__always) func doubleBits(_ value: Value) -> Double {
    value.isInlineFloat ? value.inlineFloat : Double(bitPattern: words(value)[1])
  }

  /// The double of a float or int; "int too large to convert to float".
  @inline(__always) func double(_ value: Value) throws(Unwind) -> Double {
    if value.isInlineFloat { return value.inlineFloat }
    if value.isInt { return Double(value.int) }
    if self.is(value, .float) { return Double(bitPattern: words(value)[1]) }
    return try integerAsDouble(value)
  }

  /// An int rounded to the nearest double, halves to even.
  @inline(never) func integerAsDouble(_ value: Value) throws(Unwind) -> Double {
    if let wide = asWide(value) { return Double(wide) }
    let parts = Integer(object: words(value))
    let double = VM.scaled(parts.limbs)
    if double.isInfinite { throw raise(.overflowError, "int too large to convert to float") }
    return parts.isNegative ? -double : double
  }

  /// A magnitude of two limbs or more as a double.
  private static func scaled(_ limbs: Limbs) -> Double {
    // The 64 highest bits, the last one of them set if anything follows: rounding them rounds the whole.
    let bits = limbs.bitLength
    if bits > 1100 { return .infinity }
    let drop = bits - 64
    let (index, shift) = (drop >> 6, UInt64(drop & 63))
    var top = limbs[index] >> shift
    if shift != 0 { top |= limbs[index + 1] << (64 - shift) }
    let lost = shift != 0 && limbs[index] << (64 - shift) != 0 || !limbs.prefix(index).isZero
    if lost { top |= 1 }
    return Double(sign: .plus, exponent: drop, significand: Double(top))
  }

  /// The int part of a finite float.
  func integer(truncating double: Double) throws(Unwind) -> Value {
    if double.magnitude < 0x1p61 { return Value(small: Int(double)) }
    if double.isNaN { throw raise(.valueError, "cannot convert float NaN to integer") }
    if double.isInfinite { throw raise(.overflowError, "cannot convert float infinity to integer") }
    let limbs = try newLimbs(1)
    limbs[0] = double.significandBitPattern | 1 << 52
    return try shiftLeft(Integer(limbs, isNegative: double < 0), by: Int(double.exponent) - 52)
  }

  // MARK: Arithmetic

  func binaryFloats(_ op: BinaryOperation, _ x: Double, _ y: Double) throws(Unwind) -> Value? {
    switch op {
    case .add: return try float(x + y)
    case .subtract: return try float(x - y)
    case .multiply: return try float(x * y)
    case .divide:
      if y == 0 { throw raise(.zeroDivisionError, "float division by zero") }
      return try float(x / y)
    case .floorDivide:
      if y == 0 { throw raise(.zeroDivisionError, "float floor division by zero") }
      return try float(VM.divmod(x, y).quotient)
    case .modulo:
      if y == 0 { throw raise(.zeroDivisionError, "float modulo") }
      return try float(VM.modulo(x, y))
    case .power: return try powerFloats(x, y)
    default: return nil
    }
  }

  /// The remainder with the sign of y.
  static func modulo(_ x: Double, _ y: Double) -> Double {
    let rest = fmod(x, y)
    if rest == 0 { return copysign(0, y) }
    return (y < 0) != (rest < 0) ? rest + y : rest
  }

  /// Floor division as CPython's `_float_div_mod` rounds it.
  static func divmod(_ x: Double, _ y: Double) -> (quotient: Double, remainder: Double) {
    var rest = fmod(x, y)
    var quotient = (x - rest) / y
    if rest != 0 {
      if (y < 0) != (rest < 0) {
        rest += y
        quotient -= 1
      }
    } else {
      rest = copysign(0, y)
    }
    guard quotient != 0 else { return (copysign(0, x / y), rest) }
    var floor = quotient.rounded(.down)
    if quotient - floor > 0.5 { floor += 1 }
    return (floor, rest)
  }

  /// x ** y; a complex number for a fractional power of a negative one.
  func powerFloats(_ x: Double, _ y: Double) throws(Unwind) -> Value {
    if y == 2, x.magnitude < 1e150 { return try float(x * x) }
    if x == 0, y < 0 {
      throw raise(.zeroDivisionError, "0.0 cannot be raised to a negative power")
    }
    if x < 0, x.isFinite, y.isFinite, y != y.rounded(.down) {
      return try power(Complex(x, 0), Complex(y, 0))
    }
    let result = pow(x, y)
    if result.isInfinite, x.isFinite, y.isFinite { throw rangeError() }
    return try float(result)
  }

  /// What the C library calls ERANGE.
  private func rangeError() -> Unwind {
    do throws(Unwind) {
      return raise(
        .overflowError, arguments: [Value(small: 34), try newString("Numerical result out of range")])
    } catch {
      return error
    }
  }

  /// a / b of ints, rounded once.
  func trueDivide(_ a: Value, _ b: Value) throws(Unwind) -> Double {
    if sign(b) == 0 { throw raise(.zeroDivisionError, "division by zero") }
    if a.isInt, b.isInt, a.int.magnitude <= 1 << 53, b.int.magnitude <= 1 << 53 {
      return Double(a.int) / Double(b.int)
    }
    let (x, y) = (try integerParts(a), try integerParts(b))
    if x.isZero { return y.isNegative ? -0.0 : 0.0 }
    let isNegative = x.isNegative != y.isNegative
    let difference = x.bitLength - y.bitLength
    if difference > 1030 { throw raise(.overflowError, "integer division result too large for a float") }
    if difference < -1080 { return isNegative ? -0.0 : 0.0 }
    // A quotient of 66 or 67 bits and whether anything is left.
    let scale = 66 - difference
    let (m, n) = (Integer(x.limbs, isNegative: false), Integer(y.limbs, isNegative: false))
    let dividend = scale > 0 ? try integerParts(shiftLeft(m, by: scale)) : m
    let divisor = scale < 0 ? try integerParts(shiftLeft(n, by: -scale)) : n
    let (quotient, remainder) = try floorDivide(dividend, divisor)
    let limbs = try integerParts(quotient).limbs
    let bits = limbs.bitLength
    var wide = UInt128(limbs[0])
    if limbs.count > 1 { wide |= UInt128(limbs[1]) << 64 }
    // Below the normal range there are fewer bits than 53.
    let precision = min(53, bits - scale + 1074)
    if precision < 0 { return isNegative ? -0.0 : 0.0 }
    let drop = UInt128(bits - precision)
    var kept = wide >> drop
    let rest = wide & ((1 << drop) &- 1)
    let half: UInt128 = 1 << (drop - 1)
    if rest > half || rest == half && (remainder != .zero || kept & 1 == 1) { kept += 1 }
    let result = Double(sign: .plus, exponent: Int(drop) - scale, significand: Double(UInt64(kept)))
    if result.isInfinite { throw raise(.overflowError, "integer division result too large for a float") }
    return isNegative ? -result : result
  }
}
