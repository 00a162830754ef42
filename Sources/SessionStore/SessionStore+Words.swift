/// The words of titles, sources and outputs. Their index keeps no text, so what is removed from it must be given exactly
/// as it was put in: `cut` must never change.
extension Connection {
  /// A session's rows in the index are those from its first on, one for each number of a run.
  static let wordsPerSession: Int64 = 1 << 14
  private static let mostIndexedBytes = 32 << 10

  func indexTitle(of session: Session) throws(SQLiteError) {
    guard !session.title.isEmpty else { return }
    try run(
      "INSERT INTO words (rowid, title, source, output) VALUES (?, ?, '', '')",
      [.integer(session.key * Self.wordsPerSession), .text(session.title)])
  }

  /// Puts a new title in place of an old one.
  func reindexTitle(of session: Session, before old: String) throws(StoreError) {
    try inStore { () throws(SQLiteError) in
      try removeTitle(old, of: session.key)
      try indexTitle(of: session)
    }
  }

  private func removeTitle(_ title: String, of session: Int64) throws(SQLiteError) {
    guard !title.isEmpty else { return }
    try run(
      "INSERT INTO words (words, rowid, title, source, output) VALUES ('delete', ?, ?, '', '')",
      [.integer(session * Self.wordsPerSession), .text(title)])
  }

  func indexWords(of run: Run, number: Int, session: Int64) throws(SQLiteError) {
    try self.run(
      "INSERT INTO words (rowid, title, source, output) VALUES (?, '', ?, ?)",
      Self.words(of: run, number: number, session: session))
  }

  /// Removes everything of a session from the index.
  func removeWords(of session: Session) throws(StoreError) {
    let indexed = try inStore { () throws(SQLiteError) in
      try value("SELECT indexed FROM session WHERE key = ?", [.integer(session.key)])?.integer ?? 0
    }
    var next = 1
    while next <= indexed {
      let runs = try runs(of: session.key, from: next, through: min(next + 63, Int(indexed)))
      try inStore { () throws(SQLiteError) in
        for run in runs {
          try self.run(
            "INSERT INTO words (words, rowid, title, source, output) VALUES ('delete', ?, '', ?, ?)",
            Self.words(of: run.run, number: run.number, session: session.key))
        }
      }
      next += 64
    }
    try inStore { () throws(SQLiteError) in try removeTitle(session.title, of: session.key) }
  }

  private static func words(of run: Run, number: Int, session: Int64) -> [SQLiteValue] {
    [.integer(session * wordsPerSession + Int64(number)), .text(cut(run.source)), .text(cut(run.stdout + run.stderr))]
  }

  /// The beginning of a text, as much of it as is indexed.
  private static func cut(_ text: String) -> String {
    guard text.utf8.count > mostIndexedBytes else { return text }
    return String(decoding: text.utf8.prefix(mostIndexedBytes), as: UTF8.self)
  }

  /// What people type as a query that FTS5 understands: all of the words, in one run or title; a star at the end of one
  /// stands for any ending. Nil when there is no word in it.
  static func wordsQuery(_ text: String) -> String? {
    let terms = text.split(whereSeparator: \.isWhitespace).prefix(32).compactMap { term -> String? in
      let isPrefix = term.hasSuffix("*")
      let word = isPrefix ? term.dropLast() : term
      guard
        word.unicodeScalars.contains(where: {
          $0.properties.isAlphabetic || $0 == "_" || $0.properties.numericType != nil
        })
      else { return nil }
      return "\"" + word.replacing("\"", with: "\"\"") + "\"" + (isPrefix ? "*" : "")
    }
    return terms.isEmpty ? nil : terms.joined(separator: " ")
  }
}

extension SessionStore {
  /// Has search find a session by a run that was appended. Nothing waits for this: what is not done by the time of a crash
  /// is found by `unindexed` afterwards.
  package func indexLater(_ run: Run, number: Int, of session: Int64, _ findings: Findings) {
    database.writeLater(
      { connection throws(StoreError) in
        try inStore { () throws(SQLiteError) in try connection.index(run, number: number, of: session, findings) }
      }, then: { _ in })
  }

  /// The same, for who waits.
  package func index(_ run: Run, number: Int, of session: Int64, _ findings: Findings) async throws(StoreError) {
    try await database.write { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.index(run, number: number, of: session, findings) }
    }
  }

  /// Runs that search does not know yet, at most so many, of one session.
  package func unindexed(limit: Int) async throws(StoreError) -> (session: Int64, runs: [NumberedRun])? {
    try await database.read { connection throws(StoreError) in
      var next: (key: Int64, indexed: Int)?
      try inStore { () throws(SQLiteError) in
        try connection.walk("SELECT key, indexed FROM session WHERE indexed < run_count ORDER BY key LIMIT 1") {
          row throws(SQLiteError) in
          next = (row[0].integer ?? 0, Int(row[1].integer ?? 0))
          return false
        }
      }
      guard let next else { return nil }
      return (
        next.key, try connection.runs(of: next.key, from: next.indexed + 1, through: next.indexed + limit)
      )
    }
  }
}

extension Connection {
  fileprivate func index(
    _ run: Run, number: Int, of session: Int64, _ findings: Findings
  ) throws(SQLiteError) {
    let changed = try self.run(
      "UPDATE session SET indexed = ? WHERE key = ? AND indexed = ?",
      [SQLiteValue(number), .integer(session), SQLiteValue(number - 1)])
    // Deleted, or another's turn: the runs before this one come first.
    guard changed == 1 else { return }
    try indexWords(of: run, number: number, session: session)
    let key = SQLiteValue.integer(session)
    for (name, sharers) in findings.cells {
      try self.run(
        """
        INSERT INTO cell (name, session, shared_by) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET shared_by = max(shared_by, excluded.shared_by)
        """, [.text(name), key, SQLiteValue(sharers)])
    }
    for name in findings.functions {
      try self.run("INSERT OR IGNORE INTO function (name, session) VALUES (?, ?)", [.text(name), key])
    }
    var traits = [("outcome", run.outcome)]
    if let raised = findings.raised { traits.append(("raised", raised)) }
    let most = min(findings.cells.values.max() ?? 0, SessionFilter.mostSharers)
    if most > 0 { traits += (1...most).map { ("shared_by", String($0)) } }
    for (kind, value) in traits {
      try self.run(
        "INSERT OR IGNORE INTO trait (kind, value, session) VALUES (?, ?, ?)", [.text(kind), .text(value), key])
    }
  }
}
