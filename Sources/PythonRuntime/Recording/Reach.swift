extension VM {
  /// The bytes that an object occupies.
  func occupiedBytes(_ ref: Ref) -> Int {
    let table = pageTable
    var page = Int(ref.offset) / Cage.pageBytes
    while page > Cage.heapStart / Cage.pageBytes, table[page] == 0 { page -= 1 }
    let sizeClass = Heap.sizeClass(of: table[page])
    return sizeClass == Heap.largeClass ? Heap.pages(table[page]) * Cage.pageBytes : Heap.classBytes(sizeClass)
  }
}

/// What leads where at a moment: the objects that names and frames of the snippets lead to, and for each of them the one that it was reached
/// from first.
struct Reach: ReferenceVisitor {
  private let vm: VM
  /// Bits by offset / 16 from the end of the base image on.
  private var seen: [UInt64]
  /// What of the base image anything leads to. It refers to nothing of a snippet's, but for the names of the main module, and so is not
  /// followed. Most are here once, because the latest of them are remembered by their place.
  private var ofBase: [UInt32] = []
  private var latestOfBase = [UInt32](repeating: 0, count: 256)
  /// The places of the main module's names, and those that were seen.
  private let main: [UInt32]
  private var mainSeen: [UInt32] = []
  private(set) var order: [Ref] = []
  /// The index in `order` of the object that each was reached from; -1 for a root.
  private(set) var from: [Int32] = []

  /// From the roots: the main module first, then frames that are running, then whatever else. With `without`, as if that cell was empty.
  init(_ vm: VM, roots: [Ref], without: Ref? = nil) {
    self.vm = vm
    permanentEnd = vm[.basePages] * Cage.pageBytes
    let granules = max(vm[.heapTop] * Cage.pageBytes - permanentEnd, 0) >> 4
    seen = [UInt64](repeating: 0, count: granules >> 6 + 1)
    let globals = vm.mainGlobals.ref
    main = [globals.offset, UInt32(truncatingIfNeeded: vm.words(globals).low(1))]
    for root in roots {
      parent = -1
      reference(root)
      follow(without)
    }
  }

  /// Memory that objects own and that refers to nothing itself.
  private(set) var parts: [Ref] = []
  private var next = 0
  private var parent: Int32 = -1
  private let permanentEnd: Int

  private mutating func follow(_ without: Ref?) {
    while next < order.count {
      let index = next
      next += 1
      if order[index] == without { continue }
      parent = Int32(truncatingIfNeeded: index)
      vm.visit(order[index], &self)
    }
  }

  mutating func reference(_ ref: Ref) {
    guard see(ref) else { return }
    order.append(ref)
    from.append(parent)
  }

  mutating func part(_ offset: UInt32) {
    if see(Ref(offset: offset)) { parts.append(Ref(offset: offset)) }
  }

  /// True the first time.
  private mutating func see(_ ref: Ref) -> Bool {
    guard Int(ref.offset) >= permanentEnd else { return seeOfBase(ref.offset) }
    let granule = (Int(ref.offset) - permanentEnd) >> 4
    guard granule >> 6 < seen.count, seen[granule >> 6] & 1 << UInt64(granule & 63) == 0 else { return false }
    seen[granule >> 6] |= 1 << UInt64(granule & 63)
    return true
  }

  private mutating func seeOfBase(_ offset: UInt32) -> Bool {
    let slot = Int(offset >> 4) & 255
    guard Int(offset) >= Cage.heapStart, latestOfBase[slot] != offset else { return false }
    latestOfBase[slot] = offset
    if main.contains(offset) {
      if mainSeen.contains(offset) { return false }
      mainSeen.append(offset)
      return true
    }
    ofBase.append(offset)
    return false
  }

  /// Whether an object was reached.
  func contains(_ ref: Ref) -> Bool {
    guard Int(ref.offset) >= permanentEnd else { return ofBase.contains(ref.offset) || mainSeen.contains(ref.offset) }
    let granule = (Int(ref.offset) - permanentEnd) >> 4
    return granule >> 6 < seen.count && seen[granule >> 6] & 1 << UInt64(granule & 63) != 0
  }
}

extension VM {
  /// What is alive without the help of anything else, in the order of what a path should start from.
  func rootReferences() -> [Ref] {
    var roots: [Ref] = []
    if self[root: .mainModule].isRef { roots.append(words(self[root: .mainModule]).value(1).ref) }
    let stack = words(at: Cage.stackStart)
    for index in 0..<stackTopIndex where stack.value(index).isRef { roots.append(stack.value(index).ref) }
    for word in StateWord.firstRoot.rawValue..<StateWord.afterRoots.rawValue
    where word != StateWord.weakReferences.rawValue && word != StateWord.finalizable.rawValue {
      let value = Value(bits: UInt64(bitPattern: Int64(self[.host, word])))
      if value.isRef { roots.append(value.ref) }
    }
    return roots
  }
}
