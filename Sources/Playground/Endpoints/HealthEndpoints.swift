import HTTPServer
import SessionStore

/// Whether the process is alive, and whether it can do its work.
struct HealthEndpoints {
  let store: SessionStore

  func add(to router: inout Router) {
    router.get("/healthz") { _ throws(Problem) in Response.text("ok\n") }
    router.get("/readyz") { [store] (_: Request, respond: Responder) in
      Task {
        respond(await Self.readiness(store: store))
      }
    }
  }

  private static func readiness(store: SessionStore) async -> Response {
    var storeState = "writable"
    do throws(StoreError) {
      try await store.checkWritable()
    } catch {
      storeState = error.description
    }
    let ready = storeState == "writable"
    let answer: JSONValue = ["ready": .bool(ready), "store": .string(storeState)]
    return .json(answer, status: ready ? 200 : 503)
  }
}
