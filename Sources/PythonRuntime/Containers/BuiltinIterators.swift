/// The iterators of the built-in types: making them, and the one function that advances all of them.
extension VM {
  /// The iterator of an exact built-in, or nil for other values.
  package func makeBuiltinIterator(_ value: Value) throws(Unwind) -> Value? {
    guard value.isRef else { return nil }
    let object = words(value)
    if object.hasFlag(ObjectFlags.hasDict) { return nil }
    switch object.kind {
    case .list: return try newRecord(.listIterator, .listIterator, value, .zero)
    case .tuple: return try newRecord(.tupleIterator, .tupleIterator, value, .zero)
    case .string: return try newRecord(.stringIterator, .strIterator, value, .zero)
    case .bytes: return try newRecord(.bytesIterator, .bytesIterator, value, .zero)
    case .bytearray: return try newRecord(.bytearrayIterator, .bytearrayIterator, value, .zero)
    case .range: return try newRangeIterator(value)
    case .dict: return try newDictIterator(value, .keys, isReversed: false)
    case .dictKeys: return try newDictIterator(object.value(1), .keys, isReversed: false)
    case .dictValues: return try newDictIterator(object.value(1), .values, isReversed: false)
    case .dictItems: return try newDictIterator(object.value(1), .items, isReversed: false)
    case .set: return try newSetIterator(value)
    default: return object.kind.isBuiltinIterator ? value : nil
    }
  }

  func newDictIterator(_ dict: Value, _ part: DictPart, isReversed: Bool) throws(Unwind) -> Value {
    let known: WellKnown
    switch part {
    case .keys: known = isReversed ? .dictReverseKeyIterator : .dictKeyIterator
    case .values: known = isReversed ? .dictReverseValueIterator : .dictValueIterator
    case .items: known = isReversed ? .dictReverseItemIterator : .dictItemIterator
    }
    let view = PyDict(self, dict)
    let ref = try allocateCell(56)
    let iterator = words(ref)
    iterator[0] = header(.dictIterator, class: type(known), size: 6)
    iterator.set(1, dict)
    iterator.set(2, Value(small: isReversed ? view.entryCount - 1 : 0))
    iterator.set(3, Value(small: view.count))
    iterator.set(4, Value(small: part.rawValue))
    iterator.set(5, Value(isReversed))
    iterator.set(6, Value(small: view.count))
    return Value(ref)
  }

  func newSetIterator(_ set: Value) throws(Unwind) -> Value {
    try newRecord(.setIterator, .setIterator, set, .zero, Value(small: PySet(self, set).count))
  }

  /// The next item of an iterator of this kind, or nil at the end.
  package func nextBuiltin(_ iterator: Value, _ kind: Kind) throws(Unwind) -> Value? {
    let state = words(iterator)
    switch kind {
    case .listIterator:
      guard let index = position(state) else { return nil }
      let list = PyList(self, state.value(1))
      guard index < list.count else { return end(state) }
      state.set(2, Value(small: index &+ 1))
      return list[index]
    case .tupleIterator:
      guard let index = position(state) else { return nil }
      let tuple = PyTuple(self, state.value(1))
      guard index < tuple.count else { return end(state) }
      state.set(2, Value(small: index &+ 1))
      return tuple[index]
    case .dictIterator: return try nextOfDict(state)
    case .rangeIterator:
      let next = state.value(1).int
      let stop = state.value(2).int
      let step = state.value(3).int
      guard step > 0 ? next < stop : next > stop else { return nil }
      state.set(1, Value(small: next &+ step))
      return Value(small: next)
    case .enumerate, .zip, .map, .filter, .itertool: return try nextOfNested(iterator, state, kind)
    case .setIterator: return try nextOfSet(state)
    case .stringIterator:
      guard let index = position(state) else { return nil }
      let string = PyString(self, state.value(1))
      guard index < string.count else { return end(state) }
      state.set(2, Value(small: index &+ 1))
      return try character(string[index])
    case .bytesIterator:
      guard let index = position(state) else { return nil }
      let bytes = words(state.value(1))
      guard index < bytes.low(1) else { return end(state) }
      state.set(2, Value(small: index &+ 1))
      return Value(small: Int(bytes.bytes(from: 2)[index]))
    case .bytearrayIterator:
      guard let index = position(state) else { return nil }
      let bytes = words(state.value(1))
      guard index < Int(truncatingIfNeeded: bytes[1]) else { return end(state) }
      state.set(2, Value(small: index &+ 1))
      return Value(small: Int(words(at: bytes.low(2)).bytes(from: 1)[index]))
    case .reversedIterator: return try nextReversed(state)
    case .sequenceIterator: return try nextOfSequence(state)
    case .longRangeIterator: return try nextOfLongRange(state)
    case .callIterator: return try nextOfCall(state)
    default: preconditionFailure("a built-in iterator of another kind")
    }
  }

