import Sandbox

/// What the operator decides about a service.
package struct ServiceOptions: Sendable {
  package var host = "127.0.0.1"
  /// 0 lets the system choose.
  package var port: UInt16 = 8080
  /// The folder of the store.
  package var dataFolder = "data"
  /// The folder of the page.
  package var publicFolder = "Public"
  /// Names beside the loopback ones that the server answers to.
  package var allowedHosts: [String] = []
  /// Origins whose pages may use the API; `*` is any.
  package var allowedOrigins: [String] = []
  /// Workers to keep; nil means one for each processor.
  package var workers: Int?
  /// The level of confinement below which workers are not used; nil takes what this host gives.
  package var requiredSandbox: Int?
  /// Requests of one client that cost work, a second; nil means any number.
  package var requestsPerSecond: Int?
  /// Whether a line of JSON for each request goes to the standard error.
  package var logsRequests = true
  /// The most that a run may be allowed.
  package var ceiling = RunLimits.ofHTTP
  /// Sessions that nobody changed for so many days are deleted; nil keeps them.
  package var keptDays: Int?
  /// When the store is larger than so many bytes, what was left alone the longest is deleted; nil keeps it.
  package var storeBytes: Int?

  package init() {}

  var retention: Keeper.Rules {
    Keeper.Rules(keptMilliseconds: keptDays.map { Int64($0) * 86_400_000 }, mostBytes: storeBytes)
  }
}
