import PythonBytecode

/// Objects that have something to be told at their end: instances with `__del__`, generators that stand in a `try`, coroutines that nobody
/// awaited, and whatever has weak references.
///
/// CPython counts references, so there an object ends at once when its last reference goes. Here a program that has
/// such objects is *attentive*: it runs in the observed loop, and before each statement it is asked whether all of them can
/// still be reached. That is found by marking from the nearest roots outward, until the last of them was met; only when one was not met is
/// everything marked, and the garbage counted as CPython would have (`EndedObjects`). The share of the work that this takes is
/// bounded, in ticks, so it is the same on every machine; beyond it objects end when memory is collected.
///
/// Objects that ended wait in the list `endedObjects` (pairs: a number of `EndedKind`, the object) until a safe point.
enum EndedKind: Int {
  /// To be finalised, or else its weak references to be cleared.
  case object
  /// A weak reference whose callback is to be called.
  case callback
}

/// What the search for ended objects costs, and may cost.
enum AttentionBudget {
  /// Free of charge in each run.
  static let burst = 20_000_000
  /// Ticks for each search, and for each object traced by it.
  static let search = 500
  static let object = 5
}

extension VM {
  // MARK: Registration

  /// Takes note of an object that is to be finalised.
  func registerFinalizable(_ object: Value) throws(Unwind) {
    let words = self.words(object)
    guard !words.hasFlag(ObjectFlags.tracked) else { return }
    if self[root: .finalizable].isNone { self[root: .finalizable] = try newList() }
    try PyList(self, self[root: .finalizable]).append(object)
    words.setFlag(ObjectFlags.tracked)
    try reserveEnded()
    noteCandidate(object)
  }

  /// The list of ended objects has room for all that can end, since a collection cannot allocate.
  func reserveEnded() throws(Unwind) {
    if self[root: .endedObjects].isNone { self[root: .endedObjects] = try newList() }
    let list = PyList(self, self[root: .endedObjects])
    var possible = self[.weakReferenceCount] * 2
    if self[root: .finalizable].isRef { possible += PyList(self, self[root: .finalizable]).count }
    try list.reserve(list.count + 2 * possible + 2)
  }

  /// Puts an entry into the room that was reserved.
  func enqueueEnded(_ kind: EndedKind, _ object: Value) {
    let list = PyList(self, self[root: .endedObjects])
    guard list.count + 2 <= list.capacity else { return }
    list[list.count] = Value(small: kind.rawValue)
    list[list.count + 1] = object
    list.count += 2
  }

  // MARK: Attention

  /// An object could end from now on. What a module makes while it is imported stays with it, mostly, and is not searched for.
  func noteCandidate(_ object: Value) {
    guard self[.importsUnderway] == 0 else {
      if !self.is(object, .string) { words(object).setFlag(ObjectFlags.circular) }
      return
    }
    self[.hasCandidates] = 1
    updateAttention()
  }

  /// Decides whether the next statements are to look for ended objects, and which loop that takes.
  func updateAttention() {
    self[.isAttentive] = mayLook ? self[.hasCandidates] : 0
    self[.wantedLoop] = isObserved || self[.isAttentive] != 0 ? 1 : 0
    // Each statement is to be seen, so nothing is written down to be read later.
    if self[.isAttentive] != 0 { self[.journalEnd] = 0 }
  }

  /// Whether the search may cost more than it has.
  private var mayLook: Bool { self[.attentionSpent] <= AttentionBudget.burst &+ runTicks / 2 }

  /// Before the first instruction of a statement, whose place the registers are saved at. False to leave the loop.
  @inline(never) func attend() -> Bool {
    // What is told to programs happens where the statement before ended.
    let isFirst = standBeforeStatement() == 0
    if !isFirst { self[.pc] -= 8 }
    let ok = attempt { () throws(Unwind) in try endUnreachable() }
    if !isFirst { self[.pc] += 8 }
    guard ok else { return false }
    guard self[.wantedLoop] != self[.currentLoop] else { return true }
    // The instruction has not been run: the other loop begins with it.
    self[.pc] -= 8
    self[.fuel] += 8
    return leaveToSwitch()
  }

