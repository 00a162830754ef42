/// A tuple: `1` count, elements from word 2.
@safe package struct PyTuple {
  package let words: Words
  @inline(__always) package init(_ vm: VM, _ value: Value) { words = vm.words(value) }
  package var count: Int { @inline(__always) get { words.low(1) } }
  package subscript(_ index: Int) -> Value {
    @inline(__always) get { words.value(index &+ 2) }
    /// Only while the tuple is being made.
    nonmutating set { words.set(index &+ 2, newValue) }
  }
}

/// A list: `1` count, `2` buffer and capacity.
@safe package struct PyList {
  package let words: Words
  private let vm: VM
  @inline(__always) package init(_ vm: VM, _ value: Value) {
    words = vm.words(value)
    self.vm = vm
  }
  package var count: Int {
    @inline(__always) get { Int(truncatingIfNeeded: words[1]) }
    @inline(__always) nonmutating set { words[1] = UInt64(truncatingIfNeeded: newValue) }
  }
  package var capacity: Int { @inline(__always) get { words.high(2) } }
  /// The buffer; elements are its words from 1 on. Anything that changes the list may replace it.
  package var buffer: Words { @inline(__always) get { vm.words(at: words.low(2)) } }
  package subscript(_ index: Int) -> Value {
    @inline(__always) get { buffer.value(index &+ 1) }
    @inline(__always) nonmutating set { buffer.set(index &+ 1, newValue) }
  }

  package func append(_ value: Value) throws(Unwind) {
    let count = self.count
    if count == capacity { try reserve(count + 1) }
    buffer.set(count &+ 1, value)
    self.count = count &+ 1
  }

  /// Makes room for at least `needed` elements, growing by half: there is no `realloc` that moves pages.
  package func reserve(_ needed: Int) throws(Unwind) {
    guard needed > capacity else { return }
    guard needed < 1 << 28 else { throw vm.raiseMemoryError() }
    let grown = (needed + needed >> 1 + 6) & ~3
    try setCapacity(max(grown, 4))
  }

  /// A buffer of exactly this capacity, at least `count`.
  package func setCapacity(_ newCapacity: Int) throws(Unwind) {
    let fresh = try vm.allocateBuffer(capacity: newCapacity)
    let old = words.low(2)
    vm.words(fresh).copy(from: vm.words(at: old), at: 1, sourceIndex: 1, count: old == 0 ? 0 : count)
    words[2] = UInt64(fresh.offset) | UInt64(newCapacity) << 32
    if old != 0 { vm.freeBuffer(Ref(offset: UInt32(old))) }
  }
}

extension VM {
  /// A tuple of `count` elements, all None: fill it at once.
  package func newTuple(count: Int) throws(Unwind) -> Value {
    if count == 0 { return self[root: .emptyTuple] }
    guard count < 1 << 28 else { throw raiseMemoryError() }
    let ref = try allocateCell((count + 2) * 8)
    let tuple = words(ref)
    tuple[0] = header(.tuple, class: type(.tuple))
    tuple[1] = UInt64(count)
    tuple.fill(from: 2, count: count, with: Value.none.bits)
    return Value(ref)
  }

  package func newTuple(_ elements: [Value]) throws(Unwind) -> Value {
    let tuple = try newTuple(count: elements.count)
    let view = PyTuple(self, tuple)
    for (index, element) in elements.enumerated() { view[index] = element }
    return tuple
  }

  package func newTuple(_ elements: Value...) throws(Unwind) -> Value { try newTuple(elements) }

  /// A tuple of `count` consecutive words.
  package func newTuple(from source: Words, at index: Int, count: Int) throws(Unwind) -> Value {
    if count == 0 { return self[root: .emptyTuple] }
    guard count < 1 << 28 else { throw raiseMemoryError() }
    let ref = try allocateCell((count &+ 2) &* 8)
    let tuple = words(ref)
    tuple[0] = header(.tuple, class: type(.tuple))
    tuple[1] = UInt64(count)
    tuple.copy(from: source, at: 2, sourceIndex: index, count: count)
    return Value(ref)
  }

  /// An empty list with room for `capacity`.
  package func newList(capacity: Int = 0) throws(Unwind) -> Value {
    let ref = try allocate(.list, class: type(.list), words: 4)
    let value = Value(ref)
    if capacity > 0 {
      guard capacity < 1 << 28 else { throw raiseMemoryError() }
      let buffer = try allocateBuffer(capacity: capacity)
      words(ref)[2] = UInt64(buffer.offset) | UInt64(capacity) << 32
    }
    return value
  }

  package func newList(_ elements: [Value]) throws(Unwind) -> Value {
    let list = try newList(capacity: elements.count)
    let view = PyList(self, list)
    for (index, element) in elements.enumerated() { view[index] = element }
    view.count = elements.count
    return list
  }

  /// A list of `count` consecutive words.
  package func newList(from source: Words, at index: Int, count: Int) throws(Unwind) -> Value {
    let list = try newList(capacity: count)
    let view = PyList(self, list)
    if count > 0 { view.buffer.copy(from: source, at: 1, sourceIndex: index, count: count) }
    view.count = count
    return list
  }

  /// The elements of a tuple or list where they lie: nil for other objects. Valid until Python code runs or the list changes.
  package func elements(_ value: Value) -> (words: Words, start: Int, count: Int)? {
    guard value.isRef else { return nil }
    let object = words(value)
    switch object.kind {
    case .tuple: return (object, 2, object.low(1))
    case .list:
      let list = PyList(self, value)
      return (list.buffer, 1, list.count)
    default: return nil
    }
  }
}
