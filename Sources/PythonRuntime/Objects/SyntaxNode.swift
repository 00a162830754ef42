import PythonBytecode

/// A syntax tree on its way between the parser and Python's module `ast`: nodes by the name of their class, their fields in the order of
/// `SyntaxGrammar`.
package indirect enum SyntaxNode: Sendable {
  case node(String, [SyntaxNode], NodePlace?)
  case list([SyntaxNode])
  case identifier(String)
  case constant(CodeConstant)
  case int(Int)
  case none
}

/// Where a node stands in its source, as its attributes `lineno` to `end_col_offset` say.
package struct NodePlace: Sendable {
  package var line: Int32
  package var column: Int32
  package var endLine: Int32
  package var endColumn: Int32

  package init(line: Int32, column: Int32, endLine: Int32, endColumn: Int32) {
    self.line = line
    self.column = column
    self.endLine = endLine
    self.endColumn = endColumn
  }
}
