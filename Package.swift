// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target: strict about memory, and no warning left standing.
let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A target of ours; the list of dependencies is the whole list of what it may import.
func target(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [], flags: [String] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: settings + [.unsafeFlags(flags)])
}

/// The program. Only it is linked with the static standard library: a worker then starts in 3 ms instead of 8, while the
/// tests, built by the same command, keep the dynamic one that the testing libraries need.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, swiftSettings: settings,
    linkerSettings: [.unsafeFlags(["-static-stdlib"], .when(configuration: .release))])
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "Cellar",
  products: [.executable(name: "cellar", targets: ["cellar"])],
  targets: [
    // The language, from the bottom up.
    target("PythonSyntax"),
    target("PythonBytecode"),
    target("PythonCompiler", ["PythonSyntax", "PythonBytecode"]),
    // An instance is used by one thread at a time, so what the compiler proves of exclusive access is all there is to check.
    target("PythonRuntime", ["PythonBytecode"], flags: ["-enforce-exclusivity=unchecked"]),
    target(
      "PythonInterpreter", ["PythonSyntax", "PythonBytecode", "PythonCompiler", "PythonRuntime"],
      resources: [
        "_cellar_importer", "_cellar_instructions", "_cellar_lines", "_pickle", "_sysconfigdata__", "fcntl", "select",
        "socket", "subprocess",
      ].map { .embedInCode("Library/Python/\($0).py") }),

    // The service.
    .systemLibrary(name: "CSystem"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CSandbox", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    target("HTTPServer", ["CSystem"]),
    target("SessionStore", ["CSQLite"], resources: [.embedInCode("schema.sql")]),
    target("Sandbox", ["CSandbox", "PythonInterpreter", "PythonRuntime"]),
    target("Playground", ["HTTPServer", "SessionStore", "Sandbox", "PythonInterpreter"]),
    program("cellar", ["Playground", "Sandbox"]),

    tests("HTTPServerTests", ["HTTPServer"]),
    tests("PythonSyntaxTests", ["PythonSyntax"], exclude: ["errors.txt", "record.py", "trees.txt"]),
    tests(
      "PythonCompilerTests", ["PythonCompiler", "PythonBytecode", "PythonSyntax"],
      exclude: ["Programs", "errors.txt", "record.py"]),
    tests("PythonInterpreterTests", ["PythonInterpreter"]),
    tests("SessionStoreTests", ["SessionStore"]),
    tests("SandboxTests", ["Sandbox", "PythonInterpreter", "PythonRuntime"]),
    tests("PlaygroundTests", ["Playground", "HTTPServer"]),
    tests("ServiceTests", []),
    tests("CodebaseTests", [], exclude: ["ratchet.txt"]),
  ],
  swiftLanguageModes: [.v6]
)
