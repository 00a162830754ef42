import PythonBytecode
import PythonSyntax

/// Functions, lambdas, classes and comprehensions: units of their own, made into objects here.
extension UnitCompiler {
  private func child(
    _ id: ScopeID, _ kind: Kind, name: String, className: String?, firstLine: Int32
  ) throws(SyntaxError) -> UnitCompiler {
    guard let scope = session.scopes[id] else { throw error("a block without a scope") }
    return UnitCompiler(
      session: session, kind: kind, scope: scope, parent: self, className: className, name: name,
      firstLine: firstLine)
  }

  /// The registers of a function's defaults and annotations, in the order of `FunctionParts`.
  struct Parts {
    var bits: UInt16 = 0
    var registers: [Register] = []
  }

  func makeFunction(_ code: CodeObject, _ parts: Parts, into destination: Register) {
    let index = self.code.shortConstant(.code(code))
    self.code.emit(.makeFunction, destination, index, Int(parts.bits), at: here)
    let cells = code.freeNames.map { captureOperand($0) }
    self.code.emitNumbers(parts.registers + cells, role: .parts, at: here)
  }

  // MARK: Functions

  /// Evaluates the decorators, each one as the callee of a window within the one before; returns the windows and the
  /// register
  /// that what is decorated goes to.
  private func beginDecorators(_ decorators: [Expression]) throws(SyntaxError) -> ([Register], Register) {
    var windows: [Register] = []
    for decorator in decorators {
      let window = code.allocate()
      try evaluate(decorator, into: window)
      _ = code.allocate(2)
      windows.append(window)
    }
    return (windows, code.allocate())
  }

  private func applyDecorators(_ decorators: [Expression], _ windows: [Register]) {
    for (decorator, window) in zip(decorators, windows).reversed() {
      code.emit(.call, window, 1, at: decorator.span)
    }
  }

  func compileFunction(_ function: FunctionDefinition) throws(SyntaxError) {
    let span = here
    var (windows, result) = try beginDecorators(function.decorators)
    let mark = code.top
    here = span
    var parts = try evaluateDefaults(function.parameters)
    try evaluateAnnotations(function, &parts)
    let inner = try child(
      function.scope, function.isAsync ? .asyncFunction : .function, name: function.name, className: className,
      firstLine: function.decorators.first?.span.line ?? span.line)
    try refuseDebugParameters(function.parameters)
    let object = try inner.compileFunctionBody(function, session.options.optimizationLevel)
    here = span
    if windows.isEmpty, case .register(let local) = place(of: mangle(function.name)) { result = local }
    makeFunction(object, parts, into: result)
    code.release(to: mark)
    applyDecorators(function.decorators, windows)
    try refuseDebug(function.name)
    storeName(function.name, from: windows.first ?? result)
  }

  private func compileFunctionBody(_ function: FunctionDefinition, _ level: Int) throws(SyntaxError) -> CodeObject {
    var body = function.body[...]
    emitPrologue()
    let text = level < 2 ? docstring(of: function.body) : nil
    _ = code.constant(text ?? .none)
    if docstring(of: function.body) != nil { body = body.dropFirst() }
    try compile(body)
    emitImplicitReturn()
    return try finish(function.parameters)
  }

  /// `return None` at the end, on the line of the last statement.
  private func emitImplicitReturn() {
    guard code.bound != nil else { return }
    _ = code.constant(.none)
    code.emitQuiet(.returnNone, at: code.lastSpan ?? here)
  }

  func refuseDebugParameters(_ parameters: Parameters) throws(SyntaxError) {
    for parameter in allParameters(parameters) { try refuseDebug(parameter.name) }
  }

  private func allParameters(_ parameters: Parameters) -> [Parameter] {
    parameters.positionalOnly + parameters.positional + (parameters.variadic.map { [$0] } ?? [])
      + parameters.keywordOnly + (parameters.keywordVariadic.map { [$0] } ?? [])
  }

  func evaluateLambda(
    _ id: ScopeID, _ parameters: Parameters, _ body: Expression, into destination: Register
  ) throws(SyntaxError) {
    try refuseDebugParameters(parameters)
    let parts = try evaluateDefaults(parameters)
    let inner = try child(id, .lambda, name: "<lambda>", className: className, firstLine: here.line)
    inner.emitPrologue()
    _ = inner.code.constant(.none)
    inner.here = body.span
    let value = try inner.operand(body)
    inner.code.emit(.return, value, at: body.span)
    makeFunction(try inner.finish(parameters), parts, into: destination)
  }

