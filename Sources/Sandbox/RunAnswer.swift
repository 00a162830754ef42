import PythonRuntime

/// What became of a run.
package struct RunAnswer: Sendable {
  /// How a run ended, by the names of the API.
  package enum Outcome: String, Sendable, CaseIterable {
    case ok, exception, recursion, time, ticks, memory, output, cancelled, crashed
    case syntaxError = "syntax_error"
  }

  /// A part of what the snippet printed, in order.
  package struct Piece: Equatable, Sendable {
    /// Seconds since the run began.
    package var time: Double
    package var isError: Bool
    package var text: String

    package init(time: Double = 0, isError: Bool, text: String) {
      self.time = time
      self.isError = isError
      self.text = text
    }
  }

  /// An entry of a traceback, or the place of bad source: `TracebackEntry` as it passes to the broker. Lines count from
  /// 1; columns are characters from 0, the end being the one after the last.
  package struct Frame: Equatable, Sendable {
    package var file: String
    /// Nil for the place of a SyntaxError.
    package var function: String?
    package var line: Int
    package var endLine: Int?
    package var column: Int?
    package var endColumn: Int?
    /// The line as it stands in the source, where that is known.
    package var source: String?

    package init(
      file: String, function: String?, line: Int, endLine: Int? = nil, column: Int? = nil, endColumn: Int? = nil,
      source: String? = nil
    ) {
      self.file = file
      self.function = function
      self.line = line
      self.endLine = endLine
      self.column = column
      self.endColumn = endColumn
      self.source = source
    }
  }

  /// The exception that ended the snippet.
  package struct Failure: Equatable, Sendable {
    package var type: String
    package var message: String
    /// Python's own traceback, which the snippet's error output ends with too.
    package var text: String
    package var frames: [Frame]

    package init(type: String, message: String, text: String, frames: [Frame] = []) {
      self.type = type
      self.message = message
      self.text = text
      self.frames = frames
    }
  }

  /// What the run used.
  package struct Usage: Equatable, Sendable {
    package var ticks = 0
    package var memoryBytes = 0
    package var outputBytes = 0
    package var steps = 0
    /// Time on a processor's slices.
    package var seconds = 0.0

    package init() {}
  }

  /// How many bytes each stream would have had, where the limit on output cut it.
  package struct Truncation: Equatable, Sendable {
    package var stdout: Int?
    package var stderr: Int?

    package init() {}
  }

  /// Why a run did not even begin: what it was to begin with cannot be had.
  package enum StateProblem: Int, Error {
    /// No worker has the instance alive.
    case missing = 1
    case damaged, otherBuild
  }

  package var outcome: Outcome
  package var pieces: [Piece] = []
  /// The representation of a last expression that is not None, as an interactive session shows it.
  package var result: String?
  package var error: Failure?
  package var usage = Usage()
  package var truncated = Truncation()
  /// What `SystemExit` asked for; 1 for another exception, 0 without.
  package var exitStatus = 0
  package var image: Image?
  /// What the inspector has to say, as JSON.
  package var report: [UInt8]?
  /// Why the cell was not set that was to be set on the way: the run is not the one that was asked for.
  package var changeFailure: CellChange.Failure?
  /// When this is not nil, nothing has run.
  package var stateProblem: StateProblem?

  package init(_ outcome: Outcome) {
    self.outcome = outcome
  }

  /// Everything that went to one of the two streams.
  package func text(isError: Bool) -> String {
    pieces.filter { $0.isError == isError }.map(\.text).joined()
  }
}

/// What is told of a run while it goes on.
package enum RunEvent: Sendable {
  case output(RunAnswer.Piece)
  case progress(ticks: Int, seconds: Double)
}

/// The answer to a question about a run: a document as the API gives it.
package struct InspectAnswer: Equatable, Sendable {
  /// A status of HTTP.
  package var status: Int
  package var contentType: String
  package var body: [UInt8]

  package init(status: Int, contentType: String = "application/json", body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }
}
