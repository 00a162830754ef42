/// The rules of `ErrorGrammar`, read from their notation into a form that `Diagnosis` can run.
struct ErrorRules: Sendable {
  enum Target: Sendable, Equatable {
    case token(TokenKind)
    /// The place of a soft keyword in `words`.
    case word(Int)
    case anySoftKeyword, anyOperator, anySign
    case rule(Int)
  }

  enum Operation: Sendable, Equatable {
    case one, optional, many, some, ahead, notAhead, forced, cut
    case separated(by: TokenKind)
  }

  enum Label: Sendable { case none, a, b, child }

  struct Item: Sendable {
    var operation: Operation
    var target: Target
    var label: Label
  }

  /// Where an error is told.
  enum Place: Sendable {
    case at, through, startingAt, here, throughLast, throughClause
  }

  enum Result: Sendable {
    case handOn
    case node(NodeKind)
    case fold
    case error(Place, String)
    case missingBlock(after: String)
    case check(Check)
  }

  enum Check: String, Sendable {
    case deleteTarget, assignmentTarget, forTarget, legacy, comma, key, bareGenerator, argumentOrder, real, imaginary
    case blockMissing
  }

  struct Alternative: Sendable {
    /// In `items`.
    var items: Range<Int>
    /// In `results`.
    var result: Int
    var isErrorOnly: Bool
  }

  struct Rule: Sendable {
    /// In `alternatives`.
    var alternatives: Range<Int>
    /// A group within an alternative has no name, and its results are not kept.
    var isNamed: Bool
    /// CPython remembers its results, whether or not error rules were on.
    var isMemo: Bool
  }

  /// What an expression is, as far as messages care.
  enum NodeKind: String, Sendable {
    case other, sequence, name, attribute, `subscript`, starred, list, tuple, lambda, call, operation, generator
    case yield, await, listComprehension, setComprehension, dictComprehension, dict, set, string, literal, formatted
    case none, `true`, `false`, ellipsis, compare, membership, conditional, named, keyword, doubleStar, arguments
    case clause

    /// The word for it in CPython's messages.
    var description: String {
      switch self {
      case .call: "function call"
      case .operation: "expression"
      case .generator: "generator expression"
      case .yield: "yield expression"
      case .await: "await expression"
      case .listComprehension: "list comprehension"
      case .setComprehension: "set comprehension"
      case .dictComprehension: "dict comprehension"
      case .dict: "dict literal"
      case .set: "set display"
      case .formatted: "f-string expression"
      case .none: "None"
      case .true: "True"
      case .false: "False"
      case .string: "literal"
      case .compare: "comparison"
      case .conditional: "conditional expression"
      case .named: "named expression"
      default: rawValue
      }
    }
  }

  static let words = ["_", "case", "match"]

  // Flat, and free of references but for the messages: these are read for every token, many times over.
  private(set) var rules: [Rule] = []
  private(set) var alternatives: [Alternative] = []
  private(set) var items: [Item] = []
  private(set) var results: [Result] = []
  private var indices: [String: Int] = [:]

  static let shared = ErrorRules(ErrorGrammar.text)

  subscript(name: String) -> Int {
    guard let index = indices[name] else { preconditionFailure("The error grammar has no rule \(name).") }
    return index
  }

  // MARK: Reading

  /// An alternative as it is read; its items are put among the others when the rule is done.
  private struct Draft {
    var items: [Item] = []
    var result = Result.handOn
    var isErrorOnly = false
  }

  private init(_ text: String) {
    let lines = text.split(separator: "\n")
    // This one `Diagnosis` runs by itself.
    indices["strings"] = rules.count
    rules.append(Rule(alternatives: 0..<0, isNamed: true, isMemo: true))
    var bodies: [(rule: Int, lines: [Substring])] = []
    for line in lines {
      if line.first == " " {
        bodies[bodies.count - 1].lines.append(line.drop { $0 == " " })
      } else {
        let words = line.split(separator: " ")
        indices[String(words[0])] = rules.count
        bodies.append((rules.count, []))
        rules.append(Rule(alternatives: 0..<0, isNamed: true, isMemo: words.count > 1))
      }
    }
    for body in bodies {
      var drafts: [Draft] = []
      for line in body.lines {
        var reader = NotationReader(line)
        drafts.append(readLine(&reader))
      }
      finish(body.rule, drafts)
    }
  }

  private mutating func finish(_ rule: Int, _ drafts: [Draft]) {
    let first = alternatives.count
    for draft in drafts {
      alternatives.append(
        Alternative(
          items: items.count..<items.count + draft.items.count, result: results.count,
          isErrorOnly: draft.isErrorOnly))
      items.append(contentsOf: draft.items)
      results.append(draft.result)
    }
    rules[rule].alternatives = first..<alternatives.count
  }

  private mutating func readLine(_ reader: inout NotationReader) -> Draft {
    let isErrorOnly = reader.take("?")
    var alternative = readSequence(&reader)
    alternative.isErrorOnly = isErrorOnly
    if reader.take("->") {
      let word = reader.word()
      if word == "fold" {
        alternative.result = .fold
      } else if let kind = NodeKind(rawValue: word) {
        alternative.result = .node(kind)
      } else {
        preconditionFailure("\(word) is no kind of node.")
      }
    } else if reader.take("=>") {
      alternative.result = readResult(&reader)
    }
    return alternative
  }

