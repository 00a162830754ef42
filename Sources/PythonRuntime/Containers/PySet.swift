/// A set or frozenset: `1` table:32, fill:32 (slots that hold or held an element); `2` elements:32, finger:32 (where
/// `pop` goes on looking);
/// `3` the instance's dict for subclasses.
///
/// The table is CPython's, slot for slot: open addressing that looks at up to ten neighbouring slots before it jumps,
/// the same growth, the
/// same treatment of deleted slots. So a set of integers is iterated in the order in which CPython iterates it. A
/// table is made
/// with the first element; until then the set counts as one with eight empty slots.
@safe package struct PySet {
  package let words: Words
  let vm: VM

  @inline(__always) package init(_ vm: VM, _ value: Value) {
    words = vm.words(value)
    self.vm = vm
  }

  package var count: Int {
    @inline(__always) get { words.low(2) }
    @inline(__always) nonmutating set { words.setLow(2, newValue) }
  }
  var fill: Int {
    @inline(__always) get { words.high(1) }
    @inline(__always) nonmutating set { words.setHigh(1, newValue) }
  }
  var finger: Int {
    get { words.high(2) }
    nonmutating set { words.setHigh(2, newValue) }
  }
  var hasTable: Bool { @inline(__always) get { words.low(1) != 0 } }
  var mask: Int { hasTable ? table().mask : 7 }
  @inline(__always) func table() -> SetTable { SetTable(words: vm.words(at: words.low(1))) }
}

/// The memory of a set: `1` mask:32; slots (key, hash) from word 2 on; then one word for the hash of a frozenset (0:
/// not yet known).
/// A free slot's key is unbound, a deleted one's is the dummy, and its hash -1, which no key has.
@safe struct SetTable {
  let words: Words
  static let linearProbes = 9
  var mask: Int { @inline(__always) get { words.low(1) } }
  @inline(__always) func key(_ slot: Int) -> Value { words.value(2 &+ slot &* 2) }
  @inline(__always) func hash(_ slot: Int) -> Int { Int(Int64(bitPattern: words[3 &+ slot &* 2])) }
  @inline(__always) func put(_ key: Value, hash: Int, at slot: Int) {
    words.set(2 &+ slot &* 2, key)
    words[3 &+ slot &* 2] = UInt64(bitPattern: Int64(hash))
  }
  /// Whether the slot holds an element.
  @inline(__always) func isActive(_ slot: Int) -> Bool {
    let key = self.key(slot)
    return key != .unbound && key != .dummy
  }
  var knownHash: UInt64 {
    get { words[4 &+ mask &* 2] }
    nonmutating set { words[4 &+ mask &* 2] = newValue }
  }

  /// Puts a key that is not there into a table without deleted slots.
  @inline(__always) func insertClean(_ key: Value, hash: Int) {
    let mask = self.mask
    var perturb = UInt(bitPattern: hash)
    var first = hash & mask
    while true {
      let last = first &+ SetTable.linearProbes <= mask ? first &+ SetTable.linearProbes : first
      var slot = first
      while slot <= last {
        if self.key(slot).isUnbound { return put(key, hash: hash, at: slot) }
        slot &+= 1
      }
      perturb >>= 5
      first = (first &* 5 &+ 1 &+ Int(bitPattern: perturb)) & mask
    }
  }
}

extension PySet {
  private func newTable(slots: Int) throws(Unwind) -> SetTable {
    guard slots < 1 << 27 else { throw vm.raiseMemoryError() }
    let ref = try vm.allocateBig((slots * 2 + 3) * 8)
    let words = vm.words(ref)
    words[0] = UInt64(Kind.setTable.rawValue)
    words[1] = UInt64(slots - 1)
    words.fill(from: 2, count: slots * 2, with: Value.unbound.bits)
    words[slots * 2 + 2] = 0
    return SetTable(words: words)
  }

