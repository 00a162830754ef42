import PythonCompiler
import PythonSyntax
import Testing

/// A source, and what CPython says of it.
struct ErrorCase: Sendable, CustomTestStringConvertible {
  let source: String
  let verdict: String

  var testDescription: String { source }

  static let recorded: [ErrorCase] = {
    let text = (try? Recorded.text("errors.txt")) ?? ""
    var cases: [ErrorCase] = []
    for part in text.split(separator: "\n====\n") {
      guard let mark = part.range(of: "---- ") else { continue }
      let verdict = part[mark.upperBound...].split(separator: "\n")[0]
      cases.append(ErrorCase(source: String(part[..<mark.lowerBound]), verdict: String(verdict)))
    }
    return cases
  }()
}

@Suite("Errors of the compiler")
struct ErrorTests {
  @Test("message and place are CPython's", arguments: ErrorCase.recorded)
  func verdict(of item: ErrorCase) throws {
    var verdict = "fine"
    do throws(SyntaxError) {
      _ = try compile(source: Array(item.source.utf8))
    } catch {
      verdict = "\(error.message) (\(error.line), \(error.column), \(error.endLine), \(error.endColumn))"
    }
    #expect(verdict == item.verdict)
  }

  @Test("there are cases")
  func cases() { #expect(ErrorCase.recorded.count > 100) }

  @Test("blocks nest 20 deep and no deeper")
  func nesting() throws {
    func nested(_ depth: Int) -> String {
      (0..<depth).map { String(repeating: " ", count: $0) + "while 1:\n" }.joined()
        + String(repeating: " ", count: depth) + "pass\n"
    }
    _ = try Recorded.code(nested(20))
    #expect(throws: SyntaxError.self) { try Recorded.code(nested(21)) }
  }

  @Test("a long chain of operators, comparisons or elifs needs no deep recursion")
  func longChains() throws {
    let terms = (0..<900).map { "a\($0)" }
    _ = try Recorded.code("x = " + terms.joined(separator: " + ") + "\n")
    _ = try Recorded.code("x = " + terms.joined(separator: " and ") + "\n")
    _ = try Recorded.code("x = " + terms.joined(separator: " < ") + "\n")
    _ = try Recorded.code("x = [" + terms.joined(separator: ", ") + "]\n")
    let branches = terms.map { "if \($0):\n  pass\n" }.joined(separator: "el")
    _ = try Recorded.code(branches)
  }

  @Test("copies of finally bodies do not grow without limit")
  func finallyBodies() {
    var source = ""
    for depth in 0..<20 {
      let indent = String(repeating: " ", count: depth)
      source += "\(indent)try:\n\(indent) a\n\(indent)finally:\n"
    }
    source += String(repeating: " ", count: 20) + (0..<40).map { "a(\($0))" }.joined(separator: "; ") + "\n"
    #expect(throws: SyntaxError.self) { try Recorded.code(source) }
  }
}
