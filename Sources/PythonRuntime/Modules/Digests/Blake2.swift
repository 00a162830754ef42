/// BLAKE2b and BLAKE2s (RFC 7693).
enum Blake2 {
  private static let orders: [[Int]] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
  ]
  private static let columns = [
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
  ]

  /// One block; `length` counts the bytes up to its end.
  static func compress<T: FixedWidthInteger & UnsignedInteger>(
    _: T.Type, _ state: inout [UInt64], _ block: ArraySlice<UInt8>, length: UInt64, isLast: Bool, isLastNode: Bool
  ) {
    let size = T.bitWidth / 8
    let start = block.startIndex
    let words = (0..<16).map { index in
      (0..<size).reduce(T(0)) { $0 | T(block[start + index * size + $1]) << T($1 * 8) }
    }
    let initial: [T] = (size == 8 ? SHA2.initial512 : SHA2.initial256).map { T(truncatingIfNeeded: $0) }
    var v = state.map { T(truncatingIfNeeded: $0) } + initial
    v[12] ^= T(truncatingIfNeeded: length)
    v[13] ^= size == 8 ? 0 : T(truncatingIfNeeded: length >> 32)
    if isLast { v[14] = ~v[14] }
    if isLast, isLastNode { v[15] = ~v[15] }
    let turns: [T] = size == 8 ? [32, 24, 16, 63] : [16, 12, 8, 7]
    for round in 0..<(size == 8 ? 12 : 10) {
      let order = orders[round % 10]
      for (index, (a, b, c, d)) in columns.enumerated() {
        v[a] = v[a] &+ v[b] &+ words[order[index * 2]]
        v[d] = rotate(v[d] ^ v[a], turns[0])
        v[c] = v[c] &+ v[d]
        v[b] = rotate(v[b] ^ v[c], turns[1])
        v[a] = v[a] &+ v[b] &+ words[order[index * 2 + 1]]
        v[d] = rotate(v[d] ^ v[a], turns[2])
        v[c] = v[c] &+ v[d]
        v[b] = rotate(v[b] ^ v[c], turns[3])
      }
    }
    for index in 0..<8 { state[index] ^= UInt64(v[index] ^ v[index + 8]) }
  }

  @inline(__always) private static func rotate<T: FixedWidthInteger>(_ word: T, _ count: T) -> T {
    word >> count | word << (T(T.bitWidth) - count)
  }

  /// What a state starts with: the initial words, changed by the parameters.
  static func start(isLong: Bool, parameters: [UInt8]) -> [UInt64] {
    let size = isLong ? 8 : 4
    let initial = isLong ? SHA2.initial512 : SHA2.initial256
    return (0..<8).map { word in
      (0..<size).reduce(initial[word]) { $0 ^ UInt64(parameters[word * size + $1]) << UInt64($1 * 8) }
    }
  }
}
