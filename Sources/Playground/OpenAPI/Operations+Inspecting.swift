extension Operations {
  /// Looking at runs.
  static let inspecting =
    [
      look("functions", "listFunctions", "The functions that the snippets made and that are alive.", ["closures"]),
      look("functions/{fid}", "getFunction", "One function: its free variables and defaults.", []),
      look(
        "cells", "listCells", "The cells of captured variables: value, sharers, what keeps them.",
        ["name", "owner", "captured_by", "changed_after"]),
      look("cells/{cid}", "getCell", "One cell.", []),
      look("cells/{cid}/ledger", "getLedger", "Everything that happened to a cell in a run.", []),
      look("matrix", "getMatrix", "Which function holds which cell.", []),
      look("graph.json", "getGraph", "The environment as boxes and arrows.", []),
      picture("txt", "getGraphAsText", "text/plain; charset=utf-8"),
      picture("svg", "getGraphAsSVG", "image/svg+xml"),
      picture("dot", "getGraphAsDOT", "text/vnd.graphviz; charset=utf-8"),
      picture("mmd", "getGraphAsMermaid", "text/plain; charset=utf-8"),
    ] + steps + [
      Operation(
        route: "PATCH /v1/sessions/{id}/cells/{cid}", id: "setCell",
        summary: """
          Set a cell to the value of an expression: after the last run, as the session's next one; with `run`, after that \
          run, in a new session; with `step`, in a new session in which the run is made again, and the cell is set before \
          the first statement from that step on.
          """,
        parameters: ["run", "step"], body: .json("CellChange"),
        answers: [.json(201, "Run")], problems: [400, 404, 409, 410, 415, 422, 429])
    ]

  private static let steps = [
    Operation(
      route: "GET /v1/sessions/{id}/runs/{n}/steps", id: "listSteps",
      summary: "Steps of a run as what changed, after the state at the first of them.",
      parameters: ["from", "steps_limit", "If-None-Match"], answers: [.json(200, "Inspected"), .notModified],
      problems: [400, 404, 410, 429]),
    Operation(
      route: "GET /v1/sessions/{id}/runs/{n}/steps/find", id: "findStep",
      summary: "The next or last step at which something happened to a cell, or a line was reached.",
      parameters: ["cell_number", "on", "line", "from", "dir", "If-None-Match"],
      answers: [.json(200, "Inspected"), .notModified], problems: [400, 404, 410, 429]),
    Operation(
      route: "GET /v1/sessions/{id}/runs/{n}/steps/{k}", id: "getState", summary: "The whole state at a step.",
      parameters: ["expand", "offset", "If-None-Match"], answers: [.json(200, "Inspected"), .notModified],
      problems: [400, 404, 410, 429]),
  ]

  private static func look(_ path: String, _ id: String, _ summary: String, _ parameters: [String]) -> Operation {
    Operation(
      route: "GET /v1/sessions/{id}/\(path)", id: id, summary: summary,
      parameters: parameters + ["run", "step", "If-None-Match"], answers: [.json(200, "Inspected"), .notModified],
      problems: [400, 404, 410, 429])
  }

  private static func picture(_ form: String, _ id: String, _ type: String) -> Operation {
    Operation(
      route: "GET /v1/sessions/{id}/graph.\(form)", id: id, summary: "The environment as a picture.",
      parameters: ["run", "step", "If-None-Match"], answers: [.text(type), .notModified],
      problems: [400, 404, 410, 429])
  }
}
