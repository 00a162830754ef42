/// A fault that the verifier found.
package struct VerificationError: Error, CustomStringConvertible, Sendable {
  package let code: String
  package let offset: Int
  package let reason: String

  package var description: String { "\(code), word \(offset): \(reason)" }
}

extension CodeObject {
  /// Checks that the machine can run this code, and the code objects in it, without looking beyond a register,
  /// constant, cell or
  /// word that exists. It says nothing about what the code does.
  package func verify(depth: Int = 0) throws(VerificationError) {
    if depth > 200 { throw VerificationError(code: qualifiedName, offset: 0, reason: "nested too deep") }
    try CodeVerifier(code: self).run()
    for case .code(let inner) in constants { try inner.verify(depth: depth + 1) }
  }
}

private struct CodeVerifier {
  let code: CodeObject

  func fail(_ offset: Int, _ reason: String) -> VerificationError {
    VerificationError(code: code.qualifiedName, offset: offset, reason: reason)
  }

  func run() throws(VerificationError) {
    let count = code.instructions.count
    try checkTables()
    // Where instructions begin: jumps may lead to no other words.
    var starts = [Bool](repeating: false, count: count + 1)
    var index = 0
    var last: Opcode?
    while index < count {
      starts[index] = true
      guard let opcode = Instruction(word: code.instructions[index]).opcode else {
        throw fail(index, "no such instruction")
      }
      if opcode.parts != nil { throw fail(index, "a pair, which only the loader makes") }
      guard let extra = code.extensionCount(at: index), index + extra < count else {
        throw fail(index, "extension words missing")
      }
      last = opcode
      index += 1 + extra
    }
    switch last {
    case .return, .returnNone, .jump, .raise, .raiseFrom, .raiseAgain, .reraise: break
    default: throw fail(count, "runs over the end")
    }
    index = 0
    while index < count {
      let extra = code.extensionCount(at: index) ?? 0
      try check(index, extra, starts)
      index += 1 + extra
    }
    for entry in code.statementTops where entry.top > code.registerCount {
      throw fail(Int(entry.start), "a statement starts beyond the registers")
    }
    for entry in code.exceptionTable {
      guard entry.start < entry.end, entry.end <= count, entry.handler < count, starts[Int(entry.handler)] else {
        throw fail(Int(entry.start), "exception table out of range")
      }
      try register(Int(entry.register), Int(entry.handler))
    }
  }

  private func checkTables() throws(VerificationError) {
    if code.instructions.isEmpty { throw fail(0, "no instructions") }
    if code.positions.count != code.instructions.count { throw fail(0, "positions missing") }
    if code.registerCount > 0xFFFF { throw fail(0, "too many registers") }
    if code.cellNames.count != code.cellRegisters.count { throw fail(0, "cells without registers") }
    for cell in code.cellRegisters { try register(Int(cell), 0) }
    if code.localNames.count > code.registerCount { throw fail(0, "locals without registers") }
    if code.hasNamespace && code.registerCount == 0 { throw fail(0, "no register for the namespace") }
    if code.visibleConstantCount > code.constants.count { throw fail(0, "visible constants missing") }
  }

  private func register(_ number: Int, _ index: Int) throws(VerificationError) {
    if number >= code.registerCount { throw fail(index, "register \(number) of \(code.registerCount)") }
  }

  private func check(_ index: Int, _ extra: Int, _ starts: [Bool]) throws(VerificationError) {
    let instruction = Instruction(word: code.instructions[index])
    guard let opcode = instruction.opcode else { return }
    let layout = opcode.layout
    let next = index + 1 + extra
    try check(layout.a, Int(instruction.a), instruction, index, next, starts)
    try check(layout.b, Int(instruction.b), instruction, index, next, starts)
    try check(layout.c, Int(instruction.c), instruction, index, next, starts)
    switch layout.wide {
    case .none, .signed: break
    case .constant: try constant(Int(instruction.bc), index)
    case .jump: try jump(next + Int(instruction.bc), index, starts)
    }
    try checkExtension(layout.extension, instruction, index, extra)
    try checkWindow(opcode, instruction, index)
  }

