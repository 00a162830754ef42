import HTTPServer
import PythonInterpreter

/// Looking at the runs of sessions: functions, cells and what happened to them, steps and states, pictures.
struct InspectEndpoints {
  let book: SessionBook

  static let mostSteps = 1 << 30
  private static let moment: Set<String> = ["run", "step"]

  func add(to router: inout Router) {
    let base = "/v1/sessions/{id}"
    look("\(base)/functions", .functions, ["closures"], &router)
    look("\(base)/functions/{fid}", .function, [], &router)
    look("\(base)/cells", .cells, ["name", "owner", "captured_by", "changed_after"], &router)
    look("\(base)/cells/{cid}", .cell, [], &router)
    look("\(base)/cells/{cid}/ledger", .ledger, [], &router)
    look("\(base)/matrix", .matrix, [], &router)
    for form in ["json", "txt", "svg", "dot", "mmd"] { look("\(base)/graph.\(form)", .graph, [], form: form, &router) }
    look("\(base)/runs/{n}/steps", .steps, ["from", "limit"], &router)
    look("\(base)/runs/{n}/steps/find", .find, ["cell", "on", "line", "from", "dir"], &router)
    look("\(base)/runs/{n}/steps/{k}", .state, ["expand", "offset"], &router)
  }

  private func look(
    _ path: String, _ subject: InspectQuery.Subject, _ parameters: Set<String>, form: String = "json",
    _ router: inout Router
  ) {
    router.get(path, options: RouteOptions(isShared: true)) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in
        var query = InspectQuery(subject)
        query.form = InspectQuery.Form(rawValue: form) ?? .json
        let isOfRun = path.contains("{n}")
        let number = try Self.read(request, into: &query, parameters.union(isOfRun ? [] : Self.moment), path)
        return try await answer(query, run: number, request)
      }
    }
  }

  /// Reads what is asked; answers the number of the run, if one is named.
  private static func read(
    _ request: Request, into query: inout InspectQuery, _ known: Set<String>, _ path: String
  ) throws(Problem) -> Int? {
    let given = try request.query()
    try given.refuseUnknown(known)
    query.step = try given.integer("step", in: 1...mostSteps)
    query.from = try given.integer("from", in: 0...mostSteps)
    query.limit = try given.integer("limit", in: 1...100_000)
    query.line = try given.integer("line", in: 1...mostSteps)
    query.cell = try given.integer("cell", in: 1...Int(Int32.max))
    query.expand = try given.integer("expand", in: 1...Int(Int32.max))
    query.offset = try given.integer("offset", in: 0...mostSteps)
    query.changedAfter = try given.integer("changed_after", in: 0...mostSteps)
    query.name = given["name"]
    query.owner = given["owner"]
    query.capturedBy = given["captured_by"]
    if let closures = given["closures"] { query.closuresOnly = try one(of: ["0", "1"], "closures", closures) == "1" }
    if let on = given["on"] { query.on = try one(of: ["write", "read", "capture", "any"], "on", on) }
    if let direction = given["dir"] {
      query.isBackwards = try one(of: ["back", "forward"], "dir", direction) == "back"
    }
    if path.contains("{fid}") { query.function = request.parameters["fid"] }
    if path.contains("{cid}") {
      query.cell = try cell(request.parameters["cid"])
    }
    if path.contains("{k}") {
      guard let step = Int(request.parameters["k"]), step > 0 else { throw missing("step") }
      query.step = step
    }
    guard path.contains("{n}") else { return try given.integer("run", in: 1...mostSteps) }
    guard let number = Int(request.parameters["n"]), number > 0 else { throw missing("run") }
    return number
  }

  private static func one(of words: [String], _ name: String, _ word: String) throws(Problem) -> String {
    guard words.contains(word) else {
      throw Problem(
        400, code: "invalid_parameter",
        detail: "The parameter \(name) must be one of \(words.joined(separator: ", ")).",
        errors: [Problem.FieldError(field: name, detail: "must be one of \(words.joined(separator: ", "))")])
    }
    return word
  }

  /// `7` or `cell#7`.
  static func cell(_ text: String) throws(Problem) -> Int {
    guard let number = Int(text.hasPrefix("cell#") ? text.dropFirst(5) : text[...]), number > 0 else {
      throw missing("cell")
    }
    return number
  }

  private static func missing(_ what: String) -> Problem {
    Problem(404, code: "not_found", detail: "There is no such \(what).")
  }

  private func answer(_ query: InspectQuery, run: Int?, _ request: Request) async throws(Problem) -> Response {
    let past = try await book.past(run, of: request.parameters["id"], client: request.clientAddress)
    var query = query
    query.run = past.number
    let answer = try await book.inspect(past, query)
    // The same question about the same run always has the same answer.
    return try request.answer(tagged: EntityTag.of(answer.body)) {
      .bytes(answer.body, type: answer.contentType).compressed(for: request)
    }
  }
}
