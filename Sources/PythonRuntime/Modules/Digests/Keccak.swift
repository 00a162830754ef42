/// The permutation beneath SHA-3 (FIPS 202).
enum Keccak {
  private static let constants: [UInt64] = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
    0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
  ]
  private static let rotations: [UInt64] = [
    1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44,
  ]
  private static let lanes = [
    10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1,
  ]

  /// 24 rounds over 25 lanes.
  static func permute(_ a: inout [UInt64]) {
    var c = [UInt64](repeating: 0, count: 5)
    for constant in constants {
      for x in 0..<5 { c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] }
      for x in 0..<5 {
        let next = c[(x + 1) % 5]
        let d = c[(x + 4) % 5] ^ (next << 1 | next >> 63)
        for y in stride(from: 0, to: 25, by: 5) { a[x + y] ^= d }
      }
      var moved = a[1]
      for step in 0..<24 {
        let lane = lanes[step]
        let kept = a[lane]
        a[lane] = moved << rotations[step] | moved >> (64 - rotations[step])
        moved = kept
      }
      for y in stride(from: 0, to: 25, by: 5) {
        for x in 0..<5 { c[x] = a[y + x] }
        for x in 0..<5 { a[y + x] = c[x] ^ ~c[(x + 1) % 5] & c[(x + 2) % 5] }
      }
      a[0] ^= constant
    }
  }

  /// Adds a block to the lanes, lowest byte first, and permutes.
  static func absorb(_ a: inout [UInt64], _ block: ArraySlice<UInt8>) {
    for (index, byte) in block.enumerated() { a[index >> 3] ^= UInt64(byte) << UInt64((index & 7) * 8) }
    permute(&a)
  }
}
