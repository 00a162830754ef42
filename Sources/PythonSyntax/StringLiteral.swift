/// What is wrong with a string's literal.
enum LiteralFault: Error {
  /// Told at the token that the parser read last.
  case message(String)
  /// Told by the parser of an expression inside an f-string.
  case expression(SyntaxError)
  case tree(Parser.Failure)
}

/// A literal, or a piece of one, with its escapes replaced.
struct DecodedLiteral {
  var bytes: [UInt8]
  /// About the first backslash that begins no escape.
  var warning: String?
}

/// One STRING token, taken apart.
struct StringLiteral {
  let isBytes: Bool
  let isRaw: Bool
  let isFormatted: Bool
  /// What stands between the quotes, as a range of the source.
  let content: Range<Int>

  init(_ token: Token, in source: SourceText) {
    var start = Int(token.start)
    var isBytes = false
    var isRaw = false
    var isFormatted = false
    while true {
      switch source.bytes[start] | 0x20 {
      case UInt8(ascii: "b"): isBytes = true
      case UInt8(ascii: "r"): isRaw = true
      case UInt8(ascii: "f"): isFormatted = true
      case UInt8(ascii: "u"): break
      default:
        let quote = source.bytes[start]
        let end = Int(token.end)
        let isTriple = end - start >= 6 && source.bytes[start + 1] == quote && source.bytes[start + 2] == quote
        let width = isTriple ? 3 : 1
        content = start + width..<end - width
        self.isBytes = isBytes
        self.isRaw = isRaw
        self.isFormatted = isFormatted
        return
      }
      start += 1
    }
  }

  /// Two quotes with nothing between them.
  var isEmpty: Bool { content.isEmpty }

  // MARK: Escapes

  /// The text of a piece of a string literal. A surrogate named by an escape takes three bytes, as in WTF-8.
  static func decodeText(_ bytes: [UInt8], _ range: Range<Int>, isRaw: Bool) throws(LiteralFault) -> DecodedLiteral {
    let piece = bytes[range]
    var hasEscape = false
    var hasOther = false
    for byte in piece {
      if byte == UInt8(ascii: "\\") { hasEscape = true }
      if byte >= 0x80 { hasOther = true }
    }
    if hasOther { try checkEncoding(bytes, range) }
    if isRaw || !hasEscape { return DecodedLiteral(bytes: Array(piece)) }
    var decoder = EscapeDecoder(bytes: bytes, position: range.lowerBound, end: range.upperBound)
    return DecodedLiteral(bytes: try decoder.decodeText(), warning: decoder.warning)
  }

  /// The value of a bytes literal.
  static func decodeBytes(_ bytes: [UInt8], _ range: Range<Int>, isRaw: Bool) throws(LiteralFault) -> DecodedLiteral {
    let piece = bytes[range]
    if piece.contains(where: { $0 >= 0x80 }) {
      throw .message("bytes can only contain ASCII literal characters")
    }
    if isRaw || !piece.contains(UInt8(ascii: "\\")) { return DecodedLiteral(bytes: Array(piece)) }
    var decoder = EscapeDecoder(bytes: bytes, position: range.lowerBound, end: range.upperBound)
    return DecodedLiteral(bytes: try decoder.decodeBytes(), warning: decoder.warning)
  }

  private static func checkEncoding(_ bytes: [UInt8], _ range: Range<Int>) throws(LiteralFault) {
    var offset = range.lowerBound
    while offset < range.upperBound {
      guard let (_, length) = decodeScalar(bytes, at: offset, end: range.upperBound) else {
        throw .message(undecodableMessage(bytes, from: range.lowerBound, at: offset, end: range.upperBound))
      }
      offset += length
    }
  }
}

/// Reads the escapes of one literal.
private struct EscapeDecoder {
  let bytes: [UInt8]
  var position: Int
  let end: Int
  var result: [UInt8] = []
  var warning: String?
  /// Where CPython would be: it writes each non-ASCII character as an escape of ten bytes before it decodes.
  var place = 0

  init(bytes: [UInt8], position: Int, end: Int) {
    self.bytes = bytes
    self.position = position
    self.end = end
    result.reserveCapacity(end - position)
  }

