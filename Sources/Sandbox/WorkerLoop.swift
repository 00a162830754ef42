import Glibc
import PythonInterpreter
import PythonRuntime

/// What a worker does all day: takes messages, gives its jobs a slice each in turn, and makes instances ahead while
/// there is nothing else to do.
///
/// Everything happens on one thread. Whose turn it is: mostly the job that has had the least time, so that a short one never waits for long
/// ones; every fourth time the one that has waited longest, so that none waits for ever.
final class WorkerLoop {
  /// How many jobs a worker has underway at most.
  static let mostJobs = 64
  /// Instances that are made ahead.
  static let spareInstances = 2
  /// From here on a job is large, and while the worker is over its budget only one large job goes on.
  private static let largeBytes = 8 << 20

  private let channel: Channel
  let output: OutputLog
  let page: SharedPage
  /// What each fresh instance begins with.
  private let base: BaseImage?
  /// The pages that about every program writes.
  private var firstPages: [Int] = []
  private var reader = FrameReader()
  private var messages: [BrokerMessage] = []
  var jobs: [WorkerJob] = []
  private var spares: [Interpreter] = []
  /// Instances whose only run has ended: their memory is used again.
  private var ended: [Interpreter] = []
  private var kept = KeptInstances()
  /// Runs that can be asked about, the last one last.
  var inspected: [InspectedRun] = []
  private var turns = 0
  private var status: Int32?

  init(channel: Channel, page: SharedPage, base: BaseImage?) {
    self.channel = channel
    self.page = page
    self.base = base
    output = OutputLog(page: page, channel: channel)
  }

  /// A little of what most programs do.
  private static let firstProgram = """
    class A:
      def __init__(self, x): self.x = x
    def make():
      n = 0
      def count():
        nonlocal n
        n += 1
        return n
      return count
    c = make()
    print(c(), A(1).x, [i for i in range(3)], {"a": 1}, f"{c()}")
    """

  /// Runs something once, so that everything that is made at its first use is there before the lock falls.
  func warmUp() {
    guard let interpreter = fresh() else { return }
    interpreter.stream = { _, _ in }
    _ = interpreter.run(Array(Self.firstProgram.utf8))
    firstPages = interpreter.instance.writtenPages()
    _ = interpreter.run(Array("import sys\nprint(f'{1.5:.2f}', [2 ** 100], sys.version)\nraise ValueError('x')".utf8))
    spares = (0..<Self.spareInstances).compactMap { _ in fresh() }
  }

  private func fresh() -> Interpreter? {
    guard let base else { return Interpreter() }
    if var used = ended.popLast(), isKnownUniquelyReferenced(&used), let interpreter = Interpreter(recycling: used) {
      return interpreter
    }
    let interpreter = try? Interpreter(base: base)
    interpreter?.instance.takeAhead(firstPages)
    return interpreter
  }

  /// Works until the broker closes the channel; answers the exit status.
  func run(_ confinement: Confinement) -> Int32 {
    send(.ready(confinement))
    while status == nil {
      let isIdle = jobs.isEmpty && spares.count >= Self.spareInstances
      takeMessages(waitingMilliseconds: isIdle ? kept.millisecondsUntilDue ?? -1 : 0)
      let batch = messages
      messages = []
      for message in batch { handle(message) }
      kept.takeDue { takeOwedImage(of: &$0) }
      if let index = next() {
        advance(index)
      } else if spares.count < Self.spareInstances, let spare = fresh() {
        spares.append(spare)
      }
    }
    return status ?? 0
  }

  // MARK: Messages

  /// Waits for messages at most so many milliseconds, -1 being for ever, and takes them.
  private func takeMessages(waitingMilliseconds: Int32) {
    do throws(Channel.Failure) {
      if waitingMilliseconds != 0 { channel.waitForInput(milliseconds: waitingMilliseconds) }
      while try channel.receive(into: &reader, acceptsDescriptors: true) {}
      while let bytes = try reader.next() {
        guard let message = try? BrokerMessage(decoding: bytes) else { throw .malformed }
        messages.append(message)
      }
    } catch {
      status = error == .closed ? 0 : 2
    }
  }

  private func handle(_ message: BrokerMessage) {
    switch message {
    case .run(let number, let request, let tells): begin(number, request, tells: tells)
    case .inspect(let number, let request): inspect(number, request)
    case .cancel(let number): cancel(number)
    case .forget(let session): kept.forget(session)
    // Of a run that has ended meanwhile.
    case .input: break
    case .probe(let number): send(.probed(job: number, Probe.attempt()))
    case .trap(let number):
      page[.job] = number
      preconditionFailure("asked to")
    }
  }

  private func cancel(_ number: Int) {
    if let index = jobs.firstIndex(where: { $0.questions.contains { $0.number == number } }) {
      if jobs[index].drop(question: number) { jobs.remove(at: index) }
    } else if let index = jobs.firstIndex(where: { $0.number == number }) {
      finish(index, RunAnswer(.cancelled))
    }
  }

  func send(_ message: WorkerMessage) {
    do throws(Channel.Failure) {
      try channel.sendAll(message.encoded())
    } catch {
      status = 1
    }
  }

  /// Asked in the middle of a slice that does not end: whether this job is to end early. Other messages wait.
  private func isCancelled(_ number: Int) -> Bool {
    takeMessages(waitingMilliseconds: 0)
    return status != nil
      || messages.contains { message in
        if case .cancel(number) = message { true } else { false }
      }
  }

