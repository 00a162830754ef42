import PythonInterpreter
import PythonRuntime

/// A run that was looked at a moment ago: the next question is mostly about the same one.
struct InspectedRun {
  private let source: String
  private let input: [UInt8]
  private let seed: Int
  private let clock: Double
  private let limits: RunLimits
  private let image: Image?
  let inspection: Inspection

  init(_ request: RunRequest, _ inspection: Inspection) {
    source = request.source
    input = request.input
    seed = request.seed
    clock = request.clock
    limits = request.limits
    image = request.start.heldImage
    self.inspection = inspection
  }

  func isOf(_ request: RunRequest) -> Bool {
    source == request.source && input == request.input && seed == request.seed && clock == request.clock
      && limits == request.limits && image == request.start.heldImage
  }
}

extension WorkerLoop {
  /// How many runs are kept to be asked about again.
  private static let mostInspected = 3

  /// Answers a question about a run, in an instance of its own: the run is made once and kept for further questions.
  func inspect(_ request: InspectRequest) -> InspectAnswer {
    guard let query = InspectQuery(decoding: request.query) else {
      return InspectAnswer(status: 400, contentType: "application/json", body: Array("{}".utf8))
    }
    guard let inspection = inspection(of: request.run) else {
      return InspectAnswer(status: 503, contentType: "application/json", body: Array("{}".utf8))
    }
    let deadline = ContinuousClock.now.advanced(by: .seconds(4 * request.run.limits.seconds + 2))
    inspection.interrupts { ContinuousClock.now >= deadline }
    let answer = inspection.answer(query)
    return InspectAnswer(status: answer.status, contentType: answer.contentType, body: answer.body)
  }

  private func inspection(of request: RunRequest) -> Inspection? {
    if let index = inspected.firstIndex(where: { $0.isOf(request) }) {
      inspected.append(inspected.remove(at: index))
      return inspected[inspected.count - 1].inspection
    }
    guard let interpreter = another(for: request) else { return nil }
    interpreter.stream = { _, _ in }
    let made = watch(request, on: interpreter)
    let deadline = ContinuousClock.now.advanced(by: .seconds(4 * request.limits.seconds + 2))
    made.interrupts { ContinuousClock.now >= deadline }
    _ = made.run()
    inspected.append(InspectedRun(request, made))
    if inspected.count > Self.mostInspected { inspected.removeFirst() }
    return made
  }

  /// Has what runs next in an instance watched.
  func watch(_ request: RunRequest, on interpreter: Interpreter) -> Inspection {
    var subject = Inspection.Subject(source: Array(request.source.utf8))
    subject.filename = request.filename
    subject.input = request.input
    subject.limits = .init(request.limits)
    subject.recordedSteps = request.limits.recordedSteps
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

extension RunStart {
  fileprivate var heldImage: Image? {
    if case .image(let image) = self { return image }
    return nil
  }
}
