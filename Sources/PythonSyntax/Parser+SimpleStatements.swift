extension Parser {
  /// One logical line of simple statements, through its NEWLINE.
  mutating func parseSimpleStatements(into statements: inout [Statement]) throws(Failure) {
    while true {
      statements.append(try parseSimpleStatement())
      if take(.newline) { return }
      try expect(.semicolon)
      if take(.newline) { return }
    }
  }

  private mutating func parseSimpleStatement() throws(Failure) -> Statement {
    let start = index
    let kind: Statement.Kind
    switch self.kind {
    case .return:
      advance()
      kind = .return(startsExpression(self.kind) || self.kind == .star ? try parseStarExpressions() : nil)
    case .import: kind = try parseImport()
    case .from: kind = try parseImportFrom()
    case .raise: kind = try parseRaise()
    case .pass:
      advance()
      kind = .pass
    case .break:
      advance()
      kind = .break
    case .continue:
      advance()
      kind = .continue
    case .del: kind = try parseDelete()
    case .yield: kind = .expression(try parseYield())
    case .assert:
      advance()
      let test = try parseExpression()
      kind = .assert(test: test, message: take(.comma) ? try parseExpression() : nil)
    case .global:
      advance()
      kind = .global(try parseNames())
    case .nonlocal:
      advance()
      kind = .nonlocal(try parseNames())
    default: kind = try parseExpressionStatement()
    }
    return Statement(kind, span(from: start))
  }

  private mutating func parseNames() throws(Failure) -> [String] {
    var names = [try expectName()]
    while take(.comma) { names.append(try expectName()) }
    return names
  }

  private mutating func parseRaise() throws(Failure) -> Statement.Kind {
    advance()
    guard startsExpression(kind) else { return .raise(exception: nil, cause: nil) }
    let exception = try parseExpression()
    return .raise(exception: exception, cause: take(.from) ? try parseExpression() : nil)
  }

  private mutating func parseDelete() throws(Failure) -> Statement.Kind {
    advance()
    var targets: [Expression] = []
    repeat {
      if !targets.isEmpty && (kind == .newline || kind == .semicolon) { break }
      targets.append(try asTarget(try parsePrimary(), .delete))
    } while take(.comma)
    if kind != .newline && kind != .semicolon { throw .syntax }
    return .delete(targets)
  }

  // MARK: Expressions and assignments

  private mutating func parseExpressionStatement() throws(Failure) -> Statement.Kind {
    let start = index
    let expression = try parseStarExpressions()
    switch kind {
    case .equal: return try parseAssignment(expression)
    case .colon: return try parseAnnotatedAssignment(expression, from: start)
    default:
      guard let operation = kind.augmentedOperator else { return .expression(expression) }
      switch expression.kind {
      case .name, .attribute, .subscript: break
      default: throw .syntax
      }
      let target = try asTarget(expression, .store)
      advance()
      return .augmentedAssign(target: target, operator: operation, value: try parseAssignedValue())
    }
  }

  /// `yield_expr | star_expressions`.
  private mutating func parseAssignedValue() throws(Failure) -> Expression {
    kind == .yield ? try parseYield() : try parseStarExpressions()
  }

  private mutating func parseAssignment(_ first: Expression) throws(Failure) -> Statement.Kind {
    var targets: [Expression] = []
    var value = first
    while take(.equal) {
      targets.append(try asTarget(value, .store))
      if kind == .yield {
        value = try parseYield()
        if kind == .equal { throw .syntax }
      } else {
        value = try parseStarExpressions()
      }
    }
    return .assign(targets: targets, value: value)
  }

  private mutating func parseAnnotatedAssignment(
    _ expression: Expression, from start: Int
  ) throws(Failure) -> Statement.Kind {
    var isSimple = false
    switch expression.kind {
    case .name: isSimple = tokens[start].kind == .name
    case .attribute, .subscript: break
    default: throw .syntax
    }
    let target = try asTarget(expression, .store)
    advance()
    let annotation = try parseExpression()
    let value = take(.equal) ? try parseAssignedValue() : nil
    return .annotatedAssign(target: target, annotation: annotation, value: value, simple: isSimple)
  }

  // MARK: Imports

  private mutating func parseDottedName() throws(Failure) -> String {
    var name = try expectName()
    while take(.dot) {
      name += "."
      name += try expectName()
    }
    return name
  }

  private mutating func parseImport() throws(Failure) -> Statement.Kind {
    advance()
    var names: [ImportAlias] = []
    repeat {
      let start = index
      let name = try parseDottedName()
      let asName = take(.as) ? try expectName() : nil
      names.append(ImportAlias(name: name, asName: asName, span: span(from: start)))
    } while take(.comma)
    return .import(names)
  }

  private mutating func parseImportFrom() throws(Failure) -> Statement.Kind {
    advance()
    var level = 0
    while kind == .dot || kind == .ellipsis {
      level += kind == .dot ? 1 : 3
      advance()
    }
    let module = level > 0 && kind == .import ? nil : try parseDottedName()
    try expect(.import)
    if kind == .star {
      advance()
      return .importFrom(
        module: module, names: [ImportAlias(name: "*", asName: nil, span: spanOfToken(index - 1))], level: level)
    }
    let isParenthesized = take(.leftParen)
    var names: [ImportAlias] = []
    repeat {
      if isParenthesized && !names.isEmpty && kind == .rightParen { break }
      let start = index
      let name = try expectName()
      let asName = take(.as) ? try expectName() : nil
      names.append(ImportAlias(name: name, asName: asName, span: span(from: start)))
    } while take(.comma)
    if isParenthesized { try expect(.rightParen) }
    return .importFrom(module: module, names: names, level: level)
  }
}
