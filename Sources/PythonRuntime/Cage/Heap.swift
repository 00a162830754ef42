/// The heap: cells of fixed sizes in blocks, large objects in pages of their own.
///
/// A *page* is 4 KiB. A *block* is a run of pages that is cut into cells of one size class; an object above 8 KiB has a *span* of pages
/// for itself. The page table has a word for each page: of a block's or span's first page
/// `next block of its class:32, pages:24, class:8` (`next` in pages, 0 for none), of other pages 0.
///
/// Allocation bumps a cursor through a run of free cells; when the run is used up, the next one is found in the bits that
/// say what was alive after the last collection (`liveBits`; it never changes between two collections). So nothing is written
/// to a dead cell, there are no free lists, and what an allocation returns depends only on what the program did.
/// Bytes are accounted by runs: `acquiredBytes` minus what is left of the runs in use is exactly what live and not yet
/// collected cells occupy.
///
/// Allocation never collects. When `acquiredBytes` passes `collectAt`, the machine is asked to collect at its next
/// safe point. `collectAt` is at most halfway between the live bytes and the limit unless little is left, so a native
/// function can use half of what is free before it meets `MemoryError`.
enum Heap {
  static let classCount = 48
  static let largeClass = 255
  static let maxCellBytes = 8192

  @inline(__always) static func sizeClass(_ bytes: Int) -> Int {
    if bytes <= 512 { return (bytes &+ 15) &>> 4 &- 1 }
    // Four classes for each doubling: 640, 768, 896, 1024, 1280, …
    let exponent = Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount  // 2^exponent < bytes <= 2^(exponent+1)
    let quarter = (bytes - 1) >> (exponent - 2) & 3
    return 32 + (exponent - 9) * 4 + quarter
  }

  static func classBytes(_ sizeClass: Int) -> Int {
    if sizeClass < 32 { return (sizeClass + 1) * 16 }
    let exponent = 9 + (sizeClass - 32) / 4
    return (1 << exponent) + ((sizeClass - 32) % 4 + 1) << (exponent - 2)
  }

  /// Bytes of the largest block.
  static let largestBlock = 1 << 16

  static func blockPages(_ sizeClass: Int) -> Int { sizeClass < 32 ? 4 : 16 }

  /// The part of a page-table word that is not the next block.
  static func entry(pages: Int, sizeClass: Int) -> UInt64 { UInt64(pages) << 8 | UInt64(sizeClass) }
  static func pages(_ entry: UInt64) -> Int { Int(entry >> 8 & 0xFF_FFFF) }
  static func sizeClass(of entry: UInt64) -> Int { Int(entry & 0xFF) }
  static func next(_ entry: UInt64) -> Int { Int(entry >> 32) }
}

extension VM {
  /// The page table; its index is a page number (offset / 4096).
  var pageTable: Words { words(at: Cage.pageTable) }
  /// The live bits as words; bit number `offset / 16`.
  var liveBits: Words { words(at: Cage.liveBits) }

  /// Memory that objects occupy, exactly.
  package var usedBytes: Int {
    var used = self[.acquiredBytes]
    for index in 0..<Heap.classCount { used -= self[.limits, index] - self[.cursors, index] }
    return used
  }

  /// Allocates `bytes` (at least 8, the header included) and returns the cell, whose words hold whatever was there.
  @inline(__always) func allocateCell(_ bytes: Int) throws(Unwind) -> Ref {
    guard bytes <= 512 else { return try allocateBig(bytes) }
    let index = (bytes &+ 15) &>> 4 &- 1
    let cursor = self[.cursors, index]
    let next = cursor &+ (index &+ 1) &* 16
    if _fastPath(next <= self[.limits, index]) {
      self[.cursors, index] = next
      return Ref(offset: UInt32(truncatingIfNeeded: cursor))
    }
    return try allocateFromNextRun(index)
  }

