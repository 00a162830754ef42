import Foundation
import PythonSyntax
import Testing

/// One case of trees.txt or errors.txt: a source, and what CPython makes of it.
struct RecordedCase: CustomTestStringConvertible, Sendable {
  let mode: ParseMode
  let source: String
  let verdict: String

  var testDescription: String { source }

  static let trees = read("trees.txt")
  static let errors = read("errors.txt")

  private static func read(_ name: String) -> [RecordedCase] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(name)
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.components(separatedBy: "==== ").dropFirst().compactMap { part in
      let lines = part.components(separatedBy: "----\n")
      guard lines.count == 2, let end = lines[0].firstIndex(of: "\n") else { return nil }
      let modes: [String: ParseMode] = ["exec": .module, "eval": .expression, "single": .interactive]
      guard let mode = modes[String(lines[0][..<end])] else { return nil }
      return RecordedCase(
        mode: mode, source: String(lines[0][end...].dropFirst()), verdict: String(lines[1].dropLast()))
    }
  }
}

/// What our parser makes of a source, in the words of record.py.
func verdict(_ source: String, _ mode: ParseMode) -> String {
  do throws(SyntaxError) {
    return String(TreeText.text(of: try parse(source, mode)).dropFirst())
  } catch {
    let names: [SyntaxError.Kind: String] = [
      .syntax: "SyntaxError", .indentation: "IndentationError", .tab: "TabError", .memory: "MemoryError",
      .recursion: "RecursionError",
    ]
    let place = "\(error.line):\(error.column)-\(error.endLine):\(error.endColumn)"
    return "\(names[error.kind] ?? "") \(place) \(error.message)"
  }
}

func parse(_ source: String, _ mode: ParseMode = .module) throws(SyntaxError) -> Module {
  try PythonSyntax.parse(Array(source.utf8), filename: "<string>", mode: mode, options: .ignoreCookie)
}
