import HTTPServer
import PythonInterpreter
import Sandbox
import SessionStore

extension SessionBook {
  /// A run of a session, ready to be run again in a worker to be looked at: runs are deterministic, so it is the same run.
  struct PastRun: Sendable {
    let number: Int
    let run: NumberedRun
    /// What it began with, its snippet, input, seed, clock and limits.
    let request: RunRequest
    /// Names this run, and so any document about it, for entity tags.
    var tag: String { "r\(run.key)" }
  }

  /// A run of a session; without a number, the last one that left something, whose end is the session at rest.
  func past(_ number: Int?, of id: String, client: String) async throws(Problem) -> PastRun {
    let session = try await session(id)
    guard session.runCount > 0 else {
      throw Problem(404, code: "no_runs", detail: "The session has no runs yet.")
    }
    let found = try await fromStore { () async throws(StoreError) in
      if let number { return try await store.run(number, of: id) }
      return try await store.lastRunLeavingState(of: session)
    }
    var request = RunRequest(again: found, ceiling: ceiling, client: client)
    if let parent = found.parent {
      guard let image = try await image(of: parent, client: client) else {
        throw Problem(503, code: "session_unavailable", detail: "The session's state could not be made again.")
      }
      request.start = image.start
    }
    return PastRun(number: found.number, run: found, request: request)
  }

  /// The answer to a question about a session's run.
  func inspect(_ past: PastRun, _ query: InspectQuery) async throws(Problem) -> InspectAnswer {
    try await inspect(InspectRequest(run: past.request, query: query.encoded(), home: past.tag), about: query.subject)
  }

  /// The answer to a question about any run. What the run does not have is a problem, and so is what took too long; 409 is for the caller.
  func inspect(
    _ asked: InspectRequest, about subject: InspectQuery.Subject
  ) async throws(Problem) -> InspectAnswer {
    let outcome: Result<InspectAnswer, WorkerPool.Refusal> = await withCheckedContinuation { waiting in
      do throws(WorkerPool.Refusal) {
        try workers.inspect(asked) { waiting.resume(returning: .success($0)) }
      } catch {
        waiting.resume(returning: .failure(error))
      }
    }
    switch outcome {
    case .failure(let refusal): throw Problem(refusal)
    case .success(let answer) where answer.status == 404:
      let missing = (try? JSONValue(parsing: answer.body))?["missing"]?.string
      throw .notFound("There is no such \(missing ?? subject.rawValue).")
    case .success(let answer) where answer.status >= 500:
      throw Problem(503, code: "inspection_failed", detail: "The run could not be made again to be looked at.")
    case .success(let answer): return answer
    }
  }

  /// The image that a run left, made again by replaying the snippets when it is not kept.
  func image(of run: Int64, client: String) async throws(Problem) -> StoredImage? {
    await store.settle()
    if let image = try await fromStore({ () async throws(StoreError) in try await store.image(of: run) }) {
      return image
    }
    return try await replay(to: run, client: client).image
  }
}
