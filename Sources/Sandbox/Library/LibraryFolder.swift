import PythonInterpreter

/// The folder with CPython's library, as the system's package installs it. Only the process that builds a base image reads
/// there; a worker never does.
package struct LibraryFolder: Sendable {
  package let path: String

  /// The Debian package that installs it.
  package static let packageName = "libpython3.11-stdlib"

  /// Where the library may lie, the first that is there being taken: what the environment names, then where systems put it.
  package static func find() -> LibraryFolder? {
    let named = Files.environment("CELLAR_PYTHON_LIBRARY")
    let places = [named, "/usr/lib/python3.11", "/usr/local/lib/python3.11", "/usr/lib64/python3.11"]
    for case let place? in places where Files.isReadable(place + "/abc.py") { return LibraryFolder(path: place) }
    return nil
  }

  /// A module's source, if the rows allow it and the folder has it.
  package func source(of name: String) -> LibrarySource? {
    guard LibraryModule.allows(name) else { return nil }
    let place = path + "/" + name.replacing(".", with: "/")
    if let bytes = Files.read(place + "/__init__.py") {
      return LibrarySource(bytes: bytes, filename: place + "/__init__.py", isPackage: true)
    }
    guard let bytes = Files.read(place + ".py") else { return nil }
    return LibrarySource(bytes: bytes, filename: place + ".py", isPackage: false)
  }

  /// The full names of every module that the rows allow and the folder has, sorted.
  package func names() -> [String] {
    var names: Set<String> = []
    for row in LibraryModule.all {
      names.insert(row.name)
      if row.isWholePackage { collect(row.name, &names) }
    }
    return names.sorted().filter { LibraryModule.allows($0) }
  }

  private func collect(_ package: String, _ names: inout Set<String>) {
    for entry in Files.entries(of: path + "/" + package.replacing(".", with: "/")) {
      if entry.hasSuffix(".py"), entry != "__init__.py" {
        names.insert(package + "." + entry.dropLast(3))
      } else if Files.isReadable("\(path)/\(package.replacing(".", with: "/"))/\(entry)/__init__.py") {
        names.insert(package + "." + entry)
        collect(package + "." + entry, &names)
      }
    }
  }
}
