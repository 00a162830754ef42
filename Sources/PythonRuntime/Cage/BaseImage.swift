import Glibc

/// What every instance begins with: the built-in types and the library, as a file that is laid out like the cage. Each instance maps it
/// privately, so it costs the pages that are changed. All objects in it are permanent: no collection frees, moves or marks one.
///
///     magic · fingerprint of the build's layouts · checksum of what follows · the builder's key
///     count of segments · count of state words · pages of the heap
///     segments: offset in the cage, offset in the file, bytes
///     state words, addresses as offsets
///     the segments' pages
///
/// The checksum is also the image's name: images of sessions give it, as they hold only what differs.
package final class BaseImage: Sendable {
  /// The file; closed with this object.
  package let descriptor: Int32
  /// The whole file, mapped for reading.
  private let address: UInt
  package let byteCount: Int
  package let segments: [Segment]
  private let firstStateWord: Int

  /// A part of the cage that the file holds.
  package struct Segment: Sendable {
    package let cageOffset: Int
    package let fileOffset: Int
    package let byteCount: Int
  }

  static let magic: UInt64 = 0x3130_4553_4142_4C43  // "CLBASE01"
  static let headWords = 7

  /// What identifies it: a checksum over all of it.
  package var name: UInt64 { unsafe words[2] }
  /// What its builder said about itself and the library.
  package var builderKey: UInt64 { unsafe words[3] }
  /// The first page of the cage that is not of the base.
  var heapEndPage: Int { unsafe Int(truncatingIfNeeded: words[6]) }

  // SAFETY: the mapping lives as long as this object, and every index is checked against `byteCount` by `init` or the caller.
  private var words: UnsafePointer<UInt64> { unsafe UnsafePointer(bitPattern: address)! }

  /// Takes over a descriptor of a file that `Instance.frozen` made; closes it when the file is refused. `verifies`: reads all of it to
  /// see whether it is damaged, and whether it is of this build.
  package init(descriptor: Int32, verifies: Bool = true) throws(Image.Failure) {
    func refused(_ failure: Image.Failure) -> Image.Failure {
      close(descriptor)
      return failure
    }
    _ = PageMap.shared
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= Int64(BaseImage.headWords * 8), end < Int64(Cage.bytes) else { throw refused(.truncated) }
    let count = Int(end)
    guard let place = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), unsafe place != MAP_FAILED else {
      throw refused(.noAddressSpace)
    }
    let words = unsafe place.assumingMemoryBound(to: UInt64.self)
    // SAFETY: the head was measured above; all of the segments and state words are measured before they are read.
    let segmentCount = unsafe Int(truncatingIfNeeded: words[4])
    let (magic, fingerprint, stateCount) = unsafe (words[0], words[1], Int(truncatingIfNeeded: words[5]))
    var failure: Image.Failure?
    if magic != BaseImage.magic {
      failure = .notAnImage
    } else if verifies && fingerprint != Image.fingerprint || stateCount != StateWord.count.rawValue {
      failure = .otherBuild
    } else if segmentCount < 1 || segmentCount > 16 || count % Cage.pageBytes != 0
      || (BaseImage.headWords + segmentCount * 3 + stateCount) * 8 > count
    {
      failure = .damaged
    } else if verifies, unsafe BaseImage.checksum(UnsafeBufferPointer(start: words, count: count / 8)) != words[2] {
      failure = .damaged
    }
    var segments: [Segment] = []
    if failure == nil {
      for number in 0..<segmentCount {
        let at = unsafe words + BaseImage.headWords + number * 3
        let segment = unsafe Segment(
          cageOffset: Int(truncatingIfNeeded: at[0]), fileOffset: Int(truncatingIfNeeded: at[1]),
          byteCount: Int(truncatingIfNeeded: at[2]))
        if segment.isWithin(fileBytes: count) { segments.append(segment) } else { failure = .damaged }
      }
    }
    if let failure {
      unsafe munmap(place, count)
      throw refused(failure)
    }
    self.descriptor = descriptor
    address = UInt(bitPattern: place)
    byteCount = count
    self.segments = segments
    firstStateWord = BaseImage.headWords + segmentCount * 3
  }

  /// The same from its bytes, in a file in memory that only this process has.
  convenience init(bytes: [UInt8]) throws(Image.Failure) {
    // Workers have numbers of processes of their own.
    let name = "/cellar-base-\(UInt64.random(in: 0...UInt64.max))"
    // SAFETY: the name and the bytes live during the calls.
    let descriptor = unsafe shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
    guard descriptor >= 0 else { throw .noAddressSpace }
    unsafe shm_unlink(name)
    let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count else {
      close(descriptor)
      throw .noAddressSpace
    }
    try self.init(descriptor: descriptor, verifies: false)
  }

  deinit {
    // SAFETY: mapped in `init` with this length, and unmapped once.
    unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount)
    close(descriptor)
  }

  func stateWord(_ index: Int) -> Int {
    precondition(index >= 0 && index < StateWord.count.rawValue, "a word of the state")
    // SAFETY: `init` saw that the file holds all of them.
    return unsafe Int(Int64(bitPattern: words[firstStateWord + index]))
  }

  /// Maps every segment into a cage, privately.
  func map(into vm: VM) -> Bool {
    for segment in segments {
      // SAFETY: the segment lies in the opened part of the cage (`isWithin`), which its owner has just reserved.
      let place = unsafe mmap(
        vm.base + segment.cageOffset, segment.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, descriptor,
        off_t(segment.fileOffset))
      guard unsafe place != MAP_FAILED else { return false }
    }
    return true
  }

  /// Calls `body` with each page number of the cage that an instance has changed since it mapped this image.
  func forEachChangedPage(_ vm: VM, _ body: (Int) -> Void) {
    for segment in segments {
      forEachWrittenPage(vm, segment) { page in
        let offset = page * Cage.pageBytes
        // SAFETY: one page of the segment, in the cage and in the file.
        let isSame = unsafe memcmp(
          vm.base + offset,
          UnsafeRawPointer(bitPattern: address + UInt(segment.fileOffset + offset - segment.cageOffset))!,
          Cage.pageBytes) == 0
        if !isSame { body(page) }
      }
    }
  }

  /// Makes a cage that began with this image what it was then. What was written is copied again, or filled with zeros, where that
  /// is little; the rest is given back.
  func restore(_ vm: VM) -> Bool {
    guard PageMap.shared.tells else { return false }
    var end = Cage.stackStart
    for segment in segments {
      guard segment.cageOffset >= end, clear(vm, from: end, to: segment.cageOffset), restore(vm, segment) else {
        return false
      }
      end = segment.cageOffset + segment.byteCount
    }
    guard clear(vm, from: end, to: Cage.caches) else { return false }
    vm.forgetCaches()
    return true
  }

  private func restore(_ vm: VM, _ segment: Segment) -> Bool {
    var (count, isDone) = (0, true)
    forEachWrittenPage(vm, segment) { page in
      let offset = page * Cage.pageBytes
      count += 1
      guard count <= VM.fewPages else {
        isDone = Cage.discard(vm, from: offset, bytes: Cage.pageBytes) && isDone
        return
      }
      let place = address + UInt(segment.fileOffset + offset - segment.cageOffset)
      // SAFETY: one page of the segment, in the cage and in the file.
      unsafe memcpy(vm.base + offset, UnsafeRawPointer(bitPattern: place)!, Cage.pageBytes)
    }
    return isDone
  }

  /// Makes what lies between two segments zeros.
  private func clear(_ vm: VM, from start: Int, to end: Int) -> Bool {
    let near = min(end, start + VM.fewPages * Cage.pageBytes)
    return vm.clear(start / Cage.pageBytes..<near / Cage.pageBytes) && Cage.discard(vm, from: near, bytes: end - near)
  }

  private func forEachWrittenPage(_ vm: VM, _ segment: Segment, _ body: (Int) -> Void) {
    let first = segment.cageOffset / Cage.pageBytes
    vm.forEachWrittenPage(first..<first + segment.byteCount / Cage.pageBytes, body)
  }

  /// Over all words but the first three, in four lanes, so that a processor can work on them side by side.
  static func checksum(_ words: UnsafeBufferPointer<UInt64>) -> UInt64 {
    let prime: UInt64 = 0x0000_0100_0000_01B3
    var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
    var index = 3
    while index &+ 4 <= words.count {
      // SAFETY: the four indices are below the count.
      unsafe a = (a ^ words[index]) &* prime
      unsafe b = (b ^ words[index &+ 1]) &* prime
      unsafe c = (c ^ words[index &+ 2]) &* prime
      unsafe d = (d ^ words[index &+ 3]) &* prime
      a ^= a >> 29
      b ^= b >> 29
      c ^= c >> 29
      d ^= d >> 29
      index &+= 4
    }
    var rest = Checksum()
    while index < words.count {
      rest.add(unsafe words[index])
      index &+= 1
    }
    for lane in [a, b, c, d] { rest.add(lane) }
    return rest.value
  }
}

