import PythonInterpreter

/// The interpreter of a program that one person runs by hand, with the library.
enum LocalInterpreter {
  /// Nil when the host has no address space for it. Without the library's package, or a folder to keep the base image in, it has the
  /// built-in modules only, or compiles what is imported.
  static func make() -> Interpreter? {
    if let base = LibraryBase.personal { return try? Interpreter(base: base) }
    guard let interpreter = Interpreter() else { return nil }
    if let library = LibraryFolder.find() { interpreter.importsSources(library.source(of:)) }
    return interpreter
  }

  /// A build for development would take minutes to make an image: there modules are compiled when they are imported.
  static var buildsImages: Bool {
    if let choice = Files.environment("CELLAR_LIBRARY_IMAGE") { return choice != "no" }
    #if DEBUG
      return false
    #else
      return true
    #endif
  }
}
