/// Every operation of the API.
enum Operations {
  static let all = runs + sessions + history + inspecting + archives + sharing + service

  private static let runs = [
    Operation(
      route: "POST /v1/run", id: "runOnce", summary: "Run a snippet in a fresh instance; nothing is kept.",
      parameters: runOptions, body: .snippet("RunRequest"), answers: [.run("Answer")], problems: [413, 415, 422, 429])
  ]

  private static let runOptions = [
    "stdin", "seed", "clock", "trace", "seconds", "ticks", "memory_bytes", "output_bytes", "recursion",
    "recorded_steps",
  ]

  private static let sessions = [
    Operation(
      route: "POST /v1/sessions", id: "createSession", summary: "Make a session, or fork one.",
      parameters: ["Idempotency-Key"], body: .optional("SessionRequest"), answers: [.json(201, "Session")],
      problems: [404, 410, 415, 422, 429]),
    Operation(
      route: "GET /v1/sessions", id: "listSessions",
      summary: "Sessions by text, captured name, sharing, outcome or exception, a part at a time.",
      parameters: [
        "q", "cell", "function", "shared_by", "outcome", "raised", "created_after", "order", "limit", "cursor",
        "If-None-Match",
      ],
      answers: [.json(200, "SessionList"), .notModified], problems: [400]),
    Operation(
      route: "GET /v1/sessions/{id}", id: "getSession", summary: "A session with the summaries of its runs.",
      parameters: ["If-None-Match"], answers: [.json(200, "Session"), .notModified], problems: [404, 410]),
    Operation(
      route: "PATCH /v1/sessions/{id}", id: "changeSession", summary: "Change a session's title or expiry.",
      parameters: ["If-Match"], body: .json("SessionChange"), answers: [.json(200, "Session")],
      problems: [404, 410, 412, 422]),
    Operation(
      route: "DELETE /v1/sessions/{id}", id: "deleteSession", summary: "Delete a session for good.",
      parameters: ["If-Match"], answers: [.nothing], problems: [404, 410, 412]),
    Operation(
      route: "POST /v1/sessions/{id}/fork", id: "forkSession",
      summary: "A new session that shares this one's history up to a run.", parameters: ["Idempotency-Key"],
      body: .optional("ForkRequest"), answers: [.json(201, "Session")], problems: [404, 410, 415, 422, 429]),
    Operation(
      route: "POST /v1/sessions/{id}/restart", id: "restartSession",
      summary: "Have the next run start with an empty instance; the history stays.", parameters: ["If-Match"],
      answers: [.json(200, "Session")], problems: [404, 410, 412]),
  ]

  private static let history = [
    Operation(
      route: "POST /v1/sessions/{id}/runs", id: "runInSession", summary: "Run the next snippet of a session.",
      parameters: runOptions + ["If-Match", "Idempotency-Key"], body: .snippet("RunRequest"),
      answers: [.run("Run")], problems: [404, 409, 410, 412, 413, 415, 422, 429]),
    Operation(
      route: "GET /v1/sessions/{id}/runs", id: "listRuns", summary: "The runs of a session, whole, a part at a time.",
      parameters: ["limit", "cursor", "If-None-Match"], answers: [.json(200, "RunList"), .notModified],
      problems: [400, 404, 410]),
    Operation(
      route: "GET /v1/sessions/{id}/runs/{n}", id: "getRun",
      summary: "One run, whole; one that is under way is waited for, or told as it goes on.",
      parameters: ["If-None-Match", "Last-Event-ID"], answers: [.run("Run"), .nothing, .notModified],
      problems: [404, 410]),
    Operation(
      route: "DELETE /v1/sessions/{id}/runs/current", id: "cancelRun", summary: "Cancel the run that is under way.",
      answers: [.nothing], problems: [404, 410]),
  ]

