/// One line of JSON for each request: who, what, how it went, how long it took. Never a query, which may hold code, and
/// never a body.
struct AccessLog {
  /// What is known of a request when its answer is complete.
  struct Entry {
    let identity: RequestIdentity
    let client: String
    let method: String
    let path: String
    let route: String
    let status: Int
    let bytes: Int
    let microseconds: Int
  }

  private let writer: LogWriter?
  private var lines: [UInt8] = []
  private var second: UInt64 = 0
  private var secondText: [UInt8] = []

  init(writer: LogWriter?) {
    self.writer = writer
  }

  var isOn: Bool { writer != nil }

  /// Adds a line; it is written when the buffer is large or at the next `flush`.
  mutating func add(_ entry: Entry, realTime: UInt64) {
    guard writer != nil else { return }
    lines.append(contentsOf: "{\"time\":\"".utf8)
    appendTime(realTime)
    lines.append(contentsOf: "\",\"level\":\"info\",\"event\":\"request\",\"id\":\"".utf8)
    entry.identity.append(to: &lines)
    lines.append(contentsOf: "\",\"client\":".utf8)
    lines.append(jsonString: entry.client)
    lines.append(contentsOf: ",\"method\":".utf8)
    lines.append(jsonString: entry.method)
    lines.append(contentsOf: ",\"path\":".utf8)
    lines.append(jsonString: entry.path.utf8.count <= 512 ? entry.path : String(entry.path.prefix(512)))
    lines.append(contentsOf: ",\"route\":".utf8)
    lines.append(jsonString: entry.route)
    lines.append(contentsOf: ",\"status\":".utf8)
    lines.append(decimal: entry.status)
    lines.append(contentsOf: ",\"bytes\":".utf8)
    lines.append(decimal: entry.bytes)
    lines.append(contentsOf: ",\"duration_us\":".utf8)
    lines.append(decimal: entry.microseconds)
    if let traceparent = entry.identity.traceparent {
      lines.append(contentsOf: ",\"traceparent\":".utf8)
      lines.append(jsonString: traceparent)
    }
    lines.append(contentsOf: "}\n".utf8)
    if lines.count > 60_000 { flush() }
  }

  /// Hands the gathered lines to the writer.
  mutating func flush() {
    guard let writer, !lines.isEmpty else { return }
    writer.write(lines)
    lines.removeAll(keepingCapacity: lines.count < 1 << 20)
  }

  private mutating func appendTime(_ nanoseconds: UInt64) {
    if nanoseconds / 1_000_000_000 != second || secondText.isEmpty {
      second = nanoseconds / 1_000_000_000
      // All but the thousandths, which change within the second.
      secondText = Array(HTTPDate.formatInternet(nanoseconds).utf8.dropLast(4))
    }
    lines.append(contentsOf: secondText)
    let thousandths = Int(nanoseconds / 1_000_000 % 1000)
    lines.append(48 + UInt8(thousandths / 100))
    lines.append(48 + UInt8(thousandths / 10 % 10))
    lines.append(48 + UInt8(thousandths % 10))
    lines.append(UInt8(ascii: "Z"))
  }
}
