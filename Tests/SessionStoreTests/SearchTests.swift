import Testing

import SessionStore

@Suite("Search")
struct SearchTests {
  let folder = Folder()

  /// Sessions of which each has one run; what they hold depends on their number.
  private func filled(_ count: Int) async throws -> SessionStore {
    let store = try SessionStore(folder: folder.path)
    for number in 0..<count {
      let session = try await store.make(Session(title: "s\(number)", createdAt: Int64(number), seed: 0, clock: 0))
      var run = Run(source: "print('common \(number)')", outcome: "ok", createdAt: Int64(number))
      run.stdout = number % 100 == 3 ? "rare\n" : "often\n"
      if number % 2 == 1 { run.outcome = "exception" }
      let after = try await store.append(run, to: session)
      var findings = Findings()
      findings.cells = ["count": 1 + number % 4]
      if number % 100 == 3 { findings.cells["seldom"] = 3 }
      findings.functions = ["make.<locals>.counter"]
      if number % 2 == 1 { findings.raised = number % 10 == 1 ? "KeyError" : "ValueError" }
      store.indexLater(run, number: 1, of: after.key, findings)
    }
    return store
  }

  private func titles(
    _ store: SessionStore, _ change: (inout SessionFilter) -> Void, limit: Int = 3, after place: Int64? = nil
  ) async throws -> (titles: [String], scanned: Int, next: Int64?) {
    var filter = SessionFilter()
    change(&filter)
    let page = try await store.list(filter, limit: limit, after: place, at: 1_000_000)
    return (page.sessions.map(\.session.title), page.scanned, page.next)
  }

  @Test("every filter finds its sessions, the newest first, and looks at few others")
  func filters() async throws {
    let store = try await filled(1_000)
    let cases: [(name: String, change: (inout SessionFilter) -> Void, found: [String], most: Int)] = [
      ("all", { _ in }, ["s999", "s998", "s997"], 4),
      ("oldest first", { $0.oldestFirst = true }, ["s0", "s1", "s2"], 4),
      ("a word of each", { $0.text = "common" }, ["s999", "s998", "s997"], 4),
      ("a rare word", { $0.text = "rare" }, ["s903", "s803", "s703"], 4),
      ("a phrase's words", { $0.text = "common 77" }, ["s77"], 1),
      ("a title", { $0.text = "s500" }, ["s500"], 1),
      ("the beginning of a word", { $0.text = "rar*" }, ["s903", "s803", "s703"], 4),
      ("a captured name", { $0.cell = "count" }, ["s999", "s998", "s997"], 4),
      ("a rare one", { $0.cell = "seldom" }, ["s903", "s803", "s703"], 4),
      ("one that many share", { ($0.cell, $0.sharedBy) = ("count", 4) }, ["s999", "s995", "s991"], 12),
      ("shared by many", { $0.sharedBy = 4 }, ["s999", "s995", "s991"], 4),
      ("an exception", { $0.raised = "KeyError" }, ["s991", "s981", "s971"], 4),
      ("a function", { $0.function = "make.<locals>.counter" }, ["s999", "s998", "s997"], 4),
      ("two that are common", { ($0.raised, $0.cell) = ("ValueError", "count") }, ["s999", "s997", "s995"], 8),
      ("one that is rare", { ($0.outcome, $0.text) = ("exception", "rare") }, ["s903", "s803", "s703"], 4),
      ("two that exclude each other", { ($0.outcome, $0.raised) = ("ok", "KeyError") }, [], 101),
      ("created after", { ($0.createdAfter, $0.oldestFirst) = (997, true) }, ["s997", "s998", "s999"], 3),
      ("nothing", { $0.text = "absent" }, [], 0),
      ("no word at all", { $0.text = "()\"" }, [], 0),
    ]
    for (name, change, expected, most) in cases {
      let (found, scanned, _) = try await titles(store, change)
      #expect(found == expected, "\(name)")
      #expect(scanned <= most, "\(name) looked at \(scanned)")
    }
  }