  /// Makes the table anew, without deleted slots, with more than `minimum` slots.
  func resize(moreThan minimum: Int) throws(Unwind) {
    var slots = 8
    while slots <= minimum { slots <<= 1 }
    try vm.charge(slots >> 3)
    let fresh = try newTable(slots: slots)
    let old = words.low(1)
    if old != 0 {
      let table = self.table()
      for slot in 0...table.mask where table.isActive(slot) {
        fresh.insertClean(table.key(slot), hash: table.hash(slot))
      }
    }
    words[1] = UInt64(vm.ref(fresh.words).offset) | UInt64(count) << 32
    if old != 0 { vm.freeBuffer(Ref(offset: UInt32(old))) }
  }

  /// The growth that CPython gives a set that has become too full.
  private func grow() throws(Unwind) {
    let used = count
    try resize(moreThan: used > 50_000 ? used * 2 : used * 4)
  }

  /// The slot of a key, or the complement of the free slot where the search ended; `reusing`: of the last deleted one on the
  /// way there, if any, as CPython does. There is a table.
  @inline(__always) private func probe(_ key: Value, hash: Int, reusing: Bool = false) throws(Unwind) -> Int {
    let table = self.table()
    let mask = table.mask
    var perturb = UInt(bitPattern: hash)
    var first = hash & mask
    var free = -1
    while true {
      let last = first &+ SetTable.linearProbes <= mask ? first &+ SetTable.linearProbes : first
      var slot = first
      while slot <= last {
        let candidate = table.key(slot)
        if candidate == key { return slot }
        if candidate.isUnbound { return ~(free < 0 ? slot : free) }
        if reusing && candidate == .dummy {
          free = slot
        } else if table.hash(slot) == hash {
          guard let same = vm.equalKeysQuickly(candidate, key) else {
            return try probeSlowly(key, hash: hash, reusing: reusing)
          }
          if same { return slot }
        }
        slot &+= 1
      }
      perturb >>= 5
      first = (first &* 5 &+ 1 &+ Int(bitPattern: perturb)) & mask
    }
  }

  /// The same when comparing keys runs Python code; begins again when that changed the table.
  @inline(never) private func probeSlowly(_ key: Value, hash: Int, reusing: Bool) throws(Unwind) -> Int {
    restart: while true {
      if !hasTable { try resize(moreThan: 0) }
      let offset = words.low(1)
      let table = self.table()
      let mask = table.mask
      var perturb = UInt(bitPattern: hash)
      var first = hash & mask
      var free = -1
      while true {
        let last = first &+ SetTable.linearProbes <= mask ? first &+ SetTable.linearProbes : first
        var slot = first
        while slot <= last {
          let candidate = table.key(slot)
          if candidate == key { return slot }
          if candidate.isUnbound { return ~(free < 0 ? slot : free) }
          if reusing && candidate == .dummy {
            free = slot
          } else if table.hash(slot) == hash {
            let same = try vm.equal(candidate, key)
            if words.low(1) != offset || table.key(slot) != candidate { continue restart }
            if same { return slot }
            try vm.charge(8)
          }
          slot &+= 1
        }
        perturb >>= 5
        first = (first &* 5 &+ 1 &+ Int(bitPattern: perturb)) & mask
      }
    }
  }

  /// Whether a key is an element.
  @inline(__always) func contains(_ key: Value, hash: Int) throws(Unwind) -> Bool {
    guard count > 0 else { return false }
    return try probe(key, hash: hash) >= 0
  }

  package func contains(_ key: Value) throws(Unwind) -> Bool { try contains(key, hash: vm.hashKey(key)) }

  /// Adds a key; false if it was there.
  @discardableResult @inline(__always) func add(_ key: Value, hash: Int) throws(Unwind) -> Bool {
    if !hasTable { try resize(moreThan: 0) }
    let found = try probe(key, hash: hash, reusing: true)
    if found >= 0 { return false }
    let table = self.table()
    let isReused = table.key(~found) == .dummy
    table.put(key, hash: hash, at: ~found)
    if isReused {
      count = count &+ 1
      return true
    }
    let filled = fill &+ 1
    fill = filled
    count = count &+ 1
    if filled &* 5 >= table.mask &* 3 { try grow() }
    return true
  }

  @discardableResult package func add(_ key: Value) throws(Unwind) -> Bool {
    try add(key, hash: vm.hashKey(key))
  }

