/// Making a base image of an instance: its objects become permanent, and what would be written to them later without need is
/// written now, so that instances share as many pages as can be.
extension Instance {
  /// The bytes of a base image. The instance is not to be used afterwards. `builderKey` says what it was built from.
  package func frozen(builderKey: UInt64) -> [UInt8] {
    precondition(vm[.nestedRuns] == 0, "an instance is frozen while no native function is underway")
    vm.makePermanent()
    return saved(builderKey: builderKey)
  }

  /// The instance as it stands, laid out as a base image.
  func saved(builderKey: UInt64) -> [UInt8] {
    let ranges = vm.savedRanges().map { range in
      (cage: range.lowerBound * Cage.pageBytes, bytes: range.count * Cage.pageBytes)
    }
    var head: [UInt64] = [
      BaseImage.magic, Image.fingerprint, 0, builderKey, UInt64(ranges.count), UInt64(StateWord.count.rawValue),
      UInt64(vm[.basePages]),
    ]
    let headWords = BaseImage.headWords + ranges.count * 3 + StateWord.count.rawValue
    var place = (headWords * 8 + Cage.pageBytes - 1) / Cage.pageBytes * Cage.pageBytes
    for range in ranges {
      head += [UInt64(range.cage), UInt64(place), UInt64(range.bytes)]
      place += range.bytes
    }
    for index in 0..<StateWord.count.rawValue { head.append(UInt64(bitPattern: Int64(savedStateWord(index)))) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(place)
    for word in head { bytes.append(word: word) }
    bytes += [UInt8](repeating: 0, count: Cage.pageBytes - (bytes.count - 1) % Cage.pageBytes - 1)
    for range in ranges { vm.bytes(at: range.cage).append(to: &bytes, count: range.bytes) }
    bytes.set(16, Checksum.ofBase(bytes))
    return bytes
  }
}

extension VM {
  /// Makes everything that there is permanent: from here on the heap begins above it, and nothing below is allocated, freed or
  /// counted any more. `isImmutable`: what was added since the last time never comes to refer to anything else.
  package func closeHeap(isImmutable: Bool = false) {
    collect()
    nameOwners()
    if isImmutable {
      self[.immutableStart] = self[.basePages]
      self[.immutableEnd] = self[.heapTop]
    } else if self[.immutableEnd] == Cage.heapStart / Cage.pageBytes {
      self[.immutableStart] = self[.heapTop]
      self[.immutableEnd] = self[.heapTop]
    }
    for index in 0..<Heap.classCount {
      for word in [StateWord.cursors, .limits, .firstBlocks, .sweepBlocks, .sweepGranules] { self[word, index] = 0 }
    }
    self[.basePages] = self[.heapTop]
    self[.freePageHint] = self[.heapTop]
    self[.freePages] = 0
    self[.acquiredBytes] = 0
    self[.liveBytes] = 0
    self[.collectAt] = 2 << 20
  }

  /// Writes into what each list, dict and set owns whose it is, for the collector.
  private func nameOwners() {
    forEachPermanent { ref in
      let object = words(ref)
      let owned: Int
      switch object.kindByte {
      case Kind.list.rawValue: owned = object.low(2)
      case Kind.dict.rawValue, Kind.set.rawValue: owned = object.low(1)
      default: return
      }
      if owned != 0 { words(at: owned).setHigh(0, Int(ref.offset)) }
    }
  }

  /// Computes what objects compute when they are first asked, forgets what only running programs need, and closes the heap.
  fileprivate func makePermanent() {
    leaveStack()
    collect()
    forEachPermanent { ref in
      if words(ref).kindByte == Kind.class.rawValue { resolveSpecials(ref) }
    }
    self[root: .baseInternTable] = self[root: .internTable]
    for root in [
      StateWord.pendingException, .handledException, .lastResult, .suspendedValue, .weakReferences, .finalizable,
      .endedObjects, .shownResult,
    ] {
      self[root: root] = .none
    }
    self[root: .internTable] = .none
    closeHeap()
    forEachPermanent { ref in
      if words(ref).kindByte == Kind.string.rawValue { _ = stringHash(Value(ref)) }
    }
    for word in [
      StateWord.ticksUsed, .sliceTicks, .fuel, .stolenFuel, .runStartTicks, .outputUsed, .collections, .attentionSpent,
      .hasCandidates, .isAttentive, .weakReferenceCount, .hasRun, .endedNext, .cellsMade,
    ] {
      self[word] = 0
    }
    // A program's own functions are counted from one, whatever the library has made by the same names.
    guard self[root: .functionCounts].isRef else { return }
    let counts = PyDict(self, self[root: .functionCounts])
    for entry in 0..<counts.entryCount { counts.setValue(at: entry, .zero) }
  }

  private func resolveSpecials(_ ref: Ref) {
    for special in Special.allCases.prefix(Special.specialCount) { _ = lookupSpecial(class: ref, special) }
  }

  /// Calls `body` with each object of the heap, just after a collection.
  private func forEachPermanent(_ body: (Ref) -> Void) {
    let table = pageTable
    var page = Cage.heapStart / Cage.pageBytes
    while page < self[.heapTop] {
      let entry = table[page]
      guard entry != 0 else {
        page += 1
        continue
      }
      let start = page * Cage.pageBytes
      if Heap.sizeClass(of: entry) == Heap.largeClass {
        body(Ref(offset: UInt32(start)))
      } else {
        let size = Heap.classBytes(Heap.sizeClass(of: entry))
        for cell in stride(from: start, through: start + Heap.pages(entry) * Cage.pageBytes - size, by: size)
        where isLive(liveBits, cell) { body(Ref(offset: UInt32(cell))) }
      }
      page += Heap.pages(entry)
    }
  }
}
