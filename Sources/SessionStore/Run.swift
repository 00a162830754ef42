/// One evaluation of one snippet as it is kept; it never changes.
package struct Run: Equatable, Sendable {
  package var source: String
  package var stdin = ""
  package var createdAt: Int64
  package var seed: Int64 = 0
  package var clock: Int64 = 0
  /// A JSON object: limit name to number.
  package var limits = "{}"
  /// One of the outcomes that schema.sql lists.
  package var outcome: String
  package var stdout = ""
  package var stderr = ""
  /// JSON: for each piece of output its time in seconds, 1 for stderr or 0, and its bytes.
  package var pieces = "[]"
  /// The repr of a last expression that is not None.
  package var result: String?
  /// A JSON object, as the API answers it.
  package var error: String?
  /// A JSON object: limit name to the amount used.
  package var usage = "{}"
  /// A JSON object: how many bytes each stream had before it was cut.
  package var truncated = "{}"
  /// A JSON object: what the inspector reports of the run's end.
  package var report: String?
  /// A JSON object: the cell that was set on the way, at which step and to what.
  package var change: String?

  package init(source: String, outcome: String, createdAt: Int64) {
    self.source = source
    self.outcome = outcome
    self.createdAt = createdAt
  }

  /// Outcomes that say nothing about the snippet: where they come, the session stays as it was before the run.
  private static let passing: Set<String> = ["time", "cancelled", "crashed"]

  /// Whether the session goes on from where this run ended.
  package var leavesState: Bool { !Run.passing.contains(outcome) }
}

/// A run at its place in a session.
package struct NumberedRun: Equatable, Sendable {
  package let number: Int
  package let key: Int64
  /// The run whose image it started from; nil when it started afresh.
  package let parent: Int64?
  package let run: Run
}

/// What a list shows of a run.
package struct RunSummary: Equatable, Sendable {
  package let number: Int
  package let createdAt: Int64
  package let startedAfresh: Bool
  package let outcome: String
  /// The beginning of the source.
  package let source: String
  package let sourceBytes: Int
  package let result: String?
  /// A JSON object, as the API answers it.
  package let error: String?
  /// A JSON object: limit name to the amount used.
  package let usage: String
  /// A JSON object: the cell that was set on the way.
  package let change: String?
}

/// What search can find a run by, beside its words.
package struct Findings: Equatable, Sendable {
  /// Names of captured variables, each with the most functions that share a cell of that name.
  package var cells: [String: Int] = [:]
  /// Qualified names of closures.
  package var functions: Set<String> = []
  /// The type of the exception that ended the run.
  package var raised: String?

  package init() {}
}
