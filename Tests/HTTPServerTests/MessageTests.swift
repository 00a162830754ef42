import HTTPServer
import Testing

@Suite("Dates, ranges, negotiation, forms")
struct MessageTests {
  @Test("the three forms of a date mean the same time")
  func dates() {
    for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
      #expect(HTTPDate.parse(text) == 784_111_777)
    }
    for text in [
      "", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 25:00:00 GMT", "Sun, 99 Nov 1994 0:0:0 GMT",
    ] {
      #expect(HTTPDate.parse(text) == nil)
    }
  }

  @Test("dates are written and read back, leap years included")
  func calendar() {
    #expect(HTTPDate.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.format(951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
    #expect(HTTPDate.format(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    for day in stride(from: 0, to: 60_000, by: 13) {
      #expect(HTTPDate.parse(HTTPDate.format(day * 86_400 + 86_399)) == day * 86_400 + 86_399)
    }
  }

  @Test("a range is satisfied, impossible, or ignored")
  func ranges() {
    let length = 100
    #expect(ByteRange.parse("bytes=0-9", length: length) == .satisfiable(0..<10))
    #expect(ByteRange.parse("bytes=90-", length: length) == .satisfiable(90..<100))
    #expect(ByteRange.parse("bytes=-5", length: length) == .satisfiable(95..<100))
    #expect(ByteRange.parse("bytes=-500", length: length) == .satisfiable(0..<100))
    #expect(ByteRange.parse("bytes=50-5000", length: length) == .satisfiable(50..<100))
    #expect(ByteRange.parse("bytes=100-", length: length) == .unsatisfiable)
    #expect(ByteRange.parse("bytes=-0", length: length) == .unsatisfiable)
    for text in ["bytes=5-2", "lines=0-9", "bytes=0-1,4-5", "bytes=-", "bytes=a-b", "bytes=99999999999999999999-", "x"]
    {
      #expect(ByteRange.parse(text, length: length) == .ignored)
    }
  }

  @Test("the client's weights decide, and then the order of what is offered")
  func negotiation() {
    let offered = ["application/json", "text/plain", "text/event-stream"]
    let choose = { Negotiation.preferred(among: offered, accept: $0) }
    #expect(choose("*/*") == "application/json")
    #expect(choose("text/*") == "text/plain")
    #expect(choose("text/plain;q=0.5, application/json;q=0.4") == "text/plain")
    #expect(choose("text/*;q=0.3, text/event-stream, */*;q=0.1") == "text/event-stream")
    #expect(choose("application/json;q=0, */*") == "text/plain")
    #expect(choose("TEXT/PLAIN; charset=utf-8") == "text/plain")
    #expect(choose("image/png") == nil)
    #expect(choose("text/plain;q=0") == nil)
    #expect(choose("garbage") == "application/json")
    #expect(choose("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8") == "application/json")
  }

  @Test("forms are decoded, and broken escapes refused")
  func forms() throws {
    let form = try FormFields(decoding: Array("code=print(1)%0A&x=a+b&empty=&bare&%C3%A9=1&code=2".utf8), place: "form")
    #expect(form["code"] == "print(1)\n")
    #expect(form["x"] == "a b")
    #expect(form["empty"] == "")
    #expect(form["bare"] == "")
    #expect(form["é"] == "1")
    #expect(form["none"] == nil)
    #expect(form.pairs.count == 6)
    for text in ["a=%", "a=%4", "a=%zz", "a=%ff"] {
      #expect(throws: Problem.self) { try FormFields(decoding: Array(text.utf8), place: "query") }
    }
    #expect(throws: Problem.self) { try form.integer("x", in: 0...5) }
    #expect(throws: Problem.self) { try form.refuseUnknown(["code", "x", "empty", "bare"]) }
    #expect(try form.integer("é", in: 0...5) == 1)
  }

  @Test("an event keeps its lines, and its name can't forge others")
  func events() {
    let text = { (bytes: [UInt8]) in String(decoding: bytes, as: UTF8.self) }
    #expect(text(EventStream.encode(event: nil, data: Array("a".utf8), id: nil)) == "data: a\n\n")
    #expect(
      text(EventStream.encode(event: "o\nx", data: Array("a\nb\r\nc\rd\n".utf8), id: "7"))
        == "event: ox\nid: 7\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n")
  }

  @Test("media types come from the ending of a name")
  func mediaTypes() {
    #expect(MediaType.ofFile(named: "a.HTML") == "text/html; charset=utf-8")
    #expect(MediaType.ofFile(named: "a.min.js") == "text/javascript; charset=utf-8")
    #expect(MediaType.ofFile(named: "a") == "application/octet-stream")
    #expect(MediaType.essence(of: "Application/JSON ; charset=UTF-8") == "application/json")
  }

  @Test("a field's value can't begin another field")
  func injection() {
    #expect(Response(200).adding("Location", "/a\r\nX: y").value(of: "location") == "/a  X: y")
  }
}
