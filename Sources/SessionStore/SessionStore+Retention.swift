extension SessionStore {
  /// Deletes sessions whose time is over, or that nobody has changed since a moment; at most so many. Answers how many.
  package func deleteExpired(
    at now: Int64, unchangedSince: Int64? = nil, limit: Int = 50
  ) async throws(StoreError) -> [String] {
    try await database.write { connection throws(StoreError) in
      let keys = try inStore { () throws(SQLiteError) in
        try connection.keys(
          """
          SELECT key FROM session WHERE expires_at <= ?
          UNION SELECT key FROM session WHERE expires_at IS NULL AND changed_at < ? LIMIT ?
          """, [.integer(now), .integer(unchangedSince ?? .min), SQLiteValue(limit)])
      }
      return try connection.delete(keys, at: now)
    }
  }

  /// Deletes the sessions that were left alone the longest; answers their ids.
  package func deleteLeastRecent(_ count: Int, at now: Int64) async throws(StoreError) -> [String] {
    try await database.write { connection throws(StoreError) in
      let keys = try inStore { () throws(SQLiteError) in
        try connection.keys("SELECT key FROM session ORDER BY changed_at LIMIT ?", [SQLiteValue(count)])
      }
      return try connection.delete(keys, at: now)
    }
  }

  /// Drops images of sessions that were left alone the longest, which will be replayed if somebody comes back. Answers how
  /// many images there were to drop.
  package func dropLeastRecentImages(_ count: Int) async throws(StoreError) -> Int {
    try await dropImages(
      """
      SELECT image.run FROM session JOIN session_run ON session_run.session = session.key
      JOIN image ON image.run = session_run.run ORDER BY changed_at LIMIT ?
      """, [SQLiteValue(count)])
  }

  /// Drops images that another build made; they would only be refused. Answers how many.
  package func dropImages(notOf build: String, limit: Int = 200) async throws(StoreError) -> Int {
    try await dropImages(
      "SELECT run FROM image WHERE build < ? OR build > ? LIMIT ?",
      [.text(build), .text(build), SQLiteValue(limit)])
  }

  private func dropImages(_ sql: String, _ parameters: [SQLiteValue]) async throws(StoreError) -> Int {
    try await database.write { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in
        let runs = try connection.keys(sql, parameters)
        try connection.dropImages(of: runs)
        return runs.count
      }
    }
  }

  /// Deletes what requests were answered before a moment, and gives free pages of the file back to the system.
  package func tidy(requestsBefore moment: Int64) async throws(StoreError) {
    try await database.write { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in
        _ = try connection.run("DELETE FROM request WHERE created_at < ?", [.integer(moment)])
      }
    }
    database.shrink()
  }

  /// How many bytes of the file are used.
  package func usedBytes() async throws(StoreError) -> Int {
    try await database.read { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in
        let pages = try connection.value("PRAGMA page_count")?.integer ?? 0
        let free = try connection.value("PRAGMA freelist_count")?.integer ?? 0
        return Int((pages - free) * (try connection.value("PRAGMA page_size")?.integer ?? 0))
      }
    }
  }

  /// How many sessions there are.
  package func sessionCount() async throws(StoreError) -> Int {
    try await database.search { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in Int(try connection.value("SELECT count(*) FROM session")?.integer ?? 0) }
    }
  }
}

extension Connection {
  /// Drops images of runs, and the pages that no other image has.
  func dropImages(of runs: [Int64]) throws(SQLiteError) {
    let list = SQLiteValue.text("[\(runs.map(String.init).joined(separator: ","))]")
    let pages = try keys(
      "SELECT DISTINCT page FROM image_page WHERE page IS NOT NULL AND image IN (SELECT value FROM json_each(?))",
      [list])
    try run("DELETE FROM image WHERE run IN (SELECT value FROM json_each(?))", [list])
    try deleteUnused(pages: pages)
  }

  fileprivate func delete(_ keys: [Int64], at now: Int64) throws(StoreError) -> [String] {
    var ids: [String] = []
    for key in keys {
      let id = try inStore { () throws(SQLiteError) in
        try value("SELECT id FROM session WHERE key = ?", [.integer(key)])?.text
      }
      guard let id else { continue }
      try delete(try session(id), at: now)
      ids.append(id)
    }
    return ids
  }
}
