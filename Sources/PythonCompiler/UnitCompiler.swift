import PythonBytecode
import PythonSyntax

/// Compiles one unit: a module, class body, function, lambda or comprehension. Its extensions take the grammar one
/// construct a file.
///
/// Values are computed straight into the register that wants them: `evaluate(_:into:)` writes its destination only
/// with the last instruction when that is a local (so an exception leaves the local alone, and it may be read on the
/// way); a temporary may serve as scratch before. `operand` gives a register that holds a value: the local itself where
/// nothing can change it before it is used.
final class UnitCompiler {
  enum Kind { case module, classBody, function, asyncFunction, lambda, comprehension }

  let session: CompileSession
  let kind: Kind
  let scope: Scope
  let parent: UnitCompiler?
  /// The class whose private names are mangled here.
  let className: String?
  let name: String
  let qualifiedName: String
  let firstLine: Int32
  let code: CodeBuilder

  /// The place in the source of what is being compiled: the position of the instructions.
  var here: Span
  var blocks: [Block] = []
  /// The pattern of a `match` that was looked at last.
  var lastPattern = Span.nowhere

  private(set) var localNames: [String]
  private var localRegisters: [String: Register] = [:]
  private(set) var cellNames: [String] = []
  private var cellRegisters: [String: Register] = [:]
  private let freeNames: [String]
  private var freeIndices: [String: Int] = [:]
  let hasNamespace: Bool
  /// Preloaded constants of the outermost loop that is being compiled, and their registers.
  var preloadNumber: Int?
  var preloaded: [CodeConstant: Register] = [:]

  init(
    session: CompileSession, kind: Kind, scope: Scope, parent: UnitCompiler?, className: String?, name: String,
    firstLine: Int32
  ) {
    self.session = session
    self.kind = kind
    self.scope = scope
    self.parent = parent
    self.className = className
    self.name = name
    self.firstLine = firstLine
    qualifiedName = UnitCompiler.qualifiedName(of: name, kind, in: parent)
    hasNamespace = scope.kind != .function
    here = Span(line: firstLine, column: 0, endLine: firstLine, endColumn: 0)
    freeNames = scope.freeNames
    for (index, name) in freeNames.enumerated() { freeIndices[name] = index }

    // Parameters, other locals, other cells: see `Opcode`.
    localNames = scope.parameters
    var bound = BoundSet()
    for (index, name) in scope.parameters.enumerated() {
      localRegisters[name] = index
      if !scope.deleted.contains(name) { bound.insert(index) }
    }
    var next = scope.parameters.count
    if hasNamespace {
      next = 1
    } else {
      for name in scope.order where scope.symbols[name]?.residence == .local && localRegisters[name] == nil {
        next += 1
      }
    }
    let cells = scope.cellNames
    let parameterCells = scope.parameters.filter { scope.symbols[$0]?.residence == .cell }
    for name in parameterCells { cellRegisters[name] = localRegisters[name] }
    for name in cells where cellRegisters[name] == nil {
      cellRegisters[name] = next
      next += 1
    }
    cellNames = parameterCells + cells.filter { !parameterCells.contains($0) }
    code = CodeBuilder(temporaryBase: next, bound: bound)
  }

  private static func qualifiedName(of name: String, _ kind: Kind, in parent: UnitCompiler?) -> String {
    guard let parent, parent.kind != .module else { return name }
    switch kind {
    case .function, .asyncFunction, .classBody:
      if parent.scope.residence(of: mangled(name, in: parent.className)) == .globalExplicit { return name }
    default: break
    }
    switch parent.kind {
    case .function, .asyncFunction, .lambda: return parent.qualifiedName + ".<locals>." + name
    default: return parent.qualifiedName + "." + name
    }
  }

  func error(_ message: String) -> SyntaxError { session.errors.syntax(message, here) }

