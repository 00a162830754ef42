import PythonSyntax
import Testing

@Suite("Bytes of a source")
struct SourceTests {
  private func constant(_ source: [UInt8], options: ParseOptions = []) throws -> Constant? {
    guard
      case .expression(let expression) = try PythonSyntax.parse(
        source, filename: "<string>", mode: .expression, options: options),
      case .constant(let constant) = expression.kind
    else { return nil }
    return constant
  }

  private func message(_ source: [UInt8], options: ParseOptions = []) -> String? {
    #expect(throws: SyntaxError.self) {
      _ = try PythonSyntax.parse(source, filename: "<string>", mode: .module, options: options)
    }?.message
  }

  @Test("a coding cookie says how to read the rest")
  func cookie() throws {
    let text: [UInt8] = Array("# -*- coding: latin-1 -*-\n'".utf8) + [0xE9, 0x27]
    #expect(try constant(text) == .string([0xC3, 0xA9]))
    #expect(message(text, options: .ignoreCookie)?.contains("can't decode byte 0xe9 in position 0") == true)
    #expect(message(Array("# coding: klingon\n".utf8)) == "unknown encoding: klingon")
    #expect(throws: Never.self) { _ = try constant(Array("#!python\n# vim: fileencoding=UTF_8\n1".utf8)) }
    #expect(throws: Never.self) { _ = try constant(Array("1 #\n# coding: klingon\n".utf8)) }
  }

  @Test("a byte order mark is skipped, and allows no other encoding")
  func byteOrderMark() throws {
    #expect(try constant([0xEF, 0xBB, 0xBF, 0x31]) == .integer([1]))
    let marked: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("# coding: latin-1\n".utf8)
    #expect(message(marked) == "encoding problem: latin-1 with BOM")
  }

  @Test("a null byte is refused")
  func nullByte() {
    #expect(message([0x61, 0]) == "source code string cannot contain null bytes")
  }

  @Test("each kind of line end counts as one line")
  func lineEnds() throws {
    guard case .module(let body) = try parse("a\r\nb\rc\n") else { return }
    #expect(body.map(\.span.line) == [1, 2, 3])
  }

  @Test("more lines could make these right", arguments: ["if x:\n", "(", "'''a", "x = [1,\n", "def f():\n", "a \\\n"])
  func incomplete(_ source: String) {
    let error = #expect(throws: SyntaxError.self) {
      _ = try PythonSyntax.parse(
        Array(source.utf8), filename: "<string>", mode: .interactive, options: [.ignoreCookie, .keepBlocksOpen])
    }
    #expect(error?.isIncomplete == true)
  }

  @Test("no line could make these right", arguments: ["a b\n", ")\n", "'a\n", "if x\n", "1 = a\n", "a $ b\n"])
  func wrong(_ source: String) {
    let error = #expect(throws: SyntaxError.self) {
      _ = try PythonSyntax.parse(
        Array(source.utf8), filename: "<string>", mode: .interactive, options: [.ignoreCookie, .keepBlocksOpen])
    }
    #expect(error?.isIncomplete == false)
  }

  @Test("an integer keeps every digit")
  func integers() throws {
    #expect(try constant(Array("0".utf8)) == .integer([]))
    #expect(try constant(Array("18_446_744_073_709_551_616".utf8)) == .integer([0, 1]))
    #expect(try constant(Array("0o2000000000000000000001".utf8)) == .integer([1, 1]))
    #expect(try constant(Array(("0x1" + String(repeating: "0", count: 32)).utf8)) == .integer([0, 0, 1]))
    let longest = String(repeating: "9", count: 4_300)
    #expect(throws: Never.self) { _ = try constant(Array(longest.utf8)) }
    #expect(message(Array((longest + "9").utf8))?.hasPrefix("Exceeds the limit (4300 digits)") == true)
  }

  @Test("scopes are numbered in the order in which they are built")
  func scopes() throws {
    guard case .module(let body) = try parse("def f(a=lambda: 1): return [x for x in y]\nclass C: pass\n"),
      case .functionDef(let function) = body[0].kind, case .classDef(let type) = body[1].kind,
      case .lambda(let lambda, _, _)? = function.parameters.defaults.first?.kind,
      case .return(let value?) = function.body[0].kind, case .comprehension(let list) = value.kind
    else {
      Issue.record("The tree has another shape.")
      return
    }
    #expect([function.scope, lambda, list.scope, type.scope] == [1, 2, 3, 4])
  }
}
