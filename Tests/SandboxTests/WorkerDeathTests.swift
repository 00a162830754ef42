import Glibc
import Sandbox
import Testing

extension RealWorkers {
  @Suite("Workers that die")
  struct WorkerDeathTests {
    @Test("a run whose worker is killed is begun again, and tells nothing twice")
    func killed() async throws {
      let pool = RealWorkers.WorkerPoolTests.makePool(workers: 1)
      let source = "print('begun')\nfor i in range(3_000_000): pass\nprint('done')"
      let (pieces, told) = AsyncStream.makeStream(of: String.self)
      let (answers, answered) = AsyncStream.makeStream(of: RunAnswer.self)
      try pool.run(
        RunRequest(source: source, limits: .forTests(seconds: 60)),
        onEvent: { if case .output(let piece) = $0 { told.yield(piece.text) } }, completion: { answered.yield($0) })
      for await _ in pieces.prefix(1) {}
      for process in pool.processes { kill(process, SIGKILL) }
      for await answer in answers.prefix(1) {
        #expect(answer.outcome == .ok)
        #expect(answer.text(isError: false) == "begun\ndone\n")
      }
      told.finish()
      var rest = ""
      for await piece in pieces { rest += piece }
      #expect(rest == "done\n")
      #expect(pool.statistics.retries >= 1)
    }

    @Test("a worker that gives no sign of life is ended, with everything printed so far, and its neighbours go on")
    func hung() async throws {
      let pool = RealWorkers.WorkerPoolTests.makePool(workers: 1)
      let run = try await BegunRun(in: pool, seconds: 3)
      // A process that is stopped is as deaf as one that hangs.
      for process in pool.processes { kill(process, SIGSTOP) }
      #expect(try await pool.run(RunRequest(source: "print(1)", limits: .forTests())).outcome == .ok)
      let answer = await run.answer
      #expect(answer.outcome == .time)
      #expect(answer.text(isError: false) == "begun\n")
      #expect(pool.statistics.hangs >= 1)
    }

    @Test("a snippet that crashed workers twice is refused for a while")
    func quarantine() async throws {
      let pool = RealWorkers.WorkerPoolTests.makePool(workers: 1)
      for _ in 0..<2 {
        let run = try await BegunRun(in: pool, seconds: 60)
        pool.trap(run.ticket)
        let answer = await run.answer
        #expect(answer.outcome == .crashed)
        #expect(answer.text(isError: false) == "begun\n")
        #expect(answer.text(isError: true).hasPrefix("The worker process failed: signal "))
      }
      let source = "print('begun')\nfor i in range(600_000): pass\nwhile True: pass"
      let refused = try await pool.run(RunRequest(source: source, limits: .forTests()))
      #expect(refused.outcome == .crashed)
      #expect(refused.text(isError: true).hasPrefix("This snippet has crashed its workers; it is not run again for "))
      #expect(try await pool.run(RunRequest(source: "print(1)", limits: .forTests())).outcome == .ok)
    }
  }
}
