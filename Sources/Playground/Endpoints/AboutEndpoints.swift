import HTTPServer
import Sandbox
import SessionStore

/// What the service is and how much a run may use.
struct AboutEndpoints {
  let limits: RunLimits
  let ceiling: RunLimits

  func add(to router: inout Router) {
    let version = Response.json([
      "cellar": .string(Version.program), "python": .string(Version.python), "sqlite": .string(sqliteVersion),
    ])
    router.get("/v1/version", options: RouteOptions(isShared: true)) { _ throws(Problem) in version }

    var members = limits.json
    members["source_bytes"] = .int(Snippet.mostSourceBytes)
    members["stdin_bytes"] = .int(Snippet.mostInputBytes)
    members["runs_per_session"] = .int(SessionStore.mostRuns)
    members["ceiling"] = .object(ceiling.json)
    let answer = Response.json(.object(members))
    router.get("/v1/limits", options: RouteOptions(isShared: true)) { _ throws(Problem) in answer }
  }
}
