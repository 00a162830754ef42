/// A complete request as a handler sees it: parsed, routed, with its whole body.
package final class Request: Sendable {
  package let method: Method
  /// The path, percent-decoded; it begins with a slash and holds no empty, `.` or `..` segment.
  package let path: String
  package let headers: Headers
  package let body: [UInt8]
  /// What the route's template captured, by name.
  package let parameters: PathParameters
  package let clientAddress: String
  /// The template of the route that matched: a label that doesn't grow with the requests.
  package let route: String
  package let identity: RequestIdentity
  /// The host name and port that the client asked for.
  package let authority: String
  private let rawQuery: String?

  init(
    head: RequestHead, body: [UInt8], parameters: PathParameters, clientAddress: String, route: String,
    identity: RequestIdentity
  ) {
    method = head.method
    path = head.path
    headers = head.headers
    rawQuery = head.query
    authority = head.authority
    self.body = body
    self.parameters = parameters
    self.clientAddress = clientAddress
    self.route = route
    self.identity = identity
  }

  /// The request's identifier: the client's own where that was sane, else made here.
  package var id: String { identity.id }

  /// The first value of a field, its name in any case.
  package func header(_ name: String) -> String? {
    headers[name.lowercased()]
  }

  /// The query as it was sent.
  package var queryText: String { rawQuery ?? "" }

  /// The query's parameters, decoded; a broken escape in the query is the client's error.
  package func query() throws(Problem) -> FormFields {
    guard let rawQuery else { return FormFields() }
    return try FormFields(decoding: Array(rawQuery.utf8), place: "query")
  }

  /// The media type of the body, in lower case and without parameters; nil when the request has none.
  package var contentType: String? {
    guard let value = headers["content-type"] else { return nil }
    return MediaType.essence(of: value)
  }

  /// The body as a JSON value; a refusal says at which byte it is not JSON.
  package func json(limits: JSONLimits = JSONLimits()) throws(Problem) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: body, limits: limits)
    } catch {
      throw Problem(
        400, code: "invalid_json", detail: "The body is not valid JSON: \(error.message) (at byte \(error.offset)).")
    }
  }

  /// The body as text, which must be UTF-8.
  package func text() throws(Problem) -> String {
    guard let text = String(validating: body, as: UTF8.self) else {
      throw Problem(400, code: "invalid_utf8", detail: "The body is not UTF-8.")
    }
    return text
  }

  /// Answers about something stored that has an entity tag: 304 when the client has this very version, 412 when its
  /// condition names another, else what is made, with the tag.
  package func answer(
    tagged entityTag: String, _ make: () throws(Problem) -> Response
  ) throws(Problem) -> Response {
    switch Preconditions.evaluate(headers, entityTag: entityTag) {
    case .failed:
      throw Problem(
        412, code: "precondition_failed", detail: "The condition names another version; this one is \(entityTag).")
    case .notModified where method.isSafe:
      return Response(304).adding("ETag", entityTag).adding("Cache-Control", "no-cache")
    case .notModified:
      throw Problem(412, code: "precondition_failed", detail: "The condition excludes the version that is there.")
    case .met:
      return try make().adding("ETag", entityTag).adding("Cache-Control", "no-cache")
    }
  }

  /// The body as the fields of a form.
  package func form() throws(Problem) -> FormFields {
    try FormFields(decoding: body, place: "form")
  }

  /// Which of the offered media types the client likes best; the first when it has no preference, nil when it
  /// accepts none of them.
  package func preferredType(among offered: [String]) -> String? {
    guard let accept = headers.joined("accept") else { return offered.first }
    return Negotiation.preferred(among: offered, accept: accept)
  }
}

/// What a route's template captured from the path, by name.
package struct PathParameters: Sendable {
  var values: [(name: String, value: String)] = []

  /// The captured names, in the path's order.
  package var names: [String] { values.map(\.name) }

  /// The text captured under a name; the name must be one of the template's.
  package subscript(name: String) -> String {
    for entry in values where entry.name == name { return entry.value }
    preconditionFailure("the route's template captures nothing named \(name)")
  }
}
