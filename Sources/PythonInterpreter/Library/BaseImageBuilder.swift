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
    var failures: [(name: String, traceback: String)] = []
    func execute(_ name: String) {
      if let traceback = vm.importForImage(name) { failures.append((name, traceback)) }
    }
    let stands = CompiledModule.stands.compactMap { $0 }
    do throws(Unwind) {
      for module in modules + stands { try add(module, to: vm) }
      let own = [CompiledModule.importer] + CompiledModule.parts.map(\.1) + CompiledModule.additions
      for module in own.compactMap(\.self) { try add(module, to: vm) }
      vm.closeHeap(isImmutable: true)
      if let importer = CompiledModule.importer {
        execute(importer.name)
        try vm.useImporter(importer.name)
      }
      let known = Set(modules.map(\.name))
      for row in LibraryModule.all where row.readiness == .loaded && known.contains(row.name) { execute(row.name) }
      for case (let whole, let part?) in CompiledModule.parts where known.contains(whole) { execute(part.name) }
      for stand in stands { try vm.removeLibraryModule(stand.name) }
    } catch {
      preconditionFailure("the library does not fit a cage")
    }
    return Outcome(bytes: interpreter.instance.frozen(builderKey: key), failures: failures)
  }

  private static func add(_ module: CompiledModule, to vm: VM) throws(Unwind) {
    try vm.addLibraryModule(
      module.name, code: module.code, source: module.source.bytes, filename: module.source.filename,
      isPackage: module.source.isPackage)
  }
}
