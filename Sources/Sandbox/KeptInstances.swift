import PythonInterpreter

/// Instances of sessions that a worker keeps alive between two runs, the ones used last.
///
/// An instance owes the image of what its last run left. It is taken when nobody has gone on with the instance for a moment: of runs that
/// follow one another at once only the last leaves one, as long as those before are quickly made again.
struct KeptInstances {
  static let most = 64
  /// How long nobody has gone on with an instance when its image is taken.
  private static let quiet = Duration.milliseconds(5)
  /// An instance may go on without an image that was owed while a replay of the runs since the last one takes no longer.
  private static let mostUnsavedSeconds = 0.02
  /// What beginning a run takes, whatever it does.
  private static let secondsOfRun = 0.000_2

  struct Entry {
    let session: String
    let state: Int
    let interpreter: Interpreter
    /// The job whose image is owed, and when it is to be taken.
    var owed: (job: Int, due: ContinuousClock.Instant)?
    /// The time that the runs since the last image took.
    var unsavedSeconds: Double

    /// Whether the next run may begin before the image was taken.
    var maySkipImage: Bool { unsavedSeconds <= KeptInstances.mostUnsavedSeconds }
  }

  /// The one used longest ago is first.
  private var entries: [Entry] = []

  var usedBytes: Int { entries.reduce(0) { $0 + $1.interpreter.instance.vm.usedBytes } }

  /// Keeps the instance of a job that has ended; answers the one that has to make room for it.
  mutating func keep(_ job: WorkerJob, as live: LiveState) -> Entry? {
    forget(live.session)
    let surplus = entries.count >= Self.most ? entries.removeFirst() : nil
    let interpreter = job.interpreter
    interpreter.stream = nil
    interpreter.instance.host.isCancelled = { nil }
    entries.append(
      Entry(
        session: live.session, state: live.after, interpreter: interpreter,
        owed: job.request.keepsImage ? (job.number, .now + Self.quiet) : nil,
        unsavedSeconds: job.unsavedSeconds + job.activeSeconds + Self.secondsOfRun))
    return surplus
  }

  /// The instance of a session in just this state; whatever it was in, it is not kept any longer.
  mutating func take(_ session: String, state: Int) -> Entry? {
    guard let index = entries.firstIndex(where: { $0.session == session }) else { return nil }
    let entry = entries.remove(at: index)
    return entry.state == state ? entry : nil
  }

  /// How long it is until an image is to be taken; nil when none is owed.
  var millisecondsUntilDue: Int32? {
    // The one that ended first is due first, and stands before the others.
    guard let due = entries.lazy.compactMap(\.owed?.due).first else { return nil }
    return Int32(max(0, (ContinuousClock.now.duration(to: due).inSeconds * 1000).rounded(.up)))
  }

  /// Has the image taken that is due by now, if one is.
  mutating func takeDue(_ takeImage: (inout Entry) -> Void) {
    guard let index = entries.firstIndex(where: { $0.owed != nil }), let owed = entries[index].owed,
      owed.due <= .now
    else { return }
    takeImage(&entries[index])
  }

  mutating func forget(_ session: String) {
    entries.removeAll { $0.session == session }
  }

  mutating func removeAll() -> [Entry] {
    defer { entries = [] }
    return entries
  }
}
