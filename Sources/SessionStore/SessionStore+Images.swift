extension SessionStore {
  /// What keeping an image came to.
  package struct Kept: Equatable, Sendable {
    /// Pages that the store did not have.
    package var newPages = 0
    /// Bytes that these take in it.
    package var newBytes = 0
  }

  /// Keeps the image that a run left, as what differs from its parent run's, if that left one. `previous` is the parent's
  /// image, if it is at hand; `replacing` says that the one that is there is of no use. Nothing waits for this: an image that is
  /// not kept is made again.
  package func keepImageLater(
    _ image: StoredImage, of run: Int64, parent: Int64?, previous: StoredImage?, replacing: Bool = false,
    then: @escaping @Sendable (Kept) -> Void = { _ in }
  ) {
    database.writeLater(
      preparing: { PreparedImage(image, previous: previous) },
      { prepared, connection throws(StoreError) in
        try inStore { () throws(SQLiteError) in
          if replacing { try connection.dropImages(of: [run]) }
          return try connection.keep(prepared, of: run, parent: parent)
        }
      }, then: { if case .success(let kept) = $0 { then(kept) } })
  }

  /// A session, and the image that its next run begins with, if there is one that can be read.
  package func resume(
    _ id: String, then: @escaping @Sendable (Result<(session: Session, image: StoredImage?), StoreError>) -> Void
  ) {
    database.read(
      { connection throws(StoreError) in
        let session = try connection.session(id)
        return (session, session.head.flatMap { (try? connection.image(of: $0)) ?? nil })
      }, then: then)
  }

  /// The image that a run left; nil when the run kept none, or it is damaged, and so the session must be replayed.
  package func image(of run: Int64) async throws(StoreError) -> StoredImage? {
    try await database.read { connection throws(StoreError) in
      try inStore { () throws(SQLiteError) in try connection.image(of: run) }
    }
  }
}

extension Connection {
  /// An image stands on at most so many others, so that reading one does not take longer with every run.
  private static let mostDepth = 24

  /// The run's image and those that it stands on, the oldest last.
  private static let line = """
    WITH RECURSIVE line (run, depth) AS (
      SELECT run, depth FROM image WHERE run = ?
      UNION ALL SELECT image.run, image.depth
      FROM line JOIN run ON run.id = line.run JOIN image ON image.run = run.parent WHERE line.depth > 0
    )
    """

  fileprivate func keep(
    _ prepared: PreparedImage, of key: Int64, parent: Int64?
  ) throws(SQLiteError) -> SessionStore.Kept {
    let image = prepared.image
    // The session may have been deleted since the run, or the image be there already.
    let isWanted = try value(
      "SELECT 1 FROM run WHERE id = ? AND NOT EXISTS (SELECT 1 FROM image WHERE image.run = run.id)", [.integer(key)])
    guard isWanted != nil else { return SessionStore.Kept() }
    var depth = 0
    if let parent, prepared.previousBuild == image.build {
      let known = try value(
        "SELECT depth FROM image WHERE run = ? AND build = ?", [.integer(parent), .text(image.build)])
      depth = known?.integer.map { Int($0) < Self.mostDepth ? Int($0) + 1 : 0 } ?? 0
    }
    // What is so large would hold up others' writes; it is made again when it is wanted.
    guard (depth > 0 ? prepared.changed.count : prepared.pages.count) <= PreparedImage.mostPages else {
      return SessionStore.Kept()
    }
    try run(
      "INSERT INTO image (run, build, size, depth) VALUES (?, ?, ?, ?)",
      [.integer(key), .text(image.build), SQLiteValue(image.head.count), SQLiteValue(depth)])
    let near = depth > 0 ? parent : try parent.flatMap { parent throws(SQLiteError) in try lastImage(before: parent) }
    let standsOn = try near.map { near throws(SQLiteError) in try pageIDs(ofImage: near) } ?? [:]
    var kept = SessionStore.Kept()
    for (position, content) in prepared.pages where depth == 0 || prepared.changed[position] != nil {
      let digest = prepared.changed[position] ?? Digest.of(content)
      let page = try keep(content, digest: .blob(digest), near: standsOn[position], &kept)
      try place(page, at: position, in: key)
    }
    if depth > 0 { for position in prepared.removed { try place(nil, at: position, in: key) } }
    return kept
  }

  /// The run that left the last image on the way to where a run ended.
  private func lastImage(before run: Int64) throws(SQLiteError) -> Int64? {
    try value(
      """
      WITH RECURSIVE line (run, hasImage) AS (
        SELECT id, EXISTS (SELECT 1 FROM image WHERE image.run = run.id) FROM run WHERE id = ?
        UNION ALL SELECT run.parent, EXISTS (SELECT 1 FROM image WHERE image.run = run.parent)
        FROM line JOIN run ON run.id = line.run WHERE NOT hasImage AND run.parent IS NOT NULL
      )
      SELECT run FROM line WHERE hasImage
      """, [.integer(run)])?.integer
  }

  private func place(_ page: Int64?, at position: Int, in image: Int64) throws(SQLiteError) {
    try run(
      "INSERT INTO image_page (image, position, page) VALUES (?, ?, ?)",
      [.integer(image), SQLiteValue(position), SQLiteValue(page)])
  }

