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

  /// Each rule that is being tried takes a few hundred bytes of stack.
  static let maximumDepth = 4_500

  let grammar = ErrorRules.shared
  private let withoutInvalid = ErrorRules.shared["expressionWithoutInvalid"]
  // The rules that the ladder of operators asks for.
  let atom = ErrorRules.shared["atom"]
  let generator = ErrorRules.shared["generator"]
  let arguments = ErrorRules.shared["arguments"]
  let slices = ErrorRules.shared["slices"]
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
  private(set) var nodes: [Node] = [Node(kind: .other, first: 0, end: 0, children: [])]
  private var memo: MatchMemo
  private var isExplaining = false
  private var depth = 0
  var error: SyntaxError? {
    didSet { isTold = error != nil }
  }
  /// There is an error: nothing matches any more.
  private(set) var isTold = false
  /// How many exponents deep a chain of `**` is, which no rule counts.
  var depthOfPowers = 0
  static let maximumPowers = 2_000

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
    let rule = isReplacement ? "replacement" : mode == .module ? "module" : mode == .interactive ? "interactive"
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

  private mutating func matchWord(_ word: String) -> Match? {
    guard peek() == .name, Int(tokens[mark].end - tokens[mark].start) == word.utf8.count,
      parser.text(tokens[mark]) == word
    else { return nil }
    mark += 1
    return Match(-mark)
  }

  /// CPython compares only as many characters as the name has, so that any beginning of a soft keyword passes for it.
  private mutating func matchSoftKeyword() -> Match? {
    guard peek() == .name, tokens[mark].end - tokens[mark].start <= 5 else { return nil }
    let name = parser.text(tokens[mark])
    guard ErrorRules.words.contains(where: { $0.hasPrefix(name) }) else { return nil }
    mark += 1
    return Match(-mark)
  }

  // MARK: Rules

  mutating func match(_ rule: Int) -> Match? {
    if isTold { return nil }
    let start = mark
    let (isNamed, isMemo) = (grammar.rules[rule].isNamed, grammar.rules[rule].isMemo)
    // What CPython does not remember is the same each time only as long as the error rules stay on or off.
    let key = Int32(truncatingIfNeeded: rule << 1 | (isExplaining && !isMemo ? 1 : 0))
    if isNamed, let known = memo.find(key, at: start) {
      if known.match != nil { mark = known.end }
      return known.match
    }
    depth += 1
    defer { depth -= 1 }
    if depth > Self.maximumDepth {
      error = SyntaxError(
        kind: .memory, message: "", filename: source.filename, line: tokens[mark].line, column: 0,
        endLine: tokens[mark].line, endColumn: 0, text: nil)
      return nil
    }
    let found: Match?
    if let native = ErrorRules.Native(rawValue: rule) {
      found = matchNative(native)
    } else if rule == withoutInvalid {
      let wasExplaining = isExplaining
      isExplaining = false
      found = matchAlternatives(rule)
      isExplaining = wasExplaining
    } else {
      found = matchAlternatives(rule)
    }
    if isTold { return nil }
    if found == nil { mark = start }
    if isNamed { memo.insert(key, at: start, found, end: mark) }
    return found
  }

  private mutating func matchAlternatives(_ rule: Int) -> Match? {
    let start = mark
    for index in grammar.rules[rule].alternatives {
      let alternative = grammar.alternatives[index]
      if alternative.isErrorOnly && !isExplaining { continue }
      mark = start
      switch matchAlternative(alternative) {
      case .matched(let match): return match
      case .failed: continue
      case .ended: return nil
      }
    }
    return nil
  }

  private enum Outcome {
    case matched(Match), failed
    /// The rule fails, and no other alternative is tried.
    case ended
  }

  private mutating func matchAlternative(_ alternative: ErrorRules.Alternative) -> Outcome {
    let start = mark
    var a: Match?
    var b: Match?
    var children: [Match] = []
    var last: Match = 0
    var isCut = false
    for index in alternative.items {
      let item = grammar.items[index]
      if item.operation == .cut {
        isCut = true
        continue
      }
      guard let match = matchItem(item) else { return isCut || isTold ? .ended : .failed }
      last = match
      switch item.label {
      case .none: break
      case .a: a = match
      case .b: b = match
      case .child: append(match, to: &children)
      }
    }
    switch grammar.results[alternative.result] {
    case .handOn:
      if let a { return .matched(a) }
      if !children.isEmpty { return .matched(makeNode(.sequence, from: start, children)) }
      return .matched(alternative.items.count == 1 ? last : makeNode(.other, from: start, []))
    case .node(let kind): return .matched(makeNode(kind, from: start, children))
    case .error(let place, let message):
      tell(message, place, a ?? 0, b ?? 0)
      return .ended
    case .missingBlock(let after):
      tellMissingBlock(after: after, line: tokens[firstToken(a ?? 0)].line)
      return .ended
    case .check(let check):
      if let match = run(check, a ?? 0, b ?? 0) { return .matched(match) }
      return alternative.isErrorOnly && !isTold ? .failed : .ended
    }
  }

  /// A sequence among the children stands for its own.
  private func append(_ match: Match, to children: inout [Match]) {
    if match > 0 && nodes[Int(match)].kind == .sequence {
      children.append(contentsOf: nodes[Int(match)].children)
    } else if match != 0 {
      children.append(match)
    }
  }

  mutating func makeNode(_ kind: ErrorRules.NodeKind, from start: Int, _ children: [Match]) -> Match {
    nodes.append(Node(kind: kind, first: start, end: mark, children: children))
    return Match(nodes.count - 1)
  }

  // MARK: Items

  private mutating func matchItem(_ item: ErrorRules.Item) -> Match? {
    let start = mark
    switch item.operation {
    case .one: return matchTarget(item.target)
    case .optional:
      if let match = matchTarget(item.target) { return match }
      mark = start
      return !isTold ? 0 : nil
    case .ahead:
      let match = matchTarget(item.target)
      mark = start
      return match == nil ? nil : 0
    case .notAhead:
      let match = matchTarget(item.target)
      mark = start
      return match == nil && !isTold ? 0 : nil
    case .forced:
      if let match = matchTarget(item.target) { return match }
      if !isTold, case .token(let kind) = item.target {
        tell("expected '\(kind == .colon ? ":" : "(")'", .at, Match(-1 - mark), 0)
      }
      return nil
    case .many, .some:
      var matches: [Match] = []
      var end = mark
      while let match = matchTarget(item.target) {
        append(match, to: &matches)
        // What matches nothing would do so for ever.
        if mark == end { break }
        end = mark
      }
      mark = end
      if isTold || item.operation == .some && end == start { return nil }
      return makeNode(.sequence, from: start, matches)
    case .separated(let separator):
      guard let first = matchTarget(item.target) else { return nil }
      var matches: [Match] = [first]
      var end = mark
      while take(separator) != nil, let match = matchTarget(item.target) {
        matches.append(match)
        end = mark
      }
      mark = end
      return !isTold ? makeNode(.sequence, from: start, matches) : nil
    case .cut: return 0
    }
  }

  private mutating func matchTarget(_ target: ErrorRules.Target) -> Match? {
    if isTold { return nil }
    switch target {
    case .token(let kind): return take(kind)
    case .rule(let rule): return match(rule)
    case .word(let word): return matchWord(ErrorRules.words[word])
    case .anySoftKeyword: return matchSoftKeyword()
    }
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
