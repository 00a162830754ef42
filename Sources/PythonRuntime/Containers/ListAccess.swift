/// What the run loop does with lists directly.
extension VM {
  /// `list[index]`
  @inline(__always) package func listItem(_ list: Value, _ index: Value) throws(Unwind) -> Value {
    if index.isInt {
      let view = PyList(self, list)
      let count = view.count
      var position = index.int
      if position < 0 { position &+= count }
      if UInt(bitPattern: position) < UInt(bitPattern: count) { return view[position] }
    }
    return try listItemSlowly(list, index)
  }

  @inline(never) private func listItemSlowly(_ list: Value, _ index: Value) throws(Unwind) -> Value {
    if self.is(index, .slice) { return try listSlice(list, index) }
    var position = try sequenceIndex(index, of: "list")
    let view = PyList(self, list)
    if position < 0 { position &+= view.count }
    guard position >= 0, position < view.count else { throw raiseOutOfRange("list") }
    return view[position]
  }

  /// `list[index] = value`
  @inline(__always) package func listSetItem(_ list: Value, _ index: Value, _ value: Value) throws(Unwind) {
    if index.isInt {
      let view = PyList(self, list)
      let count = view.count
      var position = index.int
      if position < 0 { position &+= count }
      if UInt(bitPattern: position) < UInt(bitPattern: count) {
        view[position] = value
        return
      }
    }
    try listSetItemSlowly(list, index, value)
  }

  @inline(never)
  private func listSetItemSlowly(_ list: Value, _ index: Value, _ value: Value) throws(Unwind) {
    if self.is(index, .slice) { return try listSetSlice(list, index, value) }
    var position = try sequenceIndex(index, of: "list")
    let view = PyList(self, list)
    if position < 0 { position &+= view.count }
    guard position >= 0, position < view.count else { throw raiseOutOfRange("list assignment") }
    view[position] = value
  }

  /// `del list[index]`
  package func listDeleteItem(_ list: Value, _ index: Value) throws(Unwind) {
    if self.is(index, .slice) { return try listDeleteSlice(list, index) }
    var position = try sequenceIndex(index, of: "list")
    let view = PyList(self, list)
    if position < 0 { position &+= view.count }
    guard position >= 0, position < view.count else { throw raiseOutOfRange("list assignment") }
    try charge((view.count &- position) >> 4)
    try view.replace(from: position, count: 1, with: view.words, at: 0, newCount: 0)
  }

  /// `list[start:stop:step]`
  package func listSlice(_ list: Value, _ slice: Value) throws(Unwind) -> Value {
    let numbers = try sliceNumbers(slice)
    let view = PyList(self, list)
    let bounds = numbers.adjusted(to: view.count)
    try charge(bounds.count >> 3)
    if bounds.step == 1 { return try newList(from: view.buffer, at: 1 + bounds.start, count: bounds.count) }
    let result = try newList(capacity: bounds.count)
    let target = PyList(self, result)
    if bounds.count > 0 { target.buffer.gather(from: view.buffer, at: 1, first: 1 + bounds.start, bounds) }
    target.count = bounds.count
    return result
  }

  private func listDeleteSlice(_ list: Value, _ slice: Value) throws(Unwind) {
    let numbers = try sliceNumbers(slice)
    let view = PyList(self, list)
    var bounds = numbers.adjusted(to: view.count)
    guard bounds.count > 0 else { return }
    try charge((view.count - min(bounds.start, view.count)) >> 3)
    if bounds.step == 1 {
      return try view.replace(from: bounds.start, count: bounds.count, with: view.words, at: 0, newCount: 0)
    }
    if bounds.step < 0 {
      bounds.start += bounds.step * (bounds.count - 1)
      bounds.step = 0 - bounds.step
    }
    // What lies between two deleted elements moves down by as many as were deleted before it.
    let buffer = view.buffer
    var target = bounds.start
    for number in 0..<bounds.count {
      let first = bounds.start + number * bounds.step + 1
      let last = number == bounds.count - 1 ? view.count : first + bounds.step - 1
      buffer.copy(from: buffer, at: 1 + target, sourceIndex: 1 + first, count: last - first)
      target += last - first
    }
    view.count = target
    try view.shrink()
  }

  private func listSetSlice(_ list: Value, _ slice: Value, _ value: Value) throws(Unwind) {
    let numbers = try sliceNumbers(slice)
    let mark = keepMark()
    defer { keepRelease(mark) }
    let isExtended = numbers.step != 1
    var source = value
    if value == list || plainElements(value) == nil {
      source = try sequenceForSlice(value, isExtended: isExtended)
      keep(source)
    }
    guard let new = elements(source) else { return }
    let view = PyList(self, list)
    let bounds = numbers.adjusted(to: view.count)
    try charge((new.count + view.count - min(bounds.start, view.count)) >> 3)
    if !isExtended {
      return try view.replace(
        from: bounds.start, count: bounds.count, with: new.words, at: new.start, newCount: new.count)
    }
    guard new.count == bounds.count else {
      throw raise(
        .valueError, "attempt to assign sequence of size \(new.count) to extended slice of size \(bounds.count)")
    }
    let buffer = view.buffer
    var position = bounds.start
    for index in 0..<bounds.count {
      buffer[1 &+ position] = new.words[new.start &+ index]
      position &+= bounds.step
    }
  }

  /// The elements of any iterable as a list of their own.
  private func sequenceForSlice(_ value: Value, isExtended: Bool) throws(Unwind) -> Value {
    guard isIterable(value) else {
      throw raise(.typeError, isExtended ? "must assign iterable to extended slice" : "can only assign an iterable")
    }
    return try listFromIterable(value)
  }

