/// `list.sort` and `sorted`.
extension VM {
  /// Sorts a list in place. While it is being sorted it looks empty; what the key function or a comparison puts into
  /// it is lost, and
  /// reported when nothing else was raised.
  package func listSort(_ list: Value, key: Value, reverse: Bool) throws(Unwind) {
    let view = PyList(self, list)
    let count = view.count
    let mark = keepMark()
    defer { keepRelease(mark) }
    // The elements move to a hidden list for the time being.
    let work = try newList()
    keep(work)
    let elements = PyList(self, work)
    elements.words[1] = view.words[1]
    elements.words[2] = view.words[2]
    view.words[1] = 0
    view.words[2] = 0
    var failure: Unwind?
    do {
      try sortElements(elements, count: count, key: key, reverse: reverse)
    } catch {
      failure = error
    }
    let wasChanged = view.words[1] != 0 || view.words[2] != 0
    view.words[1] = elements.words[1]
    view.words[2] = elements.words[2]
    elements.words[1] = 0
    elements.words[2] = 0
    if let failure { throw failure }
    if wasChanged { throw raise(.valueError, "list modified during sort") }
  }

  private func sortElements(_ elements: PyList, count: Int, key: Value, reverse: Bool) throws(Unwind) {
    guard count > 0 else { return }
    let keyArea = try newList()
    keep(keyArea)
    let companionArea = try newList()
    keep(companionArea)
    var keys = elements
    let hasKeys = !key.isNone
    if hasKeys {
      let keyList = try newList(capacity: count)
      keep(keyList)
      keys = PyList(self, keyList)
      for index in 0..<count { try keys.append(call(key, elements[index])) }
    }
    let words = keys.buffer.advanced(by: 1)
    let companions = hasKeys ? elements.buffer.advanced(by: 1) : nil
    // Stable also when reversed: reversed before and after.
    if reverse {
      words.reverse(from: 0, count: count)
      companions?.reverse(from: 0, count: count)
    }
    let areas = (PyList(self, keyArea), PyList(self, companionArea))
    try charge(count >> 2 &* max(Int.bitWidth - count.leadingZeroBitCount, 1))
    defer {
      if reverse {
        words.reverse(from: 0, count: count)
        companions?.reverse(from: 0, count: count)
      }
    }
    func sort<Order: SortOrder>(_ order: Order) throws(Unwind) {
      var sort = MergeSort(
        self, order, keys: words, companions: companions, count: count, keyArea: areas.0, companionArea: areas.1)
      try sort.sort()
    }
    switch sortClass(words, count: count) {
    case .integers: try sort(IntegerOrder())
    case .floats: try sort(FloatOrder(vm: self))
    case .strings: try sort(StringOrder(vm: self))
    case .tuples: try sort(TupleOrder(vm: self))
    case .any: try sort(AnyOrder(vm: self))
    }
  }

  private enum SortClass { case integers, floats, strings, tuples, any }

  /// What all keys are, found out before the sort as CPython does.
  private func sortClass(_ words: Words, count: Int) -> SortClass {
    func all(_ test: (Value) -> Bool) -> Bool {
      for index in 0..<count where !test(words.value(index)) { return false }
      return true
    }
    let first = words.value(0)
    if first.isInt { return all { $0.isInt } ? .integers : .any }
    if first.isInlineFloat || isPlain(first, .float) {
      return all { $0.isInlineFloat || isPlain($0, .float) } ? .floats : .any
    }
    if isPlain(first, .string) { return all { isPlain($0, .string) } ? .strings : .any }
    if isPlain(first, .tuple) { return all { isPlain($0, .tuple) } ? .tuples : .any }
    return .any
  }

  /// Less than, equal to, greater than zero as the order of two strings by code points.
  @inline(__always) func compareStringUnits(_ a: Value, _ b: Value) -> Int {
    let x = PyString(self, a)
    let y = PyString(self, b)
    let common = Swift.min(x.count, y.count)
    if x.widthShift | y.widthShift == 0 {
      let order = x.units.compare(y.units, count: common)
      return order != 0 ? order : x.count &- y.count
    }
    return compareWideUnits(x, y, common)
  }

  @inline(never) private func compareWideUnits(_ x: PyString, _ y: PyString, _ common: Int) -> Int {
    for index in 0..<common {
      let difference = Int(x[index]) - Int(y[index])
      if difference != 0 { return difference }
    }
    return x.count - y.count
  }
}

/// All keys are small integers: their bits are in their order.
private struct IntegerOrder: SortOrder {
  @inline(__always) func isLess(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    Int64(bitPattern: a.bits) < Int64(bitPattern: b.bits)
  }
}

/// All keys are floats.
private struct FloatOrder: SortOrder {
  let vm: VM
  @inline(__always) private func double(_ value: Value) -> Double {
    value.isInlineFloat ? value.inlineFloat : Double(bitPattern: vm.words(value)[1])
  }
  @inline(__always) func isLess(_ a: Value, _ b: Value) throws(Unwind) -> Bool { double(a) < double(b) }
}

/// All keys are strings.
private struct StringOrder: SortOrder {
  let vm: VM
  @inline(__always) func isLess(_ a: Value, _ b: Value) throws(Unwind) -> Bool { vm.compareStringUnits(a, b) < 0 }
}

/// All keys are tuples; mostly the first elements decide.
private struct TupleOrder: SortOrder {
  let vm: VM
  @inline(__always) func isLess(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    let x = PyTuple(vm, a)
    let y = PyTuple(vm, b)
    let common = Swift.min(x.count, y.count)
    var index = 0
    while index < common {
      let p = x[index]
      let q = y[index]
      index &+= 1
      if p == q { continue }
      if p.isInt && q.isInt { return p.int < q.int }
      if vm.isPlain(p, .string), vm.isPlain(q, .string) {
        let order = vm.compareStringUnits(p, q)
        if order != 0 { return order < 0 }
        continue
      }
      return try vm.truth(vm.compareSequences(.less, a, b))
    }
    return x.count < y.count
  }
}

/// Keys of any kind.
private struct AnyOrder: SortOrder {
  let vm: VM
  @inline(__always) func isLess(_ a: Value, _ b: Value) throws(Unwind) -> Bool { try vm.lessThan(a, b) }
}