  /// Of iterators that take from others, which may be of their kind again.
  private func nextOfNested(_ iterator: Value, _ state: Words, _ kind: Kind) throws(Unwind) -> Value? {
    try enterNested(" while calling a Python object")
    defer { leaveNested() }
    switch kind {
    case .enumerate: return try nextOfEnumerate(state)
    case .zip: return try nextOfZip(state)
    case .map: return try nextOfMap(state)
    case .filter: return try nextOfFilter(state)
    default: return try nextItertool(iterator)
    }
  }

  /// The index of an iterator over a sequence; nil when it has come to the end before.
  @inline(__always) private func position(_ state: Words) -> Int? {
    state.value(1).isRef ? state.value(2).int : nil
  }

  /// Lets go of what was iterated.
  @inline(__always) private func end(_ state: Words) -> Value? {
    state.set(1, .none)
    return nil
  }

  // MARK: Tables

  private func nextOfDict(_ state: Words) throws(Unwind) -> Value? {
    guard state.value(1).isRef else { return nil }
    let dict = PyDict(self, state.value(1))
    guard dict.count == state.value(3).int else {
      state.set(3, Value(small: -1))
      throw raise(.runtimeError, "dictionary changed size during iteration")
    }
    var index = state.value(2).int
    let used = dict.entryCount
    let isReversed = state.value(5) == .true
    let table = dict.table()
    while isReversed ? index >= 0 : index < used {
      let entry = index
      index = isReversed ? index &- 1 : index &+ 1
      if entry >= used { continue }
      let key = table.key(entry)
      if key.isUnbound { continue }
      let left = state.value(6).int
      if left == 0 {
        state.set(1, .none)
        throw raise(.runtimeError, "dictionary keys changed during iteration")
      }
      state.set(6, Value(small: left &- 1))
      state.set(2, Value(small: index))
      switch state.value(4).int {
      case 0: return key
      case 1: return table.value(entry)
      default: return try newPair(key, table.value(entry))
      }
    }
    return end(state)
  }

  private func nextOfSet(_ state: Words) throws(Unwind) -> Value? {
    guard state.value(1).isRef else { return nil }
    let set = PySet(self, state.value(1))
    guard set.count == state.value(3).int else {
      state.set(3, Value(small: -1))
      throw raise(.runtimeError, "Set changed size during iteration")
    }
    var slot = state.value(2).int
    guard let (key, _) = set.next(&slot) else { return end(state) }
    state.set(2, Value(small: slot))
    return key
  }

  // MARK: Iterators over others

  private func nextOfEnumerate(_ state: Words) throws(Unwind) -> Value? {
    guard let item = try next(state.value(1)) else { return nil }
    let number = state.value(2)
    if number.isInt, number.int < Value.maxSmall {
      state.set(2, Value(small: number.int &+ 1))
    } else {
      let mark = keepMark()
      defer { keepRelease(mark) }
      keep(item)
      state.set(2, try binary(.add, number, Value(small: 1)))
    }
    return try newPair(number, item)
  }

  private func nextOfZip(_ state: Words) throws(Unwind) -> Value? {
    let iterators = PyTuple(self, state.value(1))
    let count = iterators.count
    guard count > 0 else { return nil }
    let mark = keepMark()
    defer { keepRelease(mark) }
    let result = try newTuple(count: count)
    keep(result)
    let items = PyTuple(self, result)
    var index = 0
    while index < count {
      guard let item = try next(iterators[index]) else {
        if state.value(2) == .true { try checkZipLengths(state, iterators, ended: index) }
        return nil
      }
      items[index] = item
      index &+= 1
    }
    return result
  }

  /// `zip(strict=True)`: all must end together.
  private func checkZipLengths(_ state: Words, _ iterators: PyTuple, ended: Int) throws(Unwind) {
    func plural(_ count: Int) -> String { count == 1 ? " " : "s 1-" }
    if ended > 0 {
      throw raise(.valueError, "zip() argument \(ended + 1) is shorter than argument\(plural(ended))\(ended)")
    }
    for index in 1..<max(iterators.count, 1) where try next(iterators[index]) != nil {
      throw raise(.valueError, "zip() argument \(index + 1) is longer than argument\(plural(index))\(index)")
    }
  }

  private func nextOfMap(_ state: Words) throws(Unwind) -> Value? {
    let iterators = PyTuple(self, state.value(2))
    let function = state.value(1)
    if iterators.count == 1 {
      guard let item = try next(iterators[0]) else { return nil }
      return try call(function, item)
    }
    let mark = keepMark()
    defer { keepRelease(mark) }
    var arguments: [Value] = []
    for index in 0..<iterators.count {
      guard let item = try next(iterators[index]) else { return nil }
      keep(item)
      arguments.append(item)
    }
    return try call(function, arguments: arguments, keywords: [])
  }

