/// A session as it is kept: its settings. Its runs are read one at a time.
package struct Session: Equatable, Sendable {
  /// 128 random bits as 22 characters that need no escaping in a URL; whoever knows it may use the session.
  package let id: String
  package var title: String
  /// Milliseconds since 1970, like every time here.
  package let createdAt: Int64
  package var changedAt: Int64
  package var expiresAt: Int64?
  package let seed: Int64
  package let clock: Int64
  /// A JSON object: limit name to number.
  package let limits: String

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
}
