extension Parser {
  mutating func parseAtom() throws(Failure) -> Expression {
    let start = index
    switch kind {
    case .name:
      let name = identifier(tokens[index])
      advance()
      return leaf(.name(name, context: .load), from: start)
    case .number:
      let token = tokens[index]
      guard case .success(let value) = numberConstant(source.bytes[Int(token.start)..<Int(token.end)]) else {
        throw .syntax
      }
      advance()
      return leaf(.constant(value), from: start)
    case .string: return try parseStrings()
    case .leftParen: return try parseParenthesized()
    case .leftBracket: return try parseBracketed()
    case .leftBrace: return try parseBraced()
    case .none: return constant(.none)
    case .true: return constant(.true)
    case .false: return constant(.false)
    case .ellipsis: return constant(.ellipsis)
    default: throw .syntax
    }
  }

  mutating func constant(_ value: Constant) -> Expression {
    let start = index
    advance()
    return leaf(.constant(value), from: start)
  }

  // MARK: ( … )

  /// A tuple, a generator expression, or an expression in parentheses (which keeps its own span).
  mutating func parseParenthesized() throws(Failure) -> Expression {
    let start = index
    advance()
    if take(.rightParen) { return leaf(.tuple([], context: .load), from: start) }
    if kind == .yield {
      let value = try parseYield()
      try expect(.rightParen)
      return value
    }
    let scope = nextScope
    let startsWithStar = kind == .star
    let first = try parseStarNamedExpression()
    switch kind {
    case .rightParen where !startsWithStar:
      advance()
      return first
    case .comma:
      let elements = try parseElements(after: first, closing: .rightParen)
      return try node(.tuple(elements, context: .load), from: start, over: height)
    case .for where !startsWithStar, .async where !startsWithStar:
      return try parseComprehension(.generator, first, nil, from: start, scope: scope, closing: .rightParen)
    default: throw .syntax
    }
  }

  /// The rest of a display, from the comma after its first element through its closing bracket.
  private mutating func parseElements(
    after first: Expression, closing: TokenKind
  ) throws(Failure) -> [Expression] {
    var elements = [first]
    var highest = height
    while take(.comma) {
      if kind == closing { break }
      elements.append(try parseStarNamedExpression())
      highest = max(highest, height)
    }
    try expect(closing)
    height = highest
    return elements
  }

  // MARK: [ … ]

  private mutating func parseBracketed() throws(Failure) -> Expression {
    let start = index
    advance()
    if take(.rightBracket) { return leaf(.list([], context: .load), from: start) }
    let scope = nextScope
    let startsWithStar = kind == .star
    let first = try parseStarNamedExpression()
    if kind == .for || kind == .async {
      if startsWithStar { throw .syntax }
      return try parseComprehension(.list, first, nil, from: start, scope: scope, closing: .rightBracket)
    }
    let elements = try parseElements(after: first, closing: .rightBracket)
    return try node(.list(elements, context: .load), from: start, over: height)
  }

  // MARK: { … }

  private mutating func parseBraced() throws(Failure) -> Expression {
    let start = index
    advance()
    if take(.rightBrace) { return leaf(.dict(keys: [], values: []), from: start) }
    let scope = nextScope
    if kind == .doubleStar { return try parseDict(from: start) }
    let isSet = kind == .star || kind == .name && nextKind == .colonEqual
    let startsWithStar = kind == .star
    let first = try parseStarNamedExpression()
    if kind == .colon && !isSet {
      let keyHeight = height
      advance()
      let value = try parseExpression()
      height = max(keyHeight, height)
      if kind == .for || kind == .async {
        return try parseComprehension(.dict, first, value, from: start, scope: scope, closing: .rightBrace)
      }
      return try parseDict(from: start, first: (first, value))
    }
    if kind == .for || kind == .async {
      if startsWithStar { throw .syntax }
      return try parseComprehension(.set, first, nil, from: start, scope: scope, closing: .rightBrace)
    }
    let elements = try parseElements(after: first, closing: .rightBrace)
    return try node(.set(elements), from: start, over: height)
  }

