import Foundation
import Glibc
import PythonRuntime
import Sandbox
import Testing

/// Real workers: the built program, started as a broker starts it. One test after the other, for each keeps a processor busy.
@Suite("Real workers", .serialized)
enum RealWorkers {}

extension RealWorkers {
  @Suite("Workers")
  struct WorkerPoolTests {
    static let program: String = {
      let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      #if DEBUG
        return root.path + "/.build/debug/cellar"
      #else
        return root.path + "/.build/release/cellar"
      #endif
    }()

    private let pool = makePool(workers: 1)

    static func makePool(workers: Int, _ change: (inout WorkerPool.Options) -> Void = { _ in }) -> WorkerPool {
      var options = WorkerPool.Options()
      options.program = program
      options.workers = workers
      options.requiredLevel = 0
      change(&options)
      return WorkerPool(options)
    }

    private func run(_ source: String, _ limits: RunLimits = .forTests()) async throws -> RunAnswer {
      try await pool.run(RunRequest(source: source, limits: limits))
    }

    @Test("a snippet's output comes back in order, with what it used")
    func output() async throws {
      let answer = try await run("import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')")
      #expect(answer.outcome == .ok)
      #expect(answer.pieces.map(\.isError) == [false, true, false])
      #expect(answer.text(isError: false) == "out\nout again\n")
      #expect(answer.usage.ticks > 0 && answer.usage.memoryBytes > 0 && answer.usage.seconds > 0)
    }

    @Test("each run starts fresh")
    func fresh() async throws {
      _ = try await run("import builtins\nkept = builtins.kept = 1")
      let answer = try await run("print('kept' in dir(__builtins__), 'kept' in globals())")
      #expect(answer.text(isError: false) == "False False\n")
    }

    @Test("an exception is told as Python tells it")
    func exception() async throws {
      let answer = try await run("print('before')\n{}['k']")
      #expect(answer.outcome == .exception)
      #expect(answer.error?.type == "KeyError")
      #expect(answer.error?.message == "'k'")
      #expect(answer.text(isError: false) == "before\n")
      #expect(answer.error?.text.hasPrefix("Traceback (most recent call last):\n") == true)
      #expect(try await run("def").outcome == .syntaxError)
    }

    @Test("each limit has its name, and what was printed before it is kept")
    func limitsAreNamed() async throws {
      let late = try await run("print('here')\nwhile True: pass", .forTests(seconds: 0.3, ticks: .max / 32))
      #expect(late.outcome == .time)
      #expect(late.text(isError: false) == "here\n")
      #expect(try await run("while True: pass", .forTests(ticks: 10_000)).outcome == .ticks)
      #expect(try await run("a = []\nwhile True: a.append('x' * 1000)", .forTests(memory: 8 << 20)).outcome == .memory)
      #expect(try await run("while True: print('x' * 100)").outcome == .output)
      #expect(try await run("def f(): f()\nf()").outcome == .recursion)
    }

    @Test("no handler in a snippet stops a limit")
    func limitsAreFinal() async throws {
      let source = """
        while True:
          try:
            while True: pass
          except BaseException: pass
          finally: print("still here")
        """
      let answer = try await run(source, .forTests(ticks: 50_000))
      #expect(answer.outcome == .ticks)
      #expect(answer.text(isError: false).isEmpty)
    }

    @Test("the same snippet uses the same number of ticks each time")
    func ticks() async throws {
      let source = "total = 0\nfor i in range(1000): total += i\nprint(total)"
      #expect(try await run(source).usage.ticks == run(source).usage.ticks)
    }

