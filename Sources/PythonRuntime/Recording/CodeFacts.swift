import PythonBytecode

/// What the recorder needs to know of a code object, worked out once.
final class CodeFacts {
  let name: String
  let nameNumber: Int32
  /// The name of the file that it comes from.
  let file: Int32
  /// Where calls of this name are counted.
  let counter: Int
  let kind: FrameRecord.Kind
  let line: Int
  /// Locals that are no cells: register and number of the name's text.
  let locals: [(register: Int, name: Int32)]
  /// The names of cells by register, and those of free variables.
  let cells: [(register: Int, name: Int32)]
  let free: [Int32]
  let hasNamespace: Bool
  let isGenerator: Bool

  init(_ vm: VM, _ code: Words, _ recorder: Recorder) {
    name = vm.text(code.value(CodeLayout.name))
    nameNumber = recorder.number(of: name)
    file = recorder.number(of: vm.text(code.value(CodeLayout.filename)))
    counter = recorder.counter(of: nameNumber)
    line = code.high(CodeLayout.frame)
    let flags = CodeFlags(rawValue: UInt32(code[CodeLayout.counts] >> 48))
    hasNamespace = !flags.contains(.optimized)
    isGenerator = flags.contains(.generator) || flags.contains(.coroutine) || flags.contains(.asyncGenerator)
    if hasNamespace {
      kind = name == "<module>" ? .module : .class
    } else if flags.contains(.coroutine) {
      kind = .coroutine
    } else if isGenerator {
      kind = .generator
    } else {
      kind = name == "<listcomp>" || name == "<setcomp>" || name == "<dictcomp>" ? .comprehension : .call
    }
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
}

/// A frame that is running, waiting or suspended, and what was last shown of it.
struct WatchedFrame {
  var record: FrameRecord
  let facts: CodeFacts
  var function: Value
  /// The offset of its registers in the cage; of a suspended one that of its generator.
  var place: Int
  var line: Int
  /// The last instruction that begins a line: which line, which word, whether it is the head of a `for`.
  var position = (line: -1, index: -1, isHead: false)
  /// By local, or by entry of the namespace: what was last shown of it.
  var held: [Held] = []

  /// What a name held, and what that showed.
  struct Held {
    var bits = Value.unbound.bits
    var print: UInt64 = 0
    /// Of an entry of a namespace: its key, and the number of the name (0: not shown).
    var key: UInt64 = 0
    var name: Int32 = 0
  }
}
