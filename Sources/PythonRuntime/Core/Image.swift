import PythonBytecode

/// An instance at rest, as bytes that any process of the same build can go on with, wherever its cage lies.
///
///     magic · fingerprint · checksum of what follows · counts
///     state words, addresses as offsets
///     (page number, 4096 bytes) for each page of stack, heap and side tables that is not all zeros
///     the sources that tracebacks show
///
/// Everything inside refers by offsets, so nothing is adjusted but the few addresses of the state. The fingerprint covers what
/// the bytes depend on (opcodes, layouts, numbers of native functions): another build refuses the image, and the session is replayed. Inline caches are
/// not saved. The checksum finds damage; that nobody put a forged image in the store is the store's business.
package struct Image: Sendable {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// Why an image was refused.
  package enum Failure: Error, Equatable {
    case truncated, notAnImage, otherBuild, damaged, noAddressSpace
  }

  static let magic: UInt64 = 0x314D_4952_414C_4C45  // "ELLARIM1"

  /// What a build's images depend on.
  static let fingerprint: UInt64 = {
    var hash = Checksum()
    for opcode in Opcode.allCases { hash.add("\(opcode)") }
    for known in WellKnown.allCases { hash.add("\(known)") }
    for special in Special.allCases { hash.add(special.text) }
    for function in NativeRegistry.functions { hash.add(function.name) }
    for word in [
      StateWord.count.rawValue, CodeLayout.constants, ClassLayout.words, FunctionLayout.cells, GeneratorLayout.registers,
      Heap.classCount, Cage.heapStart, Cage.liveBits, Cage.pageTable,
    ] {
      hash.add(UInt64(word))
    }
    return hash.value
  }()
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

extension Instance {
  /// The instance as an image. Only between runs, or while a run is suspended.
  package func image() -> Image {
    precondition(vm[.nestedRuns] == 0, "an image is taken while no native function is underway")
    var words: [UInt64] = [Image.magic, Image.fingerprint, 0, 0, 0]
    for index in 0..<StateWord.count.rawValue { words.append(UInt64(bitPattern: Int64(savedStateWord(index)))) }
    var pages = 0
    for range in vm.savedRanges() {
      for page in range {
        let source = vm.words(at: page * Cage.pageBytes)
        var union: UInt64 = 0
        for index in 0..<512 { union |= source[index] }
        guard union != 0 else { continue }
        pages += 1
        words.append(UInt64(page))
        for index in 0..<512 { words.append(source[index]) }
      }
    }
    words[3] = UInt64(pages)
    appendSources(&words)
    var checksum = Checksum()
    for word in words[3...] { checksum.add(word) }
    words[2] = checksum.value
    var bytes: [UInt8] = []
    bytes.reserveCapacity(words.count * 8)
    for word in words { for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift * 8))) } }
    return Image(bytes: bytes)
  }

  /// A state word as an image has it: addresses become offsets, what belongs to the process is left out.
  private func savedStateWord(_ index: Int) -> Int {
    let value = vm[.host, index]
    switch index {
    case StateWord.host.rawValue, StateWord.natives.rawValue: return 0
    case StateWord.pc.rawValue, StateWord.base.rawValue, StateWord.function.rawValue, StateWord.top.rawValue,
      StateWord.stackLimit.rawValue:
      return vm.offset(ofAddress: value)
    default: return value
    }
  }

  private func appendSources(_ words: inout [UInt64]) {
    words[4] = UInt64(host.sources.count)
    for name in host.sources.keys.sorted() {
      let text = Array((host.sources[name] ?? []).joined(separator: [0x0A]))
      for bytes in [Array(name.utf8), text] {
        words.append(UInt64(bytes.count))
        for start in stride(from: 0, to: bytes.count, by: 8) {
          var word: UInt64 = 0
          for (shift, byte) in bytes[start..<min(start + 8, bytes.count)].enumerated() { word |= UInt64(byte) << UInt64(shift * 8) }
          words.append(word)
        }
      }
    }
  }

  /// An instance that goes on where the image was taken.
  package convenience init(image: Image) throws(Image.Failure) {
    guard image.bytes.count >= (5 + StateWord.count.rawValue) * 8 else { throw .truncated }
    guard image.bytes.count % 8 == 0 else { throw .damaged }
    let words = image.bytes.littleEndianWords()
    guard words[0] == Image.magic else { throw .notAnImage }
    guard words[1] == Image.fingerprint else { throw .otherBuild }
    var checksum = Checksum()
    for word in words[3...] { checksum.add(word) }
    guard words[2] == checksum.value else { throw .damaged }
    let pages = Int(truncatingIfNeeded: words[3])
    let firstPage = 5 + StateWord.count.rawValue
    guard pages >= 0, pages < 1 << 20, firstPage + pages * 513 <= words.count else { throw .damaged }
    try self.init(empty: ())
    for index in StateWord.pc.rawValue..<StateWord.count.rawValue { restoreStateWord(index, Int(Int64(bitPattern: words[5 + index]))) }
    for number in 0..<pages {
      let start = firstPage + number * 513
      let page = Int(truncatingIfNeeded: words[start])
      guard page * Cage.pageBytes >= Cage.stackStart, page * Cage.pageBytes < Cage.caches else { throw .damaged }
      let target = vm.words(at: page * Cage.pageBytes)
      for index in 0..<512 { target[index] = words[start + 1 + index] }
    }
    guard readSources(words, from: firstPage + pages * 513) else { throw .damaged }
  }

  private func restoreStateWord(_ index: Int, _ value: Int) {
    switch index {
    case StateWord.pc.rawValue, StateWord.base.rawValue, StateWord.function.rawValue, StateWord.top.rawValue,
      StateWord.stackLimit.rawValue:
      vm[.host, index] = vm.address(ofOffset: value & 0xFFFF_FFFF)
    default: vm[.host, index] = value
    }
  }

  private func readSources(_ words: [UInt64], from start: Int) -> Bool {
    var next = start
    func take() -> [UInt8]? {
      guard next < words.count, words[next] < 1 << 32 else { return nil }
      let count = Int(words[next])
      let wordCount = (count + 7) / 8
      guard next + 1 + wordCount <= words.count else { return nil }
      var bytes: [UInt8] = []
      for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: words[next + 1 + index / 8] >> UInt64(index % 8 * 8))) }
      next += 1 + wordCount
      return bytes
    }
    for _ in 0..<min(words[4], 1 << 20) {
      guard let name = take(), let text = take() else { return false }
      host.sources[String(decoding: name, as: UTF8.self)] =
        text.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    }
    return next == words.count
  }
}

extension VM {
  /// The pages that hold anything of a program: stack in use, heap, live bits, page table.
  fileprivate func savedRanges() -> [Range<Int>] {
    let page = Cage.pageBytes
    let heap = Cage.heapStart / page..<self[.heapTop]
    let stackEnd = (offset(ofAddress: self[.top]) + 64 * 8 + page - 1) / page
    let live = (Cage.liveBits + Cage.heapStart / 128) / page..<(Cage.liveBits + self[.heapTop] * page / 128) / page + 1
    let table = (Cage.pageTable + heap.lowerBound * 8) / page..<(Cage.pageTable + heap.upperBound * 8) / page + 1
    return [Cage.stackStart / page..<stackEnd, heap, live, table]
  }
}

extension [UInt8] {
  /// Groups of eight bytes as words.
  fileprivate func littleEndianWords() -> [UInt64] {
    var words: [UInt64] = []
    words.reserveCapacity(count / 8)
    for start in stride(from: 0, to: count - 7, by: 8) {
      var word: UInt64 = 0
      for shift in 0..<8 { word |= UInt64(self[start + shift]) << UInt64(shift * 8) }
      words.append(word)
    }
    return words
  }
}
