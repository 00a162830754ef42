import Glibc
import PythonInterpreter

/// The folder with CPython's library, as the system's package installs it. Only the process that builds a base image reads
/// there; a worker never does.
package struct LibraryFolder: Sendable {
  package let path: String

  /// The Debian package that installs it.
  package static let packageName = "libpython3.11-stdlib"

  /// Where the library may lie, the first that is there being taken: what the environment names, then where systems put it.
  package static func find() -> LibraryFolder? {
    // SAFETY: the text is copied at once, and nothing in this program changes the environment.
    let named = unsafe getenv("CELLAR_PYTHON_LIBRARY").map { unsafe String(cString: $0) }
    let places = [named, "/usr/lib/python3.11", "/usr/local/lib/python3.11", "/usr/lib64/python3.11"]
    for case let place? in places where isReadable(place + "/abc.py") { return LibraryFolder(path: place) }
    return nil
  }

  /// A module's source, if the rows allow it and the folder has it.
  package func source(of name: String) -> LibrarySource? {
    guard LibraryModule.allows(name) else { return nil }
    let place = path + "/" + name.replacing(".", with: "/")
    if let bytes = Self.read(place + "/__init__.py") {
      return LibrarySource(bytes: bytes, filename: place + "/__init__.py", isPackage: true)
    }
    guard let bytes = Self.read(place + ".py") else { return nil }
    return LibrarySource(bytes: bytes, filename: place + ".py", isPackage: false)
  }

  private static func isReadable(_ path: String) -> Bool {
    // SAFETY: the path lives during the call, which keeps nothing.
    unsafe access(path, R_OK) == 0
  }

  private static func read(_ path: String) -> [UInt8]? {
    // SAFETY: the path lives during the call, and these flags take no third argument.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      // SAFETY: the pointer and the count are those of `piece`, which lives during the call.
      let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return all }
      if count > 0 { all.append(contentsOf: piece[..<count]) } else if errno != EINTR { return nil }
    }
  }
}
