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
    guard let path = survey.expression(reaching: cell) else {
      json.object { $0.text("unreachable", "No expression leads from a global name to cell#\(cell).") }
      return Inspected(status: 409, body: json.bytes)
    }
    json.object { json in
      json.int("cell", cell)
      json.text("path", path)
      json.text("source", "\(path).cell_contents = \(query.expression ?? "None")\n")
    }
    return Inspected(body: json.bytes)
  }
}