  /// Before the first instruction of a statement: what calls code from here does so above the registers that are alive. Answers which
  /// instruction of its code it is.
  @discardableResult func standBeforeStatement() -> Int {
    let function = runningFunction
    let code = words(function.value(FunctionLayout.code))
    let start = Int(UInt32(truncatingIfNeeded: function[FunctionLayout.entry]))
    let index = (offset(ofAddress: self[.pc]) - start) / 8 - 1
    if let top = statementTop(code, index) { self[.top] = self[.base] + top * 8 }
    return index
  }

  /// Finds the objects that nothing refers to any more and deals with them, until no more are found: a finaliser can make
  /// another object to be finalised for ever, but not beyond the budget.
  func endUnreachable() throws(Unwind) {
    while mayLook {
      var search = EndedObjects(self)
      let hasFound = search.find()
      self[.attentionSpent] &+= search.cost
      if !hasFound { break }
      try runEnded()
    }
    updateAttention()
  }

  /// At a safe point of the loop, after a collection may have been.
  func finalizeAtSafePoint() throws(Unwind) {
    if self[root: .endedObjects].isRef, PyList(self, self[root: .endedObjects]).count > 0 { try runEnded() }
    if self[.isAttentive] == 0 { updateAttention() }
  }

  // MARK: The end of an object

  /// Deals with the ended objects in order.
  func runEnded() throws(Unwind) {
    let mark = keepMark()
    defer { keepRelease(mark) }
    while true {
      let list = PyList(self, self[root: .endedObjects])
      let next = self[.endedNext]
      guard next + 1 < list.count else {
        list.count = 0
        self[.endedNext] = 0
        return
      }
      let kind = list[next].int
      let object = list[next + 1]
      list[next + 1] = .none
      self[.endedNext] = next + 2
      keep(object)
      if kind == EndedKind.callback.rawValue { try callWeakCallback(object) } else { try end(object) }
      keepRelease(mark)
    }
  }

  /// Finalises an object that has not been finalised, else clears the weak references to it.
  private func end(_ object: Value) throws(Unwind) {
    if needsFinalizing(object) { return try finalize(object) }
    let references = clearWeakReferences(to: object)
    for reference in references { keep(reference) }
    for reference in references { try callWeakCallback(reference) }
  }

  private func callWeakCallback(_ reference: Value) throws(Unwind) {
    let callback = words(reference).value(2)
    guard !callback.isNone else { return }
    words(reference).set(2, .none)
    keep(callback)
    try reportingUnraisable(about: callback) { () throws(Unwind) in _ = try call(callback, reference) }
  }

  /// Whether an object's finaliser is still to be run.
  func needsFinalizing(_ object: Value) -> Bool {
    let words = self.words(object)
    guard words.kind != .string, words.hasFlag(ObjectFlags.tracked) else { return false }
    guard words.kind == .generator else { return !words.hasFlag(ObjectFlags.finalized) }
    return isWorthClosing(words)
  }

  /// Whether the end of a generator can be noticed: it stands in a `try` or `with`, or is a coroutine that was never started.
  func isWorthClosing(_ generator: Words) -> Bool {
    switch generatorState(generator) {
    case .finished, .running: return false
    case .created: return isCoroutine(generator)
    case .suspended:
      let function = words(generator.value(GeneratorLayout.function))
      let start = Int(UInt32(truncatingIfNeeded: function[FunctionLayout.entry]))
      let index = (Int(generator[GeneratorLayout.resume]) - start) / 8 - 1
      return findHandler(words(function.value(FunctionLayout.code)), index) != nil
    }
  }

  func isCoroutine(_ generator: Words) -> Bool { generator[0] >> 32 == UInt64(type(.coroutine).offset) }

  private func finalize(_ object: Value) throws(Unwind) {
    let words = self.words(object)
    words.clearFlag(ObjectFlags.tracked)
    guard words.kind == .generator else {
      words.setFlag(ObjectFlags.finalized)
      guard let method = lookupSpecial(object, .del) else { return }
      keep(method)
      return try reportingUnraisable(about: method) { () throws(Unwind) in _ = try callBound(method, object) }
    }
    if isCoroutine(words), generatorState(words) == .created {
      try reportingUnraisable(about: object) { () throws(Unwind) in try warnNeverAwaited(object) }
      finishUnstarted(object)
      return
    }
    let hook = words.value(GeneratorLayout.extra)
    if hook.isRef {
      return try reportingUnraisable(about: object) { () throws(Unwind) in _ = try call(hook, object) }
    }
    try reportingUnraisable(about: object) { () throws(Unwind) in _ = try callMethod(object, "close") }
  }
}
