import PythonBytecode

/// Copies code objects into the cage.
extension VM {
  /// The code object in the cage for what the compiler made.
  package func load(_ code: CodeObject) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let constants = try newList(capacity: code.constants.count)
    keep(constants)
    for constant in code.constants { try PyList(self, constants).append(try load(constant, isNameAllowed: true)) }
    let ref = try allocateBig((CodeLayout.constants + code.constants.count) * 8)
    let object = words(ref)
    object[0] = header(.code, class: type(.code))
    for index in 1..<CodeLayout.constants { object.set(index, .none) }
    object[CodeLayout.constantCount] = UInt64(code.constants.count) | UInt64(code.visibleConstantCount) << 32
    object.copy(
      from: PyList(self, constants).buffer, at: CodeLayout.constants, sourceIndex: 1, count: code.constants.count)
    object[CodeLayout.counts] =
      UInt64(code.argumentCount) | UInt64(code.positionalOnlyCount) << 16 | UInt64(code.keywordOnlyCount) << 32
      | UInt64(code.flags.rawValue) << 48
    let locals = registersToClear(code)
    object[CodeLayout.frame] =
      UInt64(max(code.registerCount, locals)) | UInt64(locals) << 16 | UInt64(UInt32(bitPattern: code.firstLine)) << 32
    object[CodeLayout.wordCount] = UInt64(code.instructions.count) | UInt64(code.exceptionTable.count) << 32
    for index in CodeLayout.rawRefs { object[index] = 0 }
    for index in CodeLayout.firstValue..<CodeLayout.constants { object.set(index, .none) }
    object.set(CodeLayout.name, try intern(code.name))
    object.set(CodeLayout.qualifiedName, try intern(code.qualifiedName))
    object.set(CodeLayout.filename, try intern(code.filename))
    object.set(CodeLayout.localNames, try loadNames(code.localNames))
    object.set(CodeLayout.cellNames, try loadNames(code.cellNames))
    object.set(CodeLayout.freeNames, try loadNames(code.freeNames))
    object.set(CodeLayout.names, try loadNames(code.names))
    object.set(CodeLayout.counter, try functionCounter(code))
    try loadInstructions(code, object)
    try loadTables(code, object)
    return Value(ref)
  }

  /// Parameters need no clearing, but their number differs from call to call: all locals and cells count.
  private func registersToClear(_ code: CodeObject) -> Int {
    var count = code.hasNamespace ? 1 : code.localNames.count
    for register in code.cellRegisters { count = max(count, Int(register) + 1) }
    return count
  }

  private func loadNames(_ names: [String]) throws(Unwind) -> Value {
    let tuple = try newTuple(count: names.count)
    for (index, name) in names.enumerated() { PyTuple(self, tuple)[index] = try intern(name) }
    return tuple
  }

  /// Copies the words, gives each inline cache its place, and joins pairs.
  private func loadInstructions(_ code: CodeObject, _ object: Words) throws(Unwind) {
    let ref = try allocateRaw(bytes: code.instructions.count * 8)
    object[CodeLayout.instructions] = UInt64(ref.offset)
    let words = self.words(ref)
    let firstCache = self[.cacheTop]
    guard firstCache + code.cacheCount * VM.cacheBytes <= Cage.cachesEnd else { throw raiseMemoryError() }
    self[.cacheTop] = firstCache + code.cacheCount * VM.cacheBytes
    var index = 0
    var last: (opcode: Opcode, index: Int)?
    while index < code.instructions.count {
      guard let opcode = Instruction(word: code.instructions[index]).opcode,
        let extra = code.extensionCount(at: index)
      else { preconditionFailure("the compiler made a word that is no instruction") }
      if let first = last, let pair = Opcode.pair(first.opcode, opcode) {
        words[1 + first.index] = words[1 + first.index] & ~0xFF | UInt64(pair.rawValue)
        last = (pair, first.index)
      } else {
        last = (opcode, index)
      }
      for _ in 0...extra {
        words[1 + index] = code.instructions[index]
        index += 1
      }
      if case .name = opcode.layout.extension {
        let operand = code.instructions[index - 1]
        let offset = firstCache + Int(operand >> 32) * VM.cacheBytes
        words[index] = operand & 0xFFFF_FFFF | UInt64(offset) << 32
      }
    }
  }

  /// Room for three words of a global, or four entries of two words of an attribute.
  static let cacheBytes = 64

  private func loadTables(_ code: CodeObject, _ object: Words) throws(Unwind) {
    let positions = try allocateRaw(bytes: code.positions.count * 16)
    object[CodeLayout.positions] = UInt64(positions.offset)
    for (index, position) in code.positions.enumerated() { setPosition(positions, index, position) }
    let exceptions = try allocateRaw(bytes: code.exceptionTable.count * 16)
    object[CodeLayout.exceptions] = UInt64(exceptions.offset)
    for (index, entry) in code.exceptionTable.enumerated() {
      words(exceptions)[1 + 2 * index] = UInt64(entry.start) | UInt64(entry.end) << 32
      words(exceptions)[2 + 2 * index] = UInt64(entry.handler) | UInt64(entry.register) << 32
    }
    let cells = try allocateRaw(bytes: code.cellRegisters.count * 8)
    object[CodeLayout.cellRegisters] = UInt64(cells.offset)
    for (index, register) in code.cellRegisters.enumerated() { words(cells)[1 + index] = UInt64(register) }
    let tops = try allocateRaw(bytes: 8 + code.statementTops.count * 8)
    object[CodeLayout.statementTops] = UInt64(tops.offset)
    words(tops)[1] = UInt64(code.statementTops.count)
    for (index, entry) in code.statementTops.enumerated() {
      words(tops)[2 + index] = UInt64(entry.start) | UInt64(entry.top) << 32
    }
  }

  func load(_ constant: CodeConstant, isNameAllowed: Bool) throws(Unwind) -> Value {
    switch constant {
    case .none: return .none
    case .true: return .true
    case .false: return .false
    case .ellipsis: return .ellipsis
    case .int(let int): return try integer(int)
    case .bigInt(let isNegative, let limbs): return try integer(limbs: limbs, isNegative: isNegative)
    case .float(let bits): return try float(Double(bitPattern: bits))
    case .complex(let real, let imaginary):
      let ref = try allocate(.complex, class: type(.complex), words: 3)
      words(ref)[1] = real
      words(ref)[2] = imaginary
      return Value(ref)
    case .string(let utf8):
      let value = try newString(utf8: utf8)
      // Names, and what could be one, are interned, as CPython interns them.
      let isName = utf8.allSatisfy { $0 == 0x5F || $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
      return isName || isNameAllowed && utf8.count <= 64 ? try intern(value) : value
    case .bytes(let bytes): return try newBytes(bytes)
    case .tuple(let elements):
      let tuple = try newTuple(count: elements.count)
      keep(tuple)
      for (index, element) in elements.enumerated() { PyTuple(self, tuple)[index] = try load(element, isNameAllowed: true) }
      return tuple
    case .frozenSet(let elements):
      let set = try newFrozenSet()
      keep(set)
      for element in elements { try setAdd(set, try load(element, isNameAllowed: true)) }
      return set
    case .code(let code): return try load(code)
    }
  }

  // MARK: Positions

  func setPosition(_ table: Ref, _ index: Int, _ position: CodePosition) {
    let place = words(table)
    place[1 + 2 * index] = UInt64(UInt32(bitPattern: position.line)) | UInt64(UInt32(bitPattern: position.endLine)) << 32
    place[2 + 2 * index] =
      UInt64(UInt32(bitPattern: position.column)) | UInt64(UInt32(bitPattern: position.endColumn)) << 32
  }

  /// The line of a code word.
  func line(_ code: Words, _ index: Int) -> Int {
    guard code[CodeLayout.positions] != 0 else { return 0 }
    guard index >= 0, index < code.low(CodeLayout.wordCount) else { return code.high(CodeLayout.frame) }
    return Int(Int32(truncatingIfNeeded: words(at: Int(code[CodeLayout.positions]))[1 + 2 * index]))
  }

  /// The whole position of a code word.
  func position(_ code: Words, _ index: Int) -> CodePosition {
    guard code[CodeLayout.positions] != 0 else {
      return CodePosition(line: 0, endLine: 0, column: -1, endColumn: -1)
    }
    guard index >= 0, index < code.low(CodeLayout.wordCount) else {
      return CodePosition(line: Int32(code.high(CodeLayout.frame)), endLine: 0, column: -1, endColumn: -1)
    }
    let table = words(at: Int(code[CodeLayout.positions]))
    let lines = table[1 + 2 * index]
    let columns = table[2 + 2 * index]
    return CodePosition(
      line: Int32(truncatingIfNeeded: lines), endLine: Int32(truncatingIfNeeded: lines >> 32),
      column: Int32(truncatingIfNeeded: columns), endColumn: Int32(truncatingIfNeeded: columns >> 32))
  }

  /// How many registers are alive where the statement at a code word starts.
  func statementTop(_ code: Words, _ index: Int) -> Int? {
    let table = words(at: Int(code[CodeLayout.statementTops]))
    var entry = Int(table[1])
    while entry > 0 {
      let word = table[1 + entry]
      if Int(word & 0xFFFF_FFFF) <= index { return Int(word >> 32) }
      entry -= 1
    }
    return nil
  }

  /// The line that the current frame is at.
  func currentLine() -> Int {
    let function = runningFunction
    let code = words(function.value(FunctionLayout.code))
    let start = Int(UInt32(truncatingIfNeeded: function[FunctionLayout.entry]))
    return line(code, (offset(ofAddress: self[.pc]) - start) / 8 - 1)
  }
}
