import HTTPServer
import Sandbox
import SessionStore

/// Whether the process is alive, and whether it can do its work.
struct HealthEndpoints {
  let store: SessionStore
  let workers: WorkerPool

  func add(to router: inout Router) {
    router.get("/healthz") { _ throws(Problem) in Response.text("ok\n") }
    router.get("/readyz") { [store, workers] (_: Request, respond: Responder) in
      Task {
        respond(await Self.readiness(store: store, workers: workers))
      }
    }
  }

  private static func readiness(store: SessionStore, workers: WorkerPool) async -> Response {
    var storeState = "writable"
    do throws(StoreError) {
      try await store.checkWritable()
    } catch {
      storeState = error.description
    }
    let ready = storeState == "writable" && workers.isReady
    let answer: JSONValue = [
      "ready": .bool(ready), "store": .string(storeState), "workers": .string(workers.isReady ? "ready" : "not ready"),
      "sandbox_level": .int(Worker.sandboxLevel),
    ]
    return .json(answer, status: ready ? 200 : 503)
  }
}
