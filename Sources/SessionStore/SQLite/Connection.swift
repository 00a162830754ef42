import CSQLite

/// One connection to a database file. It belongs to one queue (`Database` keeps it so) and is closed with its last
/// reference. Statements are prepared once and kept.
@safe package final class Connection {
  package enum Mode {
    /// The only connection that writes; makes the file when there is none.
    case writer
    /// Reads what was committed, and can do nothing else.
    case reader
  }

  private let handle: OpaquePointer
  private var statements: [String: Statement] = [:]

  /// Opens the file and closes every door that SQLite lets us close.
  package init(path: String, mode: Mode) throws(SQLiteError) {
    let access =
      switch mode {
      case .writer: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .reader: SQLITE_OPEN_READONLY
      }
    var opened: OpaquePointer?
    let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    // SAFETY: SQLite writes one pointer to `opened`, which outlives the call, and reads `path` only during it.
    let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    guard let handle = unsafe opened, code == SQLITE_OK else {
      // SAFETY: a handle given back with an error must be closed, and closing nil does nothing (sqlite.org/c3ref/open.html).
      let message = unsafe opened.map { unsafe String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      unsafe sqlite3_close_v2(opened)
      throw SQLiteError(code: code, message: "\(message): \(path)", sql: "")
    }
    unsafe self.handle = handle
    try harden()
    if mode == .reader { try execute("PRAGMA query_only = ON") }
  }

  deinit {
    statements.removeAll()
    // SAFETY: `handle` was opened by init and nobody else has it; its statements are gone.
    unsafe sqlite3_close_v2(handle)
  }

  /// A database file may have been written by somebody else: nothing in it may run functions with side effects, and no
  /// statement of ours can damage its pages. Double-quoted text is a name, so a misspelt one is an error.
  private func harden() throws(SQLiteError) {
    let switches: [(Int32, Int32)] = [
      (SQLITE_DBCONFIG_DEFENSIVE, 1),
      (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
      (SQLITE_DBCONFIG_DQS_DML, 0),
      (SQLITE_DBCONFIG_DQS_DDL, 0),
      (SQLITE_DBCONFIG_ENABLE_FKEY, 1),
    ]
    for (option, on) in switches {
      // SAFETY: `handle` is open as long as self lives.
      try check(unsafe sqlite3_db_config_switch(handle, option, on), sql: "")
    }
    // SAFETY: as above.
    try check(unsafe sqlite3_busy_timeout(handle, 5_000), sql: "")
  }

  /// Runs statements without parameters, of which none answers rows that anybody wants.
  package func execute(_ sql: String) throws(SQLiteError) {
    // SAFETY: `handle` is open as long as self lives; SQLite reads `sql` only during the call.
    try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil), sql: sql)
  }

  /// Runs one statement and hands each row to `body`, which must not keep it.
  package func query(
    _ sql: String, _ parameters: [SQLiteValue] = [], row body: (Row) throws(SQLiteError) -> Void
  ) throws(SQLiteError) {
    try walk(sql, parameters) { row throws(SQLiteError) in
      try body(row)
      return true
    }
  }

  /// The same, until `body` answers false; rows that come after are not looked for.
  func walk(
    _ sql: String, _ parameters: [SQLiteValue] = [], row body: (Row) throws(SQLiteError) -> Bool
  ) throws(SQLiteError) {
    let statement = try statement(for: sql)
    defer { statement.reset() }
    try check(statement.bind(parameters), sql: sql)
    while true {
      let code = statement.step()
      guard code == SQLITE_ROW else {
        if code != SQLITE_DONE { throw failure(code, sql: sql) }
        return
      }
      guard try body(Row(statement: statement)) else { return }
    }
  }

  /// Runs one statement for what it changes; answers how many rows that were.
  @discardableResult
  package func run(_ sql: String, _ parameters: [SQLiteValue] = []) throws(SQLiteError) -> Int {
    try query(sql, parameters) { _ throws(SQLiteError) in }
    // SAFETY: `handle` is open as long as self lives.
    return unsafe Int(sqlite3_changes(handle))
  }

  /// The first column of the first row, or nil without rows.
  package func value(_ sql: String, _ parameters: [SQLiteValue] = []) throws(SQLiteError) -> SQLiteValue? {
    var found: SQLiteValue?
    try walk(sql, parameters) { row throws(SQLiteError) in
      found = row[0]
      return false
    }
    return found
  }

  /// Copies the whole database, as it is at one moment, into another connection's, which must be new.
  func copy(to other: Connection) throws(SQLiteError) {
    // SAFETY: both handles are open as long as their connections live; the backup is finished before this returns.
    guard let backup = unsafe sqlite3_backup_init(other.handle, "main", handle, "main") else {
      throw other.failure(SQLITE_ERROR, sql: "")
    }
    let code = unsafe sqlite3_backup_step(backup, -1)
    // SAFETY: `backup` came from sqlite3_backup_init and is not used after this.
    let end = unsafe sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE, end == SQLITE_OK else { throw other.failure(code, sql: "") }
  }

  /// Whether a transaction is open; SQLite itself ends one after some failures, such as a full disk.
  var isInTransaction: Bool {
    // SAFETY: `handle` is open as long as self lives.
    unsafe sqlite3_get_autocommit(handle) == 0
  }

  /// The key that the last INSERT on this connection gave to its row.
  var lastInsertedRow: Int64 {
    // SAFETY: `handle` is open as long as self lives.
    unsafe sqlite3_last_insert_rowid(handle)
  }

  private func statement(for sql: String) throws(SQLiteError) -> Statement {
    if let known = statements[sql] { return known }
    var prepared: OpaquePointer?
    // SAFETY: SQLite writes one pointer to `prepared` and copies what it needs of `sql`.
    let code = unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    try check(code, sql: sql)
    guard let pointer = unsafe prepared else {
      throw SQLiteError(code: SQLITE_MISUSE, message: "no statement", sql: sql)
    }
    let statement = unsafe Statement(pointer)
    statements[sql] = statement
    return statement
  }

  private func check(_ code: Int32, sql: String) throws(SQLiteError) {
    if code != SQLITE_OK { throw failure(code, sql: sql) }
  }

  private func failure(_ code: Int32, sql: String) -> SQLiteError {
    // SAFETY: the message is valid until the next call on this connection, and is copied here.
    SQLiteError(code: code, message: unsafe String(cString: sqlite3_errmsg(handle)), sql: sql)
  }
}

/// SQLite's version, which decides what a file may use.
package let sqliteVersion = unsafe String(cString: sqlite3_libversion())
