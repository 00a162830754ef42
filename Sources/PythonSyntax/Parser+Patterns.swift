extension Parser {
  /// A `match` statement, or nil (with nothing read) if `match` is a plain name here.
  mutating func parseMatch() throws(Failure) -> Statement.Kind? {
    let start = index
    let scope = nextScope
    let savedDepth = depth
    advance()
    let subject: Expression
    do throws(Failure) {
      guard startsExpression(kind) || kind == .star else { throw Failure.syntax }
      subject = try parseSubject()
      try expect(.colon)
      try expect(.newline)
    } catch {
      if error != .syntax { throw error }
      depth = savedDepth
      reset(to: start, scope: scope)
      return nil
    }
    try expect(.indent)
    try enter()
    var cases: [MatchCase] = []
    repeat {
      cases.append(try parseCase())
    } while kind != .dedent && kind != .endMarker
    leave()
    try expect(.dedent)
    return .match(subject: subject, cases: cases)
  }

  private mutating func parseSubject() throws(Failure) -> Expression {
    let start = index
    let startsWithStar = kind == .star
    let first = try parseStarNamedExpression()
    if kind != .comma {
      if startsWithStar { throw .syntax }
      return first
    }
    var elements = [first]
    var highest = height
    while take(.comma) {
      guard startsExpression(kind) || kind == .star else { break }
      elements.append(try parseStarNamedExpression())
      highest = max(highest, height)
    }
    return try node(.tuple(elements, context: .load), from: start, over: highest)
  }

  private mutating func parseCase() throws(Failure) -> MatchCase {
    guard isName("case") else { throw .syntax }
    advance()
    let pattern = try parsePatterns()
    let guardTest = take(.if) ? try parseNamedExpression() : nil
    try expect(.colon)
    return MatchCase(pattern: pattern, guardTest: guardTest, body: try parseBlock())
  }

  // MARK: Patterns

  private mutating func parsePatterns() throws(Failure) -> Pattern {
    let start = index
    let first = try parseMaybeStarPattern()
    if kind != .comma {
      if case .star = first.kind { throw .syntax }
      return first
    }
    var patterns = [first]
    while take(.comma) {
      if kind == .colon || kind == .if { break }
      patterns.append(try parseMaybeStarPattern())
    }
    return Pattern(.sequence(patterns), span(from: start))
  }

  private mutating func parseMaybeStarPattern() throws(Failure) -> Pattern {
    if kind != .star { return try parsePattern() }
    let start = index
    advance()
    if isName("_") {
      advance()
      return Pattern(.star(nil), span(from: start))
    }
    return Pattern(.star(try parseCaptureTarget()), span(from: start))
  }

  /// A name that a pattern binds.
  private mutating func parseCaptureTarget() throws(Failure) -> String {
    if isName("_") { throw .syntax }
    let name = try expectName()
    if kind == .dot || kind == .leftParen || kind == .equal { throw .syntax }
    return name
  }

  private mutating func parsePattern() throws(Failure) -> Pattern {
    let start = index
    let first = try parseClosedPattern()
    var pattern = first
    if kind == .bar {
      var alternatives = [first]
      while take(.bar) { alternatives.append(try parseClosedPattern()) }
      pattern = Pattern(.or(alternatives), span(from: start))
    }
    if take(.as) {
      return Pattern(.as(pattern, name: try parseCaptureTarget()), span(from: start))
    }
    return pattern
  }

  private mutating func parseClosedPattern() throws(Failure) -> Pattern {
    try enter()
    defer { leave() }
    let start = index
    switch kind {
    case .number, .minus, .string:
      let value = try parseLiteral()
      return Pattern(.value(value), span(from: start))
    case .none, .true, .false:
      let value: Constant = kind == .none ? .none : kind == .true ? .true : .false
      advance()
      return Pattern(.singleton(value), span(from: start))
    case .name: return try parseNamePattern()
    case .leftParen: return try parseSequencePattern(closing: .rightParen)
    case .leftBracket: return try parseSequencePattern(closing: .rightBracket)
    case .leftBrace: return try parseMappingPattern()
    default: throw .syntax
    }
  }

  /// A number with an optional sign, a complex number as a sum, or strings.
  private mutating func parseLiteral() throws(Failure) -> Expression {
    if kind == .string { return try parseStrings() }
    let start = index
    let isNegative = take(.minus)
    let number = try parseNumber()
    let real = isNegative ? try node(.unary(.minus, number), from: start, over: height) : number
    guard kind == .plus || kind == .minus else { return real }
    if isImaginary(number) { throw .syntax }
    let operation: BinaryOperator = kind == .plus ? .add : .subtract
    advance()
    let imaginary = try parseNumber()
    if !isImaginary(imaginary) { throw .syntax }
    return try node(.binary(real, operation, imaginary), from: start, over: 2)
  }

  private mutating func parseNumber() throws(Failure) -> Expression {
    guard kind == .number else { throw .syntax }
    return try parseAtom()
  }

  private func isImaginary(_ expression: Expression) -> Bool {
    if case .constant(.imaginary) = expression.kind { return true }
    return false
  }

  /// A wildcard, a capture, a dotted value or a class.
  private mutating func parseNamePattern() throws(Failure) -> Pattern {
    let start = index
    if isName("_") {
      advance()
      return Pattern(.as(nil, name: nil), span(from: start))
    }
    if nextKind != .dot && nextKind != .leftParen {
      return Pattern(.as(nil, name: try parseCaptureTarget()), span(from: start))
    }
    let value = try parseDottedValue()
    if kind == .leftParen { return try parseClassPattern(value, from: start) }
    guard case .attribute = value.kind, kind != .equal else { throw .syntax }
    return Pattern(.value(value), span(from: start))
  }

  private mutating func parseDottedValue() throws(Failure) -> Expression {
    let start = index
    var value = leaf(.name(try expectName(), context: .load), from: start)
    while take(.dot) {
      let name = try expectName()
      value = try node(.attribute(value, name: name, context: .load), from: start, over: height)
    }
    return value
  }

  private mutating func parseSequencePattern(closing: TokenKind) throws(Failure) -> Pattern {
    let start = index
    advance()
    var patterns: [Pattern] = []
    var hasComma = false
    while kind != closing {
      patterns.append(try parseMaybeStarPattern())
      guard take(.comma) else { break }
      hasComma = true
    }
    try expect(closing)
    if closing == .rightParen, !hasComma, let only = patterns.first {
      if case .star = only.kind, tokens[start + 1].kind == .star { throw .syntax }
      return only
    }
    return Pattern(.sequence(patterns), span(from: start))
  }

  private mutating func parseMappingPattern() throws(Failure) -> Pattern {
    let start = index
    advance()
    var keys: [Expression] = []
    var patterns: [Pattern] = []
    var rest: String?
    while kind != .rightBrace {
      if take(.doubleStar) {
        rest = try parseCaptureTarget()
        _ = take(.comma)
        break
      }
      keys.append(try parseMappingKey())
      try expect(.colon)
      patterns.append(try parsePattern())
      if !take(.comma) { break }
    }
    try expect(.rightBrace)
    return Pattern(.mapping(keys: keys, patterns: patterns, rest: rest), span(from: start))
  }

  private mutating func parseMappingKey() throws(Failure) -> Expression {
    switch kind {
    case .none: return constant(.none)
    case .true: return constant(.true)
    case .false: return constant(.false)
    case .name:
      guard nextKind == .dot else { throw .syntax }
      return try parseDottedValue()
    default: return try parseLiteral()
    }
  }

  private mutating func parseClassPattern(_ type: Expression, from start: Int) throws(Failure) -> Pattern {
    advance()
    var patterns: [Pattern] = []
    var names: [String] = []
    var namedPatterns: [Pattern] = []
    while kind != .rightParen {
      if kind == .name && nextKind == .equal {
        names.append(try expectName())
        advance()
        namedPatterns.append(try parsePattern())
      } else {
        if !names.isEmpty { throw .syntax }
        patterns.append(try parsePattern())
      }
      if !take(.comma) { break }
    }
    try expect(.rightParen)
    return Pattern(
      .class(type, patterns: patterns, keywordNames: names, keywordPatterns: namedPatterns), span(from: start))
  }
}