  /// A cell of a small fixed size, as long as the run in use has room.
  @inline(__always) func quickCell(_ bytes: Int) -> Ref? {
    let index = (bytes &+ 15) &>> 4 &- 1
    let cursor = self[.cursors, index]
    let next = cursor &+ (index &+ 1) &* 16
    guard _fastPath(next <= self[.limits, index]) else { return nil }
    self[.cursors, index] = next
    return Ref(offset: UInt32(truncatingIfNeeded: cursor))
  }

  /// A new object of `wordCount` words (the header included), all but the header zero.
  @inline(__always)
  package func allocate(_ kind: Kind, class type: Ref, words wordCount: Int, size: Int = 0, flags: UInt64 = 0)
    throws(Unwind) -> Ref
  {
    let ref = try allocateCell(wordCount &* 8)
    let cell = words(ref)
    cell[0] = header(kind, class: type, size: size, flags: flags)
    cell.fill(from: 1, count: wordCount &- 1, with: 0)
    return ref
  }

  /// A record: `values` are its traced words.
  package func allocateRecord(_ kind: Kind, class type: Ref, _ values: Value...) throws(Unwind) -> Ref {
    let ref = try allocateCell((values.count + 1) * 8)
    let cell = words(ref)
    cell[0] = header(kind, class: type, size: values.count)
    for (index, value) in values.enumerated() { cell.set(index + 1, value) }
    return ref
  }

  /// Untraced memory for `bytes` bytes, from word 1 of the object on. Not zeroed.
  package func allocateRaw(bytes count: Int) throws(Unwind) -> Ref {
    let ref = try allocateBig(count + 8)
    words(ref)[0] = UInt64(Kind.raw.rawValue)
    return ref
  }

  /// Room for `capacity` values, from word 1 of the object on. Not cleared: its owner traces only what it counts.
  package func allocateBuffer(capacity: Int) throws(Unwind) -> Ref {
    let ref = try allocateBig(capacity * 8 + 8)
    words(ref)[0] = UInt64(Kind.buffer.rawValue)
    return ref
  }

  @inline(never) func allocateBig(_ bytes: Int) throws(Unwind) -> Ref {
    guard bytes >= 0, bytes < Cage.bytes else { throw raiseMemoryError() }
    if bytes > Heap.maxCellBytes { return try allocateSpan(bytes) }
    let index = Heap.sizeClass(max(bytes, 16))
    let cursor = self[.cursors, index]
    let next = cursor + Heap.classBytes(index)
    if next <= self[.limits, index] {
      self[.cursors, index] = next
      return Ref(offset: UInt32(truncatingIfNeeded: cursor))
    }
    return try allocateFromNextRun(index)
  }

  /// Finds the next run of free cells of a size class and allocates its first cell.
  @inline(never) func allocateFromNextRun(_ index: Int) throws(Unwind) -> Ref {
    let size = Heap.classBytes(index)
    while self[.sweepBlocks, index] != 0 {
      let page = self[.sweepBlocks, index]
      let start = page * Cage.pageBytes
      let end = start + Heap.blockPages(index) * Cage.pageBytes / size * size
      if let run = nextRun(from: start + self[.sweepGranules, index] * 16, end: end, size: size) {
        self[.sweepGranules, index] = (run.upperBound - start) / 16
        return try acquire(run, index, size)
      }
      self[.sweepBlocks, index] = Heap.next(pageTable[page])
      self[.sweepGranules, index] = 0
    }
    let pages = Heap.blockPages(index)
    let page = try allocatePages(pages, charged: 0)
    // The chain of a class is in the order in which its blocks were made, newest first; a new one is not swept again in this cycle.
    pageTable[page] = Heap.entry(pages: pages, sizeClass: index) | UInt64(self[.firstBlocks, index]) << 32
    self[.firstBlocks, index] = page
    let start = page * Cage.pageBytes
    return try acquire(start..<start + pages * Cage.pageBytes / size * size, index, size)
  }

