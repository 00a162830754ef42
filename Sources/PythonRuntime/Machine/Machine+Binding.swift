import PythonBytecode

/// Arguments to parameters: of Python functions in place in the window, of native functions by their signatures. All of Python's
/// messages about arguments are here.
extension VM {
  /// Binds the `count` arguments of a window (the last of them named by `names`) to the parameters of a Python function.
  func bind(_ place: Words, _ function: Words, count: Int, names: Value) throws(Unwind) {
    let filled =
      names.isUnbound
      ? boundCount(place, function, count: count) : quickBind(place, function, count: count, names: names)
    if filled >= 0 { return try clearLocals(place, function, from: filled) }
    try bindAll(place, function, count: count, names: names)
  }

  /// What a code object says about its parameters, taken apart.
  struct ParameterCounts {
    let positional: Int
    let positionalOnly: Int
    let keywordOnly: Int
    let isVariadic: Bool
    let takesKeywords: Bool

    @inline(__always) init(_ code: Words) {
      let counts = code[CodeLayout.counts]
      positional = Int(counts & 0xFFFF)
      positionalOnly = Int(counts >> 16 & 0xFFFF)
      keywordOnly = Int(counts >> 32 & 0xFFFF)
      // `CodeFlags.varargs` and `.varKeywords`: asking those, of another target, costs a call.
      isVariadic = counts >> 48 & 0x4 != 0
      takesKeywords = counts >> 48 & 0x8 != 0
    }

    /// Whether the parameters are `*args, **kwargs`.
    var takesAnything: Bool {
      @inline(__always) get { positional == 0 && keywordOnly == 0 && isVariadic && takesKeywords }
    }

    /// Whether there are parameters beyond the positional ones.
    var hasMore: Bool { @inline(__always) get { keywordOnly > 0 || isVariadic || takesKeywords } }
  }

  /// Binds to parameters of every kind.
  private func bindAll(_ place: Words, _ function: Words, count: Int, names: Value) throws(Unwind) {
    let code = words(function.value(FunctionLayout.code))
    let counts = ParameterCounts(code)
    let positional = counts.positional
    let named = names.isUnbound ? 0 : PyTuple(self, names).count
    let given = count &- named
    let total = positional &+ counts.keywordOnly
    // Named values move out of the way of the parameters.
    let scratch = 3 &+ max(count, total) &+ 4
    try reserveStack(upTo: offsetAddress(place) &+ (scratch &+ named &+ VM.stackSlack) &* 8)
    if named > 0 { place.copy(from: place, at: scratch, sourceIndex: 3 &+ given, count: named) }
    var rest = self[root: .emptyTuple]
    if counts.isVariadic && given > positional {
      rest = try newTuple(from: place, at: 3 &+ positional, count: given &- positional)
    }
    let bound = min(given, positional)
    place.fill(from: 3 &+ bound, count: total &- bound &+ 2, with: Value.unbound.bits)
    let extra = counts.takesKeywords ? try newDict() : .unbound
    if named > 0 {
      // The table that `quickBind` would have made: it takes cells of a size only while that has been asked for here.
      if counts.takesKeywords && total == 0 { try PyDict(self, extra).rebuild(capacity: named) }
      try bindNamed(
        place, function, code, names: names, scratch: scratch, positional: positional, total: total, extra: extra)
    }
    if given > positional && !counts.isVariadic {
      throw raiseTooManyPositional(place, function, code, given: given, positional: positional)
    }
    if bound < positional { try fillDefaults(place, function, code, given: bound, positional: positional) }
    if counts.keywordOnly > 0 {
      try fillKeywordDefaults(place, function, code, positional: positional, total: total)
    }
    var next = 3 &+ total
    if counts.isVariadic {
      place.set(next, rest)
      next &+= 1
    }
    if counts.takesKeywords {
      place.set(next, extra)
      next &+= 1
    }
    try clearLocals(place, function, from: next &- 3)
  }

  @inline(__always) private func offsetAddress(_ place: Words) -> Int { address(ofOffset: Int(ref(place).offset)) }

  /// Clears the registers of a frame to be from `index` on, once there is room on the stack for all of them.
  func clearLocals(_ place: Words, _ function: Words, from index: Int) throws(Unwind) {
    let entry = function[FunctionLayout.entry]
    try reserveStack(upTo: offsetAddress(place) &+ (3 &+ Int(entry >> 32 & 0xFFFF) &+ VM.stackSlack) &* 8)
    let locals = Int(entry >> 48)
    if index < locals { place.fill(from: 3 + index, count: locals - index, with: Value.unbound.bits) }
  }

