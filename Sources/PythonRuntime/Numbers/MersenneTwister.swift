/// The generator MT19937 (Matsumoto and Nishimura, "Mersenne twister", 1998) over 624 words of state in the cage, each in the low half of a word of
/// raw memory, which its owner keeps; `index` is the next of them to be used.
struct MersenneTwister {
  static let size = 624
  let state: Words
  var index: Int

  /// `state` has room for 624 words.
  init(state: Words, index: Int) {
    self.state = state
    self.index = index
  }

  private func word(_ position: Int) -> UInt32 { UInt32(truncatingIfNeeded: state[position]) }
  private func setWord(_ position: Int, _ word: UInt32) { state[position] = UInt64(word) }

  private mutating func start(_ seed: UInt32) {
    setWord(0, seed)
    for position in 1..<Self.size {
      let last = word(position - 1)
      setWord(position, 1_812_433_253 &* (last ^ last >> 30) &+ UInt32(position))
    }
    index = Self.size
  }

  /// Starts from a key of any length; `key` is not empty.
  mutating func start(key: [UInt32]) {
    start(19_650_218)
    var position = 1
    var used = 0
    func advance() {
      position += 1
      if position >= Self.size {
        setWord(0, word(Self.size - 1))
        position = 1
      }
    }
    for _ in 0..<max(Self.size, key.count) {
      let last = word(position - 1)
      setWord(position, (word(position) ^ (last ^ last >> 30) &* 1_664_525) &+ key[used] &+ UInt32(used))
      advance()
      used = used + 1 == key.count ? 0 : used + 1
    }
    for _ in 1..<Self.size {
      let last = word(position - 1)
      setWord(position, (word(position) ^ (last ^ last >> 30) &* 1_566_083_941) &- UInt32(position))
      advance()
    }
    setWord(0, 0x8000_0000)
  }

  /// The next 32 bits.
  mutating func next() -> UInt32 {
    if index >= Self.size { refill() }
    var bits = word(index)
    index += 1
    bits ^= bits >> 11
    bits ^= bits << 7 & 0x9D2C_5680
    bits ^= bits << 15 & 0xEFC6_0000
    return bits ^ bits >> 18
  }

  private mutating func refill() {
    for position in 0..<Self.size {
      let following = position + 1 < Self.size ? position + 1 : 0
      let mixed = word(position) & 0x8000_0000 | word(following) & 0x7FFF_FFFF
      let distant = position + 397 < Self.size ? position + 397 : position + 397 - Self.size
      setWord(position, word(distant) ^ mixed >> 1 ^ (mixed & 1 != 0 ? 0x9908_B0DF : 0))
    }
    index = 0
  }

  /// A float in [0, 1) with 53 random bits.
  mutating func nextDouble() -> Double {
    let high = next() >> 5
    let low = next() >> 6
    return (Double(high) * 67_108_864 + Double(low)) * (1 / 9_007_199_254_740_992)
  }
}
