/// Mark and sweep, without moving anything. Marking is precise: the roots are the state's root words and the register stack up to `top`; every word
/// there is a value, and a stale one was written after the last collection (what lies above `top` is cleared here), so it
/// refers to something that has not been freed. Marks are collected in a bitmap of its own outside of the cage and then become the
/// cage's `liveBits`; sweeping is what allocation does lazily with those bits, only blocks without any live cell are
/// given back here.
///
/// All inline caches are forgotten, so that none can name an object whose cell was used again.
struct Collector {
  let vm: VM
  /// One bit for 16 bytes of heap; a copy of it becomes `liveBits`.
  private var marks: [UInt64]
  private var pending: [UInt32] = []
  private var liveBytes = 0
  /// How many objects were traced.
  private(set) var traced = 0

  /// Where the objects begin that can be freed: those of the base image are permanent and never marked.
  let heapStart: Int

  init(_ vm: VM) {
    self.vm = vm
    heapStart = vm[.basePages] * Cage.pageBytes
    let words = (vm[.heapTop] * Cage.pageBytes - heapStart) >> 10
    marks = [UInt64](repeating: 0, count: words + 1)
    pending.reserveCapacity(1024)
  }

  /// Marks from the roots, takes note of objects that have something to be told at their end, and sweeps.
  mutating func run() {
    markRoots()
    drain()
    endObjects()
    forgetDeadClasses()
    sweep()
  }

  /// Marks from the roots only.
  mutating func markAll() {
    markRoots()
    drain()
  }

  /// Marks what is nearest to the roots first, until all candidates are found to be alive; false when some are not.
  mutating func markUntilFound(_ candidates: [Ref]) -> Bool {
    markRoots(clearsStack: false, entersBase: false)
    markMainModule()
    var next = 0
    var head = 0
    var hasEnteredBase = false
    while true {
      if head == pending.count {
        if hasEnteredBase { break }
        hasEnteredBase = true
        markWrittenBase()
        traced += vm[.basePages] >> 2
      }
      let end = min(head + 64, pending.count)
      while head < end {
        trace(Ref(offset: pending[head]))
        head += 1
      }
      while next < candidates.count, isMarked(candidates[next]) { next += 1 }
      if next == candidates.count { return true }
    }
    pending.removeAll(keepingCapacity: true)
    return false
  }

  @inline(__always) private func bit(_ offset: UInt32) -> (word: Int, mask: UInt64) {
    let granule = (Int(offset) - heapStart) >> 4
    return (granule >> 6, 1 << UInt64(granule & 63))
  }

  func isMarked(_ ref: Ref) -> Bool {
    guard Int(ref.offset) >= heapStart else { return true }
    let (word, mask) = bit(ref.offset)
    return marks[word] & mask != 0
  }

  /// Calls `body` with each object that was marked, by place; those of the base image are not marked.
  func forEachMarked(_ body: (Ref) -> Void) {
    for (index, word) in marks.enumerated() where word != 0 {
      var rest = word
      while rest != 0 {
        body(Ref(offset: UInt32(truncatingIfNeeded: heapStart + (index << 6 + rest.trailingZeroBitCount) << 4)))
        rest &= rest &- 1
      }
    }
  }

  /// Marks an object; true if it was not marked before.
  @inline(__always) mutating func markOnly(_ offset: UInt32) -> Bool {
    guard Int(offset) >= heapStart else { return false }
    let (word, mask) = bit(offset)
    guard word < marks.count, marks[word] & mask == 0 else { return false }
    marks[word] |= mask
    return true
  }

  @inline(__always) mutating func mark(_ value: Value) {
    if value.isRef { mark(value.ref) }
  }

  @inline(__always) mutating func mark(_ ref: Ref) {
    if markOnly(ref.offset) { pending.append(ref.offset) }
  }

