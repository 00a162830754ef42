/// Snippets that crashed workers twice: they are refused for a while.
struct Quarantine: Sendable {
  private static let most = 256
  private static let seconds = 300.0
  private static let allowedCrashes = 2

  private struct Record {
    let source: String
    var crashes: Int
    var last: ContinuousClock.Instant
  }

  private var records: [Record] = []

  /// How many snippets are refused now.
  var count: Int { records.count { $0.crashes >= Self.allowedCrashes } }

  mutating func recordCrash(of source: String) {
    let now = ContinuousClock.now
    forgetOld(now)
    if let index = records.firstIndex(where: { $0.source == source }) {
      records[index].crashes += 1
      records[index].last = now
      return
    }
    if records.count >= Self.most { records.removeFirst() }
    records.append(Record(source: source, crashes: 1, last: now))
  }

  /// How many seconds a snippet is still refused; nil when it is not.
  mutating func secondsLeft(for source: String) -> Int? {
    if records.isEmpty { return nil }
    let now = ContinuousClock.now
    forgetOld(now)
    guard let record = records.first(where: { $0.source == source }), record.crashes >= Self.allowedCrashes else {
      return nil
    }
    return Int((Self.seconds - record.last.duration(to: now).inSeconds).rounded(.up))
  }

  private mutating func forgetOld(_ now: ContinuousClock.Instant) {
    records.removeAll { $0.last.duration(to: now).inSeconds > Self.seconds }
  }
}
