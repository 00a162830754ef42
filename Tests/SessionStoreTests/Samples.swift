import SessionStore

extension Run {
  /// A run with something in each place.
  static func sample(_ source: String, stdout: String = "1\n") -> Run {
    var run = Run(source: source, outcome: "exception", createdAt: 2_000)
    run.stdin = "in"
    run.seed = 3
    run.clock = 4
    run.limits = #"{"ticks":5}"#
    run.stdout = stdout
    run.stderr = "oh\n"
    run.pieces = "[[0.5,0,2],[0.6,1,3]]"
    run.result = "'ü'"
    run.error = #"{"type":"ValueError"}"#
    run.usage = #"{"ticks":12}"#
    run.truncated = #"{"stdout":false}"#
    run.report = #"{"cells":[]}"#
    run.change = #"{"step":1}"#
    return run
  }
}

extension SessionStore {
  /// A new session, kept.
  func make(_ session: Session = Session(createdAt: 1_000, seed: 0, clock: 0)) async throws -> Session {
    guard let kept = try await create(session).created else { throw StoreError.notFound("new session") }
    return kept
  }

  /// A run more, on what the last one left.
  func append(_ run: Run, to session: Session) async throws(StoreError) -> Session {
    try await append(run, to: session, startedFrom: session.head)
  }

  func forked(_ id: String, after number: Int) async throws(StoreError) -> Session {
    let copy = Session(createdAt: 3_000, seed: 0, clock: 0)
    guard let kept = try await fork(id, after: number, into: copy).created else { throw StoreError.notFound("fork") }
    return kept
  }

  func shared(_ content: String, answer: String, token: String, at now: Int64) async throws -> Share {
    guard let share = try await share(content, answer: answer, token: token, at: now).created else {
      throw StoreError.notFound("new share")
    }
    return share
  }

  func rows(_ table: String) async throws(StoreError) -> Int64? {
    await database.settle()
    return try await database.read { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.value("SELECT count(*) FROM \(table)")?.integer }
    }
  }
}
