extension SessionStore {
  /// Makes the document of a session that was created, with its runs.
  package typealias Document = @Sendable (Session, [RunSummary]) -> String

  /// Keeps a new session, with a whole history if an import brings one: each run started from the one before it, or afresh.
  package func create(
    _ session: Session, runs: [(run: Run, startedAfresh: Bool)] = [], for request: RepeatableRequest? = nil,
    document: @escaping Document = { _, _ in "" }
  ) async throws(StoreError) -> Creation<Session> {
    try await database.write { connection throws(StoreError) in
      try connection.once(request, at: session.createdAt) { () throws(StoreError) in
        var kept = try connection.insert(session)
        for (run, startedAfresh) in runs {
          kept = try connection.append(run, to: kept, startedFrom: startedAfresh ? nil : kept.head, for: nil)
        }
        return (kept, document(kept, try connection.summaries(of: kept, limit: Self.mostSummaries)))
      }
    }
  }

  /// The session with this id.
  package func session(_ id: String) async throws(StoreError) -> Session {
    try await database.read { connection throws(StoreError) in try connection.session(id) }
  }

  /// Changes a session's title and expiry; `version` is the version that it must still have. Answers it as it is then.
  package func change(
    _ id: String, version: Int64? = nil, at now: Int64, title: String?, expiresAt: Int64??
  ) async throws(StoreError) -> Session {
    try await database.write { connection throws(StoreError) in
      var session = try connection.session(id)
      if let version, version != session.version { throw .changedMeanwhile(session: id, version: session.version) }
      let before = session
      if let title { session.title = title }
      if let expiresAt { session.expiresAt = expiresAt }
      guard session != before else { return session }
      session.version += 1
      session.changedAt = max(session.changedAt, now)
      if session.title != before.title { try connection.reindexTitle(of: session, before: before.title) }
      try connection.update(session)
      return session
    }
  }

  /// Has the next run of a session start afresh. Answers the session as it is then.
  package func restart(_ id: String, at now: Int64) async throws(StoreError) -> Session {
    try await database.write { connection throws(StoreError) in
      var session = try connection.session(id)
      session.head = nil
      session.version += 1
      session.changedAt = max(session.changedAt, now)
      try connection.update(session)
      return session
    }
  }

  /// A new session that shares another's history up to a run, or all of it; 0 shares none.
  package func fork(
    _ id: String, after number: Int?, into session: Session, for request: RepeatableRequest? = nil,
    document: @escaping Document = { _, _ in "" }
  ) async throws(StoreError) -> Creation<Session> {
    try await database.write { connection throws(StoreError) in
      try connection.once(request, at: session.createdAt) { () throws(StoreError) in
        let copy = try connection.fork(try connection.session(id), after: number, into: session)
        return (copy, document(copy, try connection.summaries(of: copy, limit: Self.mostSummaries)))
      }
    }
  }

  /// A new session that stands where a run of another one began, and shares the history before it.
  package func fork(_ id: String, before number: Int, into session: Session) async throws(StoreError) -> Session {
    try await database.write { connection throws(StoreError) in
      let source = try connection.session(id)
      var copy = session
      copy.origin = Session.Origin(session: id, run: number - 1)
      copy.runCount = number - 1
      copy.head = try connection.numberedRun(number, of: source).parent
      copy = try connection.insert(copy)
      try connection.copyHistory(of: source.key, through: number - 1, to: copy.key)
      return copy
    }
  }

  /// Deletes a session for good, with every run, image and page that no other session shares.
  package func delete(_ id: String, at now: Int64) async throws(StoreError) {
    try await database.write { connection throws(StoreError) in
      try connection.delete(try connection.session(id), at: now)
    }
  }
}

extension Connection {
  static let sessionColumns = """
    session.id, session.key, title, session.created_at, changed_at, expires_at, version, session.seed, session.clock,
    session.limits, forked_from, forked_run, run_count, head
    """

  /// The session with this id; says whether there was one.
  func session(_ id: String) throws(StoreError) -> Session {
    let found = try inStore { () throws(SQLiteError) in
      var found: Session?
      try query("SELECT \(Self.sessionColumns) FROM session WHERE id = ?", [.text(id)]) { row throws(SQLiteError) in
        found = Session(row)
      }
      return found
    }
    if let found { return found }
    let gone = try inStore { () throws(SQLiteError) in
      try value("SELECT 1 FROM gone WHERE id = ?", [.text(id)])
    }
    if gone != nil { throw .gone("session \(id)") }
    throw .notFound("session \(id)")
  }

