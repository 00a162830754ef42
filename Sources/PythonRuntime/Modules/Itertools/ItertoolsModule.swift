/// Module `itertools`.
enum ItertoolsModule {
  static let module = NativeModule("itertools", functions) { (vm, dict) throws(Unwind) in
    for type in types where type.wellKnown != .itertoolsTeeDataobject && type.wellKnown != .itertoolsGrouper {
      if type.name == "_tee" { continue }
      try dict.set(name: vm.intern(type.name), Value(vm.type(type.wellKnown)))
    }
    try dict.set(name: vm.intern("_grouper"), Value(vm.type(.itertoolsGrouper)))
    try dict.set(name: vm.intern("_tee"), Value(vm.type(.itertoolsTee)))
    try dict.set(name: vm.intern("_tee_dataobject"), Value(vm.type(.itertoolsTeeDataobject)))
  }

  static let functions = [NativeFunction("tee", "iterable, n=2, /", tee)]

  static let types: [NativeType] = [
    tool(.itertoolsAccumulate, "accumulate", "cls, iterable, func=None, *, initial=None") { (vm, a) throws(Unwind) in
      let iterator = try vm.makeIterator(a[1])
      return try vm.newItertool(.accumulate, a[0].ref, iterator, a[2], .unbound, a[3].isNone ? .unbound : a[3])
    },
    tool(
      .itertoolsChain, "chain", "cls, *iterables",
      extra: [
        NativeFunction(
          "from_iterable", "cls, iterable, /",
          { (vm, a) throws(Unwind) in
            let iterator = try vm.makeIterator(a[1])
            return try vm.newItertool(.chain, a[0].ref, iterator, .none)
          }, binding: .class),
        NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
      ]
    ) { (vm, a) throws(Unwind) in
      try vm.newItertool(.chain, a[0].ref, vm.makeIterator(a[1]), .none)
    },
    tool(.itertoolsCombinations, "combinations", "cls, iterable, r") { (vm, a) throws(Unwind) in
      try arrangement(vm, a, .combinations)
    },
    tool(
      .itertoolsCombinationsWithReplacement, "combinations_with_replacement", "cls, iterable, r"
    ) { (vm, a) throws(Unwind) in try arrangement(vm, a, .combinationsWithReplacement) },
    tool(.itertoolsCompress, "compress", "cls, data, selectors") { (vm, a) throws(Unwind) in
      a[1] = try vm.makeIterator(a[1])
      a[2] = try vm.makeIterator(a[2])
      return try vm.newItertool(.compress, a[0].ref, a[1], a[2])
    },
    tool(.itertoolsCount, "count", "cls, start=0, step=1", extra: countRows) { (vm, a) throws(Unwind) in
      for index in 1...2 where !vm.isNumber(a[index]) { throw vm.raise(.typeError, "a number is required") }
      return try vm.newItertool(.count, a[0].ref, a[1], a[2])
    },
    tool(.itertoolsCycle, "cycle", "cls, iterable, /") { (vm, a) throws(Unwind) in
      a[1] = try vm.makeIterator(a[1])
      return try vm.newItertool(.cycle, a[0].ref, a[1], vm.newList(), .zero)
    },
    tool(.itertoolsDropwhile, "dropwhile", "cls, predicate, iterable, /") { (vm, a) throws(Unwind) in
      try vm.newItertool(.dropwhile, a[0].ref, a[1], vm.makeIterator(a[2]), .false)
    },
    tool(.itertoolsFilterfalse, "filterfalse", "cls, function, iterable, /") { (vm, a) throws(Unwind) in
      try vm.newItertool(.filterfalse, a[0].ref, a[1], vm.makeIterator(a[2]))
    },
    tool(.itertoolsGroupby, "groupby", "cls, iterable, key=None") { (vm, a) throws(Unwind) in
      try vm.newItertool(
        .groupby, a[0].ref, vm.makeIterator(a[1]), a[2], .unbound, .unbound, .unbound, .unbound)
    },
    tool(.itertoolsGrouper, "_grouper", "cls, parent, tgtkey, /") { (vm, a) throws(Unwind) in
      guard vm.isInstance(a[1], .itertoolsGroupby) else {
        throw vm.raise(.typeError, "_grouper() argument 1 must be itertools.groupby, not \(vm.typeName(a[1]))")
      }
      let group = try vm.newItertool(.grouper, a[0].ref, a[1], a[2])
      vm.words(a[1]).set(7, group)
      return group
    },
    tool(.itertoolsIslice, "islice", "cls, iterable, *args", slice),
    tool(.itertoolsPairwise, "pairwise", "cls, iterable, /") { (vm, a) throws(Unwind) in
      try vm.newItertool(.pairwise, a[0].ref, vm.makeIterator(a[1]), .unbound)
    },
    tool(.itertoolsPermutations, "permutations", "cls, iterable, r=None") { (vm, a) throws(Unwind) in
      a[1] = try vm.tupleFromIterable(a[1])
      var length = PyTuple(vm, a[1]).count
      if !a[2].isNone {
        guard vm.is(a[2], .int) || a[2].isInt || a[2].isBool else { throw vm.raise(.typeError, "Expected int as r") }
        length = try vm.indexAsInt(a[2], overflow: .overflowError)
        if length < 0 { throw vm.raise(.valueError, "r must be non-negative") }
      }
      return try vm.newItertool(.permutations, a[0].ref, a[1], .none, Value(small: length), .false, .none)
    },
    tool(.itertoolsProduct, "product", "cls, *iterables, repeat=1") { (vm, a) throws(Unwind) in
      let times = try vm.indexAsInt(a[2], overflow: .overflowError)
      if times < 0 { throw vm.raise(.valueError, "repeat argument cannot be negative") }
      let sources = PyTuple(vm, a[1])
      let pools = try vm.newTuple(count: sources.count)
      a[2] = pools
      if times > 0 {
        for index in 0..<sources.count { PyTuple(vm, pools)[index] = try vm.tupleFromIterable(sources[index]) }
      }
      return try vm.newItertool(.product, a[0].ref, vm.tupleRepeated(pools, times), .none, .false)
    },
    tool(.itertoolsRepeat, "repeat", "cls, object, times=", extra: repeatRows) { (vm, a) throws(Unwind) in
      let times = a[2].isUnbound ? -1 : max(0, try vm.indexAsInt(a[2], overflow: .overflowError))
      return try vm.newItertool(.repeat, a[0].ref, a[1], Value(small: min(times, Value.maxSmall)))
    },
    tool(.itertoolsStarmap, "starmap", "cls, function, iterable, /") { (vm, a) throws(Unwind) in
      try vm.newItertool(.starmap, a[0].ref, a[1], vm.makeIterator(a[2]))
    },
    tool(.itertoolsTakewhile, "takewhile", "cls, predicate, iterable, /") { (vm, a) throws(Unwind) in
      try vm.newItertool(.takewhile, a[0].ref, a[1], vm.makeIterator(a[2]), .false)
    },
    tool(
      .itertoolsTee, "_tee", "cls, iterable, /", isSubclassable: false,
      extra: [
        NativeFunction("__copy__", "self, /", { (vm, a) throws(Unwind) in try teeCopy(vm, a[0]) })
      ]
    ) { (vm, a) throws(Unwind) in
      if vm.isExactly(a[1], .itertoolsTee) { return try teeCopy(vm, a[1]) }
      return try vm.newItertool(.tee, a[0].ref, vm.newTeeLink(vm.makeIterator(a[1])), .zero)
    },
    NativeType(
      .itertoolsTeeDataobject, "_tee_dataobject", kind: .record, isSubclassable: false, module: "itertools", []),
    tool(.itertoolsZipLongest, "zip_longest", "cls, *iterables, fillvalue=None") { (vm, a) throws(Unwind) in
      let sources = PyTuple(vm, a[1])
      let iterators = try vm.newTuple(count: sources.count)
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      vm.keep(iterators)
      for index in 0..<sources.count { PyTuple(vm, iterators)[index] = try vm.makeIterator(sources[index]) }
      return try vm.newItertool(.zipLongest, a[0].ref, iterators, Value(small: sources.count), a[2])
    },
  ]

