/// The life of one connection as a state machine: what came in, what time it is → what to do. It performs no input or
/// output; the event loop feeds it and obeys it, and tests drive it without a socket.
///
/// A connection receives one request after another. While a request is being answered, and while answers wait to be
/// taken by the client, no further request is read: that is the back-pressure on a client which pipelines. The last
/// answer (the client or the server wants to close, or the framing is in doubt) is followed by a lingering close: the
/// sending direction is shut, and what the client still sends is read and dropped for a short while, because closing a
/// socket with unread input resets it and can destroy the answer on its way (RFC 9112 section 9.6).
package struct ConnectionMachine {
  /// What the event loop is to do next.
  package enum Action {
    /// Nothing, until more bytes, time or an answer comes.
    case wait
    /// Decide about a request from its head, then call `accept`.
    case judge(RequestHead)
    /// Answer the request that was judged; this is its body.
    case run([UInt8])
    /// Answer with a refusal; it is the connection's last answer.
    case refuse(Refusal)
    /// Shut the sending direction and go on reading.
    case linger
    case close
  }

  private enum Phase {
    case receiving
    case answering
    /// The last answer is queued or being sent.
    case finishing
    case lingering
    case closed
  }

  private let limits: Limits
  private var parser: RequestParser
  private var phase = Phase.receiving
  /// When what is being waited for must have come, in milliseconds; `never` while a request is being answered.
  package private(set) var deadline: Int
  private var bodyBegan = 0
  private var lingerBytesLeft: Int
  private var inputHasEnded = false
  private var isDraining = false
  private var hasOutput = false
  private var keepsAlive = true

  package static let never = Int.max

  /// The machine of a connection that was just accepted; all times are in milliseconds.
  package init(limits: Limits, now: Int) {
    self.limits = limits
    parser = RequestParser(limits: limits)
    lingerBytesLeft = limits.lingerBytes
    deadline = now + limits.idleSeconds * 1000
  }

  /// True while bytes of the client are wanted.
  package var wantsInput: Bool {
    switch phase {
    case .receiving: !hasOutput
    case .lingering: true
    case .answering, .finishing, .closed: false
    }
  }

  /// True when no request is being received or answered.
  var isIdle: Bool {
    if case .receiving = phase { return parser.isBetweenRequests && !hasOutput }
    return false
  }

  /// True if the answer to the current request is the connection's last one.
  package var isLastAnswer: Bool { !keepsAlive || isDraining || inputHasEnded }

  /// Bytes of the body under way that are held in memory.
  var heldBytes: Int { parser.heldBytes }

  /// Takes input from an index on, until something is to be done or the input is used up.
  package mutating func advance(_ input: Span<UInt8>, from index: inout Int, now: Int) -> Action {
    switch phase {
    case .receiving: return receive(input, from: &index, now: now)
    case .lingering:
      lingerBytesLeft -= input.count - index
      index = input.count
      return lingerBytesLeft < 0 ? close() : .wait
    case .answering, .finishing: return .wait
    case .closed: return .close
    }
  }

  private mutating func receive(_ input: Span<UInt8>, from index: inout Int, now: Int) -> Action {
    if index < input.count, parser.isBetweenRequests { deadline = now + limits.headerSeconds * 1000 }
    do throws(Refusal) {
      switch try parser.advance(input, from: &index) {
      case .needsInput:
        if !parser.isInHead { deadline = bodyDeadline }
        return .wait
      case .head(let head):
        keepsAlive = head.keepsAlive
        bodyBegan = now
        return .judge(head)
      case .complete:
        phase = .answering
        deadline = ConnectionMachine.never
        return .run(parser.takeBody())
      }
    } catch {
      return refuse(error)
    }
  }

  /// A slow body is borne for a fixed time and then at a least rate; what has come in time earns more time.
  private var bodyDeadline: Int {
    bodyBegan + limits.bodySeconds * 1000 + parser.bodyBytes / max(1, limits.bodyBytesPerSecond / 1000)
  }

  /// Goes on to the body of the request that was judged; `discarding` when its answer is settled already.
  package mutating func accept(bodyLimit: Int, discarding: Bool) -> Action {
    do throws(Refusal) {
      try parser.expectBody(limit: bodyLimit, discarding: discarding)
      deadline = bodyDeadline
      return .wait
    } catch {
      return refuse(error)
    }
  }

  /// Refuses what is being received, as its last answer.
  package mutating func refuse(_ refusal: Refusal) -> Action {
    phase = .answering
    keepsAlive = false
    deadline = ConnectionMachine.never
    return .refuse(refusal)
  }

  /// Answers without reading the body that the head announces, and closes then.
  mutating func answerEarly() {
    phase = .answering
    keepsAlive = false
    deadline = ConnectionMachine.never
  }

  /// Makes the answer under way the last one.
  mutating func closeAfterAnswer() {
    keepsAlive = false
  }

  /// The answer is complete and queued for sending.
  package mutating func answered(now: Int) {
    guard case .answering = phase else { return }
    phase = isLastAnswer ? .finishing : .receiving
    deadline = now + limits.idleSeconds * 1000
  }

  /// Some output was sent, or some came to wait; `isEmpty` says whether any waits now.
  package mutating func outputChanged(isEmpty: Bool, progressed: Bool, now: Int) -> Action {
    if !isEmpty {
      if progressed || !hasOutput { deadline = now + limits.stallSeconds * 1000 }
      hasOutput = true
      return .wait
    }
    let waited = hasOutput
    hasOutput = false
    switch phase {
    case .receiving:
      if waited { deadline = now + limits.idleSeconds * 1000 }
      return .wait
    case .answering:
      deadline = ConnectionMachine.never
      return .wait
    case .finishing:
      if inputHasEnded { return close() }
      phase = .lingering
      deadline = now + (isDraining ? 500 : limits.lingerSeconds * 1000)
      return .linger
    case .lingering, .closed: return .wait
    }
  }

  /// The client has finished sending. What it asked for is still answered.
  package mutating func inputEnded() -> Action {
    inputHasEnded = true
    switch phase {
    case .receiving:
      if parser.isBetweenRequests { return hasOutput ? finishSoon() : close() }
      return refuse(.malformed("The connection ended within the request."))
    case .answering, .finishing: return .wait
    case .lingering, .closed: return close()
    }
  }

  private mutating func finishSoon() -> Action {
    phase = .finishing
    return .wait
  }

  /// The deadline has passed.
  package mutating func expired(now: Int) -> Action {
    if hasOutput { return close() }
    switch phase {
    case .receiving:
      if parser.isBetweenRequests { return close() }
      return refuse(Refusal(status: 408, code: "request_timeout", detail: "The request took too long to arrive."))
    case .answering: return .wait
    case .finishing, .lingering, .closed: return close()
    }
  }

  /// The server stops: the answer under way is the last one, and an idle client has a moment left for a request that is
  /// already on its way.
  package mutating func drain(now: Int) {
    isDraining = true
    if isIdle { deadline = min(deadline, now + 300) }
  }

  mutating func close() -> Action {
    phase = .closed
    return .close
  }
}
