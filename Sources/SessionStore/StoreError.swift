import CSQLite

/// Why a store did not do what it was asked. Each is one sentence for the operator.
package enum StoreError: Error, Equatable, CustomStringConvertible {
  /// A newer program has written the file.
  case newerFile(version: Int, known: Int)
  /// An older program has written the file, and it may not be changed.
  case olderFile(version: Int)
  /// The file does not hold together; the first thing that SQLite found.
  case damaged(String)
  /// Another process has the store open.
  case inUse(path: String)
  /// The folder or its lock could not be made.
  case cannotOpen(path: String, reason: String)
  /// What was asked for is not there.
  case notFound(String)
  /// What was asked for was there, and was deleted.
  case gone(String)
  /// Somebody else has changed the session since it was read.
  case changedMeanwhile(session: String, version: Int64)
  /// A client's key came with another request before.
  case keyUsedOtherwise
  /// Two contents begin with the same digest.
  case idTaken(String)
  /// A backup's place cannot be written.
  case cannotWrite(path: String, reason: String)
  case sqlite(SQLiteError)

  package var description: String {
    switch self {
    case .newerFile(let version, let known):
      "The store's file has version \(version), and this program knows versions up to \(known): run a newer program."
    case .olderFile(let version):
      "The store's file has version \(version): start the server once, which brings it up to date."
    case .damaged(let finding): "The store's file is damaged: \(finding)."
    case .inUse(let path): "Another process has the store in \(path) open."
    case .cannotOpen(let path, let reason): "The store in \(path) cannot be opened: \(reason)."
    case .notFound(let what): "There is no \(what)."
    case .gone(let what): "The \(what) was deleted."
    case .changedMeanwhile(let session, let version): "Session \(session) has changed; it now has version \(version)."
    case .keyUsedOtherwise: "The key was used for another request."
    case .idTaken(let id): "The id \(id) belongs to another content."
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)."
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