  private func check(
    _ field: OpcodeLayout.Field, _ value: Int, _ instruction: Instruction, _ index: Int, _ next: Int, _ starts: [Bool]
  ) throws(VerificationError) {
    switch field {
    case .none, .signed, .count: break
    case .register: try register(value, index)
    case .optionalRegister: if instruction.hasOptionalRegister { try register(value, index) }
    case .constant: try constant(value, index)
    case .cell: if value >= code.freeNames.count { throw fail(index, "cell \(value)") }
    case .jump: try jump(next + Int(Int16(truncatingIfNeeded: value)), index, starts)
    case .parts: if value > 7 { throw fail(index, "parts of a function") }
    }
  }

  private func constant(_ number: Int, _ index: Int) throws(VerificationError) {
    if !code.constants.indices.contains(number) { throw fail(index, "constant \(number)") }
  }

  private func jump(_ target: Int, _ index: Int, _ starts: [Bool]) throws(VerificationError) {
    guard target >= 0, target < code.instructions.count, starts[target] else { throw fail(index, "jump to \(target)") }
  }

  private func checkExtension(
    _ kind: OpcodeLayout.Extension, _ instruction: Instruction, _ index: Int, _ extra: Int
  ) throws(VerificationError) {
    func part(_ number: Int) -> Int {
      Int(code.instructions[index + 1 + number / 4] >> UInt64(number % 4 * 16) & 0xFFFF)
    }
    switch kind {
    case .none: break
    case .name:
      let word = code.instructions[index + 1]
      let name = Int(word & 0xFFFF_FFFF)
      try constant(name, index)
      guard case .string = code.constants[name] else { throw fail(index, "name is no string") }
      if Int(word >> 32) >= code.cacheCount { throw fail(index, "cache \(word >> 32)") }
    case .targets:
      for number in 0..<instruction.unpackTargetCount { try register(part(number), index) }
    case .functionParts:
      let parts = instruction.c.nonzeroBitCount
      let free = code.freeCount(ofConstant: Int(instruction.b)) ?? 0
      for number in 0..<parts + free {
        let value = part(number)
        if number >= parts, value >= 0x8000 {
          if value - 0x8000 >= code.freeNames.count { throw fail(index, "cell \(value - 0x8000)") }
        } else {
          try register(value, index)
        }
      }
    case .classPattern:
      let name = Int(code.instructions[index + 1] & 0xFFFF_FFFF)
      try constant(name, index)
      guard case .tuple = code.constants[name] else { throw fail(index, "keyword names are no tuple") }
    }
  }

  /// Instructions that use more registers than they name.
  private func checkWindow(_ opcode: Opcode, _ instruction: Instruction, _ index: Int) throws(VerificationError) {
    let (a, b, c) = (Int(instruction.a), Int(instruction.b), Int(instruction.c))
    switch opcode {
    case .call, .callKeywords: try register(a + 2 + b, index)
    case .callSpread: try register(a + 4, index)
    case .loadMethod: try register(a + 3, index)
    case .callMethod, .callMethodKeywords, .callNamedMethod: try register(a + 3 + b, index)
    case .buildTuple, .buildList, .buildSet, .buildString: if c > 0 { try register(b + c - 1, index) }
    case .buildDict: if c > 0 { try register(b + 2 * c - 1, index) }
    case .buildSlice:
      if c != 2 && c != 3 { throw fail(index, "slice of \(c) parts") }
      try register(b + c - 1, index)
    case .matchExceptionGroup, .enterContext, .enterAsyncContext: try register(a + 1, index)
    default: break
    }
    if case .callKeywords = opcode { try names(c, index) }
    if case .callMethodKeywords = opcode { try names(c, index) }
  }

  private func names(_ number: Int, _ index: Int) throws(VerificationError) {
    guard case .tuple = code.constants[number] else { throw fail(index, "keyword names are no tuple") }
  }
}
