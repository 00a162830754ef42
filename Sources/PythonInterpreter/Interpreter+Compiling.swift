import PythonBytecode
import PythonCompiler
import PythonRuntime
import PythonSyntax

extension Interpreter {
  /// Whether a source typed at the prompt is not at its end yet: more lines could make it right. An empty line ends
  /// every block, but no bracket and no string.
  package static func isIncomplete(_ source: [UInt8]) -> Bool {
    let isClosed = source.suffix(2) == [0x0A, 0x0A]
    do throws(SyntaxError) {
      _ = try PythonSyntax.parse(source, filename: "<stdin>", mode: .interactive, options: isClosed ? [] : .keepBlocksOpen)
      return false
    } catch {
      guard isClosed else { return error.isIncomplete }
      return error.message.hasSuffix("was never closed") || error.message.hasPrefix("unterminated triple-quoted")
    }
  }

  /// Compiles for the runtime, and says what it needs to raise when that fails.
  static func compile(_ request: CompileRequest) throws(CompileFailure) -> CodeObject {
    try reporting(request) { () throws(SyntaxError) in
      // CPython looks the line of an error of its compiler up in the file of that name, where there is one.
      try PythonCompiler.compile(
        tree(request), options: options(request), source: request.isFile ? request.source : [],
        warn: { request.warn(CompileWarning($0)) })
    }
  }

  private static func tree(_ request: CompileRequest) throws(SyntaxError) -> Module {
    var options = ParseOptions(rawValue: UInt8(truncatingIfNeeded: request.flags >> 8) & 3)
    if request.flags & CompileRequest.allowsIncomplete == 0 { options.remove(.keepBlocksOpen) }
    return try PythonSyntax.parse(
      request.source, filename: request.filename, mode: parseMode(request), options: options,
      warn: { request.warn(CompileWarning($0)) })
  }

  /// Parses for module `ast`.
  static func parse(_ request: CompileRequest) throws(CompileFailure) -> SyntaxNode {
    try reporting(request) { () throws(SyntaxError) in
      NodeMaker().make(try tree(request))
    }
  }

  /// The names of a source and its blocks, for module `symtable`.
  static func symbolTable(_ request: CompileRequest) throws(CompileFailure) -> SymbolTable {
    try reporting(request) { () throws(SyntaxError) in
      try PythonCompiler.symbolTable(of: try tree(request), options: options(request))
    }
  }

  /// Compiles what a program made with module `ast`.
  static func compile(_ tree: SyntaxNode, _ request: CompileRequest) throws(CompileFailure) -> CodeObject {
    var reader = TreeReader()
    let module: Module
    do throws(TreeReader.Failure) {
      module = try reader.module(tree)
    } catch {
      throw CompileFailure(kind: .value, message: error.message, filename: request.filename)
    }
    return try reporting(request) { () throws(SyntaxError) in
      try PythonCompiler.compile(module, options: options(request), warn: { request.warn(CompileWarning($0)) })
    }
  }

  private static func parseMode(_ request: CompileRequest) -> ParseMode {
    switch request.mode {
    case .module, .snippet: .module
    case .interactive: .interactive
    case .expression: .expression
    }
  }

  private static func options(_ request: CompileRequest) -> CompileOptions {
    CompileOptions(
      filename: request.filename, optimizationLevel: max(request.optimize, 0),
      futureAnnotations: request.flags & CompileRequest.futureAnnotations != 0,
      keepsResult: request.mode == .snippet)
  }

  private static func reporting<T>(
    _ request: CompileRequest, _ body: () throws(SyntaxError) -> T
  ) throws(CompileFailure) -> T {
    do throws(SyntaxError) {
      return try body()
    } catch {
      let kind: CompileFailure.Kind =
        switch error.kind {
        case .syntax: .syntax
        case .indentation: .indentation
        case .tab: .tab
        case .memory: .memory
        case .recursion: .recursion
        }
      let isIncomplete = error.isIncomplete && request.flags & CompileRequest.allowsIncomplete != 0
      throw CompileFailure(
        kind: kind, message: isIncomplete ? "incomplete input" : error.message, filename: request.filename,
        line: Int(error.line), column: Int(error.column), endLine: Int(error.endLine), endColumn: Int(error.endColumn),
        text: error.text)
    }
  }
}

extension CompileWarning {
  fileprivate init(_ warning: SourceWarning) {
    let span = warning.span
    self.init(
      message: warning.message, isDeprecation: warning.isDeprecation, line: Int(span.line),
      column: Int(span.column) + 1, endLine: Int(span.endLine), endColumn: Int(span.endColumn) + 1)
  }
}
