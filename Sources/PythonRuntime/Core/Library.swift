import PythonBytecode

/// The library's modules as the base image holds them: code that was compiled when the image was made, and the source for tracebacks and
/// `inspect`. The root `library` has a row for each: code, source, file name, whether a package.
extension VM {
  /// Adds a module, to be executed when it is imported.
  package func addLibraryModule(
    _ name: String, code: CodeObject, source: [UInt8], filename: String, isPackage: Bool
  ) throws(Unwind) {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let loaded = try load(code)
    keep(loaded)
    let text = try newString(String(decoding: source, as: UTF8.self))
    keep(text)
    let row = try newTuple(loaded, text, intern(filename), Value(isPackage))
    keep(row)
    try PyDict(self, self[root: .library]).set(name: intern(name), row)
  }

  /// Imports a module as a program would; answers Python's traceback when that fails.
  package func importForImage(_ name: String) -> String? {
    beginRun(
      ticks: Int.max / 16, memoryBytes: Int.max, outputBytes: Int.max, recursion: 1000, sliceTicks: nil)
    do {
      _ = try loadModule(name)
      return nil
    } catch {
      guard case .exception = error else { return "\(name) met a limit" }
      let exception = takePending()
      leaveStack()
      return String(decoding: formatException(exception), as: UTF8.self)
    }
  }

  /// Makes a module that was imported the one that finds specs for all that are imported from now on.
  package func useImporter(_ name: String) throws(Unwind) {
    self[root: .importer] = PyDict(self, self[root: .modules]).get(name: try intern(name)) ?? .none
  }

  /// Takes back a module that only others needed: who imported it keeps it, nobody else can import it.
  package func removeLibraryModule(_ name: String) throws(Unwind) {
    let key = try intern(name)
    for root in [StateWord.library, .modules] {
      let dict = PyDict(self, self[root: root])
      if let entry = dict.find(name: key) { dict.remove(at: entry) }
    }
  }

  /// The row of a module of the library.
  func libraryRow(_ name: Value) -> PyTuple? {
    let library = self[root: .library]
    return library.isRef ? PyDict(self, library).get(name: name).map { PyTuple(self, $0) } : nil
  }
}
