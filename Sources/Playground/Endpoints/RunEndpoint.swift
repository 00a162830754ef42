import HTTPServer
import Sandbox

/// `POST /v1/run`: one snippet, evaluated once in a fresh instance; nothing is kept. A snippet that fails is a request
/// that succeeded.
struct RunEndpoint {
  static let sourceBytes = 64 << 10
  static let defaultLimits = RunLimits(
    seconds: 5, ticks: 500_000_000, memoryBytes: 64 << 20, outputBytes: 1 << 20, recursion: 1_000)

  let workers: WorkerPool

  func add(to router: inout Router) {
    router.post("/v1/run", options: RouteOptions(isRateLimited: true, isShared: true)) {
      [workers] (request: Request, respond: Responder) in
      do throws(Problem) {
        let snippet = try Snippet(request)
        try Self.start(snippet, in: workers, respond)
      } catch {
        respond.fail(error)
      }
    }
  }

  private static func start(_ snippet: Snippet, in workers: WorkerPool, _ respond: Responder) throws(Problem) {
    let request = RunRequest(source: snippet.source, limits: snippet.limits)
    do throws(WorkerPool.Refusal) {
      try workers.run(request) { answer in
        respond(snippet.answersJSON ? json(answer, limits: snippet.limits) : text(answer))
      }
    } catch {
      throw .overloaded(retryAfterSeconds: 1, detail: "More snippets are waiting than this service takes.")
    }
  }

  private static func text(_ answer: RunAnswer) -> Response {
    Response.text(answer.pieces.map(\.text).joined()).adding("Cellar-Outcome", answer.outcome.rawValue)
  }

  private static func json(_ answer: RunAnswer, limits: RunLimits) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("outcome", answer.outcome.rawValue)
    writer.member("stdout", answer.text(isError: false))
    writer.member("stderr", answer.text(isError: true))
    write(answer.pieces, to: &writer)
    write(answer.error, to: &writer)
    writer.key("usage")
    writer.beginObject()
    writer.member("ticks", answer.usage.ticks)
    writer.key("seconds")
    writer.double(answer.usage.seconds)
    writer.member("memory_bytes", answer.usage.memoryBytes)
    writer.member("output_bytes", answer.usage.outputBytes)
    writer.endObject()
    writer.key("limits")
    write(limits, to: &writer)
    writer.endObject()
    return Response.json(serialized: writer.bytes).adding("Cellar-Outcome", answer.outcome.rawValue)
  }

  private static func write(_ pieces: [RunAnswer.Piece], to writer: inout JSONWriter) {
    writer.key("events")
    writer.beginArray()
    for piece in pieces {
      writer.beginObject()
      writer.member("stream", piece.isError ? "stderr" : "stdout")
      writer.member("text", piece.text)
      writer.endObject()
    }
    writer.endArray()
  }

  private static func write(_ error: RunAnswer.Failure?, to writer: inout JSONWriter) {
    writer.key("error")
    guard let error else { return writer.null() }
    writer.beginObject()
    writer.member("type", error.type)
    writer.member("message", error.message)
    writer.member("text", error.text)
    writer.endObject()
  }

  private static func write(_ limits: RunLimits, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("ticks", limits.ticks)
    writer.key("seconds")
    writer.double(limits.seconds)
    writer.member("memory_bytes", limits.memoryBytes)
    writer.member("output_bytes", limits.outputBytes)
    writer.member("recursion", limits.recursion)
    writer.endObject()
  }
}