  /// Counts one level of the recursive walk; the caller takes it back with `leaveLevel`.
  func enterLevel() throws(SyntaxError) {
    session.depth += 1
    if session.depth > maximumTreeDepth { throw session.errors.tooDeep(here) }
  }

  func leaveLevel() { session.depth -= 1 }

  // MARK: Where names live

  /// Where a name of this unit is found by its instructions.
  enum Place {
    case register(Register)
    case cell(Register)
    case free(Int)
    /// A class body's: the mapping first, then the cell.
    case classFree(Int)
    case global
    /// In the namespace of a module or class body.
    case namespace
  }

  func mangle(_ name: String) -> String { mangled(name, in: className) }

  /// `name` is mangled already.
  func place(of name: String) -> Place {
    switch scope.residence(of: name) {
    case .free:
      let index = freeIndices[name] ?? 0
      return scope.kind == .classBody ? .classFree(index) : .free(index)
    case .cell: return .cell(cellRegisters[name] ?? 0)
    case .local: return scope.kind == .function ? .register(localRegister(name)) : .namespace
    case .globalExplicit: return .global
    case .globalImplicit: return scope.kind == .function ? .global : .namespace
    }
  }

  /// Locals get their registers in the order in which the code mentions them: that is the order of `co_varnames`.
  func localRegister(_ name: String) -> Register {
    if let known = localRegisters[name] { return known }
    localNames.append(name)
    localRegisters[name] = localNames.count - 1
    return localNames.count - 1
  }

  /// How an inner function gets the cell of `name`: a register, or 0x8000 + the number of one of our own cells.
  func captureOperand(_ name: String) -> Int {
    if let register = cellRegisters[name] { return register }
    return 0x8000 + (freeIndices[name] ?? 0)
  }

  func markBound(_ register: Register) {
    guard register < localNames.count, !hasNamespace, !scope.deleted.contains(localNames[register]) else { return }
    code.bound?.insert(register)
  }

  // MARK: Begin and end

  func emitPrologue() {
    for name in cellNames { code.emitQuiet(.makeCell, cellRegisters[name] ?? 0, at: here) }
    if scope.kind == .function, scope.isGenerator || scope.isCoroutine {
      // What is thrown in before the first line is blamed on the whole `def`.
      let place = Span(line: firstLine, column: -1, endLine: firstLine, endColumn: -1)
      code.emitQuiet(.makeGenerator, at: place)
    }
  }

  private var flags: CodeFlags {
    var flags: CodeFlags = []
    if scope.kind == .function {
      flags.formUnion([.optimized, .newLocals])
      if scope.isNested { flags.insert(.nested) }
      switch (scope.isGenerator, scope.isCoroutine) {
      case (true, false): flags.insert(.generator)
      case (false, true): flags.insert(.coroutine)
      case (true, true): flags.insert(.asyncGenerator)
      case (false, false): break
      }
      if scope.hasVariadic { flags.insert(.varargs) }
      if scope.hasKeywordVariadic { flags.insert(.varKeywords) }
    }
    if session.futureAnnotations { flags.insert(CodeFlags(rawValue: 0x100_0000)) }
    return flags
  }

  /// The code object, once everything is emitted.
  func finish(_ parameters: Parameters? = nil, argumentCount: Int = 0) throws(SyntaxError) -> CodeObject {
    if code.hasTooManyRegisters { throw error("too many local variables or values at a time in '\(name)'") }
    if code.hasTooManyConstants { throw error("too many constants in '\(name)'") }
    session.instructionCount += code.wordCount
    try checkSize()
    let assembled = code.assemble()
    var object = CodeObject(
      name: name, qualifiedName: qualifiedName, filename: session.options.filename, firstLine: firstLine,
      argumentCount: parameters.map { $0.positionalOnly.count + $0.positional.count } ?? argumentCount,
      positionalOnlyCount: parameters?.positionalOnly.count ?? 0,
      keywordOnlyCount: parameters?.keywordOnly.count ?? 0, flags: flags, localNames: localNames,
      cellNames: cellNames, cellRegisters: cellNames.map { UInt16(truncatingIfNeeded: cellRegisters[$0] ?? 0) },
      freeNames: freeNames, names: code.names, constants: code.constants + code.nameStrings.map { CodeConstant($0) },
      visibleConstantCount: code.constants.count, instructions: assembled.instructions,
      registerCount: assembled.registerCount, cacheCount: code.cacheCount, exceptionTable: assembled.exceptionTable,
      positions: assembled.positions, hasNamespace: hasNamespace)
    object.statementTops = assembled.statementTops
    return object
  }

