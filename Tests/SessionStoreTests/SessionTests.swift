import Testing

import SessionStore

@Suite("Sessions, runs and images")
struct SessionTests {
  let folder = Folder()
  let session = Session(title: "counters", createdAt: 1_000, expiresAt: 9_000, seed: -7, clock: 5)

  private func run(_ source: String, at time: Int64 = 2_000) -> Run {
    Run(
      source: source, outcome: "exception", createdAt: time, stdout: "1\n", stderr: "", result: "'ü'",
      error: #"{"type":"ValueError"}"#, usage: #"{"ticks":12}"#)
  }

  private func rows(_ store: SessionStore, _ table: String) async throws -> Int64? {
    try await store.database.read { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.value("SELECT count(*) FROM \(table)")?.integer }
    }
  }

  @Test("a session and its runs come back as they were kept, from a new process too")
  func reopened() async throws {
    do {
      let store = try SessionStore(folder: folder.path)
      try await store.create(session)
      #expect(try await store.append(run("a = 1"), to: session.id) == 1)
      #expect(try await store.append(run("a"), to: session.id) == 2)
    }
    let store = try SessionStore(folder: folder.path)
    var expected = session
    expected.changedAt = 2_000
    #expect(try await store.session(session.id) == expected)
    #expect(try await store.runs(of: session.id, limit: 10) == [run("a = 1"), run("a")])
    #expect(try await store.run(2, of: session.id) == run("a"))
  }

  @Test("what is not there is said by name")
  func notFound() async throws {
    let store = try SessionStore(folder: folder.path)
    await #expect(throws: StoreError.notFound("session nobody")) { try await store.session("nobody") }
    await #expect(throws: StoreError.notFound("session nobody")) { try await store.append(run(""), to: "nobody") }
    try await store.create(session)
    await #expect(throws: StoreError.notFound("run 1 in session \(session.id)")) {
      try await store.run(1, of: session.id)
    }
  }

  @Test("of two runs that expect the same number one is refused")
  func lostUpdate() async throws {
    let store = try SessionStore(folder: folder.path)
    try await store.create(session)
    #expect(try await store.append(run("a"), to: session.id, expected: 1) == 1)
    await #expect(throws: StoreError.changedMeanwhile(session: session.id, nextRun: 2)) {
      try await store.append(run("b"), to: session.id, expected: 1)
    }
    #expect(try await rows(store, "run") == 1)
  }

  @Test("an outcome that is none is refused by the file itself")
  func outcomes() async throws {
    let store = try SessionStore(folder: folder.path)
    try await store.create(session)
    await #expect(throws: StoreError.self) {
      try await store.append(Run(source: "", outcome: "fine", createdAt: 1), to: session.id)
    }
  }

  @Test("a fork shares the history up to its run and lives on without the session it came from")
  func fork() async throws {
    let store = try SessionStore(folder: folder.path)
    let copy = Session(createdAt: 3_000, seed: -7, clock: 5)
    try await store.create(session)
    for source in ["a", "b", "c"] { _ = try await store.append(run(source), to: session.id) }
    try await store.fork(session.id, after: 2, into: copy)
    #expect(try await rows(store, "run") == 3)
    #expect(try await store.append(run("d"), to: copy.id) == 3)
    try await store.delete(session.id)
    #expect(try await store.runs(of: copy.id, limit: 10).map(\.source) == ["a", "b", "d"])
    #expect(try await rows(store, "run") == 3)
    try await store.delete(copy.id)
    #expect(try await rows(store, "run") == 0)
    await #expect(throws: StoreError.self) { try await store.fork(copy.id, after: 0, into: session) }
  }

  @Test("a page is kept once, and an image is its line of differences")
  func images() async throws {
    let store = try SessionStore(folder: folder.path)
    let (one, two) = ([UInt8](repeating: 1, count: 4096), [UInt8](repeating: 2, count: 4096))
    try await store.create(session)
    for source in ["a", "b", "c"] { _ = try await store.append(run(source), to: session.id) }
    let first = ImageDelta(build: "1", size: 16_384, pages: [0: one, 1: one, 3: two])
    let second = ImageDelta(build: "1", size: 20_480, pages: [1: two, 3: [], 4: one])
    #expect(try await store.keepImage(first, run: 1, of: session.id) == 2)
    #expect(try await store.keepImage(second, run: 2, of: session.id) == 0)
    #expect(try await store.image(run: 1, of: session.id) == first)
    let whole = ImageDelta(build: "1", size: 20_480, pages: [0: one, 1: two, 3: [], 4: one])
    #expect(try await store.image(run: 2, of: session.id) == whole)
    #expect(try await store.image(run: 3, of: session.id) == nil)
    try await store.delete(session.id)
    for table in ["run", "image", "image_page", "page"] { #expect(try await rows(store, table) == 0) }
  }

  @Test("after a restart a run stands on no other")
  func restart() async throws {
    let store = try SessionStore(folder: folder.path)
    try await store.create(session)
    _ = try await store.append(run("a"), to: session.id)
    _ = try await store.append(run("b"), to: session.id, restarted: true)
    let fresh = ImageDelta(build: "1", size: 4096, pages: [0: [9]])
    _ = try await store.keepImage(fresh, run: 2, of: session.id)
    #expect(try await store.image(run: 2, of: session.id) == fresh)
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
