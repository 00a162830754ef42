import PythonBytecode

/// Unwinding, `raise`, handlers and `with`.
extension VM {
  /// After a handler said no: ends the loop, or goes to the handler of the pending exception.
  @inline(never) func leaveOrUnwind() -> RunExit {
    let reason = RunExit(rawValue: self[.exitReason]) ?? .raised
    self[.exitReason] = RunExit.raised.rawValue
    return reason == .raised ? unwind() : reason
  }

  /// Leaves frames until one has a handler for the pending exception (`.raised`: go on there) or the entry frame is left (`.failed`).
  func unwind() -> RunExit {
    while true {
      let function = runningFunction
      let code = words(function.value(FunctionLayout.code))
      let index = (offset(ofAddress: self[.pc]) - Int(UInt32(truncatingIfNeeded: function[FunctionLayout.entry]))) / 8 - 1
      let exception = self[root: .pendingException]
      let isNew = self[.isReraise] == 0
      if isNew { addTraceback(exception, index) }
      self[.isReraise] = 0
      let found = findHandler(code, index)
      if isObserved { observeException(exception, isNew: isNew, leaves: found == nil) }
      if let (handler, register) = found {
        self[root: .pendingException] = .none
        setRegister(register, exception)
        self[.pc] = address(ofOffset: Int(code[CodeLayout.instructions]) + 8 + handler * 8)
        return .raised
      }
      keepRegisters(exception)
      let extra = Value(bits: frameHeader(-4))
      switch popFrame() {
      case .result, .initializer: break
      case .exit: return .failed
      case .forIterate, .send:
        abandonGenerator(extra)
      case .resume:
        abandonGenerator(extra)
        return .failed
      }
    }
  }

  func findHandler(_ code: Words, _ index: Int) -> (handler: Int, register: Int)? {
    let count = code.high(CodeLayout.wordCount)
    let table = words(at: Int(code[CodeLayout.exceptions]))
    // Two words an entry: start:32 end:32, handler:32 register:32.
    for entry in 0..<count {
      let range = table[1 + 2 * entry]
      if index >= Int(range & 0xFFFF_FFFF) && index < Int(range >> 32) {
        let target = table[2 + 2 * entry]
        return (Int(target & 0xFFFF_FFFF), Int(target >> 32))
      }
    }
    return nil
  }

  /// Puts an entry for the current frame before the exception's traceback.
  private func addTraceback(_ exception: Value, _ index: Int) {
    guard self.is(exception, .exception) else { return }
    let function = Value(Ref(offset: UInt32(truncatingIfNeeded: offset(ofAddress: self[.function]))))
    let next = words(exception).value(ExceptionLayout.traceback)
    // Without memory for an entry the traceback is shorter; the exception itself is what counts.
    if let entry = try? allocateRecord(
      .traceback, class: type(.traceback), function, next, Value(small: index), .none, .none)
    {
      words(exception).set(ExceptionLayout.traceback, Value(entry))
    }
  }

  /// The frame is left: its variables go on in the entry that it has in the exception's traceback.
  private func keepRegisters(_ exception: Value) {
    guard self.is(exception, .exception) else { return }
    let traceback = words(exception).value(ExceptionLayout.traceback)
    guard self.is(traceback, .traceback), ref(tracebackFunction(words(traceback))) == ref(runningFunction) else {
      return
    }
    let count = Int(runningFunction[FunctionLayout.entry] >> 48)
    guard count > 0, let kept = try? newTuple(from: frame, at: 0, count: count) else { return }
    let owner = words(traceback).value(TracebackLayout.function)
    if self.is(owner, .frame) {
      words(owner).set(FrameLayout.registers, kept)
    } else {
      words(traceback).set(TracebackLayout.registers, kept)
    }
  }

  @inline(__always) func pushHandled(_ i: UInt64, _ r: inout Registers) {
    let exception = r[b(i)]
    r[a(i)] = self[root: .handledException]
    self[root: .handledException] = exception
  }

