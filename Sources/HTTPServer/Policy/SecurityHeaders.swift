/// The fields that every answer carries to make browsers careful.
package struct SecurityHeaders: Sendable {
  /// What pages may load; nothing, unless opened.
  package var contentSecurityPolicy =
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
  /// Fields beside the policy, in order.
  package var others: [(name: String, value: String)] = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
  ]

  /// The strictest policy.
  package init() {}

  /// The fields other than the policy, serialized.
  var serializedOthers: [UInt8] {
    Array(others.map { "\($0.name): \($0.value)\r\n" }.joined().utf8)
  }

  /// The policy's field, serialized.
  var serializedPolicy: [UInt8] {
    Array("Content-Security-Policy: \(contentSecurityPolicy)\r\n".utf8)
  }
}
