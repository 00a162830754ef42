import PythonSyntax

/// Makes the errors of the compiler: CPython's message at a place of the source.
struct CompileErrors {
  let filename: String
  /// Empty when only the tree is known.
  let source: [UInt8]

  func syntax(_ message: String, _ span: Span) -> SyntaxError {
    SyntaxError(
      message: message, filename: filename, line: span.line, column: span.column &+ 1, endLine: span.endLine,
      endColumn: span.endColumn &+ 1, text: line(span.line))
  }

  func tooDeep(_ span: Span) -> SyntaxError {
    SyntaxError(
      kind: .recursion, message: "maximum recursion depth exceeded during compilation", filename: filename,
      line: span.line, column: span.column &+ 1, endLine: span.endLine, endColumn: span.endColumn &+ 1, text: nil)
  }

  private func line(_ number: Int32) -> String? {
    guard !source.isEmpty, number > 0 else { return nil }
    let lines = source.split(separator: 10, maxSplits: Int(number), omittingEmptySubsequences: false)
    guard lines.count >= Int(number) else { return nil }
    return String(decoding: lines[Int(number) - 1], as: UTF8.self)
  }
}

/// How deep trees may nest: the recursive walks need up to some kilobytes of stack for each level.
let maximumTreeDepth = 2500
