/// SHA-1 (FIPS 180-4): one block of 64 bytes at a time.
enum SHA1 {
  static let initial: [UInt64] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]

  static func compress(_ state: inout [UInt64], _ block: ArraySlice<UInt8>) {
    var w = [UInt32](repeating: 0, count: 80)
    let start = block.startIndex
    for index in 0..<64 { w[index >> 2] = w[index >> 2] << 8 | UInt32(block[start + index]) }
    for index in 16..<80 {
      let mixed = w[index - 3] ^ w[index - 8] ^ w[index - 14] ^ w[index - 16]
      w[index] = mixed << 1 | mixed >> 31
    }
    var v = state.map { UInt32(truncatingIfNeeded: $0) }
    for step in 0..<80 {
      let (b, c, d) = (v[1], v[2], v[3])
      let mixed: UInt32
      switch step / 20 {
      case 0: mixed = (b & c | ~b & d) &+ 0x5A82_7999
      case 1: mixed = (b ^ c ^ d) &+ 0x6ED9_EBA1
      case 2: mixed = (b & c | b & d | c & d) &+ 0x8F1B_BCDC
      default: mixed = (b ^ c ^ d) &+ 0xCA62_C1D6
      }
      let first = (v[0] << 5 | v[0] >> 27) &+ mixed &+ v[4] &+ w[step]
      (v[4], v[3], v[2], v[1], v[0]) = (d, c, b << 30 | b >> 2, v[0], first)
    }
    for index in 0..<5 { state[index] = UInt64(UInt32(truncatingIfNeeded: state[index]) &+ v[index]) }
  }
}
