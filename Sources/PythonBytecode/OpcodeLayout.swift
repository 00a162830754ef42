/// What each field of an instruction means: for the verifier, the disassembler, and the compiler's renumbering of
/// registers.
package struct OpcodeLayout: Sendable {
  /// The meaning of one of the fields A, B, C.
  package enum Field: Sendable {
    case none
    case register
    /// A register only under a flag (`formatValue`, `yield`).
    case optionalRegister
    case signed
    case count
    /// An index into the constants.
    case constant
    /// The number of one of the running function's cells.
    case cell
    case jump
    /// The bits of `FunctionParts`.
    case parts
  }

  /// The meaning of B and C taken as one number.
  package enum Wide: Sendable {
    case none, signed, constant, jump
  }

  package enum Extension: Sendable {
    case none
    case name
    /// Registers to unpack to, four in a word.
    case targets
    case functionParts
    case classPattern
  }

  package var a: Field
  package var b: Field
  package var c: Field
  package var wide: Wide
  package var `extension`: Extension

  init(
    _ a: Field = .none, _ b: Field = .none, _ c: Field = .none, wide: Wide = .none, extension: Extension = .none
  ) {
    self.a = a
    self.b = b
    self.c = c
    self.wide = wide
    self.extension = `extension`
  }
}

extension Opcode {
  package var layout: OpcodeLayout {
    switch self {
    case .nop, .returnNone, .makeGenerator, .raiseAgain, .setupAnnotations: OpcodeLayout()
    case .loadConstant: OpcodeLayout(.register, wide: .constant)
    case .loadInt: OpcodeLayout(.register, wide: .signed)
    case .loadNone, .loadTrue, .loadFalse, .checkBound, .deleteLocal, .makeCell, .deleteCell, .callSpread, .return,
      .loadBuildClass, .loadAssertionError, .endAsyncFor, .raise, .reraise, .popHandled, .importStar,
      .printExpression, .keepResult:
      OpcodeLayout(.register)
    case .move, .loadCell, .storeCell, .negate, .positive, .invert, .not, .getIterator, .listAppend, .listExtend,
      .setAdd, .setUpdate, .dictUpdate, .listToTuple, .deleteItem, .getYieldFromIterator, .getAwaitable,
      .getAsyncIterator, .getAsyncNext, .wrapAsyncYield, .raiseFrom, .pushHandled, .enterContext,
      .enterAsyncContext, .matchSequence, .matchMapping, .getLength:
      OpcodeLayout(.register, .register)
    case .loadFree: OpcodeLayout(.register, .cell)
    case .storeFree: OpcodeLayout(.cell, .register)
    case .deleteFree: OpcodeLayout(.cell)
    case .loadClassFree: OpcodeLayout(.register, .cell, extension: .name)
    case .loadGlobal, .storeGlobal, .loadName, .storeName, .deleteAttribute:
      OpcodeLayout(.register, extension: .name)
    case .deleteGlobal, .deleteName: OpcodeLayout(extension: .name)
    case .add, .subtract, .multiply, .matrixMultiply, .divide, .floorDivide, .modulo, .power, .leftShift, .rightShift,
      .and, .or, .xor, .less, .lessOrEqual, .equal, .notEqual, .greater, .greaterOrEqual, .is, .isNot, .contains,
      .notContains, .dictAdd, .dictMerge, .loadItem, .storeItem, .matchException, .matchExceptionGroup,
      .prepareReraiseStar, .callExit, .matchKeys, .copyWithoutKeys:
      OpcodeLayout(.register, .register, .register)
    case .addInt, .subtractInt, .multiplyInt, .floorDivideInt, .moduloInt, .powerInt, .leftShiftInt, .rightShiftInt,
      .andInt, .loadItemInt:
      OpcodeLayout(.register, .register, .signed)
    case .jump: OpcodeLayout(wide: .jump)
    case .jumpIfTrue, .jumpIfFalse, .jumpIfNone, .jumpIfNotNone: OpcodeLayout(.register, wide: .jump)
    case .jumpIfLess, .jumpIfLessOrEqual, .jumpIfEqual, .jumpIfNotEqual, .jumpIfGreater, .jumpIfGreaterOrEqual,
      .jumpUnlessLess, .jumpUnlessLessOrEqual, .jumpUnlessEqual, .jumpUnlessNotEqual, .jumpUnlessGreater,
      .jumpUnlessGreaterOrEqual, .jumpIfIs, .jumpIfIsNot, .forIterate, .send:
      OpcodeLayout(.register, .register, .jump)
    case .jumpIfLessInt, .jumpIfLessOrEqualInt, .jumpIfEqualInt, .jumpIfNotEqualInt, .jumpIfGreaterInt,
      .jumpIfGreaterOrEqualInt, .jumpUnlessLessInt, .jumpUnlessLessOrEqualInt, .jumpUnlessEqualInt,
      .jumpUnlessNotEqualInt, .jumpUnlessGreaterInt, .jumpUnlessGreaterOrEqualInt:
      OpcodeLayout(.register, .signed, .jump)
    case .buildTuple, .buildList, .buildSet, .buildString, .buildDict, .buildSlice:
      OpcodeLayout(.register, .register, .count)
    case .formatValue, .yield: OpcodeLayout(.register, .register, .optionalRegister)
    case .unpack: OpcodeLayout(.register, .count, extension: .targets)
    case .unpackStarred: OpcodeLayout(.register, .count, .count, extension: .targets)
    case .loadAttribute, .storeAttribute, .loadMethod, .importFrom:
      OpcodeLayout(.register, .register, extension: .name)
    case .call, .callMethod: OpcodeLayout(.register, .count)
    case .callKeywords, .callMethodKeywords: OpcodeLayout(.register, .count, .constant)
    case .callNamedMethod: OpcodeLayout(.register, .count, extension: .name)
    case .makeFunction: OpcodeLayout(.register, .constant, .parts, extension: .functionParts)
    case .importName: OpcodeLayout(.register, .register, .register, extension: .name)
    case .matchClass: OpcodeLayout(.register, .register, .register, extension: .classPattern)
    case .moveThenMove, .moveThenCall, .moveThenCallSpread, .moveThenCallNamedMethod, .moveThenMoveThenCall,
      .loadFreeThenMoveThenCall, .loadGlobalThenMoveThenCall, .loadIntThenCall, .loadIntThenModulo,
      .loadIntThenStoreItem, .loadFreeThenLoadFree, .loadFreeThenMove, .loadFreeThenLoadInt,
      .loadFreeThenAdd, .loadFreeThenMultiply, .loadFreeThenLoadItemInt, .loadFreeThenJumpUnlessLess,
      .loadFreeThenJumpUnlessGreater, .loadFreeThenReturn, .storeFreeThenLoadFree, .loadGlobalThenMove, .addThenAdd,
      .addThenAddInt, .addThenStoreFree, .addThenForIterate, .addThenReturn, .multiplyThenAdd, .multiplyThenAddInt,
      .moduloThenForIterate, .moduloIntThenJumpUnlessEqualInt, .addIntThenStoreFree, .addIntThenStoreItem,
      .addIntThenJumpIfLess, .subtractIntThenCall, .containsThenJumpIfFalse, .notContainsThenJumpIfFalse,
      .loadItemThenMultiply, .loadItemThenAddInt, .storeItemThenForIterate, .loadAttributeThenLoadAttribute:
      single.layout
    }
  }
}

