/// An answer: a status, fields, and a body that is whole and in memory.
///
/// `Date`, `Content-Length`, `Connection`, the request's id and the security fields are added when it is written.
package struct Response: Sendable {
  /// One field line.
  package struct Field: Sendable {
    package let name: String
    package let value: String
  }

  package var status: Int
  package private(set) var fields: [Field]
  package var body: [UInt8]
  /// The part of `body` that is sent; nil means all of it. It lets ranges of a cached file go out without a copy.
  package var bodyRange: Range<Int>?
  /// Field lines that were serialized ahead of time, each ending in CR LF.
  var preparedFields: [UInt8] = []
  /// What an answer that sets its own policy says instead of the server's.
  package var contentSecurityPolicy: String?
  /// True when `fields` or `preparedFields` say how the answer may be cached.
  private(set) var hasCacheRule = false

  /// An answer of a status, with fields and a body.
  package init(_ status: Int, fields: [Field] = [], body: [UInt8] = []) {
    self.status = status
    self.fields = []
    self.body = body
    for field in fields { add(field.name, field.value) }
  }

  /// A response with text of a media type.
  package static func text(
    _ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8"
  ) -> Response {
    var response = Response(status, body: Array(text.utf8))
    response.add("Content-Type", type)
    return response
  }

  /// A response with a JSON value.
  package static func json(_ value: JSONValue, status: Int = 200) -> Response {
    json(serialized: value.serialized(), status: status)
  }

  /// A response with JSON that was already written.
  package static func json(serialized body: [UInt8], status: Int = 200) -> Response {
    var response = Response(status, body: body)
    response.add("Content-Type", "application/json")
    return response
  }

  /// A response with a body of any media type.
  package static func bytes(_ body: [UInt8], type: String, status: Int = 200) -> Response {
    var response = Response(status, body: body)
    response.add("Content-Type", type)
    return response
  }

  /// An answer without content.
  package static var noContent: Response { Response(204) }

  /// Adds a field line. The value must be free of control bytes: a newline in it would forge other fields, so they
  /// are replaced by spaces.
  package mutating func add(_ name: String, _ value: String) {
    let clean = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? value : Response.withoutControls(value)
    let isPolicy = name.utf8.count == 23 && name.lowercased() == "content-security-policy"
    if name.utf8.count == 13 && name.lowercased() == "cache-control" { hasCacheRule = true }
    if isPolicy {
      contentSecurityPolicy = clean
    } else {
      fields.append(Field(name: name, value: clean))
    }
  }

  /// The same response with one more field line.
  package func adding(_ name: String, _ value: String) -> Response {
    var copy = self
    copy.add(name, value)
    return copy
  }

  /// Uses field lines that were serialized ahead of time; they include the caching rule.
  mutating func usePreparedFields(_ bytes: [UInt8]) {
    preparedFields = bytes
    hasCacheRule = true
  }

  /// The first value of a field that was added.
  package func value(of name: String) -> String? {
    let wanted = name.lowercased()
    return fields.first { $0.name.lowercased() == wanted }?.value
  }

  private static func withoutControls(_ value: String) -> String {
    String(decoding: value.utf8.map { $0 >= 0x20 && $0 != 0x7F ? $0 : 0x20 }, as: UTF8.self)
  }
}
