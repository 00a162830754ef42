import HTTPServer
import Sandbox

/// What a request asks to run: the source, the limits, and the form of the answer.
///
/// A body that is not JSON is the snippet itself, also with curl's default type of a form, unless the form has a field
/// `code`. JSON takes `code` and `limits`; members that nobody knows are refused by name.
struct Snippet: Sendable {
  let source: String
  let limits: RunLimits
  let answersJSON: Bool

  init(_ request: Request) throws(Problem) {
    let isJSON = request.contentType == "application/json"
    if isJSON {
      (source, limits) = try Self.fromJSON(request)
    } else {
      source = try Self.fromText(request)
      limits = RunEndpoint.defaultLimits
    }
    guard source.utf8.count <= RunEndpoint.sourceBytes else {
      throw Problem(413, code: "source_too_long", detail: "A snippet may have \(RunEndpoint.sourceBytes) bytes.")
        .with("limit", .int(RunEndpoint.sourceBytes)).with("seen", .int(source.utf8.count))
    }
    let forms = isJSON ? ["application/json", "text/plain"] : ["text/plain", "application/json"]
    guard let form = request.preferredType(among: forms) else {
      throw Problem(406, code: "not_acceptable", detail: "The answer is application/json or text/plain.")
    }
    answersJSON = form == "application/json"
  }

  private static func fromText(_ request: Request) throws(Problem) -> String {
    if request.contentType == "application/x-www-form-urlencoded", let form = try? request.form(),
      let code = form["code"]
    {
      try form.refuseUnknown(["code"])
      return code
    }
    guard let source = String(validating: request.body, as: UTF8.self) else {
      throw Problem(400, code: "not_utf8", detail: "The snippet is not UTF-8.")
    }
    return source
  }

  private static func fromJSON(_ request: Request) throws(Problem) -> (String, RunLimits) {
    var fields = try JSONFields(try request.json())
    let source = fields.requiredString("code")
    let most = RunEndpoint.defaultLimits
    let limits = fields.object("limits") { fields in
      RunLimits(
        seconds: fields.number("seconds", in: 0.01...most.seconds) ?? most.seconds,
        ticks: fields.integer("ticks", in: 1...most.ticks) ?? most.ticks,
        memoryBytes: fields.integer("memory_bytes", in: 1 << 20...most.memoryBytes) ?? most.memoryBytes,
        outputBytes: fields.integer("output_bytes", in: 0...most.outputBytes) ?? most.outputBytes,
        recursion: fields.integer("recursion", in: 10...most.recursion) ?? most.recursion)
    }
    try fields.finish()
    return (source, limits ?? most)
  }
}
