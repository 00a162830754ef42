/// Taking an image of an instance, and going on from one.
extension Instance {
  /// The instance as an image. `isIdle`: between runs, when nothing is underway; what is garbage then is not part of it. Otherwise only while
  /// a run is suspended.
  package func image(isIdle: Bool) -> Image {
    precondition(vm[.nestedRuns] == 0, "an image is taken while no native function is underway")
    if isIdle { tidy() }
    var taker = PageTaker(vm, isIdle: isIdle)
    taker.run()
    return Image(fingerprint: Image.fingerprint(base: host.base), head: savedHead(isIdle: isIdle), pages: taker.pages)
  }

  /// Collects between runs, once, so that a session's memory is the same whether an image was taken or not. A fresh instance has nothing
  /// to collect.
  package func tidy() {
    guard vm[.hasRun] != 0 else { return }
    vm.leaveStack()
    vm.collect()
    vm[.hasRun] = 0
  }

  /// An instance that goes on where the image was taken.
  package convenience init(image: Image, base: BaseImage? = nil) throws(Image.Failure) {
    try image.check(for: base)
    try self.init(mapping: base)
    try goOn(from: image)
  }

  /// The same in the cage of an instance that nobody uses any more; nil when that cannot be made what it was.
  package convenience init?(image: Image, recycling used: Instance) throws(Image.Failure) {
    try image.check(for: used.host.base)
    self.init(cageOf: used)
    try goOn(from: image)
  }

  private func goOn(from image: Image) throws(Image.Failure) {
    for page in image.pages { vm.bytes(at: page.number * Cage.pageBytes).write(page.bytes) }
    guard restoreHead(image.head) else { throw .damaged }
  }

  // MARK: The head: whether idle, input, then how many words of the state are not the base image's, number and content of each

  private func savedHead(isIdle: Bool) -> [UInt8] {
    var head: [UInt8] = []
    head.append(word: isIdle ? 1 : 0)
    let input = isIdle ? [] : host.input
    head.append(word: UInt64(input.count))
    head += input
    let changed = (StateWord.pc.rawValue..<StateWord.count.rawValue).filter {
      savedStateWord($0) != host.base?.stateWord($0) ?? 0
    }
    head.append(word: UInt64(changed.count))
    for index in changed {
      head.append(word: UInt64(index))
      head.append(word: UInt64(bitPattern: Int64(savedStateWord(index))))
    }
    return head
  }

  private func restoreHead(_ head: [UInt8]) -> Bool {
    var reader = ImageReader(head)
    guard reader.word() != nil, let inputCount = reader.count(upTo: head.count), let input = reader.bytes(inputCount),
      let changed = reader.count(upTo: StateWord.count.rawValue)
    else { return false }
    host.input = input
    if host.base == nil {
      for index in StateWord.pc.rawValue..<StateWord.count.rawValue { restoreStateWord(index, 0) }
    }
    for _ in 0..<changed {
      guard let index = reader.count(upTo: StateWord.count.rawValue - 1), index >= StateWord.pc.rawValue,
        let word = reader.word()
      else { return false }
      restoreStateWord(index, Int(Int64(bitPattern: word)))
    }
    return true
  }

  /// A state word as an image has it: addresses become offsets, what belongs to the process is left out.
  func savedStateWord(_ index: Int) -> Int {
    let value = vm[.host, index]
    switch index {
    case StateWord.host.rawValue, StateWord.natives.rawValue: return 0
    case StateWord.pc.rawValue, StateWord.base.rawValue, StateWord.function.rawValue, StateWord.top.rawValue,
      StateWord.stackLimit.rawValue:
      return vm.offset(ofAddress: value)
    default: return value
    }
  }

  func restoreStateWord(_ index: Int, _ value: Int) {
    switch index {
    case StateWord.pc.rawValue, StateWord.base.rawValue, StateWord.function.rawValue, StateWord.top.rawValue,
      StateWord.stackLimit.rawValue:
      vm[.host, index] = vm.address(ofOffset: value & 0xFFFF_FFFF)
    default: vm[.host, index] = value
    }
  }
}

extension Image {
  /// Refuses what an instance that begins with a base image cannot go on from.
  fileprivate func check(for base: BaseImage?) throws(Failure) {
    guard fingerprint == Image.fingerprint(base: base) else { throw .otherBuild }
    for page in pages {
      let offset = page.number &* Cage.pageBytes
      guard offset >= Cage.stackStart, offset < Cage.caches, page.bytes.count == Cage.pageBytes else { throw .damaged }
    }
  }
}

