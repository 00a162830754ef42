/// The digests that the modules beneath `hashlib` offer.
enum DigestAlgorithm: Int, CaseIterable {
  case md5, sha1, sha224, sha256, sha384, sha512, sha3x224, sha3x256, sha3x384, sha3x512, shake128, shake256
  case blake2b, blake2s

  var name: String {
    switch self {
    case .sha3x224: "sha3_224"
    case .sha3x256: "sha3_256"
    case .sha3x384: "sha3_384"
    case .sha3x512: "sha3_512"
    case .shake128: "shake_128"
    case .shake256: "shake_256"
    default: "\(self)"
    }
  }

  /// In bytes; 0 where the caller chooses.
  var digestSize: Int {
    switch self {
    case .md5: 16
    case .sha1: 20
    case .sha224, .sha3x224: 28
    case .sha256, .sha3x256, .blake2s: 32
    case .sha384, .sha3x384: 48
    case .sha512, .sha3x512, .blake2b: 64
    case .shake128, .shake256: 0
    }
  }

  var blockSize: Int {
    switch self {
    case .md5, .sha1, .sha224, .sha256, .blake2s: 64
    case .sha384, .sha512, .blake2b: 128
    case .sha3x224: 144
    case .sha3x256, .shake256: 136
    case .sha3x384: 104
    case .sha3x512: 72
    case .shake128: 168
    }
  }

  var isKeccak: Bool { rawValue >= DigestAlgorithm.sha3x224.rawValue && rawValue <= DigestAlgorithm.shake256.rawValue }
  var isBlake: Bool { self == .blake2b || self == .blake2s }

  var initial: [UInt64] {
    switch self {
    case .md5: MD5.initial
    case .sha1: SHA1.initial
    case .sha224: SHA2.initial224
    case .sha256: SHA2.initial256
    case .sha384: SHA2.initial384
    case .sha512: SHA2.initial512
    case .blake2b, .blake2s: [UInt64](repeating: 0, count: 8)
    default: [UInt64](repeating: 0, count: 25)
    }
  }
}

/// A digest being computed. Between two calls it lies in the cage: `0` the number of bytes so far, `1` the size of the digest, `2` whether this is
/// the last node of a tree, then the state's words, then the bytes that do not fill a block yet.
struct DigestState {
  let algorithm: DigestAlgorithm
  var words: [UInt64]
  var pending: [UInt8] = []
  var length: UInt64 = 0
  var digestSize: Int
  var isLastNode = false

  init(_ algorithm: DigestAlgorithm) {
    self.algorithm = algorithm
    words = algorithm.initial
    digestSize = algorithm.digestSize
  }

  // MARK: In the cage

  static func rawBytes(_ algorithm: DigestAlgorithm) -> Int {
    24 + algorithm.initial.count * 8 + algorithm.blockSize
  }

  init(_ algorithm: DigestAlgorithm, in raw: Words) {
    self.init(algorithm)
    length = raw[1]
    digestSize = raw.low(2)
    isLastNode = raw.high(2) != 0
    for index in words.indices { words[index] = raw[4 + index] }
    pending = raw.bytes(from: 4 + words.count).array(count: min(raw.low(3), algorithm.blockSize))
  }

  func save(in raw: Words) {
    raw[1] = length
    raw[2] = UInt64(digestSize) | (isLastNode ? 1 << 32 : 0)
    raw[3] = UInt64(pending.count)
    for index in words.indices { raw[4 + index] = words[index] }
    raw.bytes(from: 4 + words.count).write(pending)
  }

  // MARK: Data

  mutating func update(_ data: [UInt8]) {
    let size = algorithm.blockSize
    var all = pending
    all += data
    var start = 0
    // BLAKE2 must know which block is the last, so it keeps a full one.
    let least = algorithm.isBlake ? size + 1 : size
    while all.count - start >= least {
      length &+= UInt64(size)
      compress(all[start..<start + size], isLast: false)
      start += size
    }
    pending = Array(all[start...])
  }

  private mutating func compress(_ block: ArraySlice<UInt8>, isLast: Bool) {
    switch algorithm {
    case .md5: MD5.compress(&words, block)
    case .sha1: SHA1.compress(&words, block)
    case .sha224, .sha256: SHA2.compress256(&words, block)
    case .sha384, .sha512: SHA2.compress512(&words, block)
    case .blake2b:
      Blake2.compress(UInt64.self, &words, block, length: length, isLast: isLast, isLastNode: isLastNode)
    case .blake2s:
      Blake2.compress(UInt32.self, &words, block, length: length, isLast: isLast, isLastNode: isLastNode)
    default: Keccak.absorb(&words, block)
    }
  }

  /// The digest of `size` bytes of what came so far.
  func digest(_ size: Int) -> [UInt8] {
    var copy = self
    copy.close()
    if algorithm.isKeccak { return copy.squeeze(size) }
    let wordSize = algorithm == .sha384 || algorithm == .sha512 || algorithm == .blake2b ? 8 : 4
    let isBigEndian = algorithm != .md5 && !algorithm.isBlake
    var out: [UInt8] = []
    for word in copy.words {
      for byte in 0..<wordSize {
        let shift = UInt64((isBigEndian ? wordSize - 1 - byte : byte) * 8)
        out.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    return Array(out.prefix(size))
  }

  /// Pads the last block.
  private mutating func close() {
    let size = algorithm.blockSize
    var last = pending
    if algorithm.isBlake {
      length &+= UInt64(pending.count)
      last += [UInt8](repeating: 0, count: size - last.count)
      return compress(last[...], isLast: true)
    }
    if algorithm.isKeccak {
      last.append(algorithm == .shake128 || algorithm == .shake256 ? 0x1F : 0x06)
      last += [UInt8](repeating: 0, count: size - last.count)
      last[size - 1] |= 0x80
      return compress(last[...], isLast: true)
    }
    let bits = (length &+ UInt64(pending.count)) &* 8
    let lengthBytes = size / 8
    last.append(0x80)
    while last.count % size != size - lengthBytes { last.append(0) }
    for byte in 0..<lengthBytes {
      let place = algorithm == .md5 ? byte : lengthBytes - 1 - byte
      last.append(place < 8 ? UInt8(truncatingIfNeeded: bits >> UInt64(place * 8)) : 0)
    }
    for start in stride(from: 0, to: last.count, by: size) { compress(last[start..<start + size], isLast: false) }
  }

  private mutating func squeeze(_ count: Int) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(count)
    while out.count < count {
      if !out.isEmpty { Keccak.permute(&words) }
      for index in 0..<min(algorithm.blockSize, count - out.count) {
        out.append(UInt8(truncatingIfNeeded: words[index >> 3] >> UInt64((index & 7) * 8)))
      }
    }
    return out
  }
}
