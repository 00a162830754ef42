/// Running snippets from outside: limits, the main module, and what is left of an exception that nothing caught.
extension VM {
  /// The namespace of the main module, once it was made.
  package var mainGlobals: Value { words(self[root: .mainModule]).value(1) }

  /// The namespace of `__main__`, in `sys.modules` from the start.
  package func makeMainModule() throws(Unwind) -> Value {
    let key = try intern("__main__")
    let module = try newModule(key)
    self[root: .mainModule] = module
    let globals = words(module).value(1)
    try PyDict(self, globals).set(name: name(.builtins), builtinsModule())
    try PyDict(self, self[root: .modules]).set(name: key, module)
    return globals
  }

  /// Sets the limits of the next run. With `sliceTicks` it is suspended whenever that many more were used.
  package func beginRun(ticks: Int, memoryBytes: Int, outputBytes: Int, recursion: Int, sliceTicks: Int?) {
    let before = ticksUsed
    self[.runStartTicks] = before
    self[.hasRun] = 1
    self[.sliceLength] = sliceTicks ?? 1 << 20
    self[.suspendsSlices] = 0
    self[.suspendRequested] = 0
    self[.isObserved] = host.recorder != nil ? 1 : 0
    self[.journalNext] = 0
    self[.journalEnd] = 0
    self[.attentionSpent] = 0
    self[.importsUnderway] = 0
    updateAttention()
    self[.ticksUsed] = before
    self[.sliceTicks] = 0
    self[.fuel] = 0
    self[.stolenFuel] = 0
    self[.tickLimit] = before.addingReportingOverflow(ticks).overflow ? Int.max / 16 : before + ticks
    self[.memoryReserve] = 0
    self[.memoryLimit] = min(memoryBytes, Cage.heapEnd)
    self[.outputUsed] = 0
    self[.inputUsed] = 0
    self[.outputLimit] = outputBytes
    self[.recursionLimit] = recursion
    // The frame of the code that is not there yet counts too, as in CPython.
    self[.depth] = 0
    self[.exitReason] = RunExit.raised.rawValue
    self[.isReraise] = 0
    self[root: .pendingException] = .none
    self[root: .handledException] = .none
    self[root: .shownResult] = .none
    host.reprStack = []
    enterBottomFrame()
    scheduleNextCollection()
    startSlice()
    self[.suspendsSlices] = sliceTicks == nil ? 0 : 1
  }

  /// Between runs: the stack is empty, and what only the last run needed is forgotten.
  func leaveStack() {
    enterBottomFrame()
    self[.depth] = 0
    self[root: .pendingException] = .none
    self[root: .handledException] = .none
  }

  /// The ticks of this run until now.
  package var runTicks: Int { ticksUsed - self[.runStartTicks] }

  /// Stands on the entry function's frame at the bottom of the stack.
  private func enterBottomFrame() {
    let stack = address(ofOffset: Cage.stackStart)
    let function = self[root: .entryFunction]
    self[.base] = stack + 64
    self[.top] = stack + 64
    self[.function] = address(ofOffset: Int(function.ref.offset))
    self[.pc] = address(ofOffset: Int(words(function)[FunctionLayout.entry] & 0xFFFF_FFFF))
    self[.nestedRuns] = 0
  }

  /// Compiles and runs a snippet as the main program; false when it was suspended.
  package func runMain(
    _ source: [UInt8], filename: String, globals: Value, mode: CompileRequest.Mode = .module
  ) throws(Unwind) -> Bool {
    let code = try compile(
      source, filename: filename, mode: mode, optimize: -1, flags: 0, isFile: mode != .interactive)
    keep(code)
    // What stands in angle brackets is no file.
    if !filename.hasPrefix("<") { try PyDict(self, globals).set(name: name(.file), newString(filename)) }
    let function = try newFunction(code, globals: globals, cellCount: 0)
    keep(function)
    let window = self[.top]
    let place = stackWord(window)
    let object = words(function)
    let locals = Int(object[FunctionLayout.entry] >> 48)
    try reserveStack(upTo: window + (locals + 8 + VM.stackSlack) * 8)
    place.set(0, function)
    place.set(3, globals)
    if locals > 1 { place.fill(from: 4, count: locals - 1, with: Value.unbound.bits) }
    try enterFrame(window: window, object, .exit)
    return try continueMain()
  }

  /// Goes on with the main program; false when it was suspended.
  package func continueMain() throws(Unwind) -> Bool {
    let exit = run()
    if exit == .suspended { return false }
    _ = try finishRun(exit)
    return true
  }

  /// The repr of the snippet's last expression, if it was to be kept and is not None.
  package var shownResult: String? {
    let shown = self[root: .shownResult]
    return shown.isRef ? text(shown) : nil
  }

  /// After a run ended early: the stack is empty again, and there are ticks and memory to say how it ended.
  package func prepareToReport() {
    let used = ticksUsed
    enterBottomFrame()
    self[.depth] = 0
    self[root: .handledException] = .none
    keep(self[root: .pendingException])
    self[.stolenFuel] = 0
    self[.suspendsSlices] = 0
    self[.ticksUsed] = used
    self[.sliceTicks] = 0
    self[.fuel] = 0
    self[.tickLimit] = used.addingReportingOverflow(10_000_000).overflow ? Int.max : used + 10_000_000
    self[.memoryLimit] = min(self[.memoryLimit], Cage.heapEnd - 1 << 20) + 1 << 20
    self[.outputLimit] = Int.max
    startSlice()
  }

  /// What `SystemExit` asks for; nil for another exception.
  package func exitStatus(of exception: Value) -> (code: Int, message: [UInt8]?)? {
    guard isInstance(exception, .systemExit) else { return nil }
    let arguments = words(exception).value(ExceptionLayout.args)
    guard self.is(arguments, .tuple), PyTuple(self, arguments).count > 0 else { return (0, nil) }
    let code = PyTuple(self, arguments).count == 1 ? PyTuple(self, arguments)[0] : arguments
    if code.isNone { return (0, nil) }
    if let int = asInt(code) { return (int & 0xFF, nil) }
    guard let shown = try? str(code) else { return (1, nil) }
    return (1, PyString(self, shown).utf8() + [0x0A])
  }

  /// `str(exception)`, or what stands for it when that fails.
  package func exceptionMessage(_ exception: Value) -> String {
    do {
      return text(try str(exception))
    } catch {
      takePending()
      return "<exception str() failed>"
    }
  }
}
