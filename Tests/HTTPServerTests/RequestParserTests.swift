import HTTPServer
import Testing

@Suite("The request parser")
struct RequestParserTests {
  /// Feeds pieces to a parser and sums up what comes out.
  private func outcome(of pieces: [ArraySlice<UInt8>], bodyLimit: Int = 1 << 20) -> [String] {
    var parser = RequestParser(limits: Limits())
    var found: [String] = []
    var summary = ""
    for piece in pieces {
      let bytes = Array(piece)
      var index = 0
      do throws(Refusal) {
        feeding: while true {
          switch try parser.advance(bytes.span, from: &index) {
          case .needsInput:
            #expect(index == bytes.count)
            break feeding
          case .head(let head):
            summary = summarize(head)
            try parser.expectBody(limit: bodyLimit, discarding: false)
          case .complete:
            let body = String(decoding: parser.takeBody(), as: UTF8.self)
            found.append(body.isEmpty ? summary : "\(summary) \(body)")
            if index == bytes.count { break feeding }
          }
        }
      } catch {
        return found + ["\(error.status)"]
      }
    }
    return found
  }

  private func summarize(_ head: RequestHead) -> String {
    let query = head.query.map { " ?\($0)" } ?? ""
    let keeps = head.keepsAlive ? "keep" : "close"
    return "\(head.method.rawValue) \(head.path)\(query) \(keeps)\(head.expectsContinue ? " continue" : "")"
  }

  @Test("understands or refuses each sample", arguments: RequestSamples.all)
  func whole(_ sample: RequestSamples.Sample) {
    #expect(outcome(of: [sample.bytes[...]]) == sample.outcome)
  }

  @Test("gives the same result however the bytes are cut", arguments: RequestSamples.all)
  func split(_ sample: RequestSamples.Sample) {
    #expect(outcome(of: sample.bytes.indices.map { sample.bytes[$0...$0] }) == sample.outcome)
    // Very long samples are cut at a sample of places: every place would take the square of their length.
    let step = max(1, sample.bytes.count / 600)
    for cut in stride(from: 1, to: sample.bytes.count, by: step) {
      #expect(outcome(of: [sample.bytes[..<cut], sample.bytes[cut...]]) == sample.outcome, "cut at \(cut)")
    }
  }

  @Test("keeps the fields of a request apart")
  func fields() throws {
    var parser = RequestParser(limits: Limits())
    let text = "GET / HTTP/1.1\r\nHost: Example.ORG:80\r\nAccept: a\r\nX-One:  two words \r\naccept: b\r\n\r\n"
    var index = 0
    guard case .head(let head) = try parser.advance(Array(text.utf8).span, from: &index) else {
      Issue.record("no head")
      return
    }
    #expect(head.authority == "example.org:80")
    #expect(head.headers["x-one"] == "two words")
    #expect(head.headers["accept"] == "a")
    #expect(head.headers.joined("accept") == "a, b")
    #expect(head.headers["x-two"] == nil)
    #expect(head.headers.count == 4)
  }

  @Test("a body that is not wanted is read and dropped")
  func discarding() throws {
    var parser = RequestParser(limits: Limits())
    let bytes = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
    var index = 0
    _ = try parser.advance(bytes.span, from: &index)
    try parser.expectBody(limit: 100, discarding: true)
    guard case .complete = try parser.advance(bytes.span, from: &index) else {
      Issue.record("not complete")
      return
    }
    #expect(parser.takeBody().isEmpty)
    #expect(parser.isBetweenRequests)
  }

  @Test("damaged requests give the same result in pieces, and never a trap")
  func damaged() {
    var random = SeededGenerator(state: 1)
    let samples = RequestSamples.all.filter { $0.bytes.count < 1000 }
    let interesting = Array("\r\n :;,=%/?.0aA\t\0\u{7f}\"".utf8) + [0x80, 0xFF]
    for _ in 0..<4000 {
      var bytes = samples.randomElement(using: &random)!.bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(interesting.randomElement(using: &random)!, at: place)
        case 2: bytes[place] = interesting.randomElement(using: &random)!
        default: bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      let whole = outcome(of: [bytes[...]])
      let cut = Int.random(in: 0...bytes.count, using: &random)
      #expect(outcome(of: [bytes[..<cut], bytes[cut...]]) == whole)
      #expect(outcome(of: bytes.indices.map { bytes[$0...$0] }) == whole)
    }
  }
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
