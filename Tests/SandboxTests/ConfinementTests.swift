import Sandbox
import Testing

extension RealWorkers {
  @Suite("Inside of a worker")
  struct ConfinementTests {
    @Test("everything that is tried there is refused")
    func probe() async throws {
      let pool = RealWorkers.WorkerPoolTests.makePool(workers: 1)
      #expect(pool.waitUntilReady(seconds: 20))
      let confinement = try #require(pool.confinement)
      guard confinement.level >= 3 else { return }
      let attempts = await withCheckedContinuation { continuation in
        _ = try? pool.probe { continuation.resume(returning: $0) }
      }
      #expect(attempts.count >= 15)
      for attempt in attempts { #expect(attempt.isRefused, "\(attempt.what)") }
    }

    @Test("a pool that asks for more than the host gives has no workers")
    func required() {
      let pool = RealWorkers.WorkerPoolTests.makePool(workers: 1) { $0.requiredLevel = 9 }
      #expect(!pool.waitUntilReady(seconds: 1))
    }

    @Test("a level counts only with those below it")
    func levels() {
      #expect(Confinement(layers: []).level == 0)
      #expect(Confinement(layers: [.limits, .callFilter]).level == 1)
      #expect(Confinement(layers: [.limits, .namespaces, .emptyRoot, .landlock, .callFilter]).level == 3)
      #expect(Confinement(layers: [.limits]).missing.first == "namespaces")
    }
  }
}
