import PythonBytecode
import PythonSyntax

/// A register number while code is being made: locals and cells have their final ones, temporaries move up by the
/// number
/// of preloaded constants in the end (`CodeBuilder.assemble`).
typealias Register = Int

/// A place in the code that jumps lead to.
struct Label {
  let number: Int
}

/// The code of one unit as it grows: instructions in sections, labels, registers, constants, and which locals are
/// bound.
///
/// Code that runs only after an exception goes to sections of its own, which end up behind everything else, so that the
/// normal path has no jumps around it. Nothing is recorded while the current place is unreachable (`bound` is nil).
/// Each instruction remembers the innermost exception handler at its time (`region`), so the exception table is a
/// partition.
final class CodeBuilder {
  enum Role: UInt8 {
    case instruction
    /// An instruction that is no step of its own: the prologue.
    case quiet
    /// Extension words, by what they hold.
    case name, registers, parts, plain
    /// Where a loop's constants are loaded: expands to as many instructions.
    case preload
  }

  struct Item {
    var word: UInt64
    var span: Span
    var label: Int32
    var region: Int32
    var role: Role
    /// Of the first instruction of a statement: the temporaries in use there; else -1.
    var statementTop: Int32
  }

  struct LabelState {
    var section = -1
    var offset = 0
    /// What is bound on every way here so far; nil while nothing leads here.
    var bound: BoundSet?
  }

  struct Region {
    let handler: Label
    let register: Register
  }

  /// A constant that a loop keeps in a register.
  struct Preload {
    let instruction: Instruction
    let slot: Int
  }

  var sections: [[Item]] = [[]]
  var section = 0
  var labels: [LabelState] = []
  var regions: [Region] = []
  /// The innermost handler at this place: an index into `regions`, or -1.
  var region: Int32 = -1
  /// The locals that are certainly bound here; nil where the code is unreachable.
  var bound: BoundSet?

  var constants: [CodeConstant] = []
  private var constantIndices: [CodeConstant: Int] = [:]
  /// `co_names`.
  private(set) var names: [String] = []
  private var nameIndices: [String: Int] = [:]
  /// The strings that NAME words refer to.
  private(set) var nameStrings: [String] = []
  private var nameStringIndices: [String: Int] = [:]
  private(set) var cacheCount = 0

  /// The first register after locals and cells.
  let temporaryBase: Int
  private(set) var top = 0
  private(set) var maximumTop = 0

  var preloads: [[Preload]] = []
  var preloadSlots = 0
  private(set) var wordCount = 0
  /// Set where a statement begins, until its first instruction.
  private var pendingTop: Int32 = -1
  /// The place of the last instruction on the normal path.
  private(set) var lastSpan: Span?

  init(temporaryBase: Int, bound: BoundSet) {
    self.temporaryBase = temporaryBase
    self.bound = bound
  }

  // MARK: Registers

  /// Register numbers from here on stand for preloaded constants until the code is assembled.
  static let preloadBase = 0xF000

  func allocate() -> Register {
    allocate(1)
  }

  /// The first of `count` registers in a row.
  func allocate(_ count: Int) -> Register {
    let register = temporaryBase + top
    top += count
    if top > maximumTop { maximumTop = top }
    return register
  }

  func release(to mark: Int) { top = mark }

  func isTemporary(_ register: Register) -> Bool {
    register >= temporaryBase && register < CodeBuilder.preloadBase
  }

  /// The newest temporary: registers above it are free, so a call's window may begin here.
  func isTop(_ register: Register) -> Bool { register == temporaryBase + top - 1 && top > 0 }

  /// Some instruction names a constant beyond what 16 bits can.
  private(set) var hasTooManyConstants = false

  /// A constant for a field of 16 bits.
  func shortConstant(_ value: CodeConstant) -> Int {
    let index = constant(value)
    if index > 0xFFFF { hasTooManyConstants = true }
    return index
  }

  var hasTooManyRegisters: Bool { temporaryBase + maximumTop + preloadSlots + 8 >= 0x8000 }

  // MARK: Constants and names

  func constant(_ value: CodeConstant) -> Int {
    if case .code = value {
      constants.append(value)
      return constants.count - 1
    }
    if let known = constantIndices[value] { return known }
    constants.append(value)
    constantIndices[value] = constants.count - 1
    return constants.count - 1
  }

  private func nameString(_ name: String) -> Int {
    if let known = nameStringIndices[name] { return known }
    nameStrings.append(name)
    nameStringIndices[name] = nameStrings.count - 1
    return nameStrings.count - 1
  }

