extension SourceText {
  /// The character that begins at `offset`, and its length in bytes; nil if the bytes are no UTF-8.
  func scalar(at offset: Int, end: Int) -> (Unicode.Scalar, Int)? {
    decodeScalar(bytes, at: offset, end: end)
  }

  /// CPython's message for bytes that are no UTF-8, counted from `start`.
  func undecodableMessage(from start: Int, at offset: Int, end: Int) -> String {
    PythonSyntax.undecodableMessage(bytes, from: start, at: offset, end: end)
  }
}

/// CPython's message for bytes that are no UTF-8, counted from `start`.
func undecodableMessage(_ bytes: [UInt8], from start: Int, at offset: Int, end: Int) -> String {
  let (reason, length) = undecodable(bytes, at: offset, end: end)
  let first = offset - start
  let hex = (bytes[offset] < 16 ? "0" : "") + String(bytes[offset], radix: 16)
  let place = length == 1 ? "byte 0x\(hex) in position \(first)" : "bytes in position \(first)-\(first + length - 1)"
  return "(unicode error) 'utf-8' codec can't decode \(place): \(reason)"
}

/// Decodes one character of UTF-8, strictly: no surrogates, no overlong forms.
func decodeScalar(_ bytes: [UInt8], at offset: Int, end: Int) -> (Unicode.Scalar, Int)? {
  let first = bytes[offset]
  if first < 0x80 { return (Unicode.Scalar(first), 1) }
  let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  if first < 0xC2 || first > 0xF4 || offset + length > end { return nil }
  var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
  for index in 1..<length {
    let byte = bytes[offset + index]
    if byte & 0xC0 != 0x80 { return nil }
    value = value << 6 | UInt32(byte & 0x3F)
  }
  if length == 3 && value < 0x800 || length == 4 && value < 0x10000 { return nil }
  guard let scalar = Unicode.Scalar(value) else { return nil }
  return (scalar, length)
}

/// Why bytes are no UTF-8, and how many of them CPython blames.
private func undecodable(_ bytes: [UInt8], at offset: Int, end: Int) -> (reason: String, length: Int) {
  let first = bytes[offset]
  if first < 0xC2 || first > 0xF4 { return ("invalid start byte", 1) }
  let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  for index in 1..<length {
    if offset + index >= end { return ("unexpected end of data", index) }
    let byte = bytes[offset + index]
    var fits = byte & 0xC0 == 0x80
    if index == 1 {
      if first == 0xE0 { fits = fits && byte >= 0xA0 }
      if first == 0xED { fits = fits && byte < 0xA0 }
      if first == 0xF0 { fits = fits && byte >= 0x90 }
      if first == 0xF4 { fits = fits && byte < 0x90 }
    }
    if !fits { return ("invalid continuation byte", index) }
  }
  return ("invalid start byte", 1)
}

extension Unicode.Scalar.Properties {
  /// What `str.isprintable` says of the character.
  var isPrintable: Bool {
    switch generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
      .spaceSeparator:
      false
    default: true
    }
  }
}

/// A name in the form in which the tree keeps it: as it was written. CPython folds compatibility forms (NFKC), which would
/// take tables that Swift's own library does not have.
func normalizedIdentifier(_ name: String) -> String {
  name
}
