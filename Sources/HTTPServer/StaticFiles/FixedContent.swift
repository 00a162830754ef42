/// An answer that stays the same as long as the service runs: with an entity tag, and compressed ahead of time.
package struct FixedContent: Sendable {
  private let type: String
  private let plain: [UInt8]
  private let gzipped: [UInt8]
  private let tag: String

  /// Content of a media type.
  package init(_ bytes: [UInt8], type: String) {
    self.type = type
    plain = bytes
    gzipped = Gzip.compress(bytes)
    tag = StaticFile.tag(of: bytes)
  }

  /// Answers a GET.
  package func response(to request: Request) throws(Problem) -> Response {
    let isGzip = request.headers.acceptGzip
    let response = try request.answer(tagged: isGzip ? "\"\(tag)-gz\"" : "\"\(tag)\"") { () throws(Problem) in
      let response = Response.bytes(isGzip ? gzipped : plain, type: type)
      return isGzip ? response.adding("Content-Encoding", "gzip") : response
    }
    return response.adding("Vary", "Accept-Encoding")
  }
}
