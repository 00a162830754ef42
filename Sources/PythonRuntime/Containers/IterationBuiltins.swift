/// The functions of module builtins that walk over iterables.
enum IterationBuiltins {
  static let functions: [NativeFunction] = [
    NativeFunction("len", "obj, /", { (vm, a) throws(Unwind) in Value(small: try vm.length(a[0])) },
      doc: "Return the number of items in a container."),
    NativeFunction("sum", "iterable, /, start=0", sum,
      doc: """
        Return the sum of a 'start' value (default: 0) plus an iterable of numbers

        When the iterable is empty, return the start value.
        This function is intended specifically for use with numeric values and may
        reject non-numeric types.
        """),
    NativeFunction(
      "min", "*args, key=None, default=", { (vm, a) throws(Unwind) in try extreme(vm, a, "min", .less) },
      doc: """
        min(iterable, *[, default=obj, key=func]) -> value
        min(arg1, arg2, *args, *[, key=func]) -> value

        With a single iterable argument, return its smallest item. The
        default keyword-only argument specifies an object to return if
        the provided iterable is empty.
        With two or more arguments, return the smallest argument.
        """),
    NativeFunction(
      "max", "*args, key=None, default=", { (vm, a) throws(Unwind) in try extreme(vm, a, "max", .greater) },
      doc: """
        max(iterable, *[, default=obj, key=func]) -> value
        max(arg1, arg2, *args, *[, key=func]) -> value

        With a single iterable argument, return its biggest item. The
        default keyword-only argument specifies an object to return if
        the provided iterable is empty.
        With two or more arguments, return the largest argument.
        """),
    NativeFunction("any", "iterable, /", { (vm, a) throws(Unwind) in try quantified(vm, a[0], endsAt: true) },
      doc: """
        Return True if bool(x) is True for any x in the iterable.

        If the iterable is empty, return False.
        """),
    NativeFunction("all", "iterable, /", { (vm, a) throws(Unwind) in try quantified(vm, a[0], endsAt: false) },
      doc: """
        Return True if bool(x) is True for all values x in the iterable.

        If the iterable is empty, return True.
        """),
    NativeFunction("sorted", "iterable, /, *, key=None, reverse=False", sorted,
      doc: """
        Return a new list containing all items from the iterable in ascending order.

        A custom key function can be supplied to customize the sort order, and the
        reverse flag can be set to request the result in descending order.
        """),
    NativeFunction("iter", "object, sentinel=, /", iter,
      doc: """
        iter(iterable) -> iterator
        iter(callable, sentinel) -> iterator

        Get an iterator from an object.  In the first form, the argument must
        supply its own iterator, or be a sequence.
        In the second form, the callable is called until it returns the sentinel.
        """),
    NativeFunction("next", "iterator, default=, /", next,
      doc: """
        next(iterator[, default])

        Return the next item from the iterator. If default is given and the iterator
        is exhausted, it is returned instead of raising StopIteration.
        """),
  ]

  static func iter(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound { return try vm.makeIterator(a[0]) }
    guard vm.isCallable(a[0]) else { throw vm.raise(.typeError, "iter(v, w): v must be callable") }
    return try vm.newRecord(.callIterator, .callableIterator, a[0], a[1])
  }

  static func next(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let iterator = a[0]
    if iterator.isRef, a[1].isUnbound {
      let object = vm.words(iterator)
      if !object.kind.isBuiltinIterator || object.hasFlag(ObjectFlags.hasDict) {
        // As it is: its StopIteration may carry a value.
        guard let method = vm.lookupSpecial(iterator, .next) else { throw notIterator(vm, iterator) }
        return try vm.callBound(method, iterator)
      }
    }
    guard vm.lookupSpecial(iterator, .next) != nil else { throw notIterator(vm, iterator) }
    if let item = try vm.next(iterator) { return item }
    if a[1].isUnbound { throw vm.raise(.stopIteration, arguments: []) }
    return a[1]
  }

  private static func notIterator(_ vm: VM, _ value: Value) -> Unwind {
    vm.raise(.typeError, "'\(vm.typeName(value))' object is not an iterator")
  }

  static func sorted(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let list = try vm.newList()
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(list)
    try vm.listExtend(list, a[0])
    try vm.listSort(list, key: a[1], reverse: vm.truthOfFlag(a[2]))
    return list
  }

