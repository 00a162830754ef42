import Foundation
import PythonInterpreter
import Testing

/// Programs that nobody would write. Each runs in a fresh instance under limits; what must hold is that the process
/// survives, that no limit is passed, and that the instance works afterwards.
///
/// `CELLAR_RANDOM_PROGRAMS` says how many (2,000 by default), `CELLAR_RANDOM_SEED` where to begin, and
/// `CELLAR_RANDOM_LAST` names a file that holds the program under way, for when the process does not survive.
@Suite("Random programs")
struct RandomProgramTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["CELLAR_RANDOM_PROGRAMS"].flatMap { Int($0) } ?? 2_000
  private static let firstSeed = environment["CELLAR_RANDOM_SEED"].flatMap { UInt64($0) } ?? 1

  @Test("random and mutated programs end within their limits, and leave the instance usable")
  func surviveAnything() throws {
    let corpus = try Scripts.all()
    let report = try onInterpreterThread {
      var report = Report()
      for number in 0..<Self.count {
        let seed = Self.firstSeed + UInt64(number)
        let program = Self.program(seed, corpus)
        if let path = Self.environment["CELLAR_RANDOM_LAST"] {
          try Data(program).write(to: URL(fileURLWithPath: path))
        }
        let started = ContinuousClock.now
        Self.run(program, seed, &report)
        report.longest = max(report.longest, Report.Duration(started.duration(to: .now), seed))
      }
      return report
    }
    print("\(report.outcomes.sorted { $0.value > $1.value }); the longest: \(report.longest)")
    #expect(report.failures == [])
    #expect(report.outcomes.values.reduce(0, +) == Self.count)
  }

  /// What was seen.
  private struct Report: Sendable {
    struct Duration: Comparable {
      let time: Swift.Duration
      let seed: UInt64
      init(_ time: Swift.Duration, _ seed: UInt64) { (self.time, self.seed) = (time, seed) }
      static func < (a: Duration, b: Duration) -> Bool { a.time < b.time }
    }
    var failures: [String] = []
    var outcomes: [String: Int] = [:]
    var longest = Duration(.zero, 0)
  }

  /// Most programs are written, some of them broken somewhere; every fourth is a script that was broken.
  private static func program(_ seed: UInt64, _ corpus: [[UInt8]]) -> [UInt8] {
    var random = RandomSource(seed: seed)
    if random.once(in: 4) {
      var mutation = ProgramMutation(seed: random.next())
      return mutation.mutate(random.pick(corpus), with: random.pick(corpus))
    }
    var generator = ProgramGenerator(seed: random.next())
    let program = Array(generator.program().utf8)
    guard random.once(in: 6) else { return program }
    var mutation = ProgramMutation(seed: random.next())
    return mutation.mutate(program, with: random.pick(corpus))
  }

  private static func run(_ program: [UInt8], _ seed: UInt64, _ report: inout Report) {
    var limits = Interpreter.Limits()
    limits.ticks = 200_000
    limits.memoryBytes = 8 << 20
    limits.outputBytes = 10_000
    guard let interpreter = Interpreter() else { return report.failures.append("seed \(seed): no instance") }
    let result = interpreter.run(program, limits: limits)
    // Work that would pass the limit is counted and refused; straight-line code may pass it by its length.
    if result.outcome != .limit(.ticks), result.ticks > limits.ticks + 10_000 {
      report.failures.append("seed \(seed): \(result.ticks) ticks")
    }
    if result.memoryBytes > limits.memoryBytes + 1 << 20 {
      report.failures.append("seed \(seed): \(result.memoryBytes) bytes of memory")
    }
    let output = result.output.reduce(0) { $0 + $1.bytes.count } - (result.error?.traceback.utf8.count ?? 0)
    if output > limits.outputBytes + 1_000 { report.failures.append("seed \(seed): \(output) bytes of output") }
    let after = interpreter.run(Array("6 * 7 == 42 or 1 / 0".utf8))
    if after.outcome != .ok { report.failures.append("seed \(seed): the instance does not work afterwards") }
    switch result.outcome {
    case .limit(let limit): report.outcomes["limit of \(limit)", default: 0] += 1
    case .exception: report.outcomes[result.error?.type ?? "SystemExit", default: 0] += 1
    default: report.outcomes["\(result.outcome)", default: 0] += 1
    }
  }
}
