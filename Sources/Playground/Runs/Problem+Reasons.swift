import HTTPServer
import Sandbox
import SessionStore

extension Problem {
  /// What the store could not do, as the client sees it; what went wrong inside is for the operator only.
  init(_ error: StoreError) {
    switch error {
    case .notFound: self = .notFound(error.description)
    case .gone: self = Problem(410, code: "gone", detail: error.description)
    case .changedMeanwhile(_, let version):
      self = Problem(412, code: "precondition_failed", detail: error.description)
        .with("version", .int(Int(version))).field("ETag", "\"v\(version)\"")
    case .keyUsedOtherwise:
      self = Problem(
        422, code: "idempotency_key_reused", detail: "This Idempotency-Key came with another request before.")
    case .idTaken: self = Problem(409, code: "id_taken", detail: error.description)
    case .newerFile, .olderFile, .damaged, .inUse, .cannotOpen, .cannotWrite, .sqlite:
      self = Problem(503, code: "store_unavailable", detail: "The store cannot be used at the moment.")
        .field("Retry-After", "5")
    }
  }

  /// More work than there is room for.
  init(_ refusal: WorkerPool.Refusal) {
    switch refusal {
    case .overloaded:
      self = .overloaded(retryAfterSeconds: 1, detail: "More snippets are waiting than this service takes.")
    case .clientOverloaded:
      self = Problem(429, code: "too_many_runs", detail: "More of your snippets are waiting than one client may have.")
        .field("Retry-After", "1")
    }
  }
}

extension Problem {
  /// A cell that was not set; nothing was kept of the run.
  init(_ failure: CellChange.Failure) {
    switch failure {
    case .notReached:
      self = Problem(
        409, code: "nothing_follows",
        detail: "No statement begins at this step or after it; without a step, the cell is set after the run.")
    case .noSuchCell: self = .notFound("There is no such cell then.")
    case .raised(let line):
      self = Problem(422, code: "invalid_expression", detail: "The expression raised \(line).")
    }
  }
}

/// Does what only the store can fail at, and says so in the API's words.
func fromStore<Answer>(_ body: () async throws(StoreError) -> Answer) async throws(Problem) -> Answer {
  do throws(StoreError) {
    return try await body()
  } catch {
    throw Problem(error)
  }
}
