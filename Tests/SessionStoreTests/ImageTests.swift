import Testing

import SessionStore

@Suite("Images")
struct ImageTests {
  let folder = Folder()

  /// Memory as it tends to be: mostly zeros, and something that depends on a number.
  private func page(_ number: UInt8) -> [UInt8] {
    var page = [UInt8](repeating: 0, count: StoredImage.pageBytes)
    for index in 0..<64 { page[index * 16] = UInt8(truncatingIfNeeded: index) ^ number }
    page[4095] = number
    return page
  }

  private func image(_ pages: [Int: UInt8], head: Int = 5_000, build: String = "1") -> StoredImage {
    StoredImage(
      build: build, head: (0..<head).map { UInt8(truncatingIfNeeded: $0 &* 7) }, pages: pages.mapValues(page))
  }

  private func keep(
    _ image: StoredImage, _ store: SessionStore, of run: Int64, parent: Int64?, previous: StoredImage?,
    replacing: Bool = false
  ) async -> SessionStore.Kept {
    await withCheckedContinuation { continuation in
      store.keepImageLater(image, of: run, parent: parent, previous: previous, replacing: replacing) {
        continuation.resume(returning: $0)
      }
    }
  }

  /// A session with so many runs, and their keys.
  private func session(_ store: SessionStore, runs count: Int) async throws -> (Session, [Int64]) {
    var session = try await store.make()
    var keys: [Int64] = []
    for number in 0..<count {
      session = try await store.append(.sample("\(number)"), to: session)
      keys.append(try #require(session.head))
    }
    return (session, keys)
  }

  @Test("an image comes back whole, and costs what differs from the one before it")
  func differences() async throws {
    let store = try SessionStore(folder: folder.path)
    let (session, keys) = try await session(store, runs: 3)
    let first = image([1: 1, 2: 2, 900: 3])
    let second = image([1: 1, 2: 9, 901: 4], head: 4_000)
    let one = await keep(first, store, of: keys[0], parent: nil, previous: nil)
    #expect(one.newPages == 5)
    let two = await keep(second, store, of: keys[1], parent: keys[0], previous: first)
    #expect(two.newPages == 3, "two of memory, and the head's only page")
    #expect(two.newBytes < 3 * 1_000)
    #expect(try await store.image(of: keys[0]) == first)
    #expect(try await store.image(of: keys[1]) == second)
    #expect(try await store.image(of: keys[2]) == nil)
    #expect(try await store.rows("image_page") == 5 + 5)
    try await store.delete(session.id, at: 1)
    for table in ["run", "image", "image_page", "page"] { #expect(try await store.rows(table) == 0, "\(table)") }
  }

  @Test("not every run must leave an image: the next one costs little, and a replay begins after the last")
  func gap() async throws {
    let store = try SessionStore(folder: folder.path)
    let (session, keys) = try await session(store, runs: 4)
    let first = image([1: 1, 2: 2])
    let third = image([1: 1, 2: 9])
    _ = await keep(first, store, of: keys[0], parent: nil, previous: nil)
    let kept = await keep(third, store, of: keys[2], parent: keys[1], previous: nil)
    #expect(kept.newPages == 1 && kept.newBytes < 1_000, "as a difference from the first image's page")
    #expect(try await store.image(of: keys[2]) == third)
    #expect(try await store.line(to: keys[1], afterImage: true).map(\.number) == [2])
    #expect(try await store.line(to: keys[3], afterImage: true).map(\.number) == [4])
    #expect(try await store.line(to: keys[3]).map(\.number) == [1, 2, 3, 4])
    let fourth = image([1: 1, 2: 10])
    _ = await keep(fourth, store, of: keys[3], parent: keys[2], previous: third)
    let read = try await withCheckedThrowingContinuation { continuation in
      store.resume(session.id) { continuation.resume(with: $0) }
    }
    #expect(read.session.head == keys[3] && read.image == fourth)
  }

  @Test("a hundred runs are read as quickly as one: images stand on few others")
  func depth() async throws {
    let store = try SessionStore(folder: folder.path)
    let (_, keys) = try await session(store, runs: 100)
    var previous: StoredImage?
    for (index, key) in keys.enumerated() {
      let next = image([1: 1, 2: UInt8(index), 3 + index % 5: UInt8(index)])
      _ = await keep(next, store, of: key, parent: index > 0 ? keys[index - 1] : nil, previous: previous)
      #expect(try await store.image(of: key) == next)
      previous = next
    }
    let deepest = try await store.database.read { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.value("SELECT max(depth) FROM image")?.integer }
    }
    #expect(try #require(deepest) < 32)
  }

  @Test("the same pages are kept once, whoever has them")
  func shared() async throws {
    let store = try SessionStore(folder: folder.path)
    let (one, first) = try await session(store, runs: 1)
    let (two, second) = try await session(store, runs: 1)
    #expect(await keep(image([1: 1, 2: 2]), store, of: first[0], parent: nil, previous: nil).newPages == 4)
    #expect(await keep(image([1: 1, 2: 2]), store, of: second[0], parent: nil, previous: nil).newPages == 0)
    try await store.delete(one.id, at: 1)
    #expect(try await store.image(of: second[0]) == image([1: 1, 2: 2]))
    try await store.delete(two.id, at: 1)
    #expect(try await store.rows("page") == 0)
  }

  @Test("a damaged page is noticed, and so is a lost image that others stand on")
  func damage() async throws {
    let store = try SessionStore(folder: folder.path)
    let (_, keys) = try await session(store, runs: 2)
    let (first, second) = (image([1: 1]), image([1: 2]))
    _ = await keep(first, store, of: keys[0], parent: nil, previous: nil)
    _ = await keep(second, store, of: keys[1], parent: keys[0], previous: first)
    let damaged = try await changing(store, "UPDATE page SET content = zeroblob(length(content)) WHERE base IS NULL")
    #expect(damaged > 0)
    #expect(try await store.image(of: keys[1]) == nil)
    #expect(await keep(second, store, of: keys[1], parent: nil, previous: nil, replacing: true).newPages >= 0)
    #expect(try await changing(store, "DELETE FROM image WHERE run = \(keys[0])") == 1)
    #expect(try await store.image(of: keys[0]) == nil)
  }

  private func changing(_ store: SessionStore, _ sql: String) async throws -> Int {
    try await store.database.write { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.run(sql) }
    }
  }

