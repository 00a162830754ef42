/// Everything about a server that its operator decides.
package struct Configuration: Sendable {
  package var host = "127.0.0.1"
  /// 0 lets the system choose.
  package var port: UInt16 = 8080
  package var limits = Limits()
  package var hosts = HostPolicy.loopback()
  package var origins = OriginPolicy.sameOrigin
  package var security = SecurityHeaders()
  /// For the routes that ask for it; nil means no limit.
  package var rateLimit: RateLimit?
  /// Where access log lines go; nil means nowhere.
  package var log: LogWriter?
  package var metrics = MetricsRegistry()
  /// Runs on the event loop's thread when draining begins, so that readiness and long streams can take notice.
  package var onDrain: (@Sendable () -> Void)?

  /// The defaults: this machine only, port 8080.
  package init() {}
}
