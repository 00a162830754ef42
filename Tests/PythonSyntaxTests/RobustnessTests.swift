import PythonSyntax
import Testing

/// Sources that nobody meant: each must end in a tree or in an error.
@Suite("Cut, mixed and random sources")
struct RobustnessTests {
  /// The same numbers on every run.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  static func attempt(_ bytes: [UInt8], _ modes: [ParseMode] = [.module]) {
    for mode in modes { _ = try? PythonSyntax.parse(bytes, filename: "<string>", mode: mode) }
  }

  static let allModes = [ParseMode.module, .interactive, .expression]

  @Test("every beginning of a program", arguments: RecordedCase.trees)
  func everyBeginning(_ recorded: RecordedCase) {
    let bytes = Array(recorded.source.utf8)
    for count in 0...bytes.count { Self.attempt(Array(bytes[..<count])) }
  }

  @Test("every program with a byte changed or left out", arguments: RecordedCase.trees)
  func byteChanged(_ recorded: RecordedCase) {
    var generator = Generator(state: UInt64(recorded.source.utf8.count))
    let bytes = Array(recorded.source.utf8)
    for index in stride(from: 0, to: bytes.count, by: 3) {
      var changed = bytes
      changed[index] = UInt8.random(in: 0...255, using: &generator)
      Self.attempt(changed)
      changed.remove(at: index)
      Self.attempt(changed)
    }
  }

  @Test("random bytes", arguments: 1...20)
  func randomBytes(_ seed: UInt64) {
    var generator = Generator(state: seed)
    for _ in 0..<100 {
      Self.attempt(
        (0..<Int.random(in: 0...60, using: &generator)).map { _ in .random(in: 0...255, using: &generator) },
        Self.allModes)
    }
  }

  @Test("random tokens", arguments: 1...20)
  func randomTokens(_ seed: UInt64) {
    let words = [
      "if", "else", "for", "in", "lambda", "(", ")", "[", "]", "{", "}", ":", ",", "=", "*", "**", "x", "1", "'a'",
      "f'{a}'", "f'{", "\n", "\n  ", "match", "case", "_", "def", "class", "try", "except", "not", "yield", "await",
      "async", "with", "as", "import", "from", ".", ":=", "->", "@", "\\\n", "#", "\"\"\"", ";", "is", "print",
    ]
    var generator = Generator(state: seed)
    for _ in 0..<200 {
      let count = Int.random(in: 1...15, using: &generator)
      let source = (0..<count).map { _ in words.randomElement(using: &generator) ?? "" }.joined(separator: " ")
      Self.attempt(Array(source.utf8), Self.allModes)
    }
  }
}
