/// A dict: `1` stamp (table:32, used entries:32), `2` live entries, `3` the instance's dict for subclasses.
///
/// The table has an entry for each insertion, in order, and an index of 32-bit entry numbers that is probed by hash. A deleted entry has
/// an unbound key. Inserting a key always changes the stamp, and a table is freed only by a collection: so an inline
/// cache that saw the stamp knows that since then no key was added, and finds a key in its entry if the key is still there.
///
/// Keys are compared by identity first, then by hash and `==`; `==` may run Python code, so a look-up by an arbitrary key
/// starts again when the table has changed meanwhile, as CPython's does.
@safe package struct PyDict {
  package let words: Words
  let vm: VM
  @inline(__always) package init(_ vm: VM, _ value: Value) {
    words = vm.words(value)
    self.vm = vm
  }
  @inline(__always) package init(_ vm: VM, _ words: Words) {
    self.words = words
    self.vm = vm
  }
  package var count: Int {
    @inline(__always) get { Int(truncatingIfNeeded: words[2]) }
    @inline(__always) nonmutating set { words[2] = UInt64(truncatingIfNeeded: newValue) }
  }
  /// The number of entries in use, deleted ones included: the bound for `entry(at:)`.
  package var entryCount: Int { @inline(__always) get { words.high(1) } }
  var stamp: UInt64 { @inline(__always) get { words[1] } }
  @inline(__always) func table() -> DictTable { DictTable(words: vm.words(at: words.low(1))) }

  /// Key, value and hash of entry `index`, or nil if it was deleted.
  package func entry(at index: Int) -> (key: Value, value: Value, hash: Int)? {
    let table = self.table()
    let key = table.key(index)
    return key.isUnbound ? nil : (key, table.value(index), table.hash(index))
  }
}

/// The memory of a dict: `1` entry capacity:32, index mask:32; `2` entries used:32; entries (key, value, hash) from word 3; then the index.
@safe struct DictTable {
  let words: Words
  @inline(__always) static func entry(_ index: Int) -> Int { 3 &+ 3 &* index }
  @inline(__always) func key(_ index: Int) -> Value { words.value(DictTable.entry(index)) }
  @inline(__always) func value(_ index: Int) -> Value { words.value(DictTable.entry(index) &+ 1) }
  @inline(__always) func hash(_ index: Int) -> Int { Int(Int64(bitPattern: words[DictTable.entry(index) &+ 2])) }
  var capacity: Int { @inline(__always) get { words.low(1) } }
  var mask: Int { @inline(__always) get { words.high(1) } }
  /// The index: entry number + 1, 0 for never used, `deleted`.
  @inline(__always) var index: Bytes { words.bytes(from: 3 &+ 3 &* capacity) }
  static let deleted: UInt32 = 0xFFFF_FFFF

  /// The smallest index, and the most entries that it is for.
  static let smallSlots = 8
  static let smallCapacity = 5
  /// How many words a table takes.
  @inline(__always) static func wordCount(_ capacity: Int, slots: Int) -> Int { 3 &+ 3 &* capacity &+ slots / 2 }
  @inline(__always) static func smallWords(_ capacity: Int) -> Int { wordCount(capacity, slots: smallSlots) }

  /// Makes fresh memory a table without entries.
  @inline(__always) func clear(capacity: Int, slots: Int) {
    words[0] = UInt64(Kind.dictTable.rawValue)
    words[1] = UInt64(truncatingIfNeeded: capacity | (slots &- 1) << 32)
    words.fill(from: 3 &+ 3 &* capacity, count: slots / 2, with: 0)
  }

  /// Writes entry number `entry`, the next one, of a key that is not there.
  @inline(__always) func append(_ key: Value, _ value: Value, hash: Int, entry: Int) {
    let position = DictTable.entry(entry)
    words.set(position, key)
    words.set(position &+ 1, value)
    words[position &+ 2] = UInt64(bitPattern: Int64(hash))
    addToIndex(entry, hash: hash)
    words[2] = UInt64(truncatingIfNeeded: entry &+ 1)
  }

  func addToIndex(_ entry: Int, hash: Int) {
    let (index, mask) = (self.index, self.mask)
    var slot = PyDict.firstSlot(hash, mask)
    while true {
      let number = index.unit32(slot)
      if number == 0 || number == DictTable.deleted { break }
      slot = (slot &+ 1) & mask
    }
    index.setUnit32(slot, UInt32(truncatingIfNeeded: entry &+ 1))
  }
}

extension VM {
  package func newDict() throws(Unwind) -> Value {
    Value(try allocate(.dict, class: type(.dict), words: 4))
  }
}

extension PyDict {
  /// The slot of the index where probing starts, and the next one: linear in a table that is at most two thirds full.
  @inline(__always) static func firstSlot(_ hash: Int, _ mask: Int) -> Int {
    let mixed = UInt64(bitPattern: Int64(hash)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 32) & mask
  }

  /// Finds the entry of a key that is an interned string, mostly by identity; never runs Python code.
  @inline(__always) package func find(name: Value) -> Int? {
    guard count > 0 else { return nil }
    let hash = vm.stringHash(name)
    let table = self.table()
    let index = table.index
    let mask = table.mask
    var slot = PyDict.firstSlot(hash, mask)
    while true {
      let number = index.unit32(slot)
      if number == 0 { return nil }
      if number != DictTable.deleted {
        let entry = Int(number) &- 1
        let key = table.key(entry)
        if key == name { return entry }
        if table.hash(entry) == hash, vm.is(key, .string), vm.equalStrings(key, name) { return entry }
      }
      slot = (slot &+ 1) & mask
    }
  }

