import HTTPServer
import SessionStore

/// What the service is and how much a run may use.
struct AboutEndpoints {
  func add(to router: inout Router) {
    let version = Response.json([
      "cellar": .string(Version.program), "python": .string(Version.python), "sqlite": .string(sqliteVersion),
    ])
    router.get("/v1/version", options: RouteOptions(isShared: true)) { _ throws(Problem) in version }

    let limits = RunEndpoint.defaultLimits
    let answer = Response.json([
      "source_bytes": .int(RunEndpoint.sourceBytes), "seconds": .double(limits.seconds), "ticks": .int(limits.ticks),
      "memory_bytes": .int(limits.memoryBytes), "output_bytes": .int(limits.outputBytes),
      "recursion": .int(limits.recursion),
    ])
    router.get("/v1/limits", options: RouteOptions(isShared: true)) { _ throws(Problem) in answer }
  }
}
