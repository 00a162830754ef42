/// Compresses bytes by RFC 1951: repeats become references to what came before, and each block has a Huffman code of its
/// own. A dependency would do the same faster; answers are compressed once, off the event loop, or once at all.
struct Deflate {
  private static let window = 32_768
  private static let longestMatch = 258
  /// How many earlier places are compared; more hardly helps text.
  private static let tries = 24
  private static let blockTokens = 32_768
  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let lengthExtra = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
    8193, 12289, 16385, 24577,
  ]
  /// In which order the lengths of the code for lengths are written.
  private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  private let input: [UInt8]
  private var bits = BitWriter()
  private var heads = [Int32](repeating: -1, count: 1 << 15)
  private var chain: [Int32]
  /// Literals as they are; matches as length times 65536 plus distance.
  private var tokens: [UInt32] = []

  private init(_ input: [UInt8]) {
    self.input = input
    chain = [Int32](repeating: -1, count: min(Deflate.window, max(1, input.count)))
  }

  /// The compressed form, without a frame around it.
  static func compress(_ input: [UInt8]) -> [UInt8] {
    var deflate = Deflate(input)
    deflate.scan()
    deflate.endBlock(isLast: true)
    return deflate.bits.finished()
  }

  private mutating func scan() {
    var place = 0
    while place < input.count {
      let match = longest(at: place)
      remember(place)
      // A longer match one byte later is worth a literal.
      if match.length >= 3, match.length >= 32 || longest(at: place + 1).length <= match.length {
        tokens.append(UInt32(match.length) << 16 | UInt32(match.distance))
        for skipped in place + 1..<place + match.length { remember(skipped) }
        place += match.length
      } else {
        tokens.append(UInt32(input[place]))
        place += 1
      }
      if tokens.count >= Deflate.blockTokens { endBlock(isLast: false) }
    }
  }

  private func hash(_ place: Int) -> Int {
    let three = UInt32(input[place]) | UInt32(input[place + 1]) << 8 | UInt32(input[place + 2]) << 16
    return Int((three &* 0x9E37_79B1) >> 17)
  }

  private mutating func remember(_ place: Int) {
    guard place + 2 < input.count else { return }
    let key = hash(place)
    chain[place % chain.count] = heads[key]
    heads[key] = Int32(truncatingIfNeeded: place)
  }

  private func longest(at place: Int) -> (length: Int, distance: Int) {
    guard place + 2 < input.count else { return (0, 0) }
    let most = min(Deflate.longestMatch, input.count - place)
    var best = (length: 0, distance: 0)
    var candidate = Int(heads[hash(place)])
    for _ in 0..<Deflate.tries where candidate >= 0 && candidate < place && place - candidate < Deflate.window {
      var length = 0
      while length < most, input[candidate + length] == input[place + length] { length += 1 }
      if length > best.length { best = (length, place - candidate) }
      if length == most { break }
      let next = Int(chain[candidate % chain.count])
      candidate = next < candidate ? next : -1
    }
    return best
  }

  private mutating func endBlock(isLast: Bool) {
    var literals = [Int](repeating: 0, count: 286)
    var distances = [Int](repeating: 0, count: 30)
    literals[256] = 1
    for token in tokens {
      if token < 65_536 {
        literals[Int(token)] += 1
      } else {
        literals[257 + Deflate.index(of: Int(token >> 16), in: Deflate.lengthBases)] += 1
        distances[Deflate.index(of: Int(token & 0xFFFF), in: Deflate.distanceBases)] += 1
      }
    }
    let literalCode = HuffmanCode(frequencies: literals, longest: 15)
    let distanceCode = HuffmanCode(frequencies: distances, longest: 15)
    bits.put(isLast ? 1 : 0, count: 1)
    bits.put(2, count: 2)
    putCodes(literalCode, distanceCode)
    for token in tokens { put(token, literalCode, distanceCode) }
    bits.put(256, in: literalCode)
    tokens.removeAll(keepingCapacity: true)
  }

  private mutating func put(_ token: UInt32, _ literalCode: HuffmanCode, _ distanceCode: HuffmanCode) {
    guard token >= 65_536 else { return bits.put(Int(token), in: literalCode) }
    let length = Int(token >> 16)
    let distance = Int(token & 0xFFFF)
    let lengthIndex = Deflate.index(of: length, in: Deflate.lengthBases)
    bits.put(257 + lengthIndex, in: literalCode)
    bits.put(length - Deflate.lengthBases[lengthIndex], count: Deflate.lengthExtra[lengthIndex])
    let distanceIndex = Deflate.index(of: distance, in: Deflate.distanceBases)
    bits.put(distanceIndex, in: distanceCode)
    bits.put(distance - Deflate.distanceBases[distanceIndex], count: max(0, distanceIndex / 2 - 1))
  }

  /// The last base that is not above a value.
  private static func index(of value: Int, in bases: [Int]) -> Int {
    var low = 0
    var high = bases.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if bases[middle] <= value { low = middle } else { high = middle }
    }
    return low
  }

  /// Writes both codes' lengths, themselves run-length and Huffman coded (RFC 1951 section 3.2.7).
  private mutating func putCodes(_ literalCode: HuffmanCode, _ distanceCode: HuffmanCode) {
    let literalCount = max(257, (literalCode.lengths.lastIndex { $0 > 0 } ?? 0) + 1)
    let distanceCount = (distanceCode.lengths.lastIndex { $0 > 0 } ?? 0) + 1
    let runs = Deflate.runs(of: literalCode.lengths.prefix(literalCount) + distanceCode.lengths.prefix(distanceCount))
    var frequencies = [Int](repeating: 0, count: 19)
    for run in runs { frequencies[run.symbol] += 1 }
    let code = HuffmanCode(frequencies: frequencies, longest: 7)
    let written = max(4, (Deflate.lengthOrder.lastIndex { code.lengths[$0] > 0 } ?? 0) + 1)
    bits.put(literalCount - 257, count: 5)
    bits.put(distanceCount - 1, count: 5)
    bits.put(written - 4, count: 4)
    for symbol in Deflate.lengthOrder.prefix(written) { bits.put(Int(code.lengths[symbol]), count: 3) }
    for run in runs {
      bits.put(run.symbol, in: code)
      if run.symbol >= 16 { bits.put(run.extra, count: [2, 3, 7][run.symbol - 16]) }
    }
  }

  /// Lengths as symbols 0 to 15, 16 (repeat the last), 17 and 18 (repeat zero).
  private static func runs(of lengths: ArraySlice<UInt8>) -> [(symbol: Int, extra: Int)] {
    var runs: [(symbol: Int, extra: Int)] = []
    var place = lengths.startIndex
    while place < lengths.endIndex {
      let length = lengths[place]
      let end = lengths[place...].firstIndex { $0 != length } ?? lengths.endIndex
      var count = end - place
      place = end
      if length == 0 {
        while count >= 3 {
          let part = min(count, 138)
          runs.append(part < 11 ? (17, part - 3) : (18, part - 11))
          count -= part
        }
      } else {
        runs.append((Int(length), 0))
        count -= 1
        while count >= 3 {
          let part = min(count, 6)
          runs.append((16, part - 3))
          count -= part
        }
      }
      for _ in 0..<count { runs.append((Int(length), 0)) }
    }
    return runs
  }
}

/// Bits into bytes, the lowest first.
private struct BitWriter {
  private var bytes: [UInt8] = []
  private var pending: UInt64 = 0
  private var count = 0

  mutating func put(_ value: Int, count bits: Int) {
    pending |= UInt64(truncatingIfNeeded: value) << UInt64(count)
    count += bits
    while count >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      count -= 8
    }
  }

  mutating func put(_ symbol: Int, in code: HuffmanCode) {
    put(Int(code.codes[symbol]), count: Int(code.lengths[symbol]))
  }

  func finished() -> [UInt8] {
    count > 0 ? bytes + [UInt8(truncatingIfNeeded: pending)] : bytes
  }
}
