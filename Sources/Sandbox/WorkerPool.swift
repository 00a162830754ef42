import Glibc
import PythonRuntime

/// The workers of a broker: started ahead, given runs to do, watched, and replaced when they die, hang or take too much.
///
/// Each worker has several runs underway and gives each its slice in turn, so a long run holds up nobody. A run whose worker died through no
/// fault of its own is begun again elsewhere, which is no difference to anybody: runs are deterministic.
package final class WorkerPool: Sendable {
  /// Why a job is not taken: there is more work than the service, or than one client of it, may have.
  package enum Refusal: Error, Equatable {
    case overloaded, clientOverloaded
  }

  /// Names a job that was taken.
  package struct Ticket: Hashable, Sendable {
    let number: Int
  }

  /// How a pool is set up.
  package struct Options: Sendable {
    /// The path of the program to run as a worker.
    package var program = "/proc/self/exe"
    /// How many workers to keep; nil means one for each processor.
    package var workers: Int?
    /// How many jobs there may be at once, underway and waiting.
    package var capacity = 1_024
    /// How many of them one client may have.
    package var clientCapacity = 256
    /// Workers that are less confined are not used.
    package var requiredLevel = 1
    /// How much memory a worker may take before its largest run is ended; nil is its part of `memoryShare`.
    package var workerMemoryBytes: Int?
    /// The share of the machine's memory that all workers may have together, unless that is said for each.
    package var memoryShare = 0.5
    /// What workers' instances begin with; without one they have the built-in modules only.
    package var base: BaseImage?
    /// Told of what is worth a line in the log, on a thread of the pool's.
    package var onIncident: (@Sendable (Incident) -> Void)?

    package init() {}
  }

  /// Something that went wrong with a worker.
  package struct Incident: Sendable {
    package enum Kind: String, Sendable {
      case crashed, hung, overMemory = "over_memory", notConfined = "not_confined", notStarted = "not_started"
    }

    package var kind: Kind
    /// One sentence; never anything of a snippet's.
    package var detail: String
  }

  /// What there is and what there was.
  package struct Statistics: Equatable, Sendable {
    package var workers = 0
    package var busyWorkers = 0
    package var jobs = 0
    package var waitingJobs = 0
    package var startedWorkers = 0
    package var crashes = 0
    package var hangs = 0
    package var memoryKills = 0
    package var retries = 0
    package var refusals = 0
    package var quarantined = 0
  }

  private let core: PoolCore

  /// Starts the workers.
  package init(_ options: Options = Options()) {
    core = PoolCore(options)
    core.start()
  }

  deinit {
    core.stop()
  }

  /// Ends the workers and returns when they are gone, so that what they used counts as this process's own.
  package func close() {
    core.stop()
    core.waitForEnd()
  }

  package var workerCount: Int { core.workerCount }

  /// Runs a snippet in a worker and hands over what became of it, on a thread of the pool's; before that, what happens
  /// on the way, and that a program waits for a line to be provided. What a session's run leaves is handed over after its
  /// answer, unless the worker dies before that.
  @discardableResult
  package func run(
    _ request: RunRequest, onEvent: (@Sendable (RunEvent) -> Void)? = nil, onInput: (@Sendable () -> Void)? = nil,
    onImage: (@Sendable (RunStart.Image) -> Void)? = nil,
    completion: @escaping @Sendable (RunAnswer) -> Void
  ) throws(Refusal) -> Ticket {
    let kind = PoolJob.Kind.run(request, onEvent, completion)
    return Ticket(number: try core.submit(kind, client: request.client, onInput: onInput, onImage: onImage))
  }

  /// Answers a question about a run, on a thread of the pool's.
  @discardableResult
  package func inspect(
    _ request: InspectRequest, completion: @escaping @Sendable (InspectAnswer) -> Void
  ) throws(Refusal) -> Ticket {
    Ticket(number: try core.submit(.inspect(request, completion), client: request.run.client))
  }

  /// Has a worker try what it must not be able to do; an empty list says that it did not live to tell.
  package func probe(completion: @escaping @Sendable ([Probe.Attempt]) -> Void) throws(Refusal) {
    _ = try core.submit(.probe(completion), client: "")
  }

  /// Ends a job early; its answer says so, unless it was finished already.
  package func cancel(_ ticket: Ticket) {
    core.cancel(ticket.number)
  }

  /// Gives a program the line that it waits for; empty at the end of the input.
  package func provide(_ line: [UInt8], to ticket: Ticket) {
    core.change { $0.provide(line, to: ticket.number) }
  }

  /// Has the worker of a job fail, as a defect of ours would have it: for tests.
  package func trap(_ ticket: Ticket) {
    core.trap(ticket.number)
  }

  /// Gives up the instance of a session that a worker may have alive.
  package func forget(session: String) {
    core.forget(session)
  }

  /// Whether there are workers to do the work.
  package var isReady: Bool { confinement != nil }

  /// How far every worker is locked in; nil while none is ready.
  package var confinement: Confinement? { core.confinement }

  /// How far a worker was locked in that was refused for it.
  package var refusedConfinement: Confinement? { core.read { $0.refusedConfinement } }

  package var statistics: Statistics { core.statistics }

  /// The numbers of the workers' processes: for tests that kill them.
  package var processes: [Int32] { core.processes }

  /// Waits until a worker is ready; false when none was within the time.
  package func waitUntilReady(seconds: Double) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !isReady {
      if ContinuousClock.now > deadline { return false }
      usleep(1_000)
    }
    return true
  }
}
