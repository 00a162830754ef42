import PythonBytecode

/// What the recorder needs to know of a code object, worked out once.
final class CodeFacts {
  let code: Value
  let head: CodeHead
  let name: String
  /// The number of its qualified name.
  let qualifiedName: Int32
  /// Locals that are no cells: register and number of the name's text.
  let locals: [(register: Int, name: Int32)]
  /// The names of cells by register, and those of free variables.
  let cells: [(register: Int, name: Int32)]
  let free: [Int32]

  init(_ vm: VM, _ function: Words, _ recorder: Recorder) {
    self.code = function.value(FunctionLayout.code)
    let code = vm.words(self.code)
    name = vm.text(code.value(CodeLayout.name))
    qualifiedName = recorder.number(of: vm.text(code.value(CodeLayout.qualifiedName)))
    let flags = CodeFlags(rawValue: UInt32(code[CodeLayout.counts] >> 48))
    head = CodeHead(
      name: recorder.number(of: name), file: recorder.number(of: vm.text(code.value(CodeLayout.filename))),
      kind: CodeFacts.kind(flags, name), hasNamespace: !flags.contains(.optimized),
      isGenerator: !flags.isDisjoint(with: [.generator, .coroutine, .asyncGenerator]), lines: CodeLines(function, code))
    let cellNames = PyTuple(vm, code.value(CodeLayout.cellNames))
    let registers = vm.words(at: Int(code[CodeLayout.cellRegisters]))
    let number = { (names: PyTuple, index: Int) in recorder.number(of: vm.text(names[index])) }
    let cells = (0..<cellNames.count).map { (register: Int(registers[1 + $0]), name: number(cellNames, $0)) }
    self.cells = cells
    let freeNames = PyTuple(vm, code.value(CodeLayout.freeNames))
    free = (0..<freeNames.count).map { number(freeNames, $0) }
    let names = PyTuple(vm, code.value(CodeLayout.localNames))
    locals = (0..<names.count).compactMap { index in
      let isCell = cells.contains { $0.register == index }
      // The argument of a comprehension is called `.0`.
      return isCell || vm.text(names[index]).hasPrefix(".") ? nil : (index, number(names, index))
    }
  }

  private static func kind(_ flags: CodeFlags, _ name: String) -> FrameRecord.Kind {
    if !flags.contains(.optimized) { return name == "<module>" ? .module : .class }
    if flags.contains(.coroutine) { return .coroutine }
    if flags.contains(.generator) || flags.contains(.asyncGenerator) { return .generator }
    return name == "<listcomp>" || name == "<setcomp>" || name == "<dictcomp>" ? .comprehension : .call
  }

  /// Whether what was at its place before a collection is still there.
  func isSame(as other: CodeFacts) -> Bool {
    code == other.code && head == other.head && qualifiedName == other.qualifiedName && free == other.free
      && locals.elementsEqual(other.locals, by: ==) && cells.elementsEqual(other.cells, by: ==)
  }
}

/// What is needed of a code object at each call.
struct CodeHead: BitwiseCopyable, Equatable {
  /// The numbers of its name, and of the name of the file that it comes from.
  let name: Int32
  let file: Int32
  let kind: FrameRecord.Kind
  let hasNamespace: Bool
  let isGenerator: Bool
  let lines: CodeLines

  /// Whether to enter it is a step of its own: a module's is its first line, a generator's is when it first goes on.
  var hasCallStep: Bool { !isGenerator && kind != .module }
}

/// Where the lines of a code object are found.
struct CodeLines: BitwiseCopyable, Equatable {
  /// The line where the code begins.
  let first: Int
  /// The offsets of its instructions and of its table of positions.
  private let start: Int
  private let positions: Int

  init(_ function: Words, _ code: Words) {
    first = code.high(CodeLayout.frame)
    start = function.low(FunctionLayout.entry)
    positions = Int(code[CodeLayout.positions])
  }

  /// The number of the instruction word before an offset.
  @inline(__always) func index(_ pc: Int) -> Int { (pc - start) / 8 - 1 }

  /// The line of an instruction word.
  @inline(__always) func line(_ vm: VM, at index: Int) -> Int {
    index < 0 || positions == 0 ? first : Int(Int32(truncatingIfNeeded: vm.words(at: positions)[1 + 2 * index]))
  }

  func line(_ vm: VM, before pc: Int) -> Int { line(vm, at: index(pc)) }
}

/// A frame that is running, waiting or suspended. Without references, so that it is copied freely.
struct WatchedFrame: BitwiseCopyable {
  var record: FrameRecord
  /// Which of `Recorder.codes` it runs, and where the lines of that are.
  let code: Int
  let lines: CodeLines
  var function: Value
  /// The offset of its registers in the cage; of a suspended one that of its generator.
  var place: Int
  var line: Int
  /// The last instruction that begins a line: which line, which word, whether it is the head of a `for`.
  var position = (line: -1, index: -1, isHead: false)
}

/// What a name held, and what that showed.
struct HeldValue {
  var bits = Value.unbound.bits
  var print: UInt64 = 0
  /// Of an entry of a namespace: its key, and the number of the name (0: not shown).
  var key: UInt64 = 0
  var name: Int32 = 0
}