  private func evaluateDefaults(_ parameters: Parameters) throws(SyntaxError) -> Parts {
    var parts = Parts()
    if !parameters.defaults.isEmpty {
      parts.bits |= FunctionParts.defaults
      let register = code.allocate()
      try evaluate(Expression(.tuple(parameters.defaults, context: .load), here), into: register)
      parts.registers.append(register)
    }
    let named = zip(parameters.keywordOnly, parameters.keywordDefaults).filter { $0.1 != nil }
    if !named.isEmpty {
      parts.bits |= FunctionParts.keywordDefaults
      let register = code.allocate()
      try evaluateDict(
        named.map { constantText(mangle($0.0.name)) }, named.compactMap { $0.1 }, into: register)
      parts.registers.append(register)
    }
    return parts
  }

  private func constantText(_ text: String) -> Expression {
    Expression(.constant(.string(Array(text.utf8))), here)
  }

  private func evaluateAnnotations(_ function: FunctionDefinition, _ parts: inout Parts) throws(SyntaxError) {
    var names: [Expression?] = []
    var values: [Expression] = []
    for parameter in allParameters(function.parameters) {
      guard let annotation = parameter.annotation else { continue }
      names.append(constantText(mangle(parameter.name)))
      values.append(try annotationExpression(annotation))
    }
    if let returns = function.returns {
      names.append(constantText("return"))
      values.append(try annotationExpression(returns))
    }
    guard !names.isEmpty else { return }
    parts.bits |= FunctionParts.annotations
    let register = code.allocate()
    try evaluateDict(names, values, into: register)
    parts.registers.append(register)
  }

  private func annotationExpression(_ annotation: Expression) throws(SyntaxError) -> Expression {
    guard session.futureAnnotations else {
      // `*args: *Ts` means the one item of `*Ts`.
      if case .starred(let value, _) = annotation.kind {
        let list = Expression(.tuple([Expression(.starred(value, context: .load), annotation.span)], context: .load),
          annotation.span)
        return Expression(
          .subscript(list, index: Expression(.constant(.integer([])), annotation.span), context: .load),
          annotation.span)
      }
      return annotation
    }
    let text = try Unparser.text(annotation, session.errors)
    return Expression(.constant(.string(Array(text.utf8))), annotation.span)
  }

  // MARK: Classes

  func compileClass(_ definition: ClassDefinition) throws(SyntaxError) {
    let span = here
    let (windows, result) = try beginDecorators(definition.decorators)
    let mark = code.top
    here = span
    let inner = try child(
      definition.scope, .classBody, name: definition.name, className: definition.name,
      firstLine: definition.decorators.first?.span.line ?? span.line)
    let object = try inner.compileClassBody(definition)
    here = span
    try validate(definition.keywords)
    code.emit(.loadBuildClass, result, at: here)
    _ = code.allocate(2)
    let isSpread = definition.bases.contains(where: \.isStarred) || definition.keywords.contains { $0.name == nil }
    if isSpread {
      try callBuildClassSpread(object, definition, result)
    } else {
      makeFunction(object, Parts(), into: code.allocate())
      loadConstant(CodeConstant(definition.name), into: code.allocate())
      for base in definition.bases { try evaluate(base, into: code.allocate()) }
      for keyword in definition.keywords { try evaluate(keyword.value, into: code.allocate()) }
      let count = 2 + definition.bases.count + definition.keywords.count
      if definition.keywords.isEmpty {
        code.emit(.call, result, count, at: here)
      } else {
        let names = code.shortConstant(.tuple(definition.keywords.map { CodeConstant($0.name ?? "") }))
        code.emit(.callKeywords, result, count, names, at: here)
      }
    }
    code.release(to: mark)
    applyDecorators(definition.decorators, windows)
    try refuseDebug(definition.name)
    storeName(definition.name, from: windows.first ?? result)
  }

  private func callBuildClassSpread(
    _ object: CodeObject, _ definition: ClassDefinition, _ window: Register
  ) throws(SyntaxError) {
    let positional = code.allocate()
    let mark = code.top
    let first = code.allocate(2)
    makeFunction(object, Parts(), into: first)
    loadConstant(CodeConstant(definition.name), into: first + 1)
    code.emit(.buildList, positional, first, 2, at: here)
    code.release(to: mark)
    for base in definition.bases {
      if case .starred(let value, _) = base.kind {
        code.emit(.listExtend, positional, try operand(value), at: here)
      } else {
        code.emit(.listAppend, positional, try operand(base), at: here)
      }
      code.release(to: mark)
    }
    code.emit(.listToTuple, positional, positional, at: here)
    try finishSpread(definition.keywords, window)
  }

  private func compileClassBody(_ definition: ClassDefinition) throws(SyntaxError) -> CodeObject {
    emitPrologue()
    let value = code.allocate()
    code.emitNamed(.loadName, value, name: "__name__", at: here)
    code.emitNamed(.storeName, value, name: "__module__", at: here)
    loadConstant(CodeConstant(qualifiedName), into: value)
    code.emitNamed(.storeName, value, name: "__qualname__", at: here)
    code.release(to: 0)
    try compileBody(definition.body, documented: true)
    if scope.needsClassCell {
      // The class maker fills the cell, and gets at it by this name.
      let cell = captureOperand("__class__")
      code.emitNamed(.storeName, cell, name: "__classcell__", at: .nowhere)
      code.emit(.return, cell, at: .nowhere)
    } else {
      _ = code.constant(.none)
      code.emitQuiet(.returnNone, at: here)
    }
    return try finish()
  }

