import HTTPServer
import Sandbox

/// A cell that is set on a run's way, as it is kept and told.
extension CellChange {
  /// As a JSON object.
  var kept: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("step", step)
    writer.member("cell", cell)
    writer.member("expression", expression)
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Nil for what is no such object.
  init?(kept text: String) {
    guard let value = try? JSONValue(parsing: Array(text.utf8)), let step = value["step"]?.int,
      let cell = value["cell"]?.int, let expression = value["expression"]?.string
    else { return nil }
    self.init(step: step, cell: cell, expression: expression)
  }

  /// Out of a file that anybody may have written; nil if a member is missing, which is then among the mistakes.
  init?(_ fields: inout JSONFields) {
    let step = fields.integer("step", in: 1...InspectEndpoints.mostSteps)
    let cell = fields.integer("cell", in: 1...Int(Int32.max))
    let expression = fields.requiredString("expression")
    if step == nil { fields.refuse("step", "is missing") }
    if cell == nil { fields.refuse("cell", "is missing") }
    guard let step, let cell else { return nil }
    self.init(step: step, cell: cell, expression: expression)
  }
}
