import HTTPServer

/// A question that learners ask about closures: an answer in words, and a program that shows it.
struct Lesson: Sendable {
  /// Whether a claim that tutorials make is so.
  enum Verdict: String, Sendable {
    case holds
    case condition
    case fails

    /// The verdict as the page's badges say it.
    var words: String {
      switch self {
      case .holds: "holds"
      case .condition: "holds with a condition"
      case .fails: "does not hold"
      }
    }
  }

  let id: String
  let topic: String
  let title: String
  let question: String
  let claim: String?
  let verdict: Verdict?
  /// Paragraphs, with `code` and *emphasis* marked as in Markdown.
  let text: [String]
  let code: String
  /// What the program prints, under CPython 3.11 and here.
  let output: String

  /// The lesson as `GET /v1/lessons` tells it.
  var json: JSONValue {
    [
      "id": .string(id), "topic": .string(topic), "title": .string(title), "question": .string(question),
      "claim": claim.map(JSONValue.string) ?? nil, "verdict": (verdict?.rawValue).map(JSONValue.string) ?? nil,
      "text": .array(text.map(JSONValue.string)), "code": .string(code), "output": .string(output),
    ]
  }
}

/// Why a file of lessons cannot be read: one sentence.
struct LessonError: Error, CustomStringConvertible {
  let description: String
}
