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
  /// One of the outcomes that the API names.
  package var outcome: String
  package var stdout: String
  package var stderr: String
  package var errorType: String?
  package var errorMessage: String?
  package var ticks: Int
  package var memoryBytes: Int
  /// Wall-clock time, as the broker saw it; a worker leaves it at zero.
  package var seconds = 0.0

  package init(
    outcome: String, stdout: String = "", stderr: String = "", errorType: String? = nil, errorMessage: String? = nil,
    ticks: Int = 0, memoryBytes: Int = 0
  ) {
    self.outcome = outcome
    self.stdout = stdout
    self.stderr = stderr
    self.errorType = errorType
    self.errorMessage = errorMessage
    self.ticks = ticks
    self.memoryBytes = memoryBytes
  }
}
