/// The pages in which one image differs from another.
package struct ImageDelta: Equatable, Sendable {
  /// Which interpreter can read the image.
  package let build: String
  /// Bytes of the whole image.
  package let size: Int
  /// Page number to content; an empty content stands for a page of zeros, of which nothing is kept.
  package var pages: [Int: [UInt8]]

  package init(build: String, size: Int, pages: [Int: [UInt8]]) {
    self.build = build
    self.size = size
    self.pages = pages
  }
}

extension SessionStore {
  /// Keeps the image that a run left, as what differs from the image that it started from. A page that the store has
  /// already costs one row and no content. Answers how many pages were new.
  package func keepImage(_ delta: ImageDelta, run number: Int, of id: String) async throws(StoreError) -> Int {
    try await database.write { connection throws(StoreError) in
      let key = try connection.existingRun(number, of: id)
      return try inStore { () throws(SQLiteError) in
        try connection.run(
          "INSERT INTO image (run, build, size) VALUES (?, ?, ?)",
          [.integer(key), .text(delta.build), SQLiteValue(delta.size)])
        var added = 0
        for (position, content) in delta.pages {
          var page = SQLiteValue.null
          if !content.isEmpty {
            let digest = SQLiteValue.blob(Digest.of(content))
            added += try connection.run(
              "INSERT INTO page (digest, content) VALUES (?, ?) ON CONFLICT DO NOTHING", [digest, .blob(content)])
            page = try connection.value("SELECT id FROM page WHERE digest = ?", [digest]) ?? .null
          }
          try connection.run(
            "INSERT INTO image_page (image, position, page) VALUES (?, ?, ?)",
            [.integer(key), SQLiteValue(position), page])
        }
        return added
      }
    }
  }

  /// The image that a run left, as what differs from the base image; nil when the run, or one that it stands on, kept
  /// none, and so must be replayed.
  package func image(run number: Int, of id: String) async throws(StoreError) -> ImageDelta? {
    try await database.read { connection throws(StoreError) in
      let key = try connection.existingRun(number, of: id)
      return try inStore { () throws(SQLiteError) in try connection.image(of: key) }
    }
  }
}

extension Connection {
  /// The run and those that it stands on, the oldest last.
  private static let line = """
    WITH RECURSIVE line (run, age) AS (
      VALUES (?, 0) UNION ALL SELECT run.parent, age + 1 FROM line JOIN run ON run.id = line.run WHERE parent IS NOT NULL
    )
    """

  fileprivate func existingRun(_ number: Int, of id: String) throws(StoreError) -> Int64 {
    guard let key = try runKey(number, of: id) else { throw .notFound("run \(number) in session \(id)") }
    return key
  }

  fileprivate func image(of key: Int64) throws(SQLiteError) -> ImageDelta? {
    let missing = try value(
      "\(Self.line) SELECT count(*) FROM line LEFT JOIN image USING (run) WHERE image.build IS NULL", [.integer(key)])
    guard missing?.integer == 0 else { return nil }
    var build = ""
    var size = 0
    try query("SELECT build, size FROM image WHERE run = ?", [.integer(key)]) { row throws(SQLiteError) in
      build = row[0].text ?? ""
      size = Int(row[1].integer ?? 0)
    }
    var pages: [Int: [UInt8]] = [:]
    try query(
      """
      \(Self.line) SELECT position, content FROM line
      JOIN image_page ON image_page.image = line.run LEFT JOIN page ON page.id = image_page.page
      ORDER BY age DESC
      """, [.integer(key)]
    ) { row throws(SQLiteError) in
      pages[Int(row[0].integer ?? 0)] = row[1].blob ?? []
    }
    return ImageDelta(build: build, size: size, pages: pages)
  }
}
