import Glibc

/// All that a pool knows: its workers, its jobs, who waits. Changed under one lock, from any thread; what is to be told to others is
/// put into `effects`, and done when the lock is open again.
struct PoolState: Sendable {
  /// Attempts for a job whose workers died of themselves: while they were at it, and in all.
  private static let mostDeathsAtIt = 3
  private static let mostDeaths = 20
  private static let mostSessions = 4_096

  let options: WorkerPool.Options
  let count: Int
  let workerMemoryBytes: Int
  var workers: [PoolWorker] = []
  private(set) var jobs: [Int: PoolJob] = [:]
  private var waiting: [Int] = []
  private var nextJob = 1
  /// The job behind an assignment.
  private var assigned: [Int: Int] = [:]
  private var nextAssignment = 1
  private var nextWorker = 1
  private var clients: [String: Int] = [:]
  /// The worker that has a session's instance alive, as far as is known.
  private var homes: [String: Int] = [:]
  /// The worker that has looked at a run last.
  private var inspectors: [String: Int] = [:]
  private var quarantine = Quarantine()
  private var uses = 0
  var statistics = WorkerPool.Statistics()
  var failedStarts = 0
  private(set) var refusedConfinement: Confinement?
  var effects: [@Sendable () -> Void] = []

  init(_ options: WorkerPool.Options, count: Int, workerMemoryBytes: Int) {
    self.options = options
    self.count = count
    self.workerMemoryBytes = workerMemoryBytes
  }

  /// What was to be told; the caller does it.
  mutating func takeEffects() -> [@Sendable () -> Void] {
    if effects.isEmpty { return [] }
    defer { effects = [] }
    return effects
  }

  var current: WorkerPool.Statistics {
    var statistics = statistics
    statistics.workers = workers.count
    statistics.busyWorkers = workers.count { !$0.jobs.isEmpty }
    statistics.jobs = jobs.count
    statistics.waitingJobs = waiting.count
    statistics.quarantined = quarantine.count
    return statistics
  }

  // MARK: Jobs

  mutating func submit(
    _ kind: PoolJob.Kind, client: String, onInput: (@Sendable () -> Void)?,
    onImage: (@Sendable (RunStart.Image) -> Void)?
  ) throws(WorkerPool.Refusal) -> Int {
    guard jobs.count < options.capacity else {
      statistics.refusals += 1
      throw .overloaded
    }
    if !client.isEmpty {
      guard clients[client, default: 0] < options.clientCapacity else {
        statistics.refusals += 1
        throw .clientOverloaded
      }
      clients[client, default: 0] += 1
    }
    let number = nextJob
    nextJob += 1
    jobs[number] = PoolJob(number: number, kind: kind, client: client)
    jobs[number]?.onInput = onInput
    jobs[number]?.onImage = onImage
    if let source = jobs[number]?.request?.source, let seconds = quarantine.secondsLeft(for: source) {
      fail(number, .crashed, "This snippet has crashed its workers; it is not run again for \(seconds) seconds.")
    } else {
      dispatch(number)
    }
    return number
  }

  mutating func cancel(_ number: Int) {
    guard let job = jobs[number] else { return }
    guard let worker = job.worker, let assignment = job.assignment, let index = index(of: worker) else {
      waiting.removeAll { $0 == number }
      return fail(number, .cancelled, nil)
    }
    jobs[number]?.cancelDeadline = .now + .milliseconds(500)
    _ = workers[index].send(.cancel(job: assignment))
  }

  /// Gives a job the line that it waits for.
  mutating func provide(_ line: [UInt8], to number: Int) {
    guard jobs[number]?.waitsForInput == true, let assignment = jobs[number]?.assignment,
      let worker = jobs[number]?.worker, let index = index(of: worker)
    else { return }
    jobs[number]?.waitsForInput = false
    workers[index].rested()
    _ = workers[index].send(.input(job: assignment, line))
  }

  /// Has a worker fail while it is at a job.
  func trap(_ number: Int) {
    guard let worker = jobs[number]?.worker, var found = workers.first(where: { $0.number == worker }) else { return }
    _ = found.send(.trap(job: jobs[number]?.assignment ?? 0))
  }

  mutating func forget(_ session: String) {
    guard let home = homes.removeValue(forKey: session), let index = index(of: home) else { return }
    workers[index].owesNothing(session)
    _ = workers[index].send(.forget(session: session))
  }