  private mutating func next() -> UInt8 {
    defer {
      position += 1
      place += 1
    }
    return bytes[position]
  }

  mutating func decodeText() throws(LiteralFault) -> [UInt8] {
    while position < end {
      let byte = next()
      if byte == UInt8(ascii: "\\") {
        try decodeTextEscape()
      } else if byte < 0x80 {
        result.append(byte)
      } else {
        let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        result.append(byte)
        for _ in 1..<length where position < end { result.append(next()) }
        place += 10 - length
      }
    }
    return result
  }

  private mutating func decodeTextEscape() throws(LiteralFault) {
    let start = place - 1
    if position == end || bytes[position] >= 0x80 {
      // No escape (the brace of an f-string may follow): the backslash stays.
      if position == end, position < bytes.count, bytes[position] == UInt8(ascii: "{") { noteInvalid(bytes[position]) }
      result.append(UInt8(ascii: "\\"))
      place += 5
      return
    }
    let letter = next()
    switch letter {
    case UInt8(ascii: "x"): try decodeHexadecimal(2, from: start, "truncated \\xXX escape")
    case UInt8(ascii: "u"): try decodeHexadecimal(4, from: start, "truncated \\uXXXX escape")
    case UInt8(ascii: "U"): try decodeHexadecimal(8, from: start, "truncated \\UXXXXXXXX escape")
    case UInt8(ascii: "N"): try decodeName(from: start)
    default:
      if let simple = simpleEscape(letter) {
        if simple >= 0 { result.append(UInt8(simple)) }
      } else if letter &- 48 < 8 {
        append(decodeOctal(letter))
      } else {
        noteInvalid(letter)
        result.append(UInt8(ascii: "\\"))
        result.append(letter)
      }
    }
  }

  /// The value of an escape of one letter; -1 for a line continuation; nil for any other.
  private func simpleEscape(_ letter: UInt8) -> Int? {
    switch letter {
    case 10: -1
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): Int(letter)
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "t"): 9
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "r"): 13
    case UInt8(ascii: "v"): 11
    case UInt8(ascii: "a"): 7
    default: nil
    }
  }

  private mutating func decodeOctal(_ first: UInt8) -> UInt32 {
    var value = UInt32(first &- 48)
    for _ in 0..<2 where position < end && bytes[position] &- 48 < 8 { value = value * 8 + UInt32(next() &- 48) }
    if value > 0o377, warning == nil { warning = "invalid octal escape sequence '\\\(String(value, radix: 8))'" }
    return value
  }

  private mutating func noteInvalid(_ letter: UInt8) {
    if warning == nil { warning = "invalid escape sequence '\\\(Character(Unicode.Scalar(letter)))'" }
  }

  private mutating func decodeHexadecimal(_ count: Int, from start: Int, _ reason: String) throws(LiteralFault) {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard position < end, let digit = hexadecimalValue(bytes[position]) else { throw fault(from: start, reason) }
      value = value << 4 | digit
      _ = next()
    }
    if value > 0x10FFFF { throw fault(from: start, "illegal Unicode character") }
    append(value)
  }

  private mutating func decodeName(from start: Int) throws(LiteralFault) {
    guard position < end, bytes[position] == UInt8(ascii: "{") else {
      throw fault(from: start, "malformed \\N character escape")
    }
    _ = next()
    let first = position
    while position < end, bytes[position] != UInt8(ascii: "}") {
      let byte = next()
      if byte >= 0xC0 { place += byte < 0xE0 ? 8 : byte < 0xF0 ? 7 : 6 }
    }
    guard position < end, position > first else {
      throw fault(from: start, "malformed \\N character escape")
    }
    let name = bytes[first..<position]
    _ = next()
    guard let scalar = characterNamed(name) else { throw fault(from: start, "unknown Unicode character name") }
    append(scalar.value)
  }

  private mutating func append(_ value: UInt32) {
    switch value {
    case ..<0x80: result.append(UInt8(value))
    case ..<0x800:
      result.append(UInt8(0xC0 | value >> 6))
      result.append(UInt8(0x80 | value & 0x3F))
    case ..<0x10000:
      result.append(UInt8(0xE0 | value >> 12))
      result.append(UInt8(0x80 | value >> 6 & 0x3F))
      result.append(UInt8(0x80 | value & 0x3F))
    default:
      result.append(UInt8(0xF0 | value >> 18 & 0x07))
      result.append(UInt8(0x80 | value >> 12 & 0x3F))
      result.append(UInt8(0x80 | value >> 6 & 0x3F))
      result.append(UInt8(0x80 | value & 0x3F))
    }
  }

  private func fault(from start: Int, _ reason: String) -> LiteralFault {
    let what =
      place - start == 1 ? "byte 0x5c in position \(start)" : "bytes in position \(start)-\(place - 1)"
    return .message("(unicode error) 'unicodeescape' codec can't decode \(what): \(reason)")
  }

  mutating func decodeBytes() throws(LiteralFault) -> [UInt8] {
    while position < end {
      let start = place
      let byte = next()
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      guard position < end else { throw .message("(value error) Trailing \\ in string") }
      let letter = next()
      if let simple = simpleEscape(letter) {
        if simple >= 0 { result.append(UInt8(simple)) }
      } else if letter &- 48 < 8 {
        result.append(UInt8(truncatingIfNeeded: decodeOctal(letter)))
      } else if letter == UInt8(ascii: "x") {
        guard position + 1 < end, let high = hexadecimalValue(bytes[position]),
          let low = hexadecimalValue(bytes[position + 1])
        else { throw .message("(value error) invalid \\x escape at position \(start)") }
        result.append(UInt8(high << 4 | low))
        _ = next()
        _ = next()
      } else {
        noteInvalid(letter)
        result.append(UInt8(ascii: "\\"))
        result.append(letter)
      }
    }
    return result
  }
}