    @Test("beyond its capacity jobs are refused at once, and those that were taken are answered")
    func overload() async throws {
      let pool = Self.makePool(workers: 1) {
        $0.capacity = 5
        $0.clientCapacity = 3
      }
      var slow = RunRequest(source: "while True: pass", limits: .forTests(seconds: 0.2, ticks: .max / 32))
      slow.client = "a"
      let (answers, continuation) = AsyncStream.makeStream(of: RunAnswer.self)
      for _ in 0..<3 { try pool.run(slow) { continuation.yield($0) } }
      #expect(throws: WorkerPool.Refusal.clientOverloaded) { try pool.run(slow) { _ in } }
      slow.client = "b"
      for _ in 0..<2 { try pool.run(slow) { continuation.yield($0) } }
      slow.client = "c"
      #expect(throws: WorkerPool.Refusal.overloaded) { try pool.run(slow) { _ in } }
      var outcomes: [RunAnswer.Outcome] = []
      for await answer in answers.prefix(5) { outcomes.append(answer.outcome) }
      #expect(outcomes == Array(repeating: .time, count: 5))
      #expect(try await pool.run(slow).outcome == .time)
    }

    @Test("a program that is no worker is told as a crash")
    func noWorker() async throws {
      let broken = Self.makePool(workers: 1) { $0.program = "/bin/false" }
      let answer = try await broken.run(RunRequest(source: "", limits: .forTests(seconds: 1)))
      #expect(answer.outcome == .crashed)
      #expect(answer.text(isError: true).hasPrefix("The worker process failed: "))
    }

    @Test("short runs are not held up by long ones")
    func fairness() async throws {
      let long = RunRequest(source: "while True: pass", limits: .forTests(seconds: 60, ticks: .max / 32))
      let tickets = try (0..<20).map { _ in try pool.run(long) { _ in } }
      let start = ContinuousClock.now
      for _ in 0..<10 { #expect(try await run("print(1)").outcome == .ok) }
      // Twenty long runs one after the other would take twenty minutes.
      #expect(start.duration(to: .now) < .seconds(20))
      for ticket in tickets { pool.cancel(ticket) }
    }

    @Test(
      "what was cancelled says so, with what it had printed",
      arguments: ["while True: pass", "sorted([1], key=spin)"])
    func cancel(loop: String) async throws {
      let run = try await BegunRun(in: pool, "def spin(_):\n  while True: pass\n", then: loop, seconds: 60)
      pool.cancel(run.ticket)
      let answer = await run.answer
      #expect(answer.outcome == .cancelled)
      #expect(answer.text(isError: false) == "begun\n")
      #expect(try await self.run("print(1)").outcome == .ok)
    }
  }
}

/// A run that has printed "begun" and goes on for a while.
struct BegunRun {
  let ticket: WorkerPool.Ticket
  private let answers: AsyncStream<RunAnswer>

  init(
    in pool: WorkerPool, _ prelude: String = "", then loop: String = "while True: pass", seconds: Double
  ) async throws {
    let source = prelude + "print('begun')\nfor i in range(600_000): pass\n" + loop
    let (events, told) = AsyncStream.makeStream(of: RunEvent.self)
    let (answers, answered) = AsyncStream.makeStream(of: RunAnswer.self)
    self.answers = answers
    ticket = try pool.run(
      RunRequest(source: source, limits: .forTests(seconds: seconds, ticks: .max / 32)), onEvent: { told.yield($0) },
      completion: { answered.yield($0) })
    for await event in events {
      if case .output(let piece) = event, piece.text == "begun\n" { break }
    }
  }

  var answer: RunAnswer {
    get async {
      for await answer in answers { return answer }
      fatalError("a stream of answers ended without one")
    }
  }
}

extension WorkerPool {
  /// Runs to the answer.
  func run(_ request: RunRequest) async throws -> RunAnswer {
    try await withCheckedThrowingContinuation { continuation in
      do throws(Refusal) {
        try run(request) { continuation.resume(returning: $0) }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }
}

extension RunLimits {
  static func forTests(seconds: Double = 20, ticks: Int = 100_000_000, memory: Int = 64 << 20) -> RunLimits {
    RunLimits(seconds: seconds, ticks: ticks, memoryBytes: memory, outputBytes: 1_000, recursion: 500)
  }
}
