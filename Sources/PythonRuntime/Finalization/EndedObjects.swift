/// The search for objects that counting references would have ended.
///
/// When a candidate was not reached, everything that was not is garbage; among it references are counted, and given up as CPython does it, beginning with
/// garbage that nothing refers to: so the candidates end in CPython's order, and those in circles wait for a collection
/// of circles (`gc.collect()`, or one for want of memory).
struct EndedObjects {
  let vm: VM
  /// In ticks.
  private(set) var cost = AttentionBudget.search
  /// The references from garbage to garbage, by granule of the heap.
  private var counts: [Int32] = []
  private var collector: Collector

  init(_ vm: VM) {
    self.vm = vm
    collector = Collector(vm)
  }

  /// Puts the objects that ended into the list of ended objects; false when there are none.
  mutating func find() -> Bool {
    let candidates = candidates()
    vm[.hasCandidates] = candidates.isEmpty ? 0 : 1
    guard !candidates.isEmpty else { return false }
    let areAllAlive = collector.markUntilFound(candidates)
    cost += collector.traced * AttentionBudget.object + candidates.count
    if areAllAlive { return false }
    collector.forgetDeadWeakReferences()
    let dead = candidates.filter { !collector.isMarked($0) && isCandidate($0) }
    guard !dead.isEmpty else { return false }
    let ended = countReferences(dead)
    let mayFreeMore = ended.contains { vm.needsFinalizing(Value($0)) }
    forgetFinalized(ended)
    for ref in dead where !mayFreeMore && !ended.contains(ref) && vm.words(ref).kind != .string {
      vm.words(ref).setFlag(ObjectFlags.circular)
    }
    for ref in ended { vm.enqueueEnded(.object, Value(ref)) }
    return !ended.isEmpty
  }

  private func isCandidate(_ ref: Ref) -> Bool {
    vm.words(ref).hasFlag(ObjectFlags.weaklyReferenced) || vm.needsFinalizing(Value(ref))
  }

  /// The objects that could end by counting, in the order in which they were registered. Generators that have no need of it any more are forgotten.
  private func candidates() -> [Ref] {
    var result: [Ref] = []
    let finalizable = vm[root: .finalizable]
    if finalizable.isRef {
      let list = PyList(vm, finalizable)
      var kept = 0
      for index in 0..<list.count {
        let object = vm.words(list[index])
        if object.kind == .generator, vm.generatorState(object) != .running, !vm.isWorthClosing(object) {
          object.clearFlag(ObjectFlags.tracked)
          continue
        }
        list[kept] = list[index]
        kept += 1
        if !object.hasFlag(ObjectFlags.circular), !isPermanent(list[index].ref) { result.append(list[index].ref) }
      }
      list.count = kept
    }
    let weak = vm[root: .weakReferences]
    guard weak.isRef else { return result }
    let dict = PyDict(vm, weak)
    for index in 0..<dict.entryCount {
      guard let key = dict.entry(at: index)?.key else { continue }
      let ref = Ref(offset: UInt32(key.int))
      let object = vm.words(ref)
      if object.kind == .string || !object.hasFlag(ObjectFlags.circular), !object.hasFlag(ObjectFlags.tracked),
        vm.endsByCounting(Value(ref)), !isPermanent(ref)
      {
        result.append(ref)
      }
    }
    return result
  }

  /// Objects of the base image do not end.
  private func isPermanent(_ ref: Ref) -> Bool { Int(ref.offset) < collector.heapStart }

  /// Takes those that are going to be finalised from the list.
  private func forgetFinalized(_ ended: [Ref]) {
    let finalizable = vm[root: .finalizable]
    guard finalizable.isRef else { return }
    let going = Set(ended.map(\.offset))
    let list = PyList(vm, finalizable)
    var kept = 0
    for index in 0..<list.count where !going.contains(list[index].ref.offset) {
      list[kept] = list[index]
      kept += 1
    }
    list.count = kept
  }

  // MARK: Counting

  private func granule(_ ref: Ref) -> Int { (Int(ref.offset) - vm[.basePages] * Cage.pageBytes) >> 4 }

  private mutating func countReferences(_ dead: [Ref]) -> [Ref] {
    let garbage = countGarbage()
    var ended: [Ref] = []
    let isThrifty = vm[.attentionSpent] + cost > AttentionBudget.burst
    for ref in dead where counts[granule(ref)] == 0 { giveUp(ref, &ended, all: isThrifty) }
    for ref in garbage where counts[granule(ref)] == 0 { giveUp(ref, &ended, all: isThrifty) }
    return ended
  }

