import PythonRuntime

/// What-if: the statement that sets a cell.
extension Inspection {
  /// Source that sets a cell to the value of an expression. It is ordinary Python, so running it makes an ordinary run, which can be
  /// run again like any other.
  func assignment(_ query: InspectQuery, _ survey: Survey) -> Inspected {
    guard let cell = query.cell, survey.cellViews(weighs: false).contains(where: { $0.number == cell }) else {
      return .missing("cell")
    }
    var json = JSONText()
    let expression = query.expression ?? "None"
    let request = CompileRequest(
      source: Array(expression.utf8), filename: "<string>", mode: .expression, optimize: 0, flags: 0)
    // Statements would be run as such behind the assignment.
    guard (try? Interpreter.compile(request)) != nil else {
      json.object { $0.text("invalid", expression) }
      return Inspected(status: 422, body: json.bytes)
    }
    guard let path = survey.expression(reaching: cell) else {
      json.object { $0.text("unreachable", "No expression leads from a global name to cell#\(cell).") }
      return Inspected(status: 409, body: json.bytes)
    }
    json.object { json in
      json.int("cell", cell)
      json.text("path", path)
      json.text("source", "\(path).cell_contents = \(expression)\n")
    }
    return Inspected(body: json.bytes)
  }
}
