import PythonBytecode

/// An instance at rest: what it has beside the base image that it began with, for any process of the same build to go on with,
/// wherever its cage lies.
///
/// `pages` are those of stack, heap and side tables that differ from the base image's (or, outside of it, from zeros), so they can be kept
/// by their content and shared between images. `head` is the rest: the few words of the state that differ, addresses as
/// offsets. Everything inside refers by offsets, so nothing is adjusted but those addresses. Inline caches are not saved.
///
/// The fingerprint covers what the rest depends on (opcodes, layouts, numbers of native functions, the base image): another build refuses the
/// image, and the session is replayed. Checksums find damage; that nobody put a forged image in the store is the store's business.
package struct Image: Sendable, Equatable {
  /// A page of the cage, by its number.
  package struct Page: Sendable, Equatable {
    package let number: Int
    package let bytes: [UInt8]

    package init(number: Int, bytes: [UInt8]) {
      self.number = number
      self.bytes = bytes
    }
  }

  package let fingerprint: UInt64
  package let head: [UInt8]
  package let pages: [Page]

  package init(fingerprint: UInt64, head: [UInt8], pages: [Page]) {
    self.fingerprint = fingerprint
    self.head = head
    self.pages = pages
  }

  /// Why an image was refused.
  package enum Failure: Error, Equatable {
    case truncated, notAnImage, otherBuild, damaged, noAddressSpace
  }

  static let magic: UInt64 = 0x324D_4952_414C_4C45  // "ELLARIM2"

  /// What a build's images depend on.
  package static let fingerprint: UInt64 = {
    var hash = Checksum()
    for opcode in Opcode.allCases { hash.add("\(opcode)") }
    for known in WellKnown.allCases { hash.add("\(known)") }
    for special in Special.allCases { hash.add(special.text) }
    for function in NativeRegistry.functions { hash.add(function.name) }
    for word in [
      StateWord.count.rawValue, CodeLayout.constants, ClassLayout.words, FunctionLayout.cells,
      GeneratorLayout.registers, Heap.classCount, Cage.heapStart, Cage.liveBits, Cage.pageTable,
    ] {
      hash.add(UInt64(word))
    }
    return hash.value
  }()

  /// What images of instances that began with `base` give as their fingerprint.
  package static func fingerprint(base: BaseImage?) -> UInt64 {
    var hash = Checksum()
    hash.add(fingerprint)
    hash.add(base?.name ?? 0)
    return hash.value
  }

  /// Whether it was taken between runs; else a run goes on from it.
  package var isIdle: Bool { head.count >= 8 && head.word(0) == 1 }

  // MARK: On the wire

  /// One sequence of bytes: magic, fingerprint, checksum of what follows, sizes, head, and number and bytes of each page.
  package func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(48 + head.count + pages.count * (Cage.pageBytes + 8))
    for word in [Image.magic, fingerprint, 0, UInt64(head.count), UInt64(pages.count)] { bytes.append(word: word) }
    bytes += head
    for page in pages {
      bytes.append(word: UInt64(page.number))
      bytes += page.bytes
    }
    bytes.set(16, Checksum.of(bytes, from: 24))
    return bytes
  }

  /// Reads what `encoded` wrote; refuses what is damaged.
  package init(decoding bytes: [UInt8]) throws(Failure) {
    guard bytes.count >= 40 else { throw .truncated }
    guard bytes.word(0) == Image.magic else { throw .notAnImage }
    guard bytes.word(16) == Checksum.of(bytes, from: 24) else { throw .damaged }
    var reader = ImageReader(bytes, from: 24)
    guard let headCount = reader.count(upTo: bytes.count), let pageCount = reader.count(upTo: 1 << 20),
      let head = reader.bytes(headCount)
    else { throw .damaged }
    var pages: [Page] = []
    for _ in 0..<pageCount {
      guard let number = reader.count(upTo: 1 << 20), let content = reader.bytes(Cage.pageBytes) else { throw .damaged }
      pages.append(Page(number: number, bytes: content))
    }
    guard reader.isAtEnd else { throw .damaged }
    self.init(fingerprint: bytes.word(8), head: head, pages: pages)
  }
}

/// FNV-1a over 64-bit words.
struct Checksum {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always) mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0x0000_0100_0000_01B3
    value ^= value >> 29
  }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(UInt64(byte)) }
    add(0x100)
  }
}
