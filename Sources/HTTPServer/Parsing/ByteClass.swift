/// The character classes of RFC 9110 and RFC 3986, as one table of bits that each byte indexes.
enum ByteClass {
  static let token: UInt8 = 1
  /// What may stand in a path: unreserved, sub-delimiters, `:`, `@`, and the slash; escapes are checked apart.
  static let path: UInt8 = 2
  /// What may stand in the name part of an authority.
  static let host: UInt8 = 4
  /// Everything a field value may hold.
  static let value: UInt8 = 8

  private static let table: [UInt8] = (0..<256).map { number -> UInt8 in
    let byte = UInt8(number)
    let isAlphanumeric =
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    var bits: UInt8 = 0
    if isAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains(byte) { bits |= token }
    if isAlphanumeric || "-._~!$&'()*+,;=:@/".utf8.contains(byte) { bits |= path }
    if isAlphanumeric || "-._~!$&'()*+;=".utf8.contains(byte) { bits |= host }
    if byte >= 0x20 && byte != 0x7F || byte == 0x09 { bits |= value }
    return bits
  }

  static func contains(_ byte: UInt8, _ bits: UInt8) -> Bool {
    table[Int(byte)] & bits != 0
  }
}
