/// Something that was shared.
package struct Share: Equatable, Sendable {
  package let id: String
  package let createdAt: Int64
  /// A JSON object: what was shared.
  package let content: String
  /// A JSON object: what became of its last snippet.
  package let answer: String

  /// The id of a content: 66 bits of its digest, which is the other part of the answer.
  package static func id(of content: String) -> (id: String, digest: [UInt8]) {
    let digest = Digest.of(Array(content.utf8))
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var bits: UInt64 = digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    var id = ""
    for _ in 0..<10 {
      id.append(alphabet[Int(bits >> 58)])
      bits <<= 6
    }
    // Four bits of the first eight bytes are left, and two of the next.
    id.append(alphabet[Int(bits >> 58) | Int(digest[8] >> 6)])
    return (id, digest)
  }
}

extension SessionStore {
  /// Keeps something shared, and the right of whoever has the token to take it back. The same content is the same share.
  package func share(
    _ content: String, answer: String, token: String, at now: Int64, for request: RepeatableRequest? = nil,
    document: @escaping @Sendable (Share) -> String = { _ in "" }
  ) async throws(StoreError) -> Creation<Share> {
    try await database.write { connection throws(StoreError) in
      try connection.once(request, at: now) { () throws(StoreError) in
        let share = try connection.share(content, answer: answer, token: token, at: now)
        return (share, document(share))
      }
    }
  }

  /// What was shared under an id.
  package func share(_ id: String) async throws(StoreError) -> Share {
    try await database.read { connection throws(StoreError) in
      if let share = try inStore({ () throws(SQLiteError) in try connection.share(id, digest: nil) }) { return share }
      let gone = try inStore { () throws(SQLiteError) in
        try connection.value("SELECT 1 FROM gone WHERE id = ?", [.text(id)])
      }
      throw gone == nil ? .notFound("share \(id)") : .gone("share \(id)")
    }
  }

  /// Takes a share back for one who shared it; it is gone when nobody is left who did. False if the token is none of its.
  package func unshare(_ id: String, token: String, at now: Int64) async throws(StoreError) -> Bool {
    let digest = Digest.of(Array(token.utf8))
    return try await database.write { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in
        let removed = try connection.run(
          "DELETE FROM share_token WHERE digest = ? AND share = ?", [.blob(digest), .text(id)])
        let deleted = try connection.run(
          "DELETE FROM share WHERE id = ? AND NOT EXISTS (SELECT 1 FROM share_token WHERE share = ?)",
          [.text(id), .text(id)])
        if deleted > 0 {
          try connection.run("INSERT OR IGNORE INTO gone (id, gone_at) VALUES (?, ?)", [.text(id), .integer(now)])
        }
        return removed > 0
      }
    }
  }
}

extension Connection {
  fileprivate func share(
    _ content: String, answer: String, token: String, at now: Int64
  ) throws(StoreError) -> Share {
    let (id, digest) = Share.id(of: content)
    let known = try inStore { () throws(SQLiteError) in try share(id, digest: digest) }
    if known == nil, try inStore({ () throws(SQLiteError) in try share(id, digest: nil) }) != nil {
      throw .idTaken(id)
    }
    try inStore { () throws(SQLiteError) in
      if known == nil {
        try run(
          "INSERT INTO share (id, digest, created_at, content, answer) VALUES (?, ?, ?, ?, ?)",
          [.text(id), .blob(digest), .integer(now), .text(content), .text(answer)])
        try run("DELETE FROM gone WHERE id = ?", [.text(id)])
      }
      try run(
        "INSERT INTO share_token (digest, share) VALUES (?, ?)", [.blob(Digest.of(Array(token.utf8))), .text(id)])
    }
    return known ?? Share(id: id, createdAt: now, content: content, answer: answer)
  }

  fileprivate func share(_ id: String, digest: [UInt8]?) throws(SQLiteError) -> Share? {
    var found: Share?
    try query("SELECT created_at, content, answer, digest FROM share WHERE id = ?", [.text(id)]) {
      row throws(SQLiteError) in
      if let digest, row[3].blob != digest { return }
      found = Share(
        id: id, createdAt: row[0].integer ?? 0, content: row[1].text ?? "", answer: row[2].text ?? "")
    }
    return found
  }
}
