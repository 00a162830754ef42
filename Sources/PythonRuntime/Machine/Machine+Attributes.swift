import PythonBytecode

/// Attribute access with inline caches, and items of lists, tuples and dicts.
///
/// The cache of an attribute has two words. `0` is what the header above its flags must be: the shape of an instance and how many slots lie inside of it,
/// or the class of another object. `1` says what to do: for `loadAttribute` and `storeAttribute` the index of the word in the instance, and in the high half the shape to go to when the store adds the
/// attribute; for methods the function. A shape says which class and which attributes, and any change of a class
/// forgets the caches, so nothing else needs to be checked.
extension VM {
  /// The word of a cache that says what to do for objects with this header, or -1. The first entry is looked at in place; three more, for
  /// places that see several shapes, by a call.
  @inline(__always) private func cacheEntry(_ cache: Words, _ key: UInt64) -> Int {
    _fastPath(cache[0] == key) ? 1 : laterEntry(cache, key)
  }

  @inline(never) private func laterEntry(_ cache: Words, _ key: UInt64) -> Int {
    if cache[2] == key { return 3 }
    if cache[4] == key { return 5 }
    return cache[6] == key ? 7 : -1
  }

  /// Puts an entry first; the oldest of four is forgotten.
  private func fillCache(_ cache: Words, _ key: UInt64, _ action: UInt64) {
    cache.copy(from: cache, at: 2, sourceIndex: 0, count: 6)
    cache[0] = key
    cache[1] = action
  }

  @inline(__always) func loadAttribute(_ i: UInt64, _ r: inout Registers) -> Bool {
    let cache = self.cache(r.next())
    let object = r[b(i)]
    if _fastPath(object.isRef) {
      let instance = words(object)
      let entry = cacheEntry(cache, instance[0] >> 16)
      if _fastPath(entry >= 0) {
        let value = instance.value(Int(cache[entry]))
        if _fastPath(!value.isUnbound) {
          r[a(i)] = value
          return true
        }
      }
    }
    return slow(&r, i, loadAttributeSlow)
  }

