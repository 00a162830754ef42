import HTTPServer
import Sandbox
import SessionStore

/// A session as one JSON file, complete and portable: what was sent and what was answered. Images are not in it; they are
/// made again from the snippets.
enum Archive {
  static let format = "cellar-session"
  static let version = 1
  /// The largest file that is taken.
  static let mostBytes = 16 << 20

  /// The beginning of the file: everything but the runs, each of which follows as `run` writes it, and then `end`.
  static func beginning(of session: Session) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("format", format)
    writer.member("version", version)
    writer.member("title", session.title)
    writer.member("created_at", Moment.text(session.createdAt))
    writer.member("seed", Int(session.seed))
    writer.member("clock", Int(session.clock))
    writer.key("limits")
    writer.raw(Array(session.limits.utf8))
    writer.key("runs")
    writer.beginArray()
    return writer.bytes
  }

  static let end = Array("]}\n".utf8)

  static func run(_ numbered: NumberedRun) -> [UInt8] {
    let run = numbered.run
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("created_at", Moment.text(run.createdAt))
    writer.member("source", run.source)
    writer.member("stdin", run.stdin)
    writer.member("seed", Int(run.seed))
    writer.member("clock", Int(run.clock))
    writer.member("restarted", numbered.parent == nil)
    writer.member("outcome", run.outcome)
    writer.member("stdout", run.stdout)
    writer.member("stderr", run.stderr)
    writer.member("result", run.result)
    let parts = [
      ("pieces", run.pieces), ("limits", run.limits), ("error", run.error), ("usage", run.usage),
      ("truncated", run.truncated), ("report", run.report), ("what_if", run.change),
    ]
    for (name, json) in parts {
      writer.key(name)
      if let json { writer.raw(Array(json.utf8)) } else { writer.null() }
    }
    writer.endObject()
    return writer.bytes
  }

  /// A run's source in a file of all of them.
  static func source(_ run: NumberedRun) -> String {
    var mark = run.number == 1 ? "" : "\n# Run \(run.number)\(run.parent == nil ? ", after a restart" : "")\n"
    if let change = run.run.change.flatMap({ CellChange(kept: $0) }) {
      mark += "# At step \(change.step) of this run cell#\(change.cell) was set to \(change.expression)\n"
    }
    return mark + run.run.source + (run.run.source.hasSuffix("\n") ? "" : "\n")
  }

  /// What a file holds.
  struct Contents {
    let session: Session
    let runs: [(run: Run, startedAfresh: Bool)]
  }

  /// Reads a file that anybody may have written: everything is checked, nothing is believed but what was printed.
  static func read(
    _ bytes: [UInt8], limits: RunLimits, ceiling: RunLimits, at now: Int64
  ) throws(Problem) -> Contents {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw Problem(400, code: "invalid_json", detail: "The file is not valid JSON: \(error.message).")
    }
    var fields = try JSONFields(value)
    if fields.choice("format", of: [format]) == nil { fields.refuse("format", "must be \(format)") }
    if fields.integer("version", in: 1...version) == nil { fields.refuse("version", "must be \(version)") }
    let title = fields.string("title", atMost: SessionJSON.mostTitleBytes) ?? ""
    _ = fields.string("created_at")
    let seed = fields.integer("seed", in: Int.min...Int.max) ?? 0
    let clock = fields.integer("clock", in: 0...253_402_300_799).map(Int64.init) ?? Snippet.Defaults.clock
    let sessionLimits = fields.object("limits") { RunLimits(&$0, over: limits, ceiling: .most) } ?? limits
    let runs = fields.array("runs") ?? []
    if fields.isMissing("runs") { fields.refuse("runs", "is missing") }
    if runs.count > SessionStore.mostRuns { fields.refuse("runs", "are more than \(SessionStore.mostRuns)") }
    try fields.finish()
    let session = Session(
      title: title, createdAt: now, seed: Int64(seed), clock: clock, limits: sessionLimits.within(ceiling).kept)
    var read: [(run: Run, startedAfresh: Bool)] = []
    for (index, run) in runs.enumerated() { read.append(try self.run(run, index, at: now)) }
    return Contents(session: session, runs: read)
  }

  private static func run(
    _ value: JSONValue, _ index: Int, at now: Int64
  ) throws(Problem) -> (run: Run, startedAfresh: Bool) {
    do throws(Problem) {
      var fields = try JSONFields(value)
      let created = fields.string("created_at").flatMap(Moment.parse) ?? now
      var run = Run(
        source: fields.requiredString("source"), outcome: fields.choice("outcome", of: Outcomes.names) ?? "",
        createdAt: min(max(created, 0), now))
      if fields.isMissing("outcome") { fields.refuse("outcome", "is missing") }
      if run.source.utf8.count > Snippet.mostSourceBytes { fields.refuse("source", "is too long") }
      run.stdin = fields.string("stdin", atMost: Snippet.mostInputBytes) ?? ""
      run.seed = Int64(fields.integer("seed", in: Int.min...Int.max) ?? 0)
      run.clock = fields.integer("clock", in: 0...253_402_300_799).map(Int64.init) ?? Snippet.Defaults.clock
      let startedAfresh = fields.bool("restarted") ?? false
      run.stdout = fields.string("stdout") ?? ""
      run.stderr = fields.string("stderr") ?? ""
      run.result = fields.string("result")
      if let pieces = pieces(&fields) { run.pieces = text(.array(pieces)) }
      run.limits = (fields.object("limits") { RunLimits(&$0, over: .ofHTTP, ceiling: .most) } ?? .ofHTTP).kept
      run.error = fields.object("error", Self.error)
      run.usage = fields.object("usage", Self.usage) ?? "{}"
      run.truncated = fields.object("truncated", Self.truncated) ?? "{}"
      run.report = report(&fields)
      run.change = (fields.object("what_if") { CellChange(&$0) } ?? nil)?.kept
      try fields.finish()
      return (run, startedAfresh)
    } catch {
      throw Problem(422, code: "invalid_fields", detail: "Run \(index + 1) of the file: \(error.detail)")
    }
  }

  /// Where the output was cut: seconds, 0 or 1 for the errors' stream, bytes.
  private static func pieces(_ fields: inout JSONFields) -> [JSONValue]? {
    let pieces = fields.array("pieces")
    let areRight = pieces?.allSatisfy { piece in
      guard let parts = piece.array, parts.count == 3, parts[0].kind == "a number" else { return false }
      return (parts[1] == 0 || parts[1] == 1) && parts[2].int.map { $0 >= 0 } == true
    }
    if areRight == false { fields.refuse("pieces", "must be arrays of seconds, 0 or 1, and bytes") }
    return pieces
  }

  private static func error(_ fields: inout JSONFields) -> String {
    var error = JSONObject()
    for name in ["type", "message", "text"] { error[name] = .string(fields.requiredString(name)) }
    let frames = fields.array("traceback") ?? []
    if !frames.allSatisfy(\.isObject) { fields.refuse("traceback", "must be objects") }
    error["traceback"] = .array(frames)
    return text(.object(error))
  }

  private static func usage(_ fields: inout JSONFields) -> String {
    var usage = JSONObject()
    usage["ticks"] = fields.integer("ticks", in: 0...Int.max).map { .int($0) }
    usage["seconds"] = fields.number("seconds", in: 0...1e9).map { .double($0) }
    for name in ["memory_bytes", "output_bytes", "steps"] {
      usage[name] = fields.integer(name, in: 0...Int.max).map { .int($0) }
    }
    return text(.object(usage))
  }

  private static func truncated(_ fields: inout JSONFields) -> String {
    var truncated = JSONObject()
    for name in ["stdout", "stderr"] {
      truncated[name] = .bool(fields.bool(name) ?? false)
      truncated[name + "_bytes"] = fields.integer(name + "_bytes", in: 0...Int.max).map { .int($0) }
    }
    return text(.object(truncated))
  }

  private static func report(_ fields: inout JSONFields) -> String? {
    guard let report = fields.any("report") else { return nil }
    if !report.isObject { fields.refuse("report", "must be an object, not \(report.kind)") }
    return RunReport(report.serialized()).kept
  }

  private static func text(_ value: JSONValue) -> String {
    String(decoding: value.serialized(), as: UTF8.self)
  }
}
