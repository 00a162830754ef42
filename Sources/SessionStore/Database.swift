import Dispatch
import Synchronization

/// The database file: one connection that writes, with group commit, and one that reads.
///
/// SQLite before 3.51.3 can damage a WAL file when two connections write or checkpoint at the same instant, so exactly
/// one connection of one process does either: `FolderLock` keeps other processes out, and the writer's queue keeps the
/// connection to itself. A write is acknowledged after the COMMIT that holds it, which with `synchronous = FULL` means
/// that it survives a power loss; writes that arrive while a commit is under way share the next one.
///
/// Unchecked: the connections are not Sendable. `writer` is touched only on `writing`, `reader` only on `reading`.
package final class Database: @unchecked Sendable {
  private let lock: FolderLock
  private let writer: Connection
  private let reader: Connection
  private let writing = DispatchQueue(label: "cellar.store.writer")
  private let reading = DispatchQueue(label: "cellar.store.reader")
  private let pending = Mutex<[Write]>([])

  /// One unit of work: it is performed within a transaction that others share, then told how the commit ended.
  private struct Write: Sendable {
    let perform: @Sendable (Connection) -> Void
    let acknowledge: @Sendable (StoreError?) -> Void
  }

  /// Opens the file in a folder, making both when they are missing.
  package init(folder: String) throws(StoreError) {
    lock = try FolderLock(folder: folder)
    let path = "\(folder)/cellar.sqlite"
    let writer = try inStore { () throws(SQLiteError) in try Connection(path: path, mode: .writer) }
    _ = try Migrations.version(of: writer)
    try Self.check(writer)
    try Self.configure(writer)
    try Migrations.apply(to: writer)
    self.writer = writer
    reader = try inStore { () throws(SQLiteError) in try Connection(path: path, mode: .reader) }
  }

  private static func check(_ connection: Connection) throws(StoreError) {
    let finding = try inStore { () throws(SQLiteError) in try connection.value("PRAGMA quick_check(1)")?.text }
    guard finding == "ok" else { throw .damaged(finding ?? "the check answered nothing") }
  }

  private static func configure(_ connection: Connection) throws(StoreError) {
    let mode = try inStore { () throws(SQLiteError) in
      let mode = try connection.value("PRAGMA journal_mode = WAL")?.text
      try connection.execute("PRAGMA synchronous = FULL")
      _ = try connection.value("PRAGMA mmap_size = 0")
      return mode
    }
    guard mode == "wal" else {
      throw .cannotOpen(path: "cellar.sqlite", reason: "its file system does not allow write-ahead logging")
    }
  }

  /// Does `body` in a transaction; answers after the commit. When `body` throws, what it did is undone, and nothing else.
  package func write<Answer: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    let outcome: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
      let done = Done<Answer>()
      submit(
        Write(
          perform: { connection in done.set(connection.undoable(body)) },
          acknowledge: { failure in
            continuation.resume(returning: failure.map(Result.failure) ?? done.result)
          }))
    }
    return try outcome.get()
  }

  /// Does `body`, which only reads, on what was committed before.
  package func read<Answer: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    let outcome: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
      reading.async { [self] in
        continuation.resume(returning: Result { () throws(StoreError) in try body(reader) })
      }
    }
    return try outcome.get()
  }

  /// Ends orderly: what was submitted is committed, the log is folded into the file.
  func close() throws(StoreError) {
    let outcome: Result<Void, StoreError> = writing.sync {
      Result { () throws(StoreError) in
        try inStore { () throws(SQLiteError) in
          try writer.execute("PRAGMA optimize")
          try writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
      }
    }
    try outcome.get()
  }

  private func submit(_ write: Write) {
    let first = pending.withLock { writes in
      writes.append(write)
      return writes.count == 1
    }
    if first { writing.async { [self] in commitPending() } }
  }

  private func commitPending() {
    let batch = pending.withLock { writes in
      defer { writes = [] }
      return writes
    }
    let outcome = Result { () throws(StoreError) in
      try inStore { () throws(SQLiteError) in
        try writer.execute("BEGIN IMMEDIATE")
        // After a full disk, say, SQLite has ended the transaction; what came next would commit by itself.
        for write in batch where writer.isInTransaction { write.perform(writer) }
        do throws(SQLiteError) {
          try writer.execute("COMMIT")
        } catch {
          if writer.isInTransaction { try writer.execute("ROLLBACK") }
          throw error
        }
      }
    }
    let failure: StoreError? = if case .failure(let error) = outcome { error } else { nil }
    for write in batch { write.acknowledge(failure) }
  }
}

/// Where a write leaves its answer until the commit is done.
private final class Done<Answer: Sendable>: Sendable {
  private let answer = Mutex<Result<Answer, StoreError>?>(nil)

  func set(_ result: Result<Answer, StoreError>) {
    answer.withLock { $0 = result }
  }

  var result: Result<Answer, StoreError> {
    guard let answer = answer.withLock({ $0 }) else { preconditionFailure("A committed write was never performed.") }
    return answer
  }
}

extension Connection {
  /// Does `body` within the open transaction; undoes what it did when it throws.
  fileprivate func undoable<Answer>(
    _ body: (Connection) throws(StoreError) -> Answer
  ) -> Result<Answer, StoreError> {
    Result { () throws(StoreError) in
      try inStore { () throws(SQLiteError) in try execute("SAVEPOINT work") }
      do throws(StoreError) {
        let answer = try body(self)
        try inStore { () throws(SQLiteError) in try execute("RELEASE work") }
        return answer
      } catch {
        if isInTransaction {
          try inStore { () throws(SQLiteError) in
            try execute("ROLLBACK TO work")
            try execute("RELEASE work")
          }
        }
        throw error
      }
    }
  }
}
