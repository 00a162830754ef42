import Glibc

/// The right of one process to write the store in a folder; given back when the process ends, however it ends.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Makes the folder when it is missing, readable by its owner only, and takes the right or is refused.
  init(folder: String) throws(StoreError) {
    try Self.makeFolder(folder)
    // SAFETY: the paths are Swift strings, which live during the calls; no call keeps a pointer.
    let path = "\(folder)/cellar.lock"
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: Self.reason()) }
    // A lock on the database itself would be dropped when SQLite closes any descriptor of it; hence a file of its own.
    guard lockf(descriptor, F_TLOCK, 0) == 0 else {
      let held = errno == EACCES || errno == EAGAIN
      let failure: StoreError = held ? .inUse(path: folder) : .cannotOpen(path: path, reason: Self.reason())
      close(descriptor)
      throw failure
    }
  }

  deinit {
    close(descriptor)
  }

  private static func makeFolder(_ folder: String) throws(StoreError) {
    var path = folder.hasPrefix("/") ? "" : "."
    for part in folder.split(separator: "/") {
      path += "/\(part)"
      // SAFETY: as in init.
      if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
        throw .cannotOpen(path: path, reason: reason())
      }
    }
  }

  private static func reason() -> String {
    // SAFETY: strerror answers a terminated string, which is copied before another call can change it.
    unsafe String(cString: strerror(errno))
  }
}
