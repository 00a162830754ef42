/// The encodings that are built in, by all of their names.
enum TextCodec: Equatable {
  case utf8
  case utf8WithSignature
  case ascii
  case latin1
  /// Two or four bytes a unit. Without an order: a mark at the start, little-endian when there is none.
  case utf16(ByteOrder)
  case utf32(ByteOrder)
  case unicodeEscape
  case rawUnicodeEscape
  /// By a table that a program gives; it has no name to be found by.
  case charmap

  enum ByteOrder { case marked, little, big }

  /// The codec of a name as programs write it; nil when there is none.
  init?(name: String) {
    let normalized = String(
      decoding: name.utf8.map { byte -> UInt8 in
        if byte &- 0x41 < 26 { return byte + 32 }
        return byte == 0x2D || byte == 0x20 ? 0x5F : byte
      }, as: UTF8.self)
    switch normalized {
    case "utf_8", "utf8", "u8", "utf", "utf8_ucs2", "utf8_ucs4", "cp65001": self = .utf8
    case "utf_8_sig": self = .utf8WithSignature
    case "ascii", "us_ascii", "646", "ansi_x3.4_1968", "iso646_us", "iso_646.irv_1991", "us", "cp367", "ibm367":
      self = .ascii
    case "latin_1", "latin1", "latin", "l1", "iso8859_1", "iso_8859_1", "8859", "iso8859", "cp819", "ibm819",
      "iso_8859_1_1987", "csisolatin1", "iso_ir_100":
      self = .latin1
    case "utf_16", "utf16", "u16": self = .utf16(.marked)
    case "utf_16_le", "utf_16le", "utf16_le", "utf16le", "unicodelittleunmarked": self = .utf16(.little)
    case "utf_16_be", "utf_16be", "utf16_be", "utf16be", "unicodebigunmarked": self = .utf16(.big)
    case "utf_32", "utf32", "u32": self = .utf32(.marked)
    case "utf_32_le", "utf_32le", "utf32_le", "utf32le": self = .utf32(.little)
    case "utf_32_be", "utf_32be", "utf32_be", "utf32be": self = .utf32(.big)
    case "unicode_escape", "unicodeescape": self = .unicodeEscape
    case "raw_unicode_escape", "rawunicodeescape": self = .rawUnicodeEscape
    default: return nil
    }
  }

  /// The name in error messages.
  var name: String {
    switch self {
    case .utf8, .utf8WithSignature: "utf-8"
    case .ascii: "ascii"
    case .latin1: "latin-1"
    case .utf16(.marked): "utf-16"
    case .utf16(.little): "utf-16-le"
    case .utf16(.big): "utf-16-be"
    case .utf32(.marked): "utf-32"
    case .utf32(.little): "utf-32-le"
    case .utf32(.big): "utf-32-be"
    case .unicodeEscape: "unicodeescape"
    case .rawUnicodeEscape: "rawunicodeescape"
    case .charmap: "charmap"
    }
  }
}

extension VM {
  /// Decodes bytes to a str object. The handler is looked up only when there is something to handle, as CPython does.
  package func decode(_ bytes: [UInt8], encoding: String, errors: String) throws(Unwind) -> Value {
    guard let codec = TextCodec(name: encoding) else {
      return try decodeByRegistry(bytes, encoding: encoding, errors: errors)
    }
    return try decode(bytes, codec, errors: errors)
  }

  func decode(_ bytes: [UInt8], _ codec: TextCodec, errors: String) throws(Unwind) -> Value {
    try charge(bytes.count >> 4)
    var decoder = TextDecoder(self, bytes, codec, errors: errors)
    try decoder.run(isFinal: true)
    return try decoder.out.finish()
  }

  /// Encodes a str object to bytes.
  package func encode(_ string: Value, encoding: String, errors: String) throws(Unwind) -> Value {
    guard let codec = TextCodec(name: encoding) else {
      return try encodeByRegistry(string, encoding: encoding, errors: errors)
    }
    return try encode(string, codec, errors: errors)
  }

  /// Refuses a string with surrogates, which has no UTF-8.
  func checkEncodable(_ string: Value) throws(Unwind) {
    if !PyString(self, string).isASCII { _ = try encode(string, encoding: "utf-8", errors: "strict") }
  }

  func encode(_ string: Value, _ codec: TextCodec, errors: String) throws(Unwind) -> Value {
    let view = PyString(self, string)
    try charge(view.count >> 4)
    if view.isASCII, codec == .utf8 || codec == .ascii || codec == .latin1 {
      return try newBytes(view.units, count: view.count)
    }
    var encoder = TextEncoder(self, string, codec, errors: errors)
    return try newBytes(encoder.run())
  }
}
