/// What SQLite answered instead of doing what it was asked.
package struct SQLiteError: Error, Equatable, CustomStringConvertible {
  /// SQLite's extended result code.
  package let code: Int32
  package let message: String
  package let sql: String

  /// The code without its extension: what kind of failure it is.
  package var primaryCode: Int32 { code & 0xff }

  package var description: String {
    sql.isEmpty ? "SQLite error \(code): \(message)" : "SQLite error \(code): \(message), in: \(sql)"
  }
}
