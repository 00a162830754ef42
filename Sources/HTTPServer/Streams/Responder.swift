import Synchronization

/// Which request on which connection an answer belongs to. Descriptors are used again, so two counters guard it.
struct ExchangeToken: Sendable, Equatable {
  let descriptor: Int32
  let serial: UInt32
  let number: UInt32
}

/// What both sides of an exchange share: the event loop on one, whoever answers on the other.
final class Exchange: Sendable {
  struct State {
    /// True while the handler's own call lasts, on the event loop's thread: an answer then needs no message.
    var isInHandler = true
    var isAnswered = false
    var immediate: Response?
    var isCancelled = false
    var onCancel: (@Sendable () -> Void)?
    /// Bytes of a stream that the event loop has not yet taken, and bytes that it could not yet send.
    var posted = 0
    var unsent = 0
    var onReady: (@Sendable () -> Void)?
  }

  let token: ExchangeToken
  let mailbox: Mailbox
  let streamLimit: Int
  let state = Mutex(State())

  init(token: ExchangeToken, mailbox: Mailbox, streamLimit: Int) {
    self.token = token
    self.mailbox = mailbox
    self.streamLimit = streamLimit
  }

  /// The handler has returned; its answer, if it gave one already.
  func handlerReturned() -> Response? {
    state.withLock { state in
      state.isInHandler = false
      return state.immediate.take()
    }
  }

  /// The client is gone: tells whoever is still working on the answer.
  func cancel() {
    let action = state.withLock { state -> (@Sendable () -> Void)? in
      if state.isCancelled { return nil }
      state.isCancelled = true
      state.onReady = nil
      return state.onCancel.take()
    }
    action?()
  }

  /// The event loop took bytes from its mailbox, or sent some; wakes a producer that waits for room.
  func streamMoved(taken: Int, unsent: Int) {
    let action = state.withLock { state -> (@Sendable () -> Void)? in
      state.posted -= taken
      state.unsent = unsent
      return state.posted + state.unsent <= streamLimit / 2 ? state.onReady.take() : nil
    }
    action?()
  }
}

/// The right to answer one request, once, from any thread. If it is dropped without an answer, the client gets a 500,
/// so that a fault in a handler can't leave a client waiting for ever.
package final class Responder: Sendable {
  private let exchange: Exchange

  init(_ exchange: Exchange) {
    self.exchange = exchange
  }

  deinit {
    send(
      Problem(500, code: "internal_error", detail: "The request could not be answered because of a fault here.")
        .response())
  }

  /// Gives the whole answer. Only the first answer counts.
  package func send(_ response: Response) {
    let mustPost = exchange.state.withLock { state in
      if state.isAnswered || state.isCancelled { return false }
      state.isAnswered = true
      state.onCancel = nil
      if state.isInHandler { state.immediate = response }
      return !state.isInHandler
    }
    if mustPost { exchange.mailbox.post(.answer(exchange.token, response)) }
  }

  /// The same as `send`, so that `respond(…)` reads well.
  package func callAsFunction(_ response: Response) {
    send(response)
  }

  /// Answers with a problem.
  package func fail(_ problem: Problem) {
    send(problem.response())
  }

  /// Answers with what the body gives, or with the problem that it throws.
  package func answer(_ body: () throws(Problem) -> Response) {
    do throws(Problem) {
      send(try body())
    } catch {
      fail(error)
    }
  }

  /// Answers with what an asynchronous body gives, or with the problem that it throws; it is cancelled if the client
  /// goes before that.
  package func answer(_ body: @escaping @Sendable () async throws(Problem) -> Response) {
    let task = Task {
      do throws(Problem) {
        send(try await body())
      } catch {
        fail(error)
      }
    }
    onCancel { task.cancel() }
  }

  /// True once the client is gone; the answer would reach nobody.
  package var isCancelled: Bool {
    exchange.state.withLock { $0.isCancelled }
  }

  /// Has an action run, on the event loop's thread, if the client goes before it is answered; at once if it has gone.
  package func onCancel(_ action: @escaping @Sendable () -> Void) {
    let isTooLate = exchange.state.withLock { state in
      if !state.isCancelled { state.onCancel = action }
      return state.isCancelled
    }
    if isTooLate { action() }
  }

  /// Begins an answer whose body is sent piece by piece. `heartbeat` is sent when there was nothing for a while.
  package func startStream(_ head: Response, heartbeat: [UInt8]? = nil) -> ResponseStream {
    let isFirst = exchange.state.withLock { state in
      if state.isAnswered || state.isCancelled { return false }
      state.isAnswered = true
      return true
    }
    if isFirst { exchange.mailbox.post(.beginStream(exchange.token, head, heartbeat: heartbeat)) }
    return ResponseStream(exchange)
  }

  /// Begins a stream of server-sent events.
  package func startEvents() -> EventStream {
    var head = Response(200)
    head.add("Content-Type", "text/event-stream; charset=utf-8")
    head.add("Cache-Control", "no-store")
    head.add("X-Accel-Buffering", "no")
    return EventStream(startStream(head, heartbeat: EventStream.heartbeat))
  }
}
