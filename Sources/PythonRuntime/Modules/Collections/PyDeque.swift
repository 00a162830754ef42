/// A `collections.deque`: a record `1` ring (a hidden list that is full from end to end), `2` index of the first item
/// in it, `3` count,
/// `4` maximal length or None, `5` number of changes, by which iterators notice them.
@safe struct PyDeque {
  let words: Words
  let vm: VM

  @inline(__always) init(_ vm: VM, _ value: Value) {
    words = vm.words(value)
    self.vm = vm
  }

  var ring: PyList { @inline(__always) get { PyList(vm, words.value(1)) } }
  var first: Int {
    @inline(__always) get { words.value(2).int }
    @inline(__always) nonmutating set { words.set(2, Value(small: newValue)) }
  }
  var count: Int {
    @inline(__always) get { words.value(3).int }
    @inline(__always) nonmutating set { words.set(3, Value(small: newValue)) }
  }
  /// Nil: none.
  var maximum: Int? { words.value(4).isNone ? nil : words.value(4).int }
  var changes: Int {
    @inline(__always) get { words.value(5).int }
    @inline(__always) nonmutating set { words.set(5, Value(small: newValue & 0xFFFF_FFFF)) }
  }

  /// The place in the ring of item `index`; the ring's length is a power of two.
  @inline(__always) private func place(_ index: Int, _ ring: PyList) -> Int { (first &+ index) & (ring.count &- 1) }

  subscript(_ index: Int) -> Value {
    @inline(__always) get {
      let ring = self.ring
      return ring[place(index, ring)]
    }
    @inline(__always) nonmutating set {
      let ring = self.ring
      ring[place(index, ring)] = newValue
    }
  }

  /// Makes room for one item more.
  private func grow() throws(Unwind) {
    let old = ring
    let slots = max(old.count * 2, 8)
    let fresh = try vm.newList(capacity: slots)
    let list = PyList(vm, fresh)
    let count = self.count
    list.buffer.fill(from: 1, count: slots, with: Value.none.bits)
    for index in 0..<count { list[index] = old[place(index, old)] }
    list.count = slots
    try vm.charge(slots >> 3)
    words.set(1, fresh)
    first = 0
  }

  /// Appends at the right; a deque at its maximum loses the item at the other end.
  @inline(__always) func append(_ value: Value) throws(Unwind) {
    if let maximum {
      if maximum == 0 { return }
      if count == maximum { _ = removeFirst() }
    }
    if count == ring.count { try grow() }
    self[count] = value
    count = count &+ 1
    changes = changes &+ 1
  }

  @inline(__always) func prepend(_ value: Value) throws(Unwind) {
    if let maximum {
      if maximum == 0 { return }
      if count == maximum { _ = removeLast() }
    }
    if count == ring.count { try grow() }
    first = (first &- 1) & (ring.count &- 1)
    self[0] = value
    count = count &+ 1
    changes = changes &+ 1
  }

  /// The deque is not empty.
  @inline(__always) func removeLast() -> Value {
    let last = count &- 1
    let value = self[last]
    self[last] = .none
    count = last
    changes = changes &+ 1
    return value
  }

  @inline(__always) func removeFirst() -> Value {
    let value = self[0]
    self[0] = .none
    first = (first &+ 1) & (ring.count &- 1)
    count = count &- 1
    changes = changes &+ 1
    return value
  }

  func removeAll() throws(Unwind) {
    words.set(1, try vm.newList())
    first = 0
    count = 0
    changes = changes + 1
  }

  /// Removes item `index`: the shorter side moves.
  func remove(at index: Int) throws(Unwind) {
    let count = self.count
    try vm.charge(min(index, count - index) >> 2)
    if index < count / 2 {
      var position = index
      while position > 0 {
        self[position] = self[position - 1]
        position -= 1
      }
      _ = removeFirst()
    } else {
      for position in index..<count - 1 { self[position] = self[position + 1] }
      _ = removeLast()
    }
  }

  /// Inserts before item `index`: the shorter side moves.
  func insert(_ value: Value, at index: Int) throws(Unwind) {
    let before = count
    try vm.charge(min(index, before - index) >> 2)
    if index < before / 2 {
      try prepend(value)
      for position in 0..<index { self[position] = self[position + 1] }
    } else {
      try append(value)
      var position = before
      while position > index {
        self[position] = self[position - 1]
        position -= 1
      }
    }
    self[index] = value
  }

  /// Rotates by `steps` to the right.
  func rotate(_ steps: Int) throws(Unwind) {
    let count = self.count
    guard count > 1 else { return }
    var left = steps % count
    if left > count / 2 { left -= count } else if left < -(count / 2) { left += count }
    try vm.charge(abs(left) >> 2)
    while left > 0 {
      let value = removeLast()
      if self.count == ring.count { try grow() }
      first = (first - 1) & (ring.count - 1)
      self[0] = value
      self.count += 1
      left -= 1
    }
    while left < 0 {
      let value = removeFirst()
      self[self.count] = value
      self.count += 1
      left += 1
    }
    changes = changes + 1
  }
}

extension VM {
  /// An empty deque of a class.
  func newDeque(_ owner: Ref, maximum: Value = .none) throws(Unwind) -> Value {
    let ring = try newList()
    let result = Value(try allocateSubclassable(.record, class: owner, words: 6))
    let state = words(result)
    state.set(1, ring)
    state.set(2, .zero)
    state.set(3, .zero)
    state.set(4, maximum)
    state.set(5, .zero)
    return result
  }

  /// Appends every item of an iterable at one end.
  func dequeExtend(_ deque: Value, _ iterable: Value, atLeft: Bool = false) throws(Unwind) {
    let mark = keepMark()
    defer { keepRelease(mark) }
    var source = iterable
    if iterable == deque {
      source = try listFromIterable(iterable)
      keep(source)
    }
    let view = PyDeque(self, deque)
    let iterator = try makeIterator(source)
    keep(iterator)
    var count = 0
    while let item = try next(iterator) {
      if atLeft { try view.prepend(item) } else { try view.append(item) }
      count &+= 1
      if count & 63 == 0 { try charge(32) }
    }
  }

  /// The items as a list of their own.
  func dequeItems(_ deque: Value) throws(Unwind) -> Value {
    let view = PyDeque(self, deque)
    let count = view.count
    try charge(count >> 2)
    let result = try newList(capacity: count)
    let list = PyList(self, result)
    for index in 0..<count { list[index] = view[index] }
    list.count = count
    return result
  }
}