  /// The page with this content, kept now if it is new: whole, or as its difference from what another page stands on.
  private func keep(
    _ content: [UInt8], digest: SQLiteValue, near other: Int64?, _ kept: inout SessionStore.Kept
  ) throws(SQLiteError) -> Int64 {
    if let known = try value("SELECT id FROM page WHERE digest = ?", [digest])?.integer { return known }
    var packed = PackedPage.pack(content)
    var base: Int64?
    if let other, let root = try value("SELECT coalesce(base, id) FROM page WHERE id = ?", [.integer(other)])?.integer,
      let whole = try wholePage(root)
    {
      let difference = PackedPage.pack(content, from: whole)
      if difference.count * 2 < packed.count { (packed, base) = (difference, root) }
    }
    try run(
      "INSERT INTO page (digest, base, checksum, content) VALUES (?, ?, ?, ?)",
      [digest, SQLiteValue(base), .integer(PackedPage.checksum(content)), .blob(packed)])
    kept.newPages += 1
    kept.newBytes += packed.count + Self.rowBytes
    return lastInsertedRow
  }

  /// What a page's row and its two places in indexes take beside the content.
  private static let rowBytes = 96

  private func wholePage(_ id: Int64) throws(SQLiteError) -> [UInt8]? {
    guard let packed = try value("SELECT content FROM page WHERE id = ? AND base IS NULL", [.integer(id)])?.blob
    else { return nil }
    return PackedPage.unpack(packed, count: StoredImage.pageBytes)
  }

  private func pageIDs(ofImage key: Int64) throws(SQLiteError) -> [Int: Int64] {
    var ids: [Int: Int64] = [:]
    try query(
      """
      \(Self.line) SELECT position, page FROM line JOIN image_page ON image_page.image = line.run ORDER BY depth
      """, [.integer(key)]
    ) { row throws(SQLiteError) in
      // A later image's row wins, also when it says that the page is as in the base image.
      ids[Int(row[0].integer ?? 0)] = row[1].integer
    }
    return ids
  }

  fileprivate func image(of key: Int64) throws(SQLiteError) -> StoredImage? {
    var build = ""
    var size: Int?
    try query("SELECT build, size FROM image WHERE run = ?", [.integer(key)]) { row throws(SQLiteError) in
      build = row[0].text ?? ""
      size = Int(row[1].integer ?? 0)
    }
    guard let size, try isWhole(imageOf: key) else { return nil }
    var pages: [Int: [UInt8]] = [:]
    var isSound = true
    // Of the rows for a position the one of the latest image counts: SQLite takes the columns beside max() from its row.
    try query(
      """
      \(Self.line), latest AS (
        SELECT position, page, max(depth) FROM line JOIN image_page ON image_page.image = line.run GROUP BY position
      )
      SELECT position, page.content, page.checksum, page.base, base.content
      FROM latest CROSS JOIN page ON page.id = latest.page LEFT JOIN page AS base ON base.id = page.base
      """, [.integer(key)]
    ) { row throws(SQLiteError) in
      let page = Self.page(row[1], base: row[3] == .null ? nil : row[4], checksum: row[2])
      if let page { pages[Int(row[0].integer ?? 0)] = page } else { isSound = false }
    }
    return isSound ? StoredImage(build: build, headBytes: size, allPages: pages) : nil
  }

  /// The content of a page, from what is kept of it and, if it is kept as a difference, of the other; nil when it is damaged.
  private static func page(_ content: SQLiteValue, base: SQLiteValue?, checksum: SQLiteValue) -> [UInt8]? {
    let count = StoredImage.pageBytes
    var whole: [UInt8] = []
    if let base {
      guard let unpacked = base.blob.flatMap({ PackedPage.unpack($0, count: count) }) else { return nil }
      whole = unpacked
    }
    let page = content.blob.flatMap { PackedPage.unpack($0, count: count, from: whole) }
    return page.flatMap { PackedPage.checksum($0) == checksum.integer ? $0 : nil }
  }

  /// Whether each image that an image stands on is there.
  private func isWhole(imageOf key: Int64) throws(SQLiteError) -> Bool {
    try value("\(Self.line) SELECT count(*) = max(depth) + 1 AND min(depth) = 0 FROM line", [.integer(key)])?.integer
      == 1
  }
}

/// An image and how it differs from the one before it, found out before the writer's queue is bothered.
private struct PreparedImage: Sendable {
  /// 8 MiB of changes.
  static let mostPages = 2_048

  let image: StoredImage
  let previousBuild: String?
  let pages: [Int: [UInt8]]
  /// Positions at which the pages differ, with the digests of what is there now.
  let changed: [Int: [UInt8]]
  let removed: [Int]

  init(_ image: StoredImage, previous: StoredImage?) {
    self.image = image
    previousBuild = previous?.build
    pages = image.allPages
    let before = previous?.allPages ?? [:]
    let different = pages.filter { before[$0.key] != $0.value }
    changed = different.count <= Self.mostPages ? different.mapValues { Digest.of($0) } : different
    removed = before.keys.filter { [pages] in pages[$0] == nil }
  }
}
