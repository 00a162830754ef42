import HTTPServer
import Testing

@Suite("The router")
struct RoutingTests {
  private func router() -> Router {
    var router = Router()
    for template in [
      "/", "/v1/sessions", "/v1/sessions/{id}", "/v1/sessions/{id}/runs/{n}", "/v1/sessions/{id}/runs/current",
      "/v1/sessions/import", "/p/{id}", "/p/{id}.json", "/p/x{id}.json", "/v1/{any}/last",
    ] {
      router.get(template) { _ in Response(200) }
    }
    router.post("/v1/sessions") { _ in Response(201) }
    router.delete("/v1/sessions/{id}/runs/current") { _ in Response(204) }
    return router
  }

  private func find(_ method: Method, _ path: String) -> String {
    switch router().resolve(method, path) {
    case .route(let route, let parameters):
      let values = parameters.names.map { "\($0)=\(parameters[$0])" }
      return ([route.template] + values).joined(separator: " ")
    case .otherMethods(let allow): return allow
    case .nothing: return "nothing"
    }
  }

  @Test(
    "the most particular template wins",
    arguments: [
      ("/", "/"), ("/v1/sessions", "/v1/sessions"), ("/v1/sessions/import", "/v1/sessions/import"),
      ("/v1/sessions/a b", "/v1/sessions/{id} id=a b"),
      ("/v1/sessions/s/runs/7", "/v1/sessions/{id}/runs/{n} id=s n=7"),
      ("/v1/sessions/s/runs/current", "/v1/sessions/{id}/runs/current id=s"),
      ("/p/abc", "/p/{id} id=abc"), ("/p/abc.json", "/p/{id}.json id=abc"), ("/p/xyz.json", "/p/x{id}.json id=yz"),
      ("/v1/sessions/last", "/v1/sessions/{id} id=last"), ("/v1/other/last", "/v1/{any}/last any=other"),
      ("/v1/sessions/", "nothing"), ("/v2", "nothing"), ("/p/", "nothing"), ("/p/.json", "/p/{id} id=.json"),
      ("/a/b/c/d/e/f/g/h", "nothing"),
    ])
  func resolving(_ path: String, _ found: String) {
    #expect(find(.get, path) == found)
  }

  @Test("other methods are listed, and HEAD and OPTIONS come by themselves")
  func methods() {
    #expect(find(.head, "/v1/sessions/s") == "/v1/sessions/{id} id=s")
    #expect(find(.put, "/v1/sessions") == "GET, HEAD, POST, OPTIONS")
    #expect(find(.post, "/v1/sessions/s") == "GET, HEAD, OPTIONS")
    #expect(find(.delete, "/v1/sessions/s/runs/current") == "/v1/sessions/{id}/runs/current id=s")
    #expect(find(.put, "/v1/sessions/s/runs/current") == "GET, HEAD, DELETE, OPTIONS")
  }
}

@Suite("Limits and metrics")
struct OperatingTests {
  @Test("a client has its burst, then its rate, and others are not touched")
  func rate() {
    var limiter = RateLimiter(RateLimit(burst: 3, perSecond: 2))
    let first = (0..<4).map { _ in limiter.take(client: "a", now: 0) }
    #expect(first.map(\.isAllowed) == [true, true, true, false])
    #expect(first.map(\.remaining) == [2, 1, 0, 0])
    #expect(first[3].retrySeconds == 1)
    #expect(limiter.take(client: "b", now: 0).isAllowed)
    #expect(limiter.take(client: "a", now: 500).isAllowed)
    #expect(!limiter.take(client: "a", now: 501).isAllowed)
    #expect(limiter.take(client: "a", now: 100_000).remaining == 2)
  }

  @Test("addresses of one IPv6 network are one client")
  func network() {
    var limiter = RateLimiter(RateLimit(burst: 1, perSecond: 0.001))
    #expect(limiter.take(client: "2001:db8:1:2:3:4:5:6", now: 0).isAllowed)
    #expect(!limiter.take(client: "2001:db8:1:2:9:9:9:9", now: 0).isAllowed)
    #expect(limiter.take(client: "2001:db8:1:3::1", now: 0).isAllowed)
  }

  @Test("the table of clients is bounded")
  func bounded() {
    var limiter = RateLimiter(RateLimit(burst: 1, perSecond: 1), mostClients: 2)
    for client in ["a", "b", "c"] { _ = limiter.take(client: client, now: 0) }
    #expect(!limiter.take(client: "a", now: 0).isAllowed)
    #expect(limiter.take(client: "d", now: 5000).isAllowed)
    #expect(!limiter.take(client: "d", now: 5000).isAllowed)
  }

  @Test("metrics are written in Prometheus' text form")
  func metrics() {
    let registry = MetricsRegistry()
    registry.counter("jobs_total", help: "Jobs.", labels: [("kind", "a\"b")]).add(2)
    registry.counter("jobs_total", help: "Jobs.", labels: [("kind", "a\"b")]).add()
    registry.gauge("open", help: "Open.").set(-1)
    registry.reading("now", help: "Now.") { 1.5 }
    let histogram = registry.histogram("took_seconds", help: "Took.", bounds: [1, 2])
    for value in [0.5, 1, 1.5, 9] { histogram.record(value) }
    let expected = """
      # HELP jobs_total Jobs.
      # TYPE jobs_total counter
      jobs_total{kind="a\\"b"} 3
      # HELP now Now.
      # TYPE now gauge
      now 1.5
      # HELP open Open.
      # TYPE open gauge
      open -1
      # HELP took_seconds Took.
      # TYPE took_seconds histogram
      took_seconds_bucket{le="1"} 2
      took_seconds_bucket{le="2"} 3
      took_seconds_bucket{le="+Inf"} 4
      took_seconds_sum 12
      took_seconds_count 4

      """
    #expect(registry.render() == expected)
  }
}
