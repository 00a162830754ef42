/// Which iterator of module itertools a record of kind `.itertool` is: its word 1. What follows from word 2 on:
enum Itertool: Int {
  /// 2 iterator, 3 function or None, 4 total or unbound, 5 initial value or unbound
  case accumulate
  /// 2 iterator of iterables or None, 3 iterator in use or None
  case chain
  /// 2 pool, 3 indices or None before the first, 4 length, 5 whether at the end
  case combinations, combinationsWithReplacement
  /// 2 iterator, 3 selectors
  case compress
  /// 2 next number, 3 step
  case count
  /// 2 iterator or None, 3 list of what it gave, 4 next index
  case cycle
  /// 2 predicate, 3 iterator, 4 whether dropping is over
  case dropwhile
  /// 2 predicate, 3 iterator
  case filterfalse
  /// 2 iterator, 3 key function or None, 4 key of the group asked for last, 5 key and 6 value read last, 7 group in
  /// use; unbound before
  case groupby
  /// 2 the groupby, 3 key
  case grouper
  /// 2 iterator or None, 3 next index, 4 stop or -1, 5 step, 6 items read
  case islice
  /// 2 iterator or None, 3 item before or unbound
  case pairwise
  /// 2 pool, 3 indices or None before the first, 4 length, 5 whether at the end, 6 cycles
  case permutations
  /// 2 pools, 3 indices or None before the first, 4 whether at the end
  case product
  /// 2 object, 3 times left or -1
  case `repeat`
  /// 2 function, 3 iterator
  case starmap
  /// 2 predicate, 3 iterator, 4 whether at the end
  case takewhile
  /// 2 link (see `TeeLink`), 3 next index in it
  case tee
  /// 2 iterators (None: at its end), 3 how many are left, 4 value to fill in
  case zipLongest
}

/// A stretch of what the iterators of one `tee` share: a record `1` iterator, `2` list of items, `3` next link or
/// None, `4` whether reading.
enum TeeLink {
  static let iterator = 1
  static let items = 2
  static let next = 3
  static let isReading = 4
  static let capacity = 57
}

extension VM {
  /// A new iterator of module itertools, of a built-in class or a program's subclass.
  func newItertool(_ tool: Itertool, _ owner: Ref, _ fields: Value...) throws(Unwind) -> Value {
    let result = Value(try allocateSubclassable(.itertool, class: owner, words: 2 + fields.count))
    let state = words(result)
    state.set(1, Value(small: tool.rawValue))
    for (index, field) in fields.enumerated() { state.set(2 + index, field) }
    return result
  }

  /// The next item of such an iterator, or nil at its end.
  func nextItertool(_ iterator: Value) throws(Unwind) -> Value? {
    let state = words(iterator)
    guard let tool = Itertool(rawValue: state.value(1).int) else { return nil }
    switch tool {
    case .accumulate: return try nextAccumulated(state)
    case .chain: return try nextOfChain(state)
    case .combinations: return try nextCombination(state, withReplacement: false)
    case .combinationsWithReplacement: return try nextCombination(state, withReplacement: true)
    case .compress: return try nextCompressed(state)
    case .count: return try nextCount(state)
    case .cycle: return try nextOfCycle(state)
    case .dropwhile: return try nextAfterDropping(state)
    case .filterfalse: return try nextFalse(state)
    case .groupby: return try nextGroup(iterator, state)
    case .grouper: return try nextOfGroup(iterator, state)
    case .islice: return try nextOfSlice(state)
    case .pairwise: return try nextPair(state)
    case .permutations: return try nextPermutation(state)
    case .product: return try nextProduct(state)
    case .repeat:
      let left = state.value(3).int
      if left == 0 { return nil }
      if left > 0 { state.set(3, Value(small: left - 1)) }
      return state.value(2)
    case .starmap:
      guard let item = try next(state.value(3)) else { return nil }
      return try call(state.value(2), tuple: tupleKept(item), dict: .none)
    case .takewhile: return try nextWhileTaking(state)
    case .tee: return try nextOfTee(state)
    case .zipLongest: return try nextOfZipLongest(state)
    }
  }