  static func quantified(_ vm: VM, _ iterable: Value, endsAt stop: Bool) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let iterator = try vm.makeIterator(iterable)
    vm.keep(iterator)
    let inner = vm.keepMark()
    var count = 0
    while let item = try vm.next(iterator) {
      vm.keep(item)
      if try vm.truth(item) == stop { return Value(stop) }
      vm.keepRelease(inner)
      count &+= 1
      if count & 63 == 0 { try vm.charge(32) }
    }
    return Value(!stop)
  }

  // MARK: min and max

  private static func extreme(_ vm: VM, _ a: Arguments, _ name: String, _ op: Comparison) throws(Unwind) -> Value {
    let arguments = PyTuple(vm, a[0])
    let key = a[1]
    guard arguments.count > 0 else { throw vm.raise(.typeError, "\(name) expected at least 1 argument, got 0") }
    if arguments.count > 1 {
      guard a[2].isUnbound else {
        throw vm.raise(.typeError, "Cannot specify a default for \(name)() with multiple positional arguments")
      }
      if arguments.count == 2, key.isNone, arguments[0].isInt, arguments[1].isInt {
        let takesSecond =
          op == .less ? arguments[1].int < arguments[0].int : arguments[1].int > arguments[0].int
        return takesSecond ? arguments[1] : arguments[0]
      }
    }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let iterator = try vm.makeIterator(arguments.count == 1 ? arguments[0] : a[0])
    vm.keep(iterator)
    // The best item and its key stay in these two words of the stack.
    let best = try vm.newTuple(.unbound, .unbound)
    vm.keep(best)
    let kept = PyTuple(vm, best)
    let inner = vm.keepMark()
    var count = 0
    while let item = try vm.next(iterator) {
      count &+= 1
      if count & 63 == 0 { try vm.charge(32) }
      var value = item
      if !key.isNone {
        vm.keep(item)
        value = try vm.call(key, item)
        vm.keep(value)
      }
      let current = kept[1]
      let isBetter: Bool
      if value.isInt && current.isInt {
        isBetter = op == .less ? value.int < current.int : value.int > current.int
      } else if current.isUnbound {
        isBetter = true
      } else {
        vm.keep(value)
        isBetter = try vm.truth(vm.compare(op, value, current))
      }
      if isBetter {
        kept[0] = item
        kept[1] = value
      }
      vm.keepRelease(inner)
    }
    if !kept[0].isUnbound { return kept[0] }
    if !a[2].isUnbound { return a[2] }
    throw vm.raise(.valueError, "\(name)() arg is an empty sequence")
  }

  // MARK: sum

  static func sum(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    switch vm.kind(a[1]) {
    case .string: throw vm.raise(.typeError, "sum() can't sum strings [use ''.join(seq) instead]")
    case .bytes: throw vm.raise(.typeError, "sum() can't sum bytes [use b''.join(seq) instead]")
    case .bytearray: throw vm.raise(.typeError, "sum() can't sum bytearray [use b''.join(seq) instead]")
    default: break
    }
    let iterator = try vm.makeIterator(a[0])
    vm.keep(iterator)
    var total = a[1]
    var count = 0
    // Integers, then floats, then anything: each phase ends with an item that it can't add.
    var item: Value?
    if total.isInt {
      var sum = total.int
      while true {
        item = try vm.next(iterator)
        count &+= 1
        if count & 63 == 0 { try vm.charge(32) }
        guard let number = item, number.isInt else {
          if let number = item, number.isBool {
            sum &+= number == .true ? 1 : 0
            continue
          }
          break
        }
        let (next, overflow) = sum.addingReportingOverflow(number.int)
        if overflow { break }
        sum = next
      }
      total = try vm.integer(sum)
      guard let number = item else { return total }
      total = try added(vm, total, number)
    }
    if let start = vm.plainDouble(total) {
      var sum = start
      while true {
        item = try vm.next(iterator)
        count &+= 1
        if count & 63 == 0 { try vm.charge(32) }
        guard let number = item else { return try vm.float(sum) }
        if let double = vm.plainDouble(number) {
          sum += double
        } else if number.isInt {
          sum += Double(number.int)
        } else {
          break
        }
      }
      guard let number = item else { return try vm.float(sum) }
      total = try added(vm, vm.float(sum), number)
    }
    let inner = vm.keepMark()
    while true {
      vm.keep(total)
      guard let number = try vm.next(iterator) else { return total }
      total = try added(vm, total, number)
      vm.keepRelease(inner)
      try vm.charge(1)
    }
  }

  private static func added(_ vm: VM, _ total: Value, _ item: Value) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(total)
    vm.keep(item)
    return try vm.binary(.add, total, item)
  }
}

extension VM {
  /// A float's number; nil for instances of subclasses and for other values.
  @inline(__always) func plainDouble(_ value: Value) -> Double? {
    if value.isInlineFloat { return value.inlineFloat }
    return isPlain(value, .float) ? Double(bitPattern: words(value)[1]) : nil
  }
}
