/// Copies of the store's file, taken while a server may be writing it.
package enum Backup {
  /// Writes a copy of the store in a folder, as it is at one moment, to a path where there is nothing yet; checks it.
  package static func write(folder: String, to path: String) throws(StoreError) {
    let source = try inStore { () throws(SQLiteError) in
      try Connection(path: "\(folder)/cellar.sqlite", mode: .reader)
    }
    _ = try Migrations.version(of: source)
    let target = try inStore { () throws(SQLiteError) in try Connection(path: path, mode: .writer) }
    let isNew = try inStore { () throws(SQLiteError) in try target.value("PRAGMA page_count")?.integer == 0 }
    guard isNew else { throw .cannotWrite(path: path, reason: "there is a file already") }
    let finding = try inStore { () throws(SQLiteError) in
      try source.copy(to: target)
      return try target.value("PRAGMA integrity_check(1)")?.text
    }
    guard finding == "ok" else { throw .damaged(finding ?? "the check answered nothing") }
    // The copy's header says that it is in WAL mode; a single file is easier to carry.
    _ = try inStore { () throws(SQLiteError) in try target.value("PRAGMA journal_mode = DELETE") }
  }
}
