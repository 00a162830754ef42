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
    /// How many calls of each name there were, by its counter.
    var calls: [Int32] = []
    /// The cell that was to be set has been set.
    var hasChanged = false
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
  /// What-if: a cell that is set on the way, and why it could not be.
  package var change: CellChange? { didSet { changeStep = change?.step ?? .max } }
  private var changeStep = Int.max
  package internal(set) var changeFailure: CellChange.Failure?
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
  private var labels: [UInt64: Int32] = [:]
  private var counters: [Int32: Int] = [:]
  private var shown: [UInt64: (print: UInt64, value: ShownValue)] = [:]
  /// By number of the cell; 0 is not known.
  private var cellNames: [Int32] = []
  private var collections = -1
  private var textBytes = 0

  package init() {}

  /// How many steps there were until now.
  package var stepCount: Int { at.steps }

  /// The number of a text in the table.
  package func number(of text: String) -> Int32 {
    if let known = textNumbers[text] { return known }
    let number = Int32(truncatingIfNeeded: texts.count)
    texts.append(text)
    textBytes += text.utf8.count
    textNumbers[text] = number
    return number
  }

  /// Where calls of functions of this name are counted.
  func counter(of name: Int32) -> Int {
    if let known = counters[name] { return known }
    counters[name] = counters.count
    return counters.count - 1
  }

  /// The name that a call is shown by: `counter#2`.
  package func label(of frame: FrameRecord) -> String {
    let name = texts[Int(frame.name)]
    return frame.call == 0 ? name : "\(name)#\(frame.call)"
  }

  /// Forgets what is known by place: the places may hold something else now.
  func forgetPlaces() {
    facts.removeAll(keepingCapacity: true)
    labels.removeAll(keepingCapacity: true)
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

  /// The number of the name that a function is shown by.
  private func label(_ vm: VM, of function: Value) -> Int32 {
    checkPlaces(vm)
    if let known = labels[function.bits] { return known }
    let made = number(of: vm.functionLabel(function))
    labels[function.bits] = made
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
    guard at.steps + 1 >= nextCheckpoint, let onCheckpoint, vm[.nestedRuns] == 0, !isStopping else { return }
    synchronizeStack(vm)
    onCheckpoint(vm)
  }

  /// A line is about to run. False when the run is to end here.
  func reached(_ vm: VM) -> Bool {
    if isStopping { return false }
    synchronizeStack(vm)
    guard !at.stack.isEmpty else { return true }
    let line = vm.currentLine()
    guard begins(vm, line, &at.stack[at.stack.count - 1]) else { return true }
    at.stack[at.stack.count - 1].line = line
    step(vm, .line, line: line)
    return !isStopping
  }

  /// Whether the cell that is to be set is to be set here: the statement that is reached is the step in question, or the first after it.
  func isChangeDue(_ vm: VM) -> Bool {
    guard at.steps + 1 >= changeStep, !at.hasChanged, !isStopping else { return false }
    synchronizeStack(vm)
    guard var top = at.stack.last else { return false }
    return begins(vm, vm.currentLine(), &top)
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
    let frame = newFrame(vm, function)
    let facts = frame.facts
    push(frame, vm)
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
    let line = isFirst ? frame.facts.line : frame.line
    push(frame, vm)
    step(vm, isFirst ? .call : .resume, line: line)
  }

  private func suspendTop(_ generator: Value) {
    guard var frame = at.stack.popLast() else { return }
    frame.place = Int(generator.ref.offset)
    at.suspended[generator.ref.offset] = frame
  }

  /// Forgets frames above the current one: they were left without a word, by a limit.
  private func synchronizeStack(_ vm: VM) {
    let place = vm.offset(ofAddress: vm[.base])
    while !at.stack.isEmpty, at.stack[at.stack.count - 1].place > place { at.stack.removeLast() }
  }

  private func push(_ frame: consuming WatchedFrame, _ vm: VM) {
    frame.place = vm.offset(ofAddress: vm[.base])
    at.stack.append(frame)
  }

  private func newFrame(_ vm: VM, _ function: Words) -> WatchedFrame {
    let facts = facts(vm, function)
    at.frames += 1
    let isModule = facts.kind == .module
    while at.calls.count <= facts.counter { at.calls.append(0) }
    if !isModule { at.calls[facts.counter] += 1 }
    let value = Value(vm.ref(function))
    let record = FrameRecord(
      id: at.frames, name: facts.nameNumber, call: isModule ? 0 : at.calls[facts.counter], file: facts.file,
      function: isModule ? 0 : label(vm, of: value), line: facts.line,
      parent: at.stack.isEmpty ? 0 : at.stack[at.stack.count - 1].record.id, kind: facts.kind)
    if recording.frames.count < max(window.count, 1000) { recording.frames.append(record) }
    return WatchedFrame(
      record: record, facts: facts, function: value, place: 0, line: facts.line,
      held: facts.hasNamespace ? [] : [WatchedFrame.Held](repeating: WatchedFrame.Held(), count: facts.locals.count))
  }

  /// After a limit ended the run: what happened since the last step gets a step of its own. True if there is one.
  @discardableResult package func finish(_ vm: VM, wasLimited: Bool) -> Bool {
    guard wasLimited, !isStopping, let top = at.stack.last else { return false }
    at.steps += 1
    guard window.contains(at.steps) else { return true }
    if !isSynchronized { synchronizeFrames(vm) }
    recording.steps.append(record(vm, .limit, line: top.line, frame: top.record.id))
    if at.steps == window.lowerBound { onWindow?(vm) }
    return true
  }

  private func step(_ vm: VM, _ event: StepEvent, line: Int, value: Value? = nil, leaves: Bool = false) {
    at.steps += 1
    if window.contains(at.steps), textBytes < 1 << 25 {
      if !isSynchronized { synchronizeFrames(vm) }
      // In hand it is compared without a check at each access.
      guard var frame = at.stack.popLast() else { return }
      var step = record(vm, event, line: line, frame: frame.record.id)
      takeChanges(vm, &frame)
      at.stack.append(frame)
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
    guard number > 0, !at.stack.isEmpty else { return }
    let old = access == .created ? Value.unbound : vm.words(cell).value(1)
    let name = access == .created ? nameOfNew(vm, number) : name(vm, of: cell, number)
    add(
      vm, access, cell: number, name: name, function: at.stack[at.stack.count - 1].record.function, by: 0,
      old: access == .read ? new : old, new: new)
  }

  /// A cell is about to be set by nobody's code.
  func changing(_ vm: VM, _ cell: Value, new: Value) {
    let number = vm.cellNumber(cell)
    add(
      vm, new.isUnbound ? .emptied : .written, cell: number, name: name(vm, of: cell, number),
      function: self.number(of: CellChange.author), by: 0, old: vm.words(cell).value(1), new: new)
  }

  /// A function was made, with cells.
  func made(_ vm: VM, _ function: Value) {
    let object = vm.words(function)
    guard object.high(FunctionLayout.simpleArgumentCount) > 0, !at.stack.isEmpty else { return }
    let maker = at.stack[at.stack.count - 1].record
    let facts = facts(vm, object)
    let label = label(vm, of: function)
    if recording.functions.count < window.count, !facts.hasNamespace {
      recording.functions.append(
        FunctionRecord(
          label: label, name: facts.nameNumber, qualifiedName: number(of: vm.qualifiedName(object)),
          line: Int32(truncatingIfNeeded: facts.line), file: facts.file,
          step: Int32(truncatingIfNeeded: at.steps + 1), frame: Int32(truncatingIfNeeded: maker.id)))
    }
    for index in 0..<min(object.size, facts.free.count) {
      let cell = object.value(FunctionLayout.cells + index)
      guard vm.is(cell, .cell) else { continue }
      let number = vm.cellNumber(cell)
      guard number > 0 else { continue }
      setName(of: number, facts.free[index])
      let contents = vm.words(cell).value(1)
      add(
        vm, .captured, cell: number, name: facts.free[index], function: label, by: maker.function, old: contents,
        new: contents)
    }
  }

  private func add(
    _ vm: VM, _ access: CellAccess, cell: Int, name: Int32, function: Int32, by: Int32, old: Value, new: Value
  ) {
    guard recording.ledger.count < mostEvents, textBytes < 1 << 25, let top = at.stack.indices.last else {
      recording.isPartial = true
      return
    }
    let line = vm.isStepped(vm.runningFunction) ? vm.currentLine() : at.stack[top].line
    let shown = show(vm, new)
    recording.ledger.append(
      CellRecord(
        step: Int32(truncatingIfNeeded: at.steps + 1), cell: Int32(truncatingIfNeeded: cell), name: name,
        line: Int32(truncatingIfNeeded: line), frame: Int32(truncatingIfNeeded: at.stack[top].record.id),
        function: function, by: by, access: access, old: old == new ? shown : show(vm, old), new: shown))
  }

  /// The number of the name of a cell that was seen.
  func nameNumber(of cell: Int) -> Int32? {
    guard cellNames.indices.contains(cell), cellNames[cell] != 0 else { return nil }
    return cellNames[cell]
  }

  private func setName(of cell: Int, _ name: Int32) {
    // The numbers beyond are made from places, and no longer say which cell it is for good.
    guard cell < CellNumber.last else { return }
    if cell >= cellNames.count {
      cellNames.append(contentsOf: repeatElement(0, count: max(cell + 1, 2 * cellNames.count) - cellNames.count))
    }
    cellNames[cell] = name
  }

  /// The name of a cell that `makeCell` is making: its register is the instruction's.
  private func nameOfNew(_ vm: VM, _ number: Int) -> Int32 {
    let register = a(vm.codeWord(-1))
    let name = at.stack[at.stack.count - 1].facts.cells.first { $0.register == register }?.name ?? 0
    setName(of: number, name)
    return name
  }

  private func name(_ vm: VM, of cell: Value, _ number: Int) -> Int32 {
    if number < cellNames.count, cellNames[number] != 0 { return cellNames[number] }
    guard let top = at.stack.last else { return 0 }
    let function = vm.words(top.function)
    var name: Int32 = 0
    for index in 0..<min(function.size, top.facts.free.count)
    where function.value(FunctionLayout.cells + index) == cell { name = top.facts.free[index] }
    for own in top.facts.cells where vm.stackWord(vm.address(ofOffset: top.place)).value(own.register) == cell {
      name = own.name
    }
    if name != 0 { setName(of: number, name) }
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
