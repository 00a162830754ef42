import PythonBytecode
import PythonSyntax

/// Statements, but for the kinds that have files of their own.
extension UnitCompiler {
  func compile(_ body: some Collection<Statement>) throws(SyntaxError) {
    for statement in body { try compile(statement) }
  }

  func compile(_ statement: Statement) throws(SyntaxError) {
    try enterLevel()
    defer { leaveLevel() }
    here = statement.span
    let mark = code.top
    defer { code.release(to: mark) }
    statementNumber += 1
    code.beginStatement()
    if code.wordCount & 0xFFF == 0 { try checkSize() }
    switch statement.kind {
    case .functionDef(let function): try compileFunction(function)
    case .classDef(let definition): try compileClass(definition)
    case .return(let value): try compileReturn(value)
    case .delete(let targets): for target in targets { try compileDeletion(target) }
    case .assign(let targets, let value): try compileAssignment(targets, value)
    case .augmentedAssign(let target, let op, let value): try compileAugmented(target, op, value)
    case .annotatedAssign(let target, let annotation, let value, let simple):
      try compileAnnotated(target, annotation, value, simple)
    case .for(let target, let iterable, let body, let orElse, let isAsync):
      if isAsync {
        try compileAsyncFor(target, iterable, body, orElse)
      } else {
        try compileFor(target, iterable, body, orElse)
      }
    case .while(let test, let body, let orElse): try compileWhile(test, body, orElse)
    case .if(let test, let body, let orElse): try compileIf(test, body, orElse)
    case .with(let items, let body, let isAsync): try compileWith(items[...], body, isAsync: isAsync)
    case .match(let subject, let cases): try compileMatch(subject, cases)
    case .raise(let exception, let cause): try compileRaise(exception, cause)
    case .try(let body, let handlers, let orElse, let finally, let isStar):
      try compileTry(body, handlers, orElse, finally, isStar: isStar)
    case .assert(let test, let message): try compileAssert(test, message)
    case .import(let names): try compileImport(names)
    case .importFrom(let module, let names, let level): try compileImportFrom(module, names, level)
    case .global, .nonlocal: break
    case .expression(let expression): try compileExpressionStatement(expression)
    case .pass: code.emit(.nop, at: here)
    case .break: try compileBreak()
    case .continue: try compileContinue()
    }
  }

  private func compileExpressionStatement(_ expression: Expression) throws(SyntaxError) {
    if isInteractive {
      let value = try operand(expression)
      return code.emit(.printExpression, value, at: here)
    }
    if case .constant = expression.kind {
      return code.emit(.nop, at: here)
    }
    try evaluateForEffect(expression)
  }

  /// `if` and its `elif`s, in a loop since chains may be long.
  private func compileIf(_ test: Expression, _ body: [Statement], _ orElse: [Statement]) throws(SyntaxError) {
    var (test, body, orElse) = (test, body, orElse)
    let end = code.newLabel()
    while true {
      let next = code.newLabel()
      let mark = code.top
      try jump(ifTrue: false, test, to: orElse.isEmpty ? end : next)
      code.release(to: mark)
      try compile(body)
      if orElse.isEmpty { break }
      code.jump(to: end, at: .nowhere)
      code.bind(next)
      if orElse.count == 1, case .if(let nextTest, let nextBody, let nextElse) = orElse[0].kind {
        here = orElse[0].span
        statementNumber += 1
        code.beginStatement()
        (test, body, orElse) = (nextTest, nextBody, nextElse)
      } else {
        try compile(orElse)
        break
      }
    }
    code.bind(end)
  }

  private func compileReturn(_ value: Expression?) throws(SyntaxError) {
    guard scope.kind == .function else { throw error("'return' outside function") }
    if value != nil, scope.isCoroutine, scope.isGenerator {
      throw error("'return' with value in async generator")
    }
    let span = here
    guard let value else {
      try leaveAll(span)
      here = span
      return emitReturn(constant: .none)
    }
    if let constant = session.folder.constant(value) {
      try leaveAll(span)
      here = span
      return emitReturn(constant: constant)
    }
    var register = try operand(value)
    if !code.isTemporary(register), blocks.contains(where: \.changesLocals) {
      // A `finally` body, or the end of a handler, may change the local.
      let copy = code.allocate()
      code.emit(.move, copy, register, at: here)
      register = copy
    }
    try leaveAll(span)
    here = span
    code.emit(.return, register, at: here)
    code.bound = nil
  }

  private func emitReturn(constant: CodeConstant) {
    if constant == .none {
      _ = code.constant(.none)
      code.emit(.returnNone, at: here)
    } else {
      let register = code.allocate()
      loadConstant(constant, into: register)
      code.emit(.return, register, at: here)
    }
    code.bound = nil
  }

  private func compileRaise(_ exception: Expression?, _ cause: Expression?) throws(SyntaxError) {
    if let exception {
      let register = try operand(exception)
      if let cause {
        code.emit(.raiseFrom, register, try operand(cause), at: here)
      } else {
        code.emit(.raise, register, at: here)
      }
    } else {
      code.emit(.raiseAgain, at: here)
    }
    code.bound = nil
  }

  private func compileAssert(_ test: Expression, _ message: Expression?) throws(SyntaxError) {
    if session.options.optimizationLevel > 0 { return }
    let end = code.newLabel()
    try jump(ifTrue: true, test, to: end)
    // The failure stands apart, so that an assertion that holds has no jump.
    if code.bound != nil {
      let window = code.allocate()
      code.emit(.loadAssertionError, window, at: here)
      if let message {
        _ = code.allocate(2)
        try evaluate(message, into: code.allocate())
        code.emit(.call, window, 1, at: here)
      }
      code.emit(.raise, window, at: here)
      code.bound = nil
    }
    code.bind(end)
  }

  // MARK: Imports

  private func compileImport(_ names: [ImportAlias]) throws(SyntaxError) {
    for alias in names {
      let mark = code.top
      let module = code.allocate()
      let level = code.allocate()
      let list = code.allocate()
      loadConstant(.int(0), into: level)
      loadConstant(.none, into: list)
      code.emitNamed(.importName, module, level, list, name: mangle(alias.name), at: here)
      let parts = alias.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      if let asName = alias.asName {
        // `import a.b as c` takes `b` out of `a`.
        for part in parts.dropFirst() { code.emitNamed(.importFrom, module, module, name: mangle(part), at: here) }
        try refuseDebug(asName)
        storeName(asName, from: module)
      } else {
        try refuseDebug(parts[0])
        storeName(parts[0], from: module)
      }
      code.release(to: mark)
    }
  }

  private func compileImportFrom(_ module: String?, _ names: [ImportAlias], _ level: Int) throws(SyntaxError) {
    if module == "__future__", level == 0, kind != .module || statementNumber > futureStatements {
      throw error("from __future__ imports must occur at the beginning of the file")
    }
    let register = code.allocate()
    let levelRegister = code.allocate()
    let list = code.allocate()
    loadConstant(.int(level), into: levelRegister)
    loadConstant(.tuple(names.map { CodeConstant($0.name) }), into: list)
    code.emitNamed(.importName, register, levelRegister, list, name: mangle(module ?? ""), at: here)
    for alias in names {
      if alias.name == "*" {
        code.emit(.importStar, register, at: here)
        continue
      }
      code.emitNamed(.importFrom, levelRegister, register, name: mangle(alias.name), at: here)
      try refuseDebug(alias.asName ?? alias.name)
      storeName(alias.asName ?? alias.name, from: levelRegister)
    }
  }
}
