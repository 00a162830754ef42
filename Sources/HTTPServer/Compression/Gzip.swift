/// Content coding `gzip` (RFC 1952).
package enum Gzip {
  private static let crcTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
  }

  /// The compressed form of bytes, in a frame with their checksum and length.
  package static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    result += Deflate.compress(bytes)
    for word in [checksum(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
      for shift in [UInt32(0), 8, 16, 24] { result.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return result
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    let table = crcTable
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8 }
    return ~crc
  }
}

extension Headers {
  /// True if the client takes the content coding `gzip` (RFC 9110 section 12.5.3).
  var acceptGzip: Bool {
    guard let accept = joined("accept-encoding") else { return false }
    for part in accept.lowercased().split(separator: ",") {
      let words = part.split(separator: ";").map { String($0).trimmingBlanks() }
      guard words.first == "gzip" || words.first == "x-gzip" else { continue }
      return !words.dropFirst().contains { $0.hasPrefix("q=0") && $0.dropFirst(2).allSatisfy { "0.".contains($0) } }
    }
    return false
  }
}

extension Response {
  private static let leastCompressed = 1_024

  /// The same answer compressed, if the client takes that and it is long enough to be worth it. Long answers take a while:
  /// call it on the thread that made the answer, not on the event loop.
  package func compressed(for request: Request) -> Response {
    guard body.count >= Response.leastCompressed, bodyRange == nil, value(of: "Content-Encoding") == nil else { return self }
    guard request.headers.acceptGzip else { return adding("Vary", "Accept-Encoding") }
    var copy = adding("Vary", "Accept-Encoding").adding("Content-Encoding", "gzip")
    copy.body = Gzip.compress(body)
    return copy
  }
}
