/// The encodings `unicode_escape` and `raw_unicode_escape`.
extension TextDecoder {
  mutating func decodeEscapes() throws(Unwind) {
    while position < bytes.count {
      let start = position
      let byte = bytes[position]
      position += 1
      guard byte == 0x5C else {
        try out.append(scalar: UInt32(byte))
        continue
      }
      guard position < bytes.count else {
        if !isFinal {
          position = start
          return
        }
        try handle(start, position, "\\ at end of string")
        continue
      }
      let letter = bytes[position]
      position += 1
      switch letter {
      case 0x0A: break
      case 0x5C, 0x27, 0x22: try out.append(scalar: UInt32(letter))
      case 0x61: try out.append(scalar: 7)
      case 0x62: try out.append(scalar: 8)
      case 0x66: try out.append(scalar: 12)
      case 0x6E: try out.append(scalar: 10)
      case 0x72: try out.append(scalar: 13)
      case 0x74: try out.append(scalar: 9)
      case 0x76: try out.append(scalar: 11)
      case 0x30...0x37: try octalEscape(letter)
      case 0x78: try hexEscape(start, 2, "truncated \\xXX escape")
      case 0x75: try hexEscape(start, 4, "truncated \\uXXXX escape")
      case 0x55: try hexEscape(start, 8, "truncated \\UXXXXXXXX escape")
      case 0x4E: try nameEscape(start)
      default: try out.append([0x5C, letter])
      }
    }
  }

  private mutating func octalEscape(_ first: UInt8) throws(Unwind) {
    var value = UInt32(first - 0x30)
    var digits = 1
    while digits < 3, position < bytes.count, bytes[position] &- 0x30 < 8 {
      value = value * 8 + UInt32(bytes[position] - 0x30)
      position += 1
      digits += 1
    }
    try out.append(scalar: value)
  }

  private mutating func hexEscape(_ start: Int, _ count: Int, _ reason: String) throws(Unwind) {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard position < bytes.count, let digit = ByteText.hexValue(bytes[position]) else {
        return try handle(start, position, reason)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    guard value < 0x110000 else {
      let isRaw = codec == .rawUnicodeEscape
      return try handle(start, position, isRaw ? "\\Uxxxxxxxx out of range" : "illegal Unicode character")
    }
    try out.append(scalar: value)
  }

  private mutating func nameEscape(_ start: Int) throws(Unwind) {
    let reason = "malformed \\N character escape"
    guard position < bytes.count, bytes[position] == 0x7B,
      let end = bytes[position...].firstIndex(of: 0x7D), end > position + 1
    else { return try handle(start, position, reason) }
    let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
    position = end + 1
    guard let scalar = CharacterNames.scalar(named: name) else {
      return try handle(start, position, "unknown Unicode character name")
    }
    try out.append(scalar: scalar)
  }

  mutating func decodeRawEscapes() throws(Unwind) {
    while position < bytes.count {
      let start = position
      let byte = bytes[position]
      position += 1
      guard byte == 0x5C else {
        try out.append(scalar: UInt32(byte))
        continue
      }
      guard position < bytes.count, bytes[position] == 0x75 || bytes[position] == 0x55 else {
        try out.append(scalar: 0x5C)
        continue
      }
      let isLong = bytes[position] == 0x55
      position += 1
      try hexEscape(start, isLong ? 8 : 4, isLong ? "truncated \\UXXXXXXXX escape" : "truncated \\uXXXX escape")
    }
  }
}

/// Characters by their Unicode names.
enum CharacterNames {
  /// Looks a name up, in any case; names and aliases, Hangul syllables and unified ideographs among them.
  static func scalar(named name: String) -> UInt32? {
    let wanted = name.uppercased()
    guard wanted.utf8.count < 100, !wanted.isEmpty else { return nil }
    return index[wanted]
  }

  /// The name of a character, as `unicodedata.name` gives it.
  static func name(_ scalar: UInt32) -> String? { CharacterClass.properties(scalar)?.name }

  /// Every name once; made when a name is first looked up.
  private static let index: [String: UInt32] = {
    var index: [String: UInt32] = [:]
    for value in UInt32(0x20)..<0x110000 {
      // Private use, and planes without any name.
      if value == 0x32000 || value == 0xE000 { continue }
      guard let properties = CharacterClass.properties(value) else { continue }
      if let name = properties.name { index[name] = value }
      if let alias = properties.nameAlias { index[alias] = value }
    }
    return index
  }()
}