extension Instruction {
  /// C is a register, for the instructions where a flag says so.
  package var hasOptionalRegister: Bool {
    switch opcode {
    case .formatValue: flags & InstructionFlags.hasSpec != 0
    case .yield: flags & InstructionFlags.isDelegating != 0
    default: false
    }
  }

  /// How many registers the extension words of `unpack` and `unpackStarred` name.
  package var unpackTargetCount: Int {
    opcode == .unpackStarred ? Int(b) + 1 + Int(c) : Int(b)
  }

  /// How many extension words follow; `freeCount`: of the code that a `makeFunction` makes a function of.
  package func extensionCount(freeCount: (Int) -> Int?) -> Int? {
    guard let opcode else { return nil }
    switch opcode.layout.extension {
    case .none: return 0
    case .name, .classPattern: return 1
    case .targets: return (unpackTargetCount + 3) / 4
    case .functionParts:
      guard let free = freeCount(Int(b)) else { return nil }
      return (c.nonzeroBitCount + free + 3) / 4
    }
  }
}

extension CodeObject {
  /// The number of free variables of the code object that is constant `index`; nil when there is none.
  package func freeCount(ofConstant index: Int) -> Int? {
    guard constants.indices.contains(index), case .code(let code) = constants[index] else { return nil }
    return code.freeNames.count
  }

  /// How many extension words follow the instruction at `index`; nil when it is no instruction.
  package func extensionCount(at index: Int) -> Int? {
    Instruction(word: instructions[index]).extensionCount { freeCount(ofConstant: $0) }
  }
}
