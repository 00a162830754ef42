import HTTPServer

/// One method of one path, as `/openapi.json` describes it.
struct Operation: Sendable {
  /// What a request's body may be.
  enum Body: Sendable {
    case none
    /// JSON of a schema; a request may also leave it out.
    case optional(String)
    case json(String)
    /// A snippet: as text, as a form, or as JSON of a schema.
    case snippet(String)
  }

  /// One kind of answer: a status, and for each media type the schema of what it holds, if it is JSON.
  struct Answer: Sendable {
    let status: Int
    let types: [(type: String, schema: String?)]

    static func json(_ status: Int = 200, _ schema: String) -> Answer {
      Answer(status: status, types: [("application/json", schema)])
    }

    static func text(_ type: String = "text/plain; charset=utf-8") -> Answer {
      Answer(status: 200, types: [(type, nil)])
    }

    static func run(_ schema: String) -> Answer {
      Answer(
        status: 200,
        types: [("application/json", schema), ("text/plain; charset=utf-8", nil), ("text/event-stream", nil)])
    }

    static let nothing = Answer(status: 204, types: [])
    static let notModified = Answer(status: 304, types: [])
  }

  /// The method and the path, as in `GET /healthz`.
  let route: String
  let id: String
  let summary: String
  /// Names of parameters among the components.
  var parameters: [String] = []
  var body = Body.none
  let answers: [Answer]
  /// The problems that are its own, beside those that any request can meet.
  var problems: [Int] = []

  var method: String { route.prefix { $0 != " " }.lowercased() }
  var path: String { String(route.drop { $0 != " " }.dropFirst()) }

  /// The operation object of OpenAPI.
  var json: JSONValue {
    var object: JSONObject = [
      "operationId": .string(id), "summary": .string(summary), "tags": .array([.string(tag)]),
    ]
    let named = pathParameters + parameters
    if !named.isEmpty {
      object["parameters"] = .array(named.map { .object(["$ref": .string("#/components/parameters/\($0)")]) })
    }
    object["requestBody"] = requestBody
    var responses = JSONObject()
    for answer in answers { responses[String(answer.status)] = Self.response(answer) }
    for status in problems { responses[String(status)] = Self.problem(Status.phrase(status)) }
    responses["default"] = Self.problem("What any request can meet: it is malformed, too large, or too many.")
    object["responses"] = .object(responses)
    return .object(object)
  }

  private var tag: String {
    let parts = path.split(separator: "/")
    guard parts.first == "v1", parts.count > 1 else {
      return parts.first.map { $0 == "p" ? "share" : "service" } ?? "page"
    }
    switch parts[1] {
    case "sessions": return parts.contains("runs") ? "runs" : "sessions"
    case "run": return "runs"
    case "share": return "share"
    default: return "service"
    }
  }

  /// The components for what the template captures.
  private var pathParameters: [String] {
    path.matches(of: /\{(\w+)\}/).map { match in
      guard match.1 == "id" else { return String(match.1) }
      return path.hasPrefix("/v1/sessions") ? "session" : "share"
    }
  }

  private var requestBody: JSONValue? {
    switch body {
    case .none: return nil
    case .optional(let schema): return Self.requestBody(["application/json": Self.content(schema)], isRequired: false)
    case .json(let schema): return Self.requestBody(["application/json": Self.content(schema)], isRequired: true)
    case .snippet(let schema):
      let text: JSONValue = ["schema": ["type": "string", "maxLength": 65_536]]
      return Self.requestBody(
        [
          "application/json": Self.content(schema), "text/plain": text, "text/x-python": text,
          "application/x-www-form-urlencoded": Self.content("CodeForm"),
        ], isRequired: false)
    }
  }

  private static func requestBody(_ content: JSONObject, isRequired: Bool) -> JSONValue {
    ["required": .bool(isRequired), "content": .object(content)]
  }

  private static func content(_ schema: String) -> JSONValue {
    ["schema": ["$ref": .string("#/components/schemas/\(schema)")]]
  }

  private static func response(_ answer: Answer) -> JSONValue {
    var object: JSONObject = ["description": .string(Status.phrase(answer.status))]
    if !answer.types.isEmpty {
      var types = JSONObject()
      for (type, schema) in answer.types {
        types[type] = schema.map(content) ?? ["schema": ["type": "string"]]
      }
      object["content"] = .object(types)
    }
    return .object(object)
  }

  private static func problem(_ description: String) -> JSONValue {
    ["description": .string(description), "content": ["application/problem+json": content("Problem")]]
  }
}
