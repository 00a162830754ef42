/// How much a run may use. Each limit is a number of its unit.
package struct RunLimits: Equatable, Sendable {
  package var seconds: Double
  package var ticks: Int
  package var memoryBytes: Int
  package var outputBytes: Int
  package var recursion: Int

  package init(seconds: Double, ticks: Int, memoryBytes: Int, outputBytes: Int, recursion: Int) {
    self.seconds = seconds
    self.ticks = ticks
    self.memoryBytes = memoryBytes
    self.outputBytes = outputBytes
    self.recursion = recursion
  }
}

/// What a worker is asked to do: one snippet, in a fresh instance, under limits.
package struct RunRequest: Equatable, Sendable {
  package var source: String
  package var limits: RunLimits

  package init(source: String, limits: RunLimits) {
    self.source = source
    self.limits = limits
  }
}

/// What became of it.
package struct RunAnswer: Equatable, Sendable {
  /// A part of what the snippet printed, in order.
  package struct Piece: Equatable, Sendable {
    package var isError: Bool
    package var text: String

    package init(isError: Bool, text: String) {
      self.isError = isError
      self.text = text
    }
  }

  /// The exception that ended the snippet.
  package struct Failure: Equatable, Sendable {
    package var type: String
    package var message: String
    /// Python's own traceback, which the snippet's error output ends with too.
    package var text: String

    package init(type: String, message: String, text: String) {
      self.type = type
      self.message = message
      self.text = text
    }
  }

  /// One of the outcomes that the API names.
  package var outcome: String
  package var pieces: [Piece]
  package var error: Failure?
  package var ticks: Int
  package var memoryBytes: Int
  /// Wall-clock time, as the broker saw it; a worker leaves it at zero.
  package var seconds = 0.0

  package init(
    outcome: String, pieces: [Piece] = [], error: Failure? = nil, ticks: Int = 0, memoryBytes: Int = 0
  ) {
    self.outcome = outcome
    self.pieces = pieces
    self.error = error
    self.ticks = ticks
    self.memoryBytes = memoryBytes
  }

  /// Everything that went to one of the two streams.
  package func text(isError: Bool) -> String {
    pieces.filter { $0.isError == isError }.map(\.text).joined()
  }
}