  func raiseSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      switch Instruction(word: i).opcode {
      case .raiseAgain:
        let handled = self[root: .handledException]
        guard handled.isRef else { throw raise(.runtimeError, "No active exception to reraise") }
        self[root: .pendingException] = handled
        self[.isReraise] = 1
        throw .exception
      case .raise:
        throw raise(try exceptionToRaise(register(a(i))))
      default:
        let exception = try exceptionToRaise(register(a(i)))
        keep(exception)
        let cause = register(b(i))
        if cause.isNone {
          words(exception).set(ExceptionLayout.cause, .none)
        } else {
          guard isExceptionClass(cause) || self.is(cause, .exception) else {
            throw raise(.typeError, "exception causes must derive from BaseException")
          }
          words(exception).set(ExceptionLayout.cause, try exceptionToRaise(cause))
        }
        words(exception).set(ExceptionLayout.suppressContext, .true)
        throw raise(exception)
      }
    }
  }

  package func isExceptionClass(_ value: Value) -> Bool {
    self.is(value, .class) && isSubclass(value.ref, type(.baseException))
  }

  /// The exception that `raise value` raises: an instance as it is, a class called.
  func exceptionToRaise(_ value: Value) throws(Unwind) -> Value {
    if self.is(value, .exception) { return value }
    if isExceptionClass(value) {
      let exception = try call(value)
      guard self.is(exception, .exception) else {
        throw raise(
          .typeError,
          "calling \(text(try repr(value))) should have returned an instance of BaseException, not \(text(try repr(Value(classOf(exception)))))")
      }
      return exception
    }
    throw raise(.typeError, "exceptions must derive from BaseException")
  }

  func reraise(_ i: UInt64) -> Bool {
    self[root: .pendingException] = register(a(i))
    self[.isReraise] = 1
    self[.exitReason] = RunExit.raised.rawValue
    return false
  }

  func matchException(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      setRegister(a(i), Value(try exception(register(b(i)), matches: register(c(i)))))
    }
  }

  /// Whether an `except type` clause takes an exception.
  func exception(_ exception: Value, matches type: Value) throws(Unwind) -> Bool {
    if isExceptionClass(type) { return isSubclass(classOf(exception), type.ref) }
    if self.is(type, .tuple) {
      let types = PyTuple(self, type)
      for index in 0..<types.count where !isExceptionClass(types[index]) {
        throw raise(.typeError, "catching classes that do not inherit from BaseException is not allowed")
      }
      for index in 0..<types.count where isSubclass(classOf(exception), types[index].ref) { return true }
      return false
    }
    throw raise(.typeError, "catching classes that do not inherit from BaseException is not allowed")
  }

  func matchExceptionGroup(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let exception = register(b(i))
      let type = register(c(i))
      let group = self.type(.baseExceptionGroup)
      let types = self.is(type, .tuple) ? PyTuple(self, type) : PyTuple(self, try newTuple(type))
      for index in 0..<types.count {
        guard isExceptionClass(types[index]) else {
          throw raise(.typeError, "catching classes that do not inherit from BaseException is not allowed")
        }
        if isSubclass(types[index].ref, group) {
          throw raise(
            .typeError, "catching ExceptionGroup with except* is not allowed. Use except instead.")
        }
      }
      if isSubclass(classOf(exception), group) {
        let parts = try callMethod(exception, "split", type)
        guard self.is(parts, .tuple), PyTuple(self, parts).count == 2 else {
          throw raise(.typeError, "\(typeName(exception)).split must return a 2-tuple, got \(typeName(parts))")
        }
        setRegister(a(i), PyTuple(self, parts)[0])
        setRegister(a(i) + 1, PyTuple(self, parts)[1])
      } else if try self.exception(exception, matches: type) {
        // A plain exception is wrapped, so that the clause always sees a group.
        let wrapped = try call(
          Value(self.type(.exceptionGroup)), newString(""), newTuple(exception))
        setRegister(a(i), wrapped)
        setRegister(a(i) + 1, .none)
      } else {
        setRegister(a(i), .none)
        setRegister(a(i) + 1, exception)
      }
    }
  }

  func prepareReraiseStar(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let original = register(b(i))
      let raised = PyList(self, register(c(i)))
      let values = (0..<raised.count).map { raised[$0] }
      setRegister(a(i), try ExceptionGroupType.reraised(self, original, values) ?? .none)
    }
  }

  // MARK: with

  func enterContext(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      try enterContext(i, enter: .enter, exit: .exit, protocolName: "context manager protocol")
    }
  }

  func enterAsyncContext(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      try enterContext(i, enter: .aenter, exit: .aexit, protocolName: "asynchronous context manager protocol")
    }
  }

  private func enterContext(_ i: UInt64, enter: Special, exit: Special, protocolName: String) throws(Unwind) {
    let manager = register(b(i))
    guard let enterMethod = lookupSpecial(manager, enter) else {
      throw raise(.typeError, "'\(typeName(manager))' object does not support the \(protocolName)")
    }
    guard let exitMethod = lookupSpecial(manager, exit) else {
      throw raise(
        .typeError,
        "'\(typeName(manager))' object does not support the \(protocolName) (missed \(exit.text) method)")
    }
    keep(manager)
    let boundExit = try bindDescriptor(exitMethod, manager)
    keep(boundExit)
    let result = try callBound(enterMethod, manager)
    setRegister(a(i), boundExit)
    setRegister(a(i) + 1, result)
  }

  func callExit(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let exception = register(c(i))
      setRegister(
        a(i),
        try call(
          register(b(i)), Value(classOf(exception)), exception, words(exception).value(ExceptionLayout.traceback)))
    }
  }
}
