import PythonBytecode

/// What the recorder is told of lines, calls and returns, at once or by the journal, and the steps that it makes of that.
extension Recorder {
  /// A line is about to be reached: the run can be continued from here.
  func approaching(_ vm: VM) {
    guard at.steps + 1 >= nextCheckpoint, let onCheckpoint, !isStopping else { return }
    if vm[.nestedRuns] == 0 {
      leaveFrames(above: vm.offset(ofAddress: vm[.base]))
      onCheckpoint(vm)
    } else {
      nextCheckpoint = at.steps + 256
    }
  }

  /// A line is about to run. False when the run is to end here.
  func reached(_ vm: VM) -> Bool {
    if isStopping { return false }
    synchronize(vm)
    let top = at.stack.count - 1
    if top >= 0, let line = newLine(vm, vm.offset(ofAddress: vm[.pc]), &at.stack[top]) { step(vm, .line, line: line) }
    openJournal(vm)
    return !isStopping
  }

  /// Whether the cell that is to be set is to be set here: the statement that is reached is the step in question, or the first after it.
  func isChangeDue(_ vm: VM) -> Bool {
    guard at.steps + 1 >= changeStep, !at.hasChanged, !isStopping else { return false }
    leaveFrames(above: vm.offset(ofAddress: vm[.base]))
    guard var top = at.stack.last else { return false }
    return newLine(vm, vm.offset(ofAddress: vm[.pc]), &top) != nil
  }

  /// The line, if the instruction before `pc` begins one as CPython counts: another line than before, or the same one again. The head of a `for`
  /// stands behind its body, so going there from the body is what goes back, and going on to the body is not.
  @inline(__always) func newLine(_ vm: VM, _ pc: Int, _ frame: inout WatchedFrame) -> Int? {
    let index = frame.lines.index(pc)
    let line = frame.lines.line(vm, at: index)
    let word = vm.words(at: pc - 8)[0]
    let last = frame.position
    let isHead = UInt8(truncatingIfNeeded: word) == headOpcode
    frame.position = (line, index, isHead)
    let begins =
      if line != last.line { true } else if isHead { last.index > index + signedC(word) } else {
        !last.isHead && index <= last.index
      }
    guard begins else { return nil }
    frame.line = line
    return line
  }

  func entered(_ vm: VM) {
    synchronize(vm)
    let head = enter(vm, vm.runningFunction, base: vm.offset(ofAddress: vm[.base]))
    if head.hasCallStep { step(vm, .call, line: head.lines.first) }
    openJournal(vm)
  }

  /// Puts the frame of a function on the stack.
  func enter(_ vm: VM, _ function: Words, base: Int) -> CodeHead {
    let frame = newFrame(vm, function, base: base)
    at.stack.append(frame)
    return heads[frame.code]
  }

  func returning(_ vm: VM, _ value: Value) {
    synchronize(vm)
    guard let top = at.stack.last else { return }
    step(vm, .return, line: top.lines.line(vm, before: vm.offset(ofAddress: vm[.pc])), value: value)
    leaveTop()
    openJournal(vm)
  }

  func leaveTop() {
    guard let top = at.stack.popLast() else { return }
    if takesValues { held[top.record.id] = nil }
  }

  func raised(_ vm: VM, _ exception: Value, leaves: Bool) {
    synchronize(vm)
    step(vm, .exception, line: vm.currentLine(), value: exception, leaves: leaves)
    if leaves { leaveTop() }
    openJournal(vm)
  }

  func generatorMade(_ vm: VM, _ generator: Value) {
    guard vm.isStepped(vm.runningFunction) else { return }
    synchronize(vm)
    suspendTop(generator)
  }

  func yielding(_ vm: VM, _ generator: Value, _ value: Value) {
    guard vm.isStepped(vm.runningFunction) else { return }
    synchronize(vm)
    step(vm, .yield, line: vm.currentLine(), value: value)
    suspendTop(generator)
    openJournal(vm)
  }

  func resumed(_ vm: VM, _ generator: Value, isFirst: Bool) {
    guard vm.isStepped(vm.runningFunction) else { return }
    synchronize(vm)
    let base = vm.offset(ofAddress: vm[.base])
    var frame =
      at.suspended.removeValue(forKey: generator.ref.offset) ?? newFrame(vm, vm.runningFunction, base: base)
    if isFirst { frame.position = (-1, -1, false) }
    frame.place = base
    let line = isFirst ? frame.lines.first : frame.line
    at.stack.append(frame)
    step(vm, isFirst ? .call : .resume, line: line)
    openJournal(vm)
  }

