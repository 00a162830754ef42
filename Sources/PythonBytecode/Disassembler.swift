extension CodeObject {
  /// The code as text, an instruction a line: offset, line, opcode, operands, with names and constants in
  /// parentheses and jump
  /// targets as offsets; then the exception table. Tests compare it.
  package func disassembly() -> String {
    var lines: [String] = []
    var index = 0
    var line: Int32 = -1
    while index < instructions.count {
      let extra = min(extensionCount(at: index) ?? 0, instructions.count - index - 1)
      let position = positions[index].line
      let shown = position == line || position == 0 ? "" : String(position)
      if position != 0 { line = position }
      let marker = Instruction(word: instructions[index]).flags & InstructionFlags.startsLine != 0 ? "*" : " "
      lines.append(padded(shown, 4) + marker + padded(String(index), 5) + "  " + text(at: index, extra))
      index += 1 + extra
    }
    for entry in exceptionTable {
      lines.append("  try \(entry.start)..<\(entry.end) -> \(entry.handler), r\(entry.register)")
    }
    return lines.map { trimmed($0) + "\n" }.joined()
  }

  /// `disassembly` of this code object and of those in its constants, each under its name.
  package func fullDisassembly() -> String {
    var text = "\(qualifiedName):\n" + disassembly()
    for case .code(let inner) in constants { text += "\n" + inner.fullDisassembly() }
    return text
  }

  /// An instruction as it is shown.
  package struct ShownInstruction: Sendable {
    /// Where it stands among the words.
    package let index: Int
    package let opcode: Opcode
    package let name: String
    package let operands: [String]
    /// The word that it may jump to.
    package let target: Int?
  }

  /// All instructions as they are shown.
  package func shownInstructions() -> [ShownInstruction] {
    var shown: [ShownInstruction] = []
    var index = 0
    while index < instructions.count {
      let extra = min(extensionCount(at: index) ?? 0, instructions.count - index - 1)
      if let instruction = shownInstruction(at: index, extra) { shown.append(instruction) }
      index += 1 + extra
    }
    return shown
  }

  private func text(at index: Int, _ extra: Int) -> String {
    guard let shown = shownInstruction(at: index, extra) else { return "? \(instructions[index])" }
    return shown.name + (shown.operands.isEmpty ? "" : " " + shown.operands.joined(separator: ", "))
  }

  private func shownInstruction(at index: Int, _ extra: Int) -> ShownInstruction? {
    let instruction = Instruction(word: instructions[index])
    guard let opcode = instruction.opcode else { return nil }
    let layout = opcode.layout
    var operands: [String] = []
    for (field, value) in [(layout.a, instruction.a), (layout.b, instruction.b), (layout.c, instruction.c)] {
      if let operand = text(of: field, value, instruction, next: index + 1 + extra) { operands.append(operand) }
    }
    switch layout.wide {
    case .none: break
    case .signed: operands.append(String(instruction.bc))
    case .constant: operands.append(constantText(Int(instruction.bc)))
    case .jump: operands.append("to \(index + 1 + extra + Int(instruction.bc))")
    }
    operands += extensionText(layout.extension, instruction, index)
    let mark =
      opcode.layout.c != .none || opcode == .negate
      ? (isArithmetic(opcode) && instruction.flags & InstructionFlags.isInPlace != 0 ? "=" : "") : ""
    return ShownInstruction(
      index: index, opcode: opcode, name: "\(opcode)\(mark)", operands: operands,
      target: jump(of: instruction).map { index + 1 + extra + $0 })
  }

  /// How far an instruction may jump.
  private func jump(of instruction: Instruction) -> Int? {
    guard let layout = instruction.opcode?.layout else { return nil }
    if layout.wide == .jump { return Int(instruction.bc) }
    return layout.c == .jump ? Int(Int16(bitPattern: instruction.c)) : nil
  }

  private func isArithmetic(_ opcode: Opcode) -> Bool {
    (Opcode.add.rawValue...Opcode.andInt.rawValue).contains(opcode.rawValue)
  }

  private func text(of field: OpcodeLayout.Field, _ value: UInt16, _ instruction: Instruction, next: Int) -> String? {
    switch field {
    case .none: nil
    case .register: registerText(value)
    case .optionalRegister: instruction.hasOptionalRegister ? registerText(value) : nil
    case .signed: String(Int16(bitPattern: value))
    case .count: "#\(value)"
    case .constant: constantText(Int(value))
    case .cell: cellText(Int(value))
    case .jump: "to \(next + Int(Int16(bitPattern: value)))"
    case .parts: nil
    }
  }

  private func registerText(_ number: UInt16) -> String {
    let index = Int(number)
    if index < localNames.count { return "r\(index)(\(localNames[index]))" }
    if let cell = cellRegisters.firstIndex(of: number) { return "r\(index)(\(cellNames[cell]))" }
    return "r\(index)"
  }

  private func cellText(_ number: Int) -> String {
    number < freeNames.count ? "c\(number)(\(freeNames[number]))" : "c\(number)"
  }

  private func constantText(_ index: Int) -> String {
    constants.indices.contains(index) ? "k\(index)(\(constants[index].text))" : "k\(index)"
  }

  private func extensionText(_ kind: OpcodeLayout.Extension, _ instruction: Instruction, _ index: Int) -> [String] {
    func part(_ number: Int) -> UInt16 {
      UInt16(truncatingIfNeeded: instructions[index + 1 + number / 4] >> UInt64(number % 4 * 16))
    }
    switch kind {
    case .none: return []
    case .name:
      let name = Int(instructions[index + 1] & 0xFFFF_FFFF)
      guard constants.indices.contains(name), case .string(let bytes) = constants[name] else { return ["?"] }
      return ["." + String(decoding: bytes, as: UTF8.self)]
    case .targets:
      return (0..<instruction.unpackTargetCount).map { registerText(part($0)) }
    case .functionParts:
      var texts: [String] = []
      var number = 0
      for (bit, name) in [(1, "defaults"), (2, "kwdefaults"), (4, "annotations")] where Int(instruction.c) & bit != 0 {
        texts.append("\(name) " + registerText(part(number)))
        number += 1
      }
      for _ in 0..<(freeCount(ofConstant: Int(instruction.b)) ?? 0) {
        let value = part(number)
        texts.append(value >= 0x8000 ? cellText(Int(value) - 0x8000) : registerText(value))
        number += 1
      }
      return texts
    case .classPattern:
      let word = instructions[index + 1]
      return [constantText(Int(word & 0xFFFF_FFFF)), "#\(word >> 32)"]
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func trimmed(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension CodeConstant {
  /// As in a listing: close to Python's `repr`.
  package var text: String {
    switch self {
    case .none: "None"
    case .true: "True"
    case .false: "False"
    case .ellipsis: "Ellipsis"
    case .int(let value): String(value)
    case .bigInt(let isNegative, let limbs):
      (isNegative ? "-0x" : "0x") + limbs.reversed().map { String($0, radix: 16) }.joined(separator: "_")
    case .float(let bits): "\(Double(bitPattern: bits))"
    case .complex(let real, let imaginary): Self.text(Double(bitPattern: real), Double(bitPattern: imaginary))
    case .string(let bytes): "'" + String(decoding: bytes, as: UTF8.self) + "'"
    case .bytes(let bytes): "b'" + String(decoding: bytes, as: UTF8.self) + "'"
    case .tuple(let items): "(" + items.map(\.text).joined(separator: ", ") + (items.count == 1 ? ",)" : ")")
    case .frozenSet(let items): "frozenset({" + items.map(\.text).joined(separator: ", ") + "})"
    case .code(let code): "<code \(code.qualifiedName)>"
    }
  }

  private static func text(_ real: Double, _ imaginary: Double) -> String {
    func part(_ double: Double) -> String { Int(exactly: double).map(String.init) ?? "\(double)" }
    if real.bitPattern == 0 { return "\(part(imaginary))j" }
    return "(\(part(real))\(imaginary < 0 ? "" : "+")\(part(imaginary))j)"
  }
}
