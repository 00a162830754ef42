import HTTPServer
import Sandbox
import SessionStore

/// Running snippets in a session, and what became of those that ran.
struct SessionRunEndpoints {
  let book: SessionBook

  private static let mostListed = 100

  func add(to router: inout Router) {
    let options = RouteOptions(isShared: true)
    router.post("/v1/sessions/{id}/runs", options: RouteOptions(isRateLimited: true, isShared: true)) {
      (request: Request, respond: Responder) in
      do throws(Problem) {
        try start(request, respond)
      } catch {
        respond.fail(error)
      }
    }
    router.get("/v1/sessions/{id}/runs", options: options) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await list(request) }
    }
    router.get("/v1/sessions/{id}/runs/{n}", options: options) { (request: Request, respond: Responder) in
      get(request, respond)
    }
    router.delete("/v1/sessions/{id}/runs/current", options: options) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in
        guard let current = book.current(try await book.session(request.parameters["id"]).id) else {
          throw Problem(404, code: "nothing_running", detail: "No run of this session is under way.")
        }
        current.cancel()
        return .noContent
      }
    }
  }

  private func start(_ request: Request, _ respond: Responder) throws(Problem) {
    let id = request.parameters["id"]
    let form = try Snippet.form(of: request)
    let repeatable = try request.repeatable()
    guard form == .events else {
      return try SessionRun.start(request, in: id, book: book, repeatable: repeatable, form: form) { ending in
        switch ending {
        case .success(let answer): respond(answer.response(form).tagged(answer.sessionTag))
        case .failure(let problem): respond.fail(problem)
        }
      }
    }
    // Until it is the run's turn, a refusal is still an answer of its own; after that, it is an event.
    let stream = LateStream(respond)
    try SessionRun.start(
      request, in: id, book: book, repeatable: repeatable, form: form,
      began: { stream.begin().follow($0) }, ended: { stream.endIfNotBegun($0) })
  }

  private func list(_ request: Request) async throws(Problem) -> Response {
    let query = try request.query()
    try query.refuseUnknown(["limit", "cursor"])
    let limit = try query.integer("limit", in: 1...Self.mostListed) ?? 20
    let first = try query["cursor"].map { text throws(Problem) in try Cursor.place(text) } ?? 1
    let id = try await book.session(request.parameters["id"]).id
    let runs = try await fromStore { () async throws(StoreError) in
      try await book.store.runs(of: id, from: Int(first), limit: limit + 1)
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("runs")
    writer.beginArray()
    for run in runs.prefix(limit) { writer.raw(RunEnding(run, of: id).json) }
    writer.endArray()
    writer.member("next", runs.count > limit ? Cursor.text(first + Int64(limit)) : nil)
    writer.endObject()
    return try request.answer(tagged: EntityTag.of(writer.bytes)) { .json(serialized: writer.bytes) }
  }

  /// One run, whole. One that is under way is waited for, or told as it goes on.
  private func get(_ request: Request, _ respond: Responder) {
    do throws(Problem) {
      let id = request.parameters["id"]
      guard let number = Int(request.parameters["n"]), number > 0 else {
        throw .notFound("There is no run \(request.parameters["n"].prefix(20)).")
      }
      try request.query().refuseUnknown([])
      let forms: [Snippet.Form] = [.json, .text, .events]
      guard let name = request.preferredType(among: forms.map(\.rawValue)), let form = Snippet.Form(rawValue: name)
      else { throw Problem(406, code: "not_acceptable", detail: "The answer is JSON, text or events.") }
      guard let current = book.current(id), current.number == number else {
        return respond.answer { () async throws(Problem) in try await kept(number, of: id, form, request, respond) }
      }
      if form == .events {
        return RunStream(respond).follow(current, after: RunStream.place(in: request, run: number) ?? 0)
      }
      current.whenEnded { ending in
        switch ending {
        case .success:
          respond.answer { () async throws(Problem) in try await kept(number, of: id, form, request, respond) }
        case .failure(let problem): respond.fail(problem)
        }
      }
    } catch {
      respond.fail(error)
    }
  }

  private func kept(
    _ number: Int, of id: String, _ form: Snippet.Form, _ request: Request, _ respond: Responder
  ) async throws(Problem) -> Response {
    _ = try await book.session(id)
    let run = try await fromStore { () async throws(StoreError) in try await book.store.run(number, of: id) }
    let ending = RunEnding(run, of: id)
    guard form == .events else {
      // A run never changes; the same run in two sessions is told apart by what the answer says of its place.
      return try request.answer(tagged: "\"r\(run.key)-\(form == .json ? "j" : "t")\"") { ending.response(form) }
    }
    // No content tells a browser that was told of the end not to come back again.
    guard let last = RunStream.place(in: request, run: number) else { return .noContent }
    return .bytes(Self.events(run, ending, after: last), type: form.rawValue)
  }

  /// The events of a run that ended before, as a stream would tell them from a place in its output on.
  private static func events(_ run: NumberedRun, _ ending: RunEnding, after last: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var place = 0
    for event in run.run.events {
      let text = event.text.utf8.dropFirst(max(0, last - place))
      place += event.text.utf8.count
      guard !text.isEmpty else { continue }
      let json = JSONValue.object([
        "t": event.seconds, "stream": event.isError ? "stderr" : "stdout",
        "text": .string(String(decoding: text, as: UTF8.self)),
      ])
      bytes += EventStream.encode(event: "output", data: json.serialized(), id: "\(run.number)-\(place)")
    }
    return bytes + EventStream.encode(event: "done", data: ending.json, id: "\(run.number)-done")
  }
}

extension Response {
  /// The same with the session's version, for those who say `If-Match` the next time.
  func tagged(_ tag: String?) -> Response {
    guard let tag else { return self }
    return adding("ETag", tag)
  }
}