  private mutating func parseDict(
    from start: Int, first: (key: Expression, value: Expression)? = nil
  ) throws(Failure) -> Expression {
    var keys: [Expression?] = []
    var values: [Expression] = []
    var highest = 0
    if let first {
      keys.append(first.key)
      values.append(first.value)
      highest = height
      if kind != .rightBrace { try expect(.comma) }
    }
    while kind != .rightBrace {
      if take(.doubleStar) {
        keys.append(nil)
        values.append(try parseBinary(0))
      } else {
        keys.append(try parseExpression())
        highest = max(highest, height)
        try expect(.colon)
        values.append(try parseExpression())
      }
      highest = max(highest, height)
      if !take(.comma) { break }
    }
    try expect(.rightBrace)
    return try node(.dict(keys: keys, values: values), from: start, over: highest)
  }

  // MARK: Comprehensions

  /// The clauses of a comprehension, through its closing bracket. `scope` is what the next scope's number was before the
  /// element: the comprehension is numbered after the scopes in its element.
  private mutating func parseComprehension(
    _ form: Comprehension.Form, _ element: Expression, _ value: Expression?, from start: Int, scope: ScopeID,
    closing: TokenKind
  ) throws(Failure) -> Expression {
    var clauses: [ComprehensionClause] = []
    var highest = height
    while kind == .for || kind == .async {
      let isAsync = take(.async)
      try expect(.for)
      let target = try parseStarTargets()
      highest = max(highest, height)
      try expect(.in)
      let iterable = try parseDisjunction()
      highest = max(highest, height)
      var conditions: [Expression] = []
      while take(.if) {
        conditions.append(try parseDisjunction())
        highest = max(highest, height)
      }
      clauses.append(
        ComprehensionClause(target: target, iterable: iterable, conditions: conditions, isAsync: isAsync))
    }
    try expect(closing)
    let comprehension = Comprehension(
      scope: takeScope(), form: form, element: element, value: value, clauses: clauses)
    return try node(.comprehension(comprehension), from: start, over: highest)
  }

  // MARK: Targets

  /// The targets of `for`: `star_targets`.
  mutating func parseStarTargets() throws(Failure) -> Expression {
    let start = index
    let first = try parseStarTarget()
    if kind != .comma { return first }
    var targets = [first]
    var highest = height
    while take(.comma) {
      guard startsExpression(kind) || kind == .star else { break }
      targets.append(try parseStarTarget())
      highest = max(highest, height)
    }
    return try node(.tuple(targets, context: .store), from: start, over: highest)
  }

  mutating func parseStarTarget() throws(Failure) -> Expression {
    let start = index
    if take(.star) {
      if kind == .star { throw .syntax }
      let target = try parsePrimary()
      let stored = try asTarget(target, .store)
      return try node(.starred(stored, context: .store), from: start, over: height)
    }
    return try asTarget(try parsePrimary(), .store)
  }

  /// Turns an expression into what is assigned to or deleted.
  func asTarget(_ expression: Expression, _ context: ExpressionContext) throws(Failure) -> Expression {
    let span = expression.span
    switch expression.kind {
    case .name(let name, _): return Expression(.name(name, context: context), span)
    case .attribute(let value, let name, _):
      return Expression(.attribute(value, name: name, context: context), span)
    case .subscript(let value, let index, _):
      return Expression(.subscript(value, index: index, context: context), span)
    case .list(let elements, _):
      return Expression(.list(try asTargets(elements, context), context: context), span)
    case .tuple(let elements, _):
      return Expression(.tuple(try asTargets(elements, context), context: context), span)
    case .starred(let value, _) where context == .store:
      if case .starred = value.kind { throw .syntax }
      return Expression(.starred(try asTarget(value, context), context: context), span)
    default: throw .syntax
    }
  }

  private func asTargets(_ elements: [Expression], _ context: ExpressionContext) throws(Failure) -> [Expression] {
    var targets: [Expression] = []
    targets.reserveCapacity(elements.count)
    for element in elements { targets.append(try asTarget(element, context)) }
    return targets
  }
}
