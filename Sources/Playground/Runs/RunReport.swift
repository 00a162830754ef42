import HTTPServer

/// What the inspector reports of a run's end, read once: cells, functions, warnings, an explanation, perhaps the steps.
struct RunReport: Sendable {
  /// Without report: no members.
  let members: JSONObject
  /// What is kept of it: not the steps, which are made again when somebody asks for them, and nothing that is very long.
  let kept: String?

  private static let mostKeptBytes = 256 << 10

  /// A worker's report, as far as it is what it must be: nothing that a worker says is trusted.
  init(_ bytes: [UInt8]?) {
    var limits = JSONLimits()
    limits.values = 20_000_000
    guard let bytes, case .object(let object)? = try? JSONValue(parsing: bytes, limits: limits) else {
      members = JSONObject()
      kept = nil
      return
    }
    var known = object
    for member in object.members where !Self.isKnown(member.name, member.value) { known[member.name] = nil }
    members = known
    var short = known
    short["steps"] = nil
    let isWhole = short.members.count == object.members.count
    let text = isWhole ? bytes : JSONValue.object(short).serialized()
    kept = text.count <= RunReport.mostKeptBytes ? String(decoding: text, as: UTF8.self) : nil
  }

  /// Whether a member is one that a report has, and of its kind.
  private static func isKnown(_ name: String, _ value: JSONValue) -> Bool {
    switch name {
    case "functions", "cells", "warnings": value.array?.allSatisfy(\.isObject) == true
    case "matrix", "steps": value.isObject
    case "stepCount": value.int != nil
    case "explanation": value["text"]?.string != nil && value["fix"]?.isObject != false
    default: false
    }
  }

  /// A report that was kept.
  init(kept text: String?) {
    self.init(text.map { Array($0.utf8) })
  }
}