  /// Keeps a new session. Sessions are in the order of their creation, whatever the clock does.
  func insert(_ new: Session) throws(StoreError) -> Session {
    try inStore { () throws(SQLiteError) in
      var session = new
      let latest = try value("SELECT max(created_at) FROM session")?.integer ?? 0
      session.createdAt = max(session.createdAt, latest)
      session.changedAt = max(session.changedAt, session.createdAt)
      try run(
        """
        INSERT INTO session (id, title, created_at, changed_at, expires_at, seed, clock, limits, forked_from,
          forked_run, run_count, head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .text(session.id), .text(session.title), .integer(session.createdAt), .integer(session.changedAt),
          SQLiteValue(session.expiresAt), .integer(session.seed), .integer(session.clock), .text(session.limits),
          SQLiteValue(session.origin?.session), session.origin.map { SQLiteValue($0.run) } ?? .null,
          SQLiteValue(session.runCount), SQLiteValue(session.head),
        ])
      session.key = lastInsertedRow
      try indexTitle(of: session)
      return session
    }
  }

  fileprivate func fork(_ source: Session, after number: Int?, into session: Session) throws(StoreError) -> Session {
    let last = number ?? source.runCount
    var copy = session
    copy.origin = Session.Origin(session: source.id, run: last)
    copy.runCount = last
    if last == source.runCount {
      copy.head = source.head
    } else if last > 0 {
      let run = try numberedRun(last, of: source)
      copy.head = run.run.leavesState ? run.key : run.parent
    }
    copy = try insert(copy)
    try copyHistory(of: source.key, through: last, to: copy.key)
    return copy
  }

  fileprivate func update(_ session: Session) throws(StoreError) {
    try inStore { () throws(SQLiteError) in
      try run(
        "UPDATE session SET title = ?, changed_at = ?, expires_at = ?, version = ?, head = ? WHERE key = ?",
        [
          .text(session.title), .integer(session.changedAt), SQLiteValue(session.expiresAt),
          .integer(session.version), SQLiteValue(session.head), .integer(session.key),
        ])
    }
  }

  fileprivate func copyHistory(of source: Int64, through last: Int, to copy: Int64) throws(StoreError) {
    try inStore { () throws(SQLiteError) in
      try run(
        """
        INSERT INTO session_run (session, number, run)
        SELECT ?, number, run FROM session_run WHERE session = ? AND number <= ?
        """, [.integer(copy), .integer(source), SQLiteValue(last)])
    }
  }

  /// Deletes a session with what nobody else has.
  func delete(_ session: Session, at now: Int64) throws(StoreError) {
    try removeWords(of: session)
    try inStore { () throws(SQLiteError) in
      let runs = try keys("SELECT run FROM session_run WHERE session = ?", [.integer(session.key)])
      try run("DELETE FROM session WHERE key = ?", [.integer(session.key)])
      try run("INSERT OR IGNORE INTO gone (id, gone_at) VALUES (?, ?)", [.text(session.id), .integer(now)])
      try deleteOrphans(among: runs)
    }
  }

  /// Runs of which no session is left, and pages of which no image is left. A run's ancestors are in the history of each
  /// session that has it, so one statement removes a whole line of them.
  private func deleteOrphans(among runs: [Int64]) throws(SQLiteError) {
    let list = SQLiteValue.text("[\(runs.map(String.init).joined(separator: ","))]")
    let orphans = """
      SELECT value FROM json_each(?)
      WHERE NOT EXISTS (SELECT 1 FROM session_run WHERE session_run.run = json_each.value)
      """
    let pages = try keys(
      "SELECT DISTINCT page FROM image_page WHERE page IS NOT NULL AND image IN (\(orphans))", [list])
    try run("DELETE FROM run WHERE id IN (\(orphans))", [list])
    try deleteUnused(pages: pages)
  }

  /// Deletes those of some pages that no image has and on which no other page stands.
  func deleteUnused(pages: [Int64]) throws(SQLiteError) {
    guard !pages.isEmpty else { return }
    let list = SQLiteValue.text("[\(pages.map(String.init).joined(separator: ","))]")
    let bases = try keys(
      """
      SELECT DISTINCT base FROM page WHERE base IS NOT NULL AND id IN (SELECT value FROM json_each(?))
      AND NOT EXISTS (SELECT 1 FROM image_page WHERE image_page.page = page.id)
      """, [list])
    try run(
      """
      DELETE FROM page WHERE id IN (SELECT value FROM json_each(?)) AND base IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM image_page WHERE image_page.page = page.id)
      """, [list])
    try run(
      """
      DELETE FROM page WHERE id IN (SELECT value FROM json_each(?)) AND base IS NULL
      AND NOT EXISTS (SELECT 1 FROM image_page WHERE image_page.page = page.id)
      AND NOT EXISTS (SELECT 1 FROM page AS other WHERE other.base = page.id)
      """, [.text("[\((pages + bases).map(String.init).joined(separator: ","))]")])
  }

  func keys(_ sql: String, _ parameters: [SQLiteValue]) throws(SQLiteError) -> [Int64] {
    var keys: [Int64] = []
    try query(sql, parameters) { row throws(SQLiteError) in
      if let key = row[0].integer { keys.append(key) }
    }
    return keys
  }
}

extension Session {
  /// A row of `Connection.sessionColumns`.
  init(_ row: Row) {
    self.init(
      id: row[0].text ?? "", title: row[2].text ?? "", createdAt: row[3].integer ?? 0, expiresAt: row[5].integer,
      seed: row[7].integer ?? 0, clock: row[8].integer ?? 0, limits: row[9].text ?? "{}")
    key = row[1].integer ?? 0
    changedAt = row[4].integer ?? createdAt
    version = row[6].integer ?? 1
    if let source = row[10].text { origin = Origin(session: source, run: Int(row[11].integer ?? 0)) }
    runCount = Int(row[12].integer ?? 0)
    head = row[13].integer
  }
}
