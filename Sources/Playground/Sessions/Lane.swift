import HTTPServer
import Sandbox
import SessionStore
import Synchronization

/// One session's requests, one after the other in the order in which they came, and what is known of the session between
/// them.
final class Lane: Sendable {
  /// What is done when it is its turn; it must call `leave` in the end.
  typealias Turn = @Sendable () -> Void

  /// A session as it stands. Only whoever has the turn changes it, but for the image, which comes when it is made.
  struct Known: Sendable {
    var session: Session
    let limits: RunLimits
    /// What the last run left; nil when it must be read.
    var image: StoredImage?
    /// The state that a worker may have alive.
    var live: Int?
  }

  private struct State {
    var isTaken = false
    var waiting: [Turn] = []
    var known: Known?
    var current: CurrentRun?
    var lastUse: UInt64 = 0
  }

  let id: String
  private let state = Mutex(State())
  private static let longestLine = 64

  init(id: String) {
    self.id = id
  }

  /// Has something done when it is its turn, at once if nobody is at it. Refused when too many wait.
  func take(at moment: UInt64, _ turn: @escaping Turn) throws(Problem) {
    let isAccepted: Bool? = state.withLock { state in
      state.lastUse = moment
      if !state.isTaken {
        state.isTaken = true
        return true
      }
      guard state.waiting.count < Lane.longestLine else { return nil }
      state.waiting.append(turn)
      return false
    }
    switch isAccepted {
    case true?: turn()
    case false?: break
    case nil: throw .overloaded(retryAfterSeconds: 1, detail: "Too many requests wait for this session.")
    }
  }

  /// Lets the next one have its turn.
  func leave() {
    let next = state.withLock { state -> Turn? in
      if state.waiting.isEmpty {
        state.isTaken = false
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?()
  }

  var known: Known? {
    get { state.withLock { $0.known } }
    set { state.withLock { $0.known = newValue } }
  }

  /// Notes what a state was left as, if it still is the session's.
  func note(_ image: StoredImage, of live: Int) {
    state.withLock { if $0.known?.live == live { $0.known?.image = image } }
  }

  /// The run that is under way.
  var current: CurrentRun? {
    get { state.withLock { $0.current } }
    set { state.withLock { $0.current = newValue } }
  }

  /// When it was last used, if nobody uses it now.
  var idleSince: UInt64? {
    state.withLock { $0.isTaken ? nil : $0.lastUse }
  }

  /// What is kept of the image, in bytes.
  var heldBytes: Int {
    state.withLock { state in
      state.known?.image.map { $0.head.count + $0.pages.count * StoredImage.pageBytes } ?? 0
    }
  }

  /// Gives the image up; it can be read again.
  func dropImage() {
    state.withLock { $0.known?.image = nil }
  }
}
