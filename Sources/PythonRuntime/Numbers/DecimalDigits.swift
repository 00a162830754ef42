/// A finite float's magnitude in decimal: digits (0…9, the first one not 0) behind an imagined point that stands `point` places to the
/// right of their start. Zero has no digits.
struct DecimalDigits {
  var digits: [UInt8]
  var point: Int

  /// The shortest digits that read back as the same float; the nearest ones among these.
  init(shortest value: Double) {
    digits = []
    point = 0
    digits.reserveCapacity(17)
    var sawPoint = false
    var exponent = 0
    var isExponentNegative = false
    var inExponent = false
    for byte in value.magnitude.description.utf8 {
      switch byte {
      case UInt8(ascii: "."): sawPoint = true
      case UInt8(ascii: "e"): inExponent = true
      case UInt8(ascii: "-"): isExponentNegative = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = byte &- UInt8(ascii: "0")
        if inExponent {
          exponent = exponent &* 10 &+ Int(digit)
        } else {
          if digit != 0 || !digits.isEmpty {
            digits.append(digit)
            if !sawPoint { point += 1 }
          } else if sawPoint {
            point -= 1
          }
        }
      default: break
      }
    }
    while digits.last == 0 { digits.removeLast() }
    point = digits.isEmpty ? 0 : point + (isExponentNegative ? -exponent : exponent)
  }

  /// All digits of the float's exact value: at most 767.
  init(exactly value: Double) {
    let mantissa = value.magnitude
    guard mantissa != 0 else {
      digits = []
      point = 0
      return
    }
    // value = significand × 2^power, the significand odd.
    var significand = mantissa.significandBitPattern
    var power = -1074
    if mantissa.exponentBitPattern != 0 {
      significand |= 1 << 52
      power = Int(mantissa.exponentBitPattern) - 1075
    }
    let trailing = significand.trailingZeroBitCount
    significand >>= UInt64(trailing)
    power += trailing
    // Little-endian groups of nine digits of significand × 2^power, or of significand × 5^-power with the point moved.
    var groups: [UInt32] = [UInt32(significand % 1_000_000_000), UInt32(significand / 1_000_000_000 % 1_000_000_000)]
    func multiply(_ factor: UInt64) {
      var carry: UInt64 = 0
      for index in groups.indices {
        let product = UInt64(groups[index]) &* factor &+ carry
        carry = product / 1_000_000_000
        groups[index] = UInt32(truncatingIfNeeded: product &- carry &* 1_000_000_000)
      }
      while carry != 0 {
        groups.append(UInt32(carry % 1_000_000_000))
        carry /= 1_000_000_000
      }
    }
    if power >= 0 {
      for _ in 0..<power / 30 { multiply(1 << 30) }
      multiply(1 << UInt64(power % 30))
    } else {
      for _ in 0..<(-power) / 12 { multiply(244_140_625) }
      for _ in 0..<(-power) % 12 { multiply(5) }
    }
    while groups.last == 0 { groups.removeLast() }
    digits = []
    digits.reserveCapacity(groups.count * 9)
    var divisor: UInt32 = 100_000_000
    for group in groups.reversed() {
      divisor = 100_000_000
      while divisor != 0 {
        let digit = UInt8(truncatingIfNeeded: group / divisor % 10)
        if digit != 0 || !digits.isEmpty { digits.append(digit) }
        divisor /= 10
      }
    }
    point = digits.count + min(power, 0)
    while digits.last == 0 { digits.removeLast() }
  }

  /// Rounds to the first `count` digits, halves to even; `count` may be zero or negative. Exact digits only.
  mutating func round(to count: Int) {
    guard count < digits.count else { return }
    guard count >= 0 else {
      digits = []
      return
    }
    let next = digits[count]
    let isOdd = count > 0 && digits[count - 1] & 1 == 1
    let roundsUp = next > 5 || next == 5 && (count + 1 < digits.count || isOdd)
    digits.removeSubrange(count...)
    if roundsUp {
      while digits.last == 9 { digits.removeLast() }
      if digits.isEmpty {
        digits.append(1)
        point += 1
      } else {
        digits[digits.count - 1] += 1
      }
    }
    while digits.last == 0 { digits.removeLast() }
  }
}
