import Foundation
import Testing

@Suite("The codebase")
struct StructureTests {
  let sources = Codebase.swiftFiles(in: "Sources")
  let tests = Codebase.swiftFiles(in: "Tests")
  let graph = PackageGraph.manifest(Codebase.text("Package.swift"))

  private func expectNone(_ violations: [String], _ location: SourceLocation = #_sourceLocation) {
    if violations.isEmpty { return }
    Issue.record(Comment(rawValue: "\n" + violations.joined(separator: "\n")), sourceLocation: location)
  }

  @Test("files were found, so that the rules below say something")
  func found() {
    #expect(sources.count > 10)
    #expect(graph["PythonCompiler"]?.contains("PythonSyntax") == true)
  }

  @Test("a target imports only what Package.swift lists for it")
  func imports() {
    expectNone(sources.flatMap { Rules.forbiddenImports(in: $0, graph: graph) })
  }

  @Test("ARCHITECTURE.md shows the graph of Package.swift")
  func architecture() {
    let shown = PackageGraph.table(Codebase.text("ARCHITECTURE.md"))
    for (target, dependencies) in graph where !target.hasSuffix("Tests") {
      #expect(shown[target] == dependencies, "\(target)")
    }
    #expect(Codebase.text("ARCHITECTURE.md").split(separator: "\n", omittingEmptySubsequences: false).count <= 250)
  }

  @Test("unsafe constructs stay behind the fence, each with a reason")
  func fence() {
    expectNone(sources.flatMap(Rules.unsafeUses))
    expectNone(sources.flatMap(Rules.emptyReasons))
  }

  @Test("files and functions are small, lines short, types documented, and what is not only shrinks")
  func sizes() {
    let files = sources + tests
    let excess = files.map(Sizes.excess).reduce(into: [:]) { $0.merge($1) { max($0, $1) } }
    expectNone(Ratchet(text: Codebase.text("Tests/CodebaseTests/ratchet.txt")).violations(excess: excess))
    for file in files { #expect(file.lines.count <= Sizes.hardFileLimit + 1, "\(file.path)") }
  }

  @Test("nothing is left over: no marks of unfinished work, no machine's paths")
  func leftovers() {
    expectNone(Codebase.files.flatMap { Rules.leftovers(path: $0, text: Codebase.text($0)) })
  }

  @Test("names say what a thing is")
  func names() {
    expectNone((sources + tests).flatMap(Rules.emptyNames))
  }

  @Test("tests see what the package sees, so that one build serves the program and them")
  func testable() {
    let import_ = "@" + "testable"
    for file in tests { #expect(!file.code.contains { $0.contains(import_) }, "\(file.path)") }
  }

  @Test("tests are of Swift Testing, the only kind that make test runs")
  func kind() {
    for file in tests { #expect(!file.code.contains { $0.hasPrefix("import XCTest") }, "\(file.path)") }
  }

  @Test("every script, page and piece of data is named by something")
  func references() {
    // What runs or serves these takes each such file of the folder; node looks for package.json by itself.
    let wholeFolders = [
      ("Tests/Language/", ".py"), ("Tests/Service/", ".py"), ("Tests/Hostile/", ".txt"), ("Tests/CPython/test/", ".py"),
      ("Tests/Browser/logic/", ".test.mjs"), ("Public/lessons/", ".md"), ("Public/app/", "/package.json"),
    ]
    // Here each program has its records beside it.
    let recordedFolder = "Tests/PythonCompilerTests/Programs/"
    let candidates = Codebase.files.filter { path in
      let isData = path.hasPrefix("Tests/") && !path.hasSuffix(".swift")
      let isListed = ["Scripts/", "Benchmarks/", "Public/"].contains(where: path.hasPrefix)
      return (isData || isListed) && !path.hasPrefix(recordedFolder)
        && !wholeFolders.contains { path.hasPrefix($0.0) && path.hasSuffix($0.1) }
    }
    let texts = Codebase.files.map { ($0, Codebase.text($0)) }
    for path in candidates {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      // Python names a module without its ending.
      let module = name.hasSuffix(".py") ? "\"\(name.dropLast(3))\"" : name
      #expect(
        texts.contains { $0.0 != path && ($0.1.contains(name) || $0.1.contains(module)) }, "nothing names \(path)")
    }
  }

  @Test("the schema in the program is the one at the top")
  func schema() throws {
    let link = Codebase.root.path + "/Sources/SessionStore/schema.sql"
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "../../schema.sql")
  }

  @Test("what must stand at the top stands there")
  func top() {
    for path in [
      "README.md", "ARCHITECTURE.md", "LIMITATIONS.md", "Package.swift", "Dockerfile", "schema.sql", "Makefile",
      ".swift-format", ".gitignore", ".ci/run", "Public/index.html",
    ] {
      #expect(Codebase.files.contains(path), "\(path)")
    }
  }
}
