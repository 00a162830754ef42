/// Which sessions a list asks for; what is nil asks nothing.
package struct SessionFilter: Equatable, Sendable {
  /// Sharers are told apart up to so many.
  package static let mostSharers = 64

  /// Words that must all be in one run's source and output, or in the title.
  package var text: String?
  /// The name of a captured variable; with `sharedBy`, of one that so many functions share.
  package var cell: String?
  /// The qualified name of a closure.
  package var function: String?
  package var sharedBy: Int?
  package var outcome: String?
  package var raised: String?
  package var createdAfter: Int64?
  package var oldestFirst = false

  package init() {}
}

/// A part of a list of sessions.
package struct SessionPage: Sendable {
  package var sessions: [(session: Session, last: RunSummary?)] = []
  /// Where the next part begins; nil when there is none. There may be one after a part that is not full, or even empty:
  /// a part ends when enough sessions were looked at.
  package var next: Int64?
  /// How many sessions were looked at.
  package var scanned = 0
}

extension SessionStore {
  /// The sessions that a filter lets through, in the order of their creation, from behind a place on.
  package func list(
    _ filter: SessionFilter, limit: Int, after place: Int64? = nil, at now: Int64
  ) async throws(StoreError) -> SessionPage {
    // What was acknowledged before must be found.
    await database.settle()
    return try await database.search { connection throws(StoreError) in
      try connection.list(filter, limit: limit, after: place, at: now)
    }
  }
}

/// One condition of a filter: rows of an index that are in the order of sessions' keys.
private struct Condition {
  let table: String
  /// The column that says which session a row is of.
  let column: String
  let filter: String
  let parameters: [SQLiteValue]
  /// Index rows for each key.
  var scale: Int64 = 1

  static func named(_ table: String, _ column: String, _ value: String) -> Condition {
    Condition(table: table, column: "session", filter: "\(column) = ?", parameters: [.text(value)])
  }

  static func trait(_ kind: String, _ value: String) -> Condition {
    Condition(
      table: "trait", column: "session", filter: "kind = ? AND value = ?", parameters: [.text(kind), .text(value)])
  }

  static func cell(_ name: String, sharedBy: Int?) -> Condition {
    Condition(
      table: "cell", column: "session", filter: "name = ? AND shared_by >= ?",
      parameters: [.text(name), SQLiteValue(sharedBy ?? 0)])
  }

  static func words(_ query: String) -> Condition {
    Condition(
      table: "words", column: "rowid", filter: "words MATCH ?", parameters: [.text(query)],
      scale: Connection.wordsPerSession)
  }

  static let all = Condition(table: "session", column: "key", filter: "TRUE", parameters: [])

  /// The rows themselves. Takes the parameters, the least and the greatest row.
  var rows: String { "FROM \(table) AS driver WHERE \(filter) AND driver.\(column) BETWEEN ? AND ?" }

  /// Whether a row of another condition is of a session that this one holds for as well. Takes the parameters.
  func test(on driver: Condition) -> String {
    let first = "driver.\(driver.column) / \(driver.scale) * \(scale)"
    return "EXISTS (SELECT 1 FROM \(table) WHERE \(filter) AND \(column) BETWEEN \(first) AND \(first) + \(scale - 1))"
  }
}

extension Connection {
  /// The most sessions that one part of a list looks at.
  package static let mostScanned = 4_000
  /// How far conditions are counted to find the rarest.
  private static let mostCounted: Int64 = 1_000

  fileprivate func list(
    _ filter: SessionFilter, limit: Int, after place: Int64?, at now: Int64
  ) throws(StoreError) -> SessionPage {
    guard let conditions = conditions(of: filter) else { return SessionPage() }
    return try inStore { () throws(SQLiteError) in
      var (least, greatest): (Int64, Int64) = (1, Int64.max / Self.wordsPerSession - 1)
      if let created = filter.createdAfter {
        least =
          try value(
            "SELECT key FROM session WHERE created_at >= ? ORDER BY created_at, key LIMIT 1", [.integer(created)]
          )?.integer ?? greatest
      }
      if let place {
        if filter.oldestFirst { least = max(least, place + 1) } else { greatest = min(greatest, place - 1) }
      }
      var page = SessionPage()
      guard least <= greatest else { return page }
      let ordered = try byRarity(conditions, least, greatest)
      let keys = try find(ordered, limit: limit, least, greatest, filter.oldestFirst, &page)
      for key in keys { try add(key, to: &page, at: now) }
      return page
    }
  }

