/// The server's own metrics, by route template and class of status, looked up once and then only added to.
final class HTTPMetrics {
  private struct Series {
    let durations: Histogram
    var counters: [Int: Counter] = [:]
  }

  private let registry: MetricsRegistry
  private var byRoute: [String: Series] = [:]
  let connectionsOpen: Gauge
  let connectionsAccepted: Counter
  let connectionsRefused: Counter
  let streamsOpen: Gauge
  let bytesSent: Counter

  init(_ registry: MetricsRegistry) {
    self.registry = registry
    connectionsOpen = registry.gauge("http_connections_open", help: "Connections that are open.")
    connectionsAccepted = registry.counter("http_connections_total", help: "Connections that were accepted.")
    connectionsRefused = registry.counter(
      "http_connections_refused_total", help: "Connections that were refused because there were too many.")
    streamsOpen = registry.gauge("http_streams_open", help: "Answers that are being streamed.")
    bytesSent = registry.counter("http_sent_bytes_total", help: "Bytes of answers that were sent.")
  }

  /// Counts an answered request.
  func record(route: String, status: Int, nanoseconds: UInt64) {
    if byRoute[route] == nil {
      let durations = registry.histogram(
        "http_request_duration_seconds", help: "From the last byte of a request to its complete answer.",
        labels: [("route", route)])
      byRoute[route] = Series(durations: durations)
    }
    if byRoute[route]!.counters[status] == nil {
      byRoute[route]!.counters[status] = registry.counter(
        "http_requests_total", help: "Requests that were answered.",
        labels: [("route", route), ("status", String(status))])
    }
    byRoute[route]!.counters[status]!.add()
    byRoute[route]!.durations.record(Double(nanoseconds) / 1_000_000_000)
  }
}