  private static let archives = [
    Operation(
      route: "GET /v1/sessions/{id}/export", id: "exportSession",
      summary: "A session as a file: JSON that can be imported, or plain source.", parameters: ["If-None-Match"],
      answers: [
        Operation.Answer(
          status: 200, types: [("application/json", "Archive"), ("text/x-python; charset=utf-8", nil)]),
        .notModified,
      ], problems: [404, 410]),
    Operation(
      route: "GET /v1/sessions/{id}/export.json", id: "exportSessionAsJSON", summary: "A session as JSON.",
      parameters: ["If-None-Match"], answers: [.json(200, "Archive"), .notModified], problems: [404, 410]),
    Operation(
      route: "GET /v1/sessions/{id}/export.py", id: "exportSessionAsSource", summary: "A session's snippets as source.",
      parameters: ["If-None-Match"], answers: [.text("text/x-python; charset=utf-8"), .notModified],
      problems: [404, 410]),
    Operation(
      route: "POST /v1/sessions/import", id: "importSession", summary: "Make a session from an exported file.",
      parameters: ["Idempotency-Key"], body: .json("Archive"), answers: [.json(201, "Session")],
      problems: [400, 413, 415, 422, 429]),
  ]

  private static let sharing = [
    Operation(
      route: "POST /v1/share", id: "share", summary: "Share a snippet, or a session up to a run.",
      parameters: ["Idempotency-Key"], body: .snippet("ShareRequest"), answers: [.json(201, "Shared")],
      problems: [404, 410, 413, 415, 422, 429]),
    Operation(
      route: "DELETE /v1/share/{id}", id: "unshare", summary: "Take a share back.",
      parameters: ["token", "Authorization"],
      answers: [.nothing], problems: [401, 403, 404, 410]),
    Operation(
      route: "GET /p/{id}.json", id: "getShare", summary: "A share as JSON.", parameters: ["If-None-Match"],
      answers: [.json(200, "Share"), .notModified], problems: [404, 410]),
    Operation(
      route: "GET /p/{id}.py", id: "getShareAsSource", summary: "A share's snippets as source.",
      parameters: ["If-None-Match"], answers: [.text("text/x-python; charset=utf-8"), .notModified],
      problems: [404, 410]),
    Operation(
      route: "GET /p/{id}.txt", id: "getShareAsText", summary: "What a share's last snippet printed.",
      parameters: ["If-None-Match"], answers: [.text(), .notModified], problems: [404, 410]),
    Operation(
      route: "GET /p/{id}.svg", id: "getShareAsPicture",
      summary: "The environment after a share's last snippet, or at a step of it.",
      parameters: ["step", "If-None-Match"], answers: [.text("image/svg+xml"), .notModified],
      problems: [400, 404, 410, 429]),
    Operation(
      route: "GET /p/{id}", id: "getSharePage", summary: "The page that shows a share.",
      answers: [.text("text/html; charset=utf-8"), .notModified], problems: [404, 410]),
    Operation(
      route: "GET /embed/{id}", id: "getEmbeddedPage", summary: "The page that shows a share in somebody's frame.",
      answers: [.text("text/html; charset=utf-8"), .notModified], problems: [404, 410]),
  ]

  private static let service = [
    Operation(
      route: "GET /v1/version", id: "getVersion", summary: "What this program is.",
      answers: [.json(200, "Version")]),
    Operation(
      route: "GET /v1/limits", id: "getLimits", summary: "What a run may use, and the most that it may ask for.",
      answers: [.json(200, "ServiceLimits")]),
    Operation(
      route: "GET /v1/lessons", id: "getLessons", summary: "The lessons on closures, with their programs.",
      parameters: ["If-None-Match"], answers: [.json(200, "Lessons"), .notModified]),
    Operation(
      route: "GET /openapi.json", id: "getDescription", summary: "This document.", parameters: ["If-None-Match"],
      answers: [.json(200, "Description"), .notModified]),
    Operation(
      route: "GET /healthz", id: "getHealth", summary: "Whether the process is alive.", answers: [.text()]),
    Operation(
      route: "GET /readyz", id: "getReadiness", summary: "Whether it can do its work.",
      answers: [.json(200, "Readiness"), .json(503, "Readiness")]),
    Operation(
      route: "GET /metrics", id: "getMetrics", summary: "What is counted, as Prometheus reads it.",
      answers: [.text("text/plain; version=0.0.4; charset=utf-8")]),
  ]
}
