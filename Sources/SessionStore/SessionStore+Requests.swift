/// A request that its client may send again without knowing whether the first was answered (Idempotency-Key).
package struct RepeatableRequest: Sendable {
  /// The client's key, with what it is a key for.
  package let key: String
  /// Of everything that the request asked.
  package let digest: [UInt8]

  package init(key: String, asking content: [UInt8]) {
    self.key = key
    digest = Digest.of(content)
  }
}

/// What a request was answered when it came first.
package enum KeptAnswer: Equatable, Sendable {
  case text(String)
  /// Its run, which never changes.
  case run(number: Int, session: String)
}

/// What became of a request to create something.
package struct Creation<Created: Sendable>: Sendable {
  /// The answer, the same each time that the request comes.
  package let document: String
  /// What was created; nil when that was done before.
  package let created: Created?
}

extension SessionStore {
  /// What this request was answered before; nil when it is new. Refuses a key that was another request's.
  package func earlierAnswer(to request: RepeatableRequest) async throws(StoreError) -> KeptAnswer? {
    try await database.read { connection throws(StoreError) in try connection.earlierAnswer(to: request) }
  }
}

extension Connection {
  func earlierAnswer(to request: RepeatableRequest?) throws(StoreError) -> KeptAnswer? {
    guard let request else { return nil }
    var isSame = true
    let answer = try inStore { () throws(SQLiteError) in
      var found: KeptAnswer?
      try query(
        """
        SELECT digest, request.run, answer, session.id FROM request LEFT JOIN session ON session.key = request.session
        WHERE request.key = ?
        """, [.text(request.key)]
      ) { row throws(SQLiteError) in
        isSame = row[0].blob == request.digest
        if let number = row[1].integer, let session = row[3].text {
          found = .run(number: Int(number), session: session)
        } else {
          found = .text(row[2].text ?? "")
        }
      }
      return found
    }
    guard isSame else { throw .keyUsedOtherwise }
    return answer
  }

  /// Creates something for a request, once however often it comes. `body` answers it and its document.
  func once<Created>(
    _ request: RepeatableRequest?, at now: Int64, _ body: () throws(StoreError) -> (Created, String)
  ) throws(StoreError) -> Creation<Created> {
    switch try earlierAnswer(to: request) {
    case .text(let document)?: return Creation(document: document, created: nil)
    case .run?: throw .keyUsedOtherwise
    case nil:
      let (created, document) = try body()
      try remember(request, answered: document, at: now)
      return Creation(document: document, created: created)
    }
  }

  func remember(
    _ request: RepeatableRequest?, answered answer: String? = nil, session: Int64? = nil, run number: Int? = nil,
    at now: Int64
  ) throws(StoreError) {
    guard let request else { return }
    _ = try inStore { () throws(SQLiteError) in
      try run(
        "INSERT INTO request (key, digest, created_at, session, run, answer) VALUES (?, ?, ?, ?, ?, ?)",
        [
          .text(request.key), .blob(request.digest), .integer(now), SQLiteValue(session),
          number.map { SQLiteValue($0) } ?? .null, SQLiteValue(answer),
        ])
    }
  }
}