  func index(of worker: Int) -> Int? {
    workers.firstIndex { $0.number == worker }
  }

  /// Gives a job to a worker, or has it wait.
  private mutating func dispatch(_ number: Int) {
    guard let job = jobs[number] else { return }
    var chosen: Int?
    if case .run(let request, _, _) = job.kind, case .live = request.start {
      let home = request.live.flatMap { homes[$0.session] }.flatMap(index)
      guard let home, !workers[home].isStuck, workers[home].jobs.count < WorkerLoop.mostJobs else {
        if let session = request.live?.session { forget(session) }
        return answer(number, .missing)
      }
      chosen = home
    } else if case .inspect(let request, _) = job.kind {
      let known = inspectors[request.home].flatMap(index)
      chosen = known.flatMap { hasRoom($0) ? $0 : nil } ?? leastBusy()
      if inspectors.count >= Self.mostSessions { inspectors.removeAll() }
      inspectors[request.home] = chosen.map { workers[$0].number }
    } else {
      chosen = leastBusy()
    }
    guard let chosen else {
      waiting.append(number)
      return
    }
    give(number, to: chosen)
  }

  private func hasRoom(_ index: Int) -> Bool {
    !workers[index].isStuck && workers[index].jobs.count < WorkerLoop.mostJobs
  }

  /// The worker that has the least to do, and of these the one that has rested longest.
  private func leastBusy() -> Int? {
    workers.indices.filter(hasRoom).min {
      let (a, b) = (workers[$0], workers[$1])
      if (a.confinement == nil) != (b.confinement == nil) { return a.confinement != nil }
      return a.jobs.count != b.jobs.count ? a.jobs.count < b.jobs.count : a.lastUse < b.lastUse
    }
  }

  private mutating func give(_ number: Int, to index: Int) {
    guard let job = jobs[number] else { return }
    let assignment = nextAssignment
    nextAssignment += 1
    let message: BrokerMessage =
      switch job.kind {
      case .run(let request, let onEvent, _): .run(job: assignment, request, tells: onEvent != nil)
      case .inspect(let request, _): .inspect(job: assignment, request)
      case .probe: .probe(job: assignment)
      }
    guard workers[index].send(message) else { return fail(number, .crashed, "There is no memory to run this.") }
    uses += 1
    workers[index].lastUse = uses
    workers[index].take(assignment)
    assigned[assignment] = number
    jobs[number]?.assignment = assignment
    jobs[number]?.worker = workers[index].number
  }

  /// Gives waiting jobs to workers, as far as there are any with room.
  mutating func dispatchWaiting() {
    while let first = waiting.first, let worker = leastBusy() {
      waiting.removeFirst()
      give(first, to: worker)
    }
  }

  /// Answers the waiting jobs when no worker can be started for them.
  mutating func failWaiting() {
    guard workers.isEmpty, failedStarts > 2 else { return }
    for number in waiting { fail(number, .crashed, "No worker process could be started.") }
    waiting = []
  }

  /// Takes jobs that a stuck worker has not begun away from it, if others can take them.
  mutating func relieve(_ index: Int) {
    let worker = workers[index]
    for assignment in worker.jobs where !worker.hasBegun(assignment) {
      guard let other = leastBusy() else { return }
      guard let number = assigned[assignment], let request = jobs[number]?.request else { continue }
      if case .live = request.start { continue }
      workers[index].jobs.removeAll { $0 == assignment }
      assigned[assignment] = nil
      _ = workers[index].send(.cancel(job: assignment))
      jobs[number]?.reset()
      give(number, to: other)
    }
  }

  // MARK: What workers say

