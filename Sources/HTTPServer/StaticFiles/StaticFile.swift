/// One file as it is served: its bytes, its validators, and the fields of its answers, ready to be sent; for text also
/// compressed.
struct StaticFile: Sendable {
  /// One form of the content. Each form has an entity tag of its own.
  private struct Form: Sendable {
    let bytes: [UInt8]
    let entityTag: String
    /// Validators and caching rule, serialized: what a 304 repeats.
    let validatorFields: [UInt8]
    /// The same with the media type.
    let contentFields: [UInt8]

    init(_ bytes: [UInt8], name: String, tag: String, modifiedSeconds: Int, extraFields: String = "") {
      self.bytes = bytes
      entityTag = tag
      let validators =
        "ETag: \(tag)\r\nLast-Modified: \(HTTPDate.format(modifiedSeconds))\r\n"
        + "Cache-Control: \(StaticFile.cacheRule(for: name))\r\nAccept-Ranges: bytes\r\n" + extraFields
      validatorFields = Array(validators.utf8)
      contentFields = Array((validators + "Content-Type: \(MediaType.ofFile(named: name))\r\n").utf8)
    }
  }

  let modifiedSeconds: Int
  private let plain: Form
  private let gzipped: Form?

  init(name: String, bytes: [UInt8], modifiedSeconds: Int) {
    self.modifiedSeconds = modifiedSeconds
    let tag = StaticFile.tag(of: bytes)
    let type = MediaType.ofFile(named: name)
    let isText = type.hasPrefix("text/") || type.hasSuffix("json") || type.hasSuffix("+xml")
    let compressed = isText && bytes.count >= 512 ? Gzip.compress(bytes) : bytes
    let vary = compressed.count < bytes.count ? "Vary: Accept-Encoding\r\n" : ""
    plain = Form(bytes, name: name, tag: "\"\(tag)\"", modifiedSeconds: modifiedSeconds, extraFields: vary)
    gzipped =
      vary.isEmpty
      ? nil
      : Form(
        compressed, name: name, tag: "\"\(tag)-gz\"", modifiedSeconds: modifiedSeconds,
        extraFields: vary + "Content-Encoding: gzip\r\n")
  }

  var bytes: [UInt8] { plain.bytes }
  var entityTag: String { plain.entityTag }

  /// A file whose name carries a fingerprint of its content never changes; any other is asked about each time.
  fileprivate static func cacheRule(for name: String) -> String {
    let parts = name.split(separator: ".")
    let isFingerprint = { (part: Substring) in
      part.utf8.count >= 8 && part.utf8.allSatisfy { PercentCoding.hexValue($0) != nil }
    }
    return parts.count >= 3 && isFingerprint(parts[parts.count - 2])
      ? "public, max-age=31536000, immutable" : "no-cache"
  }

  /// The text of a strong entity tag from the content: 64 bits of FNV-1a and the length.
  static func tag(of bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return "\(String(hash, radix: 36))-\(String(bytes.count, radix: 36))"
  }

  /// Answers a GET or HEAD: conditions first, then a range, then the whole (RFC 9110 section 13.2.2).
  func response(to headers: Headers, method: Method) -> Response {
    let range = method == .get ? headers["range"] : nil
    let form = range == nil && headers.acceptGzip ? gzipped ?? plain : plain
    switch Preconditions.evaluate(headers, entityTag: form.entityTag, modifiedSeconds: modifiedSeconds) {
    case .failed:
      return Problem(412, code: "precondition_failed", detail: "The file is not the one that the condition names.")
        .response()
    case .notModified:
      var response = Response(304)
      response.usePreparedFields(form.validatorFields)
      return response
    case .met: break
    }
    var response = Response(200, body: form.bytes)
    response.usePreparedFields(form.contentFields)
    guard let range, ifRangeHolds(headers) else { return response }
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
