/// Brings a file to the schema that this program knows.
package enum Migrations {
  /// The version that schema.sql describes. To raise it, change schema.sql and add the step below.
  package static let currentVersion = 2 + steps.count

  /// The step at index n turns version n + 2 into version n + 3.
  static let steps: [String] = [
    "ALTER TABLE run ADD COLUMN change TEXT;"
  ]

  /// No program ever kept a session in a file of version 1: its tables are empty, and are made anew.
  private static let emptying = """
    DROP TABLE image_page; DROP TABLE image; DROP TABLE page; DROP TABLE session_run; DROP TABLE run; DROP TABLE session;
    """

  static let schema = String(decoding: PackageResources.schema_sql, as: UTF8.self)

  /// The version of the file behind a connection; 0 for a new one. Refuses a newer file, before anything touched it.
  static func version(of connection: Connection) throws(StoreError) -> Int {
    let found = try inStore { () throws(SQLiteError) in
      Int(try connection.value("PRAGMA user_version")?.integer ?? 0)
    }
    guard found >= 0, found <= currentVersion else { throw .newerFile(version: found, known: currentVersion) }
    return found
  }

  /// Makes a new file's tables, or brings an older file's up to date: all of it or nothing.
  static func apply(to connection: Connection) throws(StoreError) {
    let found = try version(of: connection)
    guard found < currentVersion else { return }
    let statements =
      switch found {
      case 0: [schema]
      case 1: [emptying, schema]
      default: Array(steps[(found - 2)...])
      }
    try inStore { () throws(SQLiteError) in
      try connection.execute("BEGIN IMMEDIATE")
      do throws(SQLiteError) {
        for statement in statements { try connection.execute(statement) }
        try connection.execute("PRAGMA user_version = \(currentVersion)")
        try connection.execute("COMMIT")
      } catch {
        if connection.isInTransaction { try connection.execute("ROLLBACK") }
        throw error
      }
    }
  }
}
