/// The iterators over arrangements: product, permutations, combinations. Indices are lists of small integers.
extension VM {
  /// A tuple of the pool's items that the indices name.
  private func arranged(_ pool: PyTuple, _ indices: PyList, count: Int) throws(Unwind) -> Value {
    try charge(count >> 2)
    let result = try newTuple(count: count)
    let items = PyTuple(self, result)
    for index in 0..<count { items[index] = pool[indices[index].int] }
    return result
  }

  /// A list of `count` small integers: `first`, then each by `step` more.
  private func newIndices(count: Int, first: Int, step: Int) throws(Unwind) -> Value {
    try charge(count >> 2)
    let result = try newList(capacity: count)
    let list = PyList(self, result)
    guard count > 0 else { return result }
    for index in 0..<count { list[index] = Value(small: first + index * step) }
    list.count = count
    return result
  }

  func nextCombination(_ state: Words, withReplacement: Bool) throws(Unwind) -> Value? {
    if state.value(5) == .true { return nil }
    let pool = PyTuple(self, state.value(2))
    let length = state.value(4).int
    let size = pool.count
    if state.value(3).isNone {
      if withReplacement ? size == 0 && length > 0 : length > size { return ended(state, 5) }
      state.set(3, try newIndices(count: length, first: 0, step: withReplacement ? 0 : 1))
      return try arranged(pool, PyList(self, state.value(3)), count: length)
    }
    let indices = PyList(self, state.value(3))
    // The rightmost index that is not yet at its last value.
    var position = length - 1
    while position >= 0, indices[position].int == (withReplacement ? size - 1 : position + size - length) {
      position -= 1
    }
    guard position >= 0 else { return ended(state, 5) }
    var number = indices[position].int + 1
    for index in position..<length {
      indices[index] = Value(small: number)
      if !withReplacement { number += 1 }
    }
    return try arranged(pool, indices, count: length)
  }

  func nextPermutation(_ state: Words) throws(Unwind) -> Value? {
    if state.value(5) == .true { return nil }
    let pool = PyTuple(self, state.value(2))
    let length = state.value(4).int
    let size = pool.count
    if state.value(3).isNone {
      if length > size { return ended(state, 5) }
      state.set(3, try newIndices(count: size, first: 0, step: 1))
      state.set(6, try newIndices(count: length, first: size, step: -1))
      return try arranged(pool, PyList(self, state.value(3)), count: length)
    }
    let indices = PyList(self, state.value(3))
    let cycles = PyList(self, state.value(6))
    var position = length - 1
    while position >= 0 {
      let left = cycles[position].int - 1
      if left == 0 {
        // Rotate what follows to the left.
        let first = indices[position]
        for index in position..<max(size - 1, position) { indices[index] = indices[index + 1] }
        indices[size - 1] = first
        cycles[position] = Value(small: size - position)
        position -= 1
      } else {
        cycles[position] = Value(small: left)
        let other = size - left
        let item = indices[position]
        indices[position] = indices[other]
        indices[other] = item
        return try arranged(pool, indices, count: length)
      }
    }
    return ended(state, 5)
  }

  func nextProduct(_ state: Words) throws(Unwind) -> Value? {
    if state.value(4) == .true { return nil }
    let pools = PyTuple(self, state.value(2))
    let count = pools.count
    if state.value(3).isNone {
      for index in 0..<count where PyTuple(self, pools[index]).count == 0 { return ended(state, 4) }
      state.set(3, try newIndices(count: count, first: 0, step: 0))
    } else {
      let indices = PyList(self, state.value(3))
      var position = count - 1
      while position >= 0 {
        let next = indices[position].int + 1
        if next < PyTuple(self, pools[position]).count {
          indices[position] = Value(small: next)
          break
        }
        indices[position] = .zero
        position -= 1
      }
      if position < 0 { return ended(state, 4) }
    }
    try charge(count >> 2)
    let indices = PyList(self, state.value(3))
    let result = try newTuple(count: count)
    let items = PyTuple(self, result)
    for index in 0..<count { items[index] = PyTuple(self, pools[index])[indices[index].int] }
    return result
  }

  private func ended(_ state: Words, _ word: Int) -> Value? {
    state.set(word, .true)
    return nil
  }
}
