import HTTPServer
import SessionStore

extension Request {
  /// The members of a JSON body; a request without a body has none.
  func fields() throws(Problem) -> JSONFields {
    guard !body.isEmpty else { return try JSONFields(.object([:])) }
    guard let type = contentType, type == "application/json" else { throw .unsupportedType(["application/json"]) }
    return try JSONFields(try json())
  }

  /// What makes a request one that may come again: its Idempotency-Key, for what it asks of whom.
  func repeatable() throws(Problem) -> RepeatableRequest? {
    guard let key = headers["idempotency-key"] else { return nil }
    guard (1...255).contains(key.utf8.count) else {
      throw Problem(400, code: "invalid_idempotency_key", detail: "An Idempotency-Key has 1 to 255 bytes.")
    }
    let manner = "\(headers["content-type"] ?? "")\0\(queryText)\0"
    return RepeatableRequest(key: "\(path) \(key)", asking: Array(manner.utf8) + body)
  }
}

/// Entity tags of documents that are made for each request.
enum EntityTag {
  static func of(_ bytes: [UInt8]) -> String {
    "\"" + Digest.of(bytes).prefix(9).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\""
  }
}
