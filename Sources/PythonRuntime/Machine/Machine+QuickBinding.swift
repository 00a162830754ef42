import PythonBytecode

/// Arguments that the loop binds itself, for the calls that most programs make: some defaults, `*args` and `**kwargs` that are packed, and the two
/// spread again. Nothing here raises or collects, and cells come from the runs in use only, so the registers need not be saved; what cannot be
/// done that way is left to `bind`.
extension VM {
  /// How many of a Python function's registers are filled by the `count` arguments of a window, once they are bound; negative when `bind` must do it,
  /// and nothing has happened.
  @inline(__always) func boundCount(_ place: Words, _ function: Words, count: Int) -> Int {
    // Said to be likely, so that the loop keeps its registers where they are.
    if _fastPath(function.low(1) == count) { return count }
    return quickBind(place, function, count: count, names: .unbound)
  }

  /// The same for arguments of which the last ones are named by `names` (a tuple, or unbound).
  @inline(never) func quickBind(_ place: Words, _ function: Words, count: Int, names: Value) -> Int {
    let counts = ParameterCounts(words(function.value(FunctionLayout.code)))
    let named = names.isUnbound ? 0 : PyTuple(self, names).count
    let given = count &- named
    let positional = counts.positional
    // Beyond the slack, room on the stack must be asked for first.
    guard counts.keywordOnly == 0, positional < VM.stackSlack / 2, given <= positional || counts.isVariadic,
      named == 0 || counts.takesKeywords && positional == 0,
      given >= positional || fillLast(positional &- given, of: positional, place, function)
    else { return -1 }
    var rest = self[root: .emptyTuple]
    if given > positional { rest = quickTuple(place, 3 &+ positional, count: given &- positional) }
    var extra = Value.none
    if counts.takesKeywords { extra = named == 0 ? quickDict() : quickDict(names, place, from: 3 &+ given) }
    if rest.isUnbound || extra.isUnbound { return -1 }
    var filled = positional
    if counts.isVariadic {
      place.set(3 &+ filled, rest)
      filled &+= 1
    }
    if counts.takesKeywords {
      place.set(3 &+ filled, extra)
      filled &+= 1
    }
    return filled
  }

  /// Binds `f(*tuple, **dict)`, which stand in the window, and answers as `boundCount` does.
  @inline(never) func quickSpread(_ place: Words) -> Int {
    let (callee, rest, extra) = (place.value(0), place.value(3), place.value(4))
    guard self.is(callee, .function), isPlainly(rest, .tuple), extra.isNone || isPlainly(extra, .dict) else {
      return -1
    }
    let tuple = PyTuple(self, rest)
    let given = tuple.count
    guard given < VM.stackSlack / 2 else { return -1 }
    let isNamed = !extra.isNone && PyDict(self, extra).count > 0
    if isNamed, case let counts = ParameterCounts(words(words(callee).value(FunctionLayout.code))), counts.takesAnything
    {
      let copies = (given == 0 ? rest : quickTuple(tuple.words, 2, count: given), quickCopy(PyDict(self, extra)))
      if copies.0.isUnbound || copies.1.isUnbound { return -1 }
      place.set(3, copies.0)
      place.set(4, copies.1)
      return 2
    }
    var index = 0
    while index < given {
      place.set(3 &+ index, tuple[index])
      index &+= 1
    }
    let filled =
      isNamed
      ? bindNames(PyDict(self, extra), place, words(callee), given: given)
      : boundCount(place, words(callee), count: given)
    if filled < 0 {
      place.set(3, rest)
      place.set(4, extra)
    }
    return filled
  }

