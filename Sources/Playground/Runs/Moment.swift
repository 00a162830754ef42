import HTTPServer

/// Times as the store keeps them, milliseconds since 1970, and as the API writes them.
enum Moment {
  static var now: Int64 { Int64(Machine.realTimeNanoseconds() / 1_000_000) }

  static func text(_ milliseconds: Int64) -> String {
    HTTPDate.formatInternet(UInt64(clamping: milliseconds) &* 1_000_000)
  }

  /// Nil for anything but a time as RFC 3339 writes it.
  static func parse(_ text: String) -> Int64? {
    HTTPDate.parseInternet(text).map(Int64.init)
  }
}
