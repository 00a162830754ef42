import CSQLite

/// Why a store did not do what it was asked. Each is one sentence for the operator.
package enum StoreError: Error, Equatable, CustomStringConvertible {
  /// A newer program has written the file.
  case newerFile(version: Int, known: Int)
  /// The file does not hold together; the first thing that SQLite found.
  case damaged(String)
  /// Another process has the store open.
  case inUse(path: String)
  /// The folder or its lock could not be made.
  case cannotOpen(path: String, reason: String)
  /// What was asked for is not there.
  case notFound(String)
  /// Somebody else has appended to the session since its history was read.
  case changedMeanwhile(session: String, nextRun: Int)
  case sqlite(SQLiteError)

  package var description: String {
    switch self {
    case .newerFile(let version, let known):
      "The store's file has version \(version), and this program knows versions up to \(known): run a newer program."
    case .damaged(let finding): "The store's file is damaged: \(finding)."
    case .inUse(let path): "Another process has the store in \(path) open."
    case .cannotOpen(let path, let reason): "The store in \(path) cannot be opened: \(reason)."
    case .notFound(let what): "There is no \(what)."
    case .changedMeanwhile(let session, let nextRun):
      "The next run of session \(session) is now number \(nextRun)."
    case .sqlite(let error): error.description
    }
  }
}

/// Does what only SQLite can fail at, and says so in the store's own words: a file that is no database is damaged.
@discardableResult
package func inStore<Answer>(_ body: () throws(SQLiteError) -> Answer) throws(StoreError) -> Answer {
  do {
    return try body()
  } catch {
    switch error.primaryCode {
    case SQLITE_NOTADB, SQLITE_CORRUPT: throw .damaged(error.message)
    default: throw .sqlite(error)
    }
  }
}
