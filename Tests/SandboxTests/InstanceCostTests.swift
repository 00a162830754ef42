import Foundation
import PythonInterpreter
import PythonRuntime
import Sandbox
import Testing

/// What another interpreter costs a process that has made one. Memory is held to a bound; time is only printed, as no test
/// asserts it: `swift test … --filter InstanceCostTests` is how both are measured.
@Suite("The cost of an instance")
struct InstanceCostTests {
  /// So many that what other tests allocate meanwhile does not matter.
  private static let count = 200

  @Test("with nothing but the built-in types is less than a mebibyte")
  func bare() throws {
    try report("bare") { Interpreter() }
  }

  @Test("that begins with the base image is less than a mebibyte")
  func mapped() throws {
    let folder = NSTemporaryDirectory() + "cellar-base-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let base = try #require(LibraryBase.image(folder: folder))
    try report("of the base image") { try Interpreter(base: base) }
  }

  private func report(_ name: String, _ make: () throws -> Interpreter?) throws {
    var kept: [Interpreter] = []
    func add() throws -> Duration {
      let started = ContinuousClock.now
      let interpreter = try #require(try make())
      let outcome = interpreter.run(Array("pass".utf8)).outcome
      let time = started.duration(to: .now)
      #expect(outcome == .ok)
      kept.append(interpreter)
      return time
    }
    _ = try add()
    let before = try privateBytes()
    var times: [Duration] = []
    for _ in 0..<Self.count { times.append(try add()) }
    let bytes = (try privateBytes() - before) / Self.count
    let median = times.sorted()[times.count / 2] / .milliseconds(1)
    print("An instance \(name): \(String(format: "%.3f", median)) ms, \(bytes >> 10) KiB")
    #expect(bytes < 1 << 20)
  }

  /// What this process has written and shares with no other.
  private func privateBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("Private_Dirty:") })
    return try #require(Int(line.filter(\.isNumber))) << 10
  }
}
