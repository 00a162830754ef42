/// The operations of sets by themselves. Which operand is walked and which is asked decides the order of the result,
/// so it is CPython's choice.
extension VM {
  /// A set or a frozenset (or an instance of a subclass).
  @inline(__always) func isAnySet(_ value: Value) -> Bool { self.is(value, .set) }

  func isFrozenset(_ value: Value) -> Bool {
    guard isAnySet(value) else { return false }
    let owner = classOf(value)
    return owner != type(.set) && (owner == type(.frozenset) || isSubclass(owner, type(.frozenset)))
  }

  /// An empty set of the built-in type that `value` is an instance of.
  func newSetLike(_ value: Value) throws(Unwind) -> Value { isFrozenset(value) ? try newFrozenSet() : try newSet() }

  /// A copy, of the built-in type.
  func setCopy(_ set: Value) throws(Unwind) -> Value {
    let result = try newSetLike(set)
    try PySet(self, result).merge(PySet(self, set))
    return result
  }

  /// `set(iterable)`, for an operand that is no set.
  func setFromIterable(_ iterable: Value) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let result = try newSet()
    keep(result)
    try setUpdate(result, iterable)
    return result
  }

  /// Hash of what is looked for in a set: a set stands for the frozenset with its elements.
  func setKeyHash(_ key: Value) throws(Unwind) -> Int {
    guard isAnySet(key), !isFrozenset(key) else { return try hashKey(key) }
    do {
      return try hash(key)
    } catch {
      guard case .exception = error, pendingMatches(.typeError) else { throw error }
      takePending()
      let twin = try newFrozenSet()
      try PySet(self, twin).merge(PySet(self, key))
      return frozensetHash(twin)
    }
  }

  /// How many elements a set has.
  @inline(__always) package func setCount(_ set: Value) -> Int { PySet(self, set).count }

  /// `set.add(value)`
  @inline(__always) package func setAdd(_ set: Value, _ value: Value) throws(Unwind) {
    try PySet(self, set).add(value, hash: hashKey(value))
  }

  /// `value in set`
  @inline(__always) package func setContains(_ set: Value, _ key: Value) throws(Unwind) -> Bool {
    try PySet(self, set).contains(key, hash: isAnySet(key) ? setKeyHash(key) : hashKey(key))
  }

  /// `set.update(iterable)`, also to fill a new frozenset.
  package func setUpdate(_ set: Value, _ iterable: Value) throws(Unwind) {
    let target = PySet(self, set)
    if isAnySet(iterable) { return try target.merge(PySet(self, iterable)) }
    if isPlain(iterable, .dict) {
      let count = PyDict(self, iterable).count
      if (target.fill + count) * 5 >= target.mask * 3 { try target.resize(moreThan: (target.count + count) * 2) }
    }
    try forEachKey(iterable) { (key, hash) throws(Unwind) in
      try target.add(key, hash: hash)
      return true
    }
  }

  /// Calls `body` with each element of an iterable and its hash, until it gives false. The element is kept alive
  /// meanwhile.
  func forEachKey(_ iterable: Value, _ body: (Value, Int) throws(Unwind) -> Bool) throws(Unwind) {
    let mark = keepMark()
    defer { keepRelease(mark) }
    if isAnySet(iterable) {
      let set = PySet(self, iterable)
      var slot = 0
      while let (key, hash) = set.next(&slot) {
        keep(key)
        if !(try body(key, hash)) { return }
        keepRelease(mark)
      }
      return try charge(slot >> 2)
    }
    if isPlain(iterable, .dict) {
      let dict = PyDict(self, iterable)
      var index = 0
      while index < dict.entryCount {
        if let entry = dict.entry(at: index) {
          keep(entry.key)
          if !(try body(entry.key, entry.hash)) { return }
          keepRelease(mark)
        }
        index &+= 1
      }
      return try charge(index >> 2)
    }
    if plainElements(iterable) != nil {
      var index = 0
      while let source = plainElements(iterable), index < source.count {
        let key = source.words.value(source.start &+ index)
        keep(key)
        if !(try body(key, hashKey(key))) { return }
        keepRelease(mark)
        index &+= 1
      }
      return try charge(index >> 2)
    }
    let iterator = try makeIterator(iterable)
    keep(iterator)
    let inner = keepMark()
    while let key = try next(iterator) {
      keep(key)
      if !(try body(key, hashKey(key))) { return }
      keepRelease(inner)
      try charge(1)
    }
  }

  /// `a & b`, of a's built-in type; b is any iterable.
  func setIntersection(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    if a == b { return try setCopy(a) }
    let mark = keepMark()
    defer { keepRelease(mark) }
    let result = try newSetLike(a)
    keep(result)
    let target = PySet(self, result)
    var walked = b
    var asked = a
    if isAnySet(b), PySet(self, b).count > PySet(self, a).count { (walked, asked) = (a, b) }
    let table = PySet(self, asked)
    try forEachKey(walked) { (key, hash) throws(Unwind) in
      if try table.contains(key, hash: hash) { try target.add(key, hash: hash) }
      return true
    }
    return result
  }

  /// `a - b`, of a's built-in type; b is any iterable.
  func setDifference(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let isDict = isPlain(b, .dict)
    let otherCount = isAnySet(b) ? PySet(self, b).count : isDict ? PyDict(self, b).count : Int.max
    if otherCount == Int.max || PySet(self, a).count >> 2 > otherCount {
      let result = try setCopy(a)
      keep(result)
      try setRemoveAll(result, b)
      return result
    }
    let result = try newSetLike(a)
    keep(result)
    let target = PySet(self, result)
    try forEachKey(a) { (key, hash) throws(Unwind) in
      let isThere =
        isDict
        ? try PyDict(self, b).find(key, hash: hash) != nil : try PySet(self, b).contains(key, hash: hash)
      if !isThere { try target.add(key, hash: hash) }
      return true
    }
    return result
  }

  /// `a.difference_update(b)`
  func setRemoveAll(_ a: Value, _ b: Value) throws(Unwind) {
    let set = PySet(self, a)
    if a == b { return set.removeAll() }
    let mark = keepMark()
    defer { keepRelease(mark) }
    var other = b
    if isAnySet(b), PySet(self, b).count >> 3 > set.count {
      other = try setIntersection(a, b)
      keep(other)
    }
    try forEachKey(other) { (key, hash) throws(Unwind) in
      try set.discard(key, hash: hash)
      return true
    }
    try set.compact()
  }

  /// `a.symmetric_difference_update(b)`
  func setToggleAll(_ a: Value, _ b: Value) throws(Unwind) {
    let set = PySet(self, a)
    if a == b { return set.removeAll() }
    let mark = keepMark()
    defer { keepRelease(mark) }
    var other = b
    if !isAnySet(b), !isPlain(b, .dict) {
      other = try setFromIterable(b)
      keep(other)
    }
    try forEachKey(other) { (key, hash) throws(Unwind) in
      if !(try set.discard(key, hash: hash)) { try set.add(key, hash: hash) }
      return true
    }
  }

  /// `a ^ b`, of a's built-in type; b is any iterable.
  func setSymmetricDifference(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let result = try newSetLike(a)
    keep(result)
    try setUpdate(result, b)
    try setToggleAll(result, a)
    return result
  }

  /// `a | b`, of a's built-in type; b is any iterable.
  func setUnion(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let result = try setCopy(a)
    keep(result)
    if a != b { try setUpdate(result, b) }
    return result
  }

  /// Whether every element of set a is in set b.
  func setIsSubset(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    guard PySet(self, a).count <= PySet(self, b).count else { return false }
    let table = PySet(self, b)
    var isSubset = true
    try forEachKey(a) { (key, hash) throws(Unwind) in
      isSubset = try table.contains(key, hash: hash)
      return isSubset
    }
    return isSubset
  }

  /// Whether set a has every element of b, any iterable.
  func setIsSuperset(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    if isAnySet(b) { return try setIsSubset(b, a) }
    let table = PySet(self, a)
    var isSuperset = true
    try forEachKey(b) { (key, hash) throws(Unwind) in
      isSuperset = try table.contains(key, hash: hash)
      return isSuperset
    }
    return isSuperset
  }

  /// Whether set a has no element of b, any iterable.
  func setIsDisjoint(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    if a == b { return PySet(self, a).count == 0 }
    var walked = b
    var asked = a
    if isAnySet(b), PySet(self, b).count > PySet(self, a).count { (walked, asked) = (a, b) }
    let table = PySet(self, asked)
    var isDisjoint = true
    try forEachKey(walked) { (key, hash) throws(Unwind) in
      isDisjoint = !(try table.contains(key, hash: hash))
      return isDisjoint
    }
    return isDisjoint
  }

  /// Comparison of two sets: equality, and inclusion for the orders.
  func compareSets(_ op: Comparison, _ a: Value, _ b: Value) throws(Unwind) -> Value {
    let counts = (PySet(self, a).count, PySet(self, b).count)
    switch op {
    case .equal: return Value(counts.0 == counts.1 ? try setIsSubset(a, b) : false)
    case .notEqual: return Value(counts.0 == counts.1 ? !(try setIsSubset(a, b)) : true)
    case .lessOrEqual: return Value(try setIsSubset(a, b))
    case .greaterOrEqual: return Value(try setIsSubset(b, a))
    case .less: return Value(counts.0 < counts.1 ? try setIsSubset(a, b) : false)
    case .greater: return Value(counts.0 > counts.1 ? try setIsSubset(b, a) : false)
    }
  }
}
