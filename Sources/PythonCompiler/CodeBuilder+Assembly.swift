import PythonBytecode
import PythonSyntax

/// The finished words of a unit and what goes with them.
struct AssembledCode {
  var instructions: [UInt64] = []
  var positions: [CodePosition] = []
  var exceptionTable: [ExceptionTableEntry] = []
  var statementTops: [StatementTop] = []
  var registerCount = 0
}

extension CodeBuilder {
  /// Lays the sections out, leads jumps to their final places, marks the lines, and numbers the registers.
  func assemble() -> AssembledCode {
    var assembly = Assembly(self)
    assembly.threadJumps()
    assembly.dropIdleJumps()
    assembly.markLines()
    assembly.layOut()
    return assembly.write()
  }
}

/// One run of `CodeBuilder.assemble`.
private struct Assembly {
  let builder: CodeBuilder
  var items: [CodeBuilder.Item]
  /// The item that each label is at.
  var labelItems: [Int]
  var isDropped: [Bool]
  /// A jump that does not fit into 16 bits takes two words more.
  var isFar: [Bool]
  /// The word of each item.
  var offsets: [Int] = []

  init(_ builder: CodeBuilder) {
    self.builder = builder
    var starts: [Int] = []
    items = []
    items.reserveCapacity(builder.sections.reduce(0) { $0 + $1.count })
    for section in builder.sections {
      starts.append(items.count)
      items += section
    }
    labelItems = builder.labels.map { $0.section < 0 ? -1 : starts[$0.section] + $0.offset }
    isDropped = [Bool](repeating: false, count: items.count)
    isFar = [Bool](repeating: false, count: items.count)
  }

  private func opcode(_ index: Int) -> Opcode? {
    switch items[index].role {
    case .instruction, .quiet: Instruction(word: items[index].word).opcode
    default: nil
    }
  }

  private func target(_ index: Int) -> Int? {
    items[index].label < 0 ? nil : labelItems[Int(items[index].label)]
  }

  /// A jump to a jump goes on to that one's target, unless a line would be passed over that way.
  mutating func threadJumps() {
    for index in items.indices where items[index].label >= 0 {
      var hops = 0
      while hops < 8, let next = target(index), next < items.count, opcode(next) == .jump, next != index,
        items[next].label != items[index].label,
        items[next].span.line == 0 || items[next].span.line == items[index].span.line
      {
        items[index].label = items[next].label
        hops += 1
      }
    }
  }

  /// Drops jumps to what follows anyway; one with a line of its own stays as a `nop`, a step for whoever watches.
  mutating func dropIdleJumps() {
    for index in items.indices where opcode(index) == .jump {
      guard let target = target(index), target > index else { continue }
      if (index + 1..<target).allSatisfy({ isDropped[$0] }) {
        if items[index].span.line == 0 || isSameLineAround(index) {
          isDropped[index] = true
        } else {
          items[index].word = Instruction(.nop).word
          items[index].label = -1
        }
      }
    }
  }

  private func isSameLineAround(_ index: Int) -> Bool {
    let line = items[index].span.line
    let before = index > 0 ? items[index - 1].span.line : 0
    let after = index + 1 < items.count ? items[index + 1].span.line : 0
    return line == before || line == after
  }

  /// Sets `startsLine` where a line is entered: from another line, by a jump back, or from nowhere.
  mutating func markLines() {
    // The line that was reached last before each item, when it is reached from the item before it.
    var lines = [Int32](repeating: 0, count: items.count)
    var line: Int32 = 0
    for index in items.indices {
      if items[index].role == .instruction || items[index].role == .preload, items[index].span.line != 0 {
        line = items[index].span.line
      }
      lines[index] = line
    }
    var isMarked = [Bool](repeating: false, count: items.count)
    var previous: Int?
    for index in items.indices where !isDropped[index] {
      guard let opcode = opcode(index), items[index].role == .instruction else { continue }
      if items[index].span.line != 0 {
        if let previous, !self.endsFlow(previous) {
          if lines[previous] != items[index].span.line { isMarked[index] = true }
        } else if previous == nil {
          isMarked[index] = true
        }
      }
      // Going round the loop of an `await` is no step.
      if let target = target(index), target < items.count, opcode != .send, self.opcode(target) != .send {
        mark(&isMarked, from: lines[index], target, isBackward: target <= index)
      }
      previous = index
    }
    for region in builder.regions {
      let handler = labelItems[region.handler.number]
      if handler >= 0, handler < items.count { mark(&isMarked, from: -1, handler, isBackward: false) }
    }
    for index in items.indices where isMarked[index] && !isDropped[index] {
      items[index].word |= UInt64(InstructionFlags.startsLine) << 8
    }
    for index in items.indices where items[index].statementTop >= 0 {
      items[index].word |= UInt64(InstructionFlags.startsStatement) << 8
    }
  }

  /// Marks the first instruction with a line from `target` on.
  private func mark(_ isMarked: inout [Bool], from line: Int32, _ target: Int, isBackward: Bool) {
    var index = target
    while index < items.count {
      if items[index].role == .instruction, !isDropped[index] {
        if items[index].span.line != 0 {
          if items[index].span.line != line || isBackward { isMarked[index] = true }
          return
        }
        if endsFlow(index) { return }
      }
      index += 1
    }
  }

  private func endsFlow(_ index: Int) -> Bool {
    switch opcode(index) {
    case .jump, .return, .returnNone, .raise, .raiseFrom, .raiseAgain, .reraise: true
    default: false
    }
  }

