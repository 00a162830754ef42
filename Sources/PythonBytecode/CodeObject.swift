/// What the compiler makes of a module, function, lambda, class body or comprehension: CPython's code object for our machine.
///
/// It is plain data outside of the cage; `PythonRuntime` copies it in. What Python programs can see of a code object (names,
/// counts, flags, constants, lines) is as in CPython 3.11; the instructions are our own.
package struct CodeObject: Sendable {
  package var name: String
  package var qualifiedName: String
  package var filename: String
  package var firstLine: Int32
  /// `co_argcount` (positional-only ones included), `co_posonlyargcount`, `co_kwonlyargcount`.
  package var argumentCount: Int
  package var positionalOnlyCount: Int
  package var keywordOnlyCount: Int
  package var flags: CodeFlags
  /// `co_varnames`: parameters, then other locals; each one's register is its index. With `hasNamespace` it is empty and r0 is the namespace.
  package var localNames: [String]
  /// `co_cellvars`, and the register of each one's cell.
  package var cellNames: [String]
  package var cellRegisters: [UInt16]
  /// `co_freevars`, in the order of the function's cells.
  package var freeNames: [String]
  /// `co_names`: names of globals, attributes, imports.
  package var names: [String]
  package var constants: [CodeConstant]
  /// How many of `constants` CPython would have in `co_consts`; the names that instructions use come after them.
  package var visibleConstantCount: Int
  package var instructions: [UInt64]
  package var registerCount: Int
  package var cacheCount: Int
  package var exceptionTable: [ExceptionTableEntry]
  /// One for each word of `instructions`.
  package var positions: [CodePosition]
  /// From a word on, up to the next entry: how many registers are alive where a statement starts.
  package var statementTops: [StatementTop] = []
  /// Runs in a mapping held in r0: module, class body, `exec`.
  package var hasNamespace: Bool

  package init(
    name: String, qualifiedName: String, filename: String, firstLine: Int32, argumentCount: Int,
    positionalOnlyCount: Int, keywordOnlyCount: Int, flags: CodeFlags, localNames: [String], cellNames: [String],
    cellRegisters: [UInt16], freeNames: [String], names: [String], constants: [CodeConstant],
    visibleConstantCount: Int, instructions: [UInt64], registerCount: Int, cacheCount: Int,
    exceptionTable: [ExceptionTableEntry], positions: [CodePosition], hasNamespace: Bool
  ) {
    self.name = name
    self.qualifiedName = qualifiedName
    self.filename = filename
    self.firstLine = firstLine
    self.argumentCount = argumentCount
    self.positionalOnlyCount = positionalOnlyCount
    self.keywordOnlyCount = keywordOnlyCount
    self.flags = flags
    self.localNames = localNames
    self.cellNames = cellNames
    self.cellRegisters = cellRegisters
    self.freeNames = freeNames
    self.names = names
    self.constants = constants
    self.visibleConstantCount = visibleConstantCount
    self.instructions = instructions
    self.registerCount = registerCount
    self.cacheCount = cacheCount
    self.exceptionTable = exceptionTable
    self.positions = positions
    self.hasNamespace = hasNamespace
  }
}

/// `co_flags`, with CPython's bits.
package struct CodeFlags: OptionSet, Sendable {
  package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Plain bits: the generic form is not specialised across targets, and calls ask for flags often.
  @inlinable package func contains(_ flags: CodeFlags) -> Bool { rawValue & flags.rawValue == flags.rawValue }

  @inlinable package static var optimized: CodeFlags { CodeFlags(rawValue: 0x1) }
  @inlinable package static var newLocals: CodeFlags { CodeFlags(rawValue: 0x2) }
  @inlinable package static var varargs: CodeFlags { CodeFlags(rawValue: 0x4) }
  @inlinable package static var varKeywords: CodeFlags { CodeFlags(rawValue: 0x8) }
  @inlinable package static var nested: CodeFlags { CodeFlags(rawValue: 0x10) }
  @inlinable package static var generator: CodeFlags { CodeFlags(rawValue: 0x20) }
  @inlinable package static var coroutine: CodeFlags { CodeFlags(rawValue: 0x80) }
  @inlinable package static var iterableCoroutine: CodeFlags { CodeFlags(rawValue: 0x100) }
  @inlinable package static var asyncGenerator: CodeFlags { CodeFlags(rawValue: 0x200) }
}

