extension SessionStore {
  /// A session holds at most so many runs.
  package static let mostRuns = 10_000
  /// The most runs that a session's document shows; all of them can be had a part at a time.
  static let mostSummaries = 1_000

  /// Appends a run to a session as it was before, and hands over what it is then, once that is durable. The writer must
  /// know the session's last run: two who append to the same state cannot both succeed.
  package func append(
    _ run: Run, to session: Session, startedFrom parent: Int64?, for request: RepeatableRequest? = nil,
    then: @escaping @Sendable (Result<Session, StoreError>) -> Void
  ) {
    database.write(
      { connection throws(StoreError) in
        try connection.append(run, to: session, startedFrom: parent, for: request)
      }, then: then)
  }

  /// The same, for who waits.
  package func append(_ run: Run, to session: Session, startedFrom parent: Int64?) async throws(StoreError) -> Session {
    try await database.write { connection throws(StoreError) in
      try connection.append(run, to: session, startedFrom: parent, for: nil)
    }
  }

  /// A run of a session, whole.
  package func run(_ number: Int, of id: String) async throws(StoreError) -> NumberedRun {
    try await database.read { connection throws(StoreError) in
      try connection.numberedRun(number, of: try connection.session(id))
    }
  }

  /// The run that left a session where it is, or its last if it was restarted since.
  package func lastRunLeavingState(of session: Session) async throws(StoreError) -> NumberedRun {
    try await database.read { connection throws(StoreError) in
      let number = try inStore { () throws(SQLiteError) in
        try connection.value(
          "SELECT number FROM session_run WHERE session = ? AND run = ?",
          [.integer(session.key), SQLiteValue(session.head)])
      }
      return try connection.numberedRun(number?.integer.map { Int($0) } ?? session.runCount, of: session)
    }
  }

  /// The runs of a session in order, from a number on.
  package func runs(of id: String, from first: Int = 1, limit: Int) async throws(StoreError) -> [NumberedRun] {
    try await database.read { connection throws(StoreError) in
      let session = try connection.session(id)
      return try connection.runs(of: session.key, from: first, through: first &+ limit &- 1)
    }
  }

  /// The last runs of a session, the newest last, as its document shows them.
  package func summaries(of session: Session) async throws(StoreError) -> [RunSummary] {
    try await database.read { connection throws(StoreError) in
      try connection.summaries(of: session, limit: Self.mostSummaries)
    }
  }

  /// The runs that must be replayed, in order, to come to where a run ended: all, or only those after the last image on the way, which
  /// is the first one's parent's then. A run has the same number in each session that has it.
  package func line(to run: Int64, afterImage: Bool = false) async throws(StoreError) -> [NumberedRun] {
    try await database.read { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.line(to: run, afterImage: afterImage) }
    }
  }
}

extension Connection {
  func append(
    _ new: Run, to session: Session, startedFrom parent: Int64?, for request: RepeatableRequest?
  ) throws(StoreError) -> Session {
    var after = session
    let expected = session.version
    try inStore { () throws(SQLiteError) in
      try insert(new, parent: parent)
      let key = lastInsertedRow
      after.runCount += 1
      after.version += 1
      after.changedAt = max(session.changedAt, new.createdAt)
      if new.leavesState { after.head = key }
      let changed = try run(
        "UPDATE session SET run_count = ?, version = ?, changed_at = ?, head = ? WHERE key = ? AND version = ?",
        [
          SQLiteValue(after.runCount), .integer(after.version), .integer(after.changedAt), SQLiteValue(after.head),
          .integer(session.key), .integer(expected),
        ])
      guard changed == 1 else { return after.version = 0 }
      try run(
        "INSERT INTO session_run (session, number, run) VALUES (?, ?, ?)",
        [.integer(session.key), SQLiteValue(after.runCount), .integer(key)])
    }
    guard after.version != 0 else {
      throw .changedMeanwhile(session: session.id, version: try self.session(session.id).version)
    }
    try remember(request, session: session.key, run: after.runCount, at: new.createdAt)
    return after
  }