  private func nextOfFilter(_ state: Words) throws(Unwind) -> Value? {
    let function = state.value(1)
    let isTruth = function.isNone || function == Value(type(.bool))
    let mark = keepMark()
    defer { keepRelease(mark) }
    while let item = try next(state.value(2)) {
      keep(item)
      if try isTruth ? truth(item) : truth(call(function, item)) { return item }
      keepRelease(mark)
      try charge(1)
    }
    return nil
  }

  // MARK: Sequences by their methods

  private func nextReversed(_ state: Words) throws(Unwind) -> Value? {
    guard state.value(1).isRef, state.value(2).int >= 0 else { return end(state) }
    let index = state.value(2).int
    let sequence = state.value(1)
    if classOf(state) == type(.listReverseIterator) || isPlain(sequence, .tuple) {
      guard let source = elements(sequence), index < source.count else { return end(state) }
      state.set(2, Value(small: index &- 1))
      return source.words.value(source.start &+ index)
    }
    return try itemOrEnd(state, sequence, index, next: index &- 1)
  }

  private func nextOfSequence(_ state: Words) throws(Unwind) -> Value? {
    guard state.value(1).isRef else { return nil }
    let index = state.value(2).int
    return try itemOrEnd(state, state.value(1), index, next: index &+ 1)
  }

  /// `sequence[index]`; an IndexError or StopIteration is the end.
  private func itemOrEnd(_ state: Words, _ sequence: Value, _ index: Int, next: Int) throws(Unwind) -> Value? {
    do {
      let item = try getItem(sequence, Value(small: index))
      state.set(2, Value(small: next))
      return item
    } catch {
      guard case .exception = error, pendingMatches(.indexError) || pendingMatches(.stopIteration) else { throw error }
      takePending()
      return end(state)
    }
  }

  private func nextOfLongRange(_ state: Words) throws(Unwind) -> Value? {
    let left = state.value(3)
    if left == .zero { return nil }
    let item = state.value(1)
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(item)
    state.set(1, try binary(.add, item, state.value(2)))
    state.set(3, try binary(.subtract, left, Value(small: 1)))
    return item
  }

  private func nextOfCall(_ state: Words) throws(Unwind) -> Value? {
    let callable = state.value(1)
    guard !callable.isUnbound else { return nil }
    let sentinel = state.value(2)
    let mark = keepMark()
    defer { keepRelease(mark) }
    do {
      let item = try call(callable)
      keep(item)
      // The call itself may have come to the end.
      if state.value(1).isUnbound { return nil }
      if try !equal(sentinel, item) { return item }
    } catch {
      guard case .exception = error, pendingMatches(.stopIteration) else { throw error }
      takePending()
    }
    state.set(1, .unbound)
    state.set(2, .unbound)
    return nil
  }

  // MARK: Questions

  /// `operator.length_hint(value, 0)`
  package func lengthHint(_ value: Value, unknown: Int = 0) throws(Unwind) -> Int {
    if lookupSpecial(value, .len) != nil {
      do {
        return try length(value)
      } catch {
        guard case .exception = error, pendingMatches(.typeError) else { throw error }
        takePending()
      }
    }
    guard let method = lookupSpecial(value, .lengthHint) else { return unknown }
    let answer: Value
    do {
      answer = try callBound(method, value)
    } catch {
      guard case .exception = error, pendingMatches(.typeError) else { throw error }
      takePending()
      return unknown
    }
    if answer == .notImplemented { return unknown }
    guard isIntegerValue(answer) || self.is(answer, .int) else {
      throw raise(.typeError, "__length_hint__ must be an integer, not \(typeName(answer))")
    }
    guard let hint = asInt(answer) else {
      throw raise(.overflowError, "Python int too large to convert to C ssize_t")
    }
    if hint < 0 { throw raise(.valueError, "__length_hint__() should return >= 0") }
    return hint
  }

  /// `item in container` for exact built-ins; nil for other containers.
  @inline(__always) package func containsBuiltin(_ container: Value, _ item: Value) throws(Unwind) -> Bool? {
    guard container.isRef else { return nil }
    let object = words(container)
    if object.hasFlag(ObjectFlags.hasDict) { return nil }
    switch object.kindByte {
    case Kind.dict.rawValue: return try dictContains(container, item)
    case Kind.string.rawValue: return isString(item) ? try stringContains(container, item) : nil
    case Kind.list.rawValue, Kind.tuple.rawValue: return try sequenceContains(container, item)
    case Kind.set.rawValue: return try setContains(container, item)
    case Kind.range.rawValue: return try rangeContains(container, item)
    case Kind.dictKeys.rawValue, Kind.dictItems.rawValue: return try dictViewContains(container, item)
    default: return nil
    }
  }
}