  private static func tool(
    _ known: WellKnown, _ name: String, _ signature: String, isSubclassable: Bool = true,
    extra: [NativeFunction] = [], _ new: @escaping NativeFunction.Body
  ) -> NativeType {
    NativeType(
      known, name, kind: .itertool, isSubclassable: isSubclassable, module: "itertools",
      [NativeFunction("__new__", signature, new, binding: .static)] + IteratorTypes.common(.itertool)
        + ItertoolReducing.rows(known) + extra)
  }

  private static func arrangement(_ vm: VM, _ a: Arguments, _ tool: Itertool) throws(Unwind) -> Value {
    a[1] = try vm.tupleFromIterable(a[1])
    let length = try vm.indexAsInt(a[2], overflow: .overflowError)
    if length < 0 { throw vm.raise(.valueError, "r must be non-negative") }
    return try vm.newItertool(tool, a[0].ref, a[1], .none, Value(small: length), .false)
  }

  private static func slice(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let arguments = PyTuple(vm, a[2])
    guard arguments.count >= 1 else { throw vm.raise(.typeError, "islice expected at least 2 arguments, got 1") }
    guard arguments.count <= 3 else {
      throw vm.raise(.typeError, "islice expected at most 4 arguments, got \(arguments.count + 1)")
    }
    func number(_ index: Int, missing: Int, _ message: String) throws(Unwind) -> Int {
      guard index < arguments.count, !arguments[index].isNone else { return missing }
      let value = arguments[index]
      guard vm.hasIndex(value), let int = vm.asInt(try vm.index(value)), int >= 0 else {
        throw vm.raise(.valueError, message)
      }
      return min(int, Value.maxSmall)
    }
    let range = " must be None or an integer: 0 <= x <= sys.maxsize."
    var start = 0
    var stop: Int
    if arguments.count == 1 {
      stop = try number(0, missing: -1, "Stop argument for islice()\(range)")
    } else {
      stop = try number(1, missing: -1, "Stop argument for islice()\(range)")
      start = try number(0, missing: 0, "Indices for islice()\(range)")
    }
    let stepMessage = "Step for islice() must be a positive integer or None."
    let step = try number(2, missing: 1, stepMessage)
    guard step > 0 else { throw vm.raise(.valueError, stepMessage) }
    let iterator = try vm.makeIterator(a[1])
    return try vm.newItertool(
      .islice, a[0].ref, iterator, Value(small: start), Value(small: stop), Value(small: step), .zero)
  }

