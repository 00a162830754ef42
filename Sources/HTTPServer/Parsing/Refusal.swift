/// Why a message can't be a request: the status it is answered with, and a sentence. The connection closes after it,
/// because the place where the next message would begin is in doubt.
package struct Refusal: Error, Equatable {
  package let status: Int
  package let code: String
  package let detail: String

  static func malformed(_ detail: String) -> Refusal {
    Refusal(status: 400, code: "malformed_request", detail: detail)
  }

  static func bodyTooLarge(limit: Int) -> Refusal {
    Refusal(status: 413, code: "body_too_large", detail: "The body may have at most \(limit) bytes.")
  }

  var problem: Problem {
    let problem = Problem(status, code: code, detail: detail)
    return status == 503 ? problem.field("Retry-After", "5") : problem
  }
}
