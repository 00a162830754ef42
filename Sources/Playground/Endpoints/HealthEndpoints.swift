import HTTPServer
import Sandbox
import SessionStore

/// Whether the process is alive, and whether it can do its work.
struct HealthEndpoints {
  let store: SessionStore
  let workers: WorkerPool
  let state: ServiceState

  func add(to router: inout Router) {
    router.get("/healthz") { _ throws(Problem) in Response.text("ok\n") }
    router.get("/readyz") { [store, workers, state] (_: Request, respond: Responder) in
      Task {
        respond(await Self.readiness(store: store, workers: workers, state: state))
      }
    }
  }

  private static func readiness(store: SessionStore, workers: WorkerPool, state: ServiceState) async -> Response {
    var storeState = "writable"
    do throws(StoreError) {
      try await store.checkWritable()
    } catch {
      storeState = error.description
    }
    let ready = storeState == "writable" && workers.isReady && !state.isDraining
    let answer: JSONValue = [
      "ready": .bool(ready), "draining": .bool(state.isDraining), "store": .string(storeState),
      "workers": .string(workers.isReady ? "ready" : "not ready"),
      "sandbox_level": .int(workers.confinement?.level ?? 0),
      "sandbox_missing": .array((workers.confinement?.missing ?? []).map { .string($0) }),
    ]
    return ready ? .json(answer) : .json(answer, status: 503).adding("Retry-After", "5")
  }
}
