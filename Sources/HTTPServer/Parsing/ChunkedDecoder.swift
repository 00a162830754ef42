/// Decodes a chunked body (RFC 9112 section 7.1) a byte at a time where it must and in bulk where it can.
///
/// Extensions and trailers are checked against their grammar and dropped. Nothing lenient is allowed: a line ends in
/// CR LF, a size is hexadecimal digits only, data is followed by CR LF at once.
struct ChunkedDecoder {
  private enum State {
    case size
    /// After a size, or after an extension: blanks that must be followed by a semicolon.
    case beforeSemicolon
    case extensionNameStart
    case extensionName
    case afterExtensionName
    case extensionValueStart
    case extensionValue
    case quoted
    case quotedEscape
    case afterQuoted
    case sizeLineFeed
    case data
    case dataReturn
    case dataLineFeed
    case trailerStart
    case trailerName
    case trailerValue
    case trailerLineFeed
    case finalLineFeed
    case done
  }

  private var state = State.size
  private var digits = 0
  private var remaining = 0
  private var isLast = false
  private var extensionBytes = 0
  private var trailerBytes = 0
  private let limit: Int
  private let limits: Limits

  /// `limit` is the largest body that is taken.
  init(limit: Int, limits: Limits) {
    self.limit = limit
    self.limits = limits
  }

  /// Decodes from the input onto the body, up to the input's end or the body's; true when the body is complete.
  mutating func decode(
    _ input: Span<UInt8>, from index: inout Int, onto body: inout [UInt8], received: inout Int
  ) throws(Refusal) -> Bool {
    while index < input.count {
      if state == .data {
        let count = min(remaining, input.count - index)
        input.append(index..<(index + count), to: &body)
        index += count
        remaining -= count
        if remaining == 0 { state = .dataReturn }
        continue
      }
      try step(input[index], received: &received)
      index += 1
      if state == .done { return true }
    }
    return false
  }

  private mutating func step(_ byte: UInt8, received: inout Int) throws(Refusal) {
    switch state {
    case .size: try sizeByte(byte, received: &received)
    case .beforeSemicolon, .extensionNameStart, .extensionName, .afterExtensionName, .extensionValueStart,
      .extensionValue, .quoted, .quotedEscape, .afterQuoted:
      extensionBytes += 1
      guard extensionBytes <= limits.chunkExtensionBytes else { throw .malformed("The chunk extensions are too long.") }
      try extensionByte(byte)
    case .sizeLineFeed:
      guard byte == 0x0A else { throw ChunkedDecoder.badLineEnd }
      digits = 0
      state = isLast ? .trailerStart : .data
    case .dataReturn:
      guard byte == 0x0D else { throw .malformed("A chunk is longer than its size.") }
      state = .dataLineFeed
    case .dataLineFeed:
      guard byte == 0x0A else { throw ChunkedDecoder.badLineEnd }
      state = .size
    case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed: try trailerByte(byte)
    case .finalLineFeed:
      guard byte == 0x0A else { throw ChunkedDecoder.badLineEnd }
      state = .done
    case .data, .done: preconditionFailure("these states take no single bytes")
    }
  }

  private static let badLineEnd = Refusal.malformed("A line of the chunked body does not end in CR LF.")

  private mutating func sizeByte(_ byte: UInt8, received: inout Int) throws(Refusal) {
    if let value = PercentCoding.hexValue(byte) {
      digits += 1
      guard digits <= limits.chunkSizeDigits else { throw .malformed("A chunk size has too many digits.") }
      guard remaining >> 56 == 0 else { throw .bodyTooLarge(limit: limit) }
      remaining = remaining << 4 | Int(value)
      return
    }
    guard digits > 0 else { throw .malformed("A chunk size is missing.") }
    guard remaining <= limit - received else { throw .bodyTooLarge(limit: limit) }
    received += remaining
    isLast = remaining == 0
    switch byte {
    case 0x0D: state = .sizeLineFeed
    case UInt8(ascii: ";"): state = .extensionNameStart
    case 0x20, 0x09: state = .beforeSemicolon
    default: throw .malformed("A chunk size is not hexadecimal.")
    }
  }

  private mutating func extensionByte(_ byte: UInt8) throws(Refusal) {
    let isBlank = byte == 0x20 || byte == 0x09
    let isToken = ByteClass.contains(byte, ByteClass.token)
    let semicolon = UInt8(ascii: ";")
    switch (state, byte) {
    case (.beforeSemicolon, semicolon): state = .extensionNameStart
    case (.beforeSemicolon, _) where isBlank: break
    case (.extensionNameStart, _) where isBlank: break
    case (.extensionNameStart, _) where isToken: state = .extensionName
    case (.extensionName, _) where isToken: break
    case (.extensionName, UInt8(ascii: "=")), (.afterExtensionName, UInt8(ascii: "=")): state = .extensionValueStart
    case (.extensionName, semicolon), (.afterExtensionName, semicolon): state = .extensionNameStart
    case (.extensionName, _) where isBlank: state = .afterExtensionName
    case (.afterExtensionName, _) where isBlank: break
    case (.extensionValueStart, _) where isBlank: break
    case (.extensionValueStart, UInt8(ascii: "\"")): state = .quoted
    case (.extensionValueStart, _) where isToken: state = .extensionValue
    case (.extensionValue, _) where isToken: break
    case (.extensionValue, semicolon), (.afterQuoted, semicolon): state = .extensionNameStart
    case (.extensionValue, _) where isBlank, (.afterQuoted, _) where isBlank: state = .beforeSemicolon
    case (.extensionName, 0x0D), (.extensionValue, 0x0D), (.afterQuoted, 0x0D): state = .sizeLineFeed
    case (.quoted, UInt8(ascii: "\"")): state = .afterQuoted
    case (.quoted, UInt8(ascii: "\\")): state = .quotedEscape
    case (.quoted, _) where ByteClass.contains(byte, ByteClass.value): break
    case (.quotedEscape, _) where ByteClass.contains(byte, ByteClass.value): state = .quoted
    default: throw .malformed("A chunk extension is malformed.")
    }
  }

  private mutating func trailerByte(_ byte: UInt8) throws(Refusal) {
    trailerBytes += 1
    guard trailerBytes <= limits.trailerBytes else { throw .malformed("The trailer section is too long.") }
    switch (state, byte) {
    case (.trailerStart, 0x0D): state = .finalLineFeed
    case (.trailerStart, _) where ByteClass.contains(byte, ByteClass.token): state = .trailerName
    case (.trailerName, _) where ByteClass.contains(byte, ByteClass.token): break
    case (.trailerName, UInt8(ascii: ":")): state = .trailerValue
    case (.trailerValue, 0x0D): state = .trailerLineFeed
    case (.trailerValue, _) where ByteClass.contains(byte, ByteClass.value): break
    case (.trailerLineFeed, 0x0A): state = .trailerStart
    default: throw .malformed("A trailer field is malformed.")
    }
  }
}