  // MARK: Comprehensions

  func evaluateComprehension(
    _ comprehension: Comprehension, into destination: Register
  ) throws(SyntaxError) {
    guard let first = comprehension.clauses.first else { return }
    let name =
      switch comprehension.form {
      case .list: "<listcomp>"
      case .set: "<setcomp>"
      case .dict: "<dictcomp>"
      case .generator: "<genexpr>"
      }
    let inner = try child(
      comprehension.scope, .comprehension, name: name, className: className, firstLine: here.line)
    inner.here = here
    let isAsync = inner.scope.isCoroutine && comprehension.form != .generator
    if isAsync, kind != .asyncFunction, kind != .comprehension {
      throw error("asynchronous comprehension outside of an asynchronous function")
    }
    let object = try inner.compileComprehensionBody(comprehension)
    let window = code.isTemporary(destination) && code.isTop(destination) ? destination : code.allocate()
    makeFunction(object, Parts(), into: window)
    _ = code.allocate(2)
    let argument = code.allocate()
    let source = try operand(constantContainer(first.iterable), scratch: argument)
    code.emit(first.isAsync ? .getAsyncIterator : .getIterator, argument, source, at: here)
    code.emit(.call, window, 1, at: here)
    if isAsync { emitAwait(window) }
    deliver(window, to: destination)
  }

  private func compileComprehensionBody(_ comprehension: Comprehension) throws(SyntaxError) -> CodeObject {
    emitPrologue()
    let result = code.allocate()
    switch comprehension.form {
    case .list: code.emit(.buildList, result, result, 0, at: here)
    case .set: code.emit(.buildSet, result, result, 0, at: here)
    case .dict: code.emit(.buildDict, result, result, 0, at: here)
    case .generator: break
    }
    try compileClauses(comprehension, 0, result)
    if comprehension.form == .generator {
      _ = code.constant(.none)
      code.emitQuiet(.returnNone, at: here)
    } else {
      code.emitQuiet(.return, result, at: here)
    }
    return try finish(argumentCount: 1)
  }

  private func compileClauses(_ comprehension: Comprehension, _ index: Int, _ result: Register) throws(SyntaxError) {
    guard index < comprehension.clauses.count else { return try emitElement(comprehension, result) }
    try enterLevel()
    defer { leaveLevel() }
    let clause = comprehension.clauses[index]
    let span = here
    let mark = code.top
    let next = code.newLabel()
    if clause.isAsync, kind != .comprehension { throw error("'async for' outside async function") }
    var iterator: Register = 0
    if index > 0 {
      iterator = code.allocate()
      let source = try operand(constantContainer(clause.iterable), scratch: iterator)
      code.emit(clause.isAsync ? .getAsyncIterator : .getIterator, iterator, source, at: here)
    } else if case .cell(let register) = place(of: ".0") {
      iterator = code.allocate()
      code.emit(.loadCell, iterator, register, at: here)
    }
    let isOutermost = enterLoop()
    if clause.isAsync {
      let exhausted = code.newLabel()
      try emitAsyncNext(iterator, clause.target, next, exhausted)
      try compileConditions(clause, next)
      try compileClauses(comprehension, index + 1, result)
      here = span
      code.jump(to: next, at: .nowhere)
      code.bind(exhausted)
    } else {
      let top = try beginFor(clause.target, next)
      try compileConditions(clause, next)
      try compileClauses(comprehension, index + 1, result)
      here = span
      code.bind(next)
      code.branch(.forIterate, iterator, top.item, to: top.body, at: span)
    }
    leaveLoop(isOutermost)
    code.release(to: mark)
  }

  private func compileConditions(_ clause: ComprehensionClause, _ next: Label) throws(SyntaxError) {
    for condition in clause.conditions { try jump(ifTrue: false, condition, to: next) }
  }

  private func emitElement(_ comprehension: Comprehension, _ result: Register) throws(SyntaxError) {
    let mark = code.top
    let element = try operand(comprehension.element)
    switch comprehension.form {
    case .list: code.emit(.listAppend, result, element, at: here)
    case .set: code.emit(.setAdd, result, element, at: here)
    case .dict:
      if let value = comprehension.value {
        let register = try operand(value)
        code.emit(.dictAdd, result, element, register, at: here)
      }
    case .generator:
      var value = element
      if scope.isCoroutine {
        value = code.isTemporary(element) ? element : code.allocate()
        code.emit(.wrapAsyncYield, value, element, at: here)
      }
      code.emit(.yield, code.allocate(), value, at: here)
    }
    code.release(to: mark)
  }
}
