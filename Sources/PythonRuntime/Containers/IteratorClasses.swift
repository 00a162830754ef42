/// The iterators that programs make by calling their types: `enumerate`, `zip`, `map`, `filter`, `reversed`.
enum IteratorClasses {
  static let types = [
    NativeType(
      .enumerate, "enumerate", kind: .enumerate, signature: "(iterable, start=0)",
      doc: """
        Return an enumerate object.

          iterable
            an object supporting iteration

        The enumerate object yields pairs containing a count (from start, which
        defaults to zero) and a value yielded by the iterable argument.
        """,
      [
        NativeFunction("__new__", "cls, iterable, start=0", newEnumerate, binding: .static),
        NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
        NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
          let state = vm.words(a[0])
          return try vm.newPair(Value(vm.classOf(a[0])), vm.newPair(state.value(1), state.value(2)))
        }),
      ] + IteratorTypes.common(.enumerate)),
    NativeType(
      .zip, "zip", kind: .zip,
      doc: """
        zip(*iterables, strict=False) --> Yield tuples until an input is exhausted.

           >>> list(zip('abcdefg', range(3), range(4)))
           [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]

        The zip object yields n-length tuples, where n is the number of iterables
        passed as positional arguments to zip().  The i-th element in every tuple
        comes from the i-th iterable argument to zip().  This continues until the
        shortest argument is exhausted.

        If strict is true and one of the arguments is exhausted before the others,
        raise a ValueError.
        """,
      [
        NativeFunction("__new__", "cls, *iterables, strict=False", newZip, binding: .static),
        NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
          let state = vm.words(a[0])
          let type = Value(vm.classOf(a[0]))
          if state.value(2) == .true { return try vm.newTuple(type, state.value(1), .true) }
          return try vm.newPair(type, state.value(1))
        }),
        NativeFunction("__setstate__", "self, state, /", { (vm, a) throws(Unwind) in
          vm.words(a[0]).set(2, Value(try vm.truth(a[1])))
          return .none
        }),
      ] + IteratorTypes.common(.zip)),
    NativeType(
      .map, "map", kind: .map,
      doc: """
        map(func, *iterables) --> map object

        Make an iterator that computes the function using arguments from
        each of the iterables.  Stops when the shortest iterable is exhausted.
        """,
      [
        NativeFunction("__new__", "cls, *args", newMap, binding: .static),
        NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
          let state = vm.words(a[0])
          let iterators = PyTuple(vm, state.value(2))
          let arguments = try vm.newTuple([state.value(1)] + (0..<iterators.count).map { iterators[$0] })
          return try vm.newPair(Value(vm.classOf(a[0])), arguments)
        }),
      ] + IteratorTypes.common(.map)),
    NativeType(
      .filter, "filter", kind: .filter,
      doc: """
        filter(function or None, iterable) --> filter object

        Return an iterator yielding those items of iterable for which function(item)
        is true. If function is None, return the items that are true.
        """,
      [
        NativeFunction("__new__", "cls, function, iterable, /", newFilter, binding: .static),
        NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
          let state = vm.words(a[0])
          return try vm.newPair(Value(vm.classOf(a[0])), vm.newPair(state.value(1), state.value(2)))
        }),
      ] + IteratorTypes.common(.filter)),
    NativeType(
      .reversed, "reversed", kind: .reversedIterator, signature: "(sequence, /)",
      doc: "Return a reverse iterator over the values of the given sequence.",
      [
        NativeFunction("__new__", "cls, sequence, /", newReversed, binding: .static),
        NativeFunction("__length_hint__", "self, /", IteratorTypes.reversedLength),
        NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
          let state = vm.words(a[0])
          let type = Value(vm.classOf(a[0]))
          guard state.value(1).isRef else { return try vm.newPair(type, vm.newTuple(vm[root: .emptyTuple])) }
          return try vm.newTuple(type, vm.newTuple(state.value(1)), state.value(2))
        }),
        NativeFunction("__setstate__", "self, state, /", { (vm, a) throws(Unwind) in
          let index = vm.clampedInt(try vm.index(a[1]))
          let state = vm.words(a[0])
          guard state.value(1).isRef else { return .none }
          state.set(2, Value(small: min(max(index, -1), try vm.length(state.value(1)) - 1)))
          return .none
        }),
      ] + IteratorTypes.common(.reversedIterator)),
  ]

  /// An iterator of two words, of a built-in class or of a program's subclass.
  private static func make(_ vm: VM, _ kind: Kind, _ owner: Value, _ first: Value, _ second: Value)
    throws(Unwind) -> Value
  {
    let result = Value(try vm.allocateSubclassable(kind, class: owner.ref, words: 3))
    vm.words(result).set(1, first)
    vm.words(result).set(2, second)
    return result
  }

  static func newEnumerate(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    a[2] = try vm.plainInteger(vm.index(a[2]))
    let iterator = try vm.makeIterator(a[1])
    return try make(vm, .enumerate, a[0], iterator, a[2])
  }

  /// A tuple of the iterators of a tuple's elements, kept alive by the caller's mark.
  private static func iterators(_ vm: VM, of iterables: PyTuple, from first: Int = 0) throws(Unwind) -> Value {
    let result = try vm.newTuple(count: iterables.count - first)
    vm.keep(result)
    for index in first..<max(iterables.count, first) {
      PyTuple(vm, result)[index - first] = try vm.makeIterator(iterables[index])
    }
    return result
  }

  static func newZip(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let strict = try vm.truth(a[2])
    return try make(vm, .zip, a[0], iterators(vm, of: PyTuple(vm, a[1])), Value(strict))
  }

  static func newMap(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let arguments = PyTuple(vm, a[1])
    guard arguments.count >= 2 else { throw vm.raise(.typeError, "map() must have at least two arguments.") }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    return try make(vm, .map, a[0], arguments[0], iterators(vm, of: arguments, from: 1))
  }

  static func newFilter(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let iterator = try vm.makeIterator(a[2])
    return try make(vm, .filter, a[0], a[1], iterator)
  }

  static func newReversed(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let sequence = a[1]
    if let method = vm.lookupSpecial(sequence, .reversed) {
      guard !method.isNone else {
        throw vm.raise(.typeError, "'\(vm.typeName(sequence))' object is not reversible")
      }
      return try vm.callBound(method, sequence)
    }
    guard vm.lookupSpecial(sequence, .getitem) != nil, !vm.is(sequence, .dict), !vm.is(sequence, .mappingProxy) else {
      throw vm.raise(.typeError, "'\(vm.typeName(sequence))' object is not reversible")
    }
    let count = try vm.length(sequence)
    return try make(vm, .reversedIterator, a[0], sequence, Value(small: count - 1))
  }
}