extension VM {
  /// So many written pages are written over rather than given back, after which each would cost a fault or two again.
  static let fewPages = 256

  /// Makes pages zeros that no file is mapped to.
  func clear(_ pages: Range<Int>) -> Bool {
    let start = pages.lowerBound * Cage.pageBytes
    // Without a base image all of them count as written.
    guard host.base != nil || pages.count <= VM.fewPages else {
      return Cage.discard(self, from: start, bytes: pages.count * Cage.pageBytes)
    }
    var count = 0
    forEachWrittenPage(pages) { page in
      count += 1
      // SAFETY: one page of the opened part of the cage.
      if count <= VM.fewPages { unsafe memset(base + page * Cage.pageBytes, 0, Cage.pageBytes) }
    }
    return count <= VM.fewPages || Cage.discard(self, from: start, bytes: pages.count * Cage.pageBytes)
  }

  /// Calls `body` with those of the base image's pages that were written, each page of them while an image is being made.
  func forEachWrittenPage(_ pages: Range<Int>, _ body: (Int) -> Void) {
    guard host.base != nil else { return pages.forEach(body) }
    // SAFETY: an address within the cage, of pages that are mapped from the file.
    unsafe PageMap.shared.forEachWritten(from: base + pages.lowerBound * Cage.pageBytes, count: pages.count) {
      body(pages.lowerBound + $0)
    }
  }
}

