extension SessionStore {
  /// Appends a run to a session; answers its number. `expected` is the number that it must get, so that two writers who
  /// both saw the same history cannot both append to it. `restarted` says that it did not start from the last run's image.
  package func append(
    _ run: Run, to id: String, expected: Int? = nil, restarted: Bool = false
  ) async throws(StoreError) -> Int {
    try await database.write { connection throws(StoreError) in
      _ = try connection.session(id)
      return try inStore { () throws(SQLiteError) in
        let last = try connection.lastRun(of: id)
        let number = last.number + 1
        if let expected, expected != number { return Appended.refused(next: number) }
        try connection.insert(run, parent: restarted ? nil : last.key)
        let parameters = [SQLiteValue.text(id), SQLiteValue(number), .integer(connection.lastInsertedRow)]
        try connection.run("INSERT INTO session_run (session, number, run) VALUES (?, ?, ?)", parameters)
        try connection.run(
          "UPDATE session SET changed_at = max(created_at, ?) WHERE id = ?", [.integer(run.createdAt), .text(id)])
        return .accepted(number)
      }
    }.number(of: id)
  }

  /// A run of a session, whole.
  package func run(_ number: Int, of id: String) async throws(StoreError) -> Run {
    try await database.read { connection throws(StoreError) in
      guard let run = try connection.runs(of: id, from: number, through: number).first else {
        throw .notFound("run \(number) in session \(id)")
      }
      return run
    }
  }

  /// The runs of a session in order, from a number on.
  package func runs(of id: String, from first: Int = 1, limit: Int) async throws(StoreError) -> [Run] {
    try await database.read { connection throws(StoreError) in
      _ = try connection.session(id)
      return try connection.runs(of: id, from: first, through: first &+ limit &- 1)
    }
  }
}

/// What became of a run that was to be appended.
private enum Appended: Sendable {
  case accepted(Int)
  case refused(next: Int)

  func number(of id: String) throws(StoreError) -> Int {
    switch self {
    case .accepted(let number): return number
    case .refused(let next): throw .changedMeanwhile(session: id, nextRun: next)
    }
  }
}

extension Connection {
  /// The key of a run of a session.
  func runKey(_ number: Int, of id: String) throws(StoreError) -> Int64? {
    try inStore { () throws(SQLiteError) in
      try value("SELECT run FROM session_run WHERE session = ? AND number = ?", [.text(id), SQLiteValue(number)])?
        .integer
    }
  }

  fileprivate func lastRun(of id: String) throws(SQLiteError) -> (number: Int, key: Int64?) {
    var last: (Int, Int64?) = (0, nil)
    try query(
      "SELECT number, run FROM session_run WHERE session = ? ORDER BY number DESC LIMIT 1", [.text(id)]
    ) { row throws(SQLiteError) in
      last = (Int(row[0].integer ?? 0), row[1].integer)
    }
    return last
  }

  fileprivate func insert(_ new: Run, parent: Int64?) throws(SQLiteError) {
    try run(
      """
      INSERT INTO run (parent, created_at, source, outcome, stdout, stderr, result, error, usage)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        SQLiteValue(parent), .integer(new.createdAt), .text(new.source), .text(new.outcome), .text(new.stdout),
        .text(new.stderr), SQLiteValue(new.result), SQLiteValue(new.error), .text(new.usage),
      ])
  }

  fileprivate func runs(of id: String, from first: Int, through last: Int) throws(StoreError) -> [Run] {
    var runs: [Run] = []
    try inStore { () throws(SQLiteError) in
      try query(
        """
        SELECT source, outcome, created_at, stdout, stderr, result, error, usage
        FROM session_run JOIN run ON run.id = session_run.run
        WHERE session = ? AND number BETWEEN ? AND ? ORDER BY number
        """, [.text(id), SQLiteValue(first), SQLiteValue(last)]
      ) { row throws(SQLiteError) in
        runs.append(
          Run(
            source: row[0].text ?? "", outcome: row[1].text ?? "", createdAt: row[2].integer ?? 0,
            stdout: row[3].text ?? "", stderr: row[4].text ?? "", result: row[5].text, error: row[6].text,
            usage: row[7].text ?? "{}"))
      }
    }
    return runs
  }
}
