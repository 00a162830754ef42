import Testing

/// Requests, good and bad, that several suites feed in whole and in pieces.
enum RequestSamples {
  /// One or more requests on one connection, and what they come to.
  struct Sample: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    /// A summary of each request, or of the refusal that ends it all.
    let outcome: [String]

    init(_ text: String, _ outcome: String...) {
      bytes = Array(text.replacing("\n", with: "\r\n").replacing("␊", with: "\n").replacing("␍", with: "\r").utf8)
      self.outcome = outcome
    }

    var testDescription: String { String(decoding: bytes.prefix(60), as: UTF8.self) }
  }

  static let good = [
    Sample("GET / HTTP/1.1\nHost: a\n\n", "GET / keep"),
    Sample("GET /a?b=c&d HTTP/1.1\nhOST:a\nX-Empty:\n\n", "GET /a ?b=c&d keep"),
    Sample("\nGET / HTTP/1.1\nHost: a\n\n\nGET /2 HTTP/1.1\nHost: a\n\n", "GET / keep", "GET /2 keep"),
    Sample("GET / HTTP/1.0\n\n", "GET / close"),
    Sample("GET / HTTP/1.0\nConnection: Keep-Alive\n\n", "GET / keep"),
    Sample("GET / HTTP/1.1\nHost: a\nConnection: x, CLOSE\n\n", "GET / close"),
    Sample("GET /caf%C3%A9%20x HTTP/1.1\nHost: a\n\n", "GET /café x keep"),
    Sample("GET http://Other:80/p?q HTTP/1.1\nHost: a\n\n", "GET /p ?q keep"),
    Sample("GET http://other?q HTTP/1.1\nHost: a\n\n", "GET / ?q keep"),
    Sample("OPTIONS * HTTP/1.1\nHost: [::1]:8080\n\n", "OPTIONS * keep"),
    Sample("GET / HTTP/1.7\nHost: a:\n\n", "GET / keep"),
    Sample("POST / HTTP/1.1\nHost: a\nContent-Length: 5\n\nhello", "POST / keep hello"),
    Sample("POST / HTTP/1.1\nHost: a\nContent-Length: \t 005 \t\n\nhello", "POST / keep hello"),
    Sample("POST / HTTP/1.1\nHost: a\nContent-Length: 0\n\n", "POST / keep"),
    Sample(
      "POST / HTTP/1.1\nHost: a\nContent-Length: 2\n\nhiGET /n HTTP/1.1\nHost: a\n\n", "POST / keep hi", "GET /n keep"),
    Sample(
      "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: ChUnKeD\n\n2\nhe\n03\nllo\n0\n\n", "POST / keep hello"),
    Sample(
      "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n"
        + "5;a=b ; c = \"d\\\"; e\";f\nhello\n000;z\nX-Sum: 1\nY:\n\n",
      "POST / keep hello"),
    Sample(
      "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n1\nx\n0\n\nGET / HTTP/1.1\nHost: a\n\n", "POST / keep x",
      "GET / keep"),
    Sample(
      "POST / HTTP/1.1\nHost: a\nExpect: 100-Continue\nContent-Length: 1\n\nx", "POST / keep continue x"),
    Sample("GET / HTTP/1.1\nHost: a\nX!#$%&'*+-.^_`|~9: v\n\n", "GET / keep"),
    Sample("GET /a%2e HTTP/1.1\nHost: a\n\n", "GET /a. keep"),
  ]

  private static func head(_ lines: String) -> Sample {
    Sample("GET / HTTP/1.1\nHost: a\n\(lines)\n\nGET /smuggled HTTP/1.1\nHost: a\n\n", "400")
  }

  private static func framing(_ lines: String, _ body: String) -> Sample {
    Sample("POST / HTTP/1.1\nHost: a\n\(lines)\n\n\(body)", "400")
  }

  private static func line(_ line: String, _ status: String = "400") -> Sample {
    Sample("\(line)\nHost: a\n\n", status)
  }

  private static func chunks(_ body: String, _ status: String = "400") -> Sample {
    Sample("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n\(body)", status)
  }

  static let badLines = [
    line("GET / HTTP/2.0", "505"), line("GET / HTTP/1"), line("GET / HTTP/1.10"), line("GET / http/1.1"),
    line("GET / HTTP/1.1 "), line("GET  / HTTP/1.1"), line("GET\t/ HTTP/1.1"), line(" GET / HTTP/1.1"),
    line("GET HTTP/1.1"), line("/ HTTP/1.1"), line("G@T / HTTP/1.1"), line("GETX / HTTP/1.1", "501"),
    line("get / HTTP/1.1", "501"), line("GET /#f HTTP/1.1"), line("GET a/b HTTP/1.1"), line("GET /\u{1} HTTP/1.1"),
    line("GET /é HTTP/1.1"), line("GET /?<x> HTTP/1.1"), line("GET /%zz HTTP/1.1"), line("GET /a%2 HTTP/1.1"),
    line("GET /%00 HTTP/1.1"), line("GET /..%2fx HTTP/1.1"), line("GET /a/../b HTTP/1.1"), line("GET //x HTTP/1.1"),
    line("GET /%c0%ae HTTP/1.1"), line("GET /%2e%2e/x HTTP/1.1"), line("GET /a%5cb HTTP/1.1"),
    line("GET * HTTP/1.1"), line("GET http://u:p@h/ HTTP/1.1"), line("GET http:///x HTTP/1.1"),
    line("CONNECT h:443 HTTP/1.1"), line("GET /?%4 HTTP/1.1"),
  ]

  static let badHeads = [
    Sample("GET / HTTP/1.1\n\n", "400"), head("Host: a"), head("X-A : b"), head("X-A: b\n c"), head("no colon"),
    head(": v"), head("X A: b"), head("X[: b"), head("Xé: b"), head("X-A: a␍b"), head("X-A: a\u{1}b"),
    head("X-A: a\u{7f}"), head("X-A: b␊X-B: c"), head("X-A: b␍"), head("X-A: a\u{0}b"),
    Sample("GET / HTTP/1.1\nHost:\n\n", "400"), Sample("GET / HTTP/1.1\nHost: a b\n\n", "400"),
    Sample("GET / HTTP/1.1\nHost: a:99999\n\n", "400"), Sample("GET / HTTP/1.1\nHost: [::1\n\n", "400"),
    Sample("GET / HTTP/1.1\nHost: u@a\n\n", "400"), Sample("GET / HTTP/1.1\nHost: a/x\n\n", "400"),
    Sample("GET / HTTP/1.1\nHost: a\nExpect: more\n\n", "417"), Sample("\n\n\n\n\n\nGET / HTTP/1.1\n", "400"),
    Sample("GET / HTTP/1.1␊Host: a␊␊", "400"),
    Sample("GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\nHost: a\n\n", "414"),
    Sample("GET / HTTP/1.1\nHost: a\nX: \(String(repeating: "a", count: 40_000))\n\n", "431"),
    Sample("GET / HTTP/1.1\nHost: a\n\(String(repeating: "X: y\n", count: 101))\n", "431"),
  ]

  static let badBodies = [
    framing("Content-Length: +5", "hello"), framing("Content-Length: -5", "hello"),
    framing("Content-Length: 0x5", "hello"), framing("Content-Length: 5, 5", "hello"),
    framing("Content-Length: 5\nContent-Length: 5", "hello"), framing("Content-Length:", "hello"),
    framing("Content-Length: 99999999999999999999", "hello"), framing("Content-Length: 9223372036854775808", "x"),
    framing("Content-Length: 5\nTransfer-Encoding: chunked", "0\n\n"),
    framing("Transfer-Encoding: gzip, chunked", "0\n\n"), framing("Transfer-Encoding: chunked, chunked", "0\n\n"),
    framing("Transfer-Encoding: identity", "x"), framing("Transfer-Encoding: xchunked", "0\n\n"),
    framing("Transfer-Encoding: chunked\nTransfer-Encoding: chunked", "0\n\n"), framing("Transfer-Encoding:", "x"),
    Sample("POST / HTTP/1.0\nTransfer-Encoding: chunked\n\n0\n\n", "400"),
    Sample("POST / HTTP/1.1\nHost: a\nContent-Length: 2000000\n\n", "413"),
    chunks("-1\nx\n"), chunks("+1\nx\n"), chunks("0x1\nx\n"), chunks("1 \nx\n"), chunks(" 1\nx\n"), chunks("\nx\n"),
    chunks("1g\nx\n"), chunks("1\nxy\n0\n\n"), chunks("1␊x\n0\n\n"), chunks("1\nx␊0\n\n"), chunks("1;\nx\n"),
    chunks("1;a\u{1}\nx\n"), chunks("1;a␊x\n"), chunks("1;[\nx\n"), chunks("1;a=\nx\n"), chunks("0\nX-A : b\n\n"),
    chunks("0\nno colon\n\n"), chunks("0\n␊"), chunks("00000000000000001\nx\n"), chunks("ffffffffffffffff\nx\n", "413"),
    chunks("7fffffffffffffff\nx\n", "413"), chunks("200000\n", "413"),
    chunks("1;\(String(repeating: "a", count: 5000))\nx\n"),
    chunks("0\nX: \(String(repeating: "a", count: 9000))\n\n"),
  ]

  static let all = good + badLines + badHeads + badBodies
}