  /// Finds the entry of any key; its `__eq__` may run. Keys that were chosen to collide are paid for.
  package func find(_ key: Value, hash: Int) throws(Unwind) -> Int? {
    restart: while true {
      guard count > 0 else { return nil }
      let stampBefore = stamp
      let table = self.table()
      let index = table.index
      let mask = table.mask
      var slot = PyDict.firstSlot(hash, mask)
      var probes = 0
      while true {
        let number = index.unit32(slot)
        if number == 0 { return nil }
        if number != DictTable.deleted {
          let entry = Int(number) &- 1
          let candidate = table.key(entry)
          if candidate == key { return entry }
          if table.hash(entry) == hash {
            if let same = vm.equalKeysQuickly(candidate, key) {
              if same { return entry }
            } else {
              let isEqual = try vm.equal(candidate, key)
              if stamp != stampBefore || table.key(entry) != candidate { continue restart }
              if isEqual { return entry }
            }
            probes &+= 7
          }
        }
        slot = (slot &+ 1) & mask
        probes &+= 1
        if _slowPath(probes >= 64) {
          try vm.charge(probes)
          probes = 0
        }
      }
    }
  }

  /// The value of a key, or nil. Computes the hash, which raises for an unhashable key.
  package func get(_ key: Value) throws(Unwind) -> Value? {
    let hash = try vm.hashKey(key)
    guard let entry = try find(key, hash: hash) else { return nil }
    return table().value(entry)
  }

  /// The value of an interned name, or nil. Never runs Python code.
  @inline(__always) package func get(name: Value) -> Value? {
    guard let entry = find(name: name) else { return nil }
    return table().value(entry)
  }

  package func set(_ key: Value, _ value: Value) throws(Unwind) {
    try set(key, value, hash: vm.hashKey(key))
  }

  package func set(_ key: Value, _ value: Value, hash: Int) throws(Unwind) {
    if let entry = try find(key, hash: hash) {
      setValue(at: entry, value)
    } else {
      try insert(key, value, hash: hash)
    }
  }

  package func set(name: Value, _ value: Value) throws(Unwind) {
    if let entry = find(name: name) {
      setValue(at: entry, value)
    } else {
      try insert(name, value, hash: vm.stringHash(name))
    }
  }

  @inline(__always) package func setValue(at entry: Int, _ value: Value) {
    table().words.set(DictTable.entry(entry) &+ 1, value)
  }

  /// Appends an entry for a key that is not there.
  package func insert(_ key: Value, _ value: Value, hash: Int) throws(Unwind) {
    var used = entryCount
    if words.low(1) == 0 || used == table().capacity {
      try rebuild(capacity: max(DictTable.smallCapacity, count * 2 + count / 2))
      used = entryCount
    }
    table().append(key, value, hash: hash, entry: used)
    words.setHigh(1, used &+ 1)
    count = count &+ 1
  }

  /// Makes a fresh table with `entries` entries this dict's.
  @inline(__always) func adopt(_ table: Ref, entries: Int) {
    words[1] = UInt64(table.offset) | UInt64(truncatingIfNeeded: entries) << 32
    count = entries
  }

  /// A new table with room for `capacity` entries, without the deleted ones.
  package func rebuild(capacity: Int) throws(Unwind) {
    guard capacity < 1 << 26 else { throw vm.raiseMemoryError() }
    var slots = DictTable.smallSlots
    while slots * 2 < capacity * 3 { slots *= 2 }
    let ref = try vm.allocateBig(DictTable.wordCount(capacity, slots: slots) * 8)
    let fresh = DictTable(words: vm.words(ref))
    fresh.clear(capacity: capacity, slots: slots)
    var used = 0
    if words.low(1) != 0 {
      let old = table()
      for entry in 0..<entryCount {
        let key = old.key(entry)
        if key.isUnbound { continue }
        fresh.words.copy(from: old.words, at: DictTable.entry(used), sourceIndex: DictTable.entry(entry), count: 3)
        fresh.addToIndex(used, hash: old.hash(entry))
        used += 1
      }
    }
    fresh.words[2] = UInt64(used)
    adopt(ref, entries: used)
  }

  /// Removes entry `entry` and returns its value.
  @discardableResult package func remove(at entry: Int) -> Value {
    let table = self.table()
    let value = table.value(entry)
    let index = table.index
    var slot = PyDict.firstSlot(table.hash(entry), table.mask)
    while index.unit32(slot) != UInt32(truncatingIfNeeded: entry &+ 1) { slot = (slot &+ 1) & table.mask }
    index.setUnit32(slot, DictTable.deleted)
    table.words.set(DictTable.entry(entry), .unbound)
    table.words.set(DictTable.entry(entry) &+ 1, .unbound)
    count = count &- 1
    return value
  }

  /// Removes a key; nil if it was not there.
  package func remove(_ key: Value) throws(Unwind) -> Value? {
    guard let entry = try find(key, hash: vm.hashKey(key)) else { return nil }
    return remove(at: entry)
  }

  package func removeAll() {
    words[1] = 0
    count = 0
  }
}
