import Foundation
import Testing

import SessionStore

@Suite("Keeping the store within bounds")
struct RetentionTests {
  let folder = Folder()

  @Test("what has expired goes, and what nobody changed for long, but nothing that has an end of its own")
  func expiry() async throws {
    let store = try SessionStore(folder: folder.path)
    let kept = try await store.make(Session(createdAt: 5_000, seed: 0, clock: 0))
    let ended = try await store.make(Session(createdAt: 5_000, expiresAt: 6_000, seed: 0, clock: 0))
    let later = try await store.make(Session(createdAt: 5_000, expiresAt: 9_000, seed: 0, clock: 0))
    #expect(try await store.deleteExpired(at: 5_999) == [])
    #expect(try await store.deleteExpired(at: 6_000) == [ended.id])
    #expect(try await store.deleteExpired(at: 7_000, unchangedSince: 5_000) == [])
    #expect(try await store.deleteExpired(at: 7_000, unchangedSince: 5_001) == [kept.id])
    #expect(try await store.session(later.id).id == later.id)
    await #expect(throws: StoreError.gone("session \(ended.id)")) { try await store.session(ended.id) }
  }

  @Test("of too much the images go first, then the sessions that were left alone the longest")
  func size() async throws {
    let store = try SessionStore(folder: folder.path)
    var sessions: [Session] = []
    for number in 0..<4 {
      let session = try await store.append(.sample("a"), to: try await store.make())
      let page = [UInt8](repeating: UInt8(number + 1), count: StoredImage.pageBytes)
      store.keepImageLater(
        StoredImage(build: "1", head: [1], pages: [1: page]), of: try #require(session.head), parent: nil, previous: nil
      )
      sessions.append(session)
    }
    await store.settle()
    #expect(try await store.dropLeastRecentImages(3) == 3)
    #expect(try await store.rows("image") == 1)
    #expect(try await store.dropLeastRecentImages(3) == 1)
    #expect(try await store.dropLeastRecentImages(3) == 0)
    #expect(try await store.rows("page") == 0)
    _ = try await store.change(sessions[0].id, at: 99_000, title: "used", expiresAt: nil)
    #expect(try await store.deleteLeastRecent(3, at: 1) == sessions[1...].map(\.id))
    #expect(try await store.session(sessions[0].id).title == "used")
  }

  @Test("deleted space is given back to the system")
  func shrinking() async throws {
    let store = try SessionStore(folder: folder.path)
    var run = Run.sample("a")
    run.stdout = String(repeating: "0123456789", count: 400_000)
    let session = try await store.append(run, to: try await store.make())
    try await store.tidy(requestsBefore: 0)
    try await store.checkWritable()
    let large = try size(folder.database)
    try await store.delete(session.id, at: 1)
    try await store.tidy(requestsBefore: 0)
    try await store.checkWritable()
    #expect(try size(folder.database) < large - 3_000_000)
  }

  private func size(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
  }

  @Test("a file of version 1, in which nobody ever kept anything, becomes one of today")
  func migration() async throws {
    try SessionStore(folder: folder.path).close()
    try FileManager.default.removeItem(atPath: folder.database)
    let old = try Connection(path: folder.database, mode: .writer)
    for table in ["image_page", "image", "page", "session_run", "run", "session"] {
      try old.execute("CREATE TABLE \(table) (id INTEGER PRIMARY KEY)")
    }
    try old.execute("PRAGMA user_version = 1")
    let store = try SessionStore(folder: folder.path)
    let session = try await store.append(.sample("a"), to: try await store.make())
    #expect(try await store.run(1, of: session.id).run == .sample("a"))
  }

  @Test("a file of version 2 keeps its runs, which set no cell on their way")
  func secondMigration() async throws {
    let first = try SessionStore(folder: folder.path)
    var run = Run.sample("a")
    run.change = nil
    let session = try await first.append(run, to: try await first.make())
    try first.close()
    let old = try Connection(path: folder.database, mode: .writer)
    try old.execute("ALTER TABLE run RENAME COLUMN change TO other")
    try old.execute("PRAGMA user_version = 2")
    let store = try SessionStore(folder: folder.path)
    #expect(try await store.run(1, of: session.id).run == run)
    #expect(try await store.append(.sample("b"), to: session).runCount == 2)
    #expect(try await store.run(2, of: session.id).run == .sample("b"))
  }

  @Test("a backup is a whole store, and is taken beside a writer")
  func backup() async throws {
    let store = try SessionStore(folder: folder.path)
    let session = try await store.append(.sample("a"), to: try await store.make())
    let copy = Folder()
    try FileManager.default.createDirectory(atPath: copy.path, withIntermediateDirectories: true)
    try Backup.write(folder: folder.path, to: copy.database)
    let later = try await store.append(.sample("b"), to: session)
    let other = try SessionStore(folder: copy.path)
    #expect(try await other.session(session.id) == session)
    #expect(try await store.session(session.id) == later)
    #expect(throws: StoreError.cannotWrite(path: copy.database, reason: "there is a file already")) {
      try Backup.write(folder: folder.path, to: copy.database)
    }
  }
}

@Suite("Shares")
struct ShareTests {
  let folder = Folder()

  @Test("the id is the content's, and the share is gone with its last token")
  func shares() async throws {
    let store = try SessionStore(folder: folder.path)
    let first = try await store.shared("{}", answer: "1", token: "a", at: 1)
    #expect(try await store.shared("{}", answer: "2", token: "b", at: 2) == first)
    #expect(first.id.utf8.count == 11)
    #expect(try await store.shared("{ }", answer: "1", token: "c", at: 1).id != first.id)
    #expect(try await store.unshare(first.id, token: "c", at: 3) == false)
    #expect(try await store.unshare(first.id, token: "a", at: 3))
    #expect(try await store.share(first.id) == first)
    #expect(try await store.unshare(first.id, token: "b", at: 3))
    await #expect(throws: StoreError.gone("share \(first.id)")) { try await store.share(first.id) }
    #expect(try await store.shared("{}", answer: "3", token: "d", at: 4).answer == "3")
    #expect(try await store.share(first.id).answer == "3")
    await #expect(throws: StoreError.notFound("share nothing")) { try await store.share("nothing") }
  }
}
