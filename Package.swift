// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target: strict about memory, and no warning left standing.
let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A target of ours; the list of dependencies is the whole list of what it may import.
func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
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
    target("PythonRuntime", ["PythonBytecode"]),
    target("PythonInterpreter", ["PythonCompiler", "PythonRuntime"]),

    // The service.
    .systemLibrary(name: "CSystem"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CSandbox", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    target("HTTPServer", ["CSystem"]),
    target("SessionStore", ["CSQLite"]),
    target("Sandbox", ["CSandbox", "PythonInterpreter"]),
    target("Playground", ["HTTPServer", "SessionStore", "Sandbox"]),
    .executableTarget(name: "cellar", dependencies: ["Playground"], swiftSettings: settings),

    tests("HTTPServerTests", ["HTTPServer"]),
    tests("PythonSyntaxTests", ["PythonSyntax"]),
  ],
  swiftLanguageModes: [.v6]
)
