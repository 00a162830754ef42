/// Views with several dimensions, or none: what `cast` with a shape makes, and slices of that along the first.
extension PyMemoryView {
  static let maxDimensions = 64

  /// `8` is the tuple of lengths, or None for one dimension; `9` the tuple of distances.
  var isMultidimensional: Bool { words.value(8).isRef }

  var shape: [Int] { isMultidimensional ? numbers(words.value(8)) : [count] }
  var strides: [Int] { isMultidimensional ? numbers(words.value(9)) : [stride] }
  var dimensions: Int { isMultidimensional ? PyTuple(vm, words.value(8)).count : 1 }

  private func numbers(_ tuple: Value) -> [Int] {
    let view = PyTuple(vm, tuple)
    return (0..<view.count).map { view[$0].int }
  }

  /// The number of items.
  var itemCount: Int { isMultidimensional ? shape.reduce(1) { $0 &* $1 } : count }
  var byteCount: Int { itemCount * itemSize }

  /// Whether the items lie one after the other, the last index changing fastest.
  var isContiguous: Bool {
    guard isMultidimensional else { return stride == itemSize || count <= 1 }
    return PyMemoryView.isContiguous(shape.reversed(), strides.reversed(), itemSize)
  }

  /// The same with the first index changing fastest.
  var isFortranContiguous: Bool {
    guard isMultidimensional else { return isContiguous }
    return PyMemoryView.isContiguous(shape, strides, itemSize)
  }

  private static func isContiguous(_ shape: [Int], _ strides: [Int], _ itemSize: Int) -> Bool {
    if shape.contains(0) { return true }
    var expected = itemSize
    for (length, stride) in zip(shape, strides) {
      if length > 1, stride != expected { return false }
      expected *= length
    }
    return true
  }

  /// The first byte past the last that an item uses, and the first used, from the object's start.
  var extent: Range<Int> {
    if itemCount == 0 { return offset..<offset }
    var (low, high) = (offset, offset)
    for (length, stride) in zip(shape, strides) {
      let span = (length - 1) * stride
      if span < 0 { low += span } else { high += span }
    }
    return low..<high + itemSize
  }

  /// Calls `body` with the place of each item, in order.
  func forEachItem(_ body: (Int) throws(Unwind) -> Void) throws(Unwind) {
    let (shape, strides) = (self.shape, self.strides)
    if shape.contains(0) { return }
    var indices = [Int](repeating: 0, count: shape.count)
    var place = offset
    while true {
      try body(place)
      var axis = shape.count - 1
      while axis >= 0 {
        indices[axis] += 1
        place &+= strides[axis]
        if indices[axis] < shape[axis] { break }
        place &-= strides[axis] &* shape[axis]
        indices[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  /// Items as lists within lists; without dimensions the item.
  func list(axis: Int = 0, at place: Int) throws(Unwind) -> Value {
    let (shape, strides) = (self.shape, self.strides)
    guard axis < shape.count else { return try item(at: place) }
    try vm.charge(shape[axis] + 1)
    let result = try vm.newList(capacity: shape[axis])
    for index in 0..<shape[axis] {
      try PyList(vm, result).append(list(axis: axis + 1, at: place &+ index &* strides[axis]))
    }
    return result
  }

  /// The place of the item that a tuple of indices names.
  func place(indices: Value, slicing: StaticString) throws(Unwind) -> Int {
    let tuple = PyTuple(vm, indices)
    for index in 0..<tuple.count where !vm.hasIndex(tuple[index]) {
      if (0..<tuple.count).allSatisfy({ vm.is(tuple[$0], .slice) }) {
        throw vm.raise(.notImplementedError, "\(slicing)")
      }
      throw vm.raise(.typeError, "memoryview: invalid slice key")
    }
    let (shape, strides) = (self.shape, self.strides)
    guard tuple.count <= shape.count else {
      throw vm.raise(
        .typeError, "cannot index \(shape.count)-dimension view with \(tuple.count)-element tuple")
    }
    guard tuple.count == shape.count else {
      throw vm.raise(.notImplementedError, "sub-views are not implemented")
    }
    var place = offset
    for axis in 0..<shape.count {
      var index = try vm.indexAsInt(tuple[axis])
      if index < 0 { index += shape[axis] }
      guard index >= 0, index < shape[axis] else {
        throw vm.raise(.indexError, "index out of bounds on dimension \(axis + 1)")
      }
      place += index * strides[axis]
    }
    return place
  }

  /// Gives the view the lengths in each dimension; items lie one after the other.
  func setShape(_ shape: [Int]) throws(Unwind) {
    var strides = [Int](repeating: itemSize, count: shape.count)
    for axis in strides.indices.reversed().dropFirst() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    try setShape(shape, strides: strides)
  }

  func setShape(_ shape: [Int], strides: [Int]) throws(Unwind) {
    words.set(8, try vm.newTuple(shape.map { Value(small: $0) }))
    words.set(9, try vm.newTuple(strides.map { Value(small: $0) }))
    words.set(3, Value(small: shape.first ?? 1))
    words.set(4, Value(small: strides.first ?? itemSize))
  }
}
