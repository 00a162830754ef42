import PythonBytecode

/// Iteration and unpacking. The iterators of list, tuple, range and dict keys, and generators, advance without leaving the loop.
extension VM {
  @inline(__always) func getIterator(_ i: UInt64, _ r: inout Registers) -> Bool {
    let iterator = quickIterator(r[b(i)])
    if iterator.isUnbound { return slow(&r, i, getIteratorSlow) }
    r[a(i)] = iterator
    return true
  }

  /// An iterator of a list or a tuple, or unbound: then `getIteratorSlow` knows. Neither raises nor collects.
  @inline(never) private func quickIterator(_ value: Value) -> Value {
    let isList = isPlain(value, .list)
    guard isList || isPlain(value, .tuple), let ref = quickCell(24) else { return .unbound }
    let iterator = words(ref)
    iterator[0] =
      isList
      ? header(.listIterator, class: type(.listIterator), size: 2)
      : header(.tupleIterator, class: type(.tupleIterator), size: 2)
    iterator.set(1, value)
    iterator.set(2, .zero)
    return Value(ref)
  }

  @inline(never) private func getIteratorSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in setRegister(a(i), try makeIterator(register(b(i)))) }
  }

  @inline(__always) func forIterate<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) -> Bool {
    let iterator = r[a(i)]
    if _fastPath(iterator.isRef) {
      let object = words(iterator)
      if object.kindByte == Kind.rangeIterator.rawValue {
        let next = object.value(1).int
        let stop = object.value(2).int
        let step = object.value(3).int
        if step > 0 ? next < stop : next > stop {
          object.set(1, Value(small: next &+ step))
          r[b(i)] = Value(small: next)
          return jump(signedC(i), &r)
        }
        return true
      }
      if object.kindByte == Kind.listIterator.rawValue {
        let list = object.value(1)
        if list.isRef {
          let index = object.value(2).int
          let sequence = words(list)
          if _fastPath(index < Int(truncatingIfNeeded: sequence[1])) {
            object.set(2, Value(small: index &+ 1))
            r[b(i)] = words(at: sequence.low(2)).value(index &+ 1)
            return jump(signedC(i), &r)
          }
          object.set(1, .none)
        }
        return true
      }
      if object.kindByte == Kind.tupleIterator.rawValue {
        let tuple = object.value(1)
        if tuple.isRef {
          let index = object.value(2).int
          let sequence = words(tuple)
          if _fastPath(index < sequence.low(1)) {
            object.set(2, Value(small: index &+ 1))
            r[b(i)] = sequence.value(index &+ 2)
            return jump(signedC(i), &r)
          }
          object.set(1, .none)
        }
        return true
      }
      if !O.isActive, object.kindByte == Kind.generator.rawValue, enterWaiting(iterator, &r) {
        return _slowPath(r.isOutOfFuel) ? safePoint(&r) : true
      }
    }
    return slow(&r, i, forIterateSlow)
  }

  @inline(never) private func forIterateSlow(_ i: UInt64) -> Bool {
    let iterator = register(a(i))
    if self.is(iterator, .generator), classOf(iterator) == type(.generator) {
      return attempt { () throws(Unwind) in
        if try checkResumable(iterator, .none) { try resumeFrame(iterator, .none, .forIterate) }
      }
    }
    let ok = attempt { () throws(Unwind) in
      if let item = try next(iterator) {
        setRegister(b(i), item)
        self[.pc] += signedC(i) * 8
      }
    }
    return ok && (self[.fuel] >= 0 || safePointSlow())
  }

  // MARK: Unpacking

  @inline(__always) func unpack(_ i: UInt64, _ r: inout Registers) -> Bool {
    let sequence = r[a(i)]
    if _fastPath(sequence.isRef) {
      let tuple = words(sequence)
      if _fastPath(tuple.kindByte == Kind.tuple.rawValue && tuple.low(1) == b(i) && !tuple.hasFlag(ObjectFlags.hasDict)) {
        var targets: UInt64 = 0
        var index = 0
        while index < b(i) {
          if index & 3 == 0 { targets = r.next() }
          r[Int(targets & 0xFFFF)] = tuple.value(index &+ 2)
          targets >>= 16
          index &+= 1
        }
        return true
      }
    }
    return slow(&r, i, unpackSlow)
  }

  @inline(never) private func unpackSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let items = try unpack(register(a(i)), count: b(i))
      distribute(items, count: b(i))
    }
  }

  func unpackStarred(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let items = try unpackStarred(register(a(i)), before: b(i), after: c(i))
      distribute(items, count: b(i) + 1 + c(i))
    }
  }

  /// Puts the items of a list into the registers that the extension words name, and goes past those.
  private func distribute(_ items: Value, count: Int) {
    guard let (source, start, _) = elements(items) else { return }
    for index in 0..<count {
      let word = codeWord(index / 4)
      setRegister(Int(word >> UInt64(index % 4 * 16) & 0xFFFF), source.value(start + index))
    }
    let extensionWords = (count + 3) / 4
    self[.pc] += extensionWords * 8
    self[.fuel] -= extensionWords * 8
  }

  /// Exactly `count` items of an iterable, as a list or tuple.
  func unpack(_ value: Value, count: Int) throws(Unwind) -> Value {
    if isExactly(value, .tuple) || isExactly(value, .list), let (_, _, have) = elements(value) {
      if have == count { return value }
      if have > count { throw raise(.valueError, "too many values to unpack (expected \(count))") }
      throw raise(.valueError, "not enough values to unpack (expected \(count), got \(have))")
    }
    let iterator = try unpackIterator(value)
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(iterator)
    let items = try newList(capacity: count)
    keep(items)
    let list = PyList(self, items)
    while list.count < count {
      guard let item = try next(iterator) else {
        throw raise(.valueError, "not enough values to unpack (expected \(count), got \(list.count))")
      }
      try list.append(item)
    }
    if try next(iterator) != nil { throw raise(.valueError, "too many values to unpack (expected \(count))") }
    return items
  }

  /// The items before, a list of those between, the items after, as a list.
  private func unpackStarred(_ value: Value, before: Int, after: Int) throws(Unwind) -> Value {
    let iterator = try unpackIterator(value)
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(iterator)
    let all = try listFromIterable(iterator)
    keep(all)
    let items = PyList(self, all)
    guard items.count >= before + after else {
      throw raise(
        .valueError, "not enough values to unpack (expected at least \(before + after), got \(items.count))")
    }
    let middle = items.count - before - after
    let starred = try newList(from: items.buffer, at: 1 + before, count: middle)
    let result = try newList(capacity: before + 1 + after)
    let list = PyList(self, result)
    for index in 0..<before { try list.append(items[index]) }
    try list.append(starred)
    for index in 0..<after { try list.append(items[before + middle + index]) }
    return result
  }

  private func unpackIterator(_ value: Value) throws(Unwind) -> Value {
    guard lookupSpecial(value, .iter) != nil || lookupSpecial(value, .getitem) != nil else {
      throw raise(.typeError, "cannot unpack non-iterable \(typeName(value)) object")
    }
    return try makeIterator(value)
  }
}