  /// The main program's variables, which are what a program mostly finds its objects by.
  private mutating func markMainModule() {
    let module = vm[root: .mainModule]
    guard module.isRef else { return }
    let globals = vm.words(module).value(1)
    vm.visit(globals.ref, &self)
    let table = vm.words(globals).low(1)
    if table != 0 { vm.visit(Ref(offset: UInt32(table)), &self) }
  }

  mutating func markRoots(clearsStack: Bool = true, entersBase: Bool = true) {
    for word in StateWord.firstRoot.rawValue..<StateWord.afterRoots.rawValue
    where word != StateWord.weakReferences.rawValue && word != StateWord.finalizable.rawValue {
      mark(Value(bits: UInt64(bitPattern: Int64(vm[.host, word]))))
    }
    markWeakTables()
    if entersBase { markWrittenBase() }
    let stack = vm.words(at: Cage.stackStart)
    let count = vm.stackTopIndex
    for index in 0..<count { mark(stack.value(index)) }
    if clearsStack { stack.fill(from: count, count: vm.stackLimitIndex - count, with: 0) }
  }

  mutating func drain() {
    while let offset = pending.popLast() { trace(Ref(offset: offset)) }
  }

  @inline(__always) private mutating func trace(_ ref: Ref) {
    traced &+= 1
    vm.visit(ref, &self)
  }

  /// Marks what the permanent objects refer to: only those on pages that were written can refer to anything else.
  private mutating func markWrittenBase() {
    let start = Cage.heapStart / Cage.pageBytes
    guard vm[.basePages] > start else { return }
    var written: [Int] = []
    for range in [start..<vm[.immutableStart], vm[.immutableEnd]..<vm[.basePages]] {
      vm.forEachWrittenPage(range) { written.append($0) }
    }
    let table = vm.pageTable
    var lastSpan = 0
    for page in written {
      var first = page
      while table[first] == 0, first > start { first -= 1 }
      let entry = table[first]
      guard entry != 0, first + Heap.pages(entry) > page else { continue }
      if Heap.sizeClass(of: entry) == Heap.largeClass {
        if first != lastSpan { traceBase(Ref(offset: UInt32(first * Cage.pageBytes))) }
        lastSpan = first
      } else {
        traceBaseCells(onPage: page, blockPage: first, entry)
      }
    }
  }

  private mutating func traceBaseCells(onPage page: Int, blockPage: Int, _ entry: UInt64) {
    let size = Heap.classBytes(Heap.sizeClass(of: entry))
    let start = blockPage * Cage.pageBytes
    let end = min((page + 1) * Cage.pageBytes, start + Heap.pages(entry) * Cage.pageBytes / size * size)
    var cell = start + (page * Cage.pageBytes - start) / size * size
    while cell < end {
      if vm.isLive(vm.liveBits, cell) { traceBase(Ref(offset: UInt32(cell))) }
      cell += size
    }
  }

  /// A permanent object. What a list, dict or set owns is traced only while it does: closing the heap put the owner in its header.
  private mutating func traceBase(_ ref: Ref) {
    let head = vm.words(ref)[0]
    let owner = vm.words(at: Int(head >> 32))
    switch UInt8(truncatingIfNeeded: head) {
    case Kind.raw.rawValue: return
    case Kind.dictTable.rawValue, Kind.setTable.rawValue:
      if head >> 32 != 0, owner.low(1) == Int(ref.offset) { trace(ref) }
      return
    case Kind.buffer.rawValue:
      guard head >> 32 != 0, owner.low(2) == Int(ref.offset) else { return }
    default: return trace(ref)
    }
    for index in 0..<Int(truncatingIfNeeded: owner[1]) { mark(vm.words(ref).value(1 + index)) }
  }