  mutating func receive(_ message: WorkerMessage, from index: Int) throws(Channel.Failure) {
    switch message {
    case .ready(let confinement):
      failedStarts = 0
      guard confinement.level >= options.requiredLevel else {
        workers[index].doom = .notConfined
        refusedConfinement = confinement
        return incident(
          .notConfined,
          "A worker reached level \(confinement.level) of \(options.requiredLevel); missing: "
            + confinement.missing.joined(separator: ", ") + ".")
      }
      workers[index].confinement = confinement
    case .output(let assignment, let pieces):
      workers[index].outputMessages += 1
      guard let number = job(assignment, at: index) else { return }
      try take(pieces, of: number)
    case .progress(let assignment, let ticks, let seconds):
      guard let number = job(assignment, at: index), case .run(_, let onEvent?, _) = jobs[number]?.kind else { return }
      effects.append { onEvent(.progress(ticks: ticks, seconds: seconds)) }
    case .wantsInput(let assignment):
      guard let number = job(assignment, at: index), let onInput = jobs[number]?.onInput else { return }
      jobs[number]?.waitsForInput = true
      effects.append(onInput)
    case .finished(let assignment, let answer):
      guard let number = job(assignment, at: index) else { return }
      try take(answer.pieces, of: number)
      finished(number, answer, by: index)
    case .left(let assignment, let image):
      guard let onImage = workers[index].takeOnImage(of: assignment) else { return }
      effects.append { onImage(image) }
    case .inspected(let assignment, let answer):
      guard let number = job(assignment, at: index) else { return }
      guard case .inspect(_, let completion) = jobs[number]?.kind else { throw .malformed }
      end(number)
      effects.append { completion(answer) }
    case .probed(let assignment, let attempts):
      guard let number = job(assignment, at: index) else { return }
      guard case .probe(let completion) = jobs[number]?.kind else { throw .malformed }
      end(number)
      effects.append { completion(attempts) }
    }
  }

  /// The job behind an assignment that a worker has: what it says of others is not heard.
  private func job(_ assignment: Int, at index: Int) -> Int? {
    workers[index].jobs.contains(assignment) ? assigned[assignment] : nil
  }

  /// The job that a worker says it is at.
  func currentJob(of worker: PoolWorker) -> PoolJob? {
    worker.currentAssignment.flatMap { assigned[$0] }.flatMap { jobs[$0] }
  }

  private mutating func take(_ pieces: [RunAnswer.Piece], of number: Int) throws(Channel.Failure) {
    guard let events = jobs[number]?.take(pieces) else { throw .malformed }
    guard case .run(_, let onEvent?, _) = jobs[number]?.kind, !events.isEmpty else { return }
    effects.append { for event in events { onEvent(event) } }
  }

  private mutating func finished(_ number: Int, _ answer: RunAnswer, by index: Int) {
    guard let job = jobs[number], case .run(let request, _, let completion) = job.kind else { return }
    var answer = answer
    answer.pieces = job.pieces
    if let live = request.live {
      let hasMovedOn = answer.stateProblem == nil && answer.outcome != .cancelled && answer.outcome != .crashed
      homes[live.session] = hasMovedOn ? workers[index].number : nil
      if hasMovedOn, let assignment = job.assignment {
        workers[index].owes(live.session, assignment, job.onImage)
      } else {
        workers[index].owesNothing(live.session)
      }
      if homes.count > Self.mostSessions { homes.removeAll() }
    }
    end(number)
    effects.append { [answer] in completion(answer) }
  }

  /// Forgets a job whose answer is known.
  private mutating func end(_ number: Int) {
    guard let job = jobs.removeValue(forKey: number) else { return }
    if !job.client.isEmpty {
      let left = clients[job.client, default: 1] - 1
      clients[job.client] = left > 0 ? left : nil
    }
    guard let assignment = job.assignment else { return }
    assigned[assignment] = nil
    if let worker = job.worker, let index = index(of: worker) { workers[index].jobs.removeAll { $0 == assignment } }
  }

  /// Answers that nothing has run.
  private mutating func answer(_ number: Int, _ problem: RunAnswer.StateProblem) {
    guard case .run(_, _, let completion) = jobs[number]?.kind else { return }
    var answer = RunAnswer(.crashed)
    answer.stateProblem = problem
    end(number)
    effects.append { [answer] in completion(answer) }
  }

  /// Answers a job that comes to no good end, with what it has printed and a sentence on its error output.
  mutating func fail(_ number: Int, _ outcome: RunAnswer.Outcome, _ sentence: String?) {
    guard let job = jobs[number] else { return }
    if let sentence { _ = try? take([RunAnswer.Piece(isError: true, text: sentence + "\n")], of: number) }
    let pieces = jobs[number]?.pieces ?? []
    end(number)
    switch job.kind {
    case .run(_, _, let completion):
      var answer = RunAnswer(outcome)
      answer.pieces = pieces
      answer.usage.outputBytes = pieces.reduce(0) { $0 + $1.text.utf8.count }
      if outcome == .time { answer.usage.seconds = job.request?.limits.seconds ?? 0 }
      effects.append { [answer] in completion(answer) }
    case .inspect(_, let completion):
      let body = #"{"type":"about:blank","title":"Internal Server Error","status":500,"code":"inspection_failed"}"#
      effects.append {
        completion(InspectAnswer(status: 500, contentType: "application/problem+json", body: Array(body.utf8)))
      }
    case .probe(let completion): effects.append { completion([]) }
    }
  }

