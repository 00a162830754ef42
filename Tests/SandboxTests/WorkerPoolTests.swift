import Foundation
import Sandbox
import Testing

/// Real workers: the built program, started as a broker starts it.
@Suite("Workers")
struct WorkerPoolTests {
  private static let program: String = {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    #if DEBUG
      return root.path + "/.build/debug/cellar"
    #else
      return root.path + "/.build/release/cellar"
    #endif
  }()

  private let pool = WorkerPool(program: Self.program, count: 1, longestLine: 2)

  private func limits(seconds: Double = 20, ticks: Int = 100_000_000, memory: Int = 64 << 20) -> RunLimits {
    RunLimits(seconds: seconds, ticks: ticks, memoryBytes: memory, outputBytes: 1_000, recursion: 500)
  }

  private func run(_ source: String, _ limits: RunLimits? = nil) async throws -> RunAnswer {
    let request = RunRequest(source: source, limits: limits ?? self.limits())
    return try await withCheckedThrowingContinuation { continuation in
      do {
        try pool.run(request) { continuation.resume(returning: $0) }
      } catch {
        continuation.resume(throwing: error)
      }
    }
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
    let late = try await run("print('here')\nwhile True: pass", limits(seconds: 0.3, ticks: .max / 32))
    #expect(late.outcome == .time)
    #expect(late.text(isError: false) == "here\n")
    #expect(try await run("while True: pass", limits(ticks: 10_000)).outcome == .ticks)
    #expect(try await run("a = []\nwhile True: a.append('x' * 1000)", limits(memory: 8 << 20)).outcome == .memory)
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
    let answer = try await run(source, limits(ticks: 50_000))
    #expect(answer.outcome == .ticks)
    #expect(answer.text(isError: false).isEmpty)
  }

  @Test("the same snippet uses the same number of ticks each time")
  func ticks() async throws {
    let source = "total = 0\nfor i in range(1000): total += i\nprint(total)"
    #expect(try await run(source).usage.ticks == run(source).usage.ticks)
  }

  @Test("beyond the line jobs are refused at once, and those in it are served in order")
  func overload() async throws {
    let slow = RunRequest(source: "while True: pass", limits: limits(seconds: 0.2, ticks: .max / 32))
    let served = await withCheckedContinuation { continuation in
      let group = DispatchGroup()
      var refused = 0
      for _ in 0..<5 {
        group.enter()
        do {
          try pool.run(slow) { _ in group.leave() }
        } catch {
          refused += 1
          group.leave()
        }
      }
      let count = 5 - refused
      group.notify(queue: .global()) { continuation.resume(returning: count) }
    }
    #expect(served == 3)
    #expect(try await run("print(1)").outcome == .ok)
  }

  @Test("a program that is no worker is told as a crash")
  func crash() async throws {
    let broken = WorkerPool(program: "/bin/false", count: 1)
    let answer = await withCheckedContinuation { continuation in
      _ = try? broken.run(RunRequest(source: "", limits: limits(seconds: 1))) { continuation.resume(returning: $0) }
    }
    #expect(answer.outcome == .crashed)
    #expect(answer.text(isError: true).hasPrefix("The worker process failed: "))
  }
}
