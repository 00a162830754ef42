import PythonRuntime
import PythonBytecode

/// A module of the library, compiled and ready to be put into a base image.
package struct CompiledModule: Sendable {
  package let name: String
  let source: LibrarySource
  let code: CodeObject

  /// Our own part of `importlib`.
  static let importer = CompiledModule(
    name: "_cellar_importer",
    source: LibrarySource(
      bytes: PackageResources._cellar_importer_py, filename: "_cellar_importer.py", isPackage: false))

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
