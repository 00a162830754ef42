import PythonBytecode

/// Calls. A *window* is where a call stands in the caller's registers: the callee, two words for the way back, then the arguments, which
/// become the callee's first registers without being copied.
extension VM {
  /// Words above a frame that calls with shifted arguments may use without asking.
  static let stackSlack = 64

  @inline(__always) func call<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) -> Bool {
    let callee = r[a(i)]
    if _fastPath(callee.isRef) {
      let function = words(callee)
      if _fastPath(function.kindByte == Kind.function.rawValue) {
        let filled = boundCount(r.base.advanced(by: a(i)), function, count: b(i))
        if _fastPath(filled >= 0) { return enter(a(i), function, filled, &r, O.self) }
      }
    }
    return slow(&r, i, callSlow)
  }

  @inline(__always) func callKeywords<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) -> Bool {
    let callee = r[a(i)]
    if self.is(callee, .function) {
      let place = r.base.advanced(by: a(i))
      let filled = quickBind(place, words(callee), count: b(i), names: constant(c(i), &r))
      if filled >= 0 { return enter(a(i), words(callee), filled, &r, O.self) }
    }
    return slow(&r, i, callKeywordsSlow)
  }

  @inline(__always) func callSpread<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) -> Bool {
    let filled = quickSpread(r.base.advanced(by: a(i)))
    if _fastPath(filled >= 0) { return enter(a(i), words(r[a(i)]), filled, &r, O.self) }
    return slow(&r, i, callSpreadSlow)
  }

  /// Enters a Python function whose arguments are bound: `filled` of its registers.
  @inline(__always)
  func enter<O: Observer>(_ window: Int, _ function: Words, _ filled: Int, _ r: inout Registers, _: O.Type) -> Bool {
    let entry = function[FunctionLayout.entry]
    let newBase = r.baseAddress &+ (window &+ 3) &* 8
    let depth = self[.depth] &+ 1
    if _slowPath(
      newBase &+ (Int(entry >> 32 & 0xFFFF) &+ VM.stackSlack) &* 8 > self[.stackLimit] || depth > self[.recursionLimit])
    {
      r.save(self)
      let ok = enterSlow(r.baseAddress &+ window &* 8, function, filled)
      r.load(self)
      return ok
    }
    self[.depth] = depth
    let place = r.base.advanced(by: window)
    place.set(1, Value(ref(r.function)))
    place[2] = ReturnInfo.make(offset: offset(ofAddress: r.pcAddress), delta: window &+ 3, .result)
    r.function = function
    r.moveBase(by: window &+ 3)
    let locals = Int(entry >> 48)
    var index = filled
    while index < locals {
      r[index] = .unbound
      index &+= 1
    }
    r.goTo(self, offset: Int(UInt32(truncatingIfNeeded: entry)))
    if O.isActive { observeEntry(&r) }
    return _slowPath(r.isOutOfFuel) ? safePoint(&r) : true
  }

  /// The same where room on the stack must be made first, or there is none.
  @inline(never) private func enterSlow(_ window: Int, _ function: Words, _ filled: Int) -> Bool {
    attempt { () throws(Unwind) in
      try clearLocals(stackWord(window), function, from: filled)
      try enterFrame(window: window, function, .result)
    }
  }

  @inline(never) func raiseTooDeep() -> Unwind { raise(.recursionError, "maximum recursion depth exceeded") }

  @inline(__always) func checkDepth(_ depth: Int) throws(Unwind) {
    if _slowPath(depth > self[.recursionLimit]) { throw raiseTooDeep() }
  }

  @inline(__always) func returnValue<O: Observer>(_ value: Value, _ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { observeReturn(value, &r) }
    let info = r.header(-1)
    if _slowPath(info & ReturnInfo.continuationMask != 0) {
      r.save(self)
      let ok = finishFrame(value)
      r.load(self)
      return ok
    }
    r.setHeader(-3, value.bits)
    r.function = words(Value(bits: r.header(-2)))
    r.goTo(self, offset: ReturnInfo.offset(info))
    r.moveBase(by: 0 &- ReturnInfo.delta(info))
    self[.depth] &-= 1
    return true
  }

  /// Leaves the current frame: the caller's registers are current again.
  func popFrame() -> Continuation {
    let info = frameHeader(-1)
    self[.function] = address(ofOffset: Int(Value(bits: frameHeader(-2)).ref.offset))
    self[.pc] = address(ofOffset: ReturnInfo.offset(info))
    self[.base] -= ReturnInfo.delta(info) * 8
    self[.depth] -= 1
    self[.top] = self[.base] + Int(runningFunction[FunctionLayout.entry] >> 32 & 0xFFFF) * 8
    return ReturnInfo.continuation(info)
  }

  /// Returns from a frame whose caller waits for more than a value in the callee's place. False when the loop is to end.
  @inline(never) func finishFrame(_ value: Value) -> Bool {
    let extra = Value(bits: frameHeader(-4))
    let place = self[.base] - 24
    switch popFrame() {
    case .result:
      stackWord(place).set(0, value)
      return true
    case .exit:
      self[root: .lastResult] = value
      self[.exitReason] = RunExit.returned.rawValue
      return false
    case .initializer:
      guard value.isNone else {
        return attempt { () throws(Unwind) in
          throw raise(.typeError, "__init__() should return None, not '\(typeName(value))'")
        }
      }
      stackWord(place - 8).set(0, extra)
      return true
    case .forIterate:
      finishGenerator(extra)
      return true
    case .send:
      finishGenerator(extra)
      let i = codeWord(-1)
      setRegister(b(i), value)
      self[.pc] += signedC(i) * 8
      return true
    case .resume:
      finishGenerator(extra)
      self[root: .lastResult] = value
      self[.exitReason] = RunExit.returned.rawValue
      return false
    }
  }

  // MARK: The slow side

  /// What `invoke` did.
  enum Invocation { case done, entered }

  /// The address of a call's window. The used stack ends with its arguments: what the registers above still hold is dead, and must not be kept
  /// alive by a collection during the call; nor what is left in the words for the way back, which a native call does not use.
  @inline(__always) private func openWindow(_ register: Int, _ count: Int) -> Int {
    let window = self[.base] &+ register &* 8
    stackWord(window).set(1, .none)
    stackWord(window).set(2, .none)
    self[.top] = window &+ (3 &+ count) &* 8
    return window
  }

  @inline(never) func callSlow(_ i: UInt64) -> Bool {
    attemptCall { () throws(Unwind) in
      try _ = invoke(window: openWindow(a(i), b(i)), count: b(i), names: .unbound, .result)
    }
  }

  func callKeywordsSlow(_ i: UInt64) -> Bool {
    attemptCall { () throws(Unwind) in
      try _ = invoke(window: openWindow(a(i), b(i)), count: b(i), names: constant(at: c(i)), .result)
    }
  }

  func callSpreadSlow(_ i: UInt64) -> Bool {
    attemptCall { () throws(Unwind) in
      let window = openWindow(a(i), 2)
      let (count, names) = try spread(window)
      try _ = invoke(window: window, count: count, names: names, .result)
    }
  }

  /// Lays the arguments of `f(*tuple, **dict)` out in the window.
  private func spread(_ window: Int) throws(Unwind) -> (count: Int, names: Value) {
    let place = stackWord(window)
    if !isPlainly(place.value(3), .tuple) {
      guard isIterable(place.value(3)) else {
        throw raise(
          .typeError,
          "\(calleeName(place.value(0))) argument after * must be an iterable, not \(typeName(place.value(3)))")
      }
      let list = PyList(self, try listFromIterable(place.value(3)))
      place.set(3, try newTuple(from: list.buffer, at: 1, count: list.count))
    }
    if !place.value(4).isNone, !isPlainly(place.value(4), .dict) {
      let mark = keepMark()
      defer { keepRelease(mark) }
      let dict = try newDict()
      keep(dict)
      try mergeKeywords(place.value(4), into: dict, callee: place.value(0))
      place.set(4, dict)
    }
    let positional = PyTuple(self, place.value(3))
    let keywords = place.value(4)
    var count = positional.count
    let named = keywords.isNone ? 0 : PyDict(self, keywords).count
    guard count + named < 1 << 20 else { throw raiseMemoryError() }
    let end = window + (count + named + 8 + VM.stackSlack) * 8
    try reserveStack(upTo: end)
    try charge(count / 8)
    for index in 0..<count { place.set(3 &+ index, positional[index]) }
    var names = Value.unbound
    if named > 0 {
      let dict = PyDict(self, keywords)
      names = try newTuple(count: named)
      var index = 0
      for entry in 0..<dict.entryCount {
        guard let (key, value, _) = dict.entry(at: entry) else { continue }
        guard isString(key) else { throw raise(.typeError, "keywords must be strings") }
        PyTuple(self, names)[index] = key
        place.set(3 + count + index, value)
        index += 1
      }
      count += named
    }
    self[.top] = max(self[.top], window + (3 + count) * 8)
    return (count, names)
  }

  @inline(__always) func callMethod<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) -> Bool {
    let callee = r[a(i)]
    if _fastPath(!r[a(i) &+ 3].isUnbound && callee.isRef) {
      let function = words(callee)
      if _fastPath(function.kindByte == Kind.function.rawValue) {
        let filled = boundCount(r.base.advanced(by: a(i)), function, count: b(i) &+ 1)
        if _fastPath(filled >= 0) { return enter(a(i), function, filled, &r, O.self) }
      }
    }
    return slow(&r, i, callMethodSlow)
  }

  @inline(never) func callMethodSlow(_ i: UInt64) -> Bool {
    attemptCall { () throws(Unwind) in try invokeMethod(a(i), count: b(i), names: .unbound) }
  }

  func callMethodKeywords(_ i: UInt64) -> Bool {
    attemptCall { () throws(Unwind) in try invokeMethod(a(i), count: b(i), names: constant(at: c(i))) }
  }

  /// Calls what `loadMethod` left in a window: with the object as first argument, or without.
  func invokeMethod(_ register: Int, count: Int, names: Value) throws(Unwind) {
    let window = openWindow(register, count + 1)
    let place = stackWord(window)
    if place.value(3).isUnbound {
      place.copy(from: place, at: 3, sourceIndex: 4, count: count)
      _ = try invoke(window: window, count: count, names: names, .result)
    } else {
      _ = try invoke(window: window, count: count + 1, names: names, .result)
    }
  }

  /// Calls what stands in a window with `count` arguments, of which the last ones are named by `names` (a tuple, or unbound). Either the
  /// result is in the window's first word, or a frame was entered that will bring it there (`continuation` `.result`), or will end the loop (`.exit`).
  @discardableResult
  func invoke(window: Int, count: Int, names: Value, _ continuation: Continuation) throws(Unwind) -> Invocation {
    let place = stackWord(window)
    let callee = place.value(0)
    guard callee.isRef else { throw raiseNotCallable(callee) }
    let object = words(callee)
    switch object.kind {
    case .function:
      try bind(place, object, count: count, names: names)
      try enterFrame(window: window, object, continuation)
      return .entered
    case .native:
      place.set(0, try callNative(object, place, count: count, names: names))
      return .done
    case .boundMethod:
      try reserveStack(upTo: window + (count + 4 + VM.stackSlack) * 8)
      place.copy(from: place, at: 4, sourceIndex: 3, count: count)
      place.set(3, object.value(2))
      place.set(0, object.value(1))
      self[.top] = max(self[.top], window + (4 + count) * 8)
      return try invoke(window: window, count: count + 1, names: names, continuation)
    case .class:
      return try invokeClass(window: window, count: count, names: names, continuation)
    case .staticMethod:
      place.set(0, object.value(1))
      return try invoke(window: window, count: count, names: names, continuation)
    default:
      guard let method = lookupSpecial(callee, .call) else { throw raiseNotCallable(callee) }
      try checkDepth(self[.depth] + 1)
      if self.is(method, .function) || self.is(method, .native) {
        try reserveStack(upTo: window + (count + 4 + VM.stackSlack) * 8)
        place.copy(from: place, at: 4, sourceIndex: 3, count: count)
        place.set(3, callee)
        place.set(0, method)
        self[.top] = max(self[.top], window + (4 + count) * 8)
        return try invoke(window: window, count: count + 1, names: names, continuation)
      }
      place.set(0, try bindDescriptor(method, callee))
      // An object may stand for its own call: each step counts as a call.
      self[.depth] += 1
      defer { self[.depth] -= 1 }
      return try invoke(window: window, count: count, names: names, continuation)
    }
  }

  func raiseNotCallable(_ callee: Value) -> Unwind {
    raise(.typeError, "'\(typeName(callee))' object is not callable")
  }

  /// Enters a Python function whose arguments are bound, from outside of the loop.
  func enterFrame(window: Int, _ function: Words, _ continuation: Continuation) throws(Unwind) {
    let entry = function[FunctionLayout.entry]
    let newBase = window &+ 24
    let depth = self[.depth] &+ 1
    try checkDepth(depth)
    let registers = Int(entry >> 32 & 0xFFFF)
    try reserveStack(upTo: newBase &+ (registers &+ VM.stackSlack) &* 8)
    let delta = (newBase &- self[.base]) / 8
    guard delta < 1 << 16 else { throw raiseTooDeep() }
    self[.depth] = depth
    let place = stackWord(window)
    place.set(1, Value(Ref(offset: UInt32(truncatingIfNeeded: offset(ofAddress: self[.function])))))
    place[2] = ReturnInfo.make(offset: offset(ofAddress: self[.pc]), delta: delta, continuation)
    self[.base] = newBase
    self[.function] = address(ofOffset: Int(ref(function).offset))
    self[.pc] = address(ofOffset: Int(UInt32(truncatingIfNeeded: entry)))
    self[.top] = newBase &+ registers &* 8
    if isObserved { observeEntry() }
    if self[.fuel] < 0 { try settleFuel() }
    // A collection waits for the loop's own safe point: callers may hold values.
    if self[.wantsCollection] != 0 { interruptSoon() }
  }

  /// Calls from native code: runs the loop until the callee returns. Values of the caller are alive only if they are kept.
  package func call(_ callee: Value, arguments: [Value], keywords: [(Value, Value)]) throws(Unwind) -> Value {
    let window = self[.top]
    try reserveStack(upTo: window + (arguments.count + keywords.count + 8 + VM.stackSlack) * 8)
    let place = stackWord(window)
    place.set(0, callee)
    place.set(1, .none)
    place.set(2, .none)
    for (index, argument) in arguments.enumerated() { place.set(3 + index, argument) }
    var names = Value.unbound
    if !keywords.isEmpty {
      names = try newTuple(keywords.map { $0.0 })
      for (index, keyword) in keywords.enumerated() { place.set(3 + arguments.count + index, keyword.1) }
    }
    return try callWindow(window, count: arguments.count + keywords.count, names: names)
  }

  /// Calls with all of a tuple and a dict.
  package func call(_ callee: Value, tuple: Value, dict: Value) throws(Unwind) -> Value {
    let window = self[.top]
    try reserveStack(upTo: window + (8 + VM.stackSlack) * 8)
    let place = stackWord(window)
    place.set(0, callee)
    place.set(1, .none)
    place.set(2, .none)
    place.set(3, tuple)
    place.set(4, dict)
    self[.top] = window + 40
    let (count, names) = try spread(window)
    return try callWindow(window, count: count, names: names)
  }

  /// Calls what stands in a window above the current frame.
  func callWindow(_ window: Int, count: Int, names: Value) throws(Unwind) -> Value {
    let saved = SavedRegisters(self)
    self[.top] = window + (3 + count) * 8
    defer { saved.restore(self) }
    guard saved.nested < VM.maxNestedRuns else { throw raiseTooDeep() }
    self[.nestedRuns] = saved.nested + 1
    switch try invoke(window: window, count: count, names: names, .exit) {
    case .done: return stackWord(window).value(0)
    case .entered: return try finishRun(run())
    }
  }

  /// How deep native functions and Python code may call each other.
  static let maxNestedRuns = 2000

  /// What a nested run brought.
  func finishRun(_ exit: RunExit) throws(Unwind) -> Value {
    switch exit {
    case .returned, .yielded:
      let result = self[root: .lastResult]
      self[root: .lastResult] = .none
      return result
    case .failed, .raised: throw .exception
    case .limit: throw .limit(Limit(rawValue: UInt8(self[.exitLimit])) ?? .ticks)
    case .suspended: preconditionFailure("a nested run was suspended")
    case .switched: preconditionFailure("a switch of loops left the run")
    }
  }
}

/// The registers of the code that called a native function, while that calls Python code.
struct SavedRegisters {
  let pc, base, function, top, depth, nested: Int

  init(_ vm: VM) {
    pc = vm[.pc]
    base = vm[.base]
    function = vm[.function]
    top = vm[.top]
    depth = vm[.depth]
    nested = vm[.nestedRuns]
  }

  func restore(_ vm: VM) {
    vm[.pc] = pc
    vm[.base] = base
    vm[.function] = function
    vm[.top] = top
    vm[.depth] = depth
    vm[.nestedRuns] = nested
  }
}
