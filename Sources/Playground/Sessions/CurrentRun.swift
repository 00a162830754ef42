import HTTPServer
import Sandbox
import Synchronization

/// A run that is under way: what was told of it so far, who listens, and how it is cancelled.
final class CurrentRun: Sendable {
  /// One thing that is told, as a server-sent event.
  struct Event: Sendable {
    let name: String
    let json: [UInt8]
    /// How many bytes the run had printed, this event included.
    let place: Int
  }

  /// How a run ended: with its answer, or not at all.
  typealias Ending = Result<RunEnding, Problem>

  private struct State {
    var events: [Event] = []
    var listeners: [@Sendable (Event) -> Void] = []
    var waiting: [@Sendable (Ending) -> Void] = []
    var ending: Ending?
    var attempts = 0
    var cancel: (@Sendable () -> Void)?
    var isCancelled = false
  }

  /// 0 for a run without a session.
  let number: Int
  /// Whether events are wanted as they come.
  let isStreamed: Bool
  private let state = Mutex(State())

  init(number: Int, isStreamed: Bool) {
    self.number = number
    self.isStreamed = isStreamed
  }

  /// Tells an event to whoever listens.
  func tell(_ event: RunEvent) {
    let (listeners, event) = state.withLock { state in
      let event = Event(event, after: state.events.last?.place ?? 0)
      state.events.append(event)
      return (state.listeners, event)
    }
    for listener in listeners { listener(event) }
  }

  /// Tells how it ended, once.
  func end(_ ending: Ending) {
    let waiting = state.withLock { state -> [@Sendable (Ending) -> Void] in
      guard state.ending == nil else { return [] }
      state.ending = ending
      state.listeners = []
      state.cancel = nil
      return state.waiting.take()
    }
    for one in waiting { one(ending) }
  }

  /// Has what was told so far of the output from a place on told, and what comes; then the ending.
  func listen(
    after last: Int = 0, _ listener: @escaping @Sendable (Event) -> Void,
    ending: @escaping @Sendable (Ending) -> Void
  ) {
    // Under the lock, so that nothing that comes meanwhile overtakes what was told before.
    let known = state.withLock { state -> Ending? in
      for event in state.events where event.place > last { listener(event) }
      guard state.ending == nil else { return state.ending }
      state.listeners.append(listener)
      state.waiting.append(ending)
      return nil
    }
    if let known { ending(known) }
  }

  /// Whether somebody listens beside the request that it belongs to.
  var isFollowed: Bool {
    state.withLock { !$0.waiting.isEmpty }
  }

  /// Waits for the end.
  func whenEnded(_ ending: @escaping @Sendable (Ending) -> Void) {
    let known = state.withLock { state -> Ending? in
      if state.ending == nil { state.waiting.append(ending) }
      return state.ending
    }
    if let known { ending(known) }
  }

  /// Begins an attempt at it; answers its number.
  func attempt() -> Int {
    state.withLock { state in
      state.attempts += 1
      return state.attempts
    }
  }

  /// Says how to cancel an attempt, if there was none since; at once if that was asked already.
  func onCancel(of attempt: Int, _ cancel: @escaping @Sendable () -> Void) {
    let isLate = state.withLock { state in
      guard attempt == state.attempts else { return false }
      if !state.isCancelled, state.ending == nil { state.cancel = cancel }
      return state.isCancelled
    }
    if isLate { cancel() }
  }

  /// Ends it early.
  func cancel() {
    let cancel = state.withLock { state in
      state.isCancelled = true
      return state.cancel.take()
    }
    cancel?()
  }
}

/// The answer of a run, in the forms that can be asked for.
struct RunEnding: Sendable {
  let outcome: String
  let text: String
  let json: [UInt8]
  /// The session's version after it, as an entity tag.
  var sessionTag: String?

  /// The answer in a form.
  func response(_ form: Snippet.Form, status: Int = 200) -> Response {
    var response = form == .json ? Response.json(serialized: json, status: status) : Response.text(text, status: status)
    response.add("Cellar-Outcome", outcome)
    response.add("Vary", "Accept")
    return response
  }
}

extension CurrentRun.Event {
  init(_ event: RunEvent, after place: Int) {
    var writer = JSONWriter()
    writer.beginObject()
    switch event {
    case .output(let piece):
      name = "output"
      self.place = place + piece.text.utf8.count
      writer.key("t")
      writer.double((piece.time * 1_000_000).rounded() / 1_000_000)
      writer.member("stream", piece.isError ? "stderr" : "stdout")
      writer.member("text", piece.text)
    case .progress(let ticks, let seconds):
      name = "progress"
      self.place = place
      writer.member("ticks", ticks)
      writer.key("seconds")
      writer.double((seconds * 1_000_000).rounded() / 1_000_000)
    }
    writer.endObject()
    json = writer.bytes
  }
}

extension Array {
  /// Empties the array; answers what was in it.
  fileprivate mutating func take() -> [Element] {
    defer { self = [] }
    return self
  }
}