  func checkSize() throws(SyntaxError) {
    if session.instructionCount + code.wordCount > CompileSession.maximumInstructions {
      throw error("too many instructions")
    }
  }

  // MARK: The module

  func compileModule(_ tree: Module) throws(SyntaxError) -> CodeObject {
    emitPrologue()
    switch tree {
    case .module(let body):
      futureStatements = futurePrefixCount(body)
      if session.options.keepsResult, let last = body.last, case .expression(let value) = last.kind {
        // A docstring alone is a result too.
        try compileBody(body.count == 1 && docstring(of: body) != nil ? body : body.dropLast(), documented: true)
        here = last.span
        code.emit(.keepResult, try operand(value), at: here)
      } else {
        try compileBody(body, documented: true)
      }
      code.emitQuiet(.returnNone, at: here)
    case .interactive(let body):
      futureStatements = futurePrefixCount(body)
      isInteractive = true
      if containsAnnotation(body) { code.emit(.setupAnnotations, at: here) }
      try compile(body)
      code.emitQuiet(.returnNone, at: here)
    case .expression(let expression):
      here = expression.span
      let value = try operand(expression)
      code.emit(.return, value, at: here)
    }
    _ = code.constant(.none)
    return try finish()
  }

  /// The statements of the module that may be `from __future__` imports are the first ones, so many.
  var futureStatements = 0
  var statementNumber = 0
  var isInteractive = false

  /// The body of a module or class: annotations' dict, docstring, statements.
  func compileBody(_ body: [Statement], documented: Bool) throws(SyntaxError) {
    if let first = body.first { here = Span(line: first.span.line, column: 0, endLine: first.span.line, endColumn: 0) }
    if containsAnnotation(body) { code.emit(.setupAnnotations, at: here) }
    var rest = body[...]
    if documented, let text = docstring(of: body), let first = body.first {
      rest = rest.dropFirst()
      statementNumber += 1
      if session.options.optimizationLevel < 2 {
        here = first.span
        let mark = code.top
        let value = code.allocate()
        loadConstant(text, into: value)
        storeName("__doc__", from: value)
        code.release(to: mark)
      }
    }
    try compile(rest)
  }

  func docstring(of body: [Statement]) -> CodeConstant? {
    guard case .expression(let value)? = body.first?.kind, case .constant(.string(let bytes)) = value.kind else {
      return nil
    }
    return .string(bytes)
  }

  /// Whether an annotated assignment is in these statements, outside of inner functions and classes.
  func containsAnnotation(_ body: [Statement]) -> Bool {
    var pending = [body]
    while let body = pending.popLast() {
      for statement in body {
        switch statement.kind {
        case .annotatedAssign: return true
        case .for(_, _, let body, let orElse, _), .while(_, let body, let orElse), .if(_, let body, let orElse):
          pending += [body, orElse]
        case .match(_, let cases): pending += cases.map(\.body)
        case .with(_, let body, _): pending.append(body)
        case .try(let body, let handlers, let orElse, let finally, _):
          pending += [body, orElse, finally] + handlers.map(\.body)
        default: break
        }
      }
    }
    return false
  }
}

extension Span {
  /// For instructions that belong to no place in the source.
  static let nowhere = Span(line: 0, column: 0, endLine: 0, endColumn: 0)
}
