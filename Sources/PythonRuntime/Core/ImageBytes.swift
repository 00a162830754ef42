/// Words in arrays of bytes, lowest byte first: how images are written.
extension [UInt8] {
  mutating func append(word: UInt64) {
    for shift in 0..<8 { append(UInt8(truncatingIfNeeded: word >> UInt64(shift * 8))) }
  }

  mutating func set(_ index: Int, _ word: UInt64) {
    for shift in 0..<8 { self[index + shift] = UInt8(truncatingIfNeeded: word >> UInt64(shift * 8)) }
  }

  func word(_ index: Int) -> UInt64 {
    var word: UInt64 = 0
    for shift in 0..<8 { word |= UInt64(self[index + shift]) << UInt64(shift * 8) }
    return word
  }
}

/// Reads words and bytes one after the other; nil when there are no more.
struct ImageReader {
  private let bytes: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8], from position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var isAtEnd: Bool { position == bytes.count }

  mutating func word() -> UInt64? {
    guard position + 8 <= bytes.count else { return nil }
    defer { position += 8 }
    return bytes.word(position)
  }

  /// A word that is a number of something, at most `limit`.
  mutating func count(upTo limit: Int) -> Int? {
    guard let word = word(), word <= UInt64(limit) else { return nil }
    return Int(word)
  }

  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard count >= 0, count <= bytes.count - position else { return nil }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }
}
