import Foundation
import Testing

/// The examples of README.md: in each `console` block, lines that begin with "$ " are commands, and what follows is what
/// they print.
struct ReadmeExample: Sendable, CustomTestStringConvertible {
  let command: String
  let expected: String

  var testDescription: String { command }

  static let all: [ReadmeExample] = {
    let text = (try? String(contentsOfFile: Program.root.path + "/README.md", encoding: .utf8)) ?? ""
    var examples: [ReadmeExample] = []
    var inside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        inside = line == "```console"
      } else if inside, line.hasPrefix("$ ") {
        examples.append(ReadmeExample(command: String(line.dropFirst(2)), expected: ""))
      } else if inside, line.hasPrefix(">"), let last = examples.popLast() {
        examples.append(ReadmeExample(command: last.command + "\n" + line.dropFirst(2), expected: ""))
      } else if inside, let last = examples.popLast() {
        examples.append(ReadmeExample(command: last.command, expected: last.expected + line + "\n"))
      }
    }
    return examples
  }()
}

@Suite("README.md")
struct ReadmeTests {
  @Test("has examples")
  func examples() {
    #expect(ReadmeExample.all.count >= 2)
  }

  @Test("prints what it says it prints", arguments: ReadmeExample.all)
  func example(_ example: ReadmeExample) throws {
    let server = try RunningServer()
    let command = example.command.replacingOccurrences(of: ":8080", with: ":\(server.port)")
      .replacingOccurrences(of: "curl ", with: "curl --silent ")
    let outcome = try Program.run("/bin/bash", ["-c", command])
    let printed = outcome.output.hasSuffix("\n") ? outcome.output : outcome.output + "\n"
    #expect(printed == example.expected)
  }
}
