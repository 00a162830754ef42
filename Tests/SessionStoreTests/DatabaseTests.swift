import Foundation
import Testing

import SessionStore

@Suite("The database file")
struct DatabaseTests {
  let folder = Folder()

  @Test("a connection is hardened and durable")
  func settings() async throws {
    let store = try SessionStore(folder: folder.path)
    try await store.checkWritable()
    let writer = try Connection(path: folder.database, mode: .reader)
    #expect(try writer.value("PRAGMA journal_mode") == .text("wal"))
    #expect(try writer.value("PRAGMA foreign_keys") == .integer(1))
    #expect(try writer.value("PRAGMA trusted_schema") == .integer(0))
    #expect(try writer.value("PRAGMA busy_timeout") == .integer(5000))
    #expect(try writer.value("PRAGMA user_version") == .integer(Int64(Migrations.currentVersion)))
  }

  @Test("the reader cannot write")
  func readerIsReadOnly() throws {
    let store = try SessionStore(folder: folder.path)
    let reader = try Connection(path: folder.database, mode: .reader)
    #expect(throws: SQLiteError.self) { try reader.execute("DELETE FROM session") }
    try store.close()
  }

  @Test("double quotes are names, not text")
  func doubleQuotes() throws {
    _ = try SessionStore(folder: folder.path)
    let reader = try Connection(path: folder.database, mode: .reader)
    #expect(throws: SQLiteError.self) { try reader.value("SELECT \"no such column\"") }
  }

  @Test("an error holds the code, the message and the statement")
  func errors() throws {
    _ = try SessionStore(folder: folder.path)
    let reader = try Connection(path: folder.database, mode: .reader)
    let error = #expect(throws: SQLiteError.self) { try reader.value("SELECT missing FROM session") }
    #expect(error?.code == 1)
    #expect(error?.message == "no such column: missing")
    #expect(error?.sql == "SELECT missing FROM session")
    let arity = #expect(throws: SQLiteError.self) { try reader.value("SELECT ?", []) }
    #expect(arity?.code == 25)
  }

  @Test("every value comes back as it was bound")
  func values() throws {
    _ = try SessionStore(folder: folder.path)
    let reader = try Connection(path: folder.database, mode: .reader)
    let values: [SQLiteValue] = [
      .null, .integer(.min), .integer(.max), .real(-0.1), .text(""), .text("a\0b ü 🦔"), .blob([]), .blob([0, 255]),
    ]
    for value in values { #expect(try reader.value("SELECT ?", [value]) == value) }
  }

  @Test("a newer file is refused with a sentence and left alone")
  func newerFile() throws {
    try SessionStore(folder: folder.path).close()
    try Connection(path: folder.database, mode: .writer).execute("PRAGMA user_version = 99")
    let error = #expect(throws: StoreError.self) { try SessionStore(folder: folder.path) }
    #expect(error == .newerFile(version: 99, known: Migrations.currentVersion))
    #expect(error?.description.hasSuffix("run a newer program.") == true)
  }

  @Test("a file that is no database is reported as damaged")
  func noDatabase() throws {
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try Data("This is a letter, and not a database at all.".utf8).write(to: URL(fileURLWithPath: folder.database))
    #expect(throws: StoreError.damaged("file is not a database")) { try SessionStore(folder: folder.path) }
  }

  @Test("a damaged page is found when the file is opened")
  func damagedPage() async throws {
    do {
      let store = try SessionStore(folder: folder.path)
      let session = Session(title: String(repeating: "long ", count: 4000), createdAt: 1, seed: 1, clock: 1)
      _ = try await store.create(session)
      try store.close()
    }
    var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.database))
    for index in 4096..<8192 { bytes[index] = 0x5a }
    try bytes.write(to: URL(fileURLWithPath: folder.database))
    let error = #expect(throws: StoreError.self) { try SessionStore(folder: folder.path) }
    guard case .damaged = error else {
      Issue.record("not reported as damaged: \(String(describing: error))")
      return
    }
  }

  @Test("a folder that cannot be made is reported")
  func impossibleFolder() {
    let error = #expect(throws: StoreError.self) { try SessionStore(folder: "/proc/cellar") }
    guard case .cannotOpen = error else {
      Issue.record("not reported: \(String(describing: error))")
      return
    }
  }

  @Test("many writes at once share commits, and each gets its own answer")
  func groupCommit() async throws {
    let database = try Database(folder: folder.path)
    try await database.write { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.execute("CREATE TABLE number (value INTEGER) STRICT") }
    }
    let answers = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<200 {
        group.addTask {
          try await database.write { connection throws(StoreError) in
            try inStore { () throws(SQLiteError) in
              try connection.run("INSERT INTO number VALUES (?)", [SQLiteValue(number)])
            }
            return number
          }
        }
      }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(answers.count == 200)
    let count = try await database.read { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.value("SELECT count(*) FROM number") }
    }
    #expect(count == .integer(200))
  }

  @Test("a write that fails is undone, and its neighbours are not")
  func undo() async throws {
    let database = try Database(folder: folder.path)
    try await database.write { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.execute("CREATE TABLE number (value INTEGER) STRICT") }
    }
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<100 {
        group.addTask {
          try? await database.write { connection throws(StoreError) in
            try inStore { () throws(SQLiteError) in
              try connection.run("INSERT INTO number VALUES (?)", [SQLiteValue(number)])
            }
            if number % 2 == 1 { throw .notFound("odd number") }
          }
        }
      }
    }
    let found = try await database.read { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.value("SELECT group_concat(value % 2, '') FROM number") }
    }
    #expect(found == .text(String(repeating: "0", count: 50)))
  }
}
