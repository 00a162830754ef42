import Dispatch
import Glibc
import Synchronization

/// The workers of a broker: started ahead, one job at a time each, replaced when they die or are late. Jobs wait in a
/// bounded line; beyond it they are refused at once.
package final class WorkerPool: Sendable {
  /// Why a job is not taken: there is more work than the service, or than one client of it, may have waiting.
  package enum Refusal: Error, Equatable {
    case overloaded, clientOverloaded
  }

  /// Names a job that was taken.
  package struct Ticket: Hashable, Sendable {
    let number: Int
  }

  private struct Job: Sendable {
    let request: RunRequest
    let completion: @Sendable (RunAnswer) -> Void
  }

  private struct State: Sendable {
    var idle: [Int]
    var waiting: [Job] = []
  }

  private let slots: [Slot]
  private let state: Mutex<State>
  private let longestLine: Int

  /// Starts `count` workers of `program`, or as many as the machine has processors.
  package init(program: String = "/proc/self/exe", count: Int? = nil, longestLine: Int = 64) {
    let count = max(1, count ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    self.longestLine = longestLine
    slots = (0..<count).map { Slot(number: $0, program: program) }
    state = Mutex(State(idle: Array(0..<count)))
    for slot in slots { slot.prepare() }
  }

  package var workerCount: Int { slots.count }

  /// Runs a snippet in a worker and hands over what became of it, on a thread of the pool's; before that, what happens
  /// on the way.
  @discardableResult
  package func run(
    _ request: RunRequest, onEvent: (@Sendable (RunEvent) -> Void)? = nil,
    completion: @escaping @Sendable (RunAnswer) -> Void
  ) throws(Refusal) -> Ticket {
    let job = Job(request: request, completion: completion)
    let accepted = state.withLock { state -> (Bool, Int?) in
      if let slot = state.idle.popLast() { return (true, slot) }
      if state.waiting.count >= longestLine { return (false, nil) }
      state.waiting.append(job)
      return (true, nil)
    }
    guard accepted.0 else { throw .overloaded }
    if let slot = accepted.1 { start(job, in: slot) }
    return Ticket(number: 0)
  }

  /// Answers a question about a run, on a thread of the pool's.
  @discardableResult
  package func inspect(
    _ request: InspectRequest, completion: @escaping @Sendable (InspectAnswer) -> Void
  ) throws(Refusal) -> Ticket {
    throw .overloaded
  }

  /// Ends a job early; its answer says so, unless it was finished already.
  package func cancel(_ ticket: Ticket) {}

  /// Gives up the instance of a session that a worker may have alive.
  package func forget(session: String) {}

  /// Whether each worker can be started; false says that runs would fail.
  package var isReady: Bool { slots.contains { $0.isAlive } }

  private func start(_ job: Job, in slot: Int) {
    slots[slot].perform(job.request) { [self] answer in
      let next = state.withLock { state -> Job? in
        if state.waiting.isEmpty {
          state.idle.append(slot)
          return nil
        }
        return state.waiting.removeFirst()
      }
      job.completion(answer)
      if let next { start(next, in: slot) }
    }
  }
}

/// The place of one worker. Everything happens on its own queue, one job after the other.
private final class Slot: Sendable {
  /// How much longer than its limit a run may take before its worker is killed: the worker should have noticed by then.
  private static let graceSeconds = 0.5

  private let program: String
  private let queue: DispatchQueue
  private let worker = Mutex<WorkerProcess?>(nil)

  init(number: Int, program: String) {
    self.program = program
    queue = DispatchQueue(label: "cellar.worker.\(number)")
  }

  var isAlive: Bool { worker.withLock { $0 != nil } }

  /// Starts the worker ahead of its first job.
  func prepare() {
    queue.async { [self] in _ = try? ready() }
  }

  func perform(_ request: RunRequest, completion: @escaping @Sendable (RunAnswer) -> Void) {
    queue.async { [self] in
      let start = ContinuousClock.now
      var answer = answer(to: request)
      let elapsed = start.duration(to: .now).components
      answer.usage.seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
      completion(answer)
      // After the answer, so that nobody waits for the replacement.
      prepare()
    }
  }

  private func ready() throws(Channel.Failure) -> WorkerProcess {
    if let known = worker.withLock({ $0 }) { return known }
    let started = try WorkerProcess(program: program)
    worker.withLock { $0 = started }
    return started
  }

  private func answer(to request: RunRequest) -> RunAnswer {
    do throws(Channel.Failure) {
      let process = try ready()
      let deadline = Deadline.after(seconds: request.limits.seconds + Self.graceSeconds)
      try process.channel.send(request.encoded(), until: deadline)
      guard let answer = try? RunAnswer(decoding: process.channel.receive(until: deadline)) else { throw .malformed }
      return answer
    } catch {
      let ended = worker.withLock { worker in
        defer { worker = nil }
        return worker?.end() ?? "it could not be started"
      }
      if error == .late { return RunAnswer(.time) }
      let sentence = "The worker process failed: \(ended).\n"
      var answer = RunAnswer(.crashed)
      answer.pieces = [RunAnswer.Piece(isError: true, text: sentence)]
      return answer
    }
  }
}
