/// Serializes the heads of answers. What is the same in all of them is kept ready as bytes; the `Date` line is made
/// once a second.
struct ResponseWriter {
  /// What the writer must know of the request that is answered.
  struct Context {
    var isHead = false
    var isHTTP11 = true
    var isLast = false
    var identity: RequestIdentity
    /// `Access-Control-Allow-Origin`, if the request's origin is granted something.
    var grantedOrigin: String?
    /// True if the answer could differ by origin.
    var variesByOrigin = false
    var rate: RateLimiter.Verdict?
  }

  /// How the body's end is marked.
  enum Length {
    case known(Int)
    case chunked
    case untilClose
  }

  private let securityFields: [UInt8]
  private let policyField: [UInt8]
  private let rateLimit: RateLimit?
  private var statusLines: [Int: [UInt8]] = [:]
  private var dateLine: [UInt8] = []
  private var dateSecond = -1

  init(security: SecurityHeaders, rateLimit: RateLimit?) {
    securityFields = security.serializedOthers
    policyField = security.serializedPolicy
    self.rateLimit = rateLimit
  }

  /// Sets the time that `Date` lines show.
  mutating func setTime(seconds: Int) {
    guard seconds != dateSecond else { return }
    dateSecond = seconds
    dateLine = Array("Date: \(HTTPDate.format(seconds))\r\n".utf8)
  }

  /// Appends a head: status line, fields and the empty line.
  mutating func appendHead(_ response: Response, _ length: Length, _ context: Context, to out: inout [UInt8]) {
    out.append(contentsOf: statusLine(response.status))
    out.append(contentsOf: dateLine)
    if response.status != 204 && response.status != 304 { appendLength(length, to: &out) }
    if context.isLast {
      out.append(contentsOf: "Connection: close\r\n".utf8)
    } else if !context.isHTTP11 {
      out.append(contentsOf: "Connection: keep-alive\r\n".utf8)
    }
    out.append(contentsOf: response.preparedFields)
    for field in response.fields { append(field.name, field.value, to: &out) }
    if !response.hasCacheRule { out.append(contentsOf: "Cache-Control: no-store\r\n".utf8) }
    out.append(contentsOf: "X-Request-Id: ".utf8)
    context.identity.append(to: &out)
    out.append(contentsOf: "\r\n".utf8)
    out.append(contentsOf: securityFields)
    if let policy = response.contentSecurityPolicy {
      append("Content-Security-Policy", policy, to: &out)
    } else {
      out.append(contentsOf: policyField)
    }
    if let origin = context.grantedOrigin {
      append("Access-Control-Allow-Origin", origin, to: &out)
      append("Access-Control-Expose-Headers", "*", to: &out)
    }
    if context.variesByOrigin { append("Vary", "Origin", to: &out) }
    if let rate = context.rate, let rateLimit { appendRate(rate, rateLimit, to: &out) }
    out.append(contentsOf: "\r\n".utf8)
  }

  private mutating func statusLine(_ status: Int) -> [UInt8] {
    if let line = statusLines[status] { return line }
    let line = Array("HTTP/1.1 \(status) \(Status.phrase(status))\r\n".utf8)
    statusLines[status] = line
    return line
  }

  private func appendLength(_ length: Length, to out: inout [UInt8]) {
    switch length {
    case .known(let count):
      out.append(contentsOf: "Content-Length: ".utf8)
      out.append(decimal: count)
      out.append(contentsOf: "\r\n".utf8)
    case .chunked: out.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
    case .untilClose: break
    }
  }

  private func appendRate(_ rate: RateLimiter.Verdict, _ limit: RateLimit, to out: inout [UInt8]) {
    let window = max(1, Int((Double(limit.burst) / max(limit.perSecond, 0.001)).rounded(.up)))
    append("RateLimit-Policy", "\"client\";q=\(limit.burst);w=\(window)", to: &out)
    append("RateLimit", "\"client\";r=\(rate.remaining);t=\(rate.resetSeconds)", to: &out)
  }

  private func append(_ name: String, _ value: String, to out: inout [UInt8]) {
    out.append(contentsOf: name.utf8)
    out.append(contentsOf: ": ".utf8)
    out.append(contentsOf: value.utf8)
    out.append(contentsOf: "\r\n".utf8)
  }
}
