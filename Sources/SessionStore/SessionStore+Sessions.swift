extension SessionStore {
  /// Keeps a new session.
  package func create(_ session: Session) async throws(StoreError) {
    try await database.write { connection throws(StoreError) in
      try connection.insert(session)
    }
  }

  /// The session with this id.
  package func session(_ id: String) async throws(StoreError) -> Session {
    try await database.read { connection throws(StoreError) in try connection.session(id) }
  }

  /// A new session that shares another's history up to a run; 0 shares none of it.
  package func fork(_ id: String, after number: Int, into session: Session) async throws(StoreError) {
    try await database.write { connection throws(StoreError) in
      _ = try connection.session(id)
      if number != 0, try connection.runKey(number, of: id) == nil {
        throw .notFound("run \(number) in session \(id)")
      }
      try connection.insert(session)
      try inStore { () throws(SQLiteError) in
        try connection.run(
          """
          INSERT INTO session_run (session, number, run)
          SELECT ?, number, run FROM session_run WHERE session = ? AND number <= ?
          """, [.text(session.id), .text(id), SQLiteValue(number)])
      }
    }
  }

  /// Deletes a session for good, with every run, image and page that no other session shares.
  package func delete(_ id: String) async throws(StoreError) {
    try await database.write { connection throws(StoreError) in
      _ = try connection.session(id)
      try inStore { () throws(SQLiteError) in
        let runs = try connection.keys("SELECT run FROM session_run WHERE session = ?", [.text(id)])
        try connection.run("DELETE FROM session WHERE id = ?", [.text(id)])
        try connection.deleteOrphans(among: runs)
      }
    }
  }
}

extension Connection {
  func session(_ id: String) throws(StoreError) -> Session {
    var found: Session?
    try inStore { () throws(SQLiteError) in
      try query(
        """
        SELECT title, created_at, changed_at, expires_at, seed, clock, limits FROM session WHERE id = ?
        """, [.text(id)]
      ) { row throws(SQLiteError) in
        var session = Session(
          id: id, title: row[0].text ?? "", createdAt: row[1].integer ?? 0, expiresAt: row[3].integer,
          seed: row[4].integer ?? 0, clock: row[5].integer ?? 0, limits: row[6].text ?? "{}")
        session.changedAt = row[2].integer ?? session.createdAt
        found = session
      }
    }
    guard let found else { throw .notFound("session \(id)") }
    return found
  }

  fileprivate func insert(_ session: Session) throws(StoreError) {
    try inStore { () throws(SQLiteError) in
      try run(
        """
        INSERT INTO session (id, title, created_at, changed_at, expires_at, seed, clock, limits)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .text(session.id), .text(session.title), .integer(session.createdAt), .integer(session.changedAt),
          SQLiteValue(session.expiresAt), .integer(session.seed), .integer(session.clock), .text(session.limits),
        ])
    }
  }

  /// Runs of which no session is left, and pages of which no image is left. A run's ancestors are in the history of each
  /// session that has it, so one statement removes a whole line of them.
  fileprivate func deleteOrphans(among runs: [Int64]) throws(SQLiteError) {
    let list = SQLiteValue.text("[\(runs.map(String.init).joined(separator: ","))]")
    let orphans = """
      SELECT value FROM json_each(?)
      WHERE NOT EXISTS (SELECT 1 FROM session_run WHERE session_run.run = json_each.value)
      """
    let pages = try keys(
      "SELECT DISTINCT page FROM image_page WHERE page IS NOT NULL AND image IN (\(orphans))", [list])
    try run("DELETE FROM run WHERE id IN (\(orphans))", [list])
    try run(
      """
      DELETE FROM page WHERE id IN (SELECT value FROM json_each(?))
      AND NOT EXISTS (SELECT 1 FROM image_page WHERE image_page.page = page.id)
      """, [.text("[\(pages.map(String.init).joined(separator: ","))]")])
  }

  fileprivate func keys(_ sql: String, _ parameters: [SQLiteValue]) throws(SQLiteError) -> [Int64] {
    var keys: [Int64] = []
    try query(sql, parameters) { row throws(SQLiteError) in
      if let key = row[0].integer { keys.append(key) }
    }
    return keys
  }
}
