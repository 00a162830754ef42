import PythonBytecode
import PythonCompiler
import Testing

@Suite("Scopes")
struct ScopeTests {
  @Test("names, counts and flags are CPython's", arguments: Recorded.programs)
  func names(program: String) throws {
    let expected = try Recorded.text("Programs/\(program).scopes").split(separator: "\n").map(String.init)
    #expect(lines(try Recorded.compiled(program)) == expected)
  }

  private func lines(_ code: CodeObject) -> [String] {
    let counts = [Int(code.firstLine), code.argumentCount, code.positionalOnlyCount, code.keywordOnlyCount]
    let names = [code.localNames, code.cellNames, code.freeNames, code.names]
    let own =
      ([code.qualifiedName] + counts.map { String($0) } + [String(code.flags.rawValue, radix: 16)]
      + names.map { $0.joined(separator: ",") }).joined(separator: "|")
    var all = [own]
    for case .code(let inner) in code.constants { all += lines(inner) }
    return all
  }

  @Test("a docstring is the first constant, and -OO drops it")
  func docstring() throws {
    let source = "def f():\n  'text'\n  return 1\n"
    #expect(try Recorded.function(source).constants.first == .string(Array("text".utf8)))
    let bare = try Recorded.code(source, options: CompileOptions(optimizationLevel: 2))
    guard case .code(let function)? = bare.constants.first(where: { if case .code = $0 { true } else { false } }) else {
      Issue.record("no function")
      return
    }
    #expect(function.constants.first == CodeConstant.none)
  }

  @Test("names of instructions come after the constants that Python sees")
  func visibleConstants() throws {
    let code = try Recorded.function("def f(a): return a.name + 'name'\n")
    #expect(code.constants[..<code.visibleConstantCount] == [.none, .string(Array("name".utf8))])
    #expect(code.names == ["name"])
  }

  @Test("from __future__ import annotations keeps the text of annotations")
  func futureAnnotations() throws {
    let source = """
      from __future__ import annotations
      x: List[int, 'a'] | None = (lambda a, /, b=1, *c, d, **e: (a if b else c))(*x, **y)
      def f(a: not b or c[1:2, ::3], *args: *Ts) -> {1: f'{x!r:>{w}}'}: pass
      """
    let code = try Recorded.code(source)
    let texts = code.constants.compactMap { constant in
      if case .string(let bytes) = constant { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
    #expect(texts.contains("List[int, 'a'] | None"))
    #expect(texts.contains("not b or c[1:2, ::3]"))
    #expect(texts.contains("*Ts"))
    #expect(texts.contains("{1: f'{x!r:>{w}}'}"))
    #expect(code.flags.rawValue & 0x100_0000 != 0)
  }
}
