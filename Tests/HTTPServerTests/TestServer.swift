import Dispatch
import HTTPServer
import Synchronization
import Testing

/// The suites that use sockets. They run one after the other, because their clients block the threads that all tests of
/// the package share.
@Suite("Over real sockets", .serialized)
struct SocketTests {}

/// A server on a port of the system's choice, with routes that the suites use; it drains when it is dropped.
final class TestServer: Sendable {
  /// What handlers note for the tests to see.
  final class Notes: Sendable {
    private let words = Mutex<[String]>([])

    func add(_ word: String) { words.withLock { $0.append(word) } }

    /// Waits until a word was noted, at most five seconds.
    func wait(for word: String) -> Bool {
      for _ in 0..<500 {
        if words.withLock({ $0.contains(word) }) { return true }
        Machine.pause(milliseconds: 10)
      }
      return false
    }
  }

  let server: Server
  let notes = Notes()
  let metrics = MetricsRegistry()

  init(files: String? = nil, _ change: (inout Configuration) -> Void = { _ in }) throws {
    var configuration = Configuration()
    configuration.port = 0
    configuration.metrics = metrics
    change(&configuration)
    var router = Router()
    if let files { router.serveFiles(StaticFiles(directory: files)) }
    TestServer.addRoutes(&router, notes)
    server = try Server(configuration: configuration, router: router)
    try server.start()
  }

  deinit {
    server.drain()
    server.waitUntilStopped()
  }

  func client(patienceSeconds: Int = 5) -> TestClient {
    TestClient(port: server.port, patienceSeconds: patienceSeconds, server: self)
  }

  /// Sends a request on a connection of its own.
  func ask(_ text: String, isHead: Bool = false) throws -> TestClient.Answer {
    try client().ask(text, isHead: isHead)
  }

  private static func addRoutes(_ router: inout Router, _ notes: Notes) {
    router.get("/hello") { _ in .text("hello\n") }
    router.get("/hello/{name}") { request in .text("hello \(request.parameters["name"])\n") }
    router.get("/client") { request in .text("\(request.clientAddress) \(request.authority) \(request.id)") }
    router.get("/large") { _ in .bytes([UInt8](repeating: 0x78, count: 3 << 20), type: "text/plain") }
    router.get("/stored") { request throws(Problem) in try request.answer(tagged: "\"v1\"") { .text("one") } }
    router.get("/query") { request throws(Problem) in
      let query = try request.query()
      return .text("\(try query.integer("n", in: 1...9) ?? 0)")
    }
    let json = RouteOptions(bodyLimit: 1000, mediaTypes: ["application/json"], isRateLimited: true, isShared: true)
    router.post("/echo", options: json) { request throws(Problem) in .json(try request.json()) }
    router.post("/later", options: RouteOptions(isShared: true)) { request, respond in
      notes.add("later")
      respond.onCancel { notes.add("cancelled") }
      let milliseconds = Int(request.header("X-Wait") ?? "") ?? 50
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
        respond(.text("late \(request.body.count)\n"))
      }
    }
    router.get("/task/{name}") { request, respond in
      respond.answer { () async throws(Problem) in
        await Task.yield()
        if request.parameters["name"] == "none" { throw .notFound() }
        return .text("task\n")
      }
    }
    router.get("/dropped") { _, _ in }
    router.get("/dropped/late") { _, respond in
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(20)) { _ = respond }
    }
    addStreams(&router, notes)
  }

  private static func addStreams(_ router: inout Router, _ notes: Notes) {
    router.get("/events") { request, respond in
      let events = respond.startEvents()
      events.onCancel { notes.add("cancelled") }
      let count = (try? request.query())?["n"].flatMap { Int($0) } ?? 3
      DispatchQueue.global().async {
        for index in 0..<count { events.send(event: "tick", data: "\(index)", id: "\(index)") }
        events.finish()
      }
    }
    router.get("/endless") { _, respond in
      let events = respond.startEvents()
      events.send(data: "first")
      events.onCancel {
        notes.add("cancelled")
        _ = events
      }
    }
    router.get("/cut") { _, respond in
      respond.startStream(Response(200)).send(Array("part".utf8))
    }
    router.get("/flood") { _, respond in
      flood(respond.startStream(Response(200)), notes, left: 64)
    }
  }

  /// Sends megabytes, stopping whenever the stream says so.
  private static func flood(_ stream: ResponseStream, _ notes: Notes, left: Int) {
    if left == 0 {
      stream.finish()
      notes.add("flooded")
      return
    }
    switch stream.send([UInt8](repeating: 0x79, count: 1 << 18)) {
    case .open: DispatchQueue.global().async { flood(stream, notes, left: left - 1) }
    case .congested:
      notes.add("congested")
      stream.whenReady { flood(stream, notes, left: left - 1) }
    case .cancelled: notes.add("cancelled")
    }
  }
}