extension Instance {
  /// The pages that this instance has written since it began with a base image: what a program mostly needs first.
  package func writtenPages() -> [Int] {
    guard let base = host.base else { return [] }
    var pages: [Int] = []
    for segment in base.segments {
      let first = segment.cageOffset / Cage.pageBytes
      vm.forEachWrittenPage(first..<first + segment.byteCount / Cage.pageBytes) { pages.append($0) }
    }
    return pages
  }

  /// Has the instance's own copies of pages made ahead, unchanged, so that nobody waits for them later. An older kernel does not know how;
  /// then they are made when they are written.
  package func takeAhead(_ pages: [Int]) {
    let populateForWriting: Int32 = 23
    for page in pages where page * Cage.pageBytes >= Cage.stackStart && page * Cage.pageBytes < Cage.bytes {
      // SAFETY: one page of the opened part of the cage.
      unsafe madvise(vm.base + page * Cage.pageBytes, Cage.pageBytes, populateForWriting)
    }
  }
}

extension BaseImage.Segment {
  /// Whether it lies, by whole pages, in the file and in the part of the cage that programs use.
  fileprivate func isWithin(fileBytes: Int) -> Bool {
    let page = Cage.pageBytes
    guard cageOffset >= Cage.stackStart, fileOffset >= 0, byteCount > 0, cageOffset % page == 0, fileOffset % page == 0
    else { return false }
    return byteCount % page == 0 && byteCount <= fileBytes && fileOffset <= fileBytes - byteCount
      && cageOffset <= Cage.caches - byteCount
  }
}

extension Checksum {
  /// Over an array's bytes from a place on, mostly in four lanes, so that a processor can work on them side by side.
  static func of(_ bytes: [UInt8], from start: Int) -> UInt64 {
    var sum = Checksum()
    unsafe bytes.withUnsafeBytes { room in
      var index = start
      var lanes = SIMD4<UInt64>(1, 2, 3, 4)
      while index &+ 32 <= room.count {
        // SAFETY: the four words are below the count.
        lanes ^= unsafe room.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
        lanes &*= SIMD4(repeating: 0x0000_0100_0000_01B3)
        lanes ^= lanes &>> 29
        index &+= 32
      }
      for lane in lanes.indices { sum.add(lanes[lane]) }
      while index &+ 8 <= room.count {
        // SAFETY: the eight bytes are below the count.
        sum.add(unsafe room.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        index &+= 8
      }
      while index < room.count {
        sum.add(UInt64(unsafe room[index]))
        index &+= 1
      }
    }
    return sum.value
  }

  /// The checksum of a base image's bytes.
  static func ofBase(_ bytes: [UInt8]) -> UInt64 {
    unsafe bytes.withUnsafeBytes { room in
      // SAFETY: arrays are aligned for words, and only whole words are looked at.
      unsafe BaseImage.checksum(room.bindMemory(to: UInt64.self))
    }
  }
}
