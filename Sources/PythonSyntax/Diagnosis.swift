/// What a source that failed to parse is told.
func diagnose(
  _ parser: Parser, _ tokenizer: Tokenizer, failure: Parser.Failure = .syntax, mode: ParseMode,
  isReplacement: Bool = false, shift: Int32 = 0
) -> SyntaxError {
  let token = parser.tokens[min(parser.index, parser.tokens.count - 1)]
  let source = parser.source
  let line = source.lineText(around: Int(token.start))
  switch failure {
  case .tooHigh:
    return SyntaxError(
      kind: .recursion, message: "maximum recursion depth exceeded during compilation", filename: source.filename,
      line: token.line, column: token.column + 1, endLine: token.endLine, endColumn: token.endColumn + 1, text: line)
  case .tooDeep:
    return SyntaxError(
      kind: .memory, message: "", filename: source.filename, line: token.line, column: token.column + 1,
      endLine: token.endLine, endColumn: token.endColumn + 1, text: line)
  case .syntax: break
  }
  if token.kind == .error, case .told(var error)? = tokenizer.fault {
    error.isIncomplete = tokenizer.reachedEnd
    return error
  }
  return SyntaxError(
    message: (isReplacement ? "f-string: " : "") + "invalid syntax", filename: source.filename, line: token.line,
    column: token.column + 1, endLine: token.endLine, endColumn: token.endColumn + 1, text: line,
    isIncomplete: tokenizer.reachedEnd && parser.index >= parser.tokens.count - 1)
}
