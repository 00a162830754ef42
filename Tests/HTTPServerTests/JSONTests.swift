import HTTPServer
import Testing

@Suite("JSON")
struct JSONTests {
  private func parse(_ text: String) throws(JSONError) -> JSONValue {
    try JSONValue(parsing: Array(text.utf8))
  }

  @Test(
    "valid texts are read, and written again without blanks",
    arguments: [
      ("null", "null"), (" true ", "true"), ("[ ]", "[]"), ("{ }", "{}"), ("-0", "0"), ("-12", "-12"), ("1.5", "1.5"),
      ("1e3", "1000.0"), ("9223372036854775807", "9223372036854775807"), ("\"\"", "\"\""),
      (#"{"a":[1,{"b":null}],"c":"d"}"#, #"{"a":[1,{"b":null}],"c":"d"}"#),
      (#""\u00e9\ud83d\ude00\/\b\f\n\r\t\\\"""#, #""é😀/\u0008\u000c\n\r\t\\\"""#), (#""é☃🐍""#, #""é☃🐍""#),
      ("[1,\n\t2]", "[1,2]"), ("\"\u{7f}\"", "\"\u{7f}\""),
    ])
  func valid(_ text: String, _ written: String) throws {
    #expect(String(decoding: try parse(text).serialized(), as: UTF8.self) == written)
  }

  @Test(
    "invalid texts are refused",
    arguments: [
      "", " ", "nul", "NaN", "Infinity", "+1", "01", "1.", ".5", "1e", "1e+", "--1", "[1,]", "[1 2]", "[", "]", "{",
      "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "'a'", "\"a", "\"\\x\"", "\"\\u12\"",
      "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "\"\u{1}\"", "1 2", "true false", "// c\n1",
      "[1] x", "1e400", "{\"a\":1,\"a\":2}", "\"\\", "\"\\u", "\u{FEFF}1",
    ])
  func invalid(_ text: String) {
    #expect(throws: JSONError.self) { try parse(text) }
  }

  @Test("a repeated name is found among many")
  func repeated() throws {
    let members = (0..<30).map { "\"k\($0)\":\($0)" }
    #expect(try parse("{\(members.joined(separator: ","))}")["k29"] == 29)
    #expect(throws: JSONError.self) { try parse("{\((members + ["\"k3\":0"]).joined(separator: ","))}") }
  }

  @Test("bytes that are not UTF-8 are refused, and the error says where")
  func encoding() throws {
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: Array("[\"".utf8) + [0xFF] + Array("\"]".utf8))
    }
    #expect(error?.offset == 2)
  }

  @Test("nesting is limited, so that no text can exhaust the stack")
  func depth() throws {
    #expect(try parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).array?.count == 1)
    #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 65) + String(repeating: "]", count: 65)) }
    #expect(throws: JSONError.self) { try parse(String(repeating: "{\"a\":", count: 100_000)) }
  }

  @Test("the number of values is limited")
  func values() {
    var limits = JSONLimits()
    limits.values = 3
    #expect(throws: JSONError.self) { try JSONValue(parsing: Array("[1,2,3]".utf8), limits: limits) }
  }

  @Test("a text cut at any place is refused without a trap")
  func cut() {
    let text = Array(#"{"a":[1,-2.5e3,"\u00e9\n"],"b":{"c":true,"d":null}}"#.utf8)
    for end in text.indices {
      #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<end])) }
    }
  }

  @Test("every mistake in a request's members is told, by its pointer")
  func fieldErrors() throws {
    var fields = try JSONFields(parse(#"{"code":1,"seed":"x","limits":{"ticks":-1,"hue":0},"a/b~":1,"none":null}"#))
    _ = fields.requiredString("code")
    _ = fields.requiredString("title")
    _ = fields.integer("seed", in: 0...9)
    _ = fields.string("none")
    _ = fields.object("limits") { $0.integer("ticks", in: 0...10) }
    let problem = #expect(throws: Problem.self) { try fields.finish() }
    #expect(
      problem?.errors == [
        Problem.FieldError(field: "/code", detail: "must be a string, not a number"),
        Problem.FieldError(field: "/title", detail: "is missing"),
        Problem.FieldError(field: "/seed", detail: "must be a whole number, not a string"),
        Problem.FieldError(field: "/limits/ticks", detail: "must be from 0 to 10"),
        Problem.FieldError(field: "/limits/hue", detail: "is not known here"),
        Problem.FieldError(field: "/a~1b~0", detail: "is not known here"),
      ])
    #expect(problem?.status == 422)
  }

  @Test("members that are right are read")
  func fieldValues() throws {
    var fields = try JSONFields(parse(#"{"s":"t","i":3,"d":1.5,"b":true,"l":[1],"o":{"x":1},"w":"none"}"#))
    #expect(fields.string("s", atMost: 1) == "t")
    #expect(fields.integer("i", in: 0...3) == 3)
    #expect(fields.number("d", in: 0...2) == 1.5)
    #expect(fields.bool("b") == true)
    #expect(fields.array("l") == [1])
    #expect(fields.object("o") { $0.integer("x", in: 0...1) } == 1)
    #expect(fields.choice("w", of: ["none", "all"]) == "none")
    try fields.finish()
    #expect(throws: Problem.self) { try JSONFields([1]) }
  }

  @Test("the writer puts commas and writes what JSON can't hold as null")
  func writer() {
    var writer = JSONWriter()
    writer.beginArray()
    writer.int(.min)
    writer.double(.nan)
    writer.beginObject()
    writer.member("a", nil as String?)
    writer.member("b", false)
    writer.endObject()
    writer.raw(Array("[0]".utf8))
    writer.endArray()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #"[-9223372036854775808,null,{"a":null,"b":false},[0]]"#)
  }

  @Test("damaged texts are read or refused, and what is read survives being written")
  func damaged() throws {
    var random = SeededGenerator(state: 2)
    let text = Array(#"{"a":[1,-2.5e3,"\u00e9\n\ud83d\ude00"],"b":{"c":true,"d":null},"e":"é☃"}"#.utf8)
    let interesting = Array("\"\\{}[],:0eE.-+u \0".utf8) + [0x80, 0xFF]
    for _ in 0..<5000 {
      var bytes = text
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        if Bool.random(using: &random) { bytes.remove(at: place) }
        bytes.insert(interesting.randomElement(using: &random)!, at: place)
      }
      guard let value = try? JSONValue(parsing: bytes) else { continue }
      #expect(try JSONValue(parsing: value.serialized()) == value)
    }
  }
}
