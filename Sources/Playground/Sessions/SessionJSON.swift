import HTTPServer
import SessionStore

/// Sessions as the API shows them.
enum SessionJSON {
  static let mostTitleBytes = 500

  /// A session with its runs, the newest last.
  static func text(_ session: Session, _ runs: [RunSummary], running: Int?) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writeMembers(session, to: &writer)
    writer.key("running")
    if let running { writer.int(running) } else { writer.null() }
    writer.key("runs")
    writer.beginArray()
    for run in runs { write(run, to: &writer) }
    writer.endArray()
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// A session that was just created.
  static func new(_ session: Session, _ runs: [RunSummary]) -> String { text(session, runs, running: nil) }

  /// A session in a list, with its last run.
  static func write(_ session: Session, last: RunSummary?, to writer: inout JSONWriter) {
    writer.beginObject()
    writeMembers(session, to: &writer)
    writer.key("last")
    if let last { write(last, to: &writer) } else { writer.null() }
    writer.endObject()
  }

  private static func writeMembers(_ session: Session, to writer: inout JSONWriter) {
    writer.member("id", session.id)
    writer.member("title", session.title)
    writer.member("created_at", Moment.text(session.createdAt))
    writer.member("changed_at", Moment.text(session.changedAt))
    writer.member("expires_at", session.expiresAt.map(Moment.text))
    writer.member("seed", Int(session.seed))
    writer.member("clock", Int(session.clock))
    writer.key("limits")
    writer.raw(Array(session.limits.utf8))
    writer.key("forked_from")
    if let origin = session.origin {
      writer.beginObject()
      writer.member("session", origin.session)
      writer.member("run", origin.run)
      writer.endObject()
    } else {
      writer.null()
    }
    writer.member("run_count", session.runCount)
  }

  private static func write(_ run: RunSummary, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("number", run.number)
    writer.member("created_at", Moment.text(run.createdAt))
    writer.member("outcome", run.outcome)
    writer.member("source", run.source)
    writer.member("source_bytes", run.sourceBytes)
    writer.member("result", run.result)
    writer.key("error")
    if let error = run.error, let value = try? JSONValue(parsing: Array(error.utf8)) {
      writer.value(.object(["type": value["type"] ?? .null, "message": value["message"] ?? .null]))
    } else {
      writer.null()
    }
    writer.member("restarted", run.startedAfresh && run.number > 1)
    writer.key("what_if")
    if let change = run.change { writer.raw(Array(change.utf8)) } else { writer.null() }
    writer.member("ticks", (try? JSONValue(parsing: Array(run.usage.utf8)))?["ticks"]?.int ?? 0)
    writer.endObject()
  }
}

/// The names of the ways in which a run can end.
enum Outcomes {
  static let names = [
    "ok", "exception", "syntax_error", "ticks", "time", "memory", "output", "recursion", "cancelled", "crashed",
  ]
}
