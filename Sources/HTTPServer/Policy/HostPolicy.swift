/// Which names the server answers to. A page of a foreign site can make its own name point at this machine (DNS
/// rebinding); the browser then sends that name, and it is refused here.
package struct HostPolicy: Sendable {
  private let names: Set<String>?

  /// Answers to every name.
  package static let any = HostPolicy(names: nil)

  /// Answers to this machine's loopback names and to the given ones.
  package static func loopback(and others: [String] = []) -> HostPolicy {
    HostPolicy(names: Set(["localhost", "127.0.0.1", "::1"] + others.map { $0.lowercased() }))
  }

  /// True if a request for a host and port is meant for this server. A request without a host (HTTP/1.0) can't come
  /// from a browser and is let through.
  func allows(authority: String) -> Bool {
    guard let names, !authority.isEmpty else { return true }
    return names.contains(authority) || names.contains(Authority.name(of: authority))
  }
}
