/// The references of each object, as the collector sees them: what keeps what alive.
extension VM {
  /// Calls `visit` with each reference of an object.
  func forEachReference(_ ref: Ref, _ visit: (Ref) -> Void) {
    let object = words(ref)
    let head = object[0]
    func see(_ value: Value) { if value.isRef { visit(value.ref) } }
    func see(from start: Int, _ count: Int) { for index in start..<start + max(count, 0) { see(object.value(index)) } }
    func see(offset: UInt64) { if offset & 0xFFFF_FFFF != 0 { visit(Ref(offset: UInt32(truncatingIfNeeded: offset))) } }
    let kind = object.kind
    see(offset: head >> 32)
    if kind.isRecord {
      let first = kind == .weakReference ? 2 : 1
      return see(from: first, Int(head >> 16 & 0xFFFF) - first + 1)
    }
    if head & ObjectFlags.hasDict != 0, kind != .cell { see(object.value(dictIndex(object, kind))) }
    switch kind {
    case .cell: see(object.value(1))
    case .function: see(from: 3, 4 + Int(head >> 16 & 0xFFFF))
    case .tuple: see(from: 2, object.low(1))
    case .list:
      let buffer = words(at: object.low(2))
      see(offset: object[2])
      if object.low(2) != 0 { for index in 0..<Int(truncatingIfNeeded: object[1]) { see(buffer.value(1 + index)) } }
    case .dict:
      see(offset: object[1])
      if head & ObjectFlags.hasExtra != 0 { see(object.value(4)) }
    case .dictTable:
      for index in 0..<object.low(2) { see(from: DictTable.entry(index), 2) }
    case .set: see(offset: object[1])
    case .setTable: for index in 0...object.low(1) { see(object.value(2 + 2 * index)) }
    case .string: if head & ObjectFlags.shared != 0 { see(offset: object[2]) }
    case .bytearray: see(offset: object[2])
    case .instance: see(from: 1, 1 + Int(head >> 16 & 0xFFFF))
    case .shape, .class: see(from: 2, Int(head >> 16 & 0xFFFF))
    case .code:
      see(from: CodeLayout.firstValue, CodeLayout.valueCount + object.low(CodeLayout.constantCount))
      for index in CodeLayout.rawRefs { see(offset: object[index]) }
    case .generator:
      see(from: GeneratorLayout.firstValue, GeneratorLayout.valueCount)
      see(from: GeneratorLayout.registers, object.low(GeneratorLayout.registerCount))
    default: break
    }
  }

  /// The bytes that an object occupies.
  func occupiedBytes(_ ref: Ref) -> Int {
    let table = pageTable
    var page = Int(ref.offset) / Cage.pageBytes
    while page > Cage.heapStart / Cage.pageBytes, table[page] == 0 { page -= 1 }
    let sizeClass = Heap.sizeClass(of: table[page])
    return sizeClass == Heap.largeClass ? Heap.pages(table[page]) * Cage.pageBytes : Heap.classBytes(sizeClass)
  }
}

/// Everything that is alive at a moment, and for each object the one that it was reached from first.
struct Reach {
  private let vm: VM
  /// Bits by offset / 16 from the start of the heap.
  private var seen: [UInt64]
  private(set) var order: [Ref] = []
  /// The index in `order` of the object that each was reached from; -1 for a root.
  private(set) var from: [Int32] = []

  /// From the roots: the main module first, then frames that are running, then whatever else. With `without`, as if that cell was empty.
  init(_ vm: VM, roots: [Ref], without: Ref? = nil) {
    self.vm = vm
    let granules = max(vm[.heapTop] * Cage.pageBytes - Cage.heapStart, 0) >> 4
    seen = [UInt64](repeating: 0, count: granules >> 6 + 1)
    for root in roots {
      add(root, -1)
      follow(without)
    }
  }

  private var next = 0

  private mutating func follow(_ without: Ref?) {
    while next < order.count {
      let index = next
      next += 1
      if order[index] == without { continue }
      var found: [Ref] = []
      vm.forEachReference(order[index]) { found.append($0) }
      for ref in found { add(ref, Int32(truncatingIfNeeded: index)) }
    }
  }

  private mutating func add(_ ref: Ref, _ parent: Int32) {
    guard Int(ref.offset) >= Cage.heapStart else { return }
    let granule = (Int(ref.offset) - Cage.heapStart) >> 4
    guard granule >> 6 < seen.count, seen[granule >> 6] & 1 << UInt64(granule & 63) == 0 else { return }
    seen[granule >> 6] |= 1 << UInt64(granule & 63)
    order.append(ref)
    from.append(parent)
  }

  func contains(_ ref: Ref) -> Bool {
    let granule = (Int(ref.offset) - Cage.heapStart) >> 4
    return granule >= 0 && granule >> 6 < seen.count && seen[granule >> 6] & 1 << UInt64(granule & 63) != 0
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
    where word != StateWord.weakReferences.rawValue {
      let value = Value(bits: UInt64(bitPattern: Int64(self[.host, word])))
      if value.isRef { roots.append(value.ref) }
    }
    return roots
  }
}