/// A constant of a code object.
package indirect enum CodeConstant: Equatable, Sendable {
  case none
  case `true`
  case `false`
  case ellipsis
  case int(Int)
  /// Sign and little-endian 64-bit limbs, for integers beyond `Int`.
  case bigInt(isNegative: Bool, limbs: [UInt64])
  case float(UInt64)
  /// Bits of the real and the imaginary part.
  case complex(UInt64, UInt64)
  /// UTF-8 that may hold surrogates, three bytes each.
  case string([UInt8])
  case bytes([UInt8])
  case tuple([CodeConstant])
  case frozenSet([CodeConstant])
  case code(CodeObject)
}

/// While the pc is in `start..<end` (words), an exception goes to `handler` and is put into `register`. The first entry that fits counts,
/// so inner ones come first.
package struct ExceptionTableEntry: Equatable, Sendable {
  package var start: UInt32
  package var end: UInt32
  package var handler: UInt32
  package var register: UInt16

  package init(start: UInt32, end: UInt32, handler: UInt32, register: UInt16) {
    self.start = start
    self.end = end
    self.handler = handler
    self.register = register
  }
}

/// Statements from word `start` on begin with this many registers in use.
package struct StatementTop: Equatable, Sendable {
  package var start: UInt32
  package var top: UInt32

  package init(start: UInt32, top: UInt32) {
    self.start = start
    self.top = top
  }
}

/// Where an instruction word comes from: lines from 1 (0: from nowhere), columns in UTF-8 bytes from 0 (-1: not known).
package struct CodePosition: Equatable, Sendable {
  package var line: Int32
  package var endLine: Int32
  package var column: Int32
  package var endColumn: Int32

  package init(line: Int32, endLine: Int32, column: Int32, endColumn: Int32) {
    self.line = line
    self.endLine = endLine
    self.column = column
    self.endColumn = endColumn
  }
}

extension CodeObject: Equatable {
  /// Code objects are equal as CPython's are: same name, counts, flags, first line, instructions, constants and names.
  package static func == (a: CodeObject, b: CodeObject) -> Bool {
    a.name == b.name && a.firstLine == b.firstLine && a.argumentCount == b.argumentCount
      && a.keywordOnlyCount == b.keywordOnlyCount && a.positionalOnlyCount == b.positionalOnlyCount
      && a.flags == b.flags && a.instructions == b.instructions && a.constants == b.constants
      && a.names == b.names && a.localNames == b.localNames && a.freeNames == b.freeNames
      && a.cellNames == b.cellNames && a.exceptionTable == b.exceptionTable
  }
}

extension CodeConstant: Hashable {
  package func hash(into hasher: inout Hasher) {
    switch self {
    case .none: hasher.combine(0)
    case .true: hasher.combine(1)
    case .false: hasher.combine(2)
    case .ellipsis: hasher.combine(3)
    case .int(let value): hasher.combine(value)
    case .bigInt(_, let limbs): hasher.combine(limbs)
    case .float(let bits): hasher.combine(bits)
    case .complex(let real, let imaginary):
      hasher.combine(real)
      hasher.combine(imaginary)
    case .string(let bytes), .bytes(let bytes): hasher.combine(bytes)
    case .tuple(let items), .frozenSet(let items): hasher.combine(items)
    case .code(let code):
      hasher.combine(code.name)
      hasher.combine(code.firstLine)
    }
  }
}
