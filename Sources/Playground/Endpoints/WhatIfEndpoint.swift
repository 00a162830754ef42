import HTTPServer
import PythonInterpreter
import Sandbox
import SessionStore

/// What-if: a run in which a cell holds something else. After the last run it is the session's next one; at a run or a step that is named, it
/// is made in a new session, which is forked there.
struct WhatIfEndpoint {
  let book: SessionBook

  private static let mostExpressionBytes = 10_000

  func add(to router: inout Router) {
    router.patch("/v1/sessions/{id}/cells/{cid}", options: RouteOptions(isRateLimited: true, isShared: true)) {
      (request: Request, respond: Responder) in
      Task {
        do throws(Problem) {
          try await change(request, respond)
        } catch {
          respond.fail(error)
        }
      }
    }
  }

  private func change(_ request: Request, _ respond: Responder) async throws(Problem) {
    let query = try request.query()
    try query.refuseUnknown(["run", "step"])
    let number = try query.integer("run", in: 1...SessionStore.mostRuns)
    let step = try query.integer("step", in: 1...InspectEndpoints.mostSteps)
    let cell = try InspectEndpoints.cell(request.parameters["cid"])
    let expression = try Self.expression(request)
    let id = request.parameters["id"]
    let past = try await book.past(number, of: id, client: request.clientAddress)
    guard let step else {
      let making = try await atRest(past, cell, expression)
      if number == nil { return try start(making, in: id, isFork: false, request, respond) }
      let fork = try await fork(id) { (new) async throws(StoreError) in
        let creation = try await book.store.fork(id, after: past.number, into: new)
        guard let session = creation.created else { throw .notFound("session \(id)") }
        return session
      }
      return try start(making, in: fork, isFork: true, request, respond)
    }
    let fork = try await fork(id) { (new) async throws(StoreError) in
      try await book.store.fork(id, before: past.number, into: new)
    }
    let making = again(past, CellChange(step: step, cell: cell, expression: expression))
    try start(making, in: fork, isFork: true, request, respond)
  }

  private static func expression(_ request: Request) throws(Problem) -> String {
    var fields = try request.fields()
    let expression = fields.requiredString("expression")
    try fields.finish()
    guard !expression.isEmpty, expression.utf8.count <= mostExpressionBytes, !expression.contains(where: \.isNewline)
    else {
      throw Problem(
        422, code: "invalid_expression", detail: "An expression is one line of at most \(mostExpressionBytes) bytes.")
    }
    return expression
  }

  /// After a run: the statement that sets the cell is a snippet like any other. Where no expression leads to the cell, it is set on the way of
  /// a snippet that does nothing.
  private func atRest(
    _ past: SessionBook.PastRun, _ cell: Int, _ expression: String
  ) async throws(Problem) -> SessionRun.Making {
    var query = InspectQuery(.assign)
    query.cell = cell
    query.expression = expression
    let answer = try await book.inspect(past, query)
    guard answer.status != 422 else {
      throw Problem(422, code: "invalid_expression", detail: "That is no expression of Python's.")
    }
    if answer.status == 200, let source = (try? JSONValue(parsing: answer.body))?["source"]?.string {
      return { (defaults) throws(Problem) in
        try Snippet(source, stdin: "", seed: nil, clock: nil, defaults: defaults)
      }
    }
    return { (defaults) throws(Problem) in
      let source = "pass  # cell#\(cell) is set to \(expression)\n"
      var snippet = try Snippet(source, stdin: "", seed: nil, clock: nil, defaults: defaults)
      snippet.change = CellChange(step: 1, cell: cell, expression: expression)
      return snippet
    }
  }

  /// A run once more, with a cell set on its way.
  private func again(_ past: SessionBook.PastRun, _ change: CellChange) -> SessionRun.Making {
    let run = past.run.run
    return { [limits = past.request.limits] (defaults) throws(Problem) in
      var defaults = defaults
      defaults.limits = limits
      var snippet = try Snippet(run.source, stdin: run.stdin, seed: run.seed, clock: run.clock, defaults: defaults)
      snippet.change = change
      return snippet
    }
  }

  /// Makes a new session like another one, and answers its id.
  private func fork(
    _ id: String, _ make: @escaping @Sendable (Session) async throws(StoreError) -> Session
  ) async throws(Problem) -> String {
    try await book.during(id) { lane throws(Problem) in
      let source = try await book.known(lane).session
      let new = Session(
        title: source.title, createdAt: Moment.now, seed: source.seed, clock: source.clock, limits: source.limits)
      let session = try await fromStore { () async throws(StoreError) in try await make(new) }
      book.indexer.wake()
      return session.id
    }
  }

  private func start(
    _ making: @escaping SessionRun.Making, in id: String, isFork: Bool, _ request: Request, _ respond: Responder
  ) throws(Problem) {
    try SessionRun.start(request, in: id, book: book, repeatable: nil, form: .json, making: making) { ending in
      switch ending {
      case .success(let answer):
        var response = answer.response(.json).tagged(answer.sessionTag)
        response.status = 201
        respond(response.adding("Location", "/v1/sessions/\(id)"))
      case .failure(let problem):
        Task {
          // A refused request changed nothing.
          if isFork { await remove(id) }
          respond.fail(problem)
        }
      }
    }
  }

  private func remove(_ fork: String) async {
    try? await book.store.delete(fork, at: Moment.now)
    book.remove(fork)
  }
}
