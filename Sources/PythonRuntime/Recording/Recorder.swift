import PythonBytecode

/// Takes down what the observed run loop tells: steps with what changed, and what happened to each cell.
///
/// It stores nothing in the cage and charges nothing, so a run is the same with it. It records a window of the steps; outside of that it only
/// counts, follows the frames, and leaves a checkpoint now and then, from which a replay reaches any step.
package final class Recorder {
  /// Where a run stands: what a checkpoint needs of the recorder.
  struct Position {
    var steps = 0
    var frames = 0
    var stack: [WatchedFrame] = []
    var suspended: [UInt32: WatchedFrame] = [:]
    /// How many calls of each name there were.
    var calls: [String: Int] = [:]
  }

  var at = Position()
  package var recording = Recording()
  /// The steps to be recorded, and the most events of cells.
  package var window = 1..<100_001
  package var mostEvents = 250_000
  /// Called at this step, with the run standing there; then the run ends.
  package var target: Int?
  package var onTarget: ((VM) -> Void)?
  /// Called when the window's first step is reached.
  package var onWindow: ((VM) -> Void)?
  /// Ends the run at its next step.
  package var isStopping = false
  /// Called at each step where the run can be continued from later.
  var onCheckpoint: ((VM) -> Void)?
  var nextCheckpoint = 1
  /// What the frames held is known: the window has begun.
  var isSynchronized = false
  /// A global was stored since the last step.
  var globalsChanged = false

  // MARK: Tables

  package private(set) var texts: [String] = [""]
  private var textNumbers: [String: Int32] = ["": 0]
  package private(set) var objects: [ShownObject] = []
  private var objectNumbers: [ShownObject: Int] = [:]
  private var facts: [UInt64: CodeFacts] = [:]
  private var shown: [UInt64: (print: UInt64, value: ShownValue)] = [:]
  private var cellNames: [Int: Int32] = [:]
  private var collections = -1
  private var textBytes = 0

  package init() {}

  /// How many steps there were until now.
  package var stepCount: Int { at.steps }

  /// The number of a text in the table.
  func number(of text: String) -> Int32 {
    if let known = textNumbers[text] { return known }
    let number = Int32(truncatingIfNeeded: texts.count)
    texts.append(text)
    textBytes += text.utf8.count
    textNumbers[text] = number
    return number
  }

  /// Forgets what is known by place: the places may hold something else now.
  func forgetPlaces() {
    facts.removeAll(keepingCapacity: true)
    shown.removeAll(keepingCapacity: true)
  }

  private func checkPlaces(_ vm: VM) {
    guard collections != vm[.collections] else { return }
    collections = vm[.collections]
    forgetPlaces()
  }

  func facts(_ vm: VM, _ function: Words) -> CodeFacts {
    checkPlaces(vm)
    let code = function.value(FunctionLayout.code)
    if let known = facts[code.bits] { return known }
    let made = CodeFacts(vm, vm.words(code), self)
    facts[code.bits] = made
    return made
  }

  /// A value as it shows itself now.
  func show(_ vm: VM, _ value: Value) -> ShownValue {
    guard value.isRef else { return ShownValue(bits: value.bits) }
    checkPlaces(vm)
    let print = vm.isMutable(value) ? vm.fingerprint(value) : 0
    let isFunction = vm.is(value, .function)
    if !isFunction, let known = shown[value.bits], known.print == print { return known.value }
    let made = show(vm, object: value, isFunction)
    if shown.count > 50_000 { shown.removeAll(keepingCapacity: true) }
    shown[value.bits] = (print, made)
    return made
  }

  private func show(_ vm: VM, object value: Value, _ isFunction: Bool) -> ShownValue {
    let text = ValueText(vm, value)
    let object = ShownObject(
      type: number(of: vm.typeName(value)), text: number(of: String(decoding: text.bytes, as: UTF8.self)),
      ref: vm.hasShownIdentity(value) ? Int32(truncatingIfNeeded: value.ref.offset >> 4) : 0,
      function: isFunction ? number(of: vm.functionLabel(value)) : 0, isCut: text.isCut)
    if let known = objectNumbers[object] { return ShownValue(object: known) }
    objects.append(object)
    objectNumbers[object] = objects.count - 1
    return ShownValue(object: objects.count - 1)
  }

  // MARK: Steps

  /// A line is about to be reached: the run can be continued from here.
  func approaching(_ vm: VM) {
    guard let onCheckpoint, at.steps + 1 >= nextCheckpoint, vm[.nestedRuns] == 0, !isStopping else { return }
    synchronizeStack(vm)
    onCheckpoint(vm)
  }

  /// A line is about to run. False when the run is to end here.
  func reached(_ vm: VM) -> Bool {
    if isStopping { return false }
    synchronizeStack(vm)
    guard let top = at.stack.indices.last else { return true }
    let line = vm.currentLine()
    guard begins(vm, line, &at.stack[top]) else { return true }
    at.stack[top].line = line
    step(vm, .line, line: line)
    return !isStopping
  }

  /// Whether the instruction begins a line as CPython counts: another line than before, or the same one again. The head of a `for` stands
  /// behind its body, so going there from the body is what goes back, and going on to the body is not.
  private func begins(_ vm: VM, _ line: Int, _ frame: inout WatchedFrame) -> Bool {
    let word = vm.codeWord(-1)
    let start = Int(UInt32(truncatingIfNeeded: vm.runningFunction[FunctionLayout.entry]))
    let index = (vm.offset(ofAddress: vm[.pc]) - start) / 8 - 1
    let last = frame.position
    let isHead = UInt8(truncatingIfNeeded: word) == Opcode.forIterate.rawValue
    frame.position = (line, index, isHead)
    if line != last.line { return true }
    if isHead { return last.index > index + signedC(word) }
    return !last.isHead && index <= last.index
  }

  func entered(_ vm: VM) {
    synchronizeStack(vm)
    let function = vm.runningFunction
    push(newFrame(vm, function), vm)
    let facts = at.stack[at.stack.count - 1].facts
    if facts.isGenerator || facts.kind == .module { return }
    step(vm, .call, line: facts.line)
  }

  func returning(_ vm: VM, _ value: Value) {
    synchronizeStack(vm)
    step(vm, .return, line: vm.currentLine(), value: value)
    _ = at.stack.popLast()
  }

  func raised(_ vm: VM, _ exception: Value, leaves: Bool) {
    synchronizeStack(vm)
    step(vm, .exception, line: vm.currentLine(), value: exception, leaves: leaves)
    if leaves { _ = at.stack.popLast() }
  }

  func generatorMade(_ vm: VM, _ generator: Value) {
    guard vm.isStepped(vm.runningFunction) else { return }
    synchronizeStack(vm)
    suspendTop(generator)
  }

  func yielding(_ vm: VM, _ generator: Value, _ value: Value) {
    guard vm.isStepped(vm.runningFunction) else { return }
    synchronizeStack(vm)
    step(vm, .yield, line: vm.currentLine(), value: value)
    suspendTop(generator)
  }

  func resumed(_ vm: VM, _ generator: Value, isFirst: Bool) {
    guard vm.isStepped(vm.runningFunction) else { return }
    synchronizeStack(vm)
    var frame = at.suspended.removeValue(forKey: generator.ref.offset) ?? newFrame(vm, vm.runningFunction)
    if isFirst { frame.position = (-1, -1, false) }
    push(frame, vm)
    step(vm, isFirst ? .call : .resume, line: isFirst ? frame.facts.line : frame.line)
  }

  private func suspendTop(_ generator: Value) {
    guard var frame = at.stack.popLast() else { return }
    frame.place = Int(generator.ref.offset)
    at.suspended[generator.ref.offset] = frame
  }

  /// Forgets frames above the current one: they were left without a word, by a limit.
  private func synchronizeStack(_ vm: VM) {
    let place = vm.offset(ofAddress: vm[.base])
    while let top = at.stack.last, top.place > place { at.stack.removeLast() }
  }

  private func push(_ frame: WatchedFrame, _ vm: VM) {
    at.stack.append(frame)
    at.stack[at.stack.count - 1].place = vm.offset(ofAddress: vm[.base])
  }

  private func newFrame(_ vm: VM, _ function: Words) -> WatchedFrame {
    let facts = facts(vm, function)
    at.frames += 1
    let count = at.calls[facts.name, default: 0] + 1
    at.calls[facts.name] = count
    let isModule = facts.kind == .module
    let value = Value(vm.ref(function))
    let record = FrameRecord(
      id: at.frames, label: number(of: isModule ? facts.name : "\(facts.name)#\(count)"), name: number(of: facts.name),
      function: isModule ? 0 : number(of: vm.functionLabel(value)), line: facts.line,
      parent: at.stack.last?.record.id ?? 0, kind: facts.kind)
    if recording.frames.count < max(window.count, 1000) { recording.frames.append(record) }
    return WatchedFrame(
      record: record, facts: facts, function: value, place: 0, line: facts.line,
      held: facts.hasNamespace ? [] : [UInt64](repeating: Value.unbound.bits, count: facts.locals.count),
      prints: facts.hasNamespace ? [] : [UInt64](repeating: 0, count: facts.locals.count))
  }

  /// After a limit ended the run: what happened since the last step gets a step of its own.
  package func finish(_ vm: VM, wasLimited: Bool) {
    guard wasLimited, !isStopping, let top = at.stack.last else { return }
    at.steps += 1
    guard window.contains(at.steps), isSynchronized else { return }
    recording.steps.append(record(vm, .limit, line: top.line, frame: top.record.id))
  }

  private func step(_ vm: VM, _ event: StepEvent, line: Int, value: Value? = nil, leaves: Bool = false) {
    at.steps += 1
    if window.contains(at.steps), textBytes < 1 << 25, let top = at.stack.indices.last {
      if !isSynchronized { synchronizeFrames(vm) }
      var step = record(vm, event, line: line, frame: at.stack[top].record.id)
      takeChanges(vm, top)
      if let value { step.value = show(vm, value) }
      step.leaves = leaves
      recording.steps.append(step)
      if at.steps == window.lowerBound { onWindow?(vm) }
    } else if at.steps >= window.upperBound || textBytes >= 1 << 25 {
      recording.isPartial = true
    }
    if at.steps == target {
      onTarget?(vm)
      isStopping = true
    }
  }

  /// What `takeChanges` and `touched` added since the last step belongs to it.
  private func record(_ vm: VM, _ event: StepEvent, line: Int, frame: Int) -> StepRecord {
    defer { eventsTaken = recording.ledger.count }
    return StepRecord(
      line: Int32(truncatingIfNeeded: line), frame: Int32(truncatingIfNeeded: frame), value: .unbound,
      output: Int32(truncatingIfNeeded: vm[.outputUsed]),
      firstChange: Int32(truncatingIfNeeded: recording.changes.count),
      firstEvent: Int32(truncatingIfNeeded: eventsTaken), event: event, leaves: false)
  }

  private var eventsTaken = 0

  /// Makes everything ready for a replay that goes on from a checkpoint, or from the start.
  func begin(at position: Position, window: Range<Int>) {
    at = position
    recording = Recording(first: window.lowerBound)
    self.window = window
    isSynchronized = false
    isStopping = false
    globalsChanged = false
    eventsTaken = 0
    target = nil
    onTarget = nil
    onWindow = nil
    onCheckpoint = nil
    forgetPlaces()
  }

  // MARK: Cells

  func touched(_ vm: VM, _ access: CellAccess, _ cell: Value, new: Value) {
    let number = vm.cellNumber(cell)
    guard number > 0, let top = at.stack.last else { return }
    let old = access == .created ? Value.unbound : vm.words(cell).value(1)
    let name = access == .created ? nameOfNew(vm, number, top) : name(vm, of: cell, number, top)
    add(
      vm, access, cell: number, name: name, function: top.record.function, by: 0, old: access == .read ? new : old,
      new: new)
  }

  /// A function was made, with cells.
  func made(_ vm: VM, _ function: Value) {
    let object = vm.words(function)
    guard object.high(FunctionLayout.simpleArgumentCount) > 0, let top = at.stack.last else { return }
    let facts = facts(vm, object)
    let label = number(of: vm.functionLabel(function))
    if recording.functions.count < window.count, !facts.hasNamespace {
      recording.functions.append(
        FunctionRecord(
          label: label, name: number(of: facts.name), qualifiedName: number(of: vm.qualifiedName(object)),
          line: Int32(truncatingIfNeeded: facts.line), step: Int32(truncatingIfNeeded: at.steps + 1),
          frame: Int32(truncatingIfNeeded: top.record.id)))
    }
    for index in 0..<min(object.size, facts.free.count) {
      let cell = object.value(FunctionLayout.cells + index)
      guard vm.is(cell, .cell) else { continue }
      let number = vm.cellNumber(cell)
      guard number > 0 else { continue }
      cellNames[number] = facts.free[index]
      let contents = vm.words(cell).value(1)
      add(
        vm, .captured, cell: number, name: facts.free[index], function: label, by: top.record.function, old: contents,
        new: contents)
    }
  }

  private func add(
    _ vm: VM, _ access: CellAccess, cell: Int, name: Int32, function: Int32, by: Int32, old: Value, new: Value
  ) {
    guard recording.ledger.count < mostEvents, textBytes < 1 << 25, let top = at.stack.last else {
      recording.isPartial = true
      return
    }
    let line = vm.isStepped(vm.runningFunction) ? vm.currentLine() : top.line
    recording.ledger.append(
      CellRecord(
        step: Int32(truncatingIfNeeded: at.steps + 1), cell: Int32(truncatingIfNeeded: cell), name: name,
        line: Int32(truncatingIfNeeded: line), frame: Int32(truncatingIfNeeded: top.record.id), function: function,
        by: by, access: access, old: show(vm, old), new: show(vm, new)))
  }

  /// The number of the name of a cell that was seen.
  func nameNumber(of cell: Int) -> Int32? { cellNames[cell] }

  /// The name of a cell that `makeCell` is making: its register is the instruction's.
  private func nameOfNew(_ vm: VM, _ number: Int, _ top: WatchedFrame) -> Int32 {
    let register = a(vm.codeWord(-1))
    let name = top.facts.cells.first { $0.register == register }?.name ?? 0
    cellNames[number] = name
    return name
  }

  private func name(_ vm: VM, of cell: Value, _ number: Int, _ top: WatchedFrame) -> Int32 {
    if let known = cellNames[number] { return known }
    let function = vm.words(top.function)
    var name: Int32 = 0
    for index in 0..<min(function.size, top.facts.free.count)
    where function.value(FunctionLayout.cells + index) == cell { name = top.facts.free[index] }
    for own in top.facts.cells where vm.stackWord(vm.address(ofOffset: top.place)).value(own.register) == cell {
      name = own.name
    }
    if name != 0 { cellNames[number] = name }
    return name
  }
}

extension VM {
  /// Whether it matters which object a value is: not for numbers and text.
  func hasShownIdentity(_ value: Value) -> Bool {
    guard value.isRef else { return false }
    switch words(value).kind {
    case .string, .bytes, .int, .float, .complex: return false
    default: return true
    }
  }
}
