/// Parses a source, or throws what CPython 3.11 would say is wrong with it.
///
/// The source is UTF-8, or what its coding cookie says (UTF-8, Latin-1, ASCII). `warn` is told of what is right but hardly meant.
package func parse(
  _ source: [UInt8], filename: String, mode: ParseMode, options: ParseOptions = [],
  warn: (SourceWarning) -> Void = { _ in }
) throws(SyntaxError) -> Module {
  let text = try SourceText(source, filename: filename, mode: mode, options: options)
  var tokenizer = Tokenizer(text, mode: mode, options: options)
  tokenizer.run()
  var parser = Parser(source: text, tokens: tokenizer.tokens)
  let module: Module
  do throws(Parser.Failure) {
    switch mode {
    case .module: module = try parser.parseModule()
    case .interactive: module = try parser.parseInteractive()
    case .expression: module = try parser.parseExpressionSource()
    }
  } catch {
    throw diagnose(parser, tokenizer, failure: error, mode: mode)
  }
  if mode == .interactive && !restIsBlank(text, after: parser) {
    throw diagnose(parser, tokenizer, message: "multiple statements found while compiling a single statement")
  }
  (tokenizer.warnings + parser.warnings).forEach(warn)
  return module
}

/// Whether only white space and comments follow the one statement of an interactive source.
private func restIsBlank(_ source: SourceText, after parser: Parser) -> Bool {
  var position = Int(parser.tokens[parser.index - 1].end)
  while position < source.count {
    switch source.bytes[position] {
    case 32, 9, 10, 12: position += 1
    case UInt8(ascii: "#"):
      while position < source.count, source.bytes[position] != 10 { position += 1 }
    default: return false
    }
  }
  return true
}
