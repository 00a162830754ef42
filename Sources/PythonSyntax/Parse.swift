/// Parses a source, or throws what CPython 3.11 would say is wrong with it.
///
/// The source is UTF-8, or what its coding cookie says (UTF-8, Latin-1, ASCII).
package func parse(
  _ source: [UInt8], filename: String, mode: ParseMode, options: ParseOptions = []
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
  return module
}
