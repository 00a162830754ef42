import HTTPServer
import Synchronization

/// A stream that begins when there is something to tell; what fails before that is answered as any request is.
final class LateStream: Sendable {
  private let responder: Responder
  private let hasBegun = Mutex(false)

  init(_ responder: Responder) {
    self.responder = responder
  }

  func begin() -> RunStream {
    hasBegun.withLock { $0 = true }
    return RunStream(responder)
  }

  /// Answers what ended without having begun: with its problem, or with the answer that it got when it came first.
  func endIfNotBegun(_ ending: CurrentRun.Ending) {
    guard !hasBegun.withLock({ $0 }) else { return }
    switch ending {
    case .success: RunStream(responder).end(ending, number: 0)
    case .failure(let problem): responder.fail(problem)
    }
  }
}
