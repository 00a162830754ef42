/// The head of a request: its request line and fields, checked.
package struct RequestHead: Sendable {
  /// How the body's end is found.
  package enum Framing: Equatable {
    case none
    case length(Int)
    case chunked
  }

  package let method: Method
  /// The decoded path; `*` for the asterisk form of OPTIONS.
  package let path: String
  package let query: String?
  /// Host and port as the client named them, in lower case; empty when an HTTP/1.0 client named none.
  package let authority: String
  package let headers: Headers
  package let framing: Framing
  /// False for HTTP/1.0, which knows no chunks and no interim answers.
  package let isHTTP11: Bool
  package let keepsAlive: Bool
  package let expectsContinue: Bool
}

/// Parsing a complete head: all bytes up to and including the empty line, without the empty line's own CR LF.
extension RequestHead {
  /// Parses the bytes; their line ends and control bytes were checked by the scanner. Names are put in lower case.
  init(parsing received: [UInt8], limits: Limits) throws(Refusal) {
    var bytes = received
    let lineEnd = RequestHead.endOfLine(bytes, from: 0)
    let line = try RequestLine(parsing: bytes[..<lineEnd])
    let entries = try RequestHead.parseFields(&bytes, from: lineEnd + 2, limit: limits.headerFields)
    let headers = Headers(bytes: bytes, entries: entries)

    let hosts = RequestHead.values(of: "host", headers)
    guard hosts.count <= 1 else { throw .malformed("There is more than one Host field.") }
    if line.isHTTP11 && hosts.isEmpty { throw .malformed("The Host field is missing.") }
    if let host = hosts.first, !Authority.isValid(host) { throw .malformed("The Host field is not a host.") }

    method = line.method
    isHTTP11 = line.isHTTP11
    let target = try RequestTarget(parsing: line.target, method: line.method)
    path = target.path
    query = target.query
    authority = (target.authority ?? hosts.first.map { String(decoding: $0, as: UTF8.self) } ?? "").lowercased()
    self.headers = headers
    framing = try RequestHead.framing(headers, isHTTP11: line.isHTTP11)

    var options: [String] = []
    if let connection = headers.joined("connection") {
      options = connection.lowercased().split(separator: ",").map { String($0).trimmingBlanks() }
    }
    keepsAlive = !options.contains("close") && (line.isHTTP11 || options.contains("keep-alive"))

    var continues = false
    if let expectation = headers["expect"], line.isHTTP11 {
      guard expectation.lowercased() == "100-continue" else {
        throw Refusal(status: 417, code: "unknown_expectation", detail: "Only 100-continue can be expected.")
      }
      continues = true
    }
    expectsContinue = continues
  }