  private func readResult(_ reader: inout NotationReader) -> Result {
    let word = reader.word()
    if word == "block" {
      _ = reader.word()
      return .missingBlock(after: reader.message())
    }
    let places: [String: Place] = [
      "a": .at, "a..b": .through, "a..": .startingAt, "here": .here, "a..last": .throughLast,
      "a..clause": .throughClause,
    ]
    if let place = places[word] { return .error(place, reader.message()) }
    guard let check = Check(rawValue: word) else { preconditionFailure("\(word) is no check.") }
    return .check(check)
  }

  private mutating func readSequence(_ reader: inout NotationReader) -> Draft {
    var alternative = Draft()
    while let item = readItem(&reader) { alternative.items.append(item) }
    return alternative
  }

  private mutating func readItem(_ reader: inout NotationReader) -> Item? {
    if reader.isAtEndOfSequence { return nil }
    if reader.take("~") { return Item(operation: .cut, target: .anySoftKeyword, label: .none) }
    var operation = Operation.one
    if reader.take("&&") {
      operation = .forced
    } else if reader.take("&") {
      operation = .ahead
    } else if reader.take("!") {
      operation = .notAhead
    }
    let label = reader.label()
    let target = readTarget(&reader)
    if reader.takeSuffix("?") { operation = .optional }
    if reader.takeSuffix("*") { operation = .many }
    if reader.takeSuffix("+") { operation = .some }
    if reader.takeSuffix("/") {
      guard case .token(let separator) = readTarget(&reader) else { preconditionFailure("A separator is a token.") }
      operation = .separated(by: separator)
    }
    return Item(operation: operation, target: target, label: label)
  }

  private mutating func readTarget(_ reader: inout NotationReader) -> Target {
    if reader.take("(") {
      let index = rules.count
      rules.append(Rule(alternatives: 0..<0, isNamed: false, isMemo: false))
      var drafts: [Draft] = []
      repeat { drafts.append(readSequence(&reader)) } while reader.take("|")
      finish(index, drafts)
      precondition(reader.take(")"), "A group of the error grammar is not closed.")
      return .rule(index)
    }
    if let word = reader.quoted("\"") {
      guard let index = Self.words.firstIndex(of: word) else { preconditionFailure("\(word) is no soft keyword.") }
      return .word(index)
    }
    if let spelling = reader.quoted("'") {
      guard let kind = TokenKind.spelled(spelling) else { preconditionFailure("\(spelling) is no token.") }
      return .token(kind)
    }
    let name = reader.word()
    switch name {
    case "NAME": return .token(.name)
    case "NUMBER": return .token(.number)
    case "STRING": return .token(.string)
    case "NEWLINE": return .token(.newline)
    case "INDENT": return .token(.indent)
    case "DEDENT": return .token(.dedent)
    case "END": return .token(.endMarker)
    case "SOFTKEYWORD": return .anySoftKeyword
    case "OPERATOR": return .anyOperator
    case "SIGN": return .anySign
    default: return .rule(self[name])
    }
  }
}

/// Reads the notation of `ErrorGrammar`, one alternative at a time.
private struct NotationReader {
  private var rest: Substring

  init(_ line: Substring) {
    rest = line
  }

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == " " }
  }

  mutating func take(_ sign: String) -> Bool {
    skipSpaces()
    return takeSuffix(sign)
  }

  /// Takes a sign that stands right behind what came before.
  mutating func takeSuffix(_ sign: String) -> Bool {
    guard rest.hasPrefix(sign) else { return false }
    rest = rest.dropFirst(sign.count)
    return true
  }

  var isAtEndOfSequence: Bool {
    let next = rest.drop { $0 == " " }
    return next.isEmpty || next.hasPrefix("->") || next.hasPrefix("=>") || next.hasPrefix(")") || next.hasPrefix("|")
  }

  mutating func label() -> ErrorRules.Label {
    if take("a:") { return .a }
    if take("b:") { return .b }
    if take("c:") { return .child }
    return .none
  }

  mutating func word() -> String {
    skipSpaces()
    let word = rest.prefix { $0.isLetter || $0 == "." }
    rest = rest.dropFirst(word.count)
    return String(word)
  }

  mutating func quoted(_ quote: Character) -> String? {
    skipSpaces()
    guard rest.first == quote else { return nil }
    let inside = rest.dropFirst().prefix { $0 != quote }
    rest = rest.dropFirst(inside.count + 2)
    return String(inside)
  }

  /// The rest of the line, which is a message in double quotes.
  mutating func message() -> String {
    skipSpaces()
    precondition(rest.first == "\"" && rest.last == "\"", "A message of the error grammar is not in quotes.")
    let message = rest.dropFirst().dropLast()
    rest = ""
    return String(message.replacing("\\\"", with: "\""))
  }
}

extension TokenKind {
  /// The token that a spelling stands for.
  static func spelled(_ spelling: String) -> TokenKind? {
    var tokenizer = Tokenizer(SourceText(expression: Array(spelling.utf8), filename: ""), mode: .expression)
    tokenizer.run()
    if let kind = tokenizer.tokens.first?.kind, kind != .error { return kind }
    return [
      "(": .leftParen, "[": .leftBracket, "{": .leftBrace, ")": .rightParen, "]": .rightBracket,
      "}": .rightBrace,
    ][spelling]
  }
}
