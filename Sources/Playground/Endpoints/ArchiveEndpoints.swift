import HTTPServer
import SessionStore

/// Sessions as files: taken out and brought in.
struct ArchiveEndpoints {
  let book: SessionBook

  private static let runsPerRead = 16

  /// The two kinds of file.
  private enum Kind: String {
    case json = "application/json"
    case python = "text/x-python"

    var ending: String { self == .json ? "json" : "py" }
  }

  func add(to router: inout Router) {
    let options = RouteOptions(isShared: true)
    router.get("/v1/sessions/{id}/export", options: options) { (request: Request, respond: Responder) in
      let name = request.preferredType(among: [Kind.json.rawValue, Kind.python.rawValue])
      export(name.flatMap(Kind.init) ?? .json, request, respond)
    }
    router.get("/v1/sessions/{id}/export.json", options: options) { (request: Request, respond: Responder) in
      export(.json, request, respond)
    }
    router.get("/v1/sessions/{id}/export.py", options: options) { (request: Request, respond: Responder) in
      export(.python, request, respond)
    }
    let taken = RouteOptions(
      bodyLimit: Archive.mostBytes, mediaTypes: ["application/json"], isRateLimited: true, isShared: true)
    router.post("/v1/sessions/import", options: taken) { (request: Request, respond: Responder) in
      respond.answer { () async throws(Problem) in try await take(request) }
    }
  }

  private func export(_ kind: Kind, _ request: Request, _ respond: Responder) {
    Task {
      do throws(Problem) {
        let id = request.parameters["id"]
        let session = try await book.session(id)
        let tag = "\"v\(session.version)-\(kind.ending)\""
        if case .notModified = Preconditions.evaluate(request.headers, entityTag: tag) {
          return respond(Response(304).adding("ETag", tag).adding("Cache-Control", "no-cache"))
        }
        var head = Response(200)
        head.add("Content-Type", kind == .json ? kind.rawValue : "text/x-python; charset=utf-8")
        head.add("Content-Disposition", "attachment; filename=\"cellar-\(id).\(kind.ending)\"")
        head.add("ETag", tag)
        head.add("Cache-Control", "no-cache")
        head.add("Vary", "Accept")
        await send(session, kind, respond.startStream(head))
      } catch {
        respond.fail(error)
      }
    }
  }

  /// Sends a session's runs as the client takes them. A stream that ends without its end was cut off.
  private func send(_ session: Session, _ kind: Kind, _ stream: ResponseStream) async {
    if kind == .json { stream.send(Archive.beginning(of: session)) }
    for first in stride(from: 1, through: session.runCount, by: Self.runsPerRead) {
      let limit = min(Self.runsPerRead, session.runCount - first + 1)
      guard let runs = try? await book.store.runs(of: session.id, from: first, limit: limit) else { return }
      for run in runs {
        let comma = run.number == 1 ? [] : [UInt8(ascii: ",")]
        let flow = stream.send(kind == .json ? comma + Archive.run(run) : Array(Archive.source(run).utf8))
        switch flow {
        case .open: break
        case .congested: await withCheckedContinuation { ready in stream.whenReady { ready.resume() } }
        case .cancelled: return
        }
      }
    }
    if kind == .json { stream.send(Archive.end) }
    stream.finish()
  }

  private func take(_ request: Request) async throws(Problem) -> Response {
    let contents = try Archive.read(request.body, limits: book.limits, ceiling: book.ceiling, at: Moment.now)
    let (new, runs, repeatable) = (contents.session, contents.runs, try request.repeatable())
    let creation = try await fromStore { () async throws(StoreError) in
      try await book.store.create(new, runs: runs, for: repeatable, document: SessionJSON.new)
    }
    book.indexer.wake()
    return .created(creation)
  }
}
