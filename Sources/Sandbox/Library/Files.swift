import Glibc

/// The few things that the library needs of the file system.
enum Files {
  /// A variable of the environment.
  static func environment(_ name: String) -> String? {
    // SAFETY: the text is copied at once, and nothing in this program changes the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  static func isReadable(_ path: String) -> Bool {
    // SAFETY: the path lives during the call, which keeps nothing.
    unsafe access(path, R_OK) == 0
  }

  /// The whole of a file; nil when it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    guard let descriptor = open(path) else { return nil }
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

  /// A descriptor for reading a file, which the caller closes.
  static func open(_ path: String) -> Int32? {
    // SAFETY: the path lives during the call, and these flags take no third argument.
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    return descriptor >= 0 ? descriptor : nil
  }

  /// The names in a folder, sorted; none when it cannot be read.
  static func entries(of folder: String) -> [String] {
    // SAFETY: the stream is closed here, and each name is copied before the next is read.
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { place in
        // SAFETY: the system ends the name with a zero within its field.
        unsafe place.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// What tells one state of a file from another: device, number, size, time of its last change; nil when there is none.
  static func identity(_ path: String) -> [UInt64]? {
    var status = stat()
    // SAFETY: the path and the structure live during the call.
    guard unsafe stat(path, &status) == 0 else { return nil }
    return [
      UInt64(status.st_dev), UInt64(status.st_ino), UInt64(bitPattern: Int64(status.st_size)),
      UInt64(bitPattern: Int64(status.st_mtim.tv_sec)), UInt64(bitPattern: Int64(status.st_mtim.tv_nsec)),
    ]
  }

  /// Makes a folder and those above it; false when that fails.
  static func makeFolder(_ path: String) -> Bool {
    if isReadable(path) { return true }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex, !makeFolder(String(path[..<slash])) {
      return false
    }
    // SAFETY: the path lives during the call.
    return unsafe mkdir(path, 0o700) == 0 || errno == EEXIST
  }

  /// Writes a file in one step: whoever opens it sees all of it or the one before. False when that fails.
  static func write(_ bytes: [UInt8], to path: String) -> Bool {
    let draft = "\(path).\(getpid())"
    // SAFETY: paths and bytes live during the calls.
    let descriptor = unsafe Glibc.open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
    close(descriptor)
    guard isWritten, unsafe rename(draft, path) == 0 else {
      unsafe unlink(draft)
      return false
    }
    return true
  }

  static func remove(_ path: String) {
    // SAFETY: the path lives during the call.
    unsafe unlink(path)
  }

  /// Writes all bytes to a descriptor; false when that fails.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      // SAFETY: the pointer and the count are those of a part of `bytes`, which lives during the call.
      let count = unsafe bytes.withUnsafeBytes { room in
        unsafe Glibc.write(descriptor, room.baseAddress! + written, bytes.count - written)
      }
      if count > 0 { written += count } else if errno != EINTR { return false }
    }
    return true
  }
}
