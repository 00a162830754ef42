import HTTPServer
import Sandbox
import SessionStore

extension Run {
  /// A run as it is kept, from what was asked and what a worker answered.
  init(_ snippet: Snippet, _ answer: RunAnswer, _ found: RunReport, at now: Int64) {
    self.init(source: snippet.source, outcome: answer.outcome.rawValue, createdAt: now)
    stdin = snippet.stdin
    seed = snippet.seed
    clock = snippet.clock
    limits = snippet.limits.kept
    stdout = answer.text(isError: false)
    stderr = answer.text(isError: true)
    pieces = Run.pieces(answer.pieces)
    result = answer.result
    error = answer.error.map(Run.error)
    usage = Run.usage(answer.usage)
    truncated = Run.truncated(answer)
    report = found.kept
    change = snippet.change?.kept
  }

  private static func pieces(_ pieces: [RunAnswer.Piece]) -> String {
    var writer = JSONWriter()
    writer.beginArray()
    for piece in pieces {
      writer.beginArray()
      writer.double((piece.time * 1_000_000).rounded() / 1_000_000)
      writer.int(piece.isError ? 1 : 0)
      writer.int(piece.text.utf8.count)
      writer.endArray()
    }
    writer.endArray()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func error(_ error: RunAnswer.Failure) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", error.type)
    writer.member("message", error.message)
    writer.member("text", error.text)
    writer.key("traceback")
    writer.beginArray()
    for frame in error.frames {
      writer.beginObject()
      writer.member("file", frame.file)
      writer.member("function", frame.function)
      writer.member("line", frame.line)
      for (name, number) in [
        ("end_line", frame.endLine), ("column", frame.column), ("end_column", frame.endColumn),
      ] {
        writer.key(name)
        if let number { writer.int(number) } else { writer.null() }
      }
      writer.member("source", frame.source)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func usage(_ usage: RunAnswer.Usage) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("ticks", usage.ticks)
    writer.key("seconds")
    writer.double((usage.seconds * 1_000_000).rounded() / 1_000_000)
    writer.member("memory_bytes", usage.memoryBytes)
    writer.member("output_bytes", usage.outputBytes)
    writer.member("steps", usage.steps)
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// What was cut, and how many bytes there would have been.
  private static func truncated(_ answer: RunAnswer) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("stdout", answer.truncated.stdout != nil)
    writer.member("stderr", answer.truncated.stderr != nil)
    if let bytes = answer.truncated.stdout { writer.member("stdout_bytes", bytes) }
    if let bytes = answer.truncated.stderr { writer.member("stderr_bytes", bytes) }
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