  private static let countRows = [
    NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      var out = Array("\(vm.typeName(a[0]))(".utf8)
      vm.text(of: try vm.repr(state.value(2)), into: &out)
      if state.value(3) != Value(small: 1) {
        out += [0x2C, 0x20]
        vm.text(of: try vm.repr(state.value(3)), into: &out)
      }
      out.append(0x29)
      return try vm.newString(utf8: out)
    }),
    NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      let isPlain = state.value(3) == Value(small: 1)
      let arguments = isPlain ? try vm.newTuple(state.value(2)) : try vm.newPair(state.value(2), state.value(3))
      return try vm.newPair(Value(vm.classOf(a[0])), arguments)
    }),
  ]

  private static let repeatRows = [
    NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      var out = Array("\(vm.typeName(a[0]))(".utf8)
      vm.text(of: try vm.repr(state.value(2)), into: &out)
      if state.value(3).int >= 0 { out += Array(", \(state.value(3).int)".utf8) }
      out.append(0x29)
      return try vm.newString(utf8: out)
    }),
    NativeFunction("__length_hint__", "self, /", { (vm, a) throws(Unwind) in
      let left = vm.words(a[0]).value(3)
      if left.int < 0 { throw vm.raise(.typeError, "len() of unsized object") }
      return left
    }),
    NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
      let state = vm.words(a[0])
      let isEndless = state.value(3).int < 0
      let arguments = isEndless ? try vm.newTuple(state.value(2)) : try vm.newPair(state.value(2), state.value(3))
      return try vm.newPair(Value(vm.classOf(a[0])), arguments)
    }),
  ]

  /// Another iterator at the same place.
  private static func teeCopy(_ vm: VM, _ tee: Value) throws(Unwind) -> Value {
    let state = vm.words(tee)
    return try vm.newItertool(.tee, vm.type(.itertoolsTee), state.value(2), state.value(3))
  }

  static func tee(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let count = try vm.indexAsInt(a[1], overflow: .overflowError)
    if count < 0 { throw vm.raise(.valueError, "n must be >= 0") }
    if count == 0 { return vm[root: .emptyTuple] }
    try vm.charge(count)
    a[0] = try vm.makeIterator(a[0])
    let result = try vm.newTuple(count: count)
    a[1] = result
    let type = vm.type(.itertoolsTee)
    var link = Value.none
    var position = Value.zero
    if vm.is(a[0], .itertool), vm.classOf(a[0]) == type {
      link = vm.words(a[0]).value(2)
      position = vm.words(a[0]).value(3)
      PyTuple(vm, result)[0] = a[0]
    } else {
      link = try vm.newTeeLink(a[0])
      PyTuple(vm, result)[0] = try vm.newItertool(.tee, type, link, position)
    }
    for index in 1..<max(count, 1) { PyTuple(vm, result)[index] = try vm.newItertool(.tee, type, link, position) }
    return result
  }
}

extension VM {
  /// Whether a value has a number's methods (what CPython calls a number).
  func isNumber(_ value: Value) -> Bool {
    if value.isInt || value.isInlineFloat || value.isBool { return true }
    switch kind(value) {
    case .int, .float, .complex: return true
    default:
      return lookupSpecial(value, .index) != nil || lookupSpecial(value, .int) != nil
        || lookupSpecial(value, .float) != nil
    }
  }
}
