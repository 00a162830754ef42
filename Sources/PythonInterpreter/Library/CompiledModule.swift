import PythonRuntime
import PythonBytecode

/// A module of the library, compiled and ready to be put into a base image.
package struct CompiledModule: Sendable {
  package let name: String
  let source: LibrarySource
  let code: CodeObject

  /// Our own part of `importlib`.
  static let importer = own("_cellar_importer", PackageResources._cellar_importer_py)

  /// Our own parts of `linecache` and `dis`, by the names of those.
  static let parts = [
    (of: "linecache", own("_cellar_lines", PackageResources._cellar_lines_py)),
    (of: "dis", own("_cellar_instructions", PackageResources._cellar_instructions_py)),
  ]

  /// What stands for modules that CPython has in C, or that say how it was built.
  static let additions = [
    own("_pickle", PackageResources._pickle_py), own("_sysconfigdata__", PackageResources._sysconfigdata___py),
  ]

  /// What stands for modules of the host while `asyncio` is loaded, which cannot do without them; they cannot be imported later.
  static let stands = [
    own("socket", PackageResources.socket_py), own("select", PackageResources.select_py),
    own("subprocess", PackageResources.subprocess_py), own("fcntl", PackageResources.fcntl_py),
  ]

  private static func own(_ name: String, _ bytes: [UInt8]) -> CompiledModule? {
    CompiledModule(name: name, source: LibrarySource(bytes: bytes, filename: "\(name).py", isPackage: false))
  }

  /// Compiles a module's source; nil when our compiler refuses it. Can be called on any thread.
  package init?(name: String, source: LibrarySource) {
    let request = CompileRequest(
      source: source.bytes, filename: source.filename, mode: .module, optimize: 0, flags: 0)
    guard let code = try? Interpreter.compile(request) else { return nil }
    self.name = name
    self.source = source
    self.code = code
  }
}
