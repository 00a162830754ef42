/// Builds the tree, or fails.
///
/// A recursive-descent parser for valid sources: it knows the grammar, but when the source is wrong it only knows that it
/// is. What is wrong, and where, is then found by `Diagnosis`, which reads the source again the way CPython's own parser
/// does. So the fast path carries no messages.
///
/// Chains that a source can make long without brackets (operators, trailers, `elif`, conditionals) are loops; what
/// recursion remains is bounded by `maximumDepth`, and the tree itself by `maximumHeight`.
struct Parser {
  enum Failure: Error {
    /// Not Python; `Diagnosis` tells why.
    case syntax
    /// The tree would be higher than `maximumHeight`.
    case tooHigh
    /// Nested deeper than `maximumDepth`.
    case tooDeep
  }

  /// The greatest height of a tree: what walks over it recursively can count on it. CPython gives up near 3,000.
  static let maximumHeight = 2_000
  static let maximumDepth = 600

  let source: SourceText
  let tokens: [Token]
  var index = 0
  var kind: TokenKind
  var nextScope: ScopeID = 1
  var depth = 0
  /// The height of the expression that was parsed last.
  var height = 0
  /// How deep this parser is nested in f-strings.
  var stringDepth = 0
  /// Faults inside f-strings are told as errors of their own. It takes a second look, so only `Diagnosis` wants it.
  var explainsFaults = false
  /// What is to be said about the literals read so far.
  var warnings: [SourceWarning] = []
  /// The token at which the last statement of the outermost level began; `Diagnosis` starts there.
  var statementStart = 0

  init(source: SourceText, tokens: [Token]) {
    self.source = source
    self.tokens = tokens
    kind = tokens[0].kind
  }

  // MARK: Tokens

  @inline(__always)
  mutating func advance() {
    index &+= 1
    kind = tokens[index].kind
  }

  @inline(__always)
  mutating func take(_ wanted: TokenKind) -> Bool {
    if kind != wanted { return false }
    advance()
    return true
  }

  @inline(__always)
  mutating func expect(_ wanted: TokenKind) throws(Failure) {
    if kind != wanted { throw .syntax }
    advance()
  }

  /// The kind of the token after the current one.
  var nextKind: TokenKind {
    index + 1 < tokens.count ? tokens[index + 1].kind : .endMarker
  }

  func text(_ token: Token) -> String {
    String(decoding: source.bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
  }

  /// Whether the current token is this name, a soft keyword.
  func isName(_ word: StaticString) -> Bool {
    guard kind == .name else { return false }
    let token = tokens[index]
    let bytes = word.description.utf8
    return Int(token.end - token.start) == bytes.count
      && source.bytes[Int(token.start)..<Int(token.end)].elementsEqual(bytes)
  }

  mutating func expectName() throws(Failure) -> String {
    if kind != .name { throw .syntax }
    let name = identifier(tokens[index])
    advance()
    return name
  }

  func identifier(_ token: Token) -> String {
    normalizedIdentifier(text(token))
  }

  mutating func reset(to index: Int, scope: ScopeID) {
    self.index = index
    kind = tokens[index].kind
    nextScope = scope
  }

  mutating func takeScope() -> ScopeID {
    defer { nextScope += 1 }
    return nextScope
  }

  // MARK: Nodes

  /// From token `start` to the last token read that is not layout.
  @inline(__always)
  func span(from start: Int) -> Span {
    var last = index &- 1
    while last > start, isLayout(tokens[last].kind) { last &-= 1 }
    let first = tokens[start]
    let end = tokens[last]
    return Span(line: first.line, column: first.column, endLine: end.endLine, endColumn: end.endColumn)
  }

  @inline(__always)
  private func isLayout(_ kind: TokenKind) -> Bool {
    kind == .newline || kind == .dedent || kind == .indent || kind == .endMarker
  }

  /// An expression that began at token `start`, over children of which the highest has `childHeight`.
  @inline(__always)
  mutating func node(
    _ kind: Expression.Kind, from start: Int, over childHeight: Int
  ) throws(Failure) -> Expression {
    height = childHeight &+ 1
    if height > Self.maximumHeight { throw .tooHigh }
    return Expression(kind, span(from: start))
  }

  @inline(__always)
  mutating func leaf(_ kind: Expression.Kind, from start: Int) -> Expression {
    height = 1
    return Expression(kind, span(from: start))
  }

  mutating func enter() throws(Failure) {
    depth += 1
    if depth > Self.maximumDepth { throw .tooDeep }
  }

  mutating func leave() {
    depth -= 1
  }

  // MARK: Sources

  mutating func parseModule() throws(Failure) -> Module {
    var statements: [Statement] = []
    while kind != .endMarker {
      statementStart = index
      try parseStatement(into: &statements)
    }
    return .module(statements)
  }

  mutating func parseInteractive() throws(Failure) -> Module {
    if kind == .endMarker { throw .syntax }
    if kind == .newline {
      let token = tokens[index]
      advance()
      let span = Span(line: token.line, column: token.column, endLine: token.endLine, endColumn: token.endColumn)
      return .interactive([Statement(.pass, span)])
    }
    var statements: [Statement] = []
    let isCompound = try parseStatement(into: &statements)
    if isCompound { try expect(.newline) }
    return .interactive(statements)
  }

  mutating func parseExpressionSource() throws(Failure) -> Module {
    let expression = try parseExpressions()
    while take(.newline) {}
    if kind != .endMarker { throw .syntax }
    return .expression(expression)
  }
}
