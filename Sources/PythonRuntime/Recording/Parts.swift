/// What objects are made of, read from the cage as it stands; nothing is called, charged or allocated there.
extension VM {
  /// How many items a list, tuple, set, dict or deque has; 0 for anything else.
  func itemCount(_ value: Value) -> Int {
    let object = words(value)
    switch object.kind {
    case .list: return PyList(self, value).count
    case .tuple: return PyTuple(self, value).count
    case .set: return PySet(self, value).count
    case .dict: return PyDict(self, value).count
    case .record where classOf(value) == type(.deque): return PyDeque(self, value).count
    default: return 0
    }
  }

  /// At most `limit` items from number `start` on, of a list, tuple, set or deque.
  func items(of value: Value, from start: Int = 0, limit: Int) -> [Value] {
    let object = words(value)
    let end = min(itemCount(value), start + limit)
    guard start < end else { return [] }
    switch object.kind {
    case .list:
      let list = PyList(self, value)
      return (start..<end).map { list[$0] }
    case .tuple:
      let tuple = PyTuple(self, value)
      return (start..<end).map { tuple[$0] }
    case .set:
      let set = PySet(self, value)
      guard set.hasTable else { return [] }
      var found: [Value] = []
      var number = 0
      for slot in 0...set.table().mask where set.table().isActive(slot) {
        if number >= start { found.append(set.table().key(slot)) }
        number += 1
        if number >= end { break }
      }
      return found
    case .record:
      let deque = PyDeque(self, value)
      return (start..<end).map { deque[$0] }
    default: return []
    }
  }

  /// At most `limit` entries of a dict, from number `start` on.
  func pairs(of value: Value, from start: Int = 0, limit: Int) -> [(key: Value, value: Value)] {
    let dict = PyDict(self, value)
    var found: [(key: Value, value: Value)] = []
    var number = 0
    for index in 0..<dict.entryCount where number < start + limit {
      guard let (key, value, _) = dict.entry(at: index) else { continue }
      if number >= start { found.append((key, value)) }
      number += 1
    }
    return found
  }

  /// The attributes that an object has itself, by name, as far as they are no special names.
  func ownAttributes(_ value: Value) -> [(name: String, value: Value)] {
    let object = words(value)
    var found: [(name: String, value: Value)] = []
    if object.kind == .instance, !object.hasFlag(ObjectFlags.dictMode) {
      let shape = words(Ref(offset: UInt32(truncatingIfNeeded: object[0] >> 32)))
      let keys = PyDict(self, shape.value(ShapeLayout.keys))
      for index in 0..<keys.entryCount {
        guard let (key, slot, _) = keys.entry(at: index), slot.int < shape.low(ShapeLayout.count) else { continue }
        let value = slotValue(object, slot.int)
        if !value.isUnbound { found.append((text(key), value)) }
      }
      return found
    }
    let dict = object.kind == .class ? object.value(ClassLayout.dict) : attributeDict(value)
    guard dict.isRef, self.is(dict, .dict) else { return [] }
    for (key, value) in pairs(of: dict, limit: 10_000) where isString(key) {
      let name = text(key)
      let isSpecial = name.hasPrefix("__") && name.hasSuffix("__")
      if !isSpecial { found.append((name, value)) }
    }
    return found
  }

  /// The name of a native function.
  func nativeName(_ object: Words) -> String {
    let number = object.value(1).int
    return host.natives.indices.contains(number) ? host.natives[number].name : "?"
  }

  /// A number that is another one whenever what `ValueText` shows of a container is.
  func fingerprint(_ value: Value) -> UInt64 {
    var parts = 0
    return fingerprint(value, depth: 0, &parts)
  }

  private func fingerprint(_ value: Value, depth: Int, _ parts: inout Int) -> UInt64 {
    var hash = value.bits
    guard value.isRef, depth <= ValueText.mostDepth, parts < 2 * ValueText.mostParts else { return hash }
    let object = words(value)
    func add(_ item: Value) {
      parts += 1
      hash = (hash ^ fingerprint(item, depth: depth + 1, &parts)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    switch object.kind {
    case .list:
      let list = PyList(self, value)
      hash = hash &* 31 &+ UInt64(truncatingIfNeeded: list.count)
      for index in 0..<min(list.count, ValueText.mostParts + 1) { add(list[index]) }
    case .tuple:
      let tuple = PyTuple(self, value)
      hash = hash &* 31 &+ UInt64(truncatingIfNeeded: tuple.count)
      for index in 0..<min(tuple.count, ValueText.mostParts + 1) { add(tuple[index]) }
    case .set, .record:
      hash = hash &* 31 &+ UInt64(truncatingIfNeeded: itemCount(value))
      for item in items(of: value, limit: ValueText.mostParts + 1) { add(item) }
    case .dict:
      let dict = PyDict(self, value)
      hash = hash &* 31 &+ UInt64(truncatingIfNeeded: dict.count)
      var number = 0
      for index in 0..<dict.entryCount where number <= ValueText.mostParts {
        guard let (key, value, _) = dict.entry(at: index) else { continue }
        add(key)
        add(value)
        number += 1
      }
    case .bytearray:
      for byte in byteArray(value).prefix(ValueText.mostBytes) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    case .exception: add(object.value(ExceptionLayout.args))
    case .generator: hash ^= object[GeneratorLayout.registerCount] &* 31
    default: break
    }
    return hash
  }

  /// Whether what a value shows can change while it is the same object.
  func isMutable(_ value: Value) -> Bool {
    guard value.isRef else { return false }
    switch words(value).kind {
    case .list, .tuple, .set, .dict, .bytearray, .exception, .record: return true
    default: return false
    }
  }
}
