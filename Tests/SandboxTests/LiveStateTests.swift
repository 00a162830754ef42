import Glibc
import PythonRuntime
import Sandbox
import Testing

extension RealWorkers {
  @Suite("Sessions in workers")
  struct LiveStateTests {
    private let pool = RealWorkers.WorkerPoolTests.makePool(workers: 1)

    /// `keeps`: the answer has an image, and nothing stays alive.
    private func request(_ source: String, from start: RunStart, before: Int, keeps: Bool = false) -> RunRequest {
      var request = RunRequest(source: source, limits: .forTests())
      request.start = start
      request.live = keeps ? nil : LiveState(session: "s", before: before, after: before + 1)
      request.keepsImage = keeps
      return request
    }

    private func run(
      _ source: String, from start: RunStart, before: Int, keeps: Bool = false
    ) async throws -> RunAnswer {
      try await pool.run(request(source, from: start, before: before, keeps: keeps))
    }

    @Test("an instance stays alive between two runs, in just the state that it was left in")
    func live() async throws {
      #expect(try await run("x = [1]", from: .fresh, before: 0).outcome == .ok)
      #expect(try await run("x.append(2); print(x)", from: .live, before: 1).text(isError: false) == "[1, 2]\n")
      #expect(try await run("print(x)", from: .live, before: 1).stateProblem == .missing)
      #expect(try await run("print(x)", from: .live, before: 2).stateProblem == .missing)
    }

    @Test("what was forgotten is not there")
    func forgotten() async throws {
      _ = try await run("x = 1", from: .fresh, before: 0)
      pool.forget(session: "s")
      #expect(try await run("print(x)", from: .live, before: 1).stateProblem == .missing)
    }

    @Test("an image goes on where it was taken, also when its worker is gone")
    func image() async throws {
      let source = "def f():\n  n = 41\n  return lambda: n + 1\ng = f()"
      let first = try await run(source, from: .fresh, before: 0, keeps: true)
      let image = try #require(first.image)
      for process in pool.processes { kill(process, SIGKILL) }
      let second = try await run("print(g())", from: .image(image), before: 1)
      #expect(second.text(isError: false) == "42\n")
      #expect(second.outcome == .ok && second.image == nil)
    }

    /// What a run leaves alive, as an image.
    private func image(after source: String, from start: RunStart, before: Int) async throws -> Image {
      var asked = request(source, from: start, before: before)
      asked.keepsImage = true
      return try await withCheckedThrowingContinuation { continuation in
        do throws(WorkerPool.Refusal) {
          try pool.run(asked, onImage: { continuation.resume(returning: $0) }, completion: { #expect($0.image == nil) })
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }

    @Test("what stays alive is handed over as an image too, after the answer")
    func left() async throws {
      let image = try await image(after: "x = 41", from: .fresh, before: 0)
      #expect(try await run("print(x + 1)", from: .image(image), before: 5).text(isError: false) == "42\n")
    }

    @Test("of runs that follow one another at once the last leaves its image, whether the others do or not")
    func hurry() async throws {
      _ = try await run("n = 0", from: .fresh, before: 0)
      for before in 1..<20 {
        var asked = request("n += 1", from: .live, before: before)
        asked.keepsImage = true
        #expect(try await pool.run(asked).outcome == .ok)
      }
      let image = try await image(after: "n += 1", from: .live, before: 20)
      #expect(try await run("print(n)", from: .image(image), before: 50).text(isError: false) == "20\n")
      #expect(try await run("print(n)", from: .live, before: 51).text(isError: false) == "20\n")
    }

    @Test("an exception moves a session on, and damage to an image is found")
    func damage() async throws {
      let first = try await run("x = 1\n1 / 0", from: .fresh, before: 0, keeps: true)
      #expect(first.outcome == .exception)
      let image = try #require(first.image)
      let damaged = Image(fingerprint: image.fingerprint, head: Array(image.head.dropLast(9)), pages: image.pages)
      #expect(try await run("print(x)", from: .image(damaged), before: 1).stateProblem == .damaged)
      let foreign = Image(fingerprint: image.fingerprint ^ 1, head: image.head, pages: image.pages)
      #expect(try await run("print(x)", from: .image(foreign), before: 1).stateProblem == .otherBuild)
      #expect(try await run("print(x)", from: .image(image), before: 1).text(isError: false) == "1\n")
    }
  }
}
