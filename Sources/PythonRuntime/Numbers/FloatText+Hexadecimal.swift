extension FloatText {
  /// `float.hex`.
  static func hexadecimal(_ value: Double) -> [UInt8] {
    guard value.isFinite else { return repr(value) }
    let sign = value.sign == .minus ? "-" : ""
    if value == 0 { return Array("\(sign)0x0.0p+0".utf8) }
    let fraction = String(value.significandBitPattern, radix: 16)
    let padded = String(repeating: "0", count: 13 - fraction.count) + fraction
    let isNormal = value.exponentBitPattern != 0
    let exponent = isNormal ? Int(value.exponentBitPattern) - 1023 : -1022
    return Array("\(sign)0x\(isNormal ? 1 : 0).\(padded)p\(exponent < 0 ? "-" : "+")\(exponent.magnitude)".utf8)
  }

  /// `float.fromhex`: rounded once, halves to even.
  static func parseHexadecimal(_ vm: VM, _ bytes: [UInt8]) throws(Unwind) -> Double {
    var index = 0
    var end = bytes.count
    while index < end, IntText.isSpace(bytes[index]) { index += 1 }
    while end > index, IntText.isSpace(bytes[end - 1]) { end -= 1 }
    var isNegative = false
    if index < end, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    let malformed = "invalid hexadecimal floating-point string"
    if let (special, next) = parseSpecial(bytes, from: index, to: end) {
      guard next == end else { throw vm.raise(.valueError, malformed) }
      return isNegative ? -special : special
    }
    if index + 1 < end, bytes[index] == UInt8(ascii: "0"), bytes[index + 1] | 0x20 == UInt8(ascii: "x") { index += 2 }
    // The first 64 significant bits or so, whether anything follows them, and the power of two of the last one.
    var significand: UInt64 = 0
    var isInexact = false
    var power = 0
    var count = 0
    var sawPoint = false
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "."), !sawPoint {
        sawPoint = true
      } else if let digit = hexDigit(byte) {
        count += 1
        if significand >> 60 == 0 {
          significand = significand << 4 | digit
          if sawPoint { power -= 4 }
        } else {
          if digit != 0 { isInexact = true }
          if !sawPoint { power += 4 }
        }
      } else {
        break
      }
      index += 1
    }
    guard count > 0 else { throw vm.raise(.valueError, malformed) }
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "p") {
      index += 1
      var isBelow = false
      if index < end, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
        isBelow = bytes[index] == UInt8(ascii: "-")
        index += 1
      }
      let first = index
      var exponent = 0
      while index < end, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") {
        exponent = min(exponent * 10 + Int(bytes[index] - UInt8(ascii: "0")), 1 << 40)
        index += 1
      }
      guard index > first else { throw vm.raise(.valueError, malformed) }
      power += isBelow ? -exponent : exponent
    }
    guard index == end else { throw vm.raise(.valueError, malformed) }
    guard let magnitude = rounded(significand, isInexact, power) else {
      throw vm.raise(.overflowError, "hexadecimal value too large to represent as a float")
    }
    return isNegative ? -magnitude : magnitude
  }

  /// significand × 2^power, a little more if inexact, as the nearest double; nil beyond the range.
  private static func rounded(_ significand: UInt64, _ isInexact: Bool, _ power: Int) -> Double? {
    if significand == 0 { return 0 }
    let bits = 64 - significand.leadingZeroBitCount
    if bits + power > 1025 { return nil }
    let precision = min(53, bits + power + 1074)
    if precision < 0 { return 0 }
    var kept = significand
    var exponent = power
    if bits > precision {
      let drop = bits - precision
      let rest = drop == 64 ? significand : significand & (1 << UInt64(drop) - 1)
      let half: UInt64 = 1 << UInt64(drop - 1)
      kept = drop == 64 ? 0 : significand >> UInt64(drop)
      if rest > half || rest == half && (isInexact || kept & 1 == 1) { kept += 1 }
      exponent += drop
    }
    let result = Double(sign: .plus, exponent: exponent, significand: Double(kept))
    return result.isInfinite ? nil : result
  }

  private static func hexDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}
