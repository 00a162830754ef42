/// The body of an answer that is sent piece by piece, from any thread.
///
/// Back-pressure: `send` never blocks. When the client takes less than comes, it says `congested`, and the producer
/// should stop until `whenReady` calls it. A producer that goes on all the same is cut off at four times the limit.
package final class ResponseStream: Sendable {
  /// Whether more should be sent now.
  package enum Flow: Sendable {
    case open
    case congested
    /// The client is gone, or the stream was ended; nothing that is sent goes anywhere.
    case cancelled
  }

  private let exchange: Exchange

  init(_ exchange: Exchange) {
    self.exchange = exchange
  }

  deinit {
    finish(isComplete: false)
  }

  /// Sends a piece of the body.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Flow {
    let flow = exchange.state.withLock { state -> Flow? in
      if state.isCancelled { return nil }
      if bytes.isEmpty { return .open }
      state.posted += bytes.count
      let waiting = state.posted + state.unsent
      if waiting > exchange.streamLimit * 4 {
        state.isCancelled = true
        return .cancelled
      }
      return waiting > exchange.streamLimit ? .congested : .open
    }
    guard let flow else { return .cancelled }
    if flow == .cancelled {
      exchange.mailbox.post(.endStream(exchange.token, isComplete: false))
    } else if !bytes.isEmpty {
      exchange.mailbox.post(.streamBytes(exchange.token, bytes))
    }
    return flow
  }

  /// Has an action run once, on the event loop's thread, when there is room again; at once if there is.
  package func whenReady(_ action: @escaping @Sendable () -> Void) {
    let isReady = exchange.state.withLock { state in
      if state.isCancelled { return false }
      if state.posted + state.unsent <= exchange.streamLimit / 2 { return true }
      state.onReady = action
      return false
    }
    if isReady { action() }
  }

  /// Ends the body. A stream that is dropped without this is cut off, which the client can see.
  package func finish() {
    finish(isComplete: true)
  }

  private func finish(isComplete: Bool) {
    let mustPost = exchange.state.withLock { state in
      if state.isCancelled { return false }
      state.isCancelled = true
      state.onCancel = nil
      state.onReady = nil
      return true
    }
    if mustPost { exchange.mailbox.post(.endStream(exchange.token, isComplete: isComplete)) }
  }

  /// True once nothing that is sent can reach the client.
  package var isCancelled: Bool {
    exchange.state.withLock { $0.isCancelled }
  }

  /// Has an action run, on the event loop's thread, if the client goes before the end; at once if it has gone.
  package func onCancel(_ action: @escaping @Sendable () -> Void) {
    let isTooLate = exchange.state.withLock { state in
      if !state.isCancelled { state.onCancel = action }
      return state.isCancelled
    }
    if isTooLate { action() }
  }
}
