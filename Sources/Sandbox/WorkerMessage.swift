import PythonRuntime

/// What a broker tells a worker.
enum BrokerMessage: WireValue {
  /// A run to begin; `tells` asks for word of it on the way.
  case run(job: Int, RunRequest, tells: Bool)
  case inspect(job: Int, InspectRequest)
  case cancel(job: Int)
  /// The instance of a session need not be kept any longer.
  case forget(session: String)
  /// Try everything that a worker must not be able to do: for tests, and the doctor.
  case probe(job: Int)
  /// The line that a run waits for; empty at the end of the input.
  case input(job: Int, [UInt8])
  /// Fail while at a job, as a defect of ours would: for tests.
  case trap(job: Int)

  func write(to writer: inout WireWriter) {
    switch self {
    case .run(let job, let request, let tells):
      writer.write(0)
      writer.write(job)
      writer.write(tells)
      request.write(to: &writer)
    case .inspect(let job, let request):
      writer.write(1)
      writer.write(job)
      request.write(to: &writer)
    case .cancel(let job):
      writer.write(2)
      writer.write(job)
    case .forget(let session):
      writer.write(3)
      writer.write(session)
    case .probe(let job):
      writer.write(4)
      writer.write(job)
    case .trap(let job):
      writer.write(5)
      writer.write(job)
    case .input(let job, let line):
      writer.write(6)
      writer.write(job)
      writer.write(line)
    }
  }

  init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    switch try reader.int() {
    case 0:
      let job = try reader.int()
      let tells = try reader.flag()
      self = .run(job: job, try RunRequest(&reader), tells: tells)
    case 1: self = .inspect(job: try reader.int(), try InspectRequest(&reader))
    case 2: self = .cancel(job: try reader.int())
    case 3: self = .forget(session: try reader.string())
    case 4: self = .probe(job: try reader.int())
    case 5: self = .trap(job: try reader.int())
    case 6: self = .input(job: try reader.int(), try reader.content())
    default: throw WireReader.Malformed()
    }
  }
}

/// What a worker tells its broker.
enum WorkerMessage: WireValue {
  /// It is locked in, as far as this host allows.
  case ready(Confinement)
  case output(job: Int, [RunAnswer.Piece])
  case progress(job: Int, ticks: Int, seconds: Double)
  /// The answer has only the pieces that were in no message before.
  case finished(job: Int, RunAnswer)
  case inspected(job: Int, InspectAnswer)
  case probed(job: Int, [Probe.Attempt])
  case wantsInput(job: Int)
  /// What a finished run has left of its session.
  case left(job: Int, RunStart.Image)

  func write(to writer: inout WireWriter) {
    switch self {
    case .ready(let confinement):
      writer.write(0)
      writer.write(confinement.layers.rawValue)
    case .output(let job, let pieces):
      writer.write(1)
      writer.write(job)
      writer.write(pieces.count)
      for piece in pieces { piece.write(to: &writer) }
    case .progress(let job, let ticks, let seconds):
      writer.write(2)
      writer.write(job)
      writer.write(ticks)
      writer.write(seconds)
    case .finished(let job, let answer):
      writer.write(3)
      writer.write(job)
      answer.write(to: &writer)
    case .inspected(let job, let answer):
      writer.write(4)
      writer.write(job)
      answer.write(to: &writer)
    case .wantsInput(let job):
      writer.write(6)
      writer.write(job)
    case .left(let job, let image):
      writer.write(7)
      writer.write(job)
      writer.write(image.encoded())
    case .probed(let job, let attempts):
      writer.write(5)
      writer.write(job)
      writer.write(attempts.count)
      for attempt in attempts {
        writer.write(attempt.what)
        writer.write(attempt.isRefused)
      }
    }
  }

  init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    switch try reader.int() {
    case 0: self = .ready(Confinement(layers: Confinement.Layers(rawValue: try reader.int())))
    case 1:
      let job = try reader.int()
      self = .output(
        job: job,
        try reader.list { (reader) throws(WireReader.Malformed) in try RunAnswer.Piece(&reader) })
    case 2:
      let (job, ticks, seconds) = (try reader.int(), try reader.count(), try reader.double())
      guard seconds.isFinite, seconds >= 0 else { throw WireReader.Malformed() }
      self = .progress(job: job, ticks: ticks, seconds: seconds)
    case 3: self = .finished(job: try reader.int(), try RunAnswer(&reader))
    case 4: self = .inspected(job: try reader.int(), try InspectAnswer(&reader))
    case 6: self = .wantsInput(job: try reader.int())
    case 7: self = .left(job: try reader.int(), try Image(&reader))
    case 5:
      let job = try reader.int()
      self = .probed(
        job: job,
        try reader.list { (reader) throws(WireReader.Malformed) in
          Probe.Attempt(what: try reader.string(), isRefused: try reader.flag())
        })
    default: throw WireReader.Malformed()
    }
  }
}
