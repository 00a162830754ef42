import PythonSyntax
import Testing

/// Sources that nest without end: each must end in a tree or in an error, never in a crash.
@Suite("Deep and long sources")
struct DepthTests {
  static let repeated: [(before: String, part: String, after: String)] = [
    ("", "(", "1"), ("", "[", ""), ("", "{", ""), ("", "-", "1"), ("", "not ", "1"), ("", "1**", "1"),
    ("", "lambda:", "1"), ("", "lambda a=", "1"), ("", "1 if 1 else ", "1"), ("", "1 if ", "1"), ("a", "+a", ""),
    ("a", ".a", ""), ("a", "()", ""), ("a", "[1]", ""), ("a", "<a", ""), ("a", " and a", ""), ("", "a,", ""),
    ("if a: b\n", "elif a: b\n", ""), ("", "@a\n", "def f(): pass"), ("[x", " for x in y", "]"), ("", "a=", "1"),
    ("match x:\n case 1", "|1", ": pass"), ("", "await ", "a"), ("", "*", "a"), ("f(", "a=1,", ")"),
    ("", "\"a\" ", ""), ("", "\\\n", "a"), ("f\"", "{a}", "\""), ("f\"", "{a:", "\""), ("import a", ".a", ""),
    ("", "a;", ""), ("", "a = 1\n", ""), ("", "\n", ""), ("{", "1:2,", "}"), ("x = 0x", "f", ""),
  ]

  @Test("thousands of anything, and hundreds of it broken off", arguments: repeated.indices)
  func manyOfAnything(_ index: Int) {
    let (before, part, after) = Self.repeated[index]
    _ = try? parse(before + String(repeating: part, count: 3_000) + after)
    for ending in [" 1 1", "("] {
      let source = before + String(repeating: part, count: 150) + after + ending
      #expect(throws: SyntaxError.self) { _ = try parse(source) }
    }
  }

  static let brackets = [
    ("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("a[", "]"), ("{1:", "}"), ("(lambda a=1:", ")"),
    ("(yield ", ")"), ("(a:=", ")"), ("(1 if 1 else ", ")"), ("(not -", ")"),
  ]

  @Test("two hundred brackets may be open", arguments: brackets.indices)
  func twoHundredBrackets(_ index: Int) throws {
    let (open, close) = Self.brackets[index]
    func nested(_ count: Int, _ inside: String) -> String {
      String(repeating: open, count: count) + inside + String(repeating: close, count: count)
    }
    #expect(throws: Never.self) { _ = try parse(nested(200, "1")) }
    let deep = #expect(throws: SyntaxError.self) { _ = try parse(nested(201, "1")) }
    #expect(deep?.message == "too many nested parentheses")
    let broken = #expect(throws: SyntaxError.self) { _ = try parse(nested(200, "1 1")) }
    #expect(broken?.message == "invalid syntax. Perhaps you forgot a comma?")
  }

  static let blocks = ["if a:", "def a():", "class a:", "for a in b:", "while a:", "with (a) as b, (c):", "try:"]

  @Test("a hundred levels of indentation are too many", arguments: blocks)
  func hundredLevels(_ header: String) throws {
    func nested(_ count: Int, _ inside: String) -> String {
      (0..<count).map { String(repeating: " ", count: $0) + header + "\n" }.joined()
        + String(repeating: " ", count: count) + inside + "\n"
    }
    if header != "try:" { #expect(throws: Never.self) { _ = try parse(nested(99, "x")) } }
    let deep = #expect(throws: SyntaxError.self) { _ = try parse(nested(100, "x")) }
    #expect(deep?.kind == .indentation)
    #expect(deep?.message == "too many levels of indentation")
    let broken = #expect(throws: SyntaxError.self) { _ = try parse(nested(99, "x y")) }
    #expect(broken?.message == "invalid syntax")
  }

  @Test("a tree is no higher than its limit, and the limit is told as a RecursionError")
  func treeHeight() throws {
    #expect(throws: Never.self) { _ = try parse("a" + String(repeating: "+a", count: 1_990)) }
    let chain = #expect(throws: SyntaxError.self) { _ = try parse("a" + String(repeating: "+a", count: 100_000)) }
    #expect(chain?.kind == .recursion)
    #expect(chain?.message == "maximum recursion depth exceeded during compilation")
    let arms = "if a: b\n" + String(repeating: "elif a: b\n", count: 100_000)
    #expect(#expect(throws: SyntaxError.self) { _ = try parse(arms) }?.kind == .recursion)
    let sums = String(repeating: String(repeating: "+a", count: 50) + ")", count: 150)
    let summed = String(repeating: "(", count: 150) + "a" + sums
    #expect(#expect(throws: SyntaxError.self) { _ = try parse(summed) }?.kind == .recursion)
  }
}