extension VM {
  /// The pages that hold anything of a program: stack in use, heap, live bits, page table.
  func savedRanges() -> [Range<Int>] {
    let page = Cage.pageBytes
    let heap = Cage.heapStart / page..<self[.heapTop]
    let stackEnd = (offset(ofAddress: self[.top]) + 64 * 8 + page - 1) / page
    let live = (Cage.liveBits + Cage.heapStart / 128) / page..<(Cage.liveBits + self[.heapTop] * page / 128) / page + 1
    let table = (Cage.pageTable + heap.lowerBound * 8) / page..<(Cage.pageTable + heap.upperBound * 8) / page + 1
    return [Cage.stackStart / page..<stackEnd, heap, live, table]
  }
}

/// Copies the pages that an image needs. Of an idle instance, cells that are not alive and the unused stack are copied as zeros, so that
/// garbage neither costs space nor makes equal states differ.
private struct PageTaker {
  let vm: VM
  let isIdle: Bool
  private(set) var pages: [Image.Page] = []

  init(_ vm: VM, isIdle: Bool) {
    self.vm = vm
    self.isIdle = isIdle
  }

  mutating func run() {
    var ofBase: [Range<Int>] = []
    if let base = vm.host.base {
      var changed: [Int] = []
      base.forEachChangedPage(vm) { changed.append($0) }
      for page in changed where !isStack(page) {
        take(page, vm.bytes(at: page * Cage.pageBytes).array(count: Cage.pageBytes))
      }
      ofBase = base.segments.map { $0.cageOffset / Cage.pageBytes..<($0.cageOffset + $0.byteCount) / Cage.pageBytes }
    }
    for range in vm.savedRanges() {
      if isStack(range.lowerBound) {
        for page in range { takeStack(page) }
      } else if range.lowerBound == Cage.heapStart / Cage.pageBytes {
        takeHeap()
      } else {
        for page in range where !ofBase.contains(where: { $0.contains(page) }) {
          takeUnlessZero(page, vm.bytes(at: page * Cage.pageBytes).array(count: Cage.pageBytes))
        }
      }
    }
  }

  private func isStack(_ page: Int) -> Bool { page < Cage.stackEnd / Cage.pageBytes }

  private mutating func take(_ page: Int, _ bytes: [UInt8]) { pages.append(Image.Page(number: page, bytes: bytes)) }

  private mutating func takeUnlessZero(_ page: Int, _ bytes: [UInt8]) {
    if bytes.contains(where: { $0 != 0 }) { take(page, bytes) }
  }

  /// Always taken whole: the base image's stack is not what an instance's is.
  private mutating func takeStack(_ page: Int) {
    var bytes = vm.bytes(at: page * Cage.pageBytes).array(count: Cage.pageBytes)
    if isIdle {
      let used = vm.offset(ofAddress: vm[.top]) - page * Cage.pageBytes
      bytes.clear(max(used, 0)..<Cage.pageBytes)
    }
    take(page, bytes)
  }

  private mutating func takeHeap() {
    let table = vm.pageTable
    var page = vm[.basePages]
    while page < vm[.heapTop] {
      let entry = table[page]
      // A free page holds garbage at most.
      let count = entry == 0 ? 1 : Heap.pages(entry)
      if entry != 0 {
        for number in page..<page + count {
          var bytes = vm.bytes(at: number * Cage.pageBytes).array(count: Cage.pageBytes)
          if isIdle, Heap.sizeClass(of: entry) != Heap.largeClass { clearDead(&bytes, number, blockPage: page, entry) }
          takeUnlessZero(number, bytes)
        }
      }
      page += count
    }
  }

  /// Clears what is not a live cell on a page of a block.
  private func clearDead(_ bytes: inout [UInt8], _ page: Int, blockPage: Int, _ entry: UInt64) {
    let size = Heap.classBytes(Heap.sizeClass(of: entry))
    let start = blockPage * Cage.pageBytes
    let pageStart = page * Cage.pageBytes
    let end = start + Heap.pages(entry) * Cage.pageBytes / size * size
    var cell = start + (pageStart - start) / size * size
    while cell < pageStart + Cage.pageBytes {
      if cell >= end || !vm.isLive(vm.liveBits, cell) {
        let last = cell >= end ? Cage.pageBytes : min(cell + size - pageStart, Cage.pageBytes)
        bytes.clear(max(cell - pageStart, 0)..<last)
      }
      cell += size
    }
  }
}

extension [UInt8] {
  fileprivate mutating func clear(_ range: Range<Int>) {
    for index in range { self[index] = 0 }
  }
}
