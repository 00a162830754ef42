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
  var changeStep = Int.max
  package internal(set) var changeFailure: CellChange.Failure?
  /// Called at each step where the run can be continued from later.
  var onCheckpoint: ((VM) -> Void)?
  var nextCheckpoint = 1
  /// What the frames held is known: the window has begun.
  var isSynchronized = false
  /// By number of the frame: what was last shown of its locals, or of the entries of its namespace.
  var held: [Int: [HeldValue]] = [:]

  /// How many of the ledger's events belong to steps.
  var eventsTaken = 0
  private var isReserved = false

  // MARK: Tables

  private var texts: [String] = [""]
  private var textNumbers: [String: Int32] = ["": 0]
  package private(set) var objects: [ShownObject] = []
  private var objectNumbers: [ShownObject: Int] = [:]
  /// The code that was run, and where in `codes` it is, by its place.
  private(set) var codes: [CodeFacts] = []
  private(set) var heads: [CodeHead] = []
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
  var cellNames: [Int32] = []
  private var collections = -1
  /// The bytes of all texts, and how many there were when the last replay began.
  private var textBytes = 0
  private var textBytesBefore = 0
  /// No more values are to be shown: they would take too much memory.
  var isFull: Bool { textBytes - textBytesBefore >= 1 << 25 || textBytes >= 1 << 28 }
  /// The head of a `for`.
  let headOpcode = Opcode.forIterate.rawValue

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
  func label(name: Int32, function: Int) -> Int32 {
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
  func label(_ vm: VM, of object: Words) -> Int32 {
    let code = codeNumber(vm, object)
    return label(name: heads[code].name, function: object.high(FunctionLayout.simpleArgumentCount))
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

  func show(_ vm: VM, object value: Value, _ isFunction: Bool) -> ShownValue {
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
  func count(_ vm: VM, _ event: StepEvent, line: Int, frame: Int, leaves: Bool = false) {
    at.steps += 1
    guard at.steps < window.upperBound else {
      recording.isPartial = true
      return
    }
    if !takesValues { record(vm, event, line: line, frame: at.stack[frame].record.id, leaves: leaves) }
  }

  /// Lets the machine write down as much as there can be before the recorder must see a step itself.
  func openJournal(_ vm: VM) { vm[.journalEnd] = journalRoom(vm) }

  private func journalRoom(_ vm: VM) -> Int {
    guard vm[.isAttentive] == 0, !isStopping, change == nil || at.hasChanged else { return 0 }
    var stop = min(target ?? .max, lastStep)
    if onCheckpoint != nil { stop = min(stop, nextCheckpoint) }
    if takesValues { stop = min(stop, window.lowerBound) }
    // A word is a step at most.
    let room = stop - at.steps - 8
    return room < 16 ? 0 : min(room, Journal.capacity)
  }

  /// Makes everything ready for a replay that goes on from a checkpoint, or from the start, and takes down values.
  func begin(at position: Position, window: Range<Int>) {
    at = position
    recording = Recording(first: window.lowerBound)
    self.window = window
    takesValues = true
    textBytesBefore = textBytes
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
}
