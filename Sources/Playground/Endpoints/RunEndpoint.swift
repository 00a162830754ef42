import HTTPServer
import Sandbox
import SessionStore

/// `POST /v1/run`: one snippet, evaluated once in a fresh instance; nothing is kept. A snippet that fails is a request
/// that succeeded.
struct RunEndpoint {
  let workers: WorkerPool
  let defaults: Snippet.Defaults
  let metrics: RunMetrics

  func add(to router: inout Router) {
    router.post("/v1/run", options: RouteOptions(isRateLimited: true, isShared: true)) {
      (request: Request, respond: Responder) in
      do throws(Problem) {
        let snippet = try Snippet(request, defaults: defaults)
        try start(snippet, client: request.clientAddress, respond)
      } catch {
        respond.fail(error)
      }
    }
  }

  private func start(_ snippet: Snippet, client: String, _ respond: Responder) throws(Problem) {
    guard snippet.form == .events else {
      let ticket = try send(snippet, client, onEvent: nil) { respond($0.response(snippet.form)) }
      return respond.onCancel { [workers] in workers.cancel(ticket) }
    }
    let current = CurrentRun(number: 0, isStreamed: true)
    // Before the stream is begun, so that a refusal still is an answer of its own.
    let ticket = try send(snippet, client, onEvent: { current.tell($0) }) { current.end(.success($0)) }
    let stream = RunStream(respond)
    stream.follow(current)
    stream.onCancel { [workers] in workers.cancel(ticket) }
  }

  private func send(
    _ snippet: Snippet, _ client: String, onEvent: (@Sendable (RunEvent) -> Void)?,
    then: @escaping @Sendable (RunEnding) -> Void
  ) throws(Problem) -> WorkerPool.Ticket {
    do throws(WorkerPool.Refusal) {
      return try workers.run(snippet.runRequest(client: client), onEvent: onEvent) { [metrics] answer in
        metrics.count(answer.outcome.rawValue, answer.usage)
        let found = RunReport(answer.report)
        let run = Run(snippet, answer, found, at: 0)
        let isText = snippet.form == .text
        then(
          RunEnding(outcome: run.outcome, text: isText ? run.text : "", json: isText ? [] : run.json(at: nil, found)))
      }
    } catch {
      throw Problem(error)
    }
  }
}
