/// What is wrong with a source, told as CPython 3.11 tells it.
package struct SyntaxError: Error, Equatable, Sendable {
  /// Which Python exception it is.
  package enum Kind: Sendable {
    case syntax, indentation, tab
    /// `MemoryError`: nested deeper than CPython's parser goes.
    case memory
    /// `RecursionError`: a tree deeper than a compiler can walk.
    case recursion
  }

  package var kind: Kind
  package var message: String
  package var filename: String
  package var line: Int32
  /// In characters from 1, as CPython's `offset`; 0 where CPython knows no column.
  package var column: Int32
  package var endLine: Int32
  package var endColumn: Int32
  /// The source line.
  package var text: String?
  /// More lines could make the source right: the tokenizer had reached its end when the parser gave up.
  package var isIncomplete: Bool

  package init(
    kind: Kind = .syntax, message: String, filename: String = "<string>", line: Int32, column: Int32, endLine: Int32,
    endColumn: Int32, text: String?, isIncomplete: Bool = false
  ) {
    self.kind = kind
    self.message = message
    self.filename = filename
    self.line = line
    self.column = column
    self.endLine = endLine
    self.endColumn = endColumn
    self.text = text
    self.isIncomplete = isIncomplete
  }
}

/// What a source is parsed as: the modes `exec`, `single` and `eval` of `compile`.
package enum ParseMode: Sendable {
  case module, interactive, expression
}

/// What `compile`'s flags change about parsing.
package struct ParseOptions: OptionSet, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The source was a `str`: a coding cookie says nothing (`PyCF_IGNORE_COOKIE`).
  package static let ignoreCookie = ParseOptions(rawValue: 1)
  /// The end of an interactive source does not close its blocks (`PyCF_DONT_IMPLY_DEDENT`).
  package static let keepBlocksOpen = ParseOptions(rawValue: 2)
}
