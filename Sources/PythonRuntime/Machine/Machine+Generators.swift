import PythonBytecode

/// Generators and coroutines. While one is suspended its registers lie in its object; to resume it they are copied onto the register stack and a
/// frame is entered there, so that it runs like any other, and `for` over a generator never leaves the loop.
extension VM {
  func makeGenerator(_ i: UInt64) -> Bool {
    var generator = Value.none
    let ok = attempt { () throws(Unwind) in
      let function = runningFunction
      let count = Int(function[FunctionLayout.entry] >> 32 & 0xFFFF)
      let flags = codeFlags(function)
      let type: WellKnown =
        flags.contains(.coroutine) ? .coroutine : flags.contains(.asyncGenerator) ? .asyncGenerator : .generator
      let ref = try allocateBig((GeneratorLayout.registers + count) * 8)
      let object = words(ref)
      object[0] = header(.generator, class: self.type(type))
      object[GeneratorLayout.registerCount] = UInt64(count) | UInt64(GeneratorState.created.rawValue) << 32
      object[GeneratorLayout.resume] = UInt64(offset(ofAddress: self[.pc]))
      object.set(GeneratorLayout.function, Value(self.ref(function)))
      object.set(GeneratorLayout.handled, .none)
      object.set(GeneratorLayout.name, .none)
      object.set(GeneratorLayout.qualifiedName, .none)
      object.set(GeneratorLayout.delegate, .none)
      object.set(GeneratorLayout.extra, .none)
      object.copy(from: frame, at: GeneratorLayout.registers, count: count)
      generator = Value(ref)
      // One that is never awaited is to be warned of.
      if type == .coroutine { try registerFinalizable(generator) }
      if isObserved { host.recorder?.generatorMade(self, generator) }
    }
    return ok && finishFrame(generator) && (self[.wantedLoop] == self[.currentLoop] || leaveToSwitch())
  }

  func codeFlags(_ function: Words) -> CodeFlags {
    CodeFlags(rawValue: UInt32(words(function.value(FunctionLayout.code))[CodeLayout.counts] >> 48))
  }

  func generatorState(_ generator: Words) -> GeneratorState {
    GeneratorState(rawValue: generator.high(GeneratorLayout.registerCount)) ?? .finished
  }

  func setState(_ generator: Words, _ state: GeneratorState) {
    generator.setHigh(GeneratorLayout.registerCount, state.rawValue)
  }

  /// Enters the frame of a suspended generator at the top of the stack; `value` is what its `yield` gives.
  func resumeFrame(_ generator: Value, _ value: Value, _ continuation: Continuation) throws(Unwind) {
    let object = words(generator)
    let count = object.low(GeneratorLayout.registerCount)
    let window = self[.top]
    let newBase = window + 32
    try checkDepth(self[.depth] + 1)
    try reserveStack(upTo: newBase + (count + VM.stackSlack) * 8)
    let delta = (newBase - self[.base]) / 8
    guard delta < 1 << 16 else { throw raiseTooDeep() }
    self[.depth] += 1
    let place = stackWord(window)
    place.set(0, generator)
    place.set(1, object.value(GeneratorLayout.function))
    place.set(2, Value(Ref(offset: UInt32(truncatingIfNeeded: offset(ofAddress: self[.function])))))
    place[3] = ReturnInfo.make(offset: offset(ofAddress: self[.pc]), delta: delta, continuation)
    place.copy(from: object, at: 4, sourceIndex: GeneratorLayout.registers, count: count)
    let wasSuspended = generatorState(object) == .suspended
    setState(object, .running)
    let own = object.value(GeneratorLayout.handled)
    object.set(GeneratorLayout.handled, self[root: .handledException])
    if own.isRef { self[root: .handledException] = own }
    self[.base] = newBase
    self[.function] = address(ofOffset: Int(object.value(GeneratorLayout.function).ref.offset))
    self[.pc] = address(ofOffset: Int(object[GeneratorLayout.resume]))
    self[.top] = newBase + count * 8
    if wasSuspended { place.set(4 + a(codeWord(-1)), value) }
    if isObserved { host.recorder?.resumed(self, generator, isFirst: !wasSuspended) }
    if self[.fuel] < 0 { try settleFuel() }
    if self[.wantsCollection] != 0 { interruptSoon() }
  }

