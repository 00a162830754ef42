import HTTPServer
import Sandbox

/// What a request asks to run: the source, what it may use and read, and the form of the answer.
///
/// A body that is not JSON is the snippet itself, also with curl's default type of a form, unless the form has a field
/// `code`. JSON takes `code` and options; options can also come in the query. What nobody knows is refused by name.
struct Snippet: Sendable {
  static let mostSourceBytes = 64 << 10
  static let mostInputBytes = 256 << 10

  /// The forms that an answer can have.
  enum Form: String, Sendable, CaseIterable {
    case json = "application/json"
    case text = "text/plain"
    case events = "text/event-stream"
  }

  /// What a run has unless its request says otherwise.
  struct Defaults: Sendable {
    /// Without a seed and a clock of one's own, every run of a snippet is the same.
    static let clock: Int64 = 1_767_225_600

    var limits: RunLimits
    let ceiling: RunLimits
    var seed: Int64 = 0
    var clock = Defaults.clock
  }

  let source: String
  let stdin: String
  let seed: Int64
  let clock: Int64
  let trace: Trace
  let limits: RunLimits
  let form: Form
  /// What-if: a cell that is set on the way.
  var change: CellChange?

  init(_ request: Request, defaults: Defaults) throws(Problem) {
    let isJSON = request.contentType == "application/json"
    let query = try request.query()
    var fields = try JSONFields(isJSON ? Self.merged(try request.json(), query) : Self.merged(.object([:]), query))
    let code = isJSON ? fields.requiredString("code") : try Self.text(of: request)
    stdin = fields.string("stdin", atMost: Self.mostInputBytes) ?? ""
    seed = fields.integer("seed", in: Int.min...Int.max).map(Int64.init) ?? defaults.seed
    clock = fields.integer("clock", in: 0...253_402_300_799).map(Int64.init) ?? defaults.clock
    trace = Self.trace(fields.choice("trace", of: ["none", "cells", "steps"]))
    let limits = fields.object("limits") { RunLimits(&$0, over: defaults.limits, ceiling: defaults.ceiling) }
    try fields.finish()
    source = try Self.bounded(code)
    self.limits = limits ?? defaults.limits
    form = try Self.form(of: request)
  }

  /// A snippet that is not a request's own.
  init(
    _ code: String, stdin: String, seed: Int64?, clock: Int64?, defaults: Defaults
  ) throws(Problem) {
    source = try Self.bounded(code)
    self.stdin = stdin
    self.seed = seed ?? defaults.seed
    self.clock = clock ?? defaults.clock
    trace = .cells
    limits = defaults.limits
    form = .json
  }

  /// What the worker is asked.
  func runRequest(client: String) -> RunRequest {
    var request = RunRequest(source: source, limits: limits)
    request.input = Array(stdin.utf8)
    request.seed = Int(seed)
    request.clock = Double(clock)
    request.trace = trace
    request.change = change
    request.client = client
    return request
  }

  private static func trace(_ name: String?) -> Trace {
    switch name {
    case "cells": .cells
    case "steps": .steps
    default: .none
    }
  }

  /// The form of the answer: what the request likes best, or else the form that it has itself.
  static func form(of request: Request) throws(Problem) -> Form {
    let forms: [Form] = request.contentType == "application/json" ? [.json, .text, .events] : [.text, .json, .events]
    guard let name = request.preferredType(among: forms.map(\.rawValue)), let form = Form(rawValue: name) else {
      let names = forms.map(\.rawValue).joined(separator: ", ")
      throw Problem(406, code: "not_acceptable", detail: "The answer is one of \(names).")
    }
    return form
  }

  /// Refuses a source that is too long.
  static func bounded(_ source: String) throws(Problem) -> String {
    guard source.utf8.count <= mostSourceBytes else {
      throw Problem(413, code: "source_too_long", detail: "A snippet may have \(mostSourceBytes) bytes.")
        .with("field", "code").with("limit", .int(mostSourceBytes)).with("seen", .int(source.utf8.count))
    }
    return source
  }

  /// The snippet in a body that is not JSON.
  private static func text(of request: Request) throws(Problem) -> String {
    let type = request.contentType ?? "text/plain"
    guard type.hasPrefix("text/") || otherTypes.contains(type) else {
      throw .unsupportedType(["application/json", "text/plain", "text/x-python", formType])
    }
    if type == formType, let form = try? request.form(), let code = form["code"] {
      try form.refuseUnknown(["code"])
      try form.refuseRepeated()
      return code
    }
    return try request.text()
  }

  private static let formType = "application/x-www-form-urlencoded"
  /// What a snippet is sent as, beside text of any kind.
  private static let otherTypes: Set<String> = [formType, "application/x-python", "application/octet-stream"]

  /// The options of a query beside the members of a body, which win: numbers become numbers, and limits one object.
  private static func merged(_ body: JSONValue, _ query: FormFields) throws(Problem) -> JSONValue {
    guard !query.pairs.isEmpty, case .object(var object) = body else { return body }
    try query.refuseUnknown(RunLimits.names.union(["stdin", "seed", "clock", "trace"]))
    try query.refuseRepeated()
    var limits = JSONObject()
    if case .object(let given) = object["limits"] { limits = given }
    for (name, text) in query.pairs {
      let isText = name == "stdin" || name == "trace"
      var value = JSONValue.string(text)
      if !isText, let number = try? JSONValue(parsing: Array(text.utf8)), number.kind == "a number" { value = number }
      if RunLimits.names.contains(name) {
        if limits[name] ?? .null == .null { limits[name] = value }
      } else if object[name] ?? .null == .null {
        object[name] = value
      }
    }
    if !limits.members.isEmpty { object["limits"] = .object(limits) }
    return .object(object)
  }
}
