/// Finds out what is wrong with a source that `Parser` refused.
///
/// It does what CPython's parser does, by the rules of `ErrorGrammar`: a first pass without the rules that explain
/// mistakes, which finds the last token that any alternative came to look at, and the errors that need no explanation
/// (those of the tokenizer, of literals, of tokens that must come); then a second pass with those rules. All results are
/// remembered, so both passes take time in proportion to the source.
struct Diagnosis {
  /// A match: a node, or a token as `-1 - index`; 0 for a match of nothing.
  typealias Match = Int32

  struct Node {
    let kind: ErrorRules.NodeKind
    let first: Int
    let end: Int
    let children: [Match]
  }

  /// How many rules may be being tried within one another. CPython stops at 6,000, but with more of them to a bracket.
  static let maximumDepth = 20_000

  let grammar = ErrorRules.shared
  let withoutInvalid = ErrorRules.shared["expressionWithoutInvalid"]
  let strings = ErrorRules.shared["strings"]
  let tokenizer: Tokenizer
  let source: SourceText
  let tokens: [Token]
  let mode: ParseMode
  /// The source is the inside of an f-string's braces.
  let isReplacement: Bool
  /// What was added to the columns of the first line.
  let shift: Int32
  var parser: Parser

  var mark: Int
  /// How many tokens have been looked at.
  var filled: Int
  var nodes: [Node] = [Node(kind: .other, first: 0, end: 0, children: [])]
  var memo: MatchMemo
  var isExplaining = false
  var error: SyntaxError? {
    didSet { isTold = error != nil }
  }
  /// There is an error: nothing matches any more.
  private(set) var isTold = false
  init(
    _ parser: Parser, _ tokenizer: Tokenizer, mode: ParseMode, isReplacement: Bool, shift: Int32
  ) {
    self.parser = parser
    self.tokenizer = tokenizer
    self.mode = mode
    self.isReplacement = isReplacement
    self.shift = shift
    source = parser.source
    tokens = parser.tokens
    memo = MatchMemo(tokenCount: parser.tokens.count)
    mark = parser.statementStart
    filled = parser.statementStart
    self.parser.explainsFaults = true
  }

  mutating func run() -> SyntaxError {
    let start = mark
    let rule =
      isReplacement
      ? "replacement"
      : mode == .module
        ? "module"
        : mode == .interactive
          ? "interactive"
          : "evaluation"
    let accepted = match(grammar[rule])
    let lastToken = max(filled - 1, 0)
    let isIncomplete = hasReadEnd
    if !isTold && accepted == nil {
      memo.removeAll()
      isExplaining = true
      if start <= Self.maximumTokensBefore { explainStatements(before: start) }
      mark = start
      _ = match(grammar[rule])
    }
    var result = conclude(lastToken: accepted == nil ? lastToken : min(parser.index, tokens.count - 1))
    result.isIncomplete = isIncomplete
    return result
  }

  /// CPython's second pass begins at the top, and some of its rules complain about sound statements on the way: then it
  /// is such a statement that the error names.
  private mutating func explainStatements(before end: Int) {
    mark = 0
    while mark < end, !isTold, match(grammar["statement"]) != nil { memo.removeAll() }
    memo.removeAll()
  }

  /// Sound statements of more tokens than this are not looked at for what CPython would wrongly complain about.
  private static let maximumTokensBefore = 20_000

  // MARK: Tokens

  /// The kind of the token at `mark`. Looking at it for the first time may find that it is an error.
  mutating func peek() -> TokenKind {
    let kind = tokens[mark].kind
    if mark >= filled {
      filled = mark + 1
      if kind == .error { tellTokenError() }
    }
    return kind
  }

  mutating func take(_ kind: TokenKind) -> Match? {
    guard peek() == kind else { return nil }
    if kind == .number && !checkNumber() { return nil }
    mark += 1
    return Match(-mark)
  }

  private mutating func checkNumber() -> Bool {
    let token = tokens[mark]
    guard case .failure(let fault) = numberConstant(source.bytes[Int(token.start)..<Int(token.end)]) else {
      return true
    }
    tell(fault.message, line: token.line, column: 0, endLine: token.endLine, endColumn: 0)
    return false
  }

  mutating func matchWord(_ word: String) -> Match? {
    guard peek() == .name, Int(tokens[mark].end - tokens[mark].start) == word.utf8.count,
      parser.text(tokens[mark]) == word
    else { return nil }
    mark += 1
    return Match(-mark)
  }

  /// CPython compares only as many characters as the name has, so that any beginning of a soft keyword passes for it.
  mutating func matchSoftKeyword() -> Match? {
    guard peek() == .name, tokens[mark].end - tokens[mark].start <= 5 else { return nil }
    let name = parser.text(tokens[mark])
    guard ErrorRules.words.contains(where: { $0.hasPrefix(name) }) else { return nil }
    mark += 1
    return Match(-mark)
  }

  /// Whether CPython's tokenizer, having read these tokens, has met the end of the source.
  private var hasReadEnd: Bool {
    guard filled > 0 else { return false }
    let token = tokens[filled - 1]
    switch token.kind {
    case .error: return tokenizer.reachedEnd
    // After two quotes it looks for a third one.
    case .string: return StringLiteral(token, in: source).isEmpty && Int(token.end) >= source.count
    // Behind these it does not look for more.
    case .ellipsis, .doubleStarEqual, .doubleSlashEqual, .leftShiftEqual, .rightShiftEqual: return false
    default: return Int(token.end) >= source.count
    }
  }
}
