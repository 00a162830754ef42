import HTTPServer
import PythonInterpreter
import Sandbox
import SessionStore

/// Sharing by an id that is made of the content, and the forms in which a share can be had.
struct ShareEndpoints {
  let book: SessionBook
  let defaults: Snippet.Defaults
  let pages: StaticFiles

  /// A share is one document; a longer session can be exported.
  private static let mostParts = 200
  private static let mostBytes = 512 << 10

  func add(to router: inout Router) {
    let limited = RouteOptions(isRateLimited: true, isShared: true)
    router.post("/v1/share", options: limited) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await share(request) }
    }
    router.delete("/v1/share/{id}", options: limited) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await unshare(request) }
    }
    let options = RouteOptions(isShared: true)
    router.get("/p/{id}.json", options: options) { (request: Request, respond: Responder) in
      answer(request, respond) { .json(serialized: SharedContent.json($0)) }
    }
    router.get("/p/{id}.py", options: options) { (request: Request, respond: Responder) in
      answer(request, respond) { .text(SharedContent($0.content)?.source ?? "", type: "text/x-python; charset=utf-8") }
    }
    router.get("/p/{id}.txt", options: options) { (request: Request, respond: Responder) in
      answer(request, respond) { .text(Self.printed($0)) }
    }
    router.get("/p/{id}.svg", options: RouteOptions(isRateLimited: true, isShared: true)) {
      (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await picture(request) }
    }
    router.get("/p/{id}") { (request: Request, respond: Responder) in page(request, respond, isEmbedded: false) }
    router.get("/embed/{id}") { (request: Request, respond: Responder) in page(request, respond, isEmbedded: true) }
  }

  private func share(_ request: Request) async throws(Problem) -> Response {
    let repeatable = try request.repeatable()
    let (content, answer) = try await shared(request)
    let text = content.text
    guard text.utf8.count <= Self.mostBytes else {
      throw Problem(413, code: "share_too_long", detail: "A share may have \(Self.mostBytes) bytes.")
        .with("limit", .int(Self.mostBytes)).with("seen", .int(text.utf8.count))
    }
    let token = Session.makeID()
    let creation = try await fromStore { () async throws(StoreError) in
      try await book.store.share(text, answer: answer, token: token, at: Moment.now, for: repeatable) { share in
        Self.document(share.id, token: token)
      }
    }
    return Response.json(serialized: Array(creation.document.utf8), status: 201)
      .adding("Location", "/p/\(Share.id(of: text).id)")
  }

  /// What somebody who shares something is answered.
  private static func document(_ id: String, token: String) -> String {
    let members: JSONValue = ["id": .string(id), "url": .string("/p/\(id)"), "delete_token": .string(token)]
    return String(decoding: members.serialized(), as: UTF8.self)
  }

  private func shared(_ request: Request) async throws(Problem) -> (SharedContent, answer: String) {
    guard request.contentType == "application/json" else {
      let snippet = try Snippet(request, defaults: defaults)
      return try await shared(snippet, title: "", step: nil, request)
    }
    let body = try request.json()
    var fields = try JSONFields(body)
    let title = fields.string("title", atMost: SessionJSON.mostTitleBytes) ?? ""
    let step = fields.integer("step", in: 1...Int(Int32.max))
    if body["session"] == nil {
      let code = fields.requiredString("code")
      let stdin = fields.string("stdin", atMost: Snippet.mostInputBytes) ?? ""
      let seed = fields.integer("seed", in: Int.min...Int.max).map(Int64.init)
      let clock = fields.integer("clock", in: 0...253_402_300_799).map(Int64.init)
      try fields.finish()
      let snippet = try Snippet(code, stdin: stdin, seed: seed, clock: clock, defaults: defaults)
      return try await shared(snippet, title: title, step: step, request)
    }
    let id = fields.requiredString("session")
    let number = fields.integer("run", in: 1...SessionStore.mostRuns)
    try fields.finish()
    return try await shared(session: id, through: number, title: title, step: step)
  }

  /// A snippet, with what it comes to: it is deterministic, so this holds for everybody who opens it.
  private func shared(
    _ snippet: Snippet, title: String, step: Int?, _ request: Request
  ) async throws(Problem) -> (SharedContent, answer: String) {
    let answer = try await book.run(snippet.runRequest(client: request.clientAddress))
    let run = Run(snippet, answer, RunReport(answer.report), at: 0)
    let content = SharedContent(
      title: title, step: step, seed: snippet.seed, clock: snippet.clock,
      parts: [SharedContent.Part(code: snippet.source, stdin: snippet.stdin)])
    return (content, String(decoding: run.json(), as: UTF8.self))
  }

  private func shared(
    session id: String, through number: Int?, title: String, step: Int?
  ) async throws(Problem) -> (SharedContent, answer: String) {
    let session = try await book.session(id)
    let runs = try await fromStore { () async throws(StoreError) in
      try await book.store.runs(of: id, limit: min(number ?? session.runCount, Self.mostParts + 1))
    }
    guard let last = runs.last, (number ?? 1) <= session.runCount else {
      throw .notFound("There is no run \(number ?? 1) in session \(id).")
    }
    guard runs.count <= Self.mostParts else {
      throw Problem(413, code: "share_too_long", detail: "A share may have \(Self.mostParts) runs; export the session.")
    }
    guard runs.allSatisfy({ $0.run.change == nil }) else {
      throw Problem(
        409, code: "what_if_not_shared",
        detail: "A run on whose way a cell was set cannot be shared; export the session.")
    }
    let parts = runs.map {
      SharedContent.Part(code: $0.run.source, stdin: $0.run.stdin, restarted: $0.number > 1 && $0.parent == nil)
    }
    let content = SharedContent(
      title: title.isEmpty ? session.title : title, step: step, seed: session.seed, clock: session.clock, parts: parts)
    return (content, String(decoding: last.run.json(), as: UTF8.self))
  }

  private func unshare(_ request: Request) async throws(Problem) -> Response {
    let id = request.parameters["id"]
    let bearer = request.headers["authorization"].flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }
    let query = try request.query()
    guard let token = bearer ?? query["token"] else {
      throw Problem(401, code: "token_missing", detail: "Give the delete token: Authorization: Bearer TOKEN.")
        .field("WWW-Authenticate", "Bearer")
    }
    let isTaken = try await fromStore { () async throws(StoreError) in
      _ = try await book.store.share(id)
      return try await book.store.unshare(id, token: token, at: Moment.now)
    }
    guard isTaken else { throw Problem(403, code: "wrong_token", detail: "This token does not belong to the share.") }
    return .noContent
  }

  private func answer(
    _ request: Request, _ respond: Responder, _ make: @escaping @Sendable (Share) -> Response
  ) {
    respond.answer { () async throws(Problem) in
      let share = try await fromStore { () async throws(StoreError) in
        try await book.store.share(request.parameters["id"])
      }
      // What an id stands for never changes.
      return try request.answer(tagged: "\"\(share.id)\"") { make(share) }
    }
  }

  /// The environment as a picture, after the last snippet or at a step of it.
  private func picture(_ request: Request) async throws(Problem) -> Response {
    let given = try request.query()
    try given.refuseUnknown(["step"])
    let share = try await fromStore { () async throws(StoreError) in
      try await book.store.share(request.parameters["id"])
    }
    guard let content = SharedContent(share.content) else { throw .notFound("There is nothing to draw in this share.") }
    var query = InspectQuery(.graph)
    query.form = .svg
    query.step = try given.integer("step", in: 1...Int(Int32.max)) ?? content.step
    var asked = content.requests(limits: defaults.limits, client: request.clientAddress)
    guard var last = asked.popLast() else { throw .notFound("There is nothing to draw in this share.") }
    if let image = try await book.image(after: asked) { last.start = image.start }
    let answer = try await book.inspect(InspectRequest(run: last, query: query.encoded()), about: query.subject)
    return try request.answer(tagged: EntityTag.of(answer.body)) {
      .bytes(answer.body, type: answer.contentType).compressed(for: request)
    }
  }

  private static func printed(_ share: Share) -> String {
    let answer = try? JSONValue(parsing: Array(share.answer.utf8))
    return (answer?["events"]?.array ?? []).compactMap { $0["text"]?.string }.joined()
  }

  /// The page that shows a share, which reads it by itself; one that is embedded may stand in anybody's frame.
  private func page(_ request: Request, _ respond: Responder, isEmbedded: Bool) {
    respond.answer { () async throws(Problem) in
      _ = try await fromStore { () async throws(StoreError) in try await book.store.share(request.parameters["id"]) }
      let own = isEmbedded ? pages.response(at: "/embed.html", to: request) : nil
      guard var response = own ?? pages.response(at: "/index.html", to: request) else {
        throw .notFound("There is no page here.")
      }
      if isEmbedded {
        response.contentSecurityPolicy = ContentPolicy.text.replacing(
          "frame-ancestors 'none'", with: "frame-ancestors *")
      }
      return response
    }
  }
}