  private func bindNamed(
    _ place: Words, _ function: Words, _ code: Words, names: Value, scratch: Int, positional: Int, total: Int,
    extra: Value
  ) throws(Unwind) {
    let positionalOnly = Int(code[CodeLayout.counts] >> 16 & 0xFFFF)
    let parameters = PyTuple(self, code.value(CodeLayout.localNames))
    let keywords = PyTuple(self, names)
    var misplaced: [String] = []
    for index in 0..<keywords.count {
      let keyword = keywords[index]
      let value = place.value(scratch + index)
      if let slot = parameterIndex(keyword, parameters, positionalOnly..<total) {
        guard place.value(3 + slot).isUnbound else {
          throw raise(
            .typeError, "\(qualifiedName(function))() got multiple values for argument '\(text(keyword))'")
        }
        place.set(3 + slot, value)
      } else if !extra.isUnbound {
        let dict = PyDict(self, extra)
        try dict.set(name: keyword, value)
      } else if parameterIndex(keyword, parameters, 0..<positionalOnly) != nil {
        misplaced.append(text(keyword))
      } else {
        throw raise(
          .typeError, "\(qualifiedName(function))() got an unexpected keyword argument '\(text(keyword))'")
      }
    }
    if !misplaced.isEmpty {
      throw raise(
        .typeError,
        "\(qualifiedName(function))() got some positional-only arguments passed as keyword arguments: "
          + "'\(misplaced.joined(separator: ", "))'")
    }
  }

  private func parameterIndex(_ keyword: Value, _ parameters: PyTuple, _ range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while index < range.upperBound {
      if parameters[index] == keyword { return index }
      index &+= 1
    }
    for index in range where equalStrings(parameters[index], keyword) { return index }
    return nil
  }

  private func fillDefaults(_ place: Words, _ function: Words, _ code: Words, given: Int, positional: Int)
    throws(Unwind)
  {
    guard given < positional else { return }
    let value = function.value(FunctionLayout.defaults)
    let defaults = value.isRef ? PyTuple(self, value).count : 0
    let firstDefault = max(positional - defaults, 0)
    if given < firstDefault {
      var missing: [String] = []
      for index in given..<firstDefault where place.value(3 + index).isUnbound {
        missing.append(text(PyTuple(self, code.value(CodeLayout.localNames))[index]))
      }
      if !missing.isEmpty { throw raiseMissing(function, missing, "positional") }
    }
    for index in max(given, firstDefault)..<positional where place.value(3 + index).isUnbound {
      place.set(3 + index, PyTuple(self, value)[index - (positional - defaults)])
    }
  }

  private func fillKeywordDefaults(_ place: Words, _ function: Words, _ code: Words, positional: Int, total: Int)
    throws(Unwind)
  {
    let extras = function.value(FunctionLayout.extras)
    let defaults = extras.isRef ? words(extras).value(FunctionExtras.keywordDefaults) : .none
    let parameters = PyTuple(self, code.value(CodeLayout.localNames))
    var missing: [String] = []
    for index in positional..<total where place.value(3 + index).isUnbound {
      if defaults.isRef, let value = PyDict(self, defaults).get(name: parameters[index]) {
        place.set(3 + index, value)
      } else {
        missing.append(text(parameters[index]))
      }
    }
    if !missing.isEmpty { throw raiseMissing(function, missing, "keyword-only") }
  }

  private func raiseMissing(_ function: Words, _ names: [String], _ what: String) -> Unwind {
    let quoted = names.map { "'\($0)'" }
    let list: String
    switch quoted.count {
    case 1: list = quoted[0]
    case 2: list = "\(quoted[0]) and \(quoted[1])"
    default: list = quoted.dropLast().joined(separator: ", ") + ", and \(quoted[quoted.count - 1])"
    }
    return raise(
      .typeError,
      "\(qualifiedName(function))() missing \(names.count) required \(what) argument\(names.count == 1 ? "" : "s"): \(list)")
  }

  private func raiseTooManyPositional(_ place: Words, _ function: Words, _ code: Words, given: Int, positional: Int)
    -> Unwind
  {
    let value = function.value(FunctionLayout.defaults)
    let defaults = value.isRef ? PyTuple(self, value).count : 0
    let total = positional + Int(code[CodeLayout.counts] >> 32 & 0xFFFF)
    var keywordOnlyGiven = 0
    for index in positional..<total where !place.value(3 + index).isUnbound { keywordOnlyGiven += 1 }
    let takes = defaults > 0 ? "from \(positional - defaults) to \(positional)" : "\(positional)"
    let plural = defaults > 0 || positional != 1 ? "s" : ""
    var were = "\(given)"
    if keywordOnlyGiven > 0 {
      were += " positional argument\(given == 1 ? "" : "s") (and \(keywordOnlyGiven) keyword-only argument"
        + "\(keywordOnlyGiven == 1 ? "" : "s"))"
    }
    let verb = given == 1 && keywordOnlyGiven == 0 ? "was" : "were"
    return raise(
      .typeError,
      "\(qualifiedName(function))() takes \(takes) positional argument\(plural) but \(were) \(verb) given")
  }

