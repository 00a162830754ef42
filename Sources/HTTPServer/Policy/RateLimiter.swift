/// How many requests a client may make.
package struct RateLimit: Sendable {
  /// How many at once, from rest.
  package var burst: Int
  /// How many a second in the long run.
  package var perSecond: Double

  /// A limit of a burst and a steady rate.
  package init(burst: Int, perSecond: Double) {
    self.burst = burst
    self.perSecond = perSecond
  }
}

/// Token buckets, one for each client. The table is bounded: buckets that are full again say nothing and are dropped.
package struct RateLimiter {
  /// What a request met, as the answer's fields tell it.
  package struct Verdict {
    package let isAllowed: Bool
    package let remaining: Int
    /// Until the bucket is full again.
    package let resetSeconds: Int
    /// Until there is one token.
    package let retrySeconds: Int
  }

  private struct Bucket {
    var tokens: Double
    var at: Int
  }

  let limit: RateLimit
  private var buckets: [String: Bucket] = [:]
  private let mostClients: Int

  /// Starts with full buckets for everybody.
  package init(_ limit: RateLimit, mostClients: Int = 50_000) {
    self.limit = limit
    self.mostClients = mostClients
  }

  /// Takes a token of a client's bucket, if there is one; the time is in milliseconds.
  package mutating func take(client address: String, now: Int) -> Verdict {
    let client = RateLimiter.client(of: address)
    if buckets.count >= mostClients, buckets[client] == nil { dropFull(now: now) }
    var bucket = buckets[client] ?? Bucket(tokens: Double(limit.burst), at: now)
    bucket.tokens = tokens(in: bucket, now: now)
    bucket.at = now
    let isAllowed = bucket.tokens >= 1
    if isAllowed { bucket.tokens -= 1 }
    if buckets.count < mostClients || buckets[client] != nil { buckets[client] = bucket }
    return Verdict(
      isAllowed: isAllowed, remaining: Int(bucket.tokens),
      resetSeconds: seconds(for: Double(limit.burst) - bucket.tokens),
      retrySeconds: max(1, seconds(for: 1 - bucket.tokens)))
  }

  private func tokens(in bucket: Bucket, now: Int) -> Double {
    min(Double(limit.burst), bucket.tokens + Double(max(0, now - bucket.at)) / 1000 * limit.perSecond)
  }

  private func seconds(for tokens: Double) -> Int {
    Int((max(0, tokens) / max(limit.perSecond, 0.001)).rounded(.up))
  }

  private mutating func dropFull(now: Int) {
    buckets = buckets.filter { tokens(in: $0.value, now: now) < Double(limit.burst) }
  }

  /// One IPv6 customer has 2^64 addresses or more, so a network counts as one client.
  private static func client(of address: String) -> String {
    guard address.contains(":"), !address.hasPrefix("::") else { return address }
    return address.split(separator: ":", omittingEmptySubsequences: false).prefix(4).joined(separator: ":")
  }
}