  /// Gives each item its word, and lengthens the jumps that turn out to be far, until all fit.
  mutating func layOut() {
    while true {
      offsets = []
      offsets.reserveCapacity(items.count + 1)
      var offset = 0
      for index in items.indices {
        offsets.append(offset)
        if isDropped[index] { continue }
        if items[index].role == .preload {
          offset += builder.preloads[Int(items[index].word)].count
        } else {
          offset += isFar[index] ? 3 : 1
        }
      }
      offsets.append(offset)
      var isStable = true
      for index in items.indices where !isFar[index] && !isDropped[index] {
        guard let target = target(index), let opcode = opcode(index), opcode.layout.c == .jump else { continue }
        let distance = offsets[target] - offsets[index] - 1
        if distance > Int(Int16.max) || distance < Int(Int16.min) {
          isFar[index] = true
          isStable = false
        }
      }
      if isStable { return }
    }
  }

  func write() -> AssembledCode {
    var code = AssembledCode()
    code.instructions.reserveCapacity(offsets[items.count])
    code.positions.reserveCapacity(offsets[items.count])
    for index in items.indices where !isDropped[index] { write(index, to: &code) }
    writeExceptionTable(to: &code)
    writeStatementTops(to: &code)
    code.registerCount = builder.temporaryBase + builder.preloadSlots + builder.maximumTop
    return code
  }

  private func write(_ index: Int, to code: inout AssembledCode) {
    let item = items[index]
    let position = CodePosition(
      line: item.span.line, endLine: item.span.endLine, column: item.span.line == 0 ? -1 : item.span.column,
      endColumn: item.span.line == 0 ? -1 : item.span.endColumn)
    func put(_ word: UInt64) {
      code.instructions.append(word)
      code.positions.append(position)
    }
    switch item.role {
    case .name:
      // Names come after the constants that Python sees.
      put(item.word &+ UInt64(builder.constants.count))
    case .plain: put(item.word)
    case .registers: put(renumberedWord(item.word))
    case .parts: put(renumberedParts(item.word))
    case .preload:
      for preload in builder.preloads[Int(item.word)] {
        var instruction = preload.instruction
        instruction.word |= UInt64(builder.temporaryBase + preload.slot) << 16
        put(instruction.word)
      }
    case .instruction, .quiet:
      let word = renumbered(Instruction(word: item.word)).word
      guard let target = target(index), let opcode = opcode(index) else { return put(word) }
      let distance = offsets[target] - code.instructions.count - 1
      if opcode.layout.wide == .jump {
        put(word & 0xFFFF_FFFF | UInt64(UInt32(truncatingIfNeeded: distance)) << 32)
      } else if isFar[index] {
        // Taken: over the next word to the long jump. Not taken: over the long jump.
        put(word | 1 << 48)
        put(Instruction(.jump, bc: 1).word)
        put(Instruction(.jump, bc: Int32(truncatingIfNeeded: distance - 2)).word)
      } else {
        put(word | UInt64(UInt16(truncatingIfNeeded: distance)) << 48)
      }
    }
  }

  private func renumbered(_ instruction: Instruction) -> Instruction {
    guard builder.preloadSlots > 0, let layout = instruction.opcode?.layout else { return instruction }
    func isRegister(_ field: OpcodeLayout.Field) -> Bool {
      field == .register || field == .optionalRegister && instruction.hasOptionalRegister
    }
    var word = instruction.word
    if isRegister(layout.a) { word = replaced(word, 16) }
    if isRegister(layout.b) { word = replaced(word, 32) }
    if isRegister(layout.c) { word = replaced(word, 48) }
    return Instruction(word: word)
  }

  private func renumberedWord(_ word: UInt64) -> UInt64 {
    guard builder.preloadSlots > 0 else { return word }
    return replaced(replaced(replaced(replaced(word, 0), 16), 32), 48)
  }

  /// The words after `makeFunction`: registers of parts and of cells, and numbers of cells from 0x8000 on.
  private func renumberedParts(_ word: UInt64) -> UInt64 {
    guard builder.preloadSlots > 0 else { return word }
    var result = word
    for shift in [UInt64(0), 16, 32, 48] where word >> shift & 0xFFFF < 0x8000 { result = replaced(result, shift) }
    return result
  }

  private func replaced(_ word: UInt64, _ shift: UInt64) -> UInt64 {
    let register = Int(word >> shift & 0xFFFF)
    return word & ~(0xFFFF << shift) | UInt64(UInt16(truncatingIfNeeded: final(register))) << shift
  }

  private func final(_ register: Int) -> Int {
    if register >= CodeBuilder.preloadBase { return builder.temporaryBase + register - CodeBuilder.preloadBase }
    return register >= builder.temporaryBase ? register + builder.preloadSlots : register
  }

  private func writeStatementTops(to code: inout AssembledCode) {
    for index in items.indices where items[index].statementTop >= 0 && !isDropped[index] {
      let top = UInt32(builder.temporaryBase + builder.preloadSlots) + UInt32(items[index].statementTop)
      if code.statementTops.last?.top != top {
        code.statementTops.append(StatementTop(start: UInt32(offsets[index]), top: top))
      }
    }
  }

  private func writeExceptionTable(to code: inout AssembledCode) {
    var index = 0
    while index < items.count {
      let region = items[index].region
      var end = index + 1
      while end < items.count, items[end].region == region { end += 1 }
      if region >= 0, offsets[index] < offsets[end] {
        let handler = builder.regions[Int(region)]
        let entry = ExceptionTableEntry(
          start: UInt32(offsets[index]), end: UInt32(offsets[end]),
          handler: UInt32(offsets[labelItems[handler.handler.number]]),
          register: UInt16(truncatingIfNeeded: final(handler.register)))
        code.exceptionTable.append(entry)
      }
      index = end
    }
  }
}