  /// Removes a key; false if it was not there.
  @discardableResult func discard(_ key: Value, hash: Int) throws(Unwind) -> Bool {
    guard count > 0 else { return false }
    let found = try probe(key, hash: hash)
    guard found >= 0 else { return false }
    table().put(.dummy, hash: -1, at: found)
    count = count &- 1
    return true
  }

  package func removeAll() {
    words[1] = 0
    words[2] = 0
  }

  /// The next element at or after slot `slot`, which is set behind it; nil at the end. The set may have changed since
  /// the last one.
  @inline(__always) package func next(_ slot: inout Int) -> (key: Value, hash: Int)? {
    guard hasTable else { return nil }
    let table = self.table()
    let mask = table.mask
    while slot <= mask {
      let key = table.key(slot)
      slot &+= 1
      if key != .unbound && key != .dummy { return (key, table.hash(slot &- 1)) }
    }
    return nil
  }

  /// Takes some element away, continuing behind the one taken last.
  func removeAny() -> Value? {
    guard count > 0 else { return nil }
    let table = self.table()
    let mask = table.mask
    var slot = finger & mask
    while !table.isActive(slot) { slot = slot == mask ? 0 : slot &+ 1 }
    let key = table.key(slot)
    table.put(.dummy, hash: -1, at: slot)
    count = count &- 1
    finger = slot &+ 1
    return key
  }

  /// Adds the elements of another set, in the way that gives CPython's order.
  func merge(_ other: PySet) throws(Unwind) {
    let otherCount = other.count
    guard otherCount > 0, vm.ref(words) != vm.ref(other.words) else { return }
    try vm.charge(other.mask >> 3)
    if (fill + otherCount) * 5 >= mask * 3 { try resize(moreThan: (count + otherCount) * 2) }
    if fill == 0 {
      if !hasTable { try resize(moreThan: 0) }
      let source = other.table()
      let target = table()
      if target.mask == source.mask, other.fill == otherCount {
        target.words.copy(from: source.words, at: 2, sourceIndex: 2, count: (source.mask + 1) * 2)
      } else {
        for slot in 0...source.mask where source.isActive(slot) {
          target.insertClean(source.key(slot), hash: source.hash(slot))
        }
      }
      fill = otherCount
      count = otherCount
      return
    }
    var slot = 0
    while let (key, hash) = other.next(&slot) { try add(key, hash: hash) }
  }

  /// After many removals: a table without deleted slots if these are more than a quarter.
  func compact() throws(Unwind) {
    if fill - count > mask / 4 { try grow() }
  }

  /// Exchanges the contents of two sets.
  func swapContents(with other: PySet) {
    for word in 1...2 {
      let mine = words[word]
      words[word] = other.words[word]
      other.words[word] = mine
    }
  }
}

extension VM {
  /// An empty set.
  package func newSet() throws(Unwind) -> Value { Value(try allocate(.set, class: type(.set), words: 4)) }

  /// An empty frozenset that is still to be filled.
  package func newFrozenSet() throws(Unwind) -> Value {
    Value(try allocate(.set, class: type(.frozenset), words: 4))
  }

  /// The hash of a frozenset: CPython's, which does not depend on the order.
  package func frozensetHash(_ value: Value) -> Int {
    let set = PySet(self, value)
    if set.hasTable, set.table().knownHash != 0 { return Int(Int64(bitPattern: set.table().knownHash)) }
    var hash: UInt64 = 0
    var slot = 0
    while let (_, elementHash) = set.next(&slot) {
      let bits = UInt64(bitPattern: Int64(elementHash))
      hash ^= ((bits ^ 89_869_747) ^ (bits << 16)) &* 3_644_798_167
    }
    hash ^= (UInt64(set.count) &+ 1) &* 1_927_868_237
    hash ^= (hash >> 11) ^ (hash >> 25)
    hash = hash &* 69_069 &+ 907_133_923
    if hash == UInt64.max { hash = 590_923_713 }
    if set.hasTable { set.table().knownHash = hash }
    return Int(Int64(bitPattern: hash))
  }
}
