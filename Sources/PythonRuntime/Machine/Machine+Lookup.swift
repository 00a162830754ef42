import PythonBytecode

/// Dicts and sets that the loop looks into itself, with keys whose comparison runs no code: integers and strings. Nothing here raises,
/// allocates or collects, so the registers need not be saved; what cannot be told that way is left to the slow functions.
extension VM {
  /// The hash of a key that is a small integer or a plain string.
  @inline(__always) private func quickHash(_ key: Value) -> Int? {
    if key.isInt { return key.int == -1 ? -2 : key.int.magnitude < 1 << 61 - 1 ? key.int : nil }
    return isPlain(key, .string) ? stringHash(key) : nil
  }

  /// The entry of a key in a dict; -1 when it is not there, -2 when that is not known.
  @inline(__always) private func quickEntry(_ dict: PyDict, _ key: Value) -> Int {
    guard let hash = quickHash(key) else { return -2 }
    guard dict.count > 0 else { return -1 }
    let table = dict.table()
    let (index, mask) = (table.index, table.mask)
    var slot = PyDict.firstSlot(hash, mask)
    while true {
      let number = index.unit32(slot)
      if number == 0 { return -1 }
      if number != DictTable.deleted {
        let entry = Int(number) &- 1
        let candidate = table.key(entry)
        if candidate == key { return entry }
        if table.hash(entry) == hash {
          guard let isSame = equalKeysQuickly(candidate, key) else { return -2 }
          if isSame { return entry }
        }
      }
      slot = (slot &+ 1) & mask
    }
  }

  /// Whether a key is in a set: 1 or 0; -1 when that is not known.
  @inline(__always) private func quickMembership(_ set: PySet, _ key: Value) -> Int {
    guard let hash = quickHash(key) else { return -1 }
    guard set.hasTable else { return 0 }
    let table = set.table()
    let mask = table.mask
    var perturb = UInt(bitPattern: hash)
    var first = hash & mask
    while true {
      let last = first &+ SetTable.linearProbes <= mask ? first &+ SetTable.linearProbes : first
      var slot = first
      while slot <= last {
        let candidate = table.key(slot)
        if candidate.isUnbound { return 0 }
        if candidate == key { return 1 }
        if table.hash(slot) == hash, candidate != .dummy {
          guard let isSame = equalKeysQuickly(candidate, key) else { return -1 }
          if isSame { return 1 }
        }
        slot &+= 1
      }
      perturb >>= 5
      first = (first &* 5 &+ 1 &+ Int(bitPattern: perturb)) & mask
    }
  }

  /// The item of a dict, or unbound: then `loadItemSlow` knows.
  @inline(never) func quickItem(_ object: Words, _ key: Value) -> Value {
    guard object.kindByte == Kind.dict.rawValue, !object.hasFlag(ObjectFlags.hasDict) else { return .unbound }
    let dict = PyDict(self, object)
    let entry = quickEntry(dict, key)
    return entry >= 0 ? dict.table().value(entry) : .unbound
  }

  /// Gives a key that is in a dict another value; false when `storeItemSlow` is to do it.
  @inline(never) func quickStore(_ object: Words, _ key: Value, _ value: Value) -> Bool {
    guard object.kindByte == Kind.dict.rawValue, !object.hasFlag(ObjectFlags.hasDict) else { return false }
    let dict = PyDict(self, object)
    let entry = quickEntry(dict, key)
    if entry >= 0 { dict.setValue(at: entry, value) }
    return entry >= 0
  }

  /// Whether a key is in a dict or set: 1 or 0; -1 when `containsSlow` must tell.
  @inline(never) private func quickContains(_ container: Value, _ key: Value) -> Int {
    guard container.isRef, case let object = words(container), !object.hasFlag(ObjectFlags.hasDict) else { return -1 }
    if object.kindByte == Kind.dict.rawValue {
      let entry = quickEntry(PyDict(self, object), key)
      return entry >= 0 ? 1 : entry == -1 ? 0 : -1
    }
    return object.kindByte == Kind.set.rawValue ? quickMembership(PySet(self, container), key) : -1
  }

  /// `wanted`: what `contains` gives when the item is there.
  @inline(__always) func contains(_ i: UInt64, _ r: inout Registers, _ wanted: Bool) -> Bool {
    let answer = quickContains(r[c(i)], r[b(i)])
    if _slowPath(answer < 0) { return slow(&r, i, containsSlow) }
    r[a(i)] = Value((answer != 0) == wanted)
    return true
  }
}
