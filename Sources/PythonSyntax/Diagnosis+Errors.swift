extension Diagnosis {
  // MARK: Matches

  func firstToken(_ match: Match) -> Int {
    match < 0 ? Int(-1 - match) : nodes[Int(match)].first
  }

  /// The token behind the match.
  private func endToken(_ match: Match) -> Int {
    match < 0 ? Int(-match) : nodes[Int(match)].end
  }

  private func kind(_ match: Match) -> ErrorRules.NodeKind {
    if match >= 0 { return nodes[Int(match)].kind }
    switch tokens[Int(-1 - match)].kind {
    case .name: return .name
    case .none: return .none
    case .true: return .true
    case .false: return .false
    case .ellipsis: return .ellipsis
    default: return .literal
    }
  }

  private func children(_ match: Match) -> [Match] {
    match > 0 ? nodes[Int(match)].children : []
  }

  /// The last expression in the last clause of a comprehension.
  private func lastOfClauses(_ match: Match) -> Match {
    guard let clause = children(match).last, let last = children(clause).last else { return match }
    return last
  }

  // MARK: Checks

  /// A check that finds nothing wrong hands on a match, or nothing.
  mutating func run(_ check: ErrorRules.Check, _ a: Match, _ b: Match) -> Match? {
    switch check {
    case .assignmentTarget: tellTarget(a, isFor: false, isDelete: false)
    case .deleteTarget: tellTarget(a, isFor: false, isDelete: true)
    case .forTarget: tellTarget(a, isFor: true, isDelete: false)
    case .legacy:
      let name = parser.text(tokens[firstToken(a)])
      if isLegacy(a) { tell("Missing parentheses in call to '\(name)'. Did you mean \(name)(...)?", .through, a, b) }
    case .comma:
      if !isLegacy(a) && tokens[mark - 1].level > 0 {
        tell("invalid syntax. Perhaps you forgot a comma?", .through, a, b)
      }
    case .key:
      let token = tokens[endToken(a) - 1]
      tell(
        "':' expected after dictionary key", line: tokens[firstToken(a)].line, column: token.endColumn,
        endLine: token.endLine, endColumn: 0)
    case .bareGenerator:
      // A single argument needs no parentheses.
      let positional = children(a).filter { kind($0) != .keyword && kind($0) != .doubleStar }
      if positional.count > 1, let last = positional.last {
        tell("Generator expression must be parenthesized", from: last, to: lastOfClauses(b))
      }
    case .argumentOrder:
      let isUnpacking = children(a).contains { kind($0) == .doubleStar }
      tell("positional argument follows keyword argument\(isUnpacking ? " unpacking" : "")", .here, 0, 0)
    case .real, .imaginary:
      let token = tokens[endToken(a) - 1]
      let isImaginary = source.bytes[Int(token.end) - 1] | 0x20 == UInt8(ascii: "j")
      if isImaginary == (check == .imaginary) { return a }
      tell("\(check.rawValue) number required in complex literal", .at, a, 0)
    case .blockMissing:
      tell("expected an indented block", .here, 0, 0)
      error?.kind = .indentation
    }
    return nil
  }

  private func isLegacy(_ match: Match) -> Bool {
    guard kind(match) == .name else { return false }
    let name = parser.text(tokens[firstToken(match)])
    return name == "print" || name == "exec"
  }

  private mutating func tellTarget(_ match: Match, isFor: Bool, isDelete: Bool) {
    guard let bad = invalidTarget(match, isFor: isFor, isDelete: isDelete) else { return }
    tell("cannot \(isDelete ? "delete" : "assign to") %", .at, bad, 0)
  }

  /// The first part of an expression that cannot be assigned to or deleted.
  private func invalidTarget(_ match: Match, isFor: Bool, isDelete: Bool) -> Match? {
    switch kind(match) {
    case .name, .attribute, .subscript: return nil
    case .list, .tuple:
      for child in children(match) {
        if let bad = invalidTarget(child, isFor: isFor, isDelete: isDelete) { return bad }
      }
      return nil
    case .starred:
      guard !isDelete, let value = children(match).first else { return match }
      return invalidTarget(value, isFor: isFor, isDelete: isDelete)
    case .compare where isFor:
      // `for f() in x` was read as a comparison.
      let parts = children(match)
      guard parts.count > 1, kind(parts[1]) == .membership else { return nil }
      return invalidTarget(parts[0], isFor: isFor, isDelete: isDelete)
    default: return match
    }
  }

  // MARK: Telling

  mutating func tell(_ message: String, _ place: ErrorRules.Place, _ a: Match, _ b: Match) {
    let text = message.contains("%") ? message.replacing("%", with: kind(a).description) : message
    switch place {
    case .at: tell(text, from: a, to: a)
    case .through: tell(text, from: a, to: b)
    case .throughLast: tell(text, from: a, to: children(b).last ?? b)
    case .throughClause: tell(text, from: a, to: lastOfClauses(b))
    case .startingAt:
      let token = tokens[firstToken(a)]
      let end = tokens[filled - 1]
      tell(text, line: token.line, column: token.column + 1, endLine: end.endLine, endColumn: cursorColumn)
    case .here:
      let token = tokens[filled - 1]
      tell(
        text, line: token.line, column: token.column < 0 ? cursorColumn : token.column + 1, endLine: token.endLine,
        endColumn: token.endColumn < 0 ? -1 : token.endColumn + 1)
    }
  }

  private mutating func tell(_ message: String, from first: Match, to last: Match) {
    let start = tokens[firstToken(first)]
    let end = tokens[max(endToken(last) - 1, firstToken(last))]
    tell(
      message, line: start.line, column: start.column + 1, endLine: end.endLine, endColumn: end.endColumn + 1)
  }

  mutating func tellMissingBlock(after: String, line: Int32) {
    tell("expected an indented block after \(after) on line \(line)", .here, 0, 0)
    error?.kind = .indentation
  }

  mutating func tell(_ fault: LiteralFault) {
    switch fault {
    case .message(let message): tell(message, .here, 0, 0)
    case .expression(let inner): error = inner
    case .tree(let failure):
      error = SyntaxError(
        kind: failure == .tooHigh ? .recursion : .memory,
        message: failure == .tooHigh ? Self.recursionMessage : "", filename: source.filename,
        line: tokens[mark].line, column: 0, endLine: tokens[mark].line, endColumn: 0, text: nil)
    }
  }

  static let recursionMessage = "maximum recursion depth exceeded during compilation"

  /// How far into its line the tokenizer had read, in bytes.
  private var cursorColumn: Int32 {
    let token = tokens[filled - 1]
    switch token.kind {
    // The end of the line was read with it.
    case .newline where token.column >= 0: return token.endColumn + 1
    case .error: return Int32(tokenizer.position - tokenizer.lineStart)
    case .newline, .dedent, .indent, .endMarker:
      // At its end, the tokenizer stays behind the last line.
      let isAtEnd = Int(token.end) == source.count && source.count > 0
      return token.end - Int32(source.lineStart(of: Int(token.end) - (isAtEnd ? 1 : 0)))
    default: return token.endColumn
    }
  }

  /// Where the line begins that the tokenizer had come to.
  private var currentLineStart: Int {
    let last = tokens[filled - 1]
    if last.kind == .error { return tokenizer.lineStart }
    let end = Int(last.end)
    return source.lineStart(of: end == source.count && end > 0 && last.kind != .string ? end - 1 : end)
  }

  /// Where CPython's buffer begins when the tokenizer has read the last token: at its line, or at an earlier one that a
  /// string or a backslash joins to it.
  private var bufferStart: Int {
    var start = currentLineStart
    var index = min(filled, tokens.count) - 1
    while start > 0 {
      while index > 0, Int(tokens[index].start) >= start { index -= 1 }
      let token = tokens[index]
      let line = source.lineStart(of: Int(token.start))
      if token.kind == .string && Int(token.start) < start && Int(token.end) > start {
        start = line
      } else if start >= 2, source.bytes[start - 2] == UInt8(ascii: "\\"), token.kind != .newline,
        Int(token.end) < start, !source.bytes[Int(token.end)..<start].contains(UInt8(ascii: "#"))
      {
        start = source.lineStart(of: start - 1)
      } else {
        break
      }
    }
    return start
  }

  /// Sets the error, unless there is one. Columns are in bytes from 1.
  mutating func tell(_ message: String, line: Int32, column: Int32, endLine: Int32, endColumn: Int32) {
    if error != nil { return }
    let currentLine = tokens[max(filled - 1, 0)].endLine
    let unshifted = isReplacement ? shift : 0
    var text = ""
    if filled > 0 && currentLine <= line {
      var end = currentLineStart
      while end < source.count, source.bytes[end] != 10 { end += 1 }
      text = String(decoding: source.bytes[bufferStart..<min(end + 1, source.count)], as: UTF8.self)
    } else if let start = source.startOfLine(line - (tokenizer.startLine - 1)) {
      text = source.lineText(from: start)
    }
    // Of an empty source CPython has read no line.
    let line = source.count == 0 ? 0 : line
    let endLine = source.count == 0 ? 0 : endLine
    error = SyntaxError(
      message: (isReplacement ? "f-string: " : "") + message, filename: source.filename, line: line,
      column: characters(in: text, before: column - unshifted), endLine: endLine,
      endColumn: endColumn > 0 ? characters(in: text, before: endColumn - unshifted) : endColumn - unshifted,
      text: text)
  }

  /// How many characters begin in the first `count` bytes of a line.
  private func characters(in text: String, before count: Int32) -> Int32 {
    if count <= 0 { return count < 0 ? 0 : count }
    let bytes = text.utf8
    let clipped = min(Int(count), bytes.count + 1)
    if bytes.count == text.unicodeScalars.count { return Int32(clipped) }
    let prefix = String(decoding: bytes.prefix(clipped), as: UTF8.self).unicodeScalars.count
    return Int32(prefix + (clipped > bytes.count ? 1 : 0))
  }

  // MARK: The tokenizer's errors

  mutating func tellTokenError() {
    guard error == nil else { return }
    let token = tokens[tokens.count - 1]
    switch tokenizer.fault {
    case .told(let told): error = told
    case .dedent:
      tell("unindent does not match any outer indentation level", .here, 0, 0)
      error?.kind = .indentation
    case .tabs:
      tell(
        "inconsistent use of tabs and spaces in indentation", line: token.line, column: 1, endLine: token.line,
        endColumn: 0)
      error?.kind = .tab
    case .tooManyIndents:
      tell("too many levels of indentation", line: token.line, column: 1, endLine: token.line, endColumn: 0)
      error?.kind = .indentation
    case .characterAfterBackslash:
      tell(
        "unexpected character after line continuation character", line: token.line,
        column: Int32(tokenizer.position - bufferStart), endLine: token.line, endColumn: 0)
    case .endOfFile:
      if tokenizer.brackets.isEmpty { tell("unexpected EOF while parsing", .here, 0, 0) } else { tellUnclosed() }
    case nil: tell("invalid syntax", .here, 0, 0)
    }
  }

  private mutating func tellUnclosed() {
    guard let bracket = tokenizer.brackets.last else { return }
    tell(
      "'\(Character(Unicode.Scalar(bracket.byte)))' was never closed", line: bracket.line, column: bracket.column + 1,
      endLine: bracket.line, endColumn: 0)
  }

  // MARK: Conclusion

  /// The error to tell when both passes are over; `lastToken` is the last that the first pass looked at.
  mutating func conclude(lastToken: Int) -> SyntaxError {
    if let error {
      // An error of the tokenizer further on goes before one of the grammar.
      if tokens[filled - 1].kind != .error && !hasReadAll, error.kind != .memory, error.kind != .recursion {
        return laterTokenError() ?? error
      }
      return error
    }
    let token = tokens[lastToken]
    if token.kind == .indent || token.kind == .dedent {
      tell(token.kind == .indent ? "unexpected indent" : "unexpected unindent", .here, 0, 0)
      error?.kind = .indentation
    } else {
      tell("invalid syntax", .at, Match(-1 - lastToken), 0)
      if let later = laterTokenError() { return later }
    }
    return error
      ?? SyntaxError(
        message: "invalid syntax", filename: source.filename, line: token.line, column: 0, endLine: token.line,
        endColumn: 0, text: nil)
  }

  private var hasReadAll: Bool { tokens[filled - 1].kind == .endMarker }

  /// What the tokenizer finds wrong in the rest of the source.
  private mutating func laterTokenError() -> SyntaxError? {
    let line = tokens[filled - 1].line
    guard tokens[tokens.count - 1].kind == .error else { return nil }
    if case .told(let told) = tokenizer.fault { return told }
    if let bracket = tokenizer.brackets.last, line > bracket.line {
      let first = error
      error = nil
      filled = tokens.count
      tellUnclosed()
      return error ?? first
    }
    return nil
  }
}

/// An error told at the last token that the parser took.
func diagnose(_ parser: Parser, _ tokenizer: Tokenizer, message: String) -> SyntaxError {
  var diagnosis = Diagnosis(parser, tokenizer, mode: .interactive, isReplacement: false, shift: 0)
  diagnosis.filled = parser.index
  diagnosis.tell(message, .here, 0, 0)
  return diagnosis.error ?? diagnosis.conclude(lastToken: parser.index - 1)
}

/// What is wrong with a source that the parser refused.
func diagnose(
  _ parser: Parser, _ tokenizer: Tokenizer, failure: Parser.Failure = .syntax, mode: ParseMode,
  isReplacement: Bool = false, shift: Int32 = 0
) -> SyntaxError {
  var diagnosis = Diagnosis(parser, tokenizer, mode: mode, isReplacement: isReplacement, shift: shift)
  if failure == .syntax { return diagnosis.run() }
  diagnosis.filled = 1
  diagnosis.mark = min(parser.index, parser.tokens.count - 1)
  diagnosis.tell(LiteralFault.tree(failure))
  return diagnosis.conclude(lastToken: diagnosis.mark)
}
