import HTTPServer

/// `GET /metrics`: what is counted, as Prometheus reads it.
struct MetricsEndpoint {
  let metrics: MetricsRegistry

  func add(to router: inout Router) {
    router.get("/metrics") { [metrics] _ throws(Problem) in
      Response.text(metrics.render(), type: "text/plain; version=0.0.4; charset=utf-8")
    }
  }
}
