import HTTPServer
import Testing

extension SocketTests {
  @Suite("Streams, cancelling and draining")
  struct StreamTests {
    private func get(_ path: String) -> String { "GET \(path) HTTP/1.1\nHost: localhost\n\n" }

    @Test("many events arrive in order, and the connection goes on")
    func events() throws {
      let server = try TestServer()
      let client = server.client()
      let answer = try client.ask(get("/events?n=2000"))
      #expect(answer.text.split(separator: "\n\n").count == 2000)
      #expect(answer.text.hasSuffix("event: tick\nid: 1999\ndata: 1999\n\n"))
      #expect(try client.ask(get("/hello")).status == 200)
    }

    @Test("a silent stream shows that it is alive")
    func heartbeat() throws {
      let server = try TestServer { $0.limits.heartbeatSeconds = 0 }
      let client = server.client()
      client.send(get("/endless"))
      _ = try client.readHead()
      #expect(String(decoding: try client.readChunk(), as: UTF8.self) == "data: first\n\n")
      #expect(String(decoding: try client.readChunk(), as: UTF8.self) == ":\n\n")
    }

    @Test("when the client goes, whoever answers is told", arguments: [true, false])
    func cancelled(byReset: Bool) throws {
      let server = try TestServer()
      var client: TestClient? = server.client()
      client?.send(get("/endless"))
      _ = try client?.readHead()
      if byReset { client?.reset() }
      client = nil
      #expect(server.notes.wait(for: "cancelled"))
    }

    @Test("a request whose client is gone is cancelled before it is answered")
    func cancelledRequest() throws {
      let server = try TestServer()
      let client = server.client()
      client.send("POST /later HTTP/1.1\nHost: localhost\nX-Wait: 3000\nContent-Length: 0\n\n")
      #expect(server.notes.wait(for: "later"))
      client.reset()
      #expect(server.notes.wait(for: "cancelled"))
    }

    @Test("a stream that its producer drops is cut off, so that nobody takes it for complete")
    func cut() throws {
      let client = try TestServer().client()
      client.send(get("/cut"))
      _ = try client.readHead()
      #expect(String(decoding: try client.readChunk(), as: UTF8.self) == "part")
      #expect(client.readToEnd().isEmpty)
    }

    @Test("a producer is told to wait for a slow reader, and goes on when it reads")
    func backPressure() throws {
      let server = try TestServer()
      let client = server.client()
      client.send(get("/flood"))
      #expect(server.notes.wait(for: "congested"))
      #expect(try client.readAnswer().body.count == 64 << 18)
      #expect(server.notes.wait(for: "flooded"))
    }

    @Test("draining finishes what runs, closes what idles, and takes nothing new")
    func draining() throws {
      let server = try TestServer()
      let idle = server.client()
      #expect(try idle.ask(get("/hello")).status == 200)
      let busy = server.client()
      busy.send("POST /later HTTP/1.1\nHost: localhost\nX-Wait: 300\nContent-Length: 0\n\n")
      #expect(server.notes.wait(for: "later"))
      server.server.drain()
      let answer = try busy.readAnswer()
      #expect(answer.text == "late 0\n")
      #expect(answer.fields["connection"] == "close")
      #expect(idle.readToEnd().isEmpty)
      #expect(!server.client().isConnected)
      busy.finishSending()
      server.server.waitUntilStopped()
    }
  }
}