  @Test("no search walks through a table")
  func plans() async throws {
    let store = try await filled(1)
    let statements = [
      "SELECT session FROM trait WHERE kind = ? AND value = ? AND session BETWEEN ? AND ? ORDER BY session DESC",
      "SELECT session FROM cell WHERE name = ? AND shared_by >= ? AND session BETWEEN ? AND ? ORDER BY session DESC",
      "SELECT session FROM function WHERE name = ? AND session BETWEEN ? AND ? ORDER BY session",
      "SELECT key FROM session WHERE key BETWEEN ? AND ? ORDER BY key DESC",
      "SELECT key FROM session WHERE created_at >= ? ORDER BY created_at, key LIMIT 1",
      "SELECT key FROM session WHERE expires_at <= ?",
      "SELECT key, indexed FROM session WHERE indexed < run_count ORDER BY key LIMIT 1",
    ]
    for statement in statements {
      let plan = try await store.database.read { connection throws(StoreError) in
        try inStore { () throws(SQLiteError) in try connection.plan(of: statement) }
      }
      #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") || $0.contains("session_unindexed") }, "\(statement): \(plan)")
    }
    let words = try await store.database.read { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in
        try connection.plan(
          of: "SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC")
      }
    }
    #expect(words.count == 1 && words[0].contains("VIRTUAL TABLE INDEX"), "nothing is sorted: \(words)")
  }

  @Test("parts follow one another, each session once, whatever is created meanwhile")
  func parts() async throws {
    let store = try await filled(50)
    var seen: [String] = []
    var place: Int64?
    repeat {
      let part = try await titles(store, { $0.text = "common" }, limit: 7, after: place)
      seen += part.titles
      place = part.next
      _ = try await store.make(Session(title: "later common", createdAt: 1_000, seed: 0, clock: 0))
    } while place != nil
    #expect(seen == (0..<50).reversed().map { "s\($0)" })
  }

  @Test("a part ends when enough was looked at, and the next goes on from there")
  func budget() async throws {
    let store = try SessionStore(folder: folder.path)
    // More runs than one part looks at, in one session, all with the word, and a session behind it.
    let old = try await store.append(.sample("word"), to: try await store.make())
    store.indexLater(.sample("word"), number: 1, of: old.key, Findings())
    var busy = try await store.make()
    for number in 1...(Connection.mostScanned + 10) {
      busy = try await store.append(.sample("word"), to: busy)
      store.indexLater(.sample("word"), number: number, of: busy.key, Findings())
    }
    let first = try await titles(store, { ($0.text, $0.outcome) = ("word", "exception") })
    #expect(first.scanned <= Connection.mostScanned + 1)
    var titlesSeen = first.titles.count
    var place = first.next
    while let next = place {
      let part = try await titles(store, { $0.text = "word" }, after: next)
      titlesSeen += part.titles.count
      place = part.next
    }
    #expect(titlesSeen == 2)
  }

  @Test("what is deleted, renamed or forked is found as it is now")
  func changes() async throws {
    let store = try await filled(3)
    let found = try await store.list(
      {
        var filter = SessionFilter(); filter.text = "common"; return filter
      }(), limit: 9, at: 0)
    let session = try #require(found.sessions.first?.session)
    _ = try await store.change(session.id, at: 5, title: "renamed", expiresAt: nil)
    #expect(try await titles(store) { $0.text = "renamed" }.titles == ["renamed"])
    #expect(try await titles(store) { $0.text = "s2" }.titles == [])
    let fork = try await store.forked(session.id, after: 1)
    #expect(try await titles(store) { $0.text = "common" }.titles.count == 3)
    let waiting = try #require(try await store.unindexed(limit: 10))
    #expect(waiting.session == fork.key)
    for run in waiting.runs { try await store.index(run.run, number: run.number, of: waiting.session, Findings()) }
    #expect(try await store.unindexed(limit: 10) == nil)
    #expect(try await titles(store, { $0.text = "common" }, limit: 9).titles.count == 4)
    try await store.delete(session.id, at: 6)
    try await store.delete(fork.id, at: 6)
    #expect(try await titles(store) { $0.text = "common" }.titles == ["s1", "s0"])
    let words = try await store.rows("words")
    #expect(words == 4, "two titles and two runs are left in the index, not \(words ?? -1)")
  }
}

extension Connection {
  /// How SQLite would go about a statement.
  fileprivate func plan(of statement: String) throws(SQLiteError) -> [String] {
    var steps: [String] = []
    let count = statement.filter { $0 == "?" }.count
    try query("EXPLAIN QUERY PLAN \(statement)", [SQLiteValue](repeating: .integer(1), count: count)) {
      row throws(SQLiteError) in
      steps.append(row[3].text ?? "")
    }
    return steps
  }
}
