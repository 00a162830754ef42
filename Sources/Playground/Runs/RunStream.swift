import HTTPServer

/// A run told as server-sent events: what it prints, how far it is, and in the end the whole answer. Ids are the run's
/// number and how many bytes it had printed then, so that a client that lost the connection can say what it has, however
/// the output was cut into events.
struct RunStream: Sendable {
  private let events: EventStream

  /// How long a client should wait before it comes back.
  private static let retryMilliseconds = 2_000

  init(_ respond: Responder) {
    events = respond.startEvents()
    events.retry(milliseconds: Self.retryMilliseconds)
  }

  /// Tells of a run from a place in its output on.
  func follow(_ run: CurrentRun, after last: Int = 0) {
    let (events, number) = (events, run.number)
    run.listen(after: last) { event in
      events.send(event: event.name, json: event.json, id: "\(number)-\(event.place)")
    } ending: { ending in
      Self.end(events, ending, number: number)
    }
  }

  /// Tells how a run ended that never began, or that ended long ago.
  func end(_ ending: CurrentRun.Ending, number: Int) {
    Self.end(events, ending, number: number)
  }

  /// The terminal event: the only one of its name, and the last.
  private static func end(_ events: EventStream, _ ending: CurrentRun.Ending, number: Int) {
    switch ending {
    case .success(let answer): events.send(event: "done", json: answer.json, id: "\(number)-done")
    case .failure(let problem): events.send(event: "done", json: problem.response().body, id: "\(number)-done")
    }
    events.finish()
  }

  /// Has something done if the client goes away.
  func onCancel(_ action: @escaping @Sendable () -> Void) {
    events.onCancel(action)
  }

  /// The place in the output from which a client that was here before wants to go on: 0 for all of it, nil if it has the
  /// end.
  static func place(in request: Request, run number: Int) -> Int? {
    guard let id = request.headers["last-event-id"] else { return 0 }
    let parts = id.split(separator: "-")
    guard parts.count == 2, parts[0] == String(number) else { return 0 }
    return parts[1] == "done" ? nil : Int(parts[1]) ?? 0
  }
}
