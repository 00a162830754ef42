extension FloatText {
  /// `float(string)` of a str object.
  static func parse(_ vm: VM, string: Value) throws(Unwind) -> Double {
    if let value = parseQuickly(PyString(vm, string)) { return value }
    if let value = parse(IntText.asciiDigits(vm, string)) { return value }
    throw vm.raise(.valueError, "could not convert string to float: \(vm.text(try vm.repr(string)))")
  }

  /// A sign, at most 15 digits and a point, nothing else: the quotient of two exact numbers, rounded once.
  private static func parseQuickly(_ text: PyString) -> Double? {
    guard text.isASCII, text.count <= 17 else { return nil }
    let units = text.units
    var index = 0
    let isNegative = text.count > 0 && units[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    var significand = 0
    var digits = 0
    var places = -1
    while index < text.count {
      let digit = units[index] &- UInt8(ascii: "0")
      if digit < 10 {
        significand = significand &* 10 &+ Int(digit)
        digits &+= 1
        if places >= 0 { places &+= 1 }
      } else {
        guard units[index] == UInt8(ascii: "."), places < 0 else { return nil }
        places = 0
      }
      index &+= 1
    }
    guard digits > 0, digits <= 15 else { return nil }
    let value = places > 0 ? Double(significand) / powersOfTen[places] : Double(significand)
    return isNegative ? -value : value
  }

  /// The float that the bytes spell, with spaces around and underscores between digits; nil if they spell none.
  static func parse(_ bytes: [UInt8]) -> Double? {
    var start = 0
    var end = bytes.count
    while start < end, IntText.isSpace(bytes[start]) { start += 1 }
    while end > start, IntText.isSpace(bytes[end - 1]) { end -= 1 }
    guard let (value, next) = parseNumber(bytes, from: start, to: end), next == end else { return nil }
    return value
  }

  /// The longest number from `start` on, correctly rounded, and where it ends.
  static func parseNumber(_ bytes: [UInt8], from start: Int, to end: Int) -> (value: Double, end: Int)? {
    var index = start
    var isNegative = false
    if index < end, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    if let (special, next) = parseSpecial(bytes, from: index, to: end) {
      return (isNegative ? -special : special, next)
    }
    var clean: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
    clean.reserveCapacity(end - index + 2)
    var digits = appendDigits(bytes, &index, end, &clean)
    guard digits >= 0 else { return nil }
    if index < end, bytes[index] == UInt8(ascii: ".") {
      if digits == 0 { clean.append(UInt8(ascii: "0")) }
      clean.append(UInt8(ascii: "."))
      index += 1
      let fraction = appendDigits(bytes, &index, end, &clean)
      guard fraction >= 0 else { return nil }
      if fraction == 0 { clean.append(UInt8(ascii: "0")) }
      digits += fraction
    }
    guard digits > 0 else { return nil }
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
      var next = index + 1
      var exponent: [UInt8] = [UInt8(ascii: "e")]
      if next < end, bytes[next] == UInt8(ascii: "-") || bytes[next] == UInt8(ascii: "+") {
        exponent.append(bytes[next])
        next += 1
      }
      let count = appendDigits(bytes, &next, end, &exponent)
      guard count >= 0 else { return nil }
      if count > 0 {
        clean += exponent
        index = next
      }
    }
    guard let value = Double(String(decoding: clean, as: UTF8.self)) else { return nil }
    return (value, index)
  }

  /// Appends digits, leaving out single underscores between them; how many there were, -1 for a misplaced underscore.
  private static func appendDigits(_ bytes: [UInt8], _ index: inout Int, _ end: Int, _ out: inout [UInt8]) -> Int {
    var count = 0
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "_") {
        guard count > 0, bytes[index - 1] != byte, index + 1 < end, isDigit(bytes[index + 1]) else { return -1 }
      } else if isDigit(byte) {
        out.append(byte)
        count += 1
      } else {
        break
      }
      index += 1
    }
    return count
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// inf, infinity, nan, in any case.
  static func parseSpecial(_ bytes: [UInt8], from start: Int, to end: Int) -> (value: Double, end: Int)? {
    func spells(_ word: StaticString) -> Bool {
      let letters = Array("\(word)".utf8)
      guard start + letters.count <= end else { return false }
      for (offset, letter) in letters.enumerated() where bytes[start + offset] | 0x20 != letter { return false }
      return true
    }
    guard start < end, !isDigit(bytes[start]) else { return nil }
    if spells("infinity") { return (.infinity, start + 8) }
    if spells("inf") { return (.infinity, start + 3) }
    if spells("nan") { return (.nan, start + 3) }
    return nil
  }

  /// `repr(value)` as a str object.
  static func string(_ vm: VM, _ value: Double) throws(Unwind) -> Value {
    // Swift writes these as Python does: no exponent, and a digit after the point at least.
    guard value.magnitude >= 1e-3, value.magnitude < 1e15 else { return try vm.newString(utf8: repr(value)) }
    let text = value.description.utf8
    let result = try vm.allocateString(count: text.count, widthShift: 0, isASCII: true)
    let bytes = vm.words(result).bytes(from: 2)
    var position = 0
    for byte in text {
      bytes[position] = byte
      position &+= 1
    }
    return result
  }
}
