/// One value as SQLite stores it: what is bound to a parameter, and what a column holds.
package enum SQLiteValue: Equatable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  package init(_ value: Int) { self = .integer(Int64(value)) }
  init(_ value: String?) { self = value.map(SQLiteValue.text) ?? .null }
  init(_ value: Int64?) { self = value.map(SQLiteValue.integer) ?? .null }

  package var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  package var text: String? {
    if case .text(let value) = self { value } else { nil }
  }

  var blob: [UInt8]? {
    if case .blob(let value) = self { value } else { nil }
  }
}