  /// `function.__qualname__`.
  func qualifiedName(_ function: Words) -> String {
    let extras = function.value(FunctionLayout.extras)
    if extras.isRef, words(extras).value(FunctionExtras.qualifiedName).isRef {
      return text(words(extras).value(FunctionExtras.qualifiedName))
    }
    return text(words(function.value(FunctionLayout.code)).value(CodeLayout.qualifiedName))
  }

  // MARK: Native functions

  /// Calls a native function whose arguments stand in a window.
  func callNative(_ native: Words, _ place: Words, count: Int, names: Value) throws(Unwind) -> Value {
    let receiver = native.value(2)
    var start = place.advanced(by: 3)
    var given = count
    if !receiver.isUnbound {
      // A native function needs no way back: the word before the arguments is free for its receiver.
      place.set(2, receiver)
      start = place.advanced(by: 2)
      given += 1
    }
    let number = native.value(1).int
    if names.isUnbound, let result = try callSimpleNative(number, start, count: given, owner: native.value(4)) {
      return result
    }
    return try callNative(number: number, start, count: given, names: names, native: native)
  }

  /// Calls native function `number` with `count` arguments from `start` on that have to be bound, or checked.
  func callNative(number: Int, _ start: Words, count: Int, names: Value, native: Words) throws(Unwind) -> Value {
    let function = host.natives[number]
    let signature = function.signature
    let end = address(ofOffset: Int(ref(start).offset)) + max(count, signature.positionalCount) * 8
    let savedTop = self[.top]
    self[.top] = max(savedTop, end)
    if end + VM.stackSlack * 8 > self[.stackLimit] { try reserveStack(upTo: end + VM.stackSlack * 8) }
    defer { self[.top] = savedTop }
    try checkReceiver(function, native, start, count)
    let bound = try bindNative(function, start, count: count, names: names, native: native)
    return try function.body(self, bound)
  }

  /// A method that was reached through its class must get an instance of that class.
  private func checkReceiver(_ function: NativeFunction, _ native: Words, _ start: Words, _ count: Int) throws(Unwind) {
    let owner = native.value(4)
    guard owner.isRef else { return }
    if function.binding == .static, function.name == "__new__", count > 0 {
      return try checkMade(start.value(0), owner.ref)
    }
    guard function.binding == .plain else { return }
    if count == 0 {
      let isWrapper = classOf(native) == type(.wrapperDescriptor)
      throw raise(
        .typeError,
        isWrapper
          ? "descriptor '\(function.name)' of '\(className(owner.ref))' object needs an argument"
          : "unbound method \(className(owner.ref)).\(function.name)() needs an argument")
    }
    try checkOwner(native, start.value(0), isCall: true)
  }

  /// What `__new__` of a built-in type is to make must be a class of that kind.
  private func checkMade(_ cls: Value, _ owner: Ref) throws(Unwind) {
    if canMake(cls, with: owner) { return }
    let name = className(owner)
    guard self.is(cls, .class) else {
      throw raise(.typeError, "\(name).__new__(X): X is not a type object (\(typeName(cls)))")
    }
    let given = className(cls.ref)
    throw raise(.typeError, "\(name).__new__(\(given)): \(given) is not a subtype of \(name)")
  }

  /// What a descriptor of a built-in type is given must be an instance of that type.
  func checkOwner(_ native: Words, _ receiver: Value, isCall: Bool = false) throws(Unwind) {
    let owner = native.value(4)
    guard owner.isRef else { return }
    let type = classOf(receiver)
    if type == owner.ref || isSubclass(type, owner.ref) { return }
    let name = host.natives[native.value(1).int].name
    let isWrapper = isCall && classOf(native) == self.type(.wrapperDescriptor)
    throw raise(
      .typeError,
      isWrapper
        ? "descriptor '\(name)' requires a '\(className(owner.ref))' object but received a '\(typeName(receiver))'"
        : "descriptor '\(name)' for '\(className(owner.ref))' objects doesn't apply to a '\(typeName(receiver))' object")
  }

