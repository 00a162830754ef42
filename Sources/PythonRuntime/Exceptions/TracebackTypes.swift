/// The types `traceback` and `frame`.
enum TracebackTypes {
  static let types: [NativeType] = [traceback, frame]

  /// `sys._getframe`.
  static let getFrame = NativeFunction("_getframe", "depth=0, /") { (vm, a) throws(Unwind) in
    let depth = max(0, try vm.indexAsInt(a[0], overflow: .overflowError))
    guard let frame = try vm.frameObject(depth: depth) else {
      throw vm.raise(.valueError, "call stack is not deep enough")
    }
    return frame
  }

  /// `sys.excepthook`.
  static let exceptHook = NativeFunction("excepthook", "exctype, value, traceback, /") { (vm, a) throws(Unwind) in
    guard vm.is(a[1], .exception) else {
      let message = "TypeError: print_exception(): Exception expected for value, \(vm.typeName(a[1])) found\n"
      try vm.writeToErrors(Array(message.utf8))
      return .none
    }
    let object = vm.words(a[1])
    if !object.value(ExceptionLayout.traceback).isRef, vm.is(a[2], .traceback) {
      object.set(ExceptionLayout.traceback, a[2])
    }
    try vm.writeToErrors(vm.formatException(a[1]))
    return .none
  }

  static let traceback = NativeType(
    .traceback, "traceback", kind: .traceback, isSubclassable: false,
    [
      NativeFunction("__new__", "cls, tb_next, tb_frame, tb_lasti, tb_lineno", newTraceback, binding: .static),
      NativeFunction("__dir__", "self, /") { (vm, _) throws(Unwind) in
        try vm.newList(["tb_frame", "tb_next", "tb_lasti", "tb_lineno"].map { (name) throws(Unwind) in try vm.intern(name) })
      },
    ],
    properties: [
      NativeProperty("tb_next", { (vm, a) throws(Unwind) in vm.words(a[0]).value(TracebackLayout.next) }, set: setNext),
      NativeProperty("tb_frame", getTracebackFrame),
      NativeProperty("tb_lasti", { (vm, a) throws(Unwind) in
        Value(small: CodeType.shownIndex(vm.words(a[0]).value(TracebackLayout.index).int))
      }),
      NativeProperty("tb_lineno", { (vm, a) throws(Unwind) in shownLine(vm.tracebackLine(vm.words(a[0]))) }),
    ])

  static func newTraceback(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard a[1].isNone || vm.is(a[1], .traceback) else {
      throw vm.raise(.typeError, "expected traceback object or None, got '\(vm.typeName(a[1]))'")
    }
    guard vm.is(a[2], .frame) else {
      throw vm.raise(.typeError, "traceback() argument 'tb_frame' must be frame, not \(vm.typeName(a[2]))")
    }
    let index = try vm.indexAsInt(a[3], overflow: .overflowError)
    let line = try vm.indexAsInt(a[4], overflow: .overflowError)
    guard Int32(exactly: index) != nil, Int32(exactly: line) != nil else {
      throw vm.raise(.overflowError, "Python int too large to convert to C int")
    }
    return Value(
      try vm.allocateRecord(
        .traceback, class: vm.type(.traceback), a[2], a[1], Value(small: CodeType.index(ofShown: index)),
        Value(small: line), .none))
  }

  static func setNext(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound { throw vm.raise(.typeError, "can't delete tb_next attribute") }
    guard a[1].isNone || vm.is(a[1], .traceback) else {
      throw vm.raise(.typeError, "expected traceback object or None, got '\(vm.typeName(a[1]))'")
    }
    var link = a[1]
    while link.isRef {
      if link == a[0] { throw vm.raise(.valueError, "traceback loop detected") }
      link = vm.words(link).value(TracebackLayout.next)
    }
    vm.words(a[0]).set(TracebackLayout.next, a[1])
    return .none
  }

  static func getTracebackFrame(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let entry = vm.words(a[0])
    let owner = entry.value(TracebackLayout.function)
    if vm.is(owner, .frame) { return owner }
    // Of a function that still runs, the running frame.
    var depth = 0
    var isRunning = false
    try vm.forEachLiveFrame { (live) throws(Unwind) in
      isRunning = live.function == owner
      if !isRunning { depth += 1 }
      return !isRunning
    }
    let frame: Value
    if isRunning, let live = try vm.frameObject(depth: depth) {
      frame = live
    } else {
      frame = try vm.newFrame(
        owner, index: entry.value(TracebackLayout.index).int, line: entry.value(TracebackLayout.line),
        registers: entry.value(TracebackLayout.registers))
    }
    entry.set(TracebackLayout.function, frame)
    return frame
  }

