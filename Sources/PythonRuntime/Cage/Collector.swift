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

  init(_ vm: VM) {
    self.vm = vm
    let words = (vm[.heapTop] * Cage.pageBytes - Cage.heapStart) >> 10
    marks = [UInt64](repeating: 0, count: words + 1)
    pending.reserveCapacity(1024)
  }

  /// Marks from the roots, runs `beforeSweep` with what can be asked about marks, and sweeps.
  mutating func run() {
    markRoots()
    drain()
    clearDeadReferences()
    sweep()
  }

  /// Weak references to what was not reached give None from now on; those that were not reached themselves are forgotten. Callbacks
  /// are called at the next safe point.
  private mutating func clearDeadReferences() {
    let root = vm[root: .weakReferences]
    guard root.isRef else { return }
    _ = markOnly(root.ref.offset)
    let list = PyList(vm, root)
    if list.capacity > 0 { _ = markOnly(UInt32(truncatingIfNeeded: list.words.low(2))) }
    var kept = 0
    for index in 0..<list.count {
      let reference = list[index]
      guard isMarked(reference.ref) else { continue }
      let object = vm.words(reference)
      if object.value(1).isRef, !isMarked(object.value(1).ref) {
        object.set(1, .none)
        if !object.value(2).isNone { vm.host.pendingCallbacks.append(reference) }
        continue
      }
      list[kept] = reference
      kept += 1
    }
    list.count = kept
  }

  @inline(__always) private func bit(_ offset: UInt32) -> (word: Int, mask: UInt64) {
    let granule = (Int(offset) - Cage.heapStart) >> 4
    return (granule >> 6, 1 << UInt64(granule & 63))
  }

  func isMarked(_ ref: Ref) -> Bool {
    let (word, mask) = bit(ref.offset)
    return marks[word] & mask != 0
  }

  /// Marks an object; true if it was not marked before.
  @inline(__always) private mutating func markOnly(_ offset: UInt32) -> Bool {
    guard Int(offset) >= Cage.heapStart else { return false }
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

  private mutating func markRoots() {
    for word in StateWord.firstRoot.rawValue..<StateWord.afterRoots.rawValue
    where word != StateWord.weakReferences.rawValue {
      mark(Value(bits: UInt64(bitPattern: Int64(vm[.host, word]))))
    }
    let stack = vm.words(at: Cage.stackStart)
    let count = vm.stackTopIndex
    for index in 0..<count { mark(stack.value(index)) }
    stack.fill(from: count, count: vm.stackLimitIndex - count, with: 0)
  }

  mutating func drain() {
    while let offset = pending.popLast() { trace(Ref(offset: offset)) }
  }

  private mutating func markWords(_ words: Words, from start: Int, count: Int) {
    for index in start..<start + count { mark(words.value(index)) }
  }

  private mutating func markBuffer(_ ref: Int, count: Int) {
    guard ref != 0 else { return }
    _ = markOnly(UInt32(truncatingIfNeeded: ref))
    markWords(vm.words(at: ref), from: 1, count: count)
  }

  private mutating func trace(_ ref: Ref) {
    let object = vm.words(ref)
    let head = object[0]
    let raw = UInt8(truncatingIfNeeded: head)
    // The class, or an instance's shape; null in what has none.
    mark(Ref(offset: UInt32(truncatingIfNeeded: head >> 32)))
    if raw >= Kind.record.rawValue {
      if raw == Kind.weakReference.rawValue {
        // What it refers to is not kept alive by it.
        markWords(object, from: 2, count: Int(head >> 16 & 0xFFFF) - 1)
        return
      }
      markWords(object, from: 1, count: Int(head >> 16 & 0xFFFF))
      return
    }
    guard let kind = Kind(rawValue: raw) else { preconditionFailure("an object of no kind at \(ref.offset)") }
    if head & ObjectFlags.hasDict != 0 { mark(object.value(vm.dictIndex(object, kind))) }
    switch kind {
    case .cell: mark(object.value(1))
    case .function: markWords(object, from: 3, count: 4 + Int(head >> 16 & 0xFFFF))
    case .tuple: markWords(object, from: 2, count: object.low(1))
    case .list: markBuffer(object.low(2), count: Int(truncatingIfNeeded: object[1]))
    case .dict:
      mark(Ref(offset: UInt32(truncatingIfNeeded: object[1])))
      if head & ObjectFlags.hasExtra != 0 { mark(object.value(4)) }
    case .dictTable:
      let used = object.low(2)
      for index in 0..<used {
        mark(object.value(DictTable.entry(index)))
        mark(object.value(DictTable.entry(index) + 1))
      }
    case .set: mark(Ref(offset: UInt32(truncatingIfNeeded: object[1])))
    case .setTable:
      for index in 0...object.low(1) { mark(object.value(2 + 2 * index)) }
    case .string: if head & ObjectFlags.shared != 0 { _ = markOnly(UInt32(truncatingIfNeeded: object[2])) }
    case .bytearray: _ = markOnly(UInt32(truncatingIfNeeded: object[2]))
    case .bytes, .int, .float, .complex, .raw, .buffer: break
    case .instance:
      let slots = Int(head >> 16 & 0xFFFF)
      mark(object.value(1))
      markWords(object, from: 2, count: slots)
    case .shape, .class: markWords(object, from: 2, count: Int(head >> 16 & 0xFFFF))
    case .code:
      markWords(object, from: CodeLayout.firstValue, count: CodeLayout.valueCount + object.low(CodeLayout.constantCount))
      for index in CodeLayout.rawRefs { _ = markOnly(UInt32(truncatingIfNeeded: object[index])) }
    case .generator:
      markWords(object, from: GeneratorLayout.firstValue, count: GeneratorLayout.valueCount)
      markWords(object, from: GeneratorLayout.registers, count: object.low(GeneratorLayout.registerCount))
    default: preconditionFailure("a record among the other kinds")
    }
  }

  /// Makes the marks the live bits, gives back spans and blocks without a mark, and restarts each class's sweep.
  private mutating func sweep() {
    let table = vm.pageTable
    let live = vm.liveBits
    let firstWord = Cage.heapStart >> 10
    for index in 0..<marks.count { live[firstWord + index] = marks[index] }
    var newFirst = [Int](repeating: 0, count: Heap.classCount)
    var last = [Int](repeating: 0, count: Heap.classCount)
    // Spans: by the table. Blocks: by the chains, so that their order stays what it was.
    var page = Cage.heapStart / Cage.pageBytes
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
    let first = (page * Cage.pageBytes - Cage.heapStart) >> 10
    var count = 0
    for word in first..<first + pages * Cage.pageBytes >> 10 { count += marks[word].nonzeroBitCount }
    return count
  }
}