  /// Waits for the line that a program wants to read; the time does not count.
  private func line(for job: WorkerJob) -> [UInt8] {
    output.flush(job.number)
    send(.wantsInput(job: job.number))
    job.pause()
    defer { job.goOn() }
    while status == nil {
      let place = messages.firstIndex { message in
        switch message {
        case .input(job.number, _), .cancel(job.number): true
        default: false
        }
      }
      if let place {
        guard case .input(_, let line) = messages[place] else { return [] }
        messages.remove(at: place)
        return line
      }
      takeMessages(waitingMilliseconds: -1)
    }
    return []
  }

  // MARK: Jobs

  private func begin(_ number: Int, _ request: RunRequest, tells: Bool) {
    let kept = keptInstance(for: request)
    switch kept.map({ .success($0.interpreter) }) ?? instance(for: request) {
    case .success(let interpreter):
      let job = WorkerJob(number, request, interpreter, tells: tells)
      job.unsavedSeconds = kept?.unsavedSeconds ?? 0
      interpreter.stream = { [unowned self, unowned job] (bytes: [UInt8], isError: Bool) in
        let count = job.admit(bytes.count, isError: isError)
        output.append(bytes[..<count], isError: isError, time: job.activeSeconds)
      }
      if request.isProgram {
        interpreter.instance.host.readLine = { [unowned self, unowned job] in line(for: job) }
      }
      interpreter.instance.host.isCancelled = { [unowned self, unowned job] in
        if isCancelled(job.number) { return .cancelled }
        return job.isOutOfTime ? .time : nil
      }
      if request.trace != .none || request.change != nil { job.inspection = watch(request, on: interpreter) }
      jobs.append(job)
    case .failure(let problem):
      var answer = RunAnswer(.crashed)
      answer.stateProblem = problem
      send(.finished(job: number, answer))
    }
  }

  /// The instance that is alive in the state that a run begins with. Its image is taken first if a replay would take long.
  private func keptInstance(for request: RunRequest) -> KeptInstances.Entry? {
    guard case .live = request.start, let live = request.live,
      var entry = kept.take(live.session, state: live.before)
    else { return nil }
    if !entry.maySkipImage { takeOwedImage(of: &entry) }
    return entry
  }

  /// An instance that a run begins with, if it is not one that was kept alive.
  func instance(for request: RunRequest) -> Result<Interpreter, RunAnswer.StateProblem> {
    switch request.start {
    case .fresh:
      guard let interpreter = spares.popLast() ?? fresh() else { return .failure(.missing) }
      interpreter.prepare(request)
      return .success(interpreter)
    case .live: return .failure(.missing)
    case .image(let image):
      if let live = request.live { kept.forget(live.session) }
      do throws(Image.Failure) {
        // A spare's memory is at hand; another one is made when there is nothing else to do.
        if base != nil, let spare = spares.popLast(), let known = try Interpreter(image: image, recycling: spare) {
          return .success(known)
        }
        return .success(try Interpreter(image: image, base: base))
      } catch {
        return .failure(error == .otherBuild ? .otherBuild : error == .noAddressSpace ? .missing : .damaged)
      }
    }
  }

  /// Whose turn it is.
  private func next() -> Int? {
    turns &+= 1
    var candidates = jobs.indices.map { $0 }
    let used = jobs.reduce(kept.usedBytes) { $0 + $1.usedBytes }
    if used > page[.memoryBudget] {
      for var entry in kept.removeAll() { takeOwedImage(of: &entry) }
      let large = candidates.filter { jobs[$0].usedBytes > Self.largeBytes }
      if let first = large.first { candidates.removeAll { large.contains($0) && $0 != first } }
    }
    if turns % 4 == 0 { return candidates.min { jobs[$0].lastTurn < jobs[$1].lastTurn } }
    return candidates.min { jobs[$0].activeSeconds < jobs[$1].activeSeconds }
  }

  private func advance(_ index: Int) {
    let job = jobs[index]
    job.lastTurn = turns
    page[.lastBegun] = max(page[.lastBegun], job.number)
    page[.job] = job.number
    page[.beat] &+= 1
    let result = job.slice()
    guard let result else {
      page[.job] = 0
      output.flush(job.number)
      if job.wantsToTell { send(.progress(job: job.number, ticks: job.ticks, seconds: job.activeSeconds)) }
      return
    }
    if job.questions.isEmpty {
      var answer = job.answer(result)
      answer.report = report(job, result)
      answer.usage.steps = job.inspection?.stepCount ?? 0
      answer.changeFailure = job.inspection?.changeFailure
      finish(index, answer)
    } else {
      jobs.remove(at: index)
      replayed(job, result)
    }
    page[.job] = 0
  }

  /// Answers a job, and puts its instance away. A session that stays alive leaves its image later, since nobody waits for it.
  private func finish(_ index: Int, _ answer: RunAnswer) {
    let job = jobs.remove(at: index)
    var answer = answer
    answer.pieces = output.take()
    let hasMovedOn = answer.outcome != .cancelled
    let live = hasMovedOn ? job.request.live : nil
    if hasMovedOn, live == nil, job.request.keepsImage { answer.image = job.interpreter.image() }
    send(.finished(job: job.number, answer))
    guard let live else {
      if job.inspection == nil, ended.count < Self.spareInstances { ended.append(job.interpreter) }
      return
    }
    // The next run need not do it then.
    job.interpreter.instance.tidy()
    if var surplus = kept.keep(job, as: live) { takeOwedImage(of: &surplus) }
  }

  /// Takes the image that an instance owes, if it does, and hands it over.
  private func takeOwedImage(of entry: inout KeptInstances.Entry) {
    guard let owed = entry.owed else { return }
    send(.left(job: owed.job, entry.interpreter.image()))
    entry.owed = nil
    entry.unsavedSeconds = 0
  }
}