  mutating func incident(_ kind: WorkerPool.Incident.Kind, _ detail: String) {
    guard let onIncident = options.onIncident else { return }
    effects.append { onIncident(WorkerPool.Incident(kind: kind, detail: detail)) }
  }

  // MARK: Workers that come and go

  mutating func add(_ process: WorkerProcess) {
    process.page[.memoryBudget] = workerMemoryBytes / 2
    workers.append(PoolWorker(number: nextWorker, process: process))
    nextWorker += 1
    statistics.startedWorkers += 1
    dispatchWaiting()
  }

  /// A worker is dead: the job that it was at is answered or begun again, the others are begun again, those too that it was
  /// given since it died.
  mutating func buried(_ number: Int, _ end: WorkerProcess.End) {
    guard let index = index(of: number) else { return }
    let worker = workers.remove(at: index)
    let wasIdle = worker.doom == nil && (worker.confinement != nil || end == .signal(SIGKILL))
    let culprit = (worker.currentAssignment ?? (wasIdle ? nil : worker.jobs.first)).flatMap { assigned[$0] }
    for (session, home) in homes where home == worker.number { homes[session] = nil }
    if let culprit, worker.process.page[.messages] == worker.outputMessages {
      _ = try? take(OutputLog.pieces(in: worker.process.page.unsent()), of: culprit)
    }
    if worker.confinement == nil { failedStarts += 1 }
    describe(worker, end)
    for assignment in worker.jobs {
      guard let number = assigned.removeValue(forKey: assignment) else { continue }
      jobs[number]?.deaths += 1
      if number == culprit {
        jobs[number]?.deathsAtIt += 1
        judge(number, worker, end)
      } else {
        tryAgain(number)
      }
    }
    dispatchWaiting()
  }

  private mutating func describe(_ worker: PoolWorker, _ end: WorkerProcess.End) {
    switch worker.doom {
    case .surplus, .notConfined, .cancelled: return
    case .hung:
      statistics.hangs += 1
      incident(.hung, "A worker gave no sign of life and was ended.")
    case .memory:
      statistics.memoryKills += 1
      incident(.overMemory, "A worker took more memory than it may and was ended.")
    case nil:
      statistics.crashes += 1
      let how =
        switch end {
        case .status(let status): "with status \(status)"
        case .signal(let signal): "by signal \(signal)"
        }
      incident(worker.confinement == nil ? .notStarted : .crashed, "A worker ended \(how).")
    }
  }

  /// What becomes of the job that a worker was at when it died.
  private mutating func judge(_ number: Int, _ worker: PoolWorker, _ end: WorkerProcess.End) {
    let source = jobs[number]?.request?.source ?? ""
    switch worker.doom {
    case .hung where worker.confinement == nil: tryAgain(number)
    case .hung:
      quarantine.recordCrash(of: source)
      fail(number, .time, nil)
    case .memory: fail(number, .memory, "The run took more memory than its worker may have.")
    case .cancelled: fail(number, .cancelled, nil)
    case .notConfined, .surplus: tryAgain(number)
    case nil:
      // Somebody else has killed it, the system for want of memory or an operator: not the snippet's fault, or not surely.
      if end == .signal(SIGKILL), (jobs[number]?.deathsAtIt ?? 0) < Self.mostDeathsAtIt { return tryAgain(number) }
      if end != .signal(SIGKILL), worker.confinement != nil { quarantine.recordCrash(of: source) }
      let how =
        switch end {
        case .status(let status): "it ended with status \(status)"
        case .signal(let signal): "signal \(signal) ended it"
        }
      fail(number, .crashed, "The worker process failed: \(how).")
    }
  }

  /// Begins a job again from where it started.
  private mutating func tryAgain(_ number: Int) {
    guard let job = jobs[number] else { return }
    if job.cancelDeadline != nil { return fail(number, .cancelled, nil) }
    if job.deaths > Self.mostDeaths { return fail(number, .crashed, "The worker processes of this run kept failing.") }
    statistics.retries += 1
    jobs[number]?.reset()
    if case .run(let request, _, _) = job.kind, case .live = request.start { return answer(number, .missing) }
    dispatch(number)
  }
}