extension VM {
  /// Collects now; only at a safe point, when everything alive is reachable from the roots.
  func collect() {
    self[.wantsCollection] = 0
    var collector = Collector(self)
    collector.run()
    endMemoryReserve()
  }

  /// When to collect next: when as much again was allocated as is alive (at least 2 MiB), but before half of what the limit leaves is used.
  func scheduleNextCollection() {
    let live = self[.liveBytes]
    let growth = min(max(live, 2 << 20), max((self[.memoryLimit] - live) / 2, 0))
    self[.collectAt] = host.collectsAlways ? live + 1 : live + growth
  }

  /// Forgets every inline cache.
  func forgetCaches() {
    let used = self[.cacheTop] - Cage.caches
    if used > 1 << 16 {
      Cage.discard(self, from: Cage.caches, bytes: (used + Cage.pageBytes - 1) / Cage.pageBytes * Cage.pageBytes)
    } else {
      words(at: Cage.caches).fill(from: 0, count: used / 8, with: 0)
    }
  }

  /// The register stack's used part, and the part that frames may have used since the last collection, in words.
  var stackTopIndex: Int { wordIndex(self[.top]) }
  var stackLimitIndex: Int { wordIndex(self[.stackLimit]) }

  private func wordIndex(_ address: Int) -> Int {
    // SAFETY: only a difference of addresses is taken.
    unsafe (address - Int(bitPattern: base) - Cage.stackStart) / 8
  }
}
