/// A session as it is kept: its settings and where it stands. Its runs are read one at a time.
package struct Session: Equatable, Sendable {
  /// The session and run that a fork goes on from.
  package struct Origin: Equatable, Sendable {
    package let session: String
    package let run: Int

    package init(session: String, run: Int) {
      self.session = session
      self.run = run
    }
  }

  /// 128 random bits as 22 characters that need no escaping in a URL; whoever knows it may use the session.
  package let id: String
  /// Grows with every session that is created; 0 before the session is kept.
  package var key: Int64 = 0
  package var title: String
  /// Milliseconds since 1970, like every time here.
  package var createdAt: Int64
  package var changedAt: Int64
  package var expiresAt: Int64?
  /// Grows with every change.
  package var version: Int64 = 1
  package let seed: Int64
  /// The second since 1970 at which the snippets' clock starts.
  package let clock: Int64
  /// A JSON object: limit name to number.
  package let limits: String
  package var origin: Origin?
  package var runCount = 0
  /// The run whose image the next run starts from; nil when it starts afresh.
  package var head: Int64?

  package init(
    id: String = Session.makeID(), title: String = "", createdAt: Int64, expiresAt: Int64? = nil,
    seed: Int64, clock: Int64, limits: String = "{}"
  ) {
    self.id = id
    self.title = title
    self.createdAt = createdAt
    self.changedAt = createdAt
    self.expiresAt = expiresAt
    self.seed = seed
    self.clock = clock
    self.limits = limits
  }

  /// A new id from the system's random numbers.
  package static func makeID() -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var bits = UInt128.random(in: .min ... .max)
    return String(
      (0..<22).map { _ in
        defer { bits >>= 6 }
        return alphabet[Int(bits & 63)]
      })
  }

  /// Whether its time is over at a moment.
  package func isExpired(at now: Int64) -> Bool {
    expiresAt.map { $0 <= now } ?? false
  }
}
