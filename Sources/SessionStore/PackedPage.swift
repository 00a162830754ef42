/// Pages of memory as they are kept: mostly zeros, or mostly the same as a page that is kept already.
///
/// A packed page is, for each eight bytes, a byte whose bits say which of them are not zero, and then those; after a byte
/// without bits comes the number of further words of zeros. The differences between two pages are packed as their
/// exclusive or, so that what is the same costs next to nothing.
enum PackedPage {
  /// The packed form of bytes, or of their difference from others.
  static func pack(_ bytes: [UInt8], from base: [UInt8] = []) -> [UInt8] {
    var packed: [UInt8] = []
    packed.reserveCapacity(bytes.count / 2)
    var zeros = 0
    var at = 0
    while at < bytes.count {
      let word = word(of: bytes, at) ^ word(of: base, at)
      at += 8
      if word == 0 {
        zeros += 1
        if zeros == 256 { end(&zeros, &packed) }
        continue
      }
      if zeros > 0 { end(&zeros, &packed) }
      append(word, to: &packed)
    }
    if zeros > 0 { end(&zeros, &packed) }
    return packed
  }

  private static func end(_ zeros: inout Int, _ packed: inout [UInt8]) {
    packed.append(0)
    packed.append(UInt8(zeros - 1))
    zeros = 0
  }

  private static func append(_ word: UInt64, to packed: inout [UInt8]) {
    let place = packed.count
    packed.append(0)
    var mask: UInt8 = 0
    for index in 0..<8 {
      let byte = UInt8(truncatingIfNeeded: word >> UInt64(index * 8))
      if byte != 0 {
        mask |= 1 << UInt8(index)
        packed.append(byte)
      }
    }
    packed[place] = mask
  }

  /// The eight bytes at a place as a number; bytes beyond the end are zeros.
  private static func word(of bytes: [UInt8], _ at: Int) -> UInt64 {
    guard at + 8 <= bytes.count else {
      var word: UInt64 = 0
      for index in stride(from: bytes.count - 1, through: at, by: -1) { word = word << 8 | UInt64(bytes[index]) }
      return word
    }
    var word: UInt64 = 0
    for index in 0..<8 { word |= UInt64(bytes[at + index]) << UInt64(index * 8) }
    return word
  }

  /// The bytes that were packed, of which there were `count`; nil when the packed form is damaged.
  static func unpack(_ packed: [UInt8], count: Int, from base: [UInt8] = []) -> [UInt8]? {
    var bytes = base.count == count ? base : Array(base.prefix(count))
    if bytes.count < count { bytes.append(contentsOf: repeatElement(0, count: count - bytes.count)) }
    var at = 0
    var from = 0
    while from < packed.count {
      let mask = packed[from]
      from += 1
      if mask == 0 {
        guard from < packed.count else { return nil }
        at += 8 * (Int(packed[from]) + 1)
        from += 1
        continue
      }
      for index in 0..<8 where mask & 1 << UInt8(index) != 0 {
        guard from < packed.count, at + index < count else { return nil }
        bytes[at + index] ^= packed[from]
        from += 1
      }
      at += 8
    }
    // The last word may reach beyond the end.
    return at >= count && at < count + 8 ? bytes : nil
  }

  /// Finds damage of a page at rest. Identity is the digest's business; this is quick.
  static func checksum(_ bytes: [UInt8]) -> Int64 {
    var (first, second): (UInt64, UInt64) = (0x9E37_79B9_7F4A_7C15, UInt64(bytes.count))
    for at in stride(from: 0, to: bytes.count, by: 16) {
      first = (first ^ word(of: bytes, at)) &* 0xFF51_AFD7_ED55_8CCD
      second = (second ^ word(of: bytes, min(at + 8, bytes.count))) &* 0xC4CE_B9FE_1A85_EC53
      first ^= first >> 32
      second ^= second >> 32
    }
    return Int64(bitPattern: first ^ second)
  }
}
