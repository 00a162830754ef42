import HTTPServer
import Sandbox
import SessionStore

/// What was shared: snippets in order, and what they run with. The same content always has the same text, and so the same
/// id.
struct SharedContent: Sendable {
  /// One snippet and what it reads.
  struct Part: Sendable {
    let code: String
    let stdin: String
    /// Whether it starts afresh, and not on what the part before it left.
    var restarted = false
  }

  let title: String
  /// The step that is shown first.
  let step: Int?
  let seed: Int64
  let clock: Int64
  let parts: [Part]

  init(title: String, step: Int?, seed: Int64, clock: Int64, parts: [Part]) {
    self.title = title
    self.step = step
    self.seed = seed
    self.clock = clock
    self.parts = parts
  }

  /// The inverse of `text`.
  init?(_ text: String) {
    guard let value = try? JSONValue(parsing: Array(text.utf8)), let parts = value["snippets"]?.array else {
      return nil
    }
    title = value["title"]?.string ?? ""
    step = value["step"]?.int
    seed = Int64(value["seed"]?.int ?? 0)
    clock = Int64(value["clock"]?.int ?? 0)
    self.parts = parts.map {
      Part(
        code: $0["code"]?.string ?? "", stdin: $0["stdin"]?.string ?? "", restarted: $0["restarted"] == .bool(true))
    }
  }

  var text: String {
    var writer = JSONWriter()
    writer.beginObject()
    writeMembers(to: &writer)
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The document of a share: the content, and what became of its last snippet.
  static func json(_ share: Share) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", share.id)
    writer.member("created_at", Moment.text(share.createdAt))
    SharedContent(share.content)?.writeMembers(to: &writer)
    writer.key("run")
    writer.raw(Array(share.answer.utf8))
    writer.endObject()
    return writer.bytes
  }

  private func writeMembers(to writer: inout JSONWriter) {
    writer.member("title", title)
    writer.key("step")
    if let step { writer.int(step) } else { writer.null() }
    writer.member("seed", Int(seed))
    writer.member("clock", Int(clock))
    writer.key("snippets")
    writer.beginArray()
    for part in parts {
      writer.beginObject()
      writer.member("code", part.code)
      writer.member("stdin", part.stdin)
      writer.member("restarted", part.restarted)
      writer.endObject()
    }
    writer.endArray()
  }

  /// The snippets since the last restart, as they are run one after the other.
  func requests(limits: RunLimits, client: String) -> [RunRequest] {
    let first = parts.lastIndex(where: \.restarted) ?? 0
    return parts[first...].map { part in
      var request = RunRequest(source: part.code, limits: limits)
      request.input = Array(part.stdin.utf8)
      request.seed = Int(seed)
      request.clock = Double(clock)
      request.client = client
      return request
    }
  }

  /// All snippets as one source.
  var source: String {
    parts.enumerated().map { index, part in
      (index == 0 ? "" : "\n# Run \(index + 1)\(part.restarted ? ", after a restart" : "")\n") + part.code
        + (part.code.hasSuffix("\n") ? "" : "\n")
    }.joined()
  }
}