  @Test("an image that cannot be used is replaced, and those after it stand on the new one")
  func replaced() async throws {
    let store = try SessionStore(folder: folder.path)
    let (_, keys) = try await session(store, runs: 2)
    let old = image([1: 1], build: "1")
    let new = image([1: 5], build: "2")
    _ = await keep(old, store, of: keys[0], parent: nil, previous: nil)
    _ = await keep(new, store, of: keys[0], parent: nil, previous: nil, replacing: true)
    #expect(try await store.image(of: keys[0]) == new)
    let next = image([1: 5, 7: 7], build: "2")
    _ = await keep(next, store, of: keys[1], parent: keys[0], previous: new)
    #expect(try await store.image(of: keys[1]) == next)
    #expect(try await store.dropImages(notOf: "2") == 0)
    #expect(try await store.dropImages(notOf: "3") == 2)
    #expect(try await store.rows("page") == 0)
  }

  @Test("random pages survive being packed, alone and as a difference")
  func packing() async throws {
    let store = try SessionStore(folder: folder.path)
    let (_, keys) = try await session(store, runs: 12)
    var generator = SystemRandomNumberGenerator()
    var previous: StoredImage?
    for (index, key) in keys.enumerated() {
      var pages = previous?.pages ?? [:]
      for _ in 0..<4 {
        let position = Int.random(in: 0..<6, using: &generator)
        var page = pages[position] ?? [UInt8](repeating: 0, count: StoredImage.pageBytes)
        for _ in 0..<(1 << Int.random(in: 0..<13)) {
          page[Int.random(in: 0..<page.count)] = UInt8.random(in: 0...255, using: &generator)
        }
        pages[position] = page
      }
      let next = StoredImage(build: "1", head: Array("\(index)".utf8), pages: pages)
      _ = await keep(next, store, of: key, parent: index > 0 ? keys[index - 1] : nil, previous: previous)
      #expect(try await store.image(of: key) == next)
      previous = next
    }
  }
}
