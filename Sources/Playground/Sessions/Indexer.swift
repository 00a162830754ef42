import SessionStore
import Synchronization

/// Has search find what it does not know yet: the runs of forks and imports, and what a crash kept from being indexed.
final class Indexer: Sendable {
  private let store: SessionStore
  private let isAtWork = Mutex(false)
  private static let runsPerWrite = 32

  init(store: SessionStore) {
    self.store = store
  }

  /// Looks whether there is something to do, and does it in the background.
  func wake() {
    let mustStart = isAtWork.withLock { isAtWork in
      defer { isAtWork = true }
      return !isAtWork
    }
    guard mustStart else { return }
    Task(priority: .background) { [self] in
      // What can't be read or written now is met again at the next start.
      while await workSome() {}
      isAtWork.withLock { $0 = false }
    }
  }

  private func workSome() async -> Bool {
    guard let found = try? await store.unindexed(limit: Self.runsPerWrite), !found.runs.isEmpty else { return false }
    for run in found.runs {
      guard
        (try? await store.index(run.run, number: run.number, of: found.session, Findings(run.run))) != nil
      else { return false }
    }
    return true
  }
}
