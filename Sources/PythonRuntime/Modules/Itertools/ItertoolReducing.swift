/// Copying and pickling the iterators of module itertools: `__reduce__` gives a call that makes one like it, and a state; `__setstate__` takes
/// that state, which may come from anywhere, so each number in it is brought into its range.
enum ItertoolReducing {
  static func rows(_ known: WellKnown) -> [NativeFunction] {
    let reduce = NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in try reduced(vm, a[0]) })
    let setState = NativeFunction("__setstate__", "self, state, /", { (vm, a) throws(Unwind) in
      try ItertoolReducing.setState(vm, a[0], a[1])
      return .none
    })
    switch known {
    case .itertoolsCompress, .itertoolsFilterfalse, .itertoolsStarmap, .itertoolsGrouper: return [reduce]
    case .itertoolsCount, .itertoolsRepeat, .itertoolsPairwise, .itertoolsTee: return []
    default: return [reduce, setState]
    }
  }

  // MARK: Reducing

  private static func reduced(_ vm: VM, _ iterator: Value) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let state = vm.words(iterator)
    let cls = Value(vm.classOf(iterator))
    func answer(_ arguments: [Value], _ rest: Value? = nil) throws(Unwind) -> Value {
      let tuple = try vm.newTuple(arguments)
      vm.keep(tuple)
      if let rest { return try vm.newTuple(cls, tuple, rest) }
      return try vm.newPair(cls, tuple)
    }
    switch Itertool(rawValue: state.value(1).int) ?? .count {
    case .accumulate:
      if !state.value(5).isUnbound {
        let first = try vm.newList([state.value(5)])
        vm.keep(first)
        let all = try vm.call(Value(vm.type(.itertoolsChain)), first, state.value(2))
        vm.keep(all)
        return try answer([all, state.value(3)])
      }
      return try answer([state.value(2), state.value(3)], state.value(4).isUnbound ? .none : state.value(4))
    case .chain:
      guard state.value(2).isRef else { return try answer([]) }
      let parts = state.value(3).isRef ? [state.value(2), state.value(3)] : [state.value(2)]
      let rest = try vm.newTuple(parts)
      vm.keep(rest)
      return try answer([], rest)
    case .compress, .filterfalse, .starmap: return try answer([state.value(2), state.value(3)])
    case .grouper:
      return try answer([state.value(2), state.value(3)])
    case .dropwhile, .takewhile: return try answer([state.value(2), state.value(3)], state.value(4))
    case .cycle: return try reducedCycle(vm, state, answer)
    case .groupby:
      let parts = [state.value(6), state.value(4), state.value(5)]
      guard !parts.contains(where: \.isUnbound) else { return try answer([state.value(2), state.value(3)]) }
      let rest = try vm.newTuple(parts)
      vm.keep(rest)
      return try answer([state.value(2), state.value(3)], rest)
    case .islice:
      guard state.value(2).isRef else {
        let empty = try vm.makeIterator(vm.newList())
        vm.keep(empty)
        return try answer([empty, .zero], .zero)
      }
      let stop = state.value(4).int < 0 ? Value.none : state.value(4)
      return try answer([state.value(2), state.value(3), stop, state.value(5)], state.value(6))
    case .zipLongest:
      let iterators = PyTuple(vm, state.value(2))
      var parts: [Value] = []
      for index in 0..<iterators.count {
        parts.append(iterators[index].isRef ? iterators[index] : vm[root: .emptyTuple])
      }
      return try answer(parts, state.value(4))
    default: return try reducedArrangement(vm, state, answer)
    }
  }

  private static func reducedCycle(
    _ vm: VM, _ state: Words, _ answer: ([Value], Value?) throws(Unwind) -> Value
  ) throws(Unwind) -> Value {
    let saved = PyList(vm, state.value(3))
    let index = state.value(2).isRef ? 0 : state.value(4).int
    // At the second round and later: what comes next, and then the rest.
    let order = (0..<saved.count).map { saved[($0 + index) % saved.count] }
    let list = try vm.newList(order)
    vm.keep(list)
    let source = state.value(2).isRef ? state.value(2) : try vm.makeIterator(vm[root: .emptyTuple])
    vm.keep(source)
    let rest = try vm.newPair(list, .zero)
    vm.keep(rest)
    return try answer([source], rest)
  }

  /// Products, permutations and combinations: the pools, and the indices once there are any.
  private static func reducedArrangement(
    _ vm: VM, _ state: Words, _ answer: ([Value], Value?) throws(Unwind) -> Value
  ) throws(Unwind) -> Value {
    let isProduct = state.value(1).int == Itertool.product.rawValue
    let pools = PyTuple(vm, state.value(2))
    let arguments = isProduct ? (0..<pools.count).map { pools[$0] } : [state.value(2), state.value(4)]
    let isEnded = state.value(isProduct ? 4 : 5) == .true
    if isEnded {
      let nothing = vm[root: .emptyTuple]
      return try answer(isProduct ? [nothing] : [nothing, state.value(4)], nil)
    }
    guard state.value(3).isRef else { return try answer(arguments, nil) }
    let indices = try vm.call(Value(vm.type(.tuple)), state.value(3))
    vm.keep(indices)
    guard state.value(1).int == Itertool.permutations.rawValue else { return try answer(arguments, indices) }
    let cycles = try vm.call(Value(vm.type(.tuple)), state.value(6))
    vm.keep(cycles)
    let rest = try vm.newPair(indices, cycles)
    vm.keep(rest)
    return try answer(arguments, rest)
  }

  // MARK: Setting a state

  private static func setState(_ vm: VM, _ iterator: Value, _ given: Value) throws(Unwind) {
    let state = vm.words(iterator)
    func parts(_ counts: ClosedRange<Int>) throws(Unwind) -> [Value] {
      guard vm.is(given, .tuple) else { throw vm.raise(.typeError, "state is not a tuple") }
      let tuple = PyTuple(vm, given)
      guard counts.contains(tuple.count) else {
        throw vm.raise(.typeError, "function takes exactly \(counts.upperBound) arguments (\(tuple.count) given)")
      }
      return (0..<tuple.count).map { tuple[$0] }
    }
    switch Itertool(rawValue: state.value(1).int) ?? .count {
    case .accumulate: if !given.isNone { state.set(4, given) }
    case .chain:
      let parts = try parts(1...2)
      for part in parts where vm.lookupSpecial(part, .next) == nil {
        throw vm.raise(.typeError, "Arguments must be iterators.")
      }
      state.set(2, parts[0])
      state.set(3, parts.count > 1 ? parts[1] : .none)
    case .dropwhile, .takewhile: state.set(4, Value(try vm.truth(given)))
    case .cycle:
      let parts = try parts(2...2)
      guard vm.is(parts[0], .list) else { throw vm.raise(.typeError, "argument 1 must be list, not \(vm.typeName(parts[0]))") }
      let list = PyList(vm, parts[0])
      state.set(3, try vm.newList((0..<list.count).map { list[$0] }))
      state.set(4, .zero)
    case .groupby:
      let parts = try parts(3...3)
      state.set(6, parts[0])
      state.set(4, parts[1])
      state.set(5, parts[2])
    case .islice:
      let count = try vm.indexAsInt(given, overflow: .overflowError)
      state.set(6, Value(small: min(max(count, 0), Value.maxSmall - 1)))
    case .zipLongest: state.set(4, given)
    default: try setArrangement(vm, state, given)
    }
  }

  /// The numbers of a tuple of `count`, each brought into its range.
  private static func numbers(_ vm: VM, _ given: Value, count: Int, _ range: (Int) -> ClosedRange<Int>)
    throws(Unwind) -> Value
  {
    guard vm.is(given, .tuple), PyTuple(vm, given).count == count else {
      throw vm.raise(.valueError, "invalid arguments")
    }
    var numbers: [Value] = []
    for index in 0..<count {
      let number = try vm.indexAsInt(PyTuple(vm, given)[index], overflow: .overflowError)
      let bounds = range(index)
      numbers.append(Value(small: min(max(number, bounds.lowerBound), bounds.upperBound)))
    }
    return try vm.newList(numbers)
  }

  private static func setArrangement(_ vm: VM, _ state: Words, _ given: Value) throws(Unwind) {
    let tool = Itertool(rawValue: state.value(1).int)
    let pool = PyTuple(vm, state.value(2))
    let size = pool.count
    if tool == .product {
      for index in 0..<size where PyTuple(vm, pool[index]).count == 0 {
        state.set(4, .true)
        return
      }
      state.set(3, try numbers(vm, given, count: size) { 0...(PyTuple(vm, pool[$0]).count - 1) })
      return
    }
    let length = state.value(4).int
    if tool == .permutations {
      guard vm.is(given, .tuple), PyTuple(vm, given).count == 2, length <= size else {
        throw vm.raise(.valueError, "invalid arguments")
      }
      let parts = PyTuple(vm, given)
      let indices = try numbers(vm, parts[0], count: size) { _ in 0...(size - 1) }
      vm.keep(indices)
      state.set(6, try numbers(vm, parts[1], count: length) { 1...max(size - $0, 1) })
      state.set(3, indices)
      return
    }
    guard size > 0 || length == 0, tool == .combinationsWithReplacement || length <= size else { return }
    state.set(
      3,
      try numbers(vm, given, count: length) { index in
        0...(tool == .combinationsWithReplacement ? size - 1 : index + size - length)
      })
  }
}
