import PythonRuntime

/// Makes the base image that instances begin with: the built-in types, the code of every module of the library, and, already executed, the
/// modules that programs commonly import.
package enum BaseImageBuilder {
  /// What came of it.
  package struct Outcome: Sendable {
    /// The file's bytes.
    package let bytes: [UInt8]
    /// Python's traceback for each module that could not be executed.
    package let failures: [(name: String, traceback: String)]
  }

  /// Builds it; nil when the host has no address space for an instance. The result depends on the modules only, so each machine makes the
  /// same one. `key` is kept in it, for its owner to know what it was built from.
  package static func build(_ modules: [CompiledModule], key: UInt64) -> Outcome? {
    guard let interpreter = Interpreter() else { return nil }
    let vm = interpreter.instance.vm
    // In three parts: what programs change, what they never do, and again what they may.
    vm.closeHeap()
    do throws(Unwind) {
      for module in modules {
        try vm.addLibraryModule(
          module.name, code: module.code, source: module.source.bytes, filename: module.source.filename,
          isPackage: module.source.isPackage)
      }
    } catch {
      preconditionFailure("the library does not fit a cage")
    }
    vm.closeHeap(isImmutable: true)
    var failures: [(name: String, traceback: String)] = []
    if let importer = CompiledModule.importer {
      do throws(Unwind) {
        try vm.addLibraryModule(
          importer.name, code: importer.code, source: importer.source.bytes, filename: importer.source.filename,
          isPackage: false)
        if let traceback = vm.importForImage(importer.name) { failures.append((importer.name, traceback)) }
        try vm.useImporter(importer.name)
      } catch {
        preconditionFailure("the importer does not fit a cage")
      }
    }
    let known = Set(modules.map(\.name))
    for row in LibraryModule.all where row.readiness == .loaded && known.contains(row.name) {
      if let traceback = vm.importForImage(row.name) { failures.append((row.name, traceback)) }
    }
    return Outcome(bytes: interpreter.instance.frozen(builderKey: key), failures: failures)
  }
}
