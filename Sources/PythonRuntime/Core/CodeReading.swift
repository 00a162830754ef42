import PythonBytecode

/// Code objects read back out of the cage, for who wants to look at their instructions.
extension VM {
  /// What the loader was given, as far as instructions show it.
  func readCode(_ value: Value) throws(Unwind) -> CodeObject {
    let code = words(value)
    var constants: [CodeConstant] = []
    for index in 0..<code.low(CodeLayout.constantCount) {
      constants.append(try readConstant(code.value(CodeLayout.constants + index)))
    }
    let cells = words(at: Int(code[CodeLayout.cellRegisters]))
    let cellNames = readNames(code, CodeLayout.cellNames)
    return CodeObject(
      name: text(code.value(CodeLayout.name)), qualifiedName: text(code.value(CodeLayout.qualifiedName)),
      filename: text(code.value(CodeLayout.filename)), firstLine: 0, argumentCount: 0, positionalOnlyCount: 0,
      keywordOnlyCount: 0, flags: [], localNames: readNames(code, CodeLayout.localNames), cellNames: cellNames,
      cellRegisters: cellNames.indices.map { UInt16(truncatingIfNeeded: cells[1 + $0]) },
      freeNames: readNames(code, CodeLayout.freeNames), names: [], constants: constants,
      visibleConstantCount: code.high(CodeLayout.constantCount), instructions: readInstructions(code, constants),
      registerCount: 0, cacheCount: 0, exceptionTable: [], positions: [], hasNamespace: false)
  }

  private func readNames(_ code: Words, _ index: Int) -> [String] {
    let names = PyTuple(self, code.value(index))
    return (0..<names.count).map { text(names[$0]) }
  }

  /// The words, pairs as the two instructions that they are.
  private func readInstructions(_ code: Words, _ constants: [CodeConstant]) -> [UInt64] {
    let start = words(at: Int(code[CodeLayout.instructions]))
    var instructions = (0..<code.low(CodeLayout.wordCount)).map { start[1 + $0] }
    var index = 0
    while index < instructions.count {
      let instruction = Instruction(word: instructions[index])
      guard let opcode = instruction.opcode else { break }
      instructions[index] = instruction.word & ~0xFF | UInt64(opcode.single.rawValue)
      let extra = instruction.extensionCount { constant in
        guard constants.indices.contains(constant), case .code(let inner) = constants[constant] else { return nil }
        return inner.freeNames.count
      }
      index += 1 + (extra ?? 0)
    }
    return instructions
  }

  /// A constant; one of a kind that is seldom looked at is shown as its text.
  private func readConstant(_ value: Value) throws(Unwind) -> CodeConstant {
    switch value {
    case .none: return .none
    case .true: return .true
    case .false: return .false
    case .ellipsis: return .ellipsis
    default: break
    }
    if value.isInt { return .int(value.int) }
    if value.isInlineFloat { return .float(value.inlineFloat.bitPattern) }
    if isString(value) { return .string(PyString(self, value).utf8()) }
    if self.is(value, .code) { return .code(try readCode(value)) }
    guard self.is(value, .tuple) else { return .string(Array(text(try repr(value)).utf8)) }
    let tuple = PyTuple(self, value)
    var elements: [CodeConstant] = []
    for index in 0..<tuple.count { elements.append(try readConstant(tuple[index])) }
    return .tuple(elements)
  }

  /// The instructions of a code object for `dis`: a list of tuples (offset in `co_code`, opcode, name, first operand, operands as text, offset of the
  /// jump's target or None), and one of its handlers (start, end, target).
  func shownCode(_ value: Value) throws(Unwind) -> Value {
    guard self.is(value, .code) else { throw raise(.typeError, "a code object is required, not \(typeName(value))") }
    let mark = keepMark()
    defer { keepRelease(mark) }
    let code = try readCode(value)
    try charge(code.instructions.count * 4)
    let (rows, handlers) = (try newList(), try newList())
    keep(rows)
    keep(handlers)
    for shown in code.shownInstructions() {
      let first = Instruction(word: code.instructions[shown.index]).a
      let row = try newTuple(
        VM.unit(shown.index), Value(small: Int(shown.opcode.rawValue)), newString(shown.name), Value(small: Int(first)),
        newString(shown.operands.joined(separator: ", ")), shown.target.map(VM.unit) ?? .none)
      try PyList(self, rows).append(row)
    }
    let table = words(at: Int(words(value)[CodeLayout.exceptions]))
    for index in 0..<words(value).high(CodeLayout.wordCount) {
      let (range, handler) = (1 + 2 * index, 2 + 2 * index)
      try PyList(self, handlers).append(
        newTuple(VM.unit(table.low(range)), VM.unit(table.high(range)), VM.unit(table.low(handler))))
    }
    return try newTuple(rows, handlers)
  }

  /// The offset in `co_code`, where one unit stands in front.
  private static func unit(_ index: Int) -> Value { Value(small: 2 + 2 * index) }
}
