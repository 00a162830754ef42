import Glibc

/// MD5 (RFC 1321): one block of 64 bytes at a time.
enum MD5 {
  static let initial: [UInt64] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
  private static let sines: [UInt32] = (1...64).map { UInt32(abs(sin(Double($0))) * 0x1p32) }
  private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

  static func compress(_ state: inout [UInt64], _ block: ArraySlice<UInt8>) {
    let start = block.startIndex
    let words = (0..<16).map { index in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(block[start + index * 4 + $1]) << UInt32($1 * 8) }
    }
    var v = state.map { UInt32(truncatingIfNeeded: $0) }
    let (sines, shifts) = (sines, shifts)
    for step in 0..<64 {
      let (b, c, d) = (v[1], v[2], v[3])
      let mixed: UInt32
      let word: Int
      switch step >> 4 {
      case 0: (mixed, word) = (b & c | ~b & d, step)
      case 1: (mixed, word) = (d & b | ~d & c, (5 * step + 1) & 15)
      case 2: (mixed, word) = (b ^ c ^ d, (3 * step + 5) & 15)
      default: (mixed, word) = (c ^ (b | ~d), 7 * step & 15)
      }
      let sum = v[0] &+ mixed &+ sines[step] &+ words[word]
      let shift = shifts[step >> 4 * 4 + step & 3]
      (v[0], v[3], v[2], v[1]) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
    }
    for index in 0..<4 { state[index] = UInt64(UInt32(truncatingIfNeeded: state[index]) &+ v[index]) }
  }
}