  private static func endOfLine(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] != 0x0D { index += 1 }
    return index
  }

  private static func values(of name: String, _ headers: Headers) -> [ArraySlice<UInt8>] {
    guard headers.contains(name) else { return [] }
    return headers.all(name)
  }

  private static func parseFields(
    _ bytes: inout [UInt8], from start: Int, limit: Int
  ) throws(Refusal) -> [Headers.Entry] {
    var entries: [Headers.Entry] = []
    entries.reserveCapacity(16)
    var index = start
    while index < bytes.count {
      guard entries.count < limit else {
        throw Refusal(
          status: 431, code: "too_many_fields", detail: "A request may have at most \(limit) header fields.")
      }
      let nameStart = index
      while index < bytes.count, ByteClass.contains(bytes[index], ByteClass.token) {
        if bytes[index] &- 65 < 26 { bytes[index] |= 0x20 }
        index += 1
      }
      guard index > nameStart, index < bytes.count, bytes[index] == UInt8(ascii: ":") else {
        throw .malformed("A header field is not a name, a colon and a value.")
      }
      let nameEnd = index
      index += 1
      while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
      let valueStart = index
      while index < bytes.count, bytes[index] != 0x0D { index += 1 }
      var valueEnd = index
      while valueEnd > valueStart, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 { valueEnd -= 1 }
      index += 2
      entries.append(
        Headers.Entry(
          name: UInt16(nameStart)..<UInt16(nameEnd), value: UInt16(valueStart)..<UInt16(valueEnd)))
    }
    return entries
  }

  /// RFC 9112 section 6.3, without its leniences: every doubt is a refusal.
  private static func framing(_ headers: Headers, isHTTP11: Bool) throws(Refusal) -> Framing {
    let codings = values(of: "transfer-encoding", headers)
    let lengths = values(of: "content-length", headers)
    if let coding = codings.first {
      guard lengths.isEmpty else { throw .malformed("Content-Length and Transfer-Encoding exclude each other.") }
      guard isHTTP11 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
      guard codings.count == 1, coding.count == 7, String(decoding: coding, as: UTF8.self).lowercased() == "chunked"
      else {
        throw .malformed("The only Transfer-Encoding understood is chunked, once.")
      }
      return .chunked
    }
    guard let length = lengths.first else { return .none }
    guard lengths.count == 1, (1...19).contains(length.count) else {
      throw .malformed("Content-Length must be one decimal number.")
    }
    var total = 0
    for byte in length {
      guard (48...57).contains(byte) else { throw .malformed("Content-Length must be one decimal number.") }
      let (tens, overflowed) = total.multipliedReportingOverflow(by: 10)
      let (sum, overflowedToo) = tens.addingReportingOverflow(Int(byte - 48))
      if overflowed || overflowedToo { throw .malformed("Content-Length is out of range.") }
      total = sum
    }
    return total == 0 ? .none : .length(total)
  }
}

extension Headers {
  /// The bytes of every value of a field, in order.
  func all(_ name: String) -> [ArraySlice<UInt8>] {
    var found: [ArraySlice<UInt8>] = []
    for index in entries.indices {
      if let value = value(at: index, ifNamed: name) { found.append(value) }
    }
    return found
  }
}

/// The first line of a request, taken apart.
private struct RequestLine {
  let method: Method
  let target: ArraySlice<UInt8>
  let isHTTP11: Bool

  init(parsing line: ArraySlice<UInt8>) throws(Refusal) {
    guard let first = line.firstIndex(of: 0x20), first > line.startIndex else {
      throw .malformed("The request line is not a method, a target and a version.")
    }
    guard let second = line[(first + 1)...].firstIndex(of: 0x20), second > first + 1 else {
      throw .malformed("The request line is not a method, a target and a version.")
    }
    guard line[..<first].allSatisfy({ ByteClass.contains($0, ByteClass.token) }) else {
      throw .malformed("The method is not a token.")
    }
    let version = line[(second + 1)...]
    let at = version.startIndex
    guard version.count == 8, version.prefix(5).elementsEqual("HTTP/".utf8), version[at + 6] == UInt8(ascii: "."),
      (48...57).contains(version[at + 5]), (48...57).contains(version[at + 7])
    else {
      throw .malformed("The request line does not end in a version such as HTTP/1.1.")
    }
    guard version[at + 5] == UInt8(ascii: "1") else {
      throw Refusal(status: 505, code: "unsupported_version", detail: "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
    }
    isHTTP11 = version[at + 7] != UInt8(ascii: "0")
    target = line[(first + 1)..<second]
    guard let method = Method(token: line[..<first]) else {
      throw Refusal(status: 501, code: "unknown_method", detail: "The method is not one that this server knows.")
    }
    self.method = method
  }
}

extension Method {
  /// The method that a token names, in exactly this case.
  fileprivate init?(token: ArraySlice<UInt8>) {
    for method in [Method.get, .post, .head, .put, .patch, .delete, .options, .trace, .connect, .query]
    where token.elementsEqual(method.rawValue.utf8) {
      self = method
      return
    }
    return nil
  }
}
