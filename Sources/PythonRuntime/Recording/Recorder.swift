import PythonBytecode

/// Takes down what the observed run loop tells: steps with what changed, and what happened to each cell.
///
/// It stores nothing in the program's memory and charges nothing, so a run is the same with it. Mostly it takes down which steps there are and what
/// happens to cells, from a journal that costs the run little (`Journal`); what names and cells held is taken down in a replay, for the
/// window of steps that is asked about. Outside of its window it only counts, follows the frames, and leaves a checkpoint now and then,
/// from which a replay reaches any step.
package final class Recorder {
  /// Where a run stands: what a checkpoint needs of the recorder.
  struct Position {
    var steps = 0
    var frames = 0
    var stack: [WatchedFrame] = []
    var suspended: [UInt32: WatchedFrame] = [:]
    /// How many calls of each name there were, by its number.
    var calls: [Int32] = []
    /// The cell that was to be set has been set.
    var hasChanged = false
  }

  var at = Position()
  package var recording = Recording()
  /// The steps to be recorded, and the most events of cells.
  package var window = 1..<100_001
  package var mostEvents = 250_000
  /// Whether what names and cells hold is taken down within the window.
  var takesValues = false
  /// Called at this step, with the run standing there; then the run ends.
  package var target: Int?
  package var onTarget: ((VM) -> Void)?
  /// The run ends before a step beyond.
  var lastStep = Int.max
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
  /// By number of the frame: what was last shown of its locals, or of the entries of its namespace.
  var held: [Int: [HeldValue]] = [:]

  // MARK: Tables

  private var texts: [String] = [""]
  private var textNumbers: [String: Int32] = ["": 0]
  package private(set) var objects: [ShownObject] = []
  private var objectNumbers: [ShownObject: Int] = [:]
  /// The code that was run, and where in `codes` it is, by its place.
  private(set) var codes: [CodeFacts] = []
  private var heads: [CodeHead] = []
  private var codeNumbers: [UInt64: Int] = [:]
  /// The labels of functions, `counter#2`: number of the name and which function of the name; and where they are, by the two.
  private var labels: [(name: Int32, function: Int)] = []
  private var labelNumbers: [UInt64: Int32] = [:]
  /// What was last found in the two, by a few bits.
  private var recentCodes: [(bits: UInt64, number: Int)] = Array(repeating: (0, 0), count: recentCount)
  private var recentLabels: [(key: UInt64, number: Int32)] = Array(repeating: (0, 0), count: recentCount)
  private static let recentCount = 64
  private var shown: [UInt64: (print: UInt64, value: ShownValue)] = [:]
  /// By number of the cell; 0 is not known.
  private var cellNames: [Int32] = []
  private var collections = -1
  private var textBytes = 0
  /// The head of a `for`.
  private let headOpcode = Opcode.forIterate.rawValue

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

  /// The name that a call is shown by: `counter#2`.
  package func label(of frame: FrameRecord) -> String {
    let name = text(frame.name)
    return frame.call == 0 ? name : "\(name)#\(frame.call)"
  }

  /// Forgets what is known by place: the places may hold something else now.
  func forgetPlaces() {
    shown.removeAll(keepingCapacity: true)
    for index in 0..<Recorder.recentCount { recentCodes[index] = (0, 0) }
  }

  private func checkPlaces(_ vm: VM) {
    guard collections != vm[.collections] else { return }
    collections = vm[.collections]
    forgetPlaces()
  }

  /// The number in `codes` of what a function runs.
  func codeNumber(_ vm: VM, _ function: Words) -> Int {
    checkPlaces(vm)
    let code = function.value(FunctionLayout.code)
    let index = Int(code.ref.offset >> 4) % Recorder.recentCount
    if recentCodes[index].bits == code.bits { return recentCodes[index].number }
    let made = CodeFacts(vm, function, self)
    var number = codes.count
    if let known = codeNumbers[code.bits], codes[known].isSame(as: made) {
      number = known
    } else {
      codes.append(made)
      heads.append(made.head)
      codeNumbers[code.bits] = number
    }
    recentCodes[index] = (code.bits, number)
    return number
  }

  /// The number of the name that a function is shown by. The text is made only where it is asked for.
  private func label(name: Int32, function: Int) -> Int32 {
    guard function > 0 else { return name }
    let key = UInt64(truncatingIfNeeded: function) << 32 | UInt64(UInt32(bitPattern: name))
    let index = Int(truncatingIfNeeded: key >> 32 &+ key) & (Recorder.recentCount - 1)
    if recentLabels[index].key == key { return recentLabels[index].number }
    let number = labelNumbers[key] ?? Recorder.firstLabel + Int32(truncatingIfNeeded: labels.count)
    if Int(number - Recorder.firstLabel) == labels.count {
      labels.append((name, function))
      labelNumbers[key] = number
    }
    recentLabels[index] = (key, number)
    return number
  }

  /// The same of a function object.
  private func label(_ vm: VM, of object: Words) -> Int32 {
    label(name: heads[codeNumber(vm, object)].name, function: object.high(FunctionLayout.simpleArgumentCount))
  }

  /// The text of a number.
  package func text(_ number: Int32) -> String {
    guard number >= Recorder.firstLabel else { return texts[Int(number)] }
    let label = labels[Int(number - Recorder.firstLabel)]
    return "\(texts[Int(label.name)])#\(label.function)"
  }

  /// Texts have smaller numbers.
  private static let firstLabel: Int32 = 1 << 30

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
      function: isFunction ? label(vm, of: vm.words(value)) : 0, isCut: text.isCut)
    if let known = objectNumbers[object] { return ShownValue(object: known) }
    objects.append(object)
    objectNumbers[object] = objects.count - 1
    return ShownValue(object: objects.count - 1)
  }

  // MARK: The journal

  /// Takes down what the machine wrote into the journal. None of it is a step where something is to be done.
  func readJournal(_ vm: VM) {
    let journal = vm.words(at: Cage.journal)
    let end = vm[.journalNext]
    if at.steps > 500, !isReserved, !takesValues { reserve() }
    var index = 0
    while index < end {
      let word = journal[index]
      let place = Journal.place(word)
      leaveFrames(above: Journal.base(word))
      let top = at.stack.count - 1
      switch Journal.kind(word) {
      case Journal.line:
        if top >= 0, let line = newLine(vm, place, &at.stack[top]) { count(vm, .line, line: line, frame: top) }
        index += 1
      case Journal.entry:
        let head = enter(vm, vm.words(at: place), base: Journal.base(word))
        if head.hasCallStep { count(vm, .call, line: head.lines.first, frame: top + 1) }
        index += 1
      case Journal.result:
        if top >= 0 {
          count(vm, .return, line: at.stack[top].lines.line(vm, before: place), frame: top)
          at.stack.removeLast()
        }
        index += 1
      case let kind:
        let isRead = kind == Journal.read
        let new = journal.value(index + 2)
        touchFromTop(
          vm, isRead ? .read : .written, journal.value(index + 1), old: isRead ? new : journal.value(index + 3),
          new: new, pc: place)
        index += isRead ? 3 : 4
      }
    }
    vm[.journalNext] = 0
    openJournal(vm)
  }

  /// The run is no short one: what is recorded gets its room at once, which costs no memory until it is used.
  private func reserve() {
    isReserved = true
    recording.steps.reserveCapacity(min(window.count, 100_000))
    recording.ledger.reserveCapacity(min(window.count, 60_000))
    recording.frames.reserveCapacity(min(window.count, 20_000))
  }

  /// A step of which no values are taken down.
  @inline(__always)
  private func count(_ vm: VM, _ event: StepEvent, line: Int, frame: Int, leaves: Bool = false) {
    at.steps += 1
    guard at.steps < window.upperBound else {
      recording.isPartial = true
      return
    }
    if !takesValues { record(vm, event, line: line, frame: at.stack[frame].record.id, leaves: leaves) }
  }

  /// Lets the machine write down as much as there can be before the recorder must see a step itself.
  private func openJournal(_ vm: VM) { vm[.journalEnd] = journalRoom(vm) }

  private func journalRoom(_ vm: VM) -> Int {
    guard vm[.isAttentive] == 0, !isStopping, change == nil || at.hasChanged else { return 0 }
    var stop = min(target ?? .max, lastStep)
    if onCheckpoint != nil { stop = min(stop, nextCheckpoint) }
    if takesValues { stop = min(stop, window.lowerBound) }
    // A word is a step at most.
    let room = stop - at.steps - 8
    return room < 16 ? 0 : min(room, Journal.capacity)
  }

  // MARK: Steps

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
  @inline(__always) private func newLine(_ vm: VM, _ pc: Int, _ frame: inout WatchedFrame) -> Int? {
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
  private func enter(_ vm: VM, _ function: Words, base: Int) -> CodeHead {
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

  private func leaveTop() {
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

  private func suspendTop(_ generator: Value) {
    guard var frame = at.stack.popLast() else { return }
    frame.place = Int(generator.ref.offset)
    at.suspended[generator.ref.offset] = frame
  }

  /// Before something is told at once: all that was written down before it is taken down.
  private func synchronize(_ vm: VM) {
    vm.settleJournal()
    leaveFrames(above: vm.offset(ofAddress: vm[.base]))
  }

  /// Forgets frames above a place: they were left without a word, by a limit.
  @inline(__always) private func leaveFrames(above place: Int) {
    while !at.stack.isEmpty, at.stack[at.stack.count - 1].place > place { at.stack.removeLast() }
  }

  private func newFrame(_ vm: VM, _ function: Words, base: Int) -> WatchedFrame {
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
    vm.settleJournal()
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
  private func step(_ vm: VM, _ event: StepEvent, line: Int, value: Value = .unbound, leaves: Bool = false) {
    guard at.steps < lastStep else {
      isStopping = true
      return
    }
    guard let top = at.stack.last else { return }
    if takesValues, window.contains(at.steps + 1), textBytes < 1 << 25 {
      at.steps += 1
      if !isSynchronized { synchronizeFrames(vm) }
      record(vm, event, line: line, frame: top.record.id, leaves: leaves)
      var values = newValues()
      takeChanges(vm, top)
      if !value.isUnbound { values.value = show(vm, value) }
      recording.values.append(values)
      if at.steps == window.lowerBound { onWindow?(vm) }
    } else {
      count(vm, event, line: line, frame: at.stack.count - 1, leaves: leaves)
      if textBytes >= 1 << 25 { recording.isPartial = true }
    }
    if at.steps == target {
      onTarget?(vm)
      isStopping = true
    }
  }

  /// What `touched` added since the last step belongs to the step.
  @inline(__always) private func record(_ vm: VM, _ event: StepEvent, line: Int, frame: Int, leaves: Bool) {
    recording.steps.append(
      StepRecord(
        line: Int32(truncatingIfNeeded: line), frame: Int32(truncatingIfNeeded: frame),
        output: Int32(truncatingIfNeeded: vm[.outputUsed]), firstEvent: Int32(truncatingIfNeeded: eventsTaken),
        event: event, leaves: leaves))
    eventsTaken = recording.ledger.count
  }

  /// What `takeChanges` adds from now on belongs to the step.
  private func newValues() -> StepValues {
    StepValues(value: .unbound, firstChange: Int32(truncatingIfNeeded: recording.changes.count))
  }

  private var eventsTaken = 0
  private var isReserved = false

  /// Makes everything ready for a replay that goes on from a checkpoint, or from the start, and takes down values.
  func begin(at position: Position, window: Range<Int>) {
    at = position
    recording = Recording(first: window.lowerBound)
    self.window = window
    takesValues = true
    isSynchronized = false
    held = [:]
    isStopping = false
    eventsTaken = 0
    target = nil
    lastStep = .max
    onTarget = nil
    onWindow = nil
    onCheckpoint = nil
    forgetPlaces()
  }

  // MARK: Cells

  func touched(_ vm: VM, _ access: CellAccess, _ cell: Value, new: Value) {
    let number = vm.cellNumber(cell)
    guard number > 0 else { return }
    synchronize(vm)
    guard let top = at.stack.indices.last else { return }
    let old = access == .created ? Value.unbound : vm.words(cell).value(1)
    let name = access == .created ? nameOfNew(vm, number) : name(vm, of: cell, number)
    add(
      vm, access, cell: number, name: name, line: currentLine(vm), function: at.stack[top].record.function, by: 0,
      old: access == .read ? new : old, new: new)
  }

  /// The same, of the frame at the top.
  private func touchFromTop(_ vm: VM, _ access: CellAccess, _ cell: Value, old: Value, new: Value, pc: Int) {
    let number = vm.cellNumber(cell)
    guard number > 0, let top = at.stack.indices.last else { return }
    add(
      vm, access, cell: number, name: name(vm, of: cell, number), line: at.stack[top].lines.line(vm, before: pc),
      function: at.stack[top].record.function, by: 0, old: old, new: new)
  }

  /// The line that the program is at.
  private func currentLine(_ vm: VM) -> Int {
    if vm.isStepped(vm.runningFunction) { return vm.currentLine() }
    return at.stack.last?.line ?? 0
  }

  /// A cell is about to be set by nobody's code.
  func changing(_ vm: VM, _ cell: Value, new: Value) {
    let number = vm.cellNumber(cell)
    add(
      vm, new.isUnbound ? .emptied : .written, cell: number, name: name(vm, of: cell, number), line: currentLine(vm),
      function: self.number(of: CellChange.author), by: 0, old: vm.words(cell).value(1), new: new)
  }

  /// A function was made, with cells.
  func made(_ vm: VM, _ function: Value) {
    let object = vm.words(function)
    guard object.high(FunctionLayout.simpleArgumentCount) > 0 else { return }
    vm.settleJournal()
    guard !at.stack.isEmpty else { return }
    let maker = at.stack[at.stack.count - 1].record
    let facts = codes[codeNumber(vm, object)]
    let label = label(vm, of: object)
    if recording.functions.count < window.count, !facts.head.hasNamespace {
      let extras = object.value(FunctionLayout.extras)
      recording.functions.append(
        FunctionRecord(
          label: label, name: facts.head.name,
          qualifiedName: extras.isRef ? number(of: vm.qualifiedName(object)) : facts.qualifiedName,
          line: Int32(truncatingIfNeeded: facts.head.lines.first), file: facts.head.file,
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
        vm, .captured, cell: number, name: facts.free[index], line: currentLine(vm), function: label,
        by: maker.function, old: contents, new: contents)
    }
  }

  private func add(
    _ vm: VM, _ access: CellAccess, cell: Int, name: Int32, line: Int, function: Int32, by: Int32, old: Value,
    new: Value
  ) {
    if takesValues, at.steps + 1 < window.lowerBound { return }
    guard recording.ledger.count < mostEvents, textBytes < 1 << 25, let top = at.stack.indices.last else {
      recording.isPartial = true
      return
    }
    let shown = shown(vm, new)
    recording.ledger.append(
      CellRecord(
        step: Int32(truncatingIfNeeded: at.steps + 1), cell: Int32(truncatingIfNeeded: cell), name: name,
        line: Int32(truncatingIfNeeded: line), frame: Int32(truncatingIfNeeded: at.stack[top].record.id),
        function: function, by: by, access: access, old: old == new ? shown : self.shown(vm, old), new: shown))
  }

  private func shown(_ vm: VM, _ value: Value) -> ShownValue {
    takesValues ? show(vm, value) : ShownValue(unseen: value, collections: vm[.collections])
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
    let cells = codes[at.stack[at.stack.count - 1].code].cells
    let name = cells.first { $0.register == register }?.name ?? 0
    setName(of: number, name)
    return name
  }

  private func name(_ vm: VM, of cell: Value, _ number: Int) -> Int32 {
    if number < cellNames.count, cellNames[number] != 0 { return cellNames[number] }
    guard let top = at.stack.last else { return 0 }
    let function = vm.words(top.function)
    var name: Int32 = 0
    let facts = codes[top.code]
    for index in 0..<min(function.size, facts.free.count)
    where function.value(FunctionLayout.cells + index) == cell { name = facts.free[index] }
    for own in facts.cells where vm.stackWord(vm.address(ofOffset: top.place)).value(own.register) == cell {
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
