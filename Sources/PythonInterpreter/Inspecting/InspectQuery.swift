/// A question about a run. On the wire it is lines of a key, a space and a value; `expression` comes last and takes all that follows.
package struct InspectQuery: Equatable, Sendable {
  /// What is asked for.
  package enum Subject: String, Sendable {
    case functions, function, cells, cell, ledger, matrix, graph, steps, state, find, assign, report
  }

  /// The forms of a picture.
  package enum Form: String, Sendable {
    case json, txt, svg, dot, mmd
  }

  package var subject: Subject
  /// Number of the run, for the answer only.
  package var run = 0
  /// The moment: nil is after the run.
  package var step: Int?
  package var from: Int?
  package var limit: Int?
  package var cell: Int?
  package var line: Int?
  package var expand: Int?
  package var offset: Int?
  /// The label of a function.
  package var function: String?
  package var name: String?
  package var owner: String?
  package var capturedBy: String?
  package var changedAfter: Int?
  package var on: String?
  package var isBackwards = false
  package var closuresOnly = false
  package var form = Form.json
  package var expression: String?

  package init(_ subject: Subject) { self.subject = subject }

  /// The lines of the question.
  package func encoded() -> [UInt8] {
    var lines = ["subject \(subject.rawValue)"]
    let numbers: [(String, Int?)] = [
      ("run", run), ("step", step), ("from", from), ("limit", limit), ("cell", cell), ("line", line),
      ("expand", expand),
      ("offset", offset), ("changed_after", changedAfter),
    ]
    for (key, number) in numbers { if let number { lines.append("\(key) \(number)") } }
    let texts = [
      ("function", function), ("name", name), ("owner", owner), ("captured_by", capturedBy), ("on", on),
      ("form", form.rawValue),
    ]
    for (key, text) in texts { if let text { lines.append("\(key) \(text.filter { $0 != "\n" })") } }
    if isBackwards { lines.append("back 1") }
    if closuresOnly { lines.append("closures 1") }
    if let expression { lines.append("expression \(expression)") }
    return Array(lines.joined(separator: "\n").utf8)
  }

  /// Nil for what is no question.
  package init?(decoding bytes: [UInt8]) {
    var rest = Substring(String(decoding: bytes, as: UTF8.self))
    func next() -> (key: String, value: String)? {
      guard !rest.isEmpty else { return nil }
      let isLast = rest.hasPrefix("expression ")
      let line = isLast ? rest : rest.prefix { $0 != "\n" }
      rest = rest.dropFirst(line.count + 1)
      guard let space = line.firstIndex(of: " ") else { return nil }
      return (String(line[..<space]), String(line[line.index(after: space)...]))
    }
    guard let first = next(), first.key == "subject", let subject = Subject(rawValue: first.value) else { return nil }
    self.subject = subject
    while let (key, value) = next() { guard take(key, value) else { return nil } }
  }

  private mutating func take(_ key: String, _ value: String) -> Bool {
    switch key {
    case "run": run = Int(value) ?? 0
    case "step": step = Int(value)
    case "from": from = Int(value)
    case "limit": limit = Int(value)
    case "cell": cell = Int(value)
    case "line": line = Int(value)
    case "expand": expand = Int(value)
    case "offset": offset = Int(value)
    case "changed_after": changedAfter = Int(value)
    case "function": function = value
    case "name": name = value
    case "owner": owner = value
    case "captured_by": capturedBy = value
    case "on": on = value
    case "form": form = Form(rawValue: value) ?? .json
    case "back": isBackwards = true
    case "closures": closuresOnly = true
    case "expression": expression = value
    default: return false
    }
    return true
  }
}

/// The answer to a question about a run.
package struct Inspected: Equatable, Sendable {
  /// As in HTTP: 200, 404 when there is no such thing, 409 when it cannot be done, 503 when it took too long.
  package var status = 200
  package var contentType = "application/json"
  package var body: [UInt8]

  /// The run was ended on the way to the moment that was asked for.
  static var interrupted: Inspected { Inspected(status: 503, body: Array("{}".utf8)) }

  /// Nothing of that name or number.
  static func missing(_ what: String) -> Inspected {
    var json = JSONText()
    json.object { $0.text("missing", what) }
    return Inspected(status: 404, body: json.bytes)
  }
}
