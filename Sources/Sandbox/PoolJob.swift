/// Something that a worker is to do, and what has come of it so far.
struct PoolJob: Sendable {
  /// What it is, and who waits for it.
  enum Kind: Sendable {
    case run(RunRequest, (@Sendable (RunEvent) -> Void)?, @Sendable (RunAnswer) -> Void)
    case inspect(InspectRequest, @Sendable (InspectAnswer) -> Void)
    case probe(@Sendable ([Probe.Attempt]) -> Void)
  }

  let number: Int
  let kind: Kind
  let client: String
  /// The worker that it was given to, and the number that it has there: a new one each time it is given to one.
  var worker: Int?
  var assignment: Int?
  /// What it has printed, in this attempt.
  var pieces: [RunAnswer.Piece] = []
  var printedBytes = 0
  /// How much of its output was told already, in this attempt or an earlier one.
  var toldBytes = 0
  /// It waits for a line of its input.
  var waitsForInput = false
  /// Told when it does.
  var onInput: (@Sendable () -> Void)?
  /// Told what it has left of its session.
  var onImage: (@Sendable (RunStart.Image) -> Void)?
  /// How many workers died under it, and how many of them while they were at it.
  var deaths = 0
  var deathsAtIt = 0
  /// When a worker that was asked to leave it must have done so.
  var cancelDeadline: ContinuousClock.Instant?

  init(number: Int, kind: Kind, client: String) {
    self.number = number
    self.kind = kind
    self.client = client
  }

  var request: RunRequest? {
    switch kind {
    case .run(let request, _, _): request
    case .inspect(let request, _): request.run
    case .probe: nil
    }
  }

  /// The time after which a worker that is at it without a sign of life is taken for hung.
  var patienceSeconds: Double {
    let seconds = request?.limits.seconds ?? 5
    // A question makes a run anew, and may look through it more than once.
    if case .inspect = kind { return 8 * seconds + 5 }
    return seconds + 0.5
  }

  /// More output than this is a fault of the worker's.
  private var mostPrinted: Int { (request?.limits.outputBytes ?? 0).addingClamped(1 << 20) }

  /// What a program prints is told, and need not be kept.
  private var keepsOutput: Bool { request?.isProgram != true }

  /// Takes more output over; answers the events to tell, or nil when there is more than there can be.
  mutating func take(_ more: [RunAnswer.Piece]) -> [RunEvent]? {
    var events: [RunEvent] = []
    for piece in more {
      let start = printedBytes
      printedBytes += piece.text.utf8.count
      guard printedBytes <= mostPrinted, pieces.count < 100_000 else { return nil }
      if !keepsOutput {
        // The next attempt begins where this one has told it all.
      } else if let last = pieces.indices.last, pieces[last].isError == piece.isError {
        pieces[last].text += piece.text
      } else {
        pieces.append(piece)
      }
      guard printedBytes > toldBytes else { continue }
      var news = piece
      if start < toldBytes {
        news.text = String(decoding: Array(piece.text.utf8.dropFirst(toldBytes - start)), as: UTF8.self)
      }
      toldBytes = printedBytes
      events.append(.output(news))
    }
    return events
  }

  /// As it was before it began.
  mutating func reset() {
    worker = nil
    assignment = nil
    pieces = []
    printedBytes = 0
  }
}

extension Int {
  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}
