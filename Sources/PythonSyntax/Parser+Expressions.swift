extension Parser {
  // MARK: Lists of expressions

  /// `expression (',' expression)* [',']`: a tuple if there is a comma.
  mutating func parseExpressions() throws(Failure) -> Expression {
    let start = index
    let first = try parseExpression()
    if kind != .comma { return first }
    return try parseTupleRest(first, from: start, allowsStar: false)
  }

  /// The same, where `*items` may stand among them.
  mutating func parseStarExpressions() throws(Failure) -> Expression {
    let start = index
    let first = try parseStarExpression()
    if kind != .comma { return first }
    return try parseTupleRest(first, from: start, allowsStar: true)
  }

  private mutating func parseTupleRest(
    _ first: Expression, from start: Int, allowsStar: Bool
  ) throws(Failure) -> Expression {
    var elements = [first]
    var highest = height
    while take(.comma) {
      guard startsExpression(kind) || allowsStar && kind == .star else { break }
      elements.append(allowsStar ? try parseStarExpression() : try parseExpression())
      highest = max(highest, height)
    }
    return try node(.tuple(elements, context: .load), from: start, over: highest)
  }

  mutating func parseStarExpression() throws(Failure) -> Expression {
    if kind == .star { return try parseStarredOperand() }
    return try parseExpression()
  }

  mutating func parseStarNamedExpression() throws(Failure) -> Expression {
    if kind == .star { return try parseStarredOperand() }
    return try parseNamedExpression()
  }

  /// `'*' bitwise_or`.
  private mutating func parseStarredOperand() throws(Failure) -> Expression {
    let start = index
    advance()
    let value = try parseBinary(0)
    return try node(.starred(value, context: .load), from: start, over: height)
  }

  /// `'*' expression`, as among arguments and subscripts.
  mutating func parseStarredExpression() throws(Failure) -> Expression {
    let start = index
    advance()
    let value = try parseExpression()
    return try node(.starred(value, context: .load), from: start, over: height)
  }

  func startsExpression(_ kind: TokenKind) -> Bool {
    switch kind {
    case .name, .number, .string, .leftParen, .leftBracket, .leftBrace, .minus, .plus, .tilde, .not, .lambda, .await,
      .none, .true, .false, .ellipsis:
      true
    default: false
    }
  }

  // MARK: One expression

  mutating func parseNamedExpression() throws(Failure) -> Expression {
    if kind == .name && nextKind == .colonEqual {
      let start = index
      let target = Expression(.name(identifier(tokens[index]), context: .store), spanOfToken(index))
      advance()
      advance()
      let value = try parseExpression()
      return try node(.named(target: target, value: value), from: start, over: height)
    }
    return try parseExpression()
  }

  func spanOfToken(_ index: Int) -> Span {
    let token = tokens[index]
    return Span(line: token.line, column: token.column, endLine: token.endLine, endColumn: token.endColumn)
  }

  /// A conditional, a disjunction or a lambda.
  mutating func parseExpression() throws(Failure) -> Expression {
    try enter()
    defer { leave() }
    if kind == .lambda { return try parseLambda() }
    let start = index
    let first = try parseDisjunction()
    if kind != .if { return first }
    return try parseConditional(first, from: start)
  }

  /// `a if b else c if d else e …`: the arms are gathered, then folded from the right.
  private mutating func parseConditional(_ first: Expression, from start: Int) throws(Failure) -> Expression {
    var arms: [(start: Int, body: Expression, test: Expression, height: Int)] = []
    var body = first
    var bodyStart = start
    while true {
      let bodyHeight = height
      try expect(.if)
      let test = try parseDisjunction()
      arms.append((bodyStart, body, test, max(bodyHeight, height)))
      try expect(.else)
      bodyStart = index
      body = kind == .lambda ? try parseLambda() : try parseDisjunction()
      if kind != .if { break }
    }
    while let arm = arms.popLast() {
      body = try node(
        .conditional(test: arm.test, body: arm.body, orElse: body), from: arm.start, over: max(arm.height, height))
    }
    return body
  }

  private mutating func parseLambda() throws(Failure) -> Expression {
    let start = index
    let scope = takeScope()
    advance()
    let parameters = try parseParameters(closing: .colon)
    let parameterHeight = height
    try expect(.colon)
    let body = try parseExpression()
    return try node(
      .lambda(scope: scope, parameters: parameters, body: body), from: start, over: max(parameterHeight, height))
  }

  mutating func parseYield() throws(Failure) -> Expression {
    let start = index
    try expect(.yield)
    if take(.from) {
      let value = try parseExpression()
      return try node(.yieldFrom(value), from: start, over: height)
    }
    guard startsExpression(kind) || kind == .star else { return leaf(.yield(nil), from: start) }
    let value = try parseStarExpressions()
    return try node(.yield(value), from: start, over: height)
  }

  // MARK: Operators

  mutating func parseDisjunction() throws(Failure) -> Expression {
    let start = index
    let first = try parseConjunction()
    if kind != .or { return first }
    var operands = [first]
    var highest = height
    while take(.or) {
      operands.append(try parseConjunction())
      highest = max(highest, height)
    }
    return try node(.boolean(.or, operands), from: start, over: highest)
  }

  private mutating func parseConjunction() throws(Failure) -> Expression {
    let start = index
    let first = try parseInversion()
    if kind != .and { return first }
    var operands = [first]
    var highest = height
    while take(.and) {
      operands.append(try parseInversion())
      highest = max(highest, height)
    }
    return try node(.boolean(.and, operands), from: start, over: highest)
  }

  private mutating func parseInversion() throws(Failure) -> Expression {
    if kind != .not { return try parseComparison() }
    let first = index
    while kind == .not { advance() }
    let operand = index
    try checkSigns(first..<operand)
    var result = try parseComparison()
    for start in (first..<operand).reversed() {
      result = try node(.unary(.not, result), from: start, over: height)
    }
    return result
  }

  private mutating func parseComparison() throws(Failure) -> Expression {
    let start = index
    let left = try parseBinary(0)
    guard var comparison = takeComparison() else { return left }
    var operators: [ComparisonOperator] = []
    var comparators: [Expression] = []
    var highest = height
    while true {
      operators.append(comparison)
      comparators.append(try parseBinary(0))
      highest = max(highest, height)
      guard let next = takeComparison() else { break }
      comparison = next
    }
    return try node(
      .compare(left: left, operators: operators, comparators: comparators), from: start, over: highest)
  }

  private mutating func takeComparison() -> ComparisonOperator? {
    let found: ComparisonOperator
    switch kind {
    case .equalEqual: found = .equal
    case .notEqual: found = .notEqual
    case .less: found = .less
    case .lessEqual: found = .lessOrEqual
    case .greater: found = .greater
    case .greaterEqual: found = .greaterOrEqual
    case .in: found = .in
    case .is:
      advance()
      return take(.not) ? .isNot : .is
    case .not where nextKind == .in:
      advance()
      found = .notIn
    default: return nil
    }
    advance()
    return found
  }

  /// How tightly a binary operator binds, from 1; 0 for any other token.
  private func precedence(_ kind: TokenKind) -> Int {
    switch kind {
    case .bar: 1
    case .caret: 2
    case .ampersand: 3
    case .leftShift, .rightShift: 4
    case .plus, .minus: 5
    case .star, .slash, .doubleSlash, .percent, .at: 6
    default: 0
    }
  }

  private func binaryOperator(_ kind: TokenKind) -> BinaryOperator {
    switch kind {
    case .bar: .or
    case .caret: .xor
    case .ampersand: .and
    case .leftShift: .leftShift
    case .rightShift: .rightShift
    case .plus: .add
    case .minus: .subtract
    case .star: .multiply
    case .slash: .divide
    case .doubleSlash: .floorDivide
    case .percent: .modulo
    default: .matrixMultiply
    }
  }

  /// Operands of binary operators that bind more tightly than `floor`.
  mutating func parseBinary(_ floor: Int) throws(Failure) -> Expression {
    let start = index
    var left = try parseFactor()
    while true {
      let tightness = precedence(kind)
      if tightness <= floor { return left }
      let operation = binaryOperator(kind)
      let leftHeight = height
      advance()
      let right = try parseBinary(tightness)
      left = try node(.binary(left, operation, right), from: start, over: max(leftHeight, height))
    }
  }

  /// Signs and powers: `-a ** -b ** c`. The operands of a chain are gathered, then folded from the right.
  private mutating func parseFactor() throws(Failure) -> Expression {
    let start = index
    if unaryOperator(kind) == nil {
      let base = try parseAwait()
      if kind != .doubleStar { return base }
      return try parsePowers(base, from: start)
    }
    while unaryOperator(kind) != nil { advance() }
    let operand = index
    try checkSigns(start..<operand)
    var result = try parseAwait()
    if kind == .doubleStar { result = try parsePowers(result, from: operand) }
    return try applySigns(start..<operand, to: result)
  }

  private mutating func parsePowers(_ base: Expression, from start: Int) throws(Failure) -> Expression {
    var bases: [(value: Expression, start: Int, signs: Range<Int>, height: Int)] = [
      (base, start, start..<start, height)
    ]
    while take(.doubleStar) {
      let first = index
      while unaryOperator(kind) != nil { advance() }
      let operand = index
      try checkSigns(first..<operand)
      bases.append((try parseAwait(), operand, first..<operand, height))
    }
    guard var last = bases.popLast() else { throw .syntax }
    height = last.height
    var result = try applySigns(last.signs, to: last.value)
    while let left = bases.popLast() {
      last = left
      let power = try node(.binary(left.value, .power, result), from: left.start, over: max(left.height, height))
      result = try applySigns(left.signs, to: power)
    }
    return result
  }

  /// CPython's parser goes a level deeper for each sign, and has memory for so many.
  private func checkSigns(_ signs: Range<Int>) throws(Failure) {
    if signs.count > 5_900 { throw .tooDeep }
  }

  private mutating func applySigns(_ signs: Range<Int>, to operand: Expression) throws(Failure) -> Expression {
    var result = operand
    for sign in signs.reversed() {
      guard let operation = unaryOperator(tokens[sign].kind) else { throw .syntax }
      result = try node(.unary(operation, result), from: sign, over: height)
    }
    return result
  }

  private func unaryOperator(_ kind: TokenKind) -> UnaryOperator? {
    switch kind {
    case .minus: .minus
    case .plus: .plus
    case .tilde: .invert
    default: nil
    }
  }

  private mutating func parseAwait() throws(Failure) -> Expression {
    if kind != .await { return try parsePrimary() }
    let start = index
    advance()
    let value = try parsePrimary()
    return try node(.await(value), from: start, over: height)
  }

  // MARK: Trailers

  /// An atom and what hangs on it: attributes, calls, subscripts.
  mutating func parsePrimary() throws(Failure) -> Expression {
    let start = index
    var result = try parseAtom()
    while true {
      switch kind {
      case .dot:
        advance()
        let name = try expectName()
        result = try node(.attribute(result, name: name, context: .load), from: start, over: height)
      case .leftParen:
        let functionHeight = height
        let (arguments, keywords) = try parseCallArguments()
        result = try node(
          .call(function: result, arguments: arguments, keywords: keywords), from: start,
          over: max(functionHeight, height))
      case .leftBracket:
        let valueHeight = height
        advance()
        let subscripts = try parseSlices()
        try expect(.rightBracket)
        result = try node(
          .subscript(result, index: subscripts, context: .load), from: start, over: max(valueHeight, height))
      default:
        return result
      }
    }
  }

  private mutating func parseSlices() throws(Failure) -> Expression {
    let start = index
    let startsWithStar = kind == .star
    let first = startsWithStar ? try parseStarredExpression() : try parseSlice()
    if kind != .comma && !startsWithStar { return first }
    var elements = [first]
    var highest = height
    while take(.comma) {
      if kind == .rightBracket { break }
      elements.append(kind == .star ? try parseStarredExpression() : try parseSlice())
      highest = max(highest, height)
    }
    return try node(.tuple(elements, context: .load), from: start, over: highest)
  }

  private mutating func parseSlice() throws(Failure) -> Expression {
    let start = index
    var lower: Expression?
    var highest = 0
    if kind != .colon {
      let expression = try parseNamedExpression()
      if kind != .colon { return expression }
      // A walrus without parentheses cannot be a bound.
      if case .named = expression.kind, tokens[start].kind == .name, tokens[start + 1].kind == .colonEqual {
        throw .syntax
      }
      lower = expression
      highest = height
    }
    try expect(.colon)
    func endsBound(_ kind: TokenKind) -> Bool { kind == .colon || kind == .comma || kind == .rightBracket }
    var upper: Expression?
    var step: Expression?
    if !endsBound(kind) {
      upper = try parseExpression()
      highest = max(highest, height)
    }
    if take(.colon), !endsBound(kind) {
      step = try parseExpression()
      highest = max(highest, height)
    }
    return try node(.slice(lower: lower, upper: upper, step: step), from: start, over: highest)
  }

  // MARK: Arguments

  /// `( … )` of a call; leaves the greatest height of what is inside.
  private mutating func parseCallArguments() throws(Failure) -> ([Expression], [Keyword]) {
    let open = index
    advance()
    if take(.rightParen) {
      height = 0
      return ([], [])
    }
    // A lone generator expression takes the call's parentheses for its own.
    if kind != .star && kind != .doubleStar && !(kind == .name && nextKind == .equal) {
      let scope = nextScope
      let first = index
      let element = try parseNamedExpression()
      if kind == .for || kind == .async {
        reset(to: first, scope: scope)
        advanceBack(to: open)
        return ([try parseParenthesized()], [])
      }
      if take(.rightParen) { return ([element], []) }
      guard take(.comma) else { throw .syntax }
      let (arguments, keywords) = try parseArguments(after: element, first: first)
      try expect(.rightParen)
      return (arguments, keywords)
    }
    let (arguments, keywords) = try parseArguments(after: nil, first: index)
    try expect(.rightParen)
    return (arguments, keywords)
  }

  private mutating func advanceBack(to index: Int) {
    self.index = index
    kind = tokens[index].kind
  }

  /// Arguments up to the closing parenthesis, which is left. After a keyword no plain argument may come; after `**` no
  /// `*` either.
  mutating func parseArguments(
    after first: Expression?, first start: Int
  ) throws(Failure) -> ([Expression], [Keyword]) {
    var arguments: [Expression] = []
    var keywords: [Keyword] = []
    var highest = 0
    var sawDoubleStar = false
    if let first {
      arguments.append(first)
      highest = height
    }
    while kind != .rightParen {
      let start = index
      if kind == .doubleStar {
        advance()
        let value = try parseExpression()
        keywords.append(Keyword(name: nil, value: value, span: span(from: start)))
        sawDoubleStar = true
      } else if kind == .star {
        if sawDoubleStar { throw .syntax }
        arguments.append(try parseStarredExpression())
      } else if kind == .name && nextKind == .equal {
        let name = identifier(tokens[index])
        advance()
        advance()
        let value = try parseExpression()
        keywords.append(Keyword(name: name, value: value, span: span(from: start)))
      } else {
        if !keywords.isEmpty { throw .syntax }
        arguments.append(try parseNamedExpression())
      }
      highest = max(highest, height)
      if !take(.comma) { break }
    }
    height = highest
    return (arguments, keywords)
  }
}