  /// Binds a dict's entries to positional parameters behind the first `given`, each of which gets one argument at most.
  @inline(__always)
  private func bindNames(_ dict: PyDict, _ place: Words, _ function: Words, given: Int) -> Int {
    let code = words(function.value(FunctionLayout.code))
    let counts = ParameterCounts(code)
    guard !counts.hasMore, given <= counts.positional, counts.positional < VM.stackSlack / 2 else { return -1 }
    let names = PyTuple(self, code.value(CodeLayout.localNames))
    var parameter = given
    while parameter < counts.positional {
      place.set(3 &+ parameter, .unbound)
      parameter &+= 1
    }
    let firstFree = max(given, counts.positionalOnly)
    let table = dict.table()
    var entry = 0
    while entry < dict.entryCount {
      let key = table.key(entry)
      if !key.isUnbound {
        parameter = firstFree
        while parameter < counts.positional, names[parameter] != key { parameter &+= 1 }
        if parameter >= counts.positional { return -1 }
        place.set(3 &+ parameter, table.value(entry))
      }
      entry &+= 1
    }
    let defaults = function.value(FunctionLayout.defaults)
    let firstDefault = counts.positional &- (defaults.isRef ? PyTuple(self, defaults).count : 0)
    parameter = given
    while parameter < counts.positional {
      if place.value(3 &+ parameter).isUnbound {
        if parameter < firstDefault { return -1 }
        place.set(3 &+ parameter, PyTuple(self, defaults)[parameter &- firstDefault])
      }
      parameter &+= 1
    }
    return counts.positional
  }

  /// Gives the last `missing` of the positional parameters their defaults; false when there are not that many.
  @inline(__always)
  private func fillLast(_ missing: Int, of positional: Int, _ place: Words, _ function: Words) -> Bool {
    let value = function.value(FunctionLayout.defaults)
    guard value.isRef, case let defaults = PyTuple(self, value), missing <= defaults.count else { return false }
    var left = missing
    while left > 0 {
      place.set(3 &+ positional &- left, defaults[defaults.count &- left])
      left &-= 1
    }
    return true
  }

  // MARK: Cells of the runs in use; unbound when there is none

  /// A tuple of `count` consecutive words, at least one.
  @inline(__always) private func quickTuple(_ source: Words, _ start: Int, count: Int) -> Value {
    guard count < VM.stackSlack / 2, let ref = quickCell((count &+ 2) &* 8) else { return .unbound }
    let tuple = words(ref)
    tuple[0] = header(.tuple, class: type(.tuple))
    tuple[1] = UInt64(truncatingIfNeeded: count)
    var index = 0
    while index < count {
      tuple[index &+ 2] = source[start &+ index]
      index &+= 1
    }
    return Value(ref)
  }

  @inline(__always) private func quickDict() -> Value {
    guard let ref = quickCell(32) else { return .unbound }
    let dict = words(ref)
    dict[0] = header(.dict, class: type(.dict))
    dict[1] = 0
    dict[2] = 0
    dict[3] = 0
    return Value(ref)
  }

  /// A dict of keywords, which are different strings; their values stand from `start` on.
  private func quickDict(_ names: Value, _ place: Words, from start: Int) -> Value {
    let keys = PyTuple(self, names)
    let count = keys.count
    guard count <= DictTable.smallCapacity, case let dict = quickDict(), !dict.isUnbound,
      let ref = quickCell(DictTable.smallWords(count) &* 8)
    else { return .unbound }
    let table = DictTable(words: words(ref))
    table.clear(capacity: count, slots: DictTable.smallSlots)
    for index in 0..<count {
      table.append(keys[index], place.value(start &+ index), hash: stringHash(keys[index]), entry: index)
    }
    PyDict(self, dict).adopt(ref, entries: count)
    return dict
  }

  /// A copy of a small dict of names from which nothing was deleted, with no room for more.
  private func quickCopy(_ dict: PyDict) -> Value {
    let (table, count) = (dict.table(), dict.count)
    guard table.mask == DictTable.smallSlots &- 1, count == dict.entryCount else { return .unbound }
    for entry in 0..<count where !isString(table.key(entry)) { return .unbound }
    guard case let copy = quickDict(), !copy.isUnbound, let ref = quickCell(DictTable.smallWords(count) &* 8) else {
      return .unbound
    }
    let fresh = DictTable(words: words(ref))
    fresh.clear(capacity: count, slots: DictTable.smallSlots)
    for entry in 0..<count {
      fresh.append(table.key(entry), table.value(entry), hash: table.hash(entry), entry: entry)
    }
    PyDict(self, copy).adopt(ref, entries: count)
    return copy
  }
}
