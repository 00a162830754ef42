import HTTPServer
import SessionStore

/// What the service is and how much a request may hold.
struct AboutEndpoints {
  func add(to router: inout Router) {
    let version = Response.json([
      "cellar": .string(Version.program), "python": .string(Version.python), "sqlite": .string(sqliteVersion),
    ])
    router.get("/v1/version", options: RouteOptions(isShared: true)) { _ throws(Problem) in version }

    let limits = Limits()
    let answer = Response.json([
      "body_bytes": .int(limits.bodyBytes), "header_bytes": .int(limits.headerBytes),
      "connections": .int(limits.connections),
    ])
    router.get("/v1/limits", options: RouteOptions(isShared: true)) { _ throws(Problem) in answer }
  }
}