  /// Enters the frame of a generator that waits at a `yield`, for the next item of a `for` loop. False, and nothing has happened, where
  /// `resumeFrame` has more to do.
  @inline(__always) func enterWaiting(_ generator: Value, _ r: inout Registers) -> Bool {
    let object = words(generator)
    let own = Int(r.function[FunctionLayout.entry] >> 32 & 0xFFFF)
    let count = object.low(GeneratorLayout.registerCount)
    let newBase = r.baseAddress &+ (own &+ 4) &* 8
    let depth = self[.depth] &+ 1
    guard object.high(GeneratorLayout.registerCount) == GeneratorState.suspended.rawValue,
      object.value(GeneratorLayout.handled).isNone, isPlainly(generator, .generator), own < 1 << 15,
      newBase &+ (count &+ VM.stackSlack) &* 8 <= self[.stackLimit], depth <= self[.recursionLimit]
    else { return false }
    self[.depth] = depth
    let place = r.base.advanced(by: own)
    place.set(0, generator)
    place.set(1, object.value(GeneratorLayout.function))
    place.set(2, Value(ref(r.function)))
    place[3] = ReturnInfo.make(offset: offset(ofAddress: r.pcAddress), delta: own &+ 4, .forIterate)
    object.setHigh(GeneratorLayout.registerCount, GeneratorState.running.rawValue)
    object.set(GeneratorLayout.handled, self[root: .handledException])
    r.function = words(object.value(GeneratorLayout.function))
    r.moveBase(by: own &+ 4)
    var index = 0
    while index < count {
      r.base[index] = object[GeneratorLayout.registers &+ index]
      index &+= 1
    }
    r.goTo(self, offset: object.low(GeneratorLayout.resume))
    r[a(r.lastWord)] = .none
    return true
  }

  /// `InstructionFlags.isDelegating` in an instruction's word: asking that, of another target, costs a call.
  @inline(__always) private var isDelegatingBit: UInt64 { 2 << 8 }

