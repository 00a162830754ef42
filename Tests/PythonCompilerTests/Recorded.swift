import Foundation
import PythonBytecode
import PythonCompiler
import PythonSyntax

/// A source without a function in it.
struct NoFunction: Error {
  let source: String
}

/// Files beside the tests: programs, what CPython says of them, and our code for them.
enum Recorded {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  static let programs = ["assignments", "calls", "exceptions", "loops", "patterns", "scopes"]
    .filter { FileManager.default.fileExists(atPath: folder.path + "/Programs/\($0).py") }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
  }

  static func compiled(_ program: String) throws -> CodeObject {
    try compile(
      source: Array(try text("Programs/\(program).py").utf8), options: CompileOptions(filename: "\(program).py"))
  }

  /// Compiles and verifies a source.
  static func code(_ source: String, options: CompileOptions = CompileOptions()) throws -> CodeObject {
    let code = try compile(source: Array(source.utf8), options: options)
    try code.verify()
    return code
  }

  /// The code object of the first function (class, lambda) in a source.
  static func function(_ source: String) throws -> CodeObject {
    for case .code(let inner) in try code(source).constants { return inner }
    throw NoFunction(source: source)
  }
}
