import PythonInterpreter
import PythonRuntime

/// How much a run may use. Each limit is a number of its unit.
package struct RunLimits: Equatable, Sendable {
  /// Time on a processor's slices, so that a run's end does not depend on how many others there are.
  package var seconds: Double
  package var ticks: Int
  package var memoryBytes: Int
  package var outputBytes: Int
  package var recursion: Int
  /// How many steps a recorder keeps.
  package var recordedSteps: Int

  package init(
    seconds: Double, ticks: Int, memoryBytes: Int, outputBytes: Int, recursion: Int, recordedSteps: Int = 100_000
  ) {
    self.seconds = seconds
    self.ticks = ticks
    self.memoryBytes = memoryBytes
    self.outputBytes = outputBytes
    self.recursion = recursion
    self.recordedSteps = recordedSteps
  }
}

/// How closely a run is watched.
package enum Trace: Int, Sendable {
  case none, cells, steps
}

/// What a run begins with.
package enum RunStart: Sendable {
  /// A fresh instance.
  case fresh
  /// A session's instance, as it was kept.
  case image(Image)
  /// The instance that a worker still has alive, as `LiveState` names it; the answer says when there is none.
  case live
}

/// Which state of which session a run begins with and brings about, so that a worker can keep the instance alive between
/// two runs. A run that leaves the session where it was (crashed, cancelled) brings about nothing.
package struct LiveState: Equatable, Sendable {
  package var session: String
  /// The state before: whatever number the caller gave it.
  package var before: Int
  package var after: Int

  package init(session: String, before: Int, after: Int) {
    self.session = session
    self.before = before
    self.after = after
  }
}

/// What-if: see the runtime's.
package typealias CellChange = PythonRuntime.CellChange

/// What a worker is asked to do: one snippet, under limits.
package struct RunRequest: Sendable {
  package var source: String
  /// The source as it stands in a file, where that is not UTF-8; `source` is empty then.
  package var sourceBytes: [UInt8]?
  package var filename = "<snippet>"
  /// What `input()` reads.
  package var input: [UInt8] = []
  /// What random numbers depend on, unless the snippet seeds them itself.
  package var seed = 0
  /// What the run's clock shows at its start, in seconds since 1970.
  package var clock = 0.0
  package var limits: RunLimits
  package var trace = Trace.none
  /// What-if: a cell that is set on the way.
  package var change: CellChange?
  package var start = RunStart.fresh
  /// Whether the answer has an image of the instance.
  package var keepsImage = false
  /// Keeps the instance alive in its worker after the run, for a while.
  package var live: LiveState?
  /// A whole program, and not a snippet: its last expression is not shown, it reads what it wants while it runs, and its
  /// output is told and not kept.
  package var isProgram = false
  /// Who asks: each client has a bounded share of the line. Empty for the service itself.
  package var client = ""

  package init(source: String, limits: RunLimits) {
    self.source = source
    self.limits = limits
  }
}

/// A question about a run: it is run again in a worker, watched, and the question answered from what was seen.
package struct InspectRequest: Sendable {
  /// The run in question; its image, live state and report are not kept.
  package var run: RunRequest
  /// The question, as `InspectQuery` writes it.
  package var query: [UInt8]
  /// Names the run to the pool: a worker that has looked at it is asked again.
  package var home: String

  package init(run: RunRequest, query: [UInt8], home: String = "") {
    self.run = run
    self.query = query
    self.home = home
  }
}
