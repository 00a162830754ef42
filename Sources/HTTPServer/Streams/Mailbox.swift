import Synchronization

/// What other threads tell the event loop.
enum Message: Sendable {
  case answer(ExchangeToken, Response)
  case beginStream(ExchangeToken, Response, heartbeat: [UInt8]?)
  case streamBytes(ExchangeToken, [UInt8])
  case endStream(ExchangeToken, isComplete: Bool)
  case drain
  case resumeAccepting
}

/// Messages for the event loop, from any thread, in order; the first into an empty box wakes the loop.
final class Mailbox: Sendable {
  let wakeUp: WakeUp
  private let messages = Mutex<[Message]>([])

  init() throws(SystemError) {
    wakeUp = try WakeUp()
  }

  func post(_ message: Message) {
    let wasEmpty = messages.withLock { messages in
      messages.append(message)
      return messages.count == 1
    }
    if wasEmpty { wakeUp.signal() }
  }

  /// Takes all messages out.
  func takeAll() -> [Message] {
    wakeUp.clear()
    return messages.withLock { messages in
      let taken = messages
      messages = []
      return taken
    }
  }
}
