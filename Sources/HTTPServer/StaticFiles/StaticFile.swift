/// One file as it is served: its bytes, its validators, and the fields of its answers, ready to be sent.
struct StaticFile: Sendable {
  let bytes: [UInt8]
  let entityTag: String
  let modifiedSeconds: Int
  /// Validators and caching rule, serialized: what a 304 repeats.
  private let validatorFields: [UInt8]
  /// The same with the media type.
  private let contentFields: [UInt8]

  init(name: String, bytes: [UInt8], modifiedSeconds: Int) {
    self.bytes = bytes
    self.modifiedSeconds = modifiedSeconds
    entityTag = StaticFile.tag(of: bytes)
    let validators =
      "ETag: \(entityTag)\r\nLast-Modified: \(HTTPDate.format(modifiedSeconds))\r\n"
      + "Cache-Control: \(StaticFile.cacheRule(for: name))\r\nAccept-Ranges: bytes\r\n"
    validatorFields = Array(validators.utf8)
    contentFields = Array((validators + "Content-Type: \(MediaType.ofFile(named: name))\r\n").utf8)
  }

  /// A file whose name carries a fingerprint of its content never changes; any other is asked about each time.
  private static func cacheRule(for name: String) -> String {
    let parts = name.split(separator: ".")
    let isFingerprint = { (part: Substring) in
      part.utf8.count >= 8 && part.utf8.allSatisfy { PercentCoding.hexValue($0) != nil }
    }
    return parts.count >= 3 && isFingerprint(parts[parts.count - 2])
      ? "public, max-age=31536000, immutable" : "no-cache"
  }

  /// A strong entity tag from the content: 64 bits of FNV-1a and the length.
  private static func tag(of bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return "\"\(String(hash, radix: 36))-\(String(bytes.count, radix: 36))\""
  }

  /// Answers a GET or HEAD: conditions first, then a range, then the whole (RFC 9110 section 13.2.2).
  func response(to headers: Headers, method: Method) -> Response {
    switch Preconditions.evaluate(headers, entityTag: entityTag, modifiedSeconds: modifiedSeconds) {
    case .failed:
      return Problem(412, code: "precondition_failed", detail: "The file is not the one that the condition names.")
        .response()
    case .notModified:
      var response = Response(304)
      response.usePreparedFields(validatorFields)
      return response
    case .met: break
    }
    var response = Response(200, body: bytes)
    response.usePreparedFields(contentFields)
    guard method == .get, let range = headers["range"], ifRangeHolds(headers) else { return response }
    switch ByteRange.parse(range, length: bytes.count) {
    case .ignored: return response
    case .satisfiable(let range):
      response.status = 206
      response.bodyRange = range
      response.add("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)")
      return response
    case .unsatisfiable:
      return Problem(416, code: "range_not_satisfiable", detail: "The file has \(bytes.count) bytes.")
        .field("Content-Range", "bytes */\(bytes.count)").response()
    }
  }

  /// A range is wanted only of the very content that the client has the rest of; compared strongly.
  private func ifRangeHolds(_ headers: Headers) -> Bool {
    guard let condition = headers["if-range"] else { return true }
    return condition == entityTag || HTTPDate.parse(condition) == modifiedSeconds
  }
}

/// The `Range` field (RFC 9110 section 14.2), of which one range of bytes is understood.
package enum ByteRange: Equatable {
  case satisfiable(Range<Int>)
  case unsatisfiable
  /// Another unit, several ranges, or nonsense: the whole is sent, as the standard allows.
  case ignored

  /// Reads a field for content of a length.
  package static func parse(_ text: String, length: Int) -> ByteRange {
    guard text.hasPrefix("bytes=") else { return .ignored }
    let parts = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    let isNumber = { (part: Substring) in part.utf8.count <= 18 && part.utf8.allSatisfy { (48...57).contains($0) } }
    guard parts.count == 2, isNumber(parts[0]), isNumber(parts[1]) else { return .ignored }
    switch (Int(parts[0]), Int(parts[1])) {
    case (let first?, let last?):
      guard first <= last else { return .ignored }
      return first < length ? .satisfiable(first..<min(length, last + 1)) : .unsatisfiable
    case (let first?, nil): return first < length ? .satisfiable(first..<length) : .unsatisfiable
    case (nil, let count?):
      return count > 0 && length > 0 ? .satisfiable(max(0, length - count)..<length) : .unsatisfiable
    case (nil, nil): return .ignored
    }
  }
}