  /// Nil when nothing can satisfy the filter.
  private func conditions(of filter: SessionFilter) -> [Condition]? {
    var conditions: [Condition] = []
    if let text = filter.text {
      guard let query = Self.wordsQuery(text) else { return nil }
      conditions.append(.words(query))
    }
    if let cell = filter.cell {
      conditions.append(.cell(cell, sharedBy: filter.sharedBy))
    } else if let sharers = filter.sharedBy {
      conditions.append(.trait("shared_by", String(sharers)))
    }
    if let function = filter.function { conditions.append(.named("function", "name", function)) }
    if let outcome = filter.outcome { conditions.append(.trait("outcome", outcome)) }
    if let raised = filter.raised { conditions.append(.trait("raised", raised)) }
    return conditions
  }

  /// The conditions with the rarest first, which the others only test.
  private func byRarity(_ conditions: [Condition], _ least: Int64, _ greatest: Int64) throws(SQLiteError) -> [Condition]
  {
    guard conditions.count > 1 else { return conditions.isEmpty ? [.all] : conditions }
    var counted: [(count: Int64, condition: Condition)] = []
    for condition in conditions {
      let rows = try value(
        "SELECT count(*) FROM (SELECT 1 \(condition.rows) LIMIT \(Self.mostCounted))",
        condition.parameters + range(condition, least, greatest))
      counted.append((rows?.integer ?? 0, condition))
    }
    return counted.sorted { $0.count < $1.count }.map(\.condition)
  }

  private func range(_ condition: Condition, _ least: Int64, _ greatest: Int64) -> [SQLiteValue] {
    [.integer(least * condition.scale), .integer(greatest * condition.scale + condition.scale - 1)]
  }

  /// The keys of a part of the list. Says in the part where it goes on, and how much was looked at.
  private func find(
    _ conditions: [Condition], limit: Int, _ least: Int64, _ greatest: Int64, _ oldestFirst: Bool,
    _ page: inout SessionPage
  ) throws(SQLiteError) -> [Int64] {
    let driver = conditions[0]
    let others = conditions.dropFirst()
    let tests = others.map { $0.test(on: driver) }
    var found: [Int64] = []
    var last: Int64?
    var scanned = 0
    var next: Int64?
    try walk(
      """
      SELECT driver.\(driver.column), \((tests + ["TRUE"]).joined(separator: " AND ")) \(driver.rows)
      ORDER BY driver.\(driver.column) \(oldestFirst ? "ASC" : "DESC")
      """, others.flatMap(\.parameters) + driver.parameters + range(driver, least, greatest)
    ) { row throws(SQLiteError) in
      let key = (row[0].integer ?? 0) / driver.scale
      scanned += 1
      if key != last {
        // Behind the last session that was looked at, whether it was found or not.
        if found.count == limit || scanned > Self.mostScanned {
          next = last
          return false
        }
        last = key
        if row[1].integer == 1 { found.append(key) }
      } else if scanned > Self.mostScanned {
        next = last
        return false
      }
      return true
    }
    page.scanned = scanned
    page.next = next
    return found
  }

  private func add(_ key: Int64, to page: inout SessionPage, at now: Int64) throws(SQLiteError) {
    var session: Session?
    try query("SELECT \(Self.sessionColumns) FROM session WHERE key = ?", [.integer(key)]) { row throws(SQLiteError) in
      session = Session(row)
    }
    guard let session, !session.isExpired(at: now) else { return }
    var last: RunSummary?
    do throws(StoreError) {
      last = try summaries(of: session, limit: 1).last
    } catch {
      guard case .sqlite(let failure) = error else { return }
      throw failure
    }
    page.sessions.append((session, last))
  }
}
