/// A prefix code for the symbols of one block: lengths from how often each occurs, and codes from the lengths
/// (RFC 1951 section 3.2.2).
struct HuffmanCode {
  /// Bits of each symbol's code; 0 for a symbol that does not occur.
  let lengths: [UInt8]
  /// Each symbol's code with its bits reversed, as they are written.
  let codes: [UInt16]

  init(frequencies: [Int], longest: Int) {
    self.init(lengths: HuffmanCode.bestLengths(frequencies, longest: longest))
  }

  init(lengths: [UInt8]) {
    self.lengths = lengths
    var counts = [UInt16](repeating: 0, count: 17)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var next = [UInt16](repeating: 0, count: 17)
    for length in 1...16 { next[length] = (next[length - 1] &+ counts[length - 1]) &<< 1 }
    var codes = [UInt16](repeating: 0, count: lengths.count)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      codes[symbol] = HuffmanCode.reversed(next[Int(length)], bits: Int(length))
      next[Int(length)] &+= 1
    }
    self.codes = codes
  }

  private static func reversed(_ code: UInt16, bits: Int) -> UInt16 {
    var rest = code
    var result: UInt16 = 0
    for _ in 0..<bits {
      result = result << 1 | rest & 1
      rest >>= 1
    }
    return result
  }

  /// The lengths of the best code none of whose words is longer than a limit, by merging packages: a symbol's length is
  /// how often it is among the cheapest packages.
  private static func bestLengths(_ frequencies: [Int], longest: Int) -> [UInt8] {
    var lengths = [UInt8](repeating: 0, count: frequencies.count)
    let leaves = frequencies.indices.filter { frequencies[$0] > 0 }.map { (weight: frequencies[$0], symbols: [$0]) }
      .sorted { $0.weight < $1.weight }
    guard leaves.count > 1 else {
      lengths[leaves.first?.symbols[0] ?? 0] = 1
      return lengths
    }
    var level = leaves
    for _ in 1..<longest {
      let pairs = stride(from: 0, to: level.count - 1, by: 2).map { index in
        (
          weight: level[index].weight + level[index + 1].weight,
          symbols: level[index].symbols + level[index + 1].symbols
        )
      }
      level = (leaves + pairs).sorted { $0.weight < $1.weight }
    }
    for package in level.prefix(2 * leaves.count - 2) {
      for symbol in package.symbols { lengths[symbol] += 1 }
    }
    return lengths
  }
}
