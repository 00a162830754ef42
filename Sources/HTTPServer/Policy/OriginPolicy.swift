/// Which pages of other origins may use the server: reading answers (CORS) and sending writes.
package struct OriginPolicy: Sendable {
  /// The origins that may, such as `https://example.org`.
  private let origins: Set<String>
  private let allowsAny: Bool

  /// Only pages that this server served.
  package static let sameOrigin = OriginPolicy(origins: [])

  /// These origins as well; `*` means any.
  package init(origins: [String]) {
    allowsAny = origins.contains("*")
    self.origins = Set(origins.map { $0.lowercased() })
  }

  /// What `Access-Control-Allow-Origin` says to an origin; nil if it gets nothing.
  func grant(to origin: String) -> String? {
    if allowsAny { return "*" }
    return origins.contains(origin.lowercased()) ? origin : nil
  }

  /// Why a request that changes something is refused for where it comes from; nil if it is not. Requests of programs
  /// other than browsers carry neither field.
  func refusal(_ headers: Headers, authority: String, isShared: Bool) -> Problem? {
    let origin = headers["origin"]
    if isShared, let origin, grant(to: origin) != nil { return nil }
    if let origin, !OriginPolicy.isSame(origin, authority) {
      return Problem(403, code: "foreign_origin", detail: "Pages of the origin \(origin.prefix(200)) may not do this.")
    }
    if let site = headers["sec-fetch-site"], site == "cross-site" || site == "same-site" {
      return Problem(403, code: "foreign_origin", detail: "Pages of other sites may not do this.")
    }
    return nil
  }

  /// True if an origin is the host and port that the request itself names.
  private static func isSame(_ origin: String, _ authority: String) -> Bool {
    let lowered = origin.lowercased()
    for scheme in ["http://", "https://"] where lowered.hasPrefix(scheme) {
      return lowered.dropFirst(scheme.count) == authority
    }
    return false
  }
}
