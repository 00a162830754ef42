import HTTPServer
import Sandbox
import SessionStore

/// Making, finding, changing and deleting sessions.
struct SessionEndpoints {
  let book: SessionBook

  func add(to router: inout Router) {
    let options = RouteOptions(isShared: true)
    let limited = RouteOptions(isRateLimited: true, isShared: true)
    router.post("/v1/sessions", options: limited) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await create(request) }
    }
    router.get("/v1/sessions", options: options) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await list(request) }
    }
    router.get("/v1/sessions/{id}", options: options) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await get(request) }
    }
    router.patch("/v1/sessions/{id}", options: options) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await change(request) }
    }
    router.delete("/v1/sessions/{id}", options: options) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await delete(request) }
    }
    router.post("/v1/sessions/{id}/fork", options: limited) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await fork(request) }
    }
    router.post("/v1/sessions/{id}/restart", options: options) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await restart(request) }
    }
  }

  private func create(_ request: Request) async throws(Problem) -> Response {
    var fields = try request.fields()
    let title = fields.string("title", atMost: SessionJSON.mostTitleBytes) ?? ""
    let seed = fields.integer("seed", in: Int.min...Int.max)
    let clock = fields.integer("clock", in: 0...253_402_300_799)
    let limits = fields.object("limits") { RunLimits(&$0, over: book.limits, ceiling: book.ceiling) }
    let origin = fields.object("from") { fields in
      (id: fields.requiredString("session"), run: fields.integer("run", in: 0...SessionStore.mostRuns))
    }
    if origin != nil {
      for (name, isGiven) in [("seed", seed != nil), ("clock", clock != nil), ("limits", limits != nil)] where isGiven {
        fields.refuse(name, "is the other session's; leave it out")
      }
    }
    try fields.finish()
    if let origin { return try await fork(origin.id, after: origin.run, title: title, request) }
    let new = Session(
      title: title, createdAt: Moment.now, seed: Int64(seed ?? 0),
      clock: clock.map(Int64.init) ?? Snippet.Defaults.clock, limits: (limits ?? book.limits).kept)
    let repeatable = try request.repeatable()
    return Response.created(
      try await fromStore { () async throws(StoreError) in
        try await book.store.create(new, for: repeatable, document: SessionJSON.new)
      })
  }

  private func get(_ request: Request) async throws(Problem) -> Response {
    try await answer(try await book.session(request.parameters["id"]), to: request)
  }

  private func answer(_ session: Session, to request: Request) async throws(Problem) -> Response {
    let running = book.current(session.id)?.number
    // What is running is no part of a version, and so is told apart.
    let tag = running.map { "\"v\(session.version)-r\($0)\"" } ?? session.tag
    guard request.method.isSafe else {
      return try await document(session, running: running).adding("ETag", session.tag)
    }
    if case .notModified = Preconditions.evaluate(request.headers, entityTag: tag) {
      return Response(304).adding("ETag", tag).adding("Cache-Control", "no-cache")
    }
    return try await document(session, running: running).adding("ETag", tag)
      .adding("Cache-Control", "no-cache")
  }

  private func document(_ session: Session, running: Int?) async throws(Problem) -> Response {
    let runs = try await fromStore { () async throws(StoreError) in
      try await book.store.summaries(of: session)
    }
    return .json(serialized: Array(SessionJSON.text(session, runs, running: running).utf8))
  }

  private func change(_ request: Request) async throws(Problem) -> Response {
    let id = request.parameters["id"]
    let body = try request.json()
    var fields = try JSONFields(body)
    let title = fields.string("title", atMost: SessionJSON.mostTitleBytes)
    let expiry = fields.string("expires_at")
    let moment = expiry.flatMap(Moment.parse)
    if expiry != nil, moment == nil {
      fields.refuse("expires_at", "must be a time as in 2026-12-31T00:00:00Z, or null")
    }
    try fields.finish()
    let expiresAt: Int64?? = body["expires_at"] == .null ? .some(nil) : moment.map { .some($0) }
    return try await book.during(id) { lane throws(Problem) in
      try request.requireMatch(try await book.known(lane).session)
      let session = try await fromStore { () async throws(StoreError) in
        try await book.store.change(id, at: Moment.now, title: title, expiresAt: expiresAt)
      }
      lane.known?.session = session
      return try await answer(session, to: request)
    }
  }

  private func delete(_ request: Request) async throws(Problem) -> Response {
    let id = request.parameters["id"]
    book.current(id)?.cancel()
    return try await book.during(id) { lane throws(Problem) in
      try request.requireMatch(try await book.known(lane).session)
      try await fromStore { () async throws(StoreError) in try await book.store.delete(id, at: Moment.now) }
      lane.known = nil
      book.remove(id)
      return .noContent
    }
  }

  private func fork(_ request: Request) async throws(Problem) -> Response {
    var fields = try request.fields()
    let after = fields.integer("after", in: 0...SessionStore.mostRuns)
    let title = fields.string("title", atMost: SessionJSON.mostTitleBytes)
    try fields.finish()
    return try await fork(request.parameters["id"], after: after, title: title, request)
  }

  private func fork(_ id: String, after: Int?, title: String?, _ request: Request) async throws(Problem) -> Response {
    let repeatable = try request.repeatable()
    return try await book.during(id) { lane throws(Problem) in
      let source = try await book.known(lane).session
      let new = Session(
        title: title ?? source.title, createdAt: Moment.now, seed: source.seed, clock: source.clock,
        limits: source.limits)
      let creation = try await fromStore { () async throws(StoreError) in
        try await book.store.fork(id, after: after, into: new, for: repeatable, document: SessionJSON.new)
      }
      book.indexer.wake()
      return .created(creation)
    }
  }

  private func restart(_ request: Request) async throws(Problem) -> Response {
    let id = request.parameters["id"]
    return try await book.during(id) { lane throws(Problem) in
      try request.requireMatch(try await book.known(lane).session)
      let session = try await fromStore { () async throws(StoreError) in
        try await book.store.restart(id, at: Moment.now)
      }
      lane.known = Lane.Known(session: session, limits: RunLimits(kept: session.limits).within(book.ceiling))
      book.workers.forget(session: id)
      return try await answer(session, to: request)
    }
  }
}

extension Response {
  /// The answer to a request that created a session, now or when it came first.
  static func created(_ creation: Creation<Session>) -> Response {
    let document = Array(creation.document.utf8)
    let id = creation.created?.id ?? (try? JSONValue(parsing: document))?["id"]?.string ?? ""
    return Response.json(serialized: document, status: 201).adding("Location", "/v1/sessions/\(id)")
      .tagged(creation.created?.tag)
  }
}
