/// A refusal as a client sees it: problem details (RFC 9457) with a code that stays stable.
package struct Problem: Error, Sendable {
  /// What is wrong with one field of a request.
  package struct FieldError: Sendable, Equatable {
    /// A JSON pointer, or the name of a query or form parameter.
    package let field: String
    package let detail: String

    /// A mistake in a field, in a phrase that follows its name.
    package init(field: String, detail: String) {
      self.field = field
      self.detail = detail
    }
  }

  package var status: Int
  /// A word that programs can compare; it never changes its meaning.
  package var code: String
  package var detail: String
  package var errors: [FieldError]
  /// Further members, such as the limit and the value seen.
  package var members: [(name: String, value: JSONValue)]
  /// Fields of the answer, such as `Allow` or `Retry-After`.
  package var fields: [Response.Field]

  /// A problem with a stable code and a sentence.
  package init(_ status: Int, code: String, detail: String, errors: [FieldError] = []) {
    self.status = status
    self.code = code
    self.detail = detail
    self.errors = errors
    members = []
    fields = []
  }

  /// The same problem with one more member.
  package func with(_ name: String, _ value: JSONValue) -> Problem {
    var copy = self
    copy.members.append((name, value))
    return copy
  }

  /// The same problem with one more field in its answer.
  package func field(_ name: String, _ value: String) -> Problem {
    var copy = self
    copy.fields.append(Response.Field(name: name, value: value))
    return copy
  }

  /// The answer that carries the problem.
  package func response() -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", "about:blank")
    writer.member("title", Status.phrase(status))
    writer.member("status", status)
    writer.member("code", code)
    writer.member("detail", detail)
    if !errors.isEmpty {
      writer.key("errors")
      writer.beginArray()
      for error in errors {
        writer.beginObject()
        writer.member("field", error.field)
        writer.member("detail", error.detail)
        writer.endObject()
      }
      writer.endArray()
    }
    for member in members {
      writer.key(member.name)
      writer.value(member.value)
    }
    writer.endObject()
    var response = Response(status, fields: fields, body: writer.bytes)
    response.add("Content-Type", "application/problem+json")
    return response
  }

  /// An address at which there is nothing.
  package static func notFound(_ detail: String = "There is nothing at this address.") -> Problem {
    Problem(404, code: "not_found", detail: detail)
  }

  /// A method that the address doesn't have; `allow` lists those that it has.
  package static func methodNotAllowed(allow: String) -> Problem {
    Problem(405, code: "method_not_allowed", detail: "This address answers \(allow).").field("Allow", allow)
  }

  /// A body of a media type that the address doesn't take.
  package static func unsupportedType(_ taken: [String]) -> Problem {
    Problem(
      415, code: "unsupported_media_type", detail: "The body must be \(taken.joined(separator: " or "))."
    ).field("Accept", taken.joined(separator: ", "))
  }

  /// More work than can be done now; the client may try again after so many seconds.
  package static func overloaded(retryAfterSeconds: Int, detail: String) -> Problem {
    Problem(503, code: "overloaded", detail: detail).field("Retry-After", String(retryAfterSeconds))
  }
}
