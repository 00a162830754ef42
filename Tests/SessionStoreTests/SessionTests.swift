import Testing

import SessionStore

@Suite("Sessions and runs")
struct SessionTests {
  let folder = Folder()

  @Test("a session and its runs come back as they were kept, from a new process too")
  func reopened() async throws {
    var session = Session(title: "counters", createdAt: 1_000, expiresAt: 9_000, seed: -7, clock: 5)
    do {
      let store = try SessionStore(folder: folder.path)
      session = try await store.make(session)
      session = try await store.append(.sample("a = 1"), to: session)
      session = try await store.append(.sample("a"), to: session)
    }
    let store = try SessionStore(folder: folder.path)
    #expect(try await store.session(session.id) == session)
    #expect(session.runCount == 2)
    #expect(session.version == 3)
    #expect(session.changedAt == 2_000)
    #expect(try await store.runs(of: session.id, limit: 10).map(\.run) == [.sample("a = 1"), .sample("a")])
    let second = try await store.run(2, of: session.id)
    #expect(second.run == .sample("a"))
    #expect(second.parent != nil)
    #expect(second.key == session.head)
  }

  @Test("what is not there is said by name, and what was there is told apart")
  func notFound() async throws {
    let store = try SessionStore(folder: folder.path)
    await #expect(throws: StoreError.notFound("session nobody")) { try await store.session("nobody") }
    let session = try await store.make()
    await #expect(throws: StoreError.notFound("run 1 in session \(session.id)")) {
      try await store.run(1, of: session.id)
    }
    try await store.delete(session.id, at: 5)
    await #expect(throws: StoreError.gone("session \(session.id)")) { try await store.session(session.id) }
    await #expect(throws: StoreError.gone("session \(session.id)")) {
      try await store.append(.sample("a"), to: session)
    }
  }

  @Test("of two runs that begin with the same state one is refused")
  func lostUpdate() async throws {
    let store = try SessionStore(folder: folder.path)
    let session = try await store.make()
    let after = try await store.append(.sample("a"), to: session)
    #expect(after.runCount == 1)
    await #expect(throws: StoreError.changedMeanwhile(session: session.id, version: 2)) {
      try await store.append(.sample("b"), to: session)
    }
    #expect(try await store.rows("run") == 1)
  }

  @Test("an outcome that is none is refused by the file itself")
  func outcomes() async throws {
    let store = try SessionStore(folder: folder.path)
    let session = try await store.make()
    await #expect(throws: StoreError.self) {
      try await store.append(Run(source: "", outcome: "fine", createdAt: 1), to: session)
    }
  }

  @Test(
    "a run that says nothing about its snippet leaves the session where it was",
    arguments: ["time", "cancelled", "crashed"])
  func passing(outcome: String) async throws {
    let store = try SessionStore(folder: folder.path)
    let first = try await store.append(.sample("a"), to: try await store.make())
    var run = Run.sample("b")
    run.outcome = outcome
    let second = try await store.append(run, to: first)
    #expect(second.runCount == 2)
    #expect(second.head == first.head)
  }

  @Test("a session can be renamed and given an end, by who knows its version")
  func change() async throws {
    let store = try SessionStore(folder: folder.path)
    let session = try await store.make()
    let named = try await store.change(session.id, version: 1, at: 3_000, title: "new", expiresAt: nil)
    #expect(named.title == "new")
    #expect(named.version == 2)
    await #expect(throws: StoreError.changedMeanwhile(session: session.id, version: 2)) {
      try await store.change(session.id, version: 1, at: 3_000, title: "newer", expiresAt: nil)
    }
    let ending = try await store.change(session.id, at: 3_000, title: nil, expiresAt: 7_000)
    #expect(ending.expiresAt == 7_000)
    #expect(ending.isExpired(at: 7_000) && !ending.isExpired(at: 6_999))
    #expect(try await store.change(session.id, at: 3_000, title: nil, expiresAt: .some(nil)).expiresAt == nil)
    #expect(try await store.change(session.id, at: 4_000, title: "new", expiresAt: nil).version == 4)
  }

  @Test("a fork before a run begins with what that run began with, also after a restart")
  func forkBefore() async throws {
    let store = try SessionStore(folder: folder.path)
    var session = try await store.append(.sample("a"), to: try await store.make())
    let head = session.head
    session = try await store.append(.sample("b"), to: session)
    session = try await store.restart(session.id, at: 2)
    session = try await store.append(.sample("c"), to: session)
    let copy = Session(createdAt: 3_000, seed: 0, clock: 0)
    let second = try await store.fork(session.id, before: 2, into: copy)
    #expect(second.head == head && second.runCount == 1 && second.origin == .init(session: session.id, run: 1))
    let third = try await store.fork(session.id, before: 3, into: Session(createdAt: 3_000, seed: 0, clock: 0))
    #expect(third.head == nil && third.runCount == 2)
    #expect(try await store.line(to: try #require(session.head)).map(\.number) == [3])
    #expect(try await store.line(to: try #require(head)).map(\.number) == [1])
    await #expect(throws: StoreError.self) {
      try await store.fork(session.id, before: 4, into: Session(createdAt: 3_000, seed: 0, clock: 0))
    }
  }

  @Test("a fork shares the history up to its run and lives on without the session it came from")
  func fork() async throws {
    let store = try SessionStore(folder: folder.path)
    var session = try await store.make()
    for source in ["a", "b", "c"] { session = try await store.append(.sample(source), to: session) }
    var copy = try await store.forked(session.id, after: 2)
    #expect(copy.origin == Session.Origin(session: session.id, run: 2))
    #expect(copy.head == (try await store.run(2, of: session.id)).key)
    #expect(try await store.rows("run") == 3)
    copy = try await store.append(.sample("d"), to: copy)
    try await store.delete(session.id, at: 1)
    #expect(try await store.runs(of: copy.id, limit: 10).map(\.run.source) == ["a", "b", "d"])
    #expect(try await store.rows("run") == 3)
    try await store.delete(copy.id, at: 1)
    #expect(try await store.rows("run") == 0)
    let other = try await store.make()
    await #expect(throws: StoreError.notFound("run 1 in session \(other.id)")) {
      try await store.forked(other.id, after: 1)
    }
  }

  @Test("after a restart a run stands on no other")
  func restart() async throws {
    let store = try SessionStore(folder: folder.path)
    let first = try await store.append(.sample("a"), to: try await store.make())
    let restarted = try await store.restart(first.id, at: 3_000)
    #expect(restarted.head == nil)
    let second = try await store.append(.sample("b"), to: restarted)
    #expect(try await store.run(2, of: first.id).parent == nil)
    #expect(try await store.line(to: try #require(second.head)).map(\.run.source) == ["b"])
    #expect(try await store.summaries(of: second).map(\.startedAfresh) == [true, true])
  }

  @Test("the snippets to replay are those that the state stands on")
  func line() async throws {
    let store = try SessionStore(folder: folder.path)
    var session = try await store.make()
    for source in ["a", "b", "c"] {
      var run = Run.sample(source)
      if source == "b" { run.outcome = "crashed" }
      session = try await store.append(run, to: session)
    }
    #expect(try await store.line(to: try #require(session.head)).map(\.run.source) == ["a", "c"])
  }

  @Test("a request that comes again gets its first answer, and its key is good for nothing else")
  func repeated() async throws {
    let store = try SessionStore(folder: folder.path)
    let request = RepeatableRequest(key: "/v1/sessions k", asking: [1])
    func create(at moment: Int64) async throws -> Creation<Session> {
      try await store.create(Session(createdAt: moment, seed: 0, clock: 0), for: request) { session, _ in session.id }
    }
    let session = try #require(try await create(at: 1).created)
    let second = try await create(at: 2)
    #expect(second.created == nil && second.document == session.id)
    #expect(try await store.earlierAnswer(to: request) == .text(session.id))
    #expect(try await store.rows("session") == 1)
    await #expect(throws: StoreError.keyUsedOtherwise) {
      try await store.earlierAnswer(to: RepeatableRequest(key: "/v1/sessions k", asking: [2]))
    }
    try await store.tidy(requestsBefore: 2)
    #expect(try await store.earlierAnswer(to: request) == nil)
  }

  @Test("ids have 22 characters and differ")
  func ids() {
    let ids = Set((0..<1_000).map { _ in Session.makeID() })
    #expect(ids.count == 1_000)
    #expect(ids.allSatisfy { $0.utf8.count == 22 })
  }

  @Test(
    "the digest is SHA-256",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (String(repeating: "a", count: 119), "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
      (String(repeating: "a", count: 1_000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
    ])
  func digest(message: String, expected: String) {
    let hex = Digest.of(Array(message.utf8)).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    #expect(hex.joined() == expected)
  }
}
