/// Floats as text, by the rules of CPython's `PyOS_double_to_string`: ASCII with a sign when negative; `inf` and `nan` in lower case.
enum FloatText {
  /// The presentation types; upper-case variants are the caller's to make.
  enum Style {
    /// `repr`: the shortest digits, an exponent from 1e+16 and below 1e-04.
    case shortest
    /// `f`: so many digits after the point.
    case fixed
    /// `e`: one digit, so many after the point, exponent.
    case exponent
    /// `g`: so many significant digits, exponent only when it is needed, no zeros at the end.
    case general
  }

  /// `repr(value)`.
  static func repr(_ value: Double) -> [UInt8] { format(value, .shortest, addsPointZero: true) }

  /// `"%.*f" % (precision, value)`.
  static func fixed(_ value: Double, precision: Int) -> [UInt8] { format(value, .fixed, precision: precision) }

  /// `"%.*e" % (precision, value)`.
  static func exponent(_ value: Double, precision: Int) -> [UInt8] { format(value, .exponent, precision: precision) }

  /// `"%.*g" % (precision, value)`; `keepsZeros` is the `#` flag.
  static func general(_ value: Double, precision: Int, keepsZeros: Bool = false) -> [UInt8] {
    format(value, .general, precision: precision, isAlternate: keepsZeros)
  }

  /// The whole of `PyOS_double_to_string`: `isAlternate` is the flag `#`, `addsPointZero` gives an integral value without exponent a
  /// `.0`. The length grows with the precision: whoever takes one from a program checks and charges it first.
  static func format(
    _ value: Double, _ style: Style, precision: Int = 0, isAlternate: Bool = false, addsPointZero: Bool = false
  ) -> [UInt8] {
    guard value.isFinite else { return value.isNaN ? Array("nan".utf8) : Array((value < 0 ? "-inf" : "inf").utf8) }
    if style == .fixed, let quick = fixedQuickly(value, precision, isAlternate) { return quick }
    let precision = max(precision, style == .general ? 1 : 0)
    var decimal = style == .shortest ? DecimalDigits(shortest: value) : DecimalDigits(exactly: value)
    switch style {
    case .shortest: break
    case .fixed: decimal.round(to: decimal.point + precision)
    case .exponent: decimal.round(to: precision + 1)
    case .general: decimal.round(to: precision)
    }
    var out: [UInt8] = []
    if value.sign == .minus { out.append(UInt8(ascii: "-")) }
    layOut(decimal, style, precision, isAlternate, addsPointZero, &out)
    return out
  }

  /// 1, 10, … 10^22: all that are exact doubles.
  static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
    1e22,
  ]

  /// |value| × 10^precision, rounded once, halves to even. Nil unless the exact product has 126 bits at most, where one multiplication and a
  /// shift give it.
  static func scaled(_ value: Double, precision: Int) -> UInt128? {
    let exponent = Int(value.exponentBitPattern)
    let shift = 1075 - exponent
    guard precision >= 0, precision <= 22, exponent > 0, shift >= 0, shift < 127 else { return nil }
    let significand = value.significandBitPattern | 1 << 52
    var scale: UInt128 = 1
    for _ in 0..<precision { scale &*= 10 }
    let product = UInt128(significand) &* scale
    var quotient = product >> UInt128(shift)
    let rest = product & ((1 << UInt128(shift)) &- 1)
    let half: UInt128 = shift == 0 ? 0 : 1 << UInt128(shift &- 1)
    if shift > 0, rest > half || rest == half && quotient & 1 == 1 { quotient &+= 1 }
    return quotient
  }

  private static func fixedQuickly(_ value: Double, _ precision: Int, _ isAlternate: Bool) -> [UInt8]? {
    guard var quotient = scaled(value, precision: precision) else { return nil }
    var reversed: [UInt8] = []
    reversed.reserveCapacity(40)
    var written = 0
    while quotient != 0 || written <= precision {
      if written == precision, precision > 0 || isAlternate { reversed.append(UInt8(ascii: ".")) }
      // Most values fit a word, where dividing by ten is a multiplication.
      if let word = UInt64(exactly: quotient) {
        reversed.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: word % 10))
        quotient = UInt128(word / 10)
      } else {
        let (next, digit) = quotient.quotientAndRemainder(dividingBy: 10)
        reversed.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit))
        quotient = next
      }
      written += 1
    }
    if value.sign == .minus { reversed.append(UInt8(ascii: "-")) }
    reversed.reverse()
    return reversed
  }

  private static func layOut(
    _ decimal: DecimalDigits, _ style: Style, _ precision: Int, _ isAlternate: Bool, _ addsPointZero: Bool,
    _ out: inout [UInt8]
  ) {
    let digits = decimal.digits
    // Zero counts as one digit before the point.
    var point = digits.isEmpty ? 1 : decimal.point
    var usesExponent = false
    var end = digits.count
    switch style {
    case .shortest: usesExponent = point <= -4 || point > 16
    case .fixed: end = point + precision
    case .exponent:
      usesExponent = true
      end = precision + 1
    case .general:
      usesExponent = point <= -4 || point > precision - (addsPointZero ? 1 : 0)
      if isAlternate { end = precision }
    }
    let exponent = point - 1
    if usesExponent { point = 1 }
    end = max(end, point + (addsPointZero && !usesExponent ? 1 : 0))
    out.reserveCapacity(out.count + end + max(0, -point) + 8)
    if point <= 0 {
      out.append(UInt8(ascii: "0"))
    } else {
      for index in 0..<point { out.append(UInt8(ascii: "0") + (index < digits.count ? digits[index] : 0)) }
    }
    if end > max(point, 0) || point < 0 && end > point {
      out.append(UInt8(ascii: "."))
      var index = point
      while index < end {
        out.append(UInt8(ascii: "0") + (index >= 0 && index < digits.count ? digits[index] : 0))
        index += 1
      }
    } else if isAlternate {
      out.append(UInt8(ascii: "."))
    }
    if usesExponent { appendExponent(exponent, &out) }
  }

  private static func appendExponent(_ exponent: Int, _ out: inout [UInt8]) {
    out.append(UInt8(ascii: "e"))
    out.append(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    let magnitude = exponent.magnitude
    if magnitude >= 100 { out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude / 100)) }
    out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude / 10 % 10))
    out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10))
  }
}
