/// A worker as its broker sees it.
struct PoolWorker: Sendable {
  /// Why the broker has ended a worker.
  enum Doom: Sendable {
    case hung, memory, cancelled, notConfined, surplus
  }

  let number: Int
  let process: WorkerProcess
  let started = ContinuousClock.now
  var confinement: Confinement?
  /// The assignments that it has, in order.
  var jobs: [Int] = []
  var outbox: [OutgoingFrame] = []
  /// Who is told what sessions' runs have left, when it comes: of each session the last run that has ended.
  private var owed: [Owed] = []

  /// An image that is to come.
  private struct Owed {
    let session: String
    let assignment: Int
    let onImage: @Sendable (RunStart.Image) -> Void
  }
  /// Messages of output that came from it.
  var outputMessages = 0
  /// The last sign of life, and what it was.
  private var lastSign = ContinuousClock.now
  private var lastBeat = 0
  var doom: Doom?
  var lastUse = 0

  init(number: Int, process: WorkerProcess) {
    self.number = number
    self.process = process
  }

  /// Seconds without a sign of life.
  private(set) var silence = 0.0
  /// Seconds without work.
  private(set) var restSeconds = 0.0
  private var lastWork = ContinuousClock.now

  /// It has been at one slice for so long that nothing else should wait for it.
  var isStuck: Bool { doom != nil || (confinement != nil && !jobs.isEmpty && silence > 0.1) }

  /// The assignment that it says it is at, if it has that.
  var currentAssignment: Int? {
    let job = process.page[.job]
    return jobs.contains(job) ? job : nil
  }

  /// Whether it has begun an assignment, by its own word.
  func hasBegun(_ job: Int) -> Bool { process.page[.lastBegun] >= job }

  /// Looks for a sign of life.
  mutating func look(_ now: ContinuousClock.Instant) {
    let beat = process.page[.beat]
    if beat != lastBeat || jobs.isEmpty {
      lastBeat = beat
      lastSign = now
    }
    silence = lastSign.duration(to: now).inSeconds
    if !jobs.isEmpty { lastWork = now }
    restSeconds = lastWork.duration(to: now).inSeconds
  }

  /// Notes that the image will come that an assignment has left of its session. None comes any more of what it began with.
  mutating func owes(_ session: String, _ assignment: Int, _ onImage: (@Sendable (RunStart.Image) -> Void)?) {
    owesNothing(session)
    if owed.count >= KeptInstances.most { owed.removeFirst() }
    if let onImage { owed.append(Owed(session: session, assignment: assignment, onImage: onImage)) }
  }

  mutating func owesNothing(_ session: String) {
    owed.removeAll { $0.session == session }
  }

  /// Who is told of the image that an assignment has left, once.
  mutating func takeOnImage(of assignment: Int) -> (@Sendable (RunStart.Image) -> Void)? {
    owed.firstIndex { $0.assignment == assignment }.map { owed.remove(at: $0).onImage }
  }

  /// Takes a job on.
  mutating func take(_ job: Int) {
    if jobs.isEmpty { rested() }
    jobs.append(job)
  }

  /// Its silence until now meant nothing.
  mutating func rested() {
    (lastSign, silence) = (.now, 0)
  }

  /// Sends a message, as much of it as goes at once; false when there is no memory for it.
  mutating func send(_ message: BrokerMessage) -> Bool {
    guard let frame = OutgoingFrame(message.encoded()) else { return false }
    outbox.append(frame)
    flush()
    return true
  }

  /// Sends what is left of earlier messages. That a worker is gone is noticed where its messages are read.
  mutating func flush() {
    while !outbox.isEmpty {
      do throws(Channel.Failure) {
        guard try process.channel.send(&outbox[0]) else { return }
        outbox.removeFirst()
      } catch {
        outbox = []
      }
    }
  }
}
