import Testing

/// The rules themselves, tried on text: a rule that finds nothing anywhere would pass every codebase.
@Suite("The rules of the codebase")
struct RuleTests {
  private func source(_ path: String, _ text: String) -> SourceFile { SourceFile(path: path, text: text) }

  @Test("an import outside the graph is found, however it is written")
  func imports() {
    let graph = PackageGraph.manifest(#"    target("SessionStore", ["CSQLite"], resources: []),"#)
    #expect(graph == ["SessionStore": ["CSQLite"]])
    let text = """
      import CSQLite
      import Dispatch
      // import PythonRuntime
      package import HTTPServer
      @preconcurrency import Foundation
      import struct Playground.Route
      """
    let found = Rules.forbiddenImports(in: source("Sources/SessionStore/A.swift", text), graph: graph)
    #expect(found.count == 3)
    #expect(found.first == "Sources/SessionStore/A.swift imports HTTPServer, which SessionStore may not.")
  }

  @Test("an unsafe construct outside the fence is found, and a word in a comment or a text is not")
  func fence() {
    let use = "let a = unsafe pointer.pointee\n"
    #expect(Rules.unsafeUses(in: source("Sources/Playground/A.swift", use)).count == 1)
    #expect(Rules.unsafeUses(in: source("Sources/Playground/A.swift", "let p: UnsafeRawPointer")).count == 1)
    #expect(Rules.unsafeUses(in: source("Sources/Playground/A.swift", "// unsafe\nlet a = \"unsafe\"")).isEmpty)
    #expect(Rules.unsafeUses(in: source("Sources/SessionStore/SQLite/A.swift", use)).count == 1)
    let reason = "// SAFETY: the pointer outlives the call.\n"
    #expect(Rules.unsafeUses(in: source("Sources/SessionStore/SQLite/A.swift", reason + use)).isEmpty)
    #expect(Rules.emptyReasons(in: source("Sources/Sandbox/A.swift", "// SAFETY: fine")).count == 1)
  }

  @Test("marks, machine paths and empty names are found")
  func words() {
    #expect(Rules.leftovers(path: "a", text: "x\n// TO" + "DO: later").count == 1)
    #expect(Rules.leftovers(path: "a", text: "/ho" + "me/somebody/x").count == 1)
    #expect(Rules.leftovers(path: "a", text: "the xxxs of todos").isEmpty)
    #expect(Rules.emptyNames(in: source("Sources/A/StringUtils.swift", "struct RunManager {}")).count == 2)
    #expect(Rules.emptyNames(in: source("Sources/A/Implicit.swift", "struct Commons {}")).isEmpty)
  }

  @Test("a declaration without documentation is found")
  func documentation() {
    let bare = "struct A {\n  package func b() {}\n  func c() {}\n}\n"
    #expect(Rules.undocumented(in: source("A.swift", bare)) == [0, 1])
    let said = "/// A.\n@frozen\nstruct A {\n  /// B.\n  package func b() {}\n}\n"
    #expect(Rules.undocumented(in: source("A.swift", said)).isEmpty)
  }

  @Test("a function is measured to the brace below its declaration")
  func sizes() {
    let text = "struct A {\n  func one() -> Int {\n    if true {\n    }\n    return 1\n  }\n  init() {}\n}\n"
    let functions = Sizes.functions(in: source("A.swift", text))
    #expect(functions.map(\.name) == ["one", "init"])
    #expect(functions.map(\.lines) == [5, 1])
    let long = "func f() {\n" + String(repeating: "  g()\n", count: 80) + "}\n"
    #expect(Sizes.excess(in: source("A.swift", long)) == ["function A.swift f": 82])
  }

  @Test("the ratchet lets sizes shrink and not grow")
  func ratchet() {
    let ratchet = Ratchet(text: "# what was too large\nfile A.swift 600\n")
    #expect(ratchet.violations(excess: ["file A.swift": 590]).isEmpty)
    #expect(ratchet.violations(excess: ["file A.swift": 601]) == ["file A.swift has grown from 600 to 601."])
    #expect(ratchet.violations(excess: [:]) == ["file A.swift is within the limit: take it off the ratchet."])
    #expect(ratchet.violations(excess: ["file A.swift": 600, "file B.swift": 501]).count == 1)
  }
}
