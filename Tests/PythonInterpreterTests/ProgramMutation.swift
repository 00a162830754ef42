/// Breaks a program somewhere: single bytes, pieces that are doubled, dropped or exchanged, pieces of another program.
struct ProgramMutation {
  private var random: RandomSource

  init(seed: UInt64) { random = RandomSource(seed: seed) }

  private static let fragments = [
    "(", ")", "[", "]", "{", "}", ":", ",", "=", "\n", "    ", "\t", "'", "\"", "\\", "f'{", "0", "9", "lambda: ",
    "yield ", "await ", "*", "**", "@", "nonlocal x\n", "global x\n", "del ", "self", "__class__", "super()", "None", "\u{0}", "é",
  ]

  mutating func mutate(_ program: [UInt8], with other: [UInt8]) -> [UInt8] {
    var bytes = program
    for _ in 0..<(1 + random.below(6)) {
      let place = random.below(bytes.count + 1)
      let end = min(bytes.count, place + 1 + random.below(random.once(in: 3) ? 200 : 8))
      switch random.below(7) {
      case 0: bytes.insert(contentsOf: random.pick(Self.fragments).utf8, at: place)
      case 1: bytes.removeSubrange(min(place, end)..<end)
      case 2: bytes.insert(contentsOf: bytes[min(place, end)..<end], at: random.below(bytes.count + 1))
      case 3 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 4:
        let start = random.below(other.count + 1)
        bytes.insert(contentsOf: other[start..<min(other.count, start + random.below(120))], at: place)
      case 5: swapLines(&bytes)
      default: swapWords(&bytes)
      }
    }
    return bytes
  }

  private mutating func swapLines(_ bytes: inout [UInt8]) { swapParts(&bytes, separator: 0x0A) }
  private mutating func swapWords(_ bytes: inout [UInt8]) { swapParts(&bytes, separator: 0x20) }

  private mutating func swapParts(_ bytes: inout [UInt8], separator: UInt8) {
    var parts = bytes.split(separator: separator, omittingEmptySubsequences: false)
    parts.swapAt(random.below(parts.count), random.below(parts.count))
    bytes = Array(parts.joined(separator: [separator]))
  }
}