  /// None for what belongs to no line.
  private static func shownLine(_ line: Int) -> Value { line > 0 ? Value(small: line) : .none }

  // MARK: Frames

  static let frame = NativeType(
    .frame, "frame", kind: .frame, isSubclassable: false,
    [
      NativeFunction("clear", "self, /") { (vm, a) throws(Unwind) in
        if vm.liveFrame(vm.words(a[0])) != nil {
          throw vm.raise(.runtimeError, "cannot clear an executing frame")
        }
        vm.words(a[0]).set(FrameLayout.locals, .none)
        vm.words(a[0]).set(FrameLayout.registers, .none)
        return .none
      },
      NativeFunction("__repr__", "self, /") { (vm, a) throws(Unwind) in
        let code = frameCode(vm, a[0])
        let file = try vm.repr(code.value(CodeLayout.filename))
        return try vm.newString(
          "<frame at \(vm.address(of: a[0])), file \(vm.text(file)), line \(frameLine(vm, a[0])), code \(vm.text(code.value(CodeLayout.name)))>")
      },
    ],
    properties: [
      NativeProperty("f_code", { (vm, a) throws(Unwind) in
        vm.words(vm.words(a[0]).value(FrameLayout.function)).value(FunctionLayout.code)
      }),
      NativeProperty("f_globals", { (vm, a) throws(Unwind) in globals(vm, a[0]) }),
      NativeProperty("f_builtins", { (vm, _) throws(Unwind) in vm[root: .builtins] }),
      NativeProperty("f_locals", getLocals),
      NativeProperty("f_lineno", { (vm, a) throws(Unwind) in shownLine(frameLine(vm, a[0])) }),
      NativeProperty("f_lasti", { (vm, a) throws(Unwind) in Value(small: CodeType.shownIndex(frameIndex(vm, a[0]))) }),
      NativeProperty("f_back", { (vm, a) throws(Unwind) in vm.words(a[0]).value(FrameLayout.back) }),
      NativeProperty("f_trace", { (vm, a) throws(Unwind) in vm.words(a[0]).value(FrameLayout.trace) }, set: setTrace),
    ])

  private static func frameCode(_ vm: VM, _ frame: Value) -> Words {
    vm.words(vm.words(vm.words(frame).value(FrameLayout.function)).value(FunctionLayout.code))
  }

  static func globals(_ vm: VM, _ frame: Value) -> Value {
    vm.words(vm.words(frame).value(FrameLayout.function)).value(FunctionLayout.globals)
  }

  /// The word a frame is at; of one that still runs, the current one.
  private static func frameIndex(_ vm: VM, _ frame: Value) -> Int {
    let object = vm.words(frame)
    if !object.value(FrameLayout.base).isNone, let live = vm.liveFrame(object) { return live.index }
    return object.value(FrameLayout.index).int
  }

  private static func frameLine(_ vm: VM, _ frame: Value) -> Int {
    let own = vm.words(frame).value(FrameLayout.line)
    return own.isInt ? own.int : vm.line(frameCode(vm, frame), frameIndex(vm, frame))
  }

  static func getLocals(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let frame = vm.words(a[0])
    if let live = vm.liveFrame(frame) {
      let locals = try vm.locals(live)
      frame.set(FrameLayout.locals, locals)
      return locals
    }
    let kept = frame.value(FrameLayout.locals)
    if kept.isRef { return kept }
    // A frame that has returned has no variables any more; those of a module are its globals.
    let isModule = vm.text(frameCode(vm, a[0]).value(CodeLayout.name)) == "<module>"
    let registers = frame.value(FrameLayout.registers)
    let function = vm.words(frame.value(FrameLayout.function))
    let locals: Value
    if registers.isRef {
      locals = try vm.locals(function, registers: PyTuple(vm, registers).words.advanced(by: 2))
    } else if vm.codeFlags(function).contains(.optimized), function[FunctionLayout.entry] >> 48 == 0 {
      // All its variables are free ones, which lie in the function.
      locals = try vm.locals(function, registers: vm.frame)
    } else {
      locals = isModule ? globals(vm, a[0]) : try vm.newDict()
    }
    frame.set(FrameLayout.locals, locals)
    return locals
  }

  static func setTrace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.words(a[0]).set(FrameLayout.trace, a[1].isUnbound ? .none : a[1])
    return .none
  }
}
