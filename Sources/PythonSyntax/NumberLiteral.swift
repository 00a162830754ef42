/// Why a number's literal has no value.
struct NumberFault: Error {
  let message: String
}

/// The longest decimal integer that CPython reads (`sys.int_max_str_digits`).
private let maximumDecimalDigits = 4300

/// The value of a NUMBER token, whose form the tokenizer has checked.
func numberConstant(_ token: ArraySlice<UInt8>) -> Result<Constant, NumberFault> {
  let first = token.startIndex
  if token.count == 1 { return .success(.integer(token[first] == 48 ? [] : [UInt64(token[first] &- 48)])) }
  if token[first] == 48 {
    switch token[first + 1] | 0x20 {
    case UInt8(ascii: "x"): return .success(.integer(binaryLimbs(token.dropFirst(2), bitsPerDigit: 4)))
    case UInt8(ascii: "o"): return .success(.integer(binaryLimbs(token.dropFirst(2), bitsPerDigit: 3)))
    case UInt8(ascii: "b"): return .success(.integer(binaryLimbs(token.dropFirst(2), bitsPerDigit: 1)))
    default: break
    }
  }
  let isImaginary = token[token.endIndex - 1] | 0x20 == UInt8(ascii: "j")
  let isFloat =
    isImaginary || token.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
  let digits = token.filter { $0 != 95 }
  if isFloat {
    let text = String(decoding: isImaginary ? digits.dropLast() : digits[...], as: UTF8.self)
    let value = floatingValue(text)
    return .success(isImaginary ? .imaginary(value) : .float(value))
  }
  if digits.count > maximumDecimalDigits {
    return .failure(
      NumberFault(
        message:
          "Exceeds the limit (\(maximumDecimalDigits) digits) for integer string conversion: value has "
          + "\(digits.count) digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal "
          + "for huge integer literals to avoid decimal conversion limits."))
  }
  return .success(.integer(decimalLimbs(digits)))
}

/// The nearest double to decimal text such as `1.`, `.5`, `1e400` (infinity).
private func floatingValue(_ text: String) -> Double {
  // Swift wants a digit on both sides of the point.
  var normal = text
  if let point = normal.firstIndex(of: ".") {
    let after = normal.index(after: point)
    if after == normal.endIndex || !normal[after].isNumber { normal.insert("0", at: after) }
    if point == normal.startIndex { normal.insert("0", at: point) }
  }
  return Double(normal) ?? .infinity
}

private func binaryLimbs(_ digits: ArraySlice<UInt8>, bitsPerDigit: Int) -> [UInt64] {
  var limbs: [UInt64] = []
  var limb: UInt64 = 0
  var filled = 0
  for byte in digits.reversed() where byte != 95 {
    let value = UInt64(hexadecimalValue(byte) ?? 0)
    limb |= value << UInt64(filled)
    filled += bitsPerDigit
    if filled >= 64 {
      limbs.append(limb)
      filled -= 64
      // What of an octal digit did not fit.
      limb = filled == 0 ? 0 : value >> UInt64(bitsPerDigit - filled)
    }
  }
  limbs.append(limb)
  while limbs.last == 0 { limbs.removeLast() }
  return limbs
}

private func decimalLimbs(_ digits: [UInt8]) -> [UInt64] {
  var limbs: [UInt64] = []
  var index = 0
  // Nineteen digits at a time always fit a limb.
  while index < digits.count {
    let end = min(index + 19, digits.count)
    var chunk: UInt64 = 0
    var scale: UInt64 = 1
    while index < end {
      chunk = chunk &* 10 &+ UInt64(digits[index] &- 48)
      scale = scale &* 10
      index += 1
    }
    var carry = chunk
    for position in limbs.indices {
      let product = limbs[position].multipliedFullWidth(by: scale)
      let (low, overflow) = product.low.addingReportingOverflow(carry)
      limbs[position] = low
      carry = product.high &+ (overflow ? 1 : 0)
    }
    if carry != 0 { limbs.append(carry) }
  }
  return limbs
}