  /// Binds what is not simple: names, `*args`, `**kwargs`, wrong counts. The bound arguments lie above the used stack.
  private func bindNative(_ function: NativeFunction, _ start: Words, count: Int, names: Value, native: Words)
    throws(Unwind) -> Arguments
  {
    let owner = native.value(4)
    let signature = function.signature
    let named = names.isUnbound ? 0 : PyTuple(self, names).count
    let given = count - named
    let total = signature.parameters.count
    let slots = self[.top]
    self[.top] = slots + (total + 2) * 8
    try reserveStack(upTo: slots + (total + 2 + VM.stackSlack) * 8)
    let bound = stackWord(slots)
    bound.fill(from: 0, count: total + 2, with: Value.unbound.bits)
    let receiverCount = owner.isRef && (function.binding != .static || function.name == "__new__") ? 1 : 0
    if given > signature.positionalCount && !signature.hasVariadic {
      throw raiseNativeArity(function, native, given: given - receiverCount, named: named, receiver: receiverCount)
    }
    if named > 0, !isForOwnInitializer(function, owner, start) {
      try checkCount(function, owner, given: given - receiverCount, named: named, receiver: receiverCount)
    }
    let direct = min(given, signature.positionalCount)
    bound.copy(from: start, at: 0, sourceIndex: 0, count: direct)
    // `*args` stands between the positional and the keyword-only parameters, `**kwargs` last, as they are written.
    let afterVariadic = signature.hasVariadic ? 1 : 0
    func place(_ parameter: Int) -> Int {
      parameter < signature.positionalCount ? parameter : parameter + afterVariadic
    }
    var end = total + afterVariadic
    if signature.hasVariadic {
      bound.set(signature.positionalCount, try newTuple(from: start, at: direct, count: given - direct))
    }
    if signature.hasKeywordVariadic {
      bound.set(end, try newDict())
      end += 1
    }
    for index in 0..<named {
      let keyword = PyTuple(self, names)[index]
      let word = text(keyword)
      let value = start.value(given + index)
      let slot = (signature.positionalOnlyCount..<total).first { signature.parameters[$0].name == word }
      if let slot {
        guard bound.value(place(slot)).isUnbound else {
          throw raise(
            .typeError, "argument for \(shownName(function, owner))() given by name ('\(word)') and position (\(slot + 1 - receiverCount))")
        }
        bound.set(place(slot), value)
      } else if signature.hasKeywordVariadic {
        try PyDict(self, bound.value(end - 1)).set(name: keyword, value)
      } else if max(signature.positionalOnlyCount, receiverCount) == total {
        if isForOwnInitializer(function, owner, start) { continue }
        throw raise(.typeError, "\(qualifiedName(function, native))() takes no keyword arguments")
      } else {
        let shown = function.name == "sorted" ? "sort" : shownName(function, owner)
        throw raise(.typeError, "'\(word)' is an invalid keyword argument for \(shown)()")
      }
    }
    try fillFallbacks(bound, function, native, given: given, named: named, receiver: receiverCount)
    return Arguments(words: bound, count: end)
  }

  /// Gives missing arguments what their parameters have for them, or says what is missing.
  private func fillFallbacks(
    _ bound: Words, _ function: NativeFunction, _ native: Words, given: Int, named: Int, receiver: Int
  ) throws(Unwind) {
    let signature = function.signature
    let owner = native.value(4)
    let afterVariadic = signature.hasVariadic ? 1 : 0
    for index in signature.parameters.indices {
      let place = index < signature.positionalCount ? index : index + afterVariadic
      guard bound.value(place).isUnbound else { continue }
      switch signature.parameters[index].fallback {
      case .value(let value): bound.set(place, value)
      case .absent: break
      case .required:
        if index < signature.positionalOnlyCount || signature.parameters[index].name == "self" {
          throw raiseNativeArity(function, native, given: given - receiver, named: named, receiver: receiver)
        }
        throw raise(
          .typeError,
          "\(shownName(function, owner))() missing required argument '\(signature.parameters[index].name)' (pos \(index + 1 - receiver))")
      }
    }
  }

  /// More arguments than there are parameters are counted before any of them is looked at.
  private func checkCount(
    _ function: NativeFunction, _ owner: Value, given: Int, named: Int, receiver: Int
  ) throws(Unwind) {
    let signature = function.signature
    let total = signature.parameters.count
    let accepted = signature.hasVariadic ? total - signature.positionalCount : total - receiver
    let positional = signature.hasVariadic ? 0 : given
    guard positional + named > accepted, accepted > 0, !signature.hasKeywordVariadic,
      signature.positionalOnlyCount < total
    else { return }
    let word = signature.requiredPositionalCount - receiver == accepted ? "exactly" : "at most"
    throw raise(
      .typeError,
      "\(shownName(function, owner))() takes \(word) \(accepted) \(positional == 0 ? "keyword " : "")argument"
        + "\(accepted == 1 ? "" : "s") (\(positional + named) given)")
  }

  /// Whether a class of a program takes keywords that its built-in base's `__new__` has to overlook: for its own `__init__`.
  private func isForOwnInitializer(_ function: NativeFunction, _ owner: Value, _ start: Words) -> Bool {
    guard function.name == "__new__", owner.isRef, self.is(start.value(0), .class) else { return false }
    return lookupSpecial(class: start.value(0).ref, .`init`) != lookupSpecial(class: owner.ref, .`init`)
  }
}
