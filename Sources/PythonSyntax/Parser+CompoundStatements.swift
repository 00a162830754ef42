extension Parser {
  /// Parses a compound statement, or a line of simple statements; true for a compound statement.
  @discardableResult
  mutating func parseStatement(into statements: inout [Statement]) throws(Failure) -> Bool {
    let start = index
    let kind: Statement.Kind
    switch self.kind {
    case .def: kind = try parseFunction(decorators: [], isAsync: false)
    case .at:
      statements.append(try parseDecorated())
      return true
    case .async: kind = try parseAsync()
    case .if: kind = try parseIf()
    case .class: kind = try parseClass(decorators: [])
    case .with: kind = try parseWith(isAsync: false)
    case .for: kind = try parseFor(isAsync: false)
    case .try: kind = try parseTry()
    case .while: kind = try parseWhile()
    case .name:
      guard isName("match"), let match = try parseMatch() else {
        try parseSimpleStatements(into: &statements)
        return false
      }
      kind = match
    default:
      try parseSimpleStatements(into: &statements)
      return false
    }
    statements.append(Statement(kind, span(from: start)))
    return true
  }

  /// An indented block, or simple statements on the same line.
  mutating func parseBlock() throws(Failure) -> [Statement] {
    var statements: [Statement] = []
    guard take(.newline) else {
      try parseSimpleStatements(into: &statements)
      return statements
    }
    try expect(.indent)
    try enter()
    repeat {
      try parseStatement(into: &statements)
    } while kind != .dedent && kind != .endMarker
    leave()
    try expect(.dedent)
    return statements
  }

  private mutating func parseElse() throws(Failure) -> [Statement] {
    guard take(.else) else { return [] }
    try expect(.colon)
    return try parseBlock()
  }

  // MARK: if, while, for

  /// The arms of a chain of `elif` are gathered in a loop, then nested from the last one outwards.
  private mutating func parseIf() throws(Failure) -> Statement.Kind {
    var arms: [(start: Int, test: Expression, body: [Statement])] = []
    repeat {
      let start = index
      advance()
      let test = try parseNamedExpression()
      try expect(.colon)
      arms.append((start, test, try parseBlock()))
      if arms.count > Self.maximumHeight { throw .tooHigh }
    } while kind == .elif
    var orElse = try parseElse()
    for arm in arms.dropFirst().reversed() {
      orElse = [Statement(.if(test: arm.test, body: arm.body, orElse: orElse), span(from: arm.start))]
    }
    return .if(test: arms[0].test, body: arms[0].body, orElse: orElse)
  }

  private mutating func parseWhile() throws(Failure) -> Statement.Kind {
    advance()
    let test = try parseNamedExpression()
    try expect(.colon)
    let body = try parseBlock()
    return .while(test: test, body: body, orElse: try parseElse())
  }

  private mutating func parseFor(isAsync: Bool) throws(Failure) -> Statement.Kind {
    advance()
    let target = try parseStarTargets()
    try expect(.in)
    let iterable = try parseStarExpressions()
    try expect(.colon)
    let body = try parseBlock()
    return .for(target: target, iterable: iterable, body: body, orElse: try parseElse(), isAsync: isAsync)
  }

  private mutating func parseAsync() throws(Failure) -> Statement.Kind {
    advance()
    switch kind {
    case .def: return try parseFunction(decorators: [], isAsync: true)
    case .for: return try parseFor(isAsync: true)
    case .with: return try parseWith(isAsync: true)
    default: throw .syntax
    }
  }

  // MARK: with

  private mutating func parseWith(isAsync: Bool) throws(Failure) -> Statement.Kind {
    advance()
    if let items = try parseParenthesizedWithItems() {
      return .with(items: items, body: try parseBlock(), isAsync: isAsync)
    }
    var items: [WithItem] = []
    repeat {
      items.append(try parseWithItem())
    } while take(.comma)
    try expect(.colon)
    return .with(items: items, body: try parseBlock(), isAsync: isAsync)
  }

  /// Items in parentheses, through the colon; nil (with nothing read) if the parentheses are an expression's. Only the
  /// colon tells.
  private mutating func parseParenthesizedWithItems() throws(Failure) -> [WithItem]? {
    guard kind == .leftParen else { return nil }
    let start = index
    let scope = nextScope
    let savedDepth = depth
    do throws(Failure) {
      advance()
      var items: [WithItem] = []
      repeat {
        if !items.isEmpty && kind == .rightParen { break }
        items.append(try parseWithItem())
      } while take(.comma)
      try expect(.rightParen)
      try expect(.colon)
      return items
    } catch {
      if error != .syntax { throw error }
      depth = savedDepth
      reset(to: start, scope: scope)
      return nil
    }
  }

  private mutating func parseWithItem() throws(Failure) -> WithItem {
    let context = try parseExpression()
    guard take(.as) else { return WithItem(context: context, target: nil) }
    let target = try parseStarTarget()
    guard kind == .comma || kind == .rightParen || kind == .colon else { throw .syntax }
    return WithItem(context: context, target: target)
  }

  // MARK: try

  private mutating func parseTry() throws(Failure) -> Statement.Kind {
    advance()
    try expect(.colon)
    let body = try parseBlock()
    var handlers: [ExceptHandler] = []
    var isStar = false
    while kind == .except {
      let start = index
      advance()
      let hasStar = take(.star)
      if handlers.isEmpty { isStar = hasStar } else if hasStar != isStar { throw .syntax }
      var type: Expression?
      var name: String?
      if hasStar || kind != .colon {
        type = try parseExpression()
        if take(.as) { name = try expectName() }
      }
      try expect(.colon)
      let block = try parseBlock()
      handlers.append(ExceptHandler(type: type, name: name, body: block, span: span(from: start)))
    }
    let orElse = handlers.isEmpty ? [] : try parseElse()
    var finally: [Statement] = []
    if take(.finally) {
      try expect(.colon)
      finally = try parseBlock()
    } else if handlers.isEmpty {
      throw .syntax
    }
    return .try(body: body, handlers: handlers, orElse: orElse, finally: finally, isStar: isStar)
  }

  // MARK: def, class

  private mutating func parseDecorated() throws(Failure) -> Statement {
    var decorators: [Expression] = []
    while take(.at) {
      decorators.append(try parseNamedExpression())
      try expect(.newline)
    }
    // The span of a decorated definition begins at its own keyword.
    let start = index
    let kind: Statement.Kind
    switch self.kind {
    case .class: kind = try parseClass(decorators: decorators)
    case .def: kind = try parseFunction(decorators: decorators, isAsync: false)
    default:
      try expect(.async)
      kind = try parseFunction(decorators: decorators, isAsync: true)
    }
    return Statement(kind, span(from: start))
  }

  private mutating func parseFunction(decorators: [Expression], isAsync: Bool) throws(Failure) -> Statement.Kind {
    try expect(.def)
    let name = try expectName()
    let scope = takeScope()
    try expect(.leftParen)
    let parameters = try parseParameters(closing: .rightParen)
    try expect(.rightParen)
    let returns = take(.arrow) ? try parseExpression() : nil
    try expect(.colon)
    let body = try parseBlock()
    return .functionDef(
      FunctionDefinition(
        scope: scope, name: name, parameters: parameters, body: body, decorators: decorators, returns: returns,
        isAsync: isAsync))
  }

  private mutating func parseClass(decorators: [Expression]) throws(Failure) -> Statement.Kind {
    advance()
    let name = try expectName()
    let scope = takeScope()
    var bases: [Expression] = []
    var keywords: [Keyword] = []
    if take(.leftParen) {
      (bases, keywords) = try parseArguments(after: nil, first: index)
      try expect(.rightParen)
    }
    try expect(.colon)
    let body = try parseBlock()
    return .classDef(
      ClassDefinition(
        scope: scope, name: name, bases: bases, keywords: keywords, body: body, decorators: decorators))
  }
}
