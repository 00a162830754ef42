import PythonInterpreter
import PythonRuntime

/// One run in a worker: its instance, and what it has used so far.
final class WorkerJob {
  /// A few milliseconds.
  #if DEBUG
    private static let sliceTicks = 30_000
  #else
    private static let sliceTicks = 500_000
  #endif
  private static let secondsBetweenNews = 0.25
  /// What a traceback may have beyond the limit on output.
  private static let mostBeyond = 64 << 10

  private(set) var number: Int
  let request: RunRequest
  let interpreter: Interpreter
  /// What watches it, if it is watched.
  var inspection: Inspection?
  /// What is to be answered when it is at its end: then it is a run that is made again to be looked at.
  private(set) var questions: [Question] = []
  /// Of a session's run: the time that runs since the session's last image took.
  var unsavedSeconds = 0.0
  /// When it last had its turn.
  var lastTurn = 0
  private var outputBytes = 0
  private var errorBytes = 0
  private var lastIsError = false
  private let tells: Bool
  private var hasBegun = false
  private var secondsBefore = 0.0
  private var sliceStart: ContinuousClock.Instant?
  private var lastNews = 0.0

  /// A question about a run, by the number that it has as a job.
  struct Question {
    let number: Int
    let query: InspectQuery
  }

  init(_ number: Int, _ request: RunRequest, _ interpreter: Interpreter, tells: Bool) {
    self.number = number
    self.request = request
    self.interpreter = interpreter
    self.tells = tells
    interpreter.endsWithRun = request.live == nil && !request.keepsImage
  }

  /// One more question waits for its end.
  func add(_ question: Question) { questions.append(question) }

  /// A question need not be answered any more; true when none is left.
  func drop(question: Int) -> Bool {
    questions.removeAll { $0.number == question }
    if let first = questions.first { number = first.number }
    return questions.isEmpty
  }

  /// How much of more output is still sent: a traceback is not held to the run's limit, and may be long.
  func admit(_ count: Int, isError: Bool) -> Int {
    let sent = outputBytes + errorBytes
    if isError { errorBytes += count } else { outputBytes += count }
    lastIsError = isError
    let (most, isUnlimited) = request.limits.outputBytes.addingReportingOverflow(Self.mostBeyond)
    return isUnlimited ? count : max(0, min(count, most - sent))
  }

  /// What each stream would have had, where a limit cut it.
  private var truncation: RunAnswer.Truncation {
    var truncation = RunAnswer.Truncation()
    let limit = request.limits.outputBytes
    let refused = max(0, interpreter.instance.vm[.outputUsed] - limit)
    let isCut = refused > 0 || outputBytes + errorBytes > limit.addingReportingOverflow(Self.mostBeyond).partialValue
    guard isCut, limit < Int.max - Self.mostBeyond else { return truncation }
    if lastIsError { truncation.stderr = errorBytes + refused } else { truncation.stdout = outputBytes + refused }
    return truncation
  }

  /// The time that it had, the present slice included.
  var activeSeconds: Double {
    guard let sliceStart else { return secondsBefore }
    return secondsBefore + sliceStart.duration(to: .now).inSeconds
  }

  /// Recording takes longer than running.
  private var allowedSeconds: Double { questions.isEmpty ? request.limits.seconds : 4 * request.limits.seconds + 2 }
  var isOutOfTime: Bool { activeSeconds >= allowedSeconds }
  var ticks: Int { interpreter.instance.vm.runTicks }
  var usedBytes: Int { interpreter.instance.vm.usedBytes }

  /// Whether there should be word of it now; if so, there is none again for a while.
  var wantsToTell: Bool {
    guard tells, secondsBefore - lastNews >= Self.secondsBetweenNews else { return false }
    lastNews = secondsBefore
    return true
  }

  /// Its time does not count until it goes on.
  func pause() {
    secondsBefore = activeSeconds
    sliceStart = nil
  }

  func goOn() {
    sliceStart = .now
  }

  /// Runs it for a slice; nil when it is not finished then.
  func slice() -> Interpreter.Result? {
    sliceStart = .now
    defer {
      secondsBefore = activeSeconds
      sliceStart = nil
    }
    let progress =
      hasBegun
      ? interpreter.proceed()
      : interpreter.begin(
        request.sourceBytes ?? Array(request.source.utf8), filename: request.filename,
        mode: request.isProgram ? .program : .snippet, input: request.input,
        limits: .init(request.limits), sliceTicks: Self.sliceTicks)
    hasBegun = true
    guard case .finished(let result) = progress else { return nil }
    return result
  }

  /// The answer to a run that has ended so; what it printed is not in it yet.
  func answer(_ result: Interpreter.Result) -> RunAnswer {
    var answer = RunAnswer(RunAnswer.Outcome(result))
    answer.result = result.result
    answer.error = result.error.map(RunAnswer.Failure.init)
    answer.exitStatus = result.exitStatus
    answer.usage.ticks = result.ticks
    answer.usage.memoryBytes = result.memoryBytes
    answer.usage.outputBytes = outputBytes + errorBytes
    answer.usage.seconds = secondsBefore
    answer.truncated = truncation
    return answer
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension Interpreter {
  /// What a fresh instance is given before its first run.
  func prepare(_ request: RunRequest) {
    instance.vm[.hashSeed] = request.seed
    instance.vm.setClock(seconds: request.clock)
    endsWithRun = request.live == nil && !request.keepsImage
  }
}

extension Interpreter.Limits {
  package init(_ limits: RunLimits) {
    self.init()
    ticks = limits.ticks
    memoryBytes = limits.memoryBytes
    outputBytes = limits.outputBytes
    recursion = limits.recursion
  }
}

extension RunAnswer.Outcome {
  fileprivate init(_ result: Interpreter.Result) {
    self =
      switch result.outcome {
      case .ok: .ok
      // A program may handle the exception; when it does not, the limit is what ended it.
      case .exception: result.error?.type == "MemoryError" ? .memory : .exception
      case .syntaxError: .syntaxError
      case .recursion: .recursion
      case .limit(.ticks): .ticks
      case .limit(.time): .time
      case .limit(.memory): .memory
      case .limit(.output): .output
      case .limit(.cancelled): .cancelled
      }
  }
}

extension RunAnswer.Failure {
  fileprivate init(_ failure: Interpreter.Failure) {
    let frames = failure.entries.map {
      RunAnswer.Frame(
        file: $0.file, function: $0.function, line: $0.line, endLine: $0.endLine, column: $0.column,
        endColumn: $0.endColumn, source: $0.source)
    }
    self.init(type: failure.type, message: failure.message, text: failure.traceback, frames: frames)
  }
}