/// The character of a `\N{…}` escape, in any case; nil for an unknown name. The names are Swift's own, which are those of
/// a newer Unicode than Python 3.11's; they are searched, for want of an index, in the order of the code points.
func characterNamed(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
  let wanted = String(decoding: name, as: UTF8.self).uppercased()
  for (prefix, names) in [("CJK UNIFIED IDEOGRAPH-", 4...5)] where wanted.hasPrefix(prefix) {
    let digits = wanted.dropFirst(prefix.count)
    guard names.contains(digits.count), let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value),
      scalar.properties.isIdeographic
    else { return nil }
    return scalar
  }
  // Planes 0 to 2 and the variation selectors hold all the characters with names of their own.
  for range in [0x20...0x2FA1F, 0xE0001...0xE01EF] as [ClosedRange<UInt32>] {
    for value in range {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let properties = scalar.properties
      if properties.name == wanted || properties.nameAlias == wanted { return scalar }
    }
  }
  return controlNames[wanted]
}

/// The control characters have only aliases.
private let controlNames: [String: Unicode.Scalar] = [
  "NULL": "\u{0}", "NUL": "\u{0}", "BELL": "\u{1F514}", "ALERT": "\u{7}", "BEL": "\u{7}", "BACKSPACE": "\u{8}",
  "CHARACTER TABULATION": "\u{9}", "HORIZONTAL TABULATION": "\u{9}", "TAB": "\u{9}", "HT": "\u{9}",
  "LINE FEED": "\u{A}", "NEW LINE": "\u{A}", "LF": "\u{A}", "LINE TABULATION": "\u{B}", "FORM FEED": "\u{C}",
  "FF": "\u{C}", "CARRIAGE RETURN": "\u{D}", "CR": "\u{D}", "ESCAPE": "\u{1B}", "ESC": "\u{1B}",
  "DELETE": "\u{7F}", "DEL": "\u{7F}", "NEXT LINE": "\u{85}", "NEL": "\u{85}", "NBSP": "\u{A0}", "SP": "\u{20}",
  "ZWSP": "\u{200B}", "ZWNJ": "\u{200C}", "ZWJ": "\u{200D}", "BOM": "\u{FEFF}",
  "BYTE ORDER MARK": "\u{FEFF}",
]
