import PythonInterpreter
import PythonRuntime

/// A run that was looked at a moment ago: the next question is mostly about the same one.
struct InspectedRun {
  let request: RunRequest
  let inspection: Inspection
}

extension WorkerLoop {
  /// How many runs are kept to be asked about again.
  private static let mostInspected = 3

  /// Answers a question about a run at once if it was looked at a moment ago. Else the run is made again, in an instance of its own and in
  /// slices as any other, and all that is asked of it meanwhile is answered at its end.
  func inspect(_ number: Int, _ request: InspectRequest) {
    guard let query = InspectQuery(decoding: request.query) else {
      return send(.inspected(job: number, InspectAnswer(status: 400, body: Array("{}".utf8))))
    }
    let question = WorkerJob.Question(number: number, query: query)
    if let index = inspected.firstIndex(where: { $0.request.isSameRun(as: request.run) }) {
      inspected.append(inspected.remove(at: index))
      return answer(question, by: inspected[inspected.count - 1].inspection, request.run.limits)
    }
    if let job = jobs.first(where: { !$0.questions.isEmpty && $0.request.isSameRun(as: request.run) }) {
      return job.add(question)
    }
    guard let interpreter = another(for: request.run) else {
      return send(.inspected(job: number, InspectAnswer(status: 503, body: Array("{}".utf8))))
    }
    interpreter.stream = { _, _ in }
    let job = WorkerJob(number, request.run, interpreter, tells: false)
    job.inspection = watch(request.run, on: interpreter)
    job.add(question)
    interpreter.instance.host.isCancelled = { [unowned job] in job.isOutOfTime ? .time : nil }
    jobs.append(job)
  }

  /// A run that was made again has ended: it is kept for further questions, and those that wait are answered.
  func replayed(_ job: WorkerJob, _ result: Interpreter.Result) {
    guard let inspection = job.inspection else { return }
    inspection.end(result)
    inspected.append(InspectedRun(request: job.request, inspection: inspection))
    if inspected.count > Self.mostInspected { inspected.removeFirst() }
    for question in job.questions { answer(question, by: inspection, job.request.limits) }
  }

  private func answer(_ question: WorkerJob.Question, by inspection: Inspection, _ limits: RunLimits) {
    page[.lastBegun] = max(page[.lastBegun], question.number)
    page[.beat] &+= 1
    page[.job] = question.number
    let deadline = ContinuousClock.now.advanced(by: .seconds(4 * limits.seconds + 2))
    inspection.interrupts { ContinuousClock.now >= deadline }
    let answer = inspection.answer(question.query)
    page[.job] = 0
    let message = InspectAnswer(status: answer.status, contentType: answer.contentType, body: answer.body)
    send(.inspected(job: question.number, message))
  }

  /// Has what runs next in an instance watched.
  func watch(_ request: RunRequest, on interpreter: Interpreter) -> Inspection {
    var subject = Inspection.Subject(source: Array(request.source.utf8))
    subject.filename = request.filename
    subject.input = request.input
    subject.limits = .init(request.limits)
    subject.recordedSteps = request.limits.recordedSteps
    subject.change = request.change
    let inspection = Inspection(watching: interpreter, subject)
    inspection.makesInterpreter = { [unowned self] in another(for: request) }
    return inspection
  }

  /// A further instance like the one that a run begins in; nil when that cannot be made again.
  func another(for request: RunRequest) -> Interpreter? {
    if case .live = request.start { return nil }
    var request = request
    request.live = nil
    guard case .success(let interpreter) = instance(for: request) else { return nil }
    return interpreter
  }

  /// What the answer to a run says of its functions and cells. A run that nobody watched is run again when its error is one that
  /// could be explained.
  func report(_ job: WorkerJob, _ result: Interpreter.Result) -> [UInt8]? {
    if let inspection = job.inspection {
      inspection.end(result)
      defer { inspection.leave() }
      return inspection.report(steps: job.request.trace == .steps)
    }
    let isExplicable = result.error.map { ["NameError", "UnboundLocalError"].contains($0.type) } ?? false
    if isExplicable, result.ticks < 20_000_000, let interpreter = another(for: job.request) {
      interpreter.stream = { _, _ in }
      let inspection = watch(job.request, on: interpreter)
      _ = inspection.run()
      return inspection.report(steps: false)
    }
    return job.request.keepsImage || job.request.live != nil ? Inspection.report(atRest: job.interpreter) : nil
  }
}

extension RunRequest {
  /// Whether two runs of a session are the same one, so that what is known of the one is known of the other.
  fileprivate func isSameRun(as other: RunRequest) -> Bool {
    source == other.source && filename == other.filename && input == other.input && seed == other.seed
      && clock == other.clock && limits == other.limits && change == other.change
      && start.heldImage == other.start.heldImage
  }
}

extension RunStart {
  fileprivate var heldImage: Image? {
    if case .image(let image) = self { return image }
    return nil
  }
}