  func suspendTop(_ generator: Value) {
    guard var frame = at.stack.popLast() else { return }
    frame.place = Int(generator.ref.offset)
    at.suspended[generator.ref.offset] = frame
  }

  /// Before something is told at once: all that was written down before it is taken down.
  func settle(_ vm: VM) {
    if vm[.journalNext] != 0 { readJournal(vm) }
  }

  /// The same, and only frames that are still there are on the stack.
  func synchronize(_ vm: VM) {
    settle(vm)
    leaveFrames(above: vm.offset(ofAddress: vm[.base]))
  }

  /// Forgets frames above a place: they were left without a word, by a limit.
  @inline(__always) func leaveFrames(above place: Int) {
    while !at.stack.isEmpty, at.stack[at.stack.count - 1].place > place { at.stack.removeLast() }
  }

  func newFrame(_ vm: VM, _ function: Words, base: Int) -> WatchedFrame {
    let code = codeNumber(vm, function)
    let head = heads[code]
    at.frames += 1
    var record = FrameRecord(
      id: at.frames, name: head.name, call: 0, file: head.file, function: 0, line: head.lines.first,
      parent: at.stack.isEmpty ? 0 : at.stack[at.stack.count - 1].record.id, kind: head.kind)
    if head.kind != .module {
      let name = Int(head.name)
      while at.calls.count <= name { at.calls.append(0) }
      at.calls[name] += 1
      record.call = at.calls[name]
      record.function = label(name: head.name, function: function.high(FunctionLayout.simpleArgumentCount))
    }
    if recording.frames.count < max(window.count, 1000) { recording.frames.append(record) }
    if takesValues, isSynchronized, !head.hasNamespace {
      held[record.id] = Array(repeating: HeldValue(), count: codes[code].locals.count)
    }
    return WatchedFrame(
      record: record, code: code, lines: head.lines, function: Value(vm.ref(function)), place: base,
      line: head.lines.first)
  }

  /// After a limit ended the run: what happened since the last step gets a step of its own. True if there is one.
  @discardableResult package func finish(_ vm: VM, wasLimited: Bool) -> Bool {
    settle(vm)
    let isDone = target.map { at.steps >= $0 } ?? false
    guard wasLimited, !isDone, let top = at.stack.last else { return false }
    at.steps += 1
    guard window.contains(at.steps) else { return true }
    if takesValues, !isSynchronized { synchronizeFrames(vm) }
    record(vm, .limit, line: top.line, frame: top.record.id, leaves: false)
    if takesValues { recording.values.append(newValues()) }
    if at.steps == window.lowerBound { onWindow?(vm) }
    return true
  }

  /// A step of the frame at the top.
  func step(_ vm: VM, _ event: StepEvent, line: Int, value: Value = .unbound, leaves: Bool = false) {
    guard at.steps < lastStep else {
      isStopping = true
      return
    }
    guard let top = at.stack.last else { return }
    if takesValues, window.contains(at.steps + 1) {
      at.steps += 1
      if !isSynchronized { synchronizeFrames(vm) }
      record(vm, event, line: line, frame: top.record.id, leaves: leaves)
      var values = newValues()
      if isFull {
        recording.isPartial = true
      } else {
        takeChanges(vm, top)
        if !value.isUnbound { values.value = show(vm, value) }
      }
      recording.values.append(values)
      if at.steps == window.lowerBound { onWindow?(vm) }
    } else {
      count(vm, event, line: line, frame: at.stack.count - 1, leaves: leaves)
    }
    if at.steps == target {
      onTarget?(vm)
      isStopping = true
    }
  }

  /// What `touched` added since the last step belongs to the step.
  @inline(__always) func record(_ vm: VM, _ event: StepEvent, line: Int, frame: Int, leaves: Bool) {
    recording.steps.append(
      StepRecord(
        line: Int32(truncatingIfNeeded: line), frame: Int32(truncatingIfNeeded: frame),
        output: Int32(truncatingIfNeeded: vm[.outputUsed]), firstEvent: Int32(truncatingIfNeeded: eventsTaken),
        event: event, leaves: leaves))
    eventsTaken = recording.ledger.count
  }

  /// What `takeChanges` adds from now on belongs to the step.
  func newValues() -> StepValues {
    StepValues(value: .unbound, firstChange: Int32(truncatingIfNeeded: recording.changes.count))
  }
}