  private func tupleKept(_ item: Value) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(item)
    return try tupleFromIterable(item)
  }

  // MARK: One iterator

  private func nextAccumulated(_ state: Words) throws(Unwind) -> Value? {
    if !state.value(5).isUnbound {
      state.set(4, state.value(5))
      state.set(5, .unbound)
      return state.value(4)
    }
    guard let item = try next(state.value(2)) else { return nil }
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(item)
    if state.value(4).isUnbound {
      state.set(4, item)
      return item
    }
    let function = state.value(3)
    let total = try function.isNone
      ? binary(.add, state.value(4), item) : call(function, state.value(4), item)
    state.set(4, total)
    return total
  }

  private func nextCompressed(_ state: Words) throws(Unwind) -> Value? {
    let mark = keepMark()
    defer { keepRelease(mark) }
    while let item = try next(state.value(2)) {
      keep(item)
      guard let selector = try next(state.value(3)) else { return nil }
      keep(selector)
      if try truth(selector) { return item }
      keepRelease(mark)
      try charge(1)
    }
    return nil
  }

  private func nextCount(_ state: Words) throws(Unwind) -> Value? {
    let number = state.value(2)
    let step = state.value(3)
    if number.isInt && step.isInt {
      let sum = number.int &+ step.int
      if Value.fits(sum) {
        state.set(2, Value(small: sum))
        return number
      }
    }
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(number)
    state.set(2, try binary(.add, number, step))
    return number
  }

  private func nextOfCycle(_ state: Words) throws(Unwind) -> Value? {
    let saved = PyList(self, state.value(3))
    if state.value(2).isRef {
      if let item = try next(state.value(2)) {
        try saved.append(item)
        return item
      }
      state.set(2, .none)
    }
    guard saved.count > 0 else { return nil }
    let index = state.value(4).int
    state.set(4, Value(small: index + 1 == saved.count ? 0 : index + 1))
    return saved[index]
  }

  private func nextAfterDropping(_ state: Words) throws(Unwind) -> Value? {
    if state.value(4) == .true { return try next(state.value(3)) }
    let mark = keepMark()
    defer { keepRelease(mark) }
    while let item = try next(state.value(3)) {
      keep(item)
      if try !truth(call(state.value(2), item)) {
        state.set(4, .true)
        return item
      }
      keepRelease(mark)
      try charge(1)
    }
    return nil
  }

  private func nextWhileTaking(_ state: Words) throws(Unwind) -> Value? {
    if state.value(4) == .true { return nil }
    guard let item = try next(state.value(3)) else { return nil }
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(item)
    if try truth(call(state.value(2), item)) { return item }
    state.set(4, .true)
    return nil
  }

  private func nextFalse(_ state: Words) throws(Unwind) -> Value? {
    let function = state.value(2)
    let isTruth = function.isNone || function == Value(type(.bool))
    let mark = keepMark()
    defer { keepRelease(mark) }
    while let item = try next(state.value(3)) {
      keep(item)
      let isTrue = isTruth ? try truth(item) : try truth(call(function, item))
      if !isTrue { return item }
      keepRelease(mark)
      try charge(1)
    }
    return nil
  }

  private func nextOfSlice(_ state: Words) throws(Unwind) -> Value? {
    guard state.value(2).isRef else { return nil }
    let wanted = state.value(3).int
    let stop = state.value(4).int
    let target = stop >= 0 && stop < wanted ? stop : wanted
    while state.value(6).int < target {
      guard try next(state.value(2)) != nil else { return endOfSlice(state) }
      state.set(6, Value(small: state.value(6).int + 1))
      try charge(1)
    }
    if stop >= 0, state.value(6).int >= stop { return endOfSlice(state) }
    guard let item = try next(state.value(2)) else { return endOfSlice(state) }
    state.set(6, Value(small: state.value(6).int + 1))
    let (following, overflow) = wanted.addingReportingOverflow(state.value(5).int)
    let next = overflow || !Value.fits(following) ? Value.maxSmall : following
    state.set(3, Value(small: stop >= 0 ? min(next, stop) : next))
    return item
  }

  private func endOfSlice(_ state: Words) -> Value? {
    state.set(2, .none)
    return nil
  }

  private func nextPair(_ state: Words) throws(Unwind) -> Value? {
    guard state.value(2).isRef else { return nil }
    if state.value(3).isUnbound {
      guard let first = try next(state.value(2)) else { return endOfSlice(state) }
      state.set(3, first)
    }
    let before = state.value(3)
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(before)
    guard state.value(2).isRef, let item = try next(state.value(2)) else {
      state.set(3, .unbound)
      return endOfSlice(state)
    }
    state.set(3, item)
    return try newPair(before, item)
  }

  // MARK: Several iterators

  private func nextOfChain(_ state: Words) throws(Unwind) -> Value? {
    while true {
      if state.value(3).isRef {
        if let item = try next(state.value(3)) { return item }
        state.set(3, .none)
      }
      guard state.value(2).isRef else { return nil }
      guard let iterable = try next(state.value(2)) else {
        state.set(2, .none)
        return nil
      }
      let mark = keepMark()
      defer { keepRelease(mark) }
      keep(iterable)
      do {
        state.set(3, try makeIterator(iterable))
      } catch {
        state.set(2, .none)
        throw error
      }
      try charge(1)
    }
  }

  private func nextOfZipLongest(_ state: Words) throws(Unwind) -> Value? {
    let iterators = PyTuple(self, state.value(2))
    guard iterators.count > 0, state.value(3).int > 0 else { return nil }
    let mark = keepMark()
    defer { keepRelease(mark) }
    let result = try newTuple(count: iterators.count)
    keep(result)
    for index in 0..<iterators.count {
      if iterators[index].isRef {
        do {
          if let item = try next(iterators[index]) {
            PyTuple(self, result)[index] = item
            continue
          }
        } catch {
          state.set(3, .zero)
          throw error
        }
        let left = state.value(3).int - 1
        state.set(3, Value(small: left))
        if left == 0 { return nil }
        iterators[index] = .none
      }
      PyTuple(self, result)[index] = state.value(4)
    }
    return result
  }

  // MARK: Groups

  /// Reads one more item and its key.
  private func readGrouped(_ state: Words) throws(Unwind) -> Bool {
    guard let item = try next(state.value(2)) else { return false }
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(item)
    let key = state.value(3).isNone ? item : try call(state.value(3), item)
    state.set(6, item)
    state.set(5, key)
    return true
  }

  private func nextGroup(_ iterator: Value, _ state: Words) throws(Unwind) -> Value? {
    state.set(7, .unbound)
    while true {
      if !state.value(5).isUnbound {
        if state.value(4).isUnbound { break }
        if try !equal(state.value(4), state.value(5)) { break }
      }
      guard try readGrouped(state) else { return nil }
      try charge(1)
    }
    state.set(4, state.value(5))
    let group = try newItertool(.grouper, type(.itertoolsGrouper), iterator, state.value(4))
    state.set(7, group)
    return try newPair(state.value(5), group)
  }

  private func nextOfGroup(_ group: Value, _ state: Words) throws(Unwind) -> Value? {
    let parent = words(state.value(2))
    guard parent.value(7) == group else { return nil }
    if parent.value(6).isUnbound {
      guard try readGrouped(parent) else { return nil }
    }
    guard try equal(state.value(3), parent.value(5)) else { return nil }
    let item = parent.value(6)
    parent.set(6, .unbound)
    return item
  }

  // MARK: tee

  func newTeeLink(_ iterator: Value) throws(Unwind) -> Value {
    Value(
      try allocateRecord(.record, class: type(.itertoolsTeeDataobject), iterator, newList(), .none, .false))
  }

  private func nextOfTee(_ state: Words) throws(Unwind) -> Value? {
    var link = words(state.value(2))
    if state.value(3).int >= TeeLink.capacity {
      if link.value(TeeLink.next).isNone {
        link.set(TeeLink.next, try newTeeLink(link.value(TeeLink.iterator)))
      }
      state.set(2, link.value(TeeLink.next))
      state.set(3, .zero)
      link = words(state.value(2))
    }
    let index = state.value(3).int
    let items = PyList(self, link.value(TeeLink.items))
    if index < items.count {
      state.set(3, Value(small: index + 1))
      return items[index]
    }
    if link.value(TeeLink.isReading) == .true {
      throw raise(.runtimeError, "cannot re-enter the tee iterator")
    }
    link.set(TeeLink.isReading, .true)
    defer { link.set(TeeLink.isReading, .false) }
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(Value(ref(link)))
    guard let item = try next(link.value(TeeLink.iterator)) else { return nil }
    try items.append(item)
    state.set(3, Value(small: index + 1))
    return item
  }
}
