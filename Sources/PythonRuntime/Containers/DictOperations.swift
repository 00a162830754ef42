/// What dicts do as a whole: reading by the run loop, copying, updating, comparing.
extension VM {
  /// `dict[key]`, of an instance of a subclass through `__missing__`.
  @inline(__always) package func dictItem(_ dict: Value, _ key: Value) throws(Unwind) -> Value {
    let view = PyDict(self, dict)
    if let entry = try view.find(key, hash: hashKey(key)) { return view.table().value(entry) }
    return try dictMissing(dict, key)
  }

  @inline(never) private func dictMissing(_ dict: Value, _ key: Value) throws(Unwind) -> Value {
    if !isPlain(dict, .dict), let missing = lookupSpecial(dict, .missing) { return try call(missing, dict, key) }
    throw raise(.keyError, arguments: [key])
  }

  /// `dict[key] = value`
  @inline(__always) package func dictSetItem(_ dict: Value, _ key: Value, _ value: Value) throws(Unwind) {
    try PyDict(self, dict).set(key, value, hash: hashKey(key))
  }

  /// `del dict[key]`
  package func dictDeleteItem(_ dict: Value, _ key: Value) throws(Unwind) {
    let view = PyDict(self, dict)
    guard let entry = try view.find(key, hash: hashKey(key)) else { throw raise(.keyError, arguments: [key]) }
    view.remove(at: entry)
  }

  /// `key in dict`
  @inline(__always) package func dictContains(_ dict: Value, _ key: Value) throws(Unwind) -> Bool {
    try PyDict(self, dict).find(key, hash: hashKey(key)) != nil
  }

  /// A plain dict with the same entries.
  package func dictCopy(_ dict: Value) throws(Unwind) -> Value {
    let result = try newDict()
    try PyDict(self, result).copyEntries(of: PyDict(self, dict))
    return result
  }

  /// `dict.update(other)`: another dict, anything with `keys`, or an iterable of pairs.
  package func dictUpdate(_ dict: Value, _ other: Value) throws(Unwind) {
    if isPlain(other, .dict) || self.is(other, .dict) && hasPlainIteration(other) {
      return try dictMerge(dict, other)
    }
    let mark = keepMark()
    defer { keepRelease(mark) }
    if let keys = try findAttribute(other, name(.keys)) {
      let iterator = try makeIterator(call(keys))
      keep(iterator)
      let inner = keepMark()
      while let key = try next(iterator) {
        keep(key)
        let value = try getItem(other, key)
        keep(value)
        try PyDict(self, dict).set(key, value)
        keepRelease(inner)
      }
      return
    }
    try dictUpdateFromPairs(dict, other)
  }

  /// Whether a dict's entries are what iterating it and asking it gives.
  private func hasPlainIteration(_ dict: Value) -> Bool {
    lookupSpecial(dict, .iter) == lookupSpecial(class: type(.dict), .iter)
  }

  private func dictUpdateFromPairs(_ dict: Value, _ pairs: Value) throws(Unwind) {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let target = PyDict(self, dict)
    let iterator = try makeIterator(pairs)
    keep(iterator)
    let inner = keepMark()
    var number = 0
    while let item = try next(iterator) {
      keep(item)
      var pair = item
      if plainElements(item) == nil {
        guard isIterable(item) else {
          throw raise(.typeError, "cannot convert dictionary update sequence element #\(number) to a sequence")
        }
        pair = try listFromIterable(item)
        keep(pair)
      }
      guard let source = plainElements(pair) else { return }
      guard source.count == 2 else {
        throw raise(
          .valueError,
          "dictionary update sequence element #\(number) has length \(source.count); 2 is required")
      }
      let key = source.words.value(source.start)
      let value = source.words.value(source.start + 1)
      keep(key)
      keep(value)
      try target.set(key, value, hash: hashKey(key))
      keepRelease(inner)
      number += 1
    }
    try charge(number)
  }

  /// Sets every entry of a dict in another one.
  private func dictMerge(_ dict: Value, _ other: Value) throws(Unwind) {
    guard dict != other else { return }
    let target = PyDict(self, dict)
    let source = PyDict(self, other)
    let count = source.count
    guard count > 0 else { return }
    try charge(source.entryCount >> 1)
    if target.count == 0 { return try target.copyEntries(of: source) }
    if target.entryCount + count > target.table().capacity, count > target.count / 2 {
      try target.rebuild(capacity: (target.count + count) * 3 / 2)
    }
    let mark = keepMark()
    defer { keepRelease(mark) }
    var index = 0
    while index < source.entryCount {
      if let entry = source.entry(at: index) {
        keep(entry.key)
        keep(entry.value)
        try target.set(entry.key, entry.value, hash: entry.hash)
        keepRelease(mark)
        if source.count != count { throw raise(.runtimeError, "dict mutated during update") }
      }
      index += 1
    }
  }

  /// Whether two dicts have equal values for the same keys.
  package func equalDicts(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    let first = PyDict(self, a)
    let second = PyDict(self, b)
    guard first.count == second.count else { return false }
    try enterNested(" in comparison")
    defer { leaveNested() }
    let mark = keepMark()
    defer { keepRelease(mark) }
    var index = 0
    while index < first.entryCount {
      if let entry = first.entry(at: index) {
        keep(entry.key)
        keep(entry.value)
        guard let other = try second.find(entry.key, hash: entry.hash) else { return false }
        let value = second.table().value(other)
        if value != entry.value {
          keep(value)
          guard try sameElement(entry.value, value) else { return false }
        }
        keepRelease(mark)
      }
      index += 1
    }
    try charge(index >> 1)
    return true
  }
}

extension PyDict {
  /// Makes this empty dict have the entries of another one.
  func copyEntries(of other: PyDict) throws(Unwind) {
    let count = other.count
    guard count > 0 else { return }
    let source = other.table()
    let used = other.entryCount
    try vm.charge(used >> 2)
    if used == count {
      // Nothing was deleted: the table is the same, index and all.
      let wordCount = DictTable.wordCount(source.capacity, slots: source.mask + 1)
      let ref = try vm.allocateBig(wordCount * 8)
      let fresh = vm.words(ref)
      fresh.copy(from: source.words, at: 0, sourceIndex: 0, count: 3 + 3 * used)
      let index = 3 + 3 * source.capacity
      fresh.copy(from: source.words, at: index, sourceIndex: index, count: wordCount - index)
      adopt(ref, entries: used)
      return
    }
    try rebuild(capacity: max(DictTable.smallCapacity, count + count / 2))
    for entry in 0..<used where !source.key(entry).isUnbound {
      try insert(source.key(entry), source.value(entry), hash: source.hash(entry))
    }
  }

  /// Takes the entry that was added last away. Deleted entries at the end are counted in the table, so that taking
  /// one after the other
  /// away does not walk over them again.
  func removeLast() throws(Unwind) -> (key: Value, value: Value)? {
    guard count > 0 else { return nil }
    let table = self.table()
    let start = entryCount - table.words.high(2)
    var entry = start - 1
    while table.key(entry).isUnbound { entry -= 1 }
    let key = table.key(entry)
    let value = remove(at: entry)
    table.words.setHigh(2, entryCount - entry)
    try vm.charge((start - entry) >> 2)
    return (key, value)
  }
}
