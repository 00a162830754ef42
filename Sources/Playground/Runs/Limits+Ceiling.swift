import HTTPServer
import Sandbox

extension RunLimits {
  /// What a run over HTTP may use unless it asks for less.
  package static let ofHTTP = RunLimits(
    seconds: 5, ticks: 500_000_000, memoryBytes: 64 << 20, outputBytes: 1 << 20, recursion: 1_000,
    recordedSteps: 100_000)

  /// More than any operator allows.
  static let most = RunLimits(
    seconds: 1e9, ticks: .max, memoryBytes: .max, outputBytes: .max, recursion: .max, recordedSteps: .max)

  /// Reads limits from the members of an object: each downwards freely, upwards to the operator's ceiling.
  init(_ fields: inout JSONFields, over base: RunLimits, ceiling: RunLimits) {
    self = base
    seconds = fields.number("seconds", in: 0.01...ceiling.seconds) ?? base.seconds
    ticks = fields.integer("ticks", in: 1...ceiling.ticks) ?? base.ticks
    memoryBytes = fields.integer("memory_bytes", in: 1 << 20...ceiling.memoryBytes) ?? base.memoryBytes
    outputBytes = fields.integer("output_bytes", in: 0...ceiling.outputBytes) ?? base.outputBytes
    recursion = fields.integer("recursion", in: 10...ceiling.recursion) ?? base.recursion
    recordedSteps = fields.integer("recorded_steps", in: 0...ceiling.recordedSteps) ?? base.recordedSteps
  }

  /// The limits, none of them above the operator's ceiling, which may have come down since.
  func within(_ ceiling: RunLimits) -> RunLimits {
    RunLimits(
      seconds: min(seconds, ceiling.seconds), ticks: min(ticks, ceiling.ticks),
      memoryBytes: min(memoryBytes, ceiling.memoryBytes), outputBytes: min(outputBytes, ceiling.outputBytes),
      recursion: min(recursion, ceiling.recursion), recordedSteps: min(recordedSteps, ceiling.recordedSteps))
  }

  /// The names of the limits as the API has them.
  static let names: Set<String> = ["seconds", "ticks", "memory_bytes", "output_bytes", "recursion", "recorded_steps"]

  /// The limits as the API shows them.
  var json: JSONObject {
    [
      "ticks": .int(ticks), "seconds": .double(seconds), "memory_bytes": .int(memoryBytes),
      "output_bytes": .int(outputBytes), "recursion": .int(recursion), "recorded_steps": .int(recordedSteps),
    ]
  }

  /// The limits that were kept as text; what is missing there is as for any run over HTTP.
  init(kept text: String) {
    self = .ofHTTP
    guard let object = try? JSONValue(parsing: Array(text.utf8)) else { return }
    ticks = object["ticks"]?.int ?? ticks
    memoryBytes = object["memory_bytes"]?.int ?? memoryBytes
    outputBytes = object["output_bytes"]?.int ?? outputBytes
    recursion = object["recursion"]?.int ?? recursion
    recordedSteps = object["recorded_steps"]?.int ?? recordedSteps
    switch object["seconds"] {
    case .double(let number): seconds = number
    case .int(let number): seconds = Double(number)
    default: break
    }
  }

  /// The limits as text to keep.
  var kept: String { String(decoding: JSONValue.object(json).serialized(), as: UTF8.self) }
}
