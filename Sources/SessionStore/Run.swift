/// One evaluation of one snippet as it is kept; it never changes.
package struct Run: Equatable, Sendable {
  package let source: String
  /// One of the outcomes that schema.sql lists.
  package let outcome: String
  package let createdAt: Int64
  package let stdout: String
  package let stderr: String
  /// The repr of a last expression that is not None.
  package let result: String?
  /// A JSON object, as the API answers it.
  package let error: String?
  /// A JSON object: limit name to the amount used.
  package let usage: String

  package init(
    source: String, outcome: String, createdAt: Int64, stdout: String = "", stderr: String = "",
    result: String? = nil, error: String? = nil, usage: String = "{}"
  ) {
    self.source = source
    self.outcome = outcome
    self.createdAt = createdAt
    self.stdout = stdout
    self.stderr = stderr
    self.result = result
    self.error = error
    self.usage = usage
  }
}
