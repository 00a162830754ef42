import PythonSyntax

/// The lines of a source, and changes to them.
struct SourceLines {
  let lines: [String]

  init(_ source: [UInt8]) {
    lines = String(decoding: source, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
  }

  func line(_ number: Int) -> String { lines.indices.contains(number - 1) ? lines[number - 1] : "" }

  /// The white space that a line begins with.
  func indent(_ number: Int) -> String { String(line(number).prefix { $0 == " " || $0 == "\t" }) }

  /// A column in bytes as one in characters.
  func column(_ line: Int, _ bytes: Int32) -> Int {
    String(decoding: self.line(line).utf8.prefix(Int(bytes)), as: UTF8.self).count
  }

  /// What stands at a place.
  func text(_ span: Span) -> String {
    guard span.line == span.endLine else { return "" }
    return String(
      decoding: line(Int(span.line)).utf8.dropFirst(Int(span.column)).prefix(Int(span.endColumn - span.column)),
      as: UTF8.self)
  }

  /// Puts text before a place.
  func insert(_ text: String, _ line: Int32, _ column: Int32) -> Fix.Edit {
    let column = self.column(Int(line), column)
    return Fix.Edit(line: Int(line), column: column, endLine: Int(line), endColumn: column, text: text)
  }

  /// Puts whole lines before a line.
  func insertLines(_ text: String, before line: Int) -> Fix.Edit {
    Fix.Edit(line: line, column: 0, endLine: line, endColumn: 0, text: text)
  }

  /// Replaces what stands at a place.
  func replace(_ span: Span, with text: String) -> Fix.Edit {
    Fix.Edit(
      line: Int(span.line), column: column(Int(span.line), span.column), endLine: Int(span.endLine),
      endColumn: column(Int(span.endLine), span.endColumn), text: text)
  }

  /// Puts a statement at the start of a block's body, after its documentation.
  func insertStatement(_ text: String, in block: Block) -> Fix.Edit? {
    var body = block.body[...]
    if body.count > 1, case .expression(let first)? = body.first?.kind, case .constant(.string) = first.kind {
      body = body.dropFirst()
    }
    guard let first = body.first else { return nil }
    let isInline = line(Int(first.span.line)).utf8.prefix(Int(first.span.column)).contains { $0 != 32 && $0 != 9 }
    if isInline {
      return text.contains("\n") ? nil : insert("\(text); ", first.span.line, first.span.column)
    }
    let indent = indent(Int(first.span.line))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { "\(indent)\($0)\n" }.joined()
    return insertLines(lines, before: Int(first.span.line))
  }

  /// The source with changes; they must not overlap.
  func applying(_ edits: [Fix.Edit]) -> String {
    var lines = self.lines
    for edit in edits.sorted(by: { ($0.line, $0.column) > ($1.line, $1.column) }) {
      guard lines.indices.contains(edit.line - 1), edit.endLine >= edit.line else { continue }
      let head = lines[edit.line - 1].prefix(edit.column)
      let tail = lines.indices.contains(edit.endLine - 1) ? lines[edit.endLine - 1].dropFirst(edit.endColumn) : ""
      let end = min(edit.endLine, lines.count)
      lines.replaceSubrange(
        edit.line - 1..<end,
        with: (head + edit.text + tail).split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
    return lines.joined(separator: "\n")
  }
}