  /// `list.extend`: from anything that can be iterated; what came before an exception stays.
  package func listExtend(_ list: Value, _ iterable: Value) throws(Unwind) {
    if let source = plainElements(iterable) {
      guard source.count > 0 else { return }
      let view = PyList(self, list)
      let count = view.count
      try charge(source.count >> 3)
      try view.reserve(count + source.count)
      // After reserve: the source may be this very list.
      let again = plainElements(iterable) ?? source
      view.buffer.copy(from: again.words, at: 1 + count, sourceIndex: again.start, count: source.count)
      view.count = count + source.count
      return
    }
    let mark = keepMark()
    defer { keepRelease(mark) }
    if self.is(iterable, .range), let numbers = smallRange(iterable) { return try listExtend(list, numbers) }
    let iterator = try makeIterator(iterable)
    keep(iterator)
    let view = PyList(self, list)
    let hint = try lengthHint(iterable)
    if hint > 0, view.count &+ hint < 1 << 24 { try view.reserve(view.count + hint) }
    var done = 0
    while let item = try next(iterator) {
      try view.append(item)
      done &+= 1
      if done & 1023 == 0 { try charge(256) }
    }
  }

  private func listExtend(_ list: Value, _ numbers: SmallRange) throws(Unwind) {
    let view = PyList(self, list)
    let start = view.count
    guard numbers.count < 1 << 28 else { throw raiseMemoryError() }
    try charge(numbers.count >> 2)
    try view.reserve(start + numbers.count)
    let buffer = view.buffer
    var number = numbers.start
    for index in 0..<numbers.count {
      buffer.set(1 &+ start &+ index, Value(small: number))
      number &+= numbers.step
    }
    view.count = start + numbers.count
  }

  /// `a + b`, both lists.
  package func listConcatenated(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    let first = PyList(self, a)
    let second = PyList(self, b)
    let counts = (first.count, second.count)
    try charge((counts.0 + counts.1) >> 3)
    let result = try newList(capacity: counts.0 + counts.1)
    let view = PyList(self, result)
    guard counts.0 + counts.1 > 0 else { return result }
    let buffer = view.buffer
    if counts.0 > 0 { buffer.copy(from: first.buffer, at: 1, sourceIndex: 1, count: counts.0) }
    if counts.1 > 0 { buffer.copy(from: second.buffer, at: 1 + counts.0, sourceIndex: 1, count: counts.1) }
    view.count = counts.0 + counts.1
    return result
  }

  /// `list * times`
  package func listRepeated(_ list: Value, _ times: Int) throws(Unwind) -> Value {
    let source = PyList(self, list)
    let count = source.count
    let total = try repeatedCount(count, times)
    let result = try newList(capacity: total)
    guard total > 0 else { return result }
    let view = PyList(self, result)
    view.buffer.fillRepeating(source.buffer, at: 1, count: count, total: total)
    view.count = total
    return result
  }

  /// How many elements `count` of them make when repeated; the work is charged and its size checked.
  func repeatedCount(_ count: Int, _ times: Int) throws(Unwind) -> Int {
    guard times > 0, count > 0 else { return 0 }
    let (total, overflow) = count.multipliedReportingOverflow(by: times)
    guard !overflow, total < 1 << 28 else { throw raiseMemoryError() }
    try charge(total >> 3)
    return total
  }
}

extension PyList {
  /// Replaces `oldCount` elements from `position` on by `newCount` words, which must not lie in this list's own buffer.
  func replace(from position: Int, count oldCount: Int, with source: Words, at start: Int, newCount: Int)
    throws(Unwind)
  {
    let before = count
    let after = before - oldCount + newCount
    if after > capacity { try reserve(after) }
    let buffer = self.buffer
    let tail = before - position - oldCount
    if tail > 0, oldCount != newCount {
      buffer.copy(from: buffer, at: 1 + position + newCount, sourceIndex: 1 + position + oldCount, count: tail)
    }
    if newCount > 0 { buffer.copy(from: source, at: 1 + position, sourceIndex: start, count: newCount) }
    count = after
    if newCount < oldCount { try shrink() }
  }

  /// Gives memory back when less than a quarter of it is used.
  @inline(__always) func shrink() throws(Unwind) {
    if capacity > 32, count < capacity >> 2 { try setCapacity(max(count + count >> 3 + 6, 8)) }
  }

  /// Takes the last element away; the list is not empty.
  @inline(__always) func removeLast() throws(Unwind) -> Value {
    let last = count &- 1
    let value = self[last]
    count = last
    try shrink()
    return value
  }
}

extension Words {
  /// Copies the elements that `bounds` select, starting with word `first` of the source, to consecutive words.
  func gather(from source: Words, at target: Int, first: Int, _ bounds: SliceBounds) {
    var position = first
    for index in 0..<bounds.count {
      self[target &+ index] = source[position]
      position &+= bounds.step
    }
  }

  /// Fills `total` words from `target` on with repetitions of `count` words of the source (from its word `target` on).
  func fillRepeating(_ source: Words, at target: Int, count: Int, total: Int) {
    if count == 1 { return fill(from: target, count: total, with: source[target]) }
    copy(from: source, at: target, sourceIndex: target, count: count)
    var done = count
    while done < total {
      let more = Swift.min(done, total - done)
      copy(from: self, at: target + done, sourceIndex: target, count: more)
      done += more
    }
  }
}