  /// Takes a run into use, and its first cell.
  private func acquire(_ run: Range<Int>, _ index: Int, _ size: Int) throws(Unwind) -> Ref {
    // What is left of the old run, less than a cell, is nothing: runs are whole cells.
    let acquired = self[.acquiredBytes] + run.count
    // Cells that are free in the run do not count as used, so the limit is compared with the run's first cell only.
    if acquired - run.count + size > self[.memoryLimit] { throw raiseMemoryError() }
    self[.acquiredBytes] = acquired
    self[.cursors, index] = run.lowerBound + size
    self[.limits, index] = run.upperBound
    if acquired >= self[.collectAt] { requestCollection() }
    return Ref(offset: UInt32(truncatingIfNeeded: run.lowerBound))
  }

  /// The next run of cells from `start` on whose live bits are clear.
  private func nextRun(from start: Int, end: Int, size: Int) -> Range<Int>? {
    let bits = liveBits
    var cell = start
    while cell < end, isLive(bits, cell) { cell += size }
    guard cell < end else { return nil }
    let first = cell
    repeat { cell += size } while cell < end && !isLive(bits, cell)
    return first..<cell
  }

  @inline(__always) func isLive(_ bits: Words, _ offset: Int) -> Bool {
    bits[offset >> 10] >> UInt64(offset >> 4 & 63) & 1 != 0
  }

  private func allocateSpan(_ bytes: Int) throws(Unwind) -> Ref {
    let pages = (bytes + Cage.pageBytes - 1) / Cage.pageBytes
    let page = try allocatePages(pages, charged: pages * Cage.pageBytes)
    pageTable[page] = Heap.entry(pages: pages, sizeClass: Heap.largeClass)
    return Ref(offset: UInt32(truncatingIfNeeded: page * Cage.pageBytes))
  }

  /// Finds `count` free pages: the first free run that is long enough, else at the top of the heap.
  private func allocatePages(_ count: Int, charged: Int) throws(Unwind) -> Int {
    let acquired = self[.acquiredBytes] + charged
    if acquired > self[.memoryLimit] { throw raiseMemoryError() }
    let page = try findPages(count)
    self[.acquiredBytes] = acquired
    if acquired >= self[.collectAt] { requestCollection() }
    return page
  }

  private func findPages(_ count: Int) throws(Unwind) -> Int {
    let table = pageTable
    let top = self[.heapTop]
    if self[.freePages] >= count {
      var page = self[.freePageHint]
      var isFirst = true
      while page < top {
        let entry = table[page]
        if entry != 0 {
          page += Heap.pages(entry)
          continue
        }
        if isFirst {
          self[.freePageHint] = page
          isFirst = false
        }
        var end = page
        while end < top, end - page < count, table[end] == 0 { end += 1 }
        if end - page == count {
          self[.freePages] -= count
          return page
        }
        page = end
      }
    }
    guard (top + count) * Cage.pageBytes <= Cage.heapEnd else { throw raiseMemoryError() }
    self[.heapTop] = top + count
    return top
  }

  /// Gives a span back at once; only for a buffer that its owner has replaced and nothing else refers to.
  package func freeBuffer(_ ref: Ref) {
    let page = Int(ref.offset) / Cage.pageBytes
    guard !ref.isNull, Int(ref.offset) % Cage.pageBytes == 0 else { return }
    guard page >= self[.basePages] else { return }
    let entry = pageTable[page]
    guard Heap.sizeClass(of: entry) == Heap.largeClass else { return }
    freePages(page, Heap.pages(entry))
    self[.acquiredBytes] -= Heap.pages(entry) * Cage.pageBytes
  }

  func freePages(_ page: Int, _ count: Int) {
    pageTable[page] = 0
    self[.freePages] += count
    if page < self[.freePageHint] { self[.freePageHint] = page }
    if count >= 16 { Cage.discard(self, from: page * Cage.pageBytes, bytes: count * Cage.pageBytes) }
  }

  /// Asks for a collection at the next safe point.
  func requestCollection() {
    self[.wantsCollection] = 1
    interruptSoon()
  }
}