  private func insert(_ new: Run, parent: Int64?) throws(SQLiteError) {
    try run(
      """
      INSERT INTO run (parent, created_at, source, stdin, seed, clock, limits, outcome, stdout, stderr, pieces, result,
        error, usage, truncated, report, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        SQLiteValue(parent), .integer(new.createdAt), .text(new.source), .text(new.stdin), .integer(new.seed),
        .integer(new.clock), .text(new.limits), .text(new.outcome), .text(new.stdout), .text(new.stderr),
        .text(new.pieces), SQLiteValue(new.result), SQLiteValue(new.error), .text(new.usage), .text(new.truncated),
        SQLiteValue(new.report), SQLiteValue(new.change),
      ])
  }

  private static let runColumns = """
    run.id, run.parent, run.created_at, source, stdin, run.seed, run.clock, run.limits, outcome, stdout, stderr, pieces,
    result, error, usage, truncated, report, change
    """

  func numberedRun(_ number: Int, of session: Session) throws(StoreError) -> NumberedRun {
    guard let run = try runs(of: session.key, from: number, through: number).first else {
      throw .notFound("run \(number) in session \(session.id)")
    }
    return run
  }

  func runs(of session: Int64, from first: Int, through last: Int) throws(StoreError) -> [NumberedRun] {
    try inStore { () throws(SQLiteError) in
      var runs: [NumberedRun] = []
      try query(
        """
        SELECT \(Self.runColumns), number FROM session_run JOIN run ON run.id = session_run.run
        WHERE session = ? AND number BETWEEN ? AND ? ORDER BY number
        """, [.integer(session), SQLiteValue(first), SQLiteValue(last)]
      ) { row throws(SQLiteError) in
        runs.append(NumberedRun(row))
      }
      return runs
    }
  }

  fileprivate func line(to run: Int64, afterImage: Bool) throws(SQLiteError) -> [NumberedRun] {
    var runs: [NumberedRun] = []
    let isOnTheWay = afterImage ? "NOT EXISTS (SELECT 1 FROM image WHERE image.run = run.parent)" : "TRUE"
    try query(
      """
      WITH RECURSIVE line (run, age) AS (
        VALUES (?, 0) UNION ALL SELECT run.parent, age + 1 FROM line JOIN run ON run.id = line.run
        WHERE run.parent IS NOT NULL AND \(isOnTheWay)
      )
      SELECT \(Self.runColumns), (SELECT number FROM session_run WHERE session_run.run = run.id)
      FROM line JOIN run ON run.id = line.run ORDER BY age DESC
      """, [.integer(run)]
    ) { row throws(SQLiteError) in
      runs.append(NumberedRun(row))
    }
    return runs
  }

  func summaries(of session: Session, limit: Int) throws(StoreError) -> [RunSummary] {
    try inStore { () throws(SQLiteError) in
      var summaries: [RunSummary] = []
      try query(
        """
        SELECT number, created_at, parent IS NULL, outcome, substr(source, 1, 200), length(CAST(source AS BLOB)), result,
          error, usage, change
        FROM session_run JOIN run ON run.id = session_run.run WHERE session = ? AND number > ? ORDER BY number
        """, [.integer(session.key), SQLiteValue(session.runCount - limit)]
      ) { row throws(SQLiteError) in
        summaries.append(RunSummary(row))
      }
      return summaries
    }
  }
}

extension RunSummary {
  fileprivate init(_ row: Row) {
    number = Int(row[0].integer ?? 0)
    createdAt = row[1].integer ?? 0
    startedAfresh = row[2].integer == 1
    outcome = row[3].text ?? ""
    source = row[4].text ?? ""
    sourceBytes = Int(row[5].integer ?? 0)
    result = row[6].text
    error = row[7].text
    usage = row[8].text ?? "{}"
    change = row[9].text
  }
}

extension NumberedRun {
  /// A row of `Connection.runColumns` and the run's number.
  fileprivate init(_ row: Row) {
    var run = Run(source: row[3].text ?? "", outcome: row[8].text ?? "", createdAt: row[2].integer ?? 0)
    run.stdin = row[4].text ?? ""
    run.seed = row[5].integer ?? 0
    run.clock = row[6].integer ?? 0
    run.limits = row[7].text ?? "{}"
    run.stdout = row[9].text ?? ""
    run.stderr = row[10].text ?? ""
    run.pieces = row[11].text ?? "[]"
    run.result = row[12].text
    run.error = row[13].text
    run.usage = row[14].text ?? "{}"
    run.truncated = row[15].text ?? "{}"
    run.report = row[16].text
    run.change = row[17].text
    self.init(number: Int(row[18].integer ?? 0), key: row[0].integer ?? 0, parent: row[1].integer, run: run)
  }
}
