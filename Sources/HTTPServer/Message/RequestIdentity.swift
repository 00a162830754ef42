/// How a request is recognised in logs: its id and its place in a distributed trace.
package struct RequestIdentity: Sendable {
  private let made: UInt64
  private let given: String?
  /// The client's `traceparent` field, if it was well-formed.
  package let traceparent: String?

  /// Takes the client's own id and trace where they are sane, else the id made here.
  init(headers: Headers, made: UInt64) {
    self.made = made
    given = headers["x-request-id"].flatMap { RequestIdentity.isSane($0) ? $0 : nil }
    traceparent = headers["traceparent"].flatMap { RequestIdentity.isTraceparent($0) ? $0 : nil }
  }

  /// An identity for a request whose head was not understood.
  init(made: UInt64) {
    self.made = made
    given = nil
    traceparent = nil
  }

  package var id: String {
    if let given { return given }
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the id without making a string of it.
  func append(to out: inout [UInt8]) {
    if let given {
      out.append(contentsOf: given.utf8)
    } else {
      var shift: UInt64 = 64
      while shift > 0 {
        shift -= 4
        let digit = UInt8(truncatingIfNeeded: made >> shift) & 15
        out.append(digit < 10 ? 48 + digit : 87 + digit)
      }
    }
  }

  /// Ids are echoed into logs and answers: only short ones of harmless characters are taken over.
  private static func isSane(_ id: String) -> Bool {
    (1...128).contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  /// Version 00 of the W3C's format: `00-<32 hex>-<16 hex>-<2 hex>`, ids not all zero.
  private static func isTraceparent(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 4, parts.map(\.count) == [2, 32, 16, 2], parts[0].elementsEqual("00".utf8) else {
      return false
    }
    let isLowerHex = { (byte: UInt8) in
      PercentCoding.hexValue(byte) != nil && !(UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }
    return parts.allSatisfy { $0.allSatisfy(isLowerHex) }
      && parts[1...2].allSatisfy { $0.contains { $0 != UInt8(ascii: "0") } }
  }
}
