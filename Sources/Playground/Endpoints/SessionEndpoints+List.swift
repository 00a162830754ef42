import HTTPServer
import SessionStore

extension SessionEndpoints {
  private static let mostListed = 100
  private static let parameters: Set<String> = [
    "q", "cell", "function", "shared_by", "outcome", "raised", "created_after", "order", "limit", "cursor",
  ]

  /// The sessions that a query asks for, a part at a time.
  func list(_ request: Request) async throws(Problem) -> Response {
    let query = try request.query()
    try query.refuseUnknown(Self.parameters)
    try query.refuseRepeated()
    let filter = try Self.filter(query)
    let limit = try query.integer("limit", in: 1...Self.mostListed) ?? 20
    let place = try query["cursor"].map { text throws(Problem) in try Cursor.place(text) }
    let page = try await fromStore { () async throws(StoreError) in
      try await book.store.list(filter, limit: limit, after: place, at: Moment.now)
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("sessions")
    writer.beginArray()
    for entry in page.sessions { SessionJSON.write(entry.session, last: entry.last, to: &writer) }
    writer.endArray()
    writer.member("next", page.next.map(Cursor.text))
    writer.endObject()
    let tag = EntityTag.of(writer.bytes)
    return try request.answer(tagged: tag) { .json(serialized: writer.bytes) }
  }

  private static func filter(_ query: FormFields) throws(Problem) -> SessionFilter {
    var filter = SessionFilter()
    filter.text = query["q"].flatMap { $0.isEmpty ? nil : $0 }
    filter.cell = query["cell"]
    filter.function = query["function"]
    filter.sharedBy = try query.integer("shared_by", in: 1...SessionFilter.mostSharers)
    filter.raised = query["raised"]
    if let outcome = query["outcome"] {
      guard Outcomes.names.contains(outcome) else {
        throw Problem(invalid: "outcome", "must be one of \(Outcomes.names.joined(separator: ", "))")
      }
      filter.outcome = outcome
    }
    if let text = query["created_after"] {
      guard let moment = Moment.parse(text) else {
        throw Problem(invalid: "created_after", "must be a time as in 2026-12-31T00:00:00Z")
      }
      filter.createdAfter = moment + 1
    }
    if let order = query["order"] {
      guard ["newest", "oldest"].contains(order) else {
        throw Problem(invalid: "order", "must be newest or oldest")
      }
      filter.oldestFirst = order == "oldest"
    }
    return filter
  }
}

/// A place in a list as clients see it: text that means nothing to them.
enum Cursor {
  static func text(_ place: Int64) -> String {
    "c" + String(UInt64(bitPattern: place) ^ 0x5D3, radix: 36)
  }

  static func place(_ text: String) throws(Problem) -> Int64 {
    guard text.hasPrefix("c"), let number = UInt64(text.dropFirst(), radix: 36), number < 1 << 62 else {
      throw Problem(invalid: "cursor", "must be what an answer gave as next")
    }
    return Int64(number ^ 0x5D3)
  }
}

extension Problem {
  /// A parameter of a query that is not what it must be.
  init(invalid name: String, _ detail: String) {
    self.init(
      400, code: "invalid_parameter", detail: "The parameter \(name) \(detail).",
      errors: [FieldError(field: name, detail: detail)])
  }
}
