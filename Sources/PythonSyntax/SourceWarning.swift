/// What is right to write and most likely not meant: CPython's `SyntaxWarning`, or `DeprecationWarning` for what will be wrong some day.
package struct SourceWarning: Equatable, Sendable {
  package var message: String
  package var span: Span
  package var isDeprecation = false

  package init(message: String, span: Span, isDeprecation: Bool = false) {
    self.message = message
    self.span = span
    self.isDeprecation = isDeprecation
  }
}
