/// A frame as programs see it: made on demand, of a running frame or of an entry of a traceback. Values: function, index of the code word it
/// was at, line or None (then the word's), the frame that called it or None, offset of its registers on the register stack or None,
/// the dict of its variables or None, `f_trace`.
enum FrameLayout {
  static let function = 1
  static let index = 2
  static let line = 3
  static let back = 4
  static let base = 5
  static let locals = 6
  static let trace = 7
  /// Of a frame that was left by an exception: a tuple of what its registers held.
  static let registers = 8
}

/// An entry of a traceback. Word 1 is the function that ran, or its frame once a program has asked for that.
enum TracebackLayout {
  static let function = 1
  static let next = 2
  static let index = 3
  static let line = 4
  /// What the frame's registers held when the exception left it, or None.
  static let registers = 5
}

/// A frame that is running: where its registers lie and the word it is at.
struct LiveFrame {
  let function: Value
  let base: Int
  let index: Int
}

extension VM {
  /// The running frames, innermost first, until `visit` says false.
  func forEachLiveFrame(_ visit: (LiveFrame) throws(Unwind) -> Bool) throws(Unwind) {
    var base = self[.base]
    var function = Value(Ref(offset: UInt32(truncatingIfNeeded: offset(ofAddress: self[.function]))))
    var pc = offset(ofAddress: self[.pc])
    let bottom = address(ofOffset: Cage.stackStart) + 64
    let entryCode = words(self[root: .entryFunction]).value(FunctionLayout.code)
    while base > bottom, words(function).value(FunctionLayout.code) != entryCode {
      let start = Int(UInt32(truncatingIfNeeded: words(function)[FunctionLayout.entry]))
      guard try visit(LiveFrame(function: function, base: base, index: (pc - start) / 8 - 1)) else { return }
      let info = stackWord(base - 8)[0]
      function = stackWord(base - 16).value(0)
      guard self.is(function, .function), ReturnInfo.delta(info) > 0 else { return }
      pc = ReturnInfo.offset(info)
      base -= ReturnInfo.delta(info) * 8
    }
  }

  /// The frame object of the `depth`-th running frame, with those that called it; nil if there are not so many.
  func frameObject(depth: Int) throws(Unwind) -> Value? {
    let mark = keepMark()
    defer { keepRelease(mark) }
    var live: [LiveFrame] = []
    try forEachLiveFrame { (frame) throws(Unwind) in
      live.append(frame)
      return true
    }
    guard depth < live.count else { return nil }
    var back = Value.none
    for frame in live[depth...].reversed() {
      back = try newFrame(frame.function, index: frame.index, back: back, base: offset(ofAddress: frame.base))
    }
    return back
  }

  func newFrame(
    _ function: Value, index: Int, line: Value = .none, back: Value = .none, base: Int? = nil, registers: Value = .none
  ) throws(Unwind) -> Value {
    let place = base.map { Value(small: $0) } ?? .none
    return Value(
      try allocateRecord(
        .frame, class: type(.frame), function, Value(small: index), line, back, place, .none, .none, registers))
  }

  /// The running frame that a frame object stands for; of a traceback's frame, the innermost one of its function.
  func liveFrame(_ frame: Words) -> LiveFrame? {
    let function = frame.value(FrameLayout.function)
    let place = frame.value(FrameLayout.base)
    var found: LiveFrame?
    try? forEachLiveFrame { (live) throws(Unwind) in
      guard live.function == function, place.isNone || self.offset(ofAddress: live.base) == place.int else { return true }
      found = live
      return false
    }
    return found
  }

  /// The function of a traceback's entry.
  func tracebackFunction(_ traceback: Words) -> Words {
    let owner = traceback.value(TracebackLayout.function)
    return self.is(owner, .frame) ? words(words(owner).value(FrameLayout.function)) : words(owner)
  }

  func tracebackCode(_ traceback: Words) -> Words { words(tracebackFunction(traceback).value(FunctionLayout.code)) }

  /// The line of a traceback's entry.
  func tracebackLine(_ traceback: Words) -> Int {
    let own = traceback.value(TracebackLayout.line)
    return own.isInt ? own.int : line(tracebackCode(traceback), traceback.value(TracebackLayout.index).int)
  }

  /// The variables of a running frame, as `locals()` gives them there.
  func locals(_ live: LiveFrame) throws(Unwind) -> Value {
    try locals(words(live.function), registers: stackWord(live.base))
  }

  /// The variables that a function has in these registers.
  func locals(_ function: Words, registers: Words) throws(Unwind) -> Value {
    let code = words(function.value(FunctionLayout.code))
    if !codeFlags(function).contains(.optimized) { return registers.value(0) }
    let result = try newDict()
    let dict = PyDict(self, result)
    let names = PyTuple(self, code.value(CodeLayout.localNames))
    let cellNames = PyTuple(self, code.value(CodeLayout.cellNames))
    let cells = words(at: Int(code[CodeLayout.cellRegisters]))
    for index in 0..<names.count {
      let value = registers.value(index)
      let isCell = (0..<cellNames.count).contains { cells[1 + $0] == UInt64(index) }
      if !isCell, !value.isUnbound { try dict.set(name: names[index], value) }
    }
    for index in 0..<cellNames.count {
      let cell = registers.value(Int(cells[1 + index]))
      guard self.is(cell, .cell), !words(cell).value(1).isUnbound else { continue }
      try dict.set(name: cellNames[index], words(cell).value(1))
    }
    let freeNames = PyTuple(self, code.value(CodeLayout.freeNames))
    for index in 0..<freeNames.count {
      let contents = words(function.value(FunctionLayout.cells + index)).value(1)
      if !contents.isUnbound { try dict.set(name: freeNames[index], contents) }
    }
    return result
  }
}
