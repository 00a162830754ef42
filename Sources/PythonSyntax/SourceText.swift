/// A source made ready for the tokenizer: UTF-8 with `\n` line ends only, and a zero byte behind its end.
///
/// Null bytes in the source itself are refused, so that the zero can only be the end.
struct SourceText: Sendable {
  let bytes: [UInt8]
  let filename: String
  /// How many bytes come before the closing zero.
  let count: Int

  /// More than this cannot be counted in the 32 bits of a `Span` with room to spare.
  static let maximumByteCount = 1 << 30

  /// The inside of an f-string's braces.
  init(expression bytes: [UInt8], filename: String) {
    self.filename = filename
    count = bytes.count + 1
    self.bytes = bytes + [10, 0]
  }

  init(
    _ source: [UInt8], filename: String, mode: ParseMode, options: ParseOptions
  ) throws(SyntaxError) {
    self.filename = filename
    guard source.count < Self.maximumByteCount else {
      throw SyntaxError(
        kind: .memory, message: "", filename: filename, line: 0, column: 0, endLine: 0, endColumn: 0, text: nil)
    }
    var text = source
    if !options.contains(.ignoreCookie) {
      text = try Self.decode(source, filename: filename)
    }
    if text.contains(0) {
      throw SyntaxError(
        message: "source code string cannot contain null bytes", filename: filename, line: 0, column: 0, endLine: 0,
        endColumn: 0, text: nil)
    }
    if text.contains(13) {
      // CPython's translation leaves one line more behind a last `\r\n`.
      let endsWithPair = mode == .module && text.count > 1 && text[text.count - 2] == 13 && text.last == 10
      text = Self.withUnixNewlines(text)
      if endsWithPair { text.append(10) }
    }
    if mode == .module, let last = text.last, last != 10 { text.append(10) }
    count = text.count
    text.append(0)
    bytes = text
  }

  /// Where the line begins that holds the byte at `offset`.
  func lineStart(of offset: Int) -> Int {
    var first = max(0, min(offset, count))
    while first > 0, bytes[first - 1] != 10 { first -= 1 }
    return first
  }

  /// The rest of the line from `first` on, without its newline.
  func lineText(from first: Int) -> String {
    var end = first
    while end < count, bytes[end] != 10 { end += 1 }
    return String(decoding: bytes[first..<end], as: UTF8.self)
  }

  /// Where line `number` (from 1) begins, or nil if there are fewer lines.
  func startOfLine(_ number: Int32) -> Int? {
    var line: Int32 = 1
    var position = 0
    while line < number {
      while position < count, bytes[position] != 10 { position += 1 }
      if position >= count { return nil }
      position += 1
      line += 1
    }
    return position
  }

  /// How many characters (as CPython counts them, an undecodable byte being one) lie in a range of bytes.
  func characterCount(_ range: Range<Int>) -> Int32 {
    let clipped = range.clamped(to: 0..<count)
    if bytes[clipped].allSatisfy({ $0 < 0x80 }) { return Int32(range.count) }
    let characters = String(decoding: bytes[clipped], as: UTF8.self).unicodeScalars.count
    return Int32(characters + (range.count - clipped.count))
  }

  private static func withUnixNewlines(_ source: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(source.count + 2)
    var index = 0
    while index < source.count {
      let byte = source[index]
      index += 1
      if byte == 13 {
        result.append(10)
        if index < source.count, source[index] == 10 { index += 1 }
      } else {
        result.append(byte)
      }
    }
    return result
  }

  // MARK: Encodings

  private static func decode(_ source: [UInt8], filename: String) throws(SyntaxError) -> [UInt8] {
    let hasMark = source.starts(with: [0xEF, 0xBB, 0xBF])
    let body = hasMark ? Array(source.dropFirst(3)) : source
    guard let cookie = codingCookie(of: body) else { return body }
    func refuse(_ message: String) -> SyntaxError {
      SyntaxError(message: message, filename: filename, line: 0, column: -1, endLine: 0, endColumn: -1, text: nil)
    }
    let name = String(cookie.lowercased().map { $0 == "_" ? "-" : $0 })
    if name == "utf-8" || name.hasPrefix("utf-8-") || name == "utf8" || name == "u8" { return body }
    if hasMark { throw refuse("encoding problem: \(cookie) with BOM") }
    if ["latin-1", "latin1", "iso-8859-1", "iso8859-1", "iso-latin-1", "l1", "cp819"].contains(name)
      || name.hasPrefix("latin-1-") || name.hasPrefix("iso-8859-1-")
    {
      var text: [UInt8] = []
      text.reserveCapacity(body.count + body.count / 8)
      for byte in body {
        if byte < 0x80 {
          text.append(byte)
        } else {
          text.append(0xC0 | byte >> 6)
          text.append(0x80 | byte & 0x3F)
        }
      }
      return text
    }
    if ["ascii", "us-ascii", "646"].contains(name) {
      guard let bad = body.firstIndex(where: { $0 >= 0x80 }) else { return body }
      let hex = String(body[bad], radix: 16)
      throw refuse("'ascii' codec can't decode byte 0x\(hex) in position \(bad): ordinal not in range(128)")
    }
    throw refuse("unknown encoding: \(cookie)")
  }

  /// The encoding that a comment in the first two lines names (PEP 263).
  private static func codingCookie(of source: [UInt8]) -> String? {
    var position = 0
    for _ in 0..<2 {
      var end = position
      while end < source.count, source[end] != 10, source[end] != 13 { end += 1 }
      let line = source[position..<end]
      let content = line.drop { $0 == 32 || $0 == 9 || $0 == 12 }
      if content.first == UInt8(ascii: "#") {
        if let name = codingName(in: content) { return name }
      } else if !content.isEmpty {
        return nil
      }
      if end < source.count, source[end] == 13 { end += 1 }
      if end < source.count, source[end] == 10 { end += 1 }
      position = end
    }
    return nil
  }

  private static func codingName(in comment: ArraySlice<UInt8>) -> String? {
    let word = Array("coding".utf8)
    var rest = comment
    while rest.count > word.count {
      if rest.starts(with: word) {
        let after = rest.dropFirst(word.count)
        if let sign = after.first, sign == UInt8(ascii: ":") || sign == UInt8(ascii: "=") {
          let name = after.dropFirst().drop { $0 == 32 || $0 == 9 }.prefix {
            isIdentifierByte($0) && $0 < 0x80 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
          }
          if !name.isEmpty { return String(decoding: name, as: UTF8.self) }
        }
      }
      rest = rest.dropFirst()
    }
    return nil
  }
}

/// Whether a byte can go on an identifier (any byte of a non-ASCII character may).
@inline(__always)
func isIdentifierByte(_ byte: UInt8) -> Bool {
  (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == 95 || byte >= 0x80
}

@inline(__always)
func isDigit(_ byte: UInt8) -> Bool {
  byte &- 48 < 10
}

/// The value of a hexadecimal digit, or nil.
func hexadecimalValue(_ byte: UInt8) -> UInt32? {
  switch byte {
  case 48...57: UInt32(byte) - 48
  case 65...70: UInt32(byte) - 55
  case 97...102: UInt32(byte) - 87
  default: nil
  }
}