  /// The objects that `gc.collect` counts: garbage that counting references does not end.
  mutating func circularGarbage() -> [Ref] {
    collector.markAll()
    let garbage = countGarbage()
    var ended: [Ref] = []
    for ref in garbage where counts[granule(ref)] == 0 { giveUp(ref, &ended, all: true) }
    return garbage.filter { counts[granule($0)] > 0 && vm.isCollectable($0) }
  }

  /// Counts the references among the garbage, and answers all of it.
  private mutating func countGarbage() -> [Ref] {
    counts = [Int32](repeating: 0, count: (vm[.heapTop] - vm[.basePages]) * Cage.pageBytes >> 4 + 1)
    var garbage: [Ref] = []
    vm.forEachAllocated { ref in
      if !collector.isMarked(ref) { garbage.append(ref) }
    }
    for ref in garbage {
      for child in vm.references(of: ref) where isGarbage(child) { counts[granule(child)] += 1 }
    }
    cost += garbage.count * AttentionBudget.object * 2
    return garbage
  }

  private func isGarbage(_ ref: Ref) -> Bool {
    Int(ref.offset) >= vm[.basePages] * Cage.pageBytes && !collector.isMarked(ref)
  }

  /// Ends an object and what only it referred to. What is to be finalised keeps its references until that was done, because it
  /// may come back; `all`: it is taken not to.
  private mutating func giveUp(_ root: Ref, _ ended: inout [Ref], all: Bool) {
    var stack = [root]
    // So that it is begun with only once.
    counts[granule(root)] = 1
    while let ref = stack.popLast() {
      counts[granule(ref)] -= 1
      guard counts[granule(ref)] == 0 else { continue }
      counts[granule(ref)] = -1
      if isCandidate(ref) {
        ended.append(ref)
        if !all, vm.needsFinalizing(Value(ref)) { continue }
      }
      let children = vm.references(of: ref).filter(isGarbage)
      // Lists and tuples let go of their last element first; what is pushed last is popped first.
      switch vm.words(ref).kind {
      case .list, .tuple: stack += children
      default: stack += children.reversed()
      }
    }
  }
}

/// Gathers the references of one object.
private struct ReferenceList: ReferenceVisitor {
  var refs: [Ref] = []
  mutating func reference(_ ref: Ref) {
    if !ref.isNull { refs.append(ref) }
  }
  mutating func part(_ offset: UInt32) {}
}

extension VM {
  /// What an object refers to, in order, its class included.
  func references(of ref: Ref) -> [Ref] {
    var list = ReferenceList()
    visit(ref, &list)
    return list.refs
  }

  /// Calls `body` with every object in the heap that has not been swept, dead or alive; memory that objects own is left out.
  func forEachAllocated(_ body: (Ref) -> Void) {
    let table = pageTable
    func visit(_ offset: Int) {
      let ref = Ref(offset: UInt32(truncatingIfNeeded: offset))
      let kind = words(ref).kindByte
      if kind != Kind.raw.rawValue && kind != Kind.buffer.rawValue { body(ref) }
    }
    var page = self[.basePages]
    while page < self[.heapTop] {
      let entry = table[page]
      if entry == 0 {
        page += 1
        continue
      }
      if Heap.sizeClass(of: entry) == Heap.largeClass { visit(page * Cage.pageBytes) }
      page += Heap.pages(entry)
    }
    for sizeClass in 0..<Heap.classCount { forEachCell(of: sizeClass, visit) }
  }

  /// The cells of a class that are in use: all of the blocks that were swept since the last collection, but for the run that is being used up;
  /// of the others those that were alive then.
  private func forEachCell(of sizeClass: Int, _ body: (Int) -> Void) {
    let size = Heap.classBytes(sizeClass)
    let free = self[.cursors, sizeClass]..<max(self[.cursors, sizeClass], self[.limits, sizeClass])
    let bits = liveBits
    let sweeping = self[.sweepBlocks, sizeClass]
    var isSwept = true
    var block = self[.firstBlocks, sizeClass]
    while block != 0, block >= self[.basePages] {
      let start = block * Cage.pageBytes
      let end = start + Heap.blockPages(sizeClass) * Cage.pageBytes / size * size
      if block == sweeping { isSwept = false }
      let sweptEnd = isSwept ? end : block == sweeping ? start + self[.sweepGranules, sizeClass] * 16 : start
      for cell in stride(from: start, to: end, by: size)
      where cell < sweptEnd ? !free.contains(cell) : isLive(bits, cell) {
        body(cell)
      }
      block = Heap.next(pageTable[block])
    }
  }
}
