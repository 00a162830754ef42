import Dispatch
import Synchronization

/// The database file: one connection that writes, with group commit, and two that read: one for what is found at once,
/// one for searches.
///
/// SQLite before 3.51.3 can damage a WAL file when two connections write or checkpoint at the same instant, so exactly
/// one connection of one process does either: `FolderLock` keeps other processes out, and the writer's queue keeps the
/// connection to itself. A write is acknowledged after the COMMIT that holds it, which with `synchronous = FULL` means
/// that it survives a power loss; writes that arrive while a commit is under way share the next one. What nobody waits
/// for (`writeLater`) is gathered for a moment; a write that comes while that is done waits for one piece of it, and
/// shares its commit.
///
/// Unchecked: the connections are not Sendable, but for one that only reads, where all three are the same, by one reader at
/// a time. `writer` is touched only on `writing`, `reader` only on `reading`,
/// `searcher` only on `searching`.
package final class Database: @unchecked Sendable {
  private let lock: FolderLock?
  private let writer: Connection
  private let reader: Connection
  private let searcher: Connection
  private let writing = DispatchQueue(label: "cellar.store.writer")
  private let reading = DispatchQueue(label: "cellar.store.reader")
  private let searching = DispatchQueue(label: "cellar.store.searcher")
  private let preparing = DispatchQueue(label: "cellar.store.preparing", qos: .utility)
  private let pending = Mutex(Pending())

  private struct Pending {
    var writes: [Write] = []
    /// What nobody waits for, and how much of it is not committed yet.
    var later: [Write] = []
    var laterCount = 0
    var isTimerSet = false
  }

  private static let gatheringMilliseconds = 20
  /// Deferred writes of one commit at most.
  private static let laterPerCommit = 32
  /// Beyond so many, they are written at once.
  private static let mostLater = 128

  /// One unit of work: it is performed within a transaction that others share, then told how the commit ended.
  private struct Write: Sendable {
    let perform: @Sendable (Connection) -> Void
    let acknowledge: @Sendable (StoreError?) -> Void

    init<Answer: Sendable>(
      _ body: @escaping @Sendable (Connection) throws(StoreError) -> Answer,
      then: @escaping @Sendable (Result<Answer, StoreError>) -> Void
    ) {
      let done = Done<Answer>()
      perform = { connection in done.set(connection.undoable(body)) }
      acknowledge = { failure in then(failure.map(Result.failure) ?? done.result) }
    }
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
    searcher = try inStore { () throws(SQLiteError) in try Connection(path: path, mode: .reader) }
  }

  /// Opens the file in a folder to read it only; writes fail.
  package init(reading folder: String) throws(StoreError) {
    lock = nil
    let path = "\(folder)/cellar.sqlite"
    let reader = try inStore { () throws(SQLiteError) in try Connection(path: path, mode: .reader) }
    let version = try Migrations.version(of: reader)
    guard version == Migrations.currentVersion else { throw .olderFile(version: version) }
    writer = reader
    self.reader = reader
    searcher = reader
  }

  private static func check(_ connection: Connection) throws(StoreError) {
    let finding = try inStore { () throws(SQLiteError) in try connection.value("PRAGMA quick_check(1)")?.text }
    guard finding == "ok" else { throw .damaged(finding ?? "the check answered nothing") }
  }

  private static func configure(_ connection: Connection) throws(StoreError) {
    let mode = try inStore { () throws(SQLiteError) in
      // Of a new file only; so that what is deleted can be given back to the system in small steps.
      try connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
      let mode = try connection.value("PRAGMA journal_mode = WAL")?.text
      try connection.execute("PRAGMA synchronous = FULL")
      _ = try connection.value("PRAGMA mmap_size = 0")
      // What a statement may have to undo needs no file.
      try connection.execute("PRAGMA temp_store = MEMORY")
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
      write(body) { continuation.resume(returning: $0) }
    }
    return try outcome.get()
  }

  /// The same, for who does not wait: `then` is told, on the writer's queue.
  package func write<Answer: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Answer,
    then: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    let isFirst = pending.withLock { pending in
      pending.writes.append(Write(body, then: then))
      return pending.writes.count == 1
    }
    if isFirst { writing.async { [self] in commitPending() } }
  }

  /// Does `body` within a moment, together with others of its kind. A power loss before that undoes it.
  package func writeLater<Answer: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Answer,
    then: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    pending.withLock { $0.laterCount += 1 }
    enqueueLater(Write(body, then: then))
  }

  /// The same, with what `prepare` makes on a queue of its own, so that no other write waits for that.
  package func writeLater<Prepared: Sendable, Answer: Sendable>(
    preparing prepare: @escaping @Sendable () -> Prepared,
    _ body: @escaping @Sendable (Prepared, Connection) throws(StoreError) -> Answer,
    then: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    pending.withLock { $0.laterCount += 1 }
    preparing.async { [self] in
      let prepared = prepare()
      enqueueLater(Write({ connection throws(StoreError) in try body(prepared, connection) }, then: then))
    }
  }

  private func enqueueLater(_ write: Write) {
    let (setsTimer, isMuch) = pending.withLock { pending in
      pending.later.append(write)
      defer { pending.isTimerSet = true }
      return (!pending.isTimerSet, pending.later.count % Self.mostLater == 0)
    }
    if isMuch { writing.async { [self] in commitLater() } }
    if setsTimer {
      writing.asyncAfter(deadline: .now() + .milliseconds(Self.gatheringMilliseconds)) { [self] in commitLater() }
    }
  }

  /// Returns when everything that was to be written later is.
  package func settle() async {
    guard pending.withLock({ $0.laterCount > 0 }) else { return }
    await withCheckedContinuation { continuation in
      preparing.async { [self] in
        writing.async { [self] in
          while commitSomeLater() {}
          continuation.resume()
        }
      }
    }
  }

  /// Does `body`, which only reads and takes no time, on what was committed before.
  package func read<Answer: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    try await read(on: reading, { self.reader }, body)
  }

  /// The same, for who does not wait: `then` is told, on the reader's queue.
  package func read<Answer: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Answer,
    then: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    reading.async { [self] in then(Result { () throws(StoreError) in try body(reader) }) }
  }

  /// The same for what may take some milliseconds.
  package func search<Answer: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    try await read(on: searching, { self.searcher }, body)
  }

  private func read<Answer: Sendable>(
    on queue: DispatchQueue, _ connection: @escaping @Sendable () -> Connection,
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    let outcome: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
      queue.async {
        continuation.resume(returning: Result { () throws(StoreError) in try body(connection()) })
      }
    }
    return try outcome.get()
  }

  /// Gives free pages back to the system, and folds the log into the file. Nobody waits for it.
  package func shrink() {
    writing.async { [self] in
      // A failure here loses nothing, and the next write meets it again.
      try? writer.execute("PRAGMA incremental_vacuum(2000)")
      try? writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
  }

  /// Ends orderly: what was submitted is committed, the log is folded into the file.
  func close() throws(StoreError) {
    preparing.sync {}
    let outcome: Result<Void, StoreError> = writing.sync {
      while commitSomeLater() {}
      return Result { () throws(StoreError) in
        try inStore { () throws(SQLiteError) in
          try writer.execute("PRAGMA optimize")
          try writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
      }
    }
    try outcome.get()
  }

  private func commitPending() {
    commit(takePending())
  }

  private func takePending() -> [Write] {
    pending.withLock { pending in
      defer { pending.writes = [] }
      return pending.writes
    }
  }

  private func commitLater() {
    guard commitSomeLater() else { return }
    writing.async { [self] in commitLater() }
  }

  /// Commits some of what was to be written later, and with it the writes that came meanwhile; answers whether there was any.
  private func commitSomeLater() -> Bool {
    guard pending.withLock({ !$0.later.isEmpty }) else { return false }
    var batch: [Write] = []
    var urgent: [Write] = []
    let failure = transaction {
      while batch.count < Self.laterPerCommit, writer.isInTransaction, let write = nextLater() {
        batch.append(write)
        write.perform(writer)
      }
      urgent = takePending()
      for write in urgent where writer.isInTransaction { write.perform(writer) }
    }
    if failure == nil { for write in urgent { write.acknowledge(nil) } } else { commit(urgent) }
    for write in batch { write.acknowledge(failure) }
    pending.withLock { $0.laterCount -= batch.count }
    return true
  }

  /// The next deferred write, unless there is another for which somebody waits.
  private func nextLater() -> Write? {
    pending.withLock { pending in
      guard pending.writes.isEmpty, !pending.later.isEmpty else { return nil }
      if pending.later.count == 1 { pending.isTimerSet = false }
      return pending.later.removeFirst()
    }
  }

  private func commit(_ batch: [Write]) {
    if batch.isEmpty { return }
    let failure = transaction { for write in batch where writer.isInTransaction { write.perform(writer) } }
    for write in batch { write.acknowledge(failure) }
  }

  /// Commits what `body` does; answers why not. After a full disk, say, SQLite has ended the transaction, and what came next
  /// would commit by itself: `body` does nothing then.
  private func transaction(_ body: () -> Void) -> StoreError? {
    do throws(StoreError) {
      try inStore { () throws(SQLiteError) in
        try writer.run("BEGIN IMMEDIATE")
        body()
        do throws(SQLiteError) {
          try writer.run("COMMIT")
        } catch {
          if writer.isInTransaction { try writer.run("ROLLBACK") }
          throw error
        }
      }
      return nil
    } catch {
      return error
    }
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
      try inStore { () throws(SQLiteError) in try run("SAVEPOINT work") }
      do throws(StoreError) {
        let answer = try body(self)
        try inStore { () throws(SQLiteError) in try run("RELEASE work") }
        return answer
      } catch {
        if isInTransaction {
          try inStore { () throws(SQLiteError) in
            try run("ROLLBACK TO work")
            try run("RELEASE work")
          }
        }
        throw error
      }
    }
  }
}
