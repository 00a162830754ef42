import Dispatch
import HTTPServer
import SessionStore
import Synchronization

/// Keeps the store within what the operator set: removes what has expired, holds the file to its size, forgets old answers
/// and gives free space back. By default nothing is removed but what a session's own expiry says.
final class Keeper: Sendable {
  /// What the operator may set.
  struct Rules: Sendable {
    /// Sessions that nobody changed for so long are deleted; nil keeps them.
    var keptMilliseconds: Int64?
    /// When the store is larger, images go first, and then the sessions that were left alone the longest.
    var mostBytes: Int?
  }

  private static let periodSeconds = 60
  private static let requestMilliseconds: Int64 = 24 * 3_600_000
  private static let mostRounds = 100

  private let book: SessionBook
  private let rules: Rules
  private let log: LogWriter?
  private let isAtWork = Mutex(false)
  private let isStopped = Mutex(false)
  private let queue = DispatchQueue(label: "cellar.keeper", qos: .background)

  init(book: SessionBook, rules: Rules, log: LogWriter?) {
    self.book = book
    self.rules = rules
    self.log = log
    wakeAfter(seconds: 1)
  }

  private func wakeAfter(seconds: Int) {
    queue.asyncAfter(deadline: .now() + .seconds(seconds)) { [weak self] in
      guard let self, !isStopped.withLock({ $0 }) else { return }
      wake()
      wakeAfter(seconds: Self.periodSeconds)
    }
  }

  /// Begins nothing more.
  func stop() {
    isStopped.withLock { $0 = true }
  }

  /// Does its work once, in the background, unless it is at it.
  private func wake() {
    let mustStart = isAtWork.withLock { isAtWork in
      defer { isAtWork = true }
      return !isAtWork
    }
    guard mustStart else { return }
    book.indexer.wake()
    Task(priority: .background) { [self] in
      do throws(StoreError) {
        try await keep(at: Moment.now)
      } catch {
        log?.log(.error, "retention_failed", [("reason", .string(error.description))])
      }
      isAtWork.withLock { $0 = false }
    }
  }

  /// What there is to do at a moment.
  func keep(at now: Int64) async throws(StoreError) {
    for _ in 0..<Self.mostRounds {
      let ids = try await book.store.deleteExpired(at: now, unchangedSince: rules.keptMilliseconds.map { now - $0 })
      forget(ids, because: "expired")
      if ids.isEmpty { break }
    }
    if let mostBytes = rules.mostBytes { try await shrink(to: mostBytes, at: now) }
    try await book.store.tidy(requestsBefore: now - Self.requestMilliseconds)
  }

  private func shrink(to mostBytes: Int, at now: Int64) async throws(StoreError) {
    for _ in 0..<Self.mostRounds where try await book.store.usedBytes() > mostBytes {
      if try await book.store.dropLeastRecentImages(200) > 0 { continue }
      let ids = try await book.store.deleteLeastRecent(20, at: now)
      forget(ids, because: "store_limit")
      if ids.isEmpty { return }
    }
  }

  private func forget(_ ids: [String], because reason: String) {
    guard !ids.isEmpty else { return }
    for id in ids { book.remove(id) }
    log?.log(.info, "sessions_deleted", [("count", .int(ids.count)), ("reason", .string(reason))])
  }
}
