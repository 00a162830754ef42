import Dispatch
import HTTPServer
import Testing

extension SocketTests {
  @Suite("The server")
  struct ServerTests {
    /// A request, and what its answer must be.
    struct Row: Sendable, CustomTestStringConvertible {
      let request: String
      let status: Int
      let body: String?
      var field: (name: String, value: String)?

      init(_ request: String, _ status: Int, _ body: String? = nil, field: (String, String)? = nil) {
        self.request = request
        self.status = status
        self.body = body
        self.field = field
      }

      var testDescription: String { String(request.prefix { $0 != "\n" }) }
    }

    private static func post(_ path: String, _ body: String, _ fields: String = "") -> String {
      "POST \(path) HTTP/1.1\nHost: localhost\nContent-Type: application/json\n\(fields)"
        + "Content-Length: \(body.utf8.count)\n\n\(body)"
    }

    private static func get(_ path: String, _ fields: String = "", method: String = "GET") -> String {
      "\(method) \(path) HTTP/1.1\nHost: localhost\n\(fields)\n"
    }

    static let rows = [
      Row(get("/hello"), 200, "hello\n", field: ("content-type", "text/plain; charset=utf-8")),
      Row(get("/hello"), 200, field: ("cache-control", "no-store")),
      Row(get("/hello"), 200, field: ("x-content-type-options", "nosniff")),
      Row(get("/hello/w%C3%B6rld"), 200, "hello wörld\n"),
      Row(get("/client", "X-Request-Id: abc-1\n"), 200, "127.0.0.1 localhost abc-1"),
      Row(get("/client", "X-Request-Id: abc-1\n"), 200, field: ("x-request-id", "abc-1")),
      Row(get("/stored"), 200, "one", field: ("etag", "\"v1\"")),
      Row(get("/stored", "If-None-Match: \"v1\"\n"), 304, "", field: ("etag", "\"v1\"")),
      Row(get("/stored", "If-Match: \"v2\"\n"), 412),
      Row(get("/query?n=7"), 200, "7"),
      Row(get("/query?n=70"), 400, field: ("content-type", "application/problem+json")),
      Row(get("/query?n=%zz"), 400),
      Row(get("/nothing"), 404, field: ("content-type", "application/problem+json")),
      Row(get("/hello", method: "DELETE"), 405, field: ("allow", "GET, HEAD, OPTIONS")),
      Row(get("/echo"), 405, field: ("allow", "POST, OPTIONS")),
      Row(get("/hello", method: "OPTIONS"), 204, "", field: ("allow", "GET, HEAD, OPTIONS")),
      Row(get("*", method: "OPTIONS"), 204, ""),
      Row(get("/hello", method: "TRACE"), 405),
      Row(post("/echo", #"{"a":[1,2]}"#), 200, #"{"a":[1,2]}"#, field: ("content-type", "application/json")),
      Row(post("/echo", "{"), 400),
      Row(post("/echo", #"{"a":1,"a":2}"#), 400),
      Row(post("/echo", "1", "Content-Encoding: gzip\n"), 415),
      Row("POST /echo HTTP/1.1\nHost: localhost\nContent-Type: text/xml\nContent-Length: 1\n\nx", 415),
      Row(post("/echo", String(repeating: " ", count: 1001)), 413, field: ("connection", "close")),
      Row(post("/echo", "1", "Origin: https://evil.example\n"), 403),
      Row(post("/echo", "1", "Sec-Fetch-Site: cross-site\n"), 403),
      Row(post("/echo", "1", "Origin: http://localhost\nSec-Fetch-Site: same-origin\n"), 200),
      Row(
        post("/echo", "1", "Origin: https://friend.example\n"), 200,
        field: ("access-control-allow-origin", "https://friend.example")),
      Row("GET /hello HTTP/1.1\nHost: evil.example\n\n", 421),
      Row(post("/later", "abc"), 200, "late 3\n"),
      Row(get("/dropped"), 500, field: ("content-type", "application/problem+json")),
      Row(get("/dropped/late"), 500),
      Row(
        get("/events?n=2"), 200, "event: tick\nid: 0\ndata: 0\n\nevent: tick\nid: 1\ndata: 1\n\n",
        field: ("content-type", "text/event-stream; charset=utf-8")),
      Row("GET /events?n=1 HTTP/1.0\nHost: localhost\n\n", 200, "event: tick\nid: 0\ndata: 0\n\n"),
    ]

    /// One server for all tests that only ask; it lives as long as the process.
    private static let shared = Result { try makeServer() }

    private func server() throws -> TestServer { try Self.shared.get() }

    private static func makeServer(_ change: (inout Configuration) -> Void = { _ in }) throws -> TestServer {
      try TestServer { configuration in
        configuration.origins = OriginPolicy(origins: ["https://friend.example"])
        change(&configuration)
      }
    }

    @Test("each request has its answer", arguments: rows)
    func table(_ row: Row) throws {
      let server = try server()
      let answer = try server.ask(row.request)
      #expect(answer.status == row.status)
      if let body = row.body { #expect(answer.text == body) }
      if let field = row.field { #expect(answer.fields[field.name] == field.value) }
      #expect(answer.fields["date"] != nil)
      #expect(answer.fields["x-request-id"]?.isEmpty == false)
    }

    @Test("a request that comes byte by byte has the same answer", arguments: rows)
    func bytewise(_ row: Row) throws {
      let server = try server()
      let whole = try server.ask(row.request)
      let client = server.client()
      for byte in row.request.replacing("\n", with: "\r\n").utf8 { client.send(bytes: [byte]) }
      #expect(try client.readAnswer().stable == whole.stable)
    }

    @Test("requests that come together are answered in order, whatever each of them takes")
    func pipelining() throws {
      let server = try server()
      let client = server.client()
      let requests = Self.get("/hello/1") + Self.post("/later", "x") + Self.get("/nothing") + Self.get("/events?n=1")
      client.send(requests + Self.get("/hello/2"))
      #expect(try (0..<5).map { _ in try client.readAnswer().status } == [200, 200, 404, 200, 200])
      client.send(String(repeating: Self.get("/hello/n"), count: 300))
      for _ in 0..<300 { #expect(try client.readAnswer().text == "hello n\n") }
    }

    @Test("HEAD has the fields of GET and no body")
    func head() throws {
      let client = try server().client()
      let get = try client.ask(Self.get("/hello"))
      let head = try client.ask(Self.get("/hello", method: "HEAD"), isHead: true)
      #expect(head.stable.fields == get.stable.fields)
      #expect(try client.ask(Self.get("/hello")).text == "hello\n")
    }

    @Test("a handler may be asynchronous")
    func asynchronous() async throws {
      let server = try server()
      // The other tests block the threads that tasks run on, so the client waits elsewhere, and longer.
      let answers = await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
          let client = server.client(patienceSeconds: 60)
          let answers = ["a", "none"].map { try? client.ask(Self.get("/task/\($0)")) }
          continuation.resume(returning: answers)
        }
      }
      #expect(answers.map { $0?.status } == [200, 404])
    }

    @Test("a large answer arrives whole at a slow reader")
    func large() throws {
      let server = try server()
      let client = server.client()
      client.send(Self.get("/large") + Self.get("/hello"))
      Machine.pause(milliseconds: 100)
      #expect(try client.readAnswer().body.count == 3 << 20)
      #expect(try client.readAnswer().text == "hello\n")
    }

    @Test("the connection closes after Connection: close, and what follows never runs")
    func closing() throws {
      let client = try server().client()
      client.send(Self.get("/hello", "Connection: close\n") + Self.get("/hello"))
      let answer = try client.readAnswer()
      #expect(answer.fields["connection"] == "close")
      #expect(client.readToEnd().isEmpty)
    }

    @Test("a client that has finished sending gets its answer")
    func halfClosed() throws {
      let client = try server().client()
      client.send(Self.post("/later", "abc"))
      client.finishSending()
      #expect(try client.readAnswer().text == "late 3\n")
      #expect(client.readToEnd().isEmpty)
    }

    @Test("Expect: 100-continue is answered before the body, unless the request is refused")
    func expecting() throws {
      let server = try server()
      let client = server.client()
      let head = "Host: localhost\nContent-Type: application/json\nExpect: 100-continue\nContent-Length: 1\n\n"
      #expect(try client.ask("POST /echo HTTP/1.1\n" + head).status == 100)
      #expect(try client.ask("1").text == "1")
      #expect(try client.ask("POST /nothing HTTP/1.1\n" + head).status == 404)
      #expect(client.isClosed())
    }

    @Test("a preflight question is answered by the origins that are configured")
    func preflight() throws {
      let server = try server()
      let ask = { (origin: String) in
        Self.get("/echo", "Origin: \(origin)\nAccess-Control-Request-Method: POST\n", method: "OPTIONS")
      }
      let friend = try server.ask(ask("https://friend.example"))
      #expect(friend.fields["access-control-allow-origin"] == "https://friend.example")
      #expect(friend.fields["access-control-allow-methods"] == "POST, OPTIONS")
      #expect(friend.fields["vary"] == "Origin")
      #expect(try server.ask(ask("https://evil.example")).fields["access-control-allow-origin"] == nil)
    }

    @Test("beyond its rate a client gets 429 with the fields that say when to come back")
    func rateLimited() throws {
      let server = try Self.makeServer { $0.rateLimit = RateLimit(burst: 2, perSecond: 0.01) }
      let client = server.client()
      #expect(try client.ask(Self.post("/echo", "1")).fields["ratelimit"] == "\"client\";r=1;t=100")
      #expect(try client.ask(Self.post("/echo", "1")).status == 200)
      let refused = try client.ask(Self.post("/echo", "1"))
      #expect(refused.status == 429)
      #expect(refused.fields["retry-after"] == "100")
      #expect(refused.fields["ratelimit-policy"] == "\"client\";q=2;w=200")
      #expect(try client.ask(Self.get("/hello")).status == 200)
    }

    @Test("a client that takes too long is told so and closed")
    func deadlines() throws {
      let server = try Self.makeServer {
        $0.limits.headerSeconds = 0
        $0.limits.idleSeconds = 1
      }
      let slow = server.client()
      slow.send("GET /hello HT")
      #expect(try slow.readAnswer().status == 408)
      #expect(slow.isClosed())
      let silent = server.client()
      #expect(silent.readToEnd().isEmpty)
    }

    @Test("there are no more connections than the limit allows")
    func connectionLimit() throws {
      let server = try Self.makeServer { $0.limits.connectionsPerAddress = 2 }
      let clients = (0..<3).map { _ in server.client() }
      #expect(try clients[0].ask(Self.get("/hello")).status == 200)
      #expect(try clients[1].ask(Self.get("/hello")).status == 200)
      #expect(try clients[2].readAnswer().status == 503)
    }

    @Test("requests are counted by route template, never by path")
    func counted() throws {
      let server = try Self.makeServer()
      let client = server.client()
      for name in ["a", "b", "c"] { _ = try client.ask(Self.get("/hello/\(name)")) }
      for name in ["x", "y"] { _ = try client.ask(Self.get("/\(name)")) }
      let text = server.metrics.render()
      #expect(text.contains("http_requests_total{route=\"/hello/{name}\",status=\"200\"} 3\n"))
      #expect(text.contains("http_requests_total{route=\"none\",status=\"404\"} 2\n"))
      #expect(text.contains("http_request_duration_seconds_count{route=\"/hello/{name}\"} 3\n"))
    }
  }
}