  @inline(__always) func yield<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) -> Bool {
    let info = r.header(-1)
    if !O.isActive, ReturnInfo.isForIterate(info), i & isDelegatingBit == 0 {
      let object = words(Value(bits: r.header(-4)))
      let handled = self[root: .handledException]
      // One that stops within a `try` for the first time is to be registered.
      let isKnown =
        words(r.function.value(FunctionLayout.code)).high(CodeLayout.wordCount) == 0
        || object.hasFlag(ObjectFlags.tracked)
      if object.value(GeneratorLayout.handled) == handled && isKnown { return yieldItem(i, &r, object, info) }
    }
    return slow(&r, i, yieldSlow)
  }

  /// Gives the `for` loop that asked for it the generator's next item.
  @inline(__always)
  private func yieldItem(_ i: UInt64, _ r: inout Registers, _ object: Words, _ info: UInt64) -> Bool {
    let value = r[b(i)]
    let count = object.low(GeneratorLayout.registerCount)
    var index = 0
    while index < count {
      object[GeneratorLayout.registers &+ index] = r.base[index]
      index &+= 1
    }
    object[GeneratorLayout.resume] = UInt64(offset(ofAddress: r.pcAddress))
    object.setHigh(GeneratorLayout.registerCount, GeneratorState.suspended.rawValue)
    object.set(GeneratorLayout.handled, .none)
    object.set(GeneratorLayout.delegate, .none)
    self[.depth] &-= 1
    r.function = words(Value(bits: r.header(-2)))
    r.goTo(self, offset: ReturnInfo.offset(info))
    r.moveBase(by: 0 &- ReturnInfo.delta(info))
    let loop = r.lastWord
    r[b(loop)] = value
    return jump(signedC(loop), &r)
  }

  @inline(never) func yieldSlow(_ i: UInt64) -> Bool {
    let value = register(b(i))
    let generator = Value(bits: frameHeader(-4))
    let object = words(generator)
    if isObserved { host.recorder?.yielding(self, generator, value) }
    let isDelegating = Instruction(word: i).flags & InstructionFlags.isDelegating != 0
    object.set(GeneratorLayout.delegate, isDelegating ? register(c(i)) : .none)
    object.copy(from: frame, at: GeneratorLayout.registers, count: object.low(GeneratorLayout.registerCount))
    object[GeneratorLayout.resume] = UInt64(offset(ofAddress: self[.pc]))
    setState(object, .suspended)
    if _slowPath(codeHasHandlers(object) && !object.hasFlag(ObjectFlags.tracked)), !registerSuspended(generator) {
      return false
    }
    swapHandledBack(object, keepsOwn: true)
    switch popFrame() {
    case .forIterate:
      let caller = codeWord(-1)
      setRegister(b(caller), value)
      self[.pc] += signedC(caller) * 8
      return self[.wantedLoop] == self[.currentLoop] || leaveToSwitch()
    case .send:
      setRegister(b(codeWord(-1)), value)
      return self[.wantedLoop] == self[.currentLoop] || leaveToSwitch()
    default:
      self[root: .lastResult] = value
      self[.exitReason] = RunExit.yielded.rawValue
      return false
    }
  }

  private func codeHasHandlers(_ generator: Words) -> Bool {
    words(words(generator.value(GeneratorLayout.function)).value(FunctionLayout.code)).high(CodeLayout.wordCount) > 0
  }

  /// A generator that stops within a `try` is closed when nothing refers to it any more.
  private func registerSuspended(_ generator: Value) -> Bool {
    guard isWorthClosing(words(generator)) else { return true }
    return attempt { () throws(Unwind) in try registerFinalizable(generator) }
  }

  /// The caller's handled exception is the handled one again; a suspended generator keeps its own.
  private func swapHandledBack(_ object: Words, keepsOwn: Bool) {
    let callers = object.value(GeneratorLayout.handled)
    let own = self[root: .handledException]
    object.set(GeneratorLayout.handled, keepsOwn && own != callers ? own : .none)
    self[root: .handledException] = callers
  }

  /// The generator's frame has returned.
  func finishGenerator(_ generator: Value) {
    let object = words(generator)
    swapHandledBack(object, keepsOwn: false)
    retire(object)
  }

  private func retire(_ object: Words) {
    setState(object, .finished)
    object.set(GeneratorLayout.delegate, .none)
    // Its registers keep nothing alive any more.
    object.fill(from: GeneratorLayout.registers, count: object.low(GeneratorLayout.registerCount), with: 0)
  }

  /// The generator's frame was left by the pending exception: StopIteration must not pass for its end.
  func abandonGenerator(_ generator: Value) {
    let object = words(generator)
    finishGenerator(generator)
    let isAsync = object[0] >> 32 == UInt64(type(.asyncGenerator).offset)
    let word = object[0] >> 32 == UInt64(type(.coroutine).offset) ? "coroutine" : isAsync ? "async generator" : "generator"
    for known in isAsync ? [WellKnown.stopIteration, .stopAsyncIteration] : [.stopIteration] where pendingMatches(known) {
      let name = known == .stopIteration ? "StopIteration" : "StopAsyncIteration"
      _ = raiseFromPending(.runtimeError, "\(word) raised \(name)")
      return
    }
  }

  /// Checks that a generator can be resumed with a value; nil if it has ended.
  func checkResumable(_ generator: Value, _ value: Value) throws(Unwind) -> Bool {
    let object = words(generator)
    switch generatorState(object) {
    case .running:
      throw raise(.valueError, "\(generatorWord(object)) already executing")
    case .finished: return false
    case .created:
      guard value.isNone else {
        throw raise(.typeError, "can't send non-None value to a just-started \(generatorWord(object))")
      }
      return true
    case .suspended: return true
    }
  }

  func generatorWord(_ object: Words) -> String {
    switch object[0] >> 32 {
    case UInt64(type(.coroutine).offset): "coroutine"
    case UInt64(type(.asyncGenerator).offset): "async generator"
    default: "generator"
    }
  }

  /// What resuming a generator from native code brought.
  enum Resumption { case yielded(Value), returned(Value) }

  /// Resumes a generator from native code until it yields or returns.
  func resume(_ generator: Value, _ value: Value) throws(Unwind) -> Resumption {
    guard try checkResumable(generator, value) else { return .returned(.none) }
    return try runResumed { () throws(Unwind) in try resumeFrame(generator, value, .resume) }
  }

  private func runResumed(_ enter: () throws(Unwind) -> Void, raising: Bool = false) throws(Unwind) -> Resumption {
    let saved = SavedRegisters(self)
    defer { saved.restore(self) }
    guard saved.nested < VM.maxNestedRuns else { throw raiseTooDeep() }
    self[.nestedRuns] = saved.nested + 1
    try enter()
    var exit = raising ? unwind() : RunExit.raised
    if exit == .raised { exit = run() }
    let value = try finishRun(exit)
    return exit == .yielded ? .yielded(value) : .returned(value)
  }

  /// Raises the pending exception inside of a suspended generator.
  func throwInto(_ generator: Value) throws(Unwind) -> Resumption {
    let object = words(generator)
    switch generatorState(object) {
    case .running:
      takePending()
      throw raise(.valueError, "\(generatorWord(object)) already executing")
    case .finished: throw .exception
    case .created, .suspended: break
    }
    let exception = takePending()
    let isHandling = object.value(GeneratorLayout.handled).isRef
    return try runResumed(
      { () throws(Unwind) in
        try resumeFrame(generator, .none, .resume)
        // Only what the generator itself is handling becomes the context.
        if isHandling { linkContext(exception) }
        self[root: .pendingException] = exception
      }, raising: true)
  }

  /// Ends a generator that was never started.
  func finishUnstarted(_ generator: Value) { retire(words(generator)) }

  /// Goes on after a `yield from` or `await` whose delegate was ended by `throw`: the word before is the `yield`, and before that stands the `send`
  /// that knows where to put the value and where to go.
  func resumeAfterDelegate(_ generator: Value, _ value: Value) throws(Unwind) -> Resumption {
    try runResumed({ () throws(Unwind) in
      try resumeFrame(generator, .none, .resume)
      var index = -2
      while UInt8(truncatingIfNeeded: codeWord(index)) != Opcode.send.rawValue { index -= 1 }
      let send = codeWord(index)
      setRegister(b(send), value)
      self[.pc] += (index + 1 + signedC(send)) * 8
    })
  }

  // MARK: yield from, await

  func getYieldFromIterator(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let value = register(b(i))
      if self.is(value, .generator) {
        let isCoroutine = classOf(value) == type(.coroutine)
        if isCoroutine && !codeFlags(runningFunction).contains(.coroutine)
          && !codeFlags(runningFunction).contains(.iterableCoroutine)
        {
          throw raise(.typeError, "cannot 'yield from' a coroutine object in a non-coroutine generator")
        }
        setRegister(a(i), value)
      } else {
        setRegister(a(i), try makeIterator(value))
      }
    }
  }

  func getAwaitable(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let value = register(b(i))
      let flags = Instruction(word: i).flags
      if flags & (InstructionFlags.isEntering | InstructionFlags.isExiting) != 0, !isAwaitable(value) {
        let method = flags & InstructionFlags.isEntering != 0 ? "__aenter__" : "__aexit__"
        throw raise(
          .typeError,
          "'async with' received an object from \(method) that does not implement __await__: \(typeName(value))")
      }
      setRegister(a(i), try awaitable(value))
    }
  }

  private func isAwaitable(_ value: Value) -> Bool {
    if lookupSpecial(value, .await) != nil { return true }
    guard self.is(value, .generator) else { return false }
    return codeFlags(words(words(value).value(GeneratorLayout.function))).contains(.iterableCoroutine)
  }

  /// The iterator that `await value` drives.
  func awaitable(_ value: Value) throws(Unwind) -> Value {
    if self.is(value, .generator) {
      let type = classOf(value)
      if type == self.type(.coroutine) {
        guard words(value).value(GeneratorLayout.delegate).isNone || generatorState(words(value)) != .suspended else {
          throw raise(.runtimeError, "coroutine is being awaited already")
        }
        return value
      }
      let function = words(words(value).value(GeneratorLayout.function))
      if type == self.type(.generator), codeFlags(function).contains(.iterableCoroutine) { return value }
    }
    guard let method = lookupSpecial(value, .await) else {
      throw raise(.typeError, "object \(typeName(value)) can't be used in 'await' expression")
    }
    let iterator = try callBound(method, value)
    if classOf(iterator) == type(.coroutine) { throw raise(.typeError, "__await__() returned a coroutine") }
    guard lookupSpecial(iterator, .next) != nil else {
      throw raise(.typeError, "__await__() returned non-iterator of type '\(typeName(iterator))'")
    }
    return iterator
  }

  func send(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let iterator = register(a(i))
      let value = register(b(i))
      if self.is(iterator, .generator), classOf(iterator) != type(.asyncGenerator) {
        if try checkResumable(iterator, value) {
          try resumeFrame(iterator, value, .send)
        } else {
          if classOf(iterator) == type(.coroutine) {
            throw raise(.runtimeError, "cannot reuse already awaited coroutine")
          }
          setRegister(b(i), .none)
          self[.pc] += signedC(i) * 8
        }
        return
      }
      do throws(Unwind) {
        let result = value.isNone
          ? try callBound(try specialMethod(iterator, .next), iterator) : try callMethod(iterator, "send", value)
        setRegister(b(i), result)
      } catch {
        guard error.isException, pendingMatches(.stopIteration) else { throw error }
        setRegister(b(i), stopIterationValue(takePending()))
        self[.pc] += signedC(i) * 8
      }
    }
  }

  /// `StopIteration.value`.
  func stopIterationValue(_ exception: Value) -> Value {
    let arguments = words(exception).value(ExceptionLayout.args)
    return PyTuple(self, arguments).count > 0 ? PyTuple(self, arguments)[0] : .none
  }

  func getAsyncIterator(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let value = register(b(i))
      guard let method = lookupSpecial(value, .aiter) else {
        throw raise(
          .typeError, "'async for' requires an object with __aiter__ method, got \(typeName(value))")
      }
      let iterator = try callBound(method, value)
      guard lookupSpecial(iterator, .anext) != nil else {
        throw raise(
          .typeError,
          "'async for' received an object from __aiter__ that does not implement __anext__: \(typeName(iterator))")
      }
      setRegister(a(i), iterator)
    }
  }

  func getAsyncNext(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let iterator = register(b(i))
      guard let method = lookupSpecial(iterator, .anext) else {
        throw raise(
          .typeError, "'async for' requires an iterator with __anext__ method, got \(typeName(iterator))")
      }
      let step = try callBound(method, iterator)
      keep(step)
      do throws(Unwind) {
        setRegister(a(i), try awaitable(step))
      } catch {
        guard error.isException else { throw error }
        throw raiseFromPending(
          .typeError, "'async for' received an invalid object from __anext__: \(typeName(step))")
      }
    }
  }

  func endAsyncFor(_ i: UInt64) -> Bool {
    let exception = register(a(i))
    if isSubclass(classOf(exception), type(.stopAsyncIteration)) { return true }
    return reraise(i)
  }

  func wrapAsyncYield(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      setRegister(
        a(i), Value(try allocateRecord(.record, class: type(.asyncGeneratorStep), register(b(i)))))
    }
  }
}
