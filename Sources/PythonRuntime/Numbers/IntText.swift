/// Ints as text: digits in bases 2, 8, 10 and 16.
enum IntText {
  /// Above this many limbs, decimal digits are found by halves.
  private static let splitThreshold = 48
  /// 10^19, the largest power of ten in a limb.
  static let chunk: UInt64 = 10_000_000_000_000_000_000
  static let chunkDigits = 19

  /// The decimal digits of a machine integer, with its sign.
  static func decimal(_ int: Int) -> [UInt8] {
    var out: [UInt8] = []
    var rest = int.magnitude
    repeat {
      out.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest != 0
    if int < 0 { out.append(UInt8(ascii: "-")) }
    out.reverse()
    return out
  }

  /// `str(value)` of an int: a str object.
  static func string(_ vm: VM, _ value: Value) throws(Unwind) -> Value {
    guard value.isInt else {
      if value.isBool { return try string(vm, Value(small: value == .true ? 1 : 0)) }
      return try longString(vm, Integer(object: vm.words(value)))
    }
    let int = value.int
    if int >= 0, int < 10 { return try vm.character(UInt32(48 &+ int)) }
    var count = int < 0 ? 2 : 1
    var rest = int.magnitude
    while rest >= 10000 {
      rest /= 10000
      count &+= 4
    }
    count &+= rest >= 1000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0
    let result = try vm.allocateString(count: count, widthShift: 0, isASCII: true)
    let bytes = vm.words(result).bytes(from: 2)
    writeDecimal(UInt64(int.magnitude), to: bytes, endingAt: count)
    if int < 0 { bytes[0] = UInt8(ascii: "-") }
    return result
  }

  /// Digits of an int in base 2, 8, 10 or 16 (lower case), without prefix. Base 10 has CPython's limit on the number of digits.
  static func digits(_ vm: VM, _ value: Value, radix: Int) throws(Unwind) -> (isNegative: Bool, digits: [UInt8]) {
    let isNegative = vm.sign(value) < 0
    if radix == 10 {
      let string = PyString(vm, try IntText.string(vm, vm.exactInteger(value)))
      let digits = string.units.array(count: string.count)
      return (isNegative, isNegative ? Array(digits.dropFirst()) : digits)
    }
    let limbs = try vm.integerParts(value).limbs
    let width = radix == 2 ? 1 : radix == 8 ? 3 : 4
    let count = max(1, (limbs.bitLength + width - 1) / width)
    guard count < 1 << 30 else { throw vm.raiseMemoryError() }
    try vm.charge(count >> 3)
    var out: [UInt8] = []
    out.reserveCapacity(count)
    var position = (count - 1) * width
    while position >= 0 {
      out.append(digit(bits(limbs, at: position, width)))
      position -= width
    }
    return (isNegative, out)
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value }

  /// `width` bits from bit `position` on; they may lie in two limbs.
  private static func bits(_ limbs: Limbs, at position: Int, _ width: Int) -> UInt8 {
    let index = position >> 6
    let shift = position & 63
    guard index < limbs.count else { return 0 }
    var word = limbs[index] >> UInt64(shift)
    if shift + width > 64, index + 1 < limbs.count { word |= limbs[index + 1] << UInt64(64 - shift) }
    return UInt8(truncatingIfNeeded: word & (1 << UInt64(width) - 1))
  }

  /// Writes a machine word's digits so that they end before `end`.
  @inline(__always) private static func writeDecimal(_ magnitude: UInt64, to bytes: Bytes, endingAt end: Int) {
    var rest = magnitude
    var position = end
    repeat {
      position &-= 1
      let next = rest / 10
      bytes[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest &- next &* 10)
      rest = next
    } while rest != 0
  }

  // MARK: Long integers in decimal

  private static func longString(_ vm: VM, _ value: Integer) throws(Unwind) -> Value {
    let limit = vm.maxIntDigits
    let bits = value.bitLength
    // log10(2) = 0.30103: the count of digits is exact or one too high.
    let most = bits * 30103 / 100_000 + 1 + bits / 1_000_000
    if limit > 0, most > limit + 2 { throw tooManyDigits(vm, limit) }
    let scratch = try vm.newLimbs((most + 3 * chunkDigits) / 8 + 2)
    let bytes = scratch.object.bytes(from: scratch.start)
    let end = most + 2 * chunkDigits
    bytes.fill(count: end, with: UInt8(ascii: "0"))
    try writeLong(vm, value.limbs, to: bytes, endingAt: end)
    var start = 0
    while start < end - 1, bytes[start] == UInt8(ascii: "0") { start += 1 }
    if limit > 0, end - start > limit { throw tooManyDigits(vm, limit) }
    if value.isNegative {
      start -= 1
      bytes[start] = UInt8(ascii: "-")
    }
    let result = try vm.newString(bytes: bytes.advanced(by: start), count: end - start, isASCII: true)
    vm.release(scratch)
    return result
  }

  private static func tooManyDigits(_ vm: VM, _ limit: Int) -> Unwind {
    vm.raise(
      .valueError,
      "Exceeds the limit (\(limit) digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit")
  }

  /// Writes the digits of a magnitude before `end`; what stands before them stays as it is (zeros).
  private static func writeLong(_ vm: VM, _ limbs: Limbs, to bytes: Bytes, endingAt end: Int) throws(Unwind) {
    // 10^19, 10^38, 10^76, …, up to half the length.
    var powers = [try vm.integer(chunk)]
    while vm.bitLength(powers[powers.count - 1]) * 4 <= limbs.bitLength {
      powers.append(try vm.multiplyIntegers(powers[powers.count - 1], powers[powers.count - 1]))
    }
    try writeLong(vm, limbs, powers, to: bytes, endingAt: end)
  }

  private static func writeLong(
    _ vm: VM, _ limbs: Limbs, _ powers: [Value], to bytes: Bytes, endingAt end: Int
  ) throws(Unwind) {
    let limbs = limbs.normalized
    if limbs.count <= splitThreshold {
      try vm.charge(limbs.count * limbs.count / 8)
      let work = try vm.newLimbs(limbs.count)
      work.copy(from: limbs)
      var rest = work.normalized
      var position = end
      while rest.count > 0 {
        writeDecimal(rest.setQuotient(rest, chunk), to: bytes, endingAt: position)
        rest = rest.normalized
        position -= chunkDigits
      }
      return
    }
    // The upper half of the digits is the quotient by a power of ten of about half the length.
    var level = powers.count - 1
    while vm.bitLength(powers[level]) * 4 > limbs.bitLength * 3 { level -= 1 }
    let divisor = try vm.integerParts(powers[level])
    let (quotient, remainder) = try vm.divideMagnitudes(limbs, divisor.limbs)
    try writeLong(vm, remainder, powers, to: bytes, endingAt: end)
    try writeLong(vm, quotient, powers, to: bytes, endingAt: end - chunkDigits << level)
  }
}