  /// Makes the marks the live bits, gives back spans and blocks without a mark, and restarts each class's sweep.
  private mutating func sweep() {
    let table = vm.pageTable
    let live = vm.liveBits
    let firstWord = heapStart >> 10
    for index in 0..<marks.count { live[firstWord + index] = marks[index] }
    var newFirst = [Int](repeating: 0, count: Heap.classCount)
    var last = [Int](repeating: 0, count: Heap.classCount)
    // Spans: by the table. Blocks: by the chains, so that their order stays what it was.
    var page = vm[.basePages]
    while page < vm[.heapTop] {
      let entry = table[page]
      if entry == 0 {
        page += 1
        continue
      }
      let pages = Heap.pages(entry)
      if Heap.sizeClass(of: entry) == Heap.largeClass {
        if isMarked(Ref(offset: UInt32(page * Cage.pageBytes))) {
          liveBytes += pages * Cage.pageBytes
        } else {
          vm.freePages(page, pages)
        }
      }
      page += pages
    }
    for sizeClass in 0..<Heap.classCount {
      var block = vm[.firstBlocks, sizeClass]
      while block != 0 {
        let entry = table[block]
        let next = Heap.next(entry)
        let count = liveCells(inBlock: block, pages: Heap.pages(entry))
        if count == 0 {
          vm.freePages(block, Heap.pages(entry))
        } else {
          liveBytes += count * Heap.classBytes(sizeClass)
          table[block] = entry & 0xFFFF_FFFF
          if last[sizeClass] == 0 {
            newFirst[sizeClass] = block
          } else {
            table[last[sizeClass]] = table[last[sizeClass]] & 0xFFFF_FFFF | UInt64(block) << 32
          }
          last[sizeClass] = block
        }
        block = next
      }
      vm[.firstBlocks, sizeClass] = newFirst[sizeClass]
      vm[.sweepBlocks, sizeClass] = newFirst[sizeClass]
      vm[.sweepGranules, sizeClass] = 0
      vm[.cursors, sizeClass] = 0
      vm[.limits, sizeClass] = 0
    }
    vm[.liveBytes] = liveBytes
    vm[.acquiredBytes] = liveBytes
    vm.scheduleNextCollection()
    vm[.collections] += 1
    vm.forgetCaches()
  }

  private func liveCells(inBlock page: Int, pages: Int) -> Int {
    let first = (page * Cage.pageBytes - heapStart) >> 10
    var count = 0
    for word in first..<first + pages * Cage.pageBytes >> 10 { count += marks[word].nonzeroBitCount }
    return count
  }
}

extension VM {
  /// Collects now; only at a safe point, when everything alive is reachable from the roots.
  func collect() {
    self[.wantsCollection] = 0
    settleJournal()
    var collector = Collector(self)
    collector.run()
    endMemoryReserve()
  }

  /// When to collect next: when as much again was allocated as is alive (at least 2 MiB), but before half of what the limit leaves is used.
  /// Close to the limit, not before a 32nd of what is alive was allocated, or just before all is used: collections
  /// would follow one another otherwise, each for a few cells.
  func scheduleNextCollection() {
    let live = self[.liveBytes]
    let left = self[.memoryLimit] - live
    let least = max(min(live / 32, left - Heap.largestBlock), Heap.largestBlock)
    let growth = min(max(live, 2 << 20), max(left / 2, least))
    self[.collectAt] = host.collectsAlways ? live + 1 : live + growth
  }

  /// Forgets every inline cache.
  func forgetCaches() {
    let end = (self[.cacheTop] + Cage.pageBytes - 1) / Cage.pageBytes
    precondition(clear(Cage.caches / Cage.pageBytes..<end), "no stale cache is left")
  }

  /// The register stack's used part, and the part that frames may have used since the last collection, in words.
  var stackTopIndex: Int { wordIndex(self[.top]) }
  var stackLimitIndex: Int { wordIndex(self[.stackLimit]) }

  private func wordIndex(_ address: Int) -> Int {
    // SAFETY: only a difference of addresses is taken.
    unsafe (address - Int(bitPattern: base) - Cage.stackStart) / 8
  }
}
