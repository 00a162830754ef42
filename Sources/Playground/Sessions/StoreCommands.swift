import Dispatch
import HTTPServer
import Sandbox
import SessionStore
import Synchronization

/// What the command line does with a store: `cellar backup`, `cellar export` and `cellar import`.
package enum StoreCommands {
  private static let runsPerRead = 32

  /// Writes a checked copy of the store to a path; a server may be using it meanwhile. Throws a sentence.
  package static func backup(folder: String, to path: String) throws(ServiceError) {
    do throws(StoreError) {
      try Backup.write(folder: folder, to: path)
    } catch {
      throw ServiceError(description: error.description)
    }
  }

  /// Hands over a session as a file, part by part; a server may be using the store meanwhile.
  package static func export(_ id: String, folder: String, _ write: @escaping @Sendable ([UInt8]) -> Void)
    throws(ServiceError)
  {
    try wait { () async throws(StoreError) in
      let store = try SessionStore(reading: folder)
      let session = try await store.session(id)
      write(Archive.beginning(of: session))
      for first in stride(from: 1, through: session.runCount, by: runsPerRead) {
        for run in try await store.runs(of: id, from: first, limit: runsPerRead) {
          write((run.number == 1 ? [] : [UInt8(ascii: ",")]) + Archive.run(run))
        }
      }
      write(Archive.end)
    }
  }

  /// Takes a file in; answers the new session's id. No server may be using the store.
  package static func take(_ file: [UInt8], folder: String) throws(ServiceError) -> String {
    let contents: Archive.Contents
    do throws(Problem) {
      contents = try Archive.read(file, limits: .ofHTTP, ceiling: .ofHTTP, at: Moment.now)
    } catch {
      throw ServiceError(description: error.detail)
    }
    let (session, runs) = (contents.session, contents.runs)
    return try wait { () async throws(StoreError) in
      let store = try SessionStore(folder: folder)
      let id = try await store.create(session, runs: runs).created?.id ?? ""
      try store.close()
      return id
    }
  }

  /// Waits for what is done asynchronously; the command line has nothing else to do.
  private static func wait<Answer: Sendable>(
    _ body: @escaping @Sendable () async throws(StoreError) -> Answer
  ) throws(ServiceError) -> Answer {
    let outcome = Mutex<Result<Answer, StoreError>?>(nil)
    let done = DispatchSemaphore(value: 0)
    let box = Box(outcome: outcome)
    Task {
      do throws(StoreError) {
        let answer = try await body()
        box.outcome.withLock { $0 = .success(answer) }
      } catch {
        box.outcome.withLock { $0 = .failure(error) }
      }
      done.signal()
    }
    done.wait()
    do throws(StoreError) {
      guard let outcome = box.outcome.withLock({ $0 }) else { preconditionFailure("A task ended without an outcome.") }
      return try outcome.get()
    } catch {
      throw ServiceError(description: error.description)
    }
  }

  /// Where the task leaves its outcome.
  private final class Box<Answer: Sendable>: Sendable {
    let outcome: Mutex<Result<Answer, StoreError>?>

    init(outcome: consuming Mutex<Result<Answer, StoreError>?>) {
      self.outcome = outcome
    }
  }
}