  @inline(never) func loadAttributeSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let operand = codeWord(-1)
      let name = nameOperand(operand)
      let object = register(b(i))
      if self.is(object, .instance), let index = cacheableSlot(words(object), name) {
        fillCache(cache(operand), words(object)[0] >> 16, UInt64(index))
      }
      setRegister(a(i), try getAttribute(object, name))
    }
  }

  @inline(__always) func storeAttribute(_ i: UInt64, _ r: inout Registers) -> Bool {
    let cache = self.cache(r.next())
    let object = r[a(i)]
    if _fastPath(object.isRef) {
      let instance = words(object)
      let entry = cacheEntry(cache, instance[0] >> 16)
      if _fastPath(entry >= 0) {
        let action = cache[entry]
        instance.set(Int(action & 0xFFFF), r[b(i)])
        if action >> 32 != 0 { instance.setHigh(0, Int(action >> 32)) }
        return true
      }
    }
    return slow(&r, i, storeAttributeSlow)
  }

  @inline(never) func storeAttributeSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let operand = codeWord(-1)
      let name = nameOperand(operand)
      let object = register(a(i))
      guard self.is(object, .instance) else {
        try setAttribute(object, name, register(b(i)))
        return
      }
      let instance = words(object)
      let before = instance[0] >> 16
      let canCache = !hasSetattr(classOf(instance)) && lookup(class: classOf(instance), name).map(isDataDescriptor) != true
      try setAttribute(object, name, register(b(i)))
      guard canCache, !instance.hasFlag(ObjectFlags.dictMode), let index = cacheableSlot(instance, name) else { return }
      let after = instance[0] >> 16
      fillCache(cache(operand), before, UInt64(index) | (after == before ? 0 : (instance[0] & ~0xFFFF_FFFF)))
    }
  }

  /// The word of an attribute that lies inside of an instance and that no data descriptor or override hides.
  private func cacheableSlot(_ instance: Words, _ name: Value) -> Int? {
    guard !instance.hasFlag(ObjectFlags.dictMode) else { return nil }
    let type = classOf(instance)
    guard !hasGetattribute(type), let slot = slot(instance, name), slot < instance.size else { return nil }
    if let found = lookup(class: type, name), isDataDescriptor(found) { return nil }
    return InstanceLayout.slots + slot
  }

  func deleteAttribute(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let name = nameOperand(takeOperand())
      try deleteAttribute(register(a(i)), name)
    }
  }

  // MARK: Methods

  @inline(__always) func loadMethod(_ i: UInt64, _ r: inout Registers) -> Bool {
    let cache = self.cache(r.next())
    let object = r[b(i)]
    if _fastPath(object.isRef) {
      let entry = cacheEntry(cache, words(object)[0] >> 16)
      if _fastPath(entry >= 0) {
        r[a(i) &+ 3] = object
        r[a(i)] = cache.value(entry)
        return true
      }
    }
    return slow(&r, i, loadMethodSlow)
  }

  @inline(never) func loadMethodSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let operand = codeWord(-1)
      try loadMethod(register(b(i)), nameOperand(operand), into: a(i), cache: cache(operand))
    }
  }

  /// Finds a method for a call: the function and its object, or what the attribute is and no object.
  private func loadMethod(_ object: Value, _ name: Value, into register: Int, cache: Words) throws(Unwind) {
    let type = classOf(object)
    if !hasGetattribute(type), !self.is(object, .class), !self.is(object, .module), !self.is(object, .super),
      let found = lookup(class: type, name), self.is(found, .function) || isPlainNative(found)
    {
      // A method, unless the instance has an attribute of that name.
      if try instanceAttribute(object, name) == nil {
        if object.isRef, mayCacheMethod(words(object)) {
          fillCache(cache, words(object)[0] >> 16, found.bits)
        }
        setRegister(register + 3, object)
        setRegister(register, found)
        return
      }
    }
    let value = try getAttribute(object, name)
    setRegister(register + 3, .unbound)
    setRegister(register, value)
  }

  /// A native function of a type, that is not bound: calling it with the object is calling the method.
  private func isPlainNative(_ value: Value) -> Bool {
    guard self.is(value, .native), words(value).value(2).isUnbound, words(value).value(4).isRef else { return false }
    let binding = host.natives[words(value).value(1).int].binding
    if case .plain = binding { return true }
    return false
  }

  /// Whether the header says that the object has no attribute of its own beside those of its shape.
  private func mayCacheMethod(_ object: Words) -> Bool {
    if object.kind == .instance { return !object.hasFlag(ObjectFlags.dictMode) }
    return !object.hasFlag(ObjectFlags.hasDict) && object.kind != .exception && object.kind != .function
      && object.kind != .record
  }

  @inline(__always) func callNamedMethod<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) -> Bool {
    let cache = self.cache(r.next())
    let object = r[a(i) &+ 3]
    if _fastPath(object.isRef && words(object)[0] >> 16 == cache[0]) {
      let callee = cache.value(1)
      r[a(i)] = callee
      let function = words(callee)
      if _fastPath(function.kindByte == Kind.function.rawValue) {
        let filled = boundCount(r.base.advanced(by: a(i)), function, count: b(i) &+ 1)
        if _fastPath(filled >= 0) { return enter(a(i), function, filled, &r, O.self) }
      }
      return slow(&r, i, callMethodSlow)
    }
    return slow(&r, i, callNamedMethodSlow)
  }

  @inline(never) func callNamedMethodSlow(_ i: UInt64) -> Bool {
    attemptCall { () throws(Unwind) in
      let operand = codeWord(-1)
      // The attribute's position is the first word's: it is the one to blame until the method is found.
      self[.pc] -= 8
      try loadMethod(register(a(i) + 3), nameOperand(operand), into: a(i), cache: cache(operand))
      self[.pc] += 8
      try invokeMethod(a(i), count: b(i), names: .unbound)
    }
  }

  // MARK: Items

  @inline(__always) func loadItem(_ i: UInt64, _ r: inout Registers, _ key: Value) -> Bool {
    let object = r[b(i)]
    if _fastPath(object.isRef && key.isInt) {
      let container = words(object)
      // A list, exactly: its class is compared with the one that lists have.
      if container.kindByte == Kind.list.rawValue {
        // A negative index is huge when seen as unsigned.
        let index = key.bits >> 2
        if _fastPath(index < container[1] && !container.hasFlag(ObjectFlags.hasDict)) {
          r[a(i)] = words(at: container.low(2)).value(Int(truncatingIfNeeded: index) &+ 1)
          return true
        }
      } else if container.kindByte == Kind.tuple.rawValue {
        let index = key.bits >> 2
        if _fastPath(index < UInt64(container.low(1)) && !container.hasFlag(ObjectFlags.hasDict)) {
          r[a(i)] = container.value(Int(truncatingIfNeeded: index) &+ 2)
          return true
        }
      }
    }
    if object.isRef, case let item = quickItem(words(object), key), !item.isUnbound {
      r[a(i)] = item
      return true
    }
    return slow(&r, i, loadItemSlow)
  }

  @inline(never) func loadItemSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let isImmediate = Instruction(word: i).opcode == .loadItemInt
      let key = isImmediate ? immediate(i) : register(c(i))
      setRegister(a(i), try getItem(register(b(i)), key))
    }
  }

  @inline(__always) func storeItem(_ i: UInt64, _ r: inout Registers) -> Bool {
    let object = r[a(i)]
    let key = r[b(i)]
    if _fastPath(object.isRef && key.isInt) {
      let container = words(object)
      let index = key.bits >> 2
      if _fastPath(
        container.kindByte == Kind.list.rawValue && index < container[1] && !container.hasFlag(ObjectFlags.hasDict))
      {
        words(at: container.low(2)).set(Int(truncatingIfNeeded: index) &+ 1, r[c(i)])
        return true
      }
    }
    if object.isRef, quickStore(words(object), key, r[c(i)]) { return true }
    return slow(&r, i, storeItemSlow)
  }

  @inline(never) func storeItemSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in try setItem(register(a(i)), register(b(i)), register(c(i))) }
  }

  func deleteItem(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in try deleteItem(register(a(i)), register(b(i))) }
  }
}
