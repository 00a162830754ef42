import HTTPServer
import SessionStore

/// Where a session's run stands, as its answer says beside what became of it.
struct RunPlace: Sendable {
  let session: String
  let number: Int
  let startedAfresh: Bool
  /// Where the memory came from that it began with: `fresh`, `memory`, `image` or `replay`; nil when that is long ago.
  var resumed: String?
  var replayedRuns = 0
}

extension Run {
  /// The answer as JSON.
  func json(at place: RunPlace? = nil, _ found: RunReport? = nil) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    if let place { write(place, to: &writer) }
    writer.member("outcome", outcome)
    writer.member("stdout", stdout)
    writer.member("stderr", stderr)
    writeEvents(to: &writer)
    writer.member("result", result)
    let report = (found ?? RunReport(kept: report)).members
    writeError(report: report, to: &writer)
    for (name, text) in [("usage", usage), ("limits", limits), ("truncated", truncated)] {
      writer.key(name)
      writer.raw(Array(text.utf8))
    }
    for name in ["cells", "functions", "warnings"] where report[name] == nil {
      writer.key(name)
      writer.raw([UInt8(ascii: "["), UInt8(ascii: "]")])
    }
    for member in report.members {
      writer.key(member.name)
      writer.value(member.value)
    }
    writer.endObject()
    return writer.bytes
  }

  /// What the run printed, then Python's own traceback if it raised.
  var text: String {
    guard pieces != "[]" else { return stdout + stderr }
    return events.map(\.text).joined()
  }

  private func write(_ place: RunPlace, to writer: inout JSONWriter) {
    writer.member("session", place.session)
    writer.member("number", place.number)
    writer.member("created_at", Moment.text(createdAt))
    writer.member("source", source)
    writer.member("stdin", stdin)
    writer.member("seed", Int(seed))
    writer.member("clock", Int(clock))
    writer.member("restarted", place.startedAfresh && place.number > 1)
    writer.key("what_if")
    if let change { writer.raw(Array(change.utf8)) } else { writer.null() }
    if let resumed = place.resumed {
      writer.member("resumed", resumed)
      writer.member("replayed_runs", place.replayedRuns)
    }
  }

  /// One piece of output, in the order in which they came.
  struct Event {
    let seconds: JSONValue
    let isError: Bool
    let text: String
  }

  /// The output in its order, cut out of the two streams.
  var events: [Event] {
    guard let list = try? JSONValue(parsing: Array(pieces.utf8)).array else { return [] }
    var rest = (out: stdout.utf8[...], err: stderr.utf8[...])
    return list.compactMap { entry in
      guard let parts = entry.array, parts.count == 3, let count = parts[2].int, count >= 0 else { return nil }
      let isError = parts[1] == 1
      let bytes = isError ? rest.err.prefix(count) : rest.out.prefix(count)
      if isError { rest.err = rest.err.dropFirst(count) } else { rest.out = rest.out.dropFirst(count) }
      return Event(seconds: parts[0], isError: isError, text: String(decoding: bytes, as: UTF8.self))
    }
  }

  private func writeEvents(to writer: inout JSONWriter) {
    writer.key("events")
    writer.beginArray()
    for event in events {
      writer.beginObject()
      writer.key("t")
      writer.value(event.seconds)
      writer.member("stream", event.isError ? "stderr" : "stdout")
      writer.member("text", event.text)
      writer.endObject()
    }
    writer.endArray()
  }

  /// The error, with the explanation that the inspector found for it.
  private func writeError(report: JSONObject, to writer: inout JSONWriter) {
    writer.key("error")
    guard let error else { return writer.null() }
    guard let explanation = report["explanation"],
      case .object(var members) = try? JSONValue(parsing: Array(error.utf8))
    else { return writer.raw(Array(error.utf8)) }
    members["explanation"] = explanation["text"]
    members["fix"] = explanation["fix"]
    writer.value(.object(members))
  }
}

extension Findings {
  /// What search finds a run by, out of its report.
  init(_ run: Run, _ found: RunReport? = nil) {
    self.init()
    if let error = run.error, case .object(let object) = try? JSONValue(parsing: Array(error.utf8)) {
      raised = object["type"]?.string
    }
    let members = (found ?? RunReport(kept: run.report)).members
    for cell in members["cells"]?.array?.prefix(Findings.most) ?? [] {
      guard let name = cell["name"]?.string else { continue }
      let sharers = cell["sharedBy"]?.array?.count ?? 0
      cells[name] = max(cells[name] ?? 0, sharers)
    }
    for function in members["functions"]?.array?.prefix(Findings.most) ?? [] {
      if let name = function["qualname"]?.string, function["free"]?.array?.isEmpty == false { functions.insert(name) }
    }
  }

  /// A snippet can make any number of cells; search knows so many of each run.
  private static let most = 1_000
}