  func noteName(_ name: String) {
    if nameIndices.updateValue(names.count, forKey: name) == nil {
      names.append(name)
    }
  }

  // MARK: Emission

  func emit(_ opcode: Opcode, flags: UInt8 = 0, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, at span: Span) {
    append(Instruction(opcode, flags: flags, a: field(a), b: field(b), c: field(c)).word, span)
  }

  func emitQuiet(_ opcode: Opcode, _ a: Int = 0, at span: Span) {
    append(Instruction(opcode, a: field(a)).word, span, role: .quiet)
  }

  func emitWide(_ opcode: Opcode, _ a: Int, _ value: Int, at span: Span) {
    append(Instruction(opcode, a: field(a), bc: Int32(truncatingIfNeeded: value)).word, span)
  }

  /// An instruction with a NAME word.
  func emitNamed(
    _ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, name: String, isListed: Bool = true, at span: Span,
    nameAt nameSpan: Span? = nil
  ) {
    if isListed { noteName(name) }
    let index = nameString(name)
    guard bound != nil else { return }
    append(Instruction(opcode, a: field(a), b: field(b), c: field(c)).word, span)
    append(UInt64(index) | UInt64(cacheCount) << 32, nameSpan ?? span, role: .name)
    cacheCount += 1
  }

  /// Extension words of 16-bit numbers.
  func emitNumbers(_ numbers: [Int], role: Role, at span: Span) {
    var index = 0
    while index < numbers.count {
      var word: UInt64 = 0
      for (place, number) in numbers[index..<min(index + 4, numbers.count)].enumerated() {
        word |= UInt64(field(number)) << UInt64(place * 16)
      }
      append(word, span, role: role)
      index += 4
    }
  }

  func emitPlain(_ word: UInt64, at span: Span) { append(word, span, role: .plain) }

  /// A place where the constants of a loop are loaded.
  func emitPreload(_ number: Int, at span: Span) {
    append(UInt64(number), span, role: .preload)
  }

  private func append(_ word: UInt64, _ span: Span, label: Int32 = -1, role: Role = .instruction) {
    guard bound != nil else { return }
    wordCount += 1
    if role == .instruction, section == 0, span.line != 0 { lastSpan = span }
    var top: Int32 = -1
    if role == .instruction { swap(&top, &pendingTop) }
    sections[section].append(
      Item(word: word, span: span, label: label, region: region, role: role, statementTop: top))
  }

  /// The next instruction begins a statement: no temporary but those that are in use now is alive there.
  func beginStatement() { pendingTop = Int32(truncatingIfNeeded: top) }

  private func field(_ value: Int) -> UInt16 { UInt16(truncatingIfNeeded: value) }

  // MARK: Jumps and labels

  func newLabel() -> Label {
    labels.append(LabelState())
    return Label(number: labels.count - 1)
  }

  /// Goes on at `label`; what follows is unreachable.
  func jump(to label: Label, at span: Span) {
    lead(to: label)
    append(Instruction(.jump).word, span, label: Int32(label.number))
    bound = nil
  }

  /// A conditional jump, or any other instruction with a jump in C or BC.
  func branch(_ opcode: Opcode, _ a: Int, _ b: Int = 0, to label: Label, at span: Span) {
    lead(to: label)
    append(Instruction(opcode, a: field(a), b: field(b)).word, span, label: Int32(label.number))
  }

  /// A jump to a label that is bound already.
  func lead(to label: Label) {
    guard let bound else { return }
    if let known = labels[label.number].bound {
      labels[label.number].bound = known.intersection(bound)
    } else {
      labels[label.number].bound = bound
    }
  }

  /// The label is here.
  func bind(_ label: Label) {
    if let incoming = labels[label.number].bound {
      bound = bound.map { $0.intersection(incoming) } ?? incoming
    }
    labels[label.number].section = section
    labels[label.number].offset = sections[section].count
  }

  /// What follows goes to a section of its own; give the result to `leaveColdSection`.
  func enterColdSection() -> Int {
    let previous = section
    sections.append([])
    section = sections.count - 1
    return previous
  }

  func leaveColdSection(_ previous: Int) {
    section = previous
  }

  // MARK: Exception regions

  /// The handler for what follows; the result is the region to go back to.
  func enterRegion(handler: Label, register: Register) -> Int32 {
    let previous = region
    regions.append(Region(handler: handler, register: register))
    region = Int32(regions.count - 1)
    return previous
  }
}
