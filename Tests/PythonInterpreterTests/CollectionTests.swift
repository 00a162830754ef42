import PythonInterpreter
import PythonRuntime
import Testing

/// What is alive is found, however often the collector looks: what a program needs never depends on when.
@Suite("Collection")
struct CollectionTests {
  @Test("a program that is collected at every safe point gives the same output", arguments: ImageTests.programs)
  func survivesStress(_ program: (name: String, source: String)) throws {
    try Self.expectSame(Array(program.source.replacing("000)", with: "0)").utf8))
  }

  @Test("a language script that is collected at every safe point gives the same output", arguments: Scripts.names)
  func scriptsSurviveStress(_ name: String) throws {
    try Self.expectSame(Scripts.source(name))
  }

  private static func expectSame(_ source: [UInt8]) throws {
    let (expected, actual) = try onInterpreterThread {
      let plain = try #require(Interpreter())
      let stressed = try #require(Interpreter())
      stressed.instance.host.collectsAlways = true
      return (ImageTests.record(plain.run(source)), ImageTests.record(stressed.run(source)))
    }
    #expect(actual == expected)
  }
}
