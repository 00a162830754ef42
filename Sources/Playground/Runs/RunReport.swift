import HTTPServer

/// What the inspector reports of a run's end, read once: cells, functions, warnings, an explanation, perhaps the steps.
struct RunReport: Sendable {
  /// Without report: no members.
  let members: JSONObject
  /// What is kept of it: not the steps, which are made again when somebody asks for them, and nothing that is very long.
  let kept: String?

  private static let mostKeptBytes = 256 << 10

  /// A worker's report, if it is what it must be, a JSON object: nothing that a worker says is trusted.
  init(_ bytes: [UInt8]?) {
    var limits = JSONLimits()
    limits.values = 20_000_000
    guard let bytes, case .object(let object)? = try? JSONValue(parsing: bytes, limits: limits) else {
      members = JSONObject()
      kept = nil
      return
    }
    members = object
    var short = object
    short["steps"] = nil
    let text = object["steps"] == nil ? bytes : JSONValue.object(short).serialized()
    kept = text.count <= RunReport.mostKeptBytes ? String(decoding: text, as: UTF8.self) : nil
  }

  /// A report that was kept.
  init(kept text: String?) {
    self.init(text.map { Array($0.utf8) })
  }
}
