import Glibc

/// The machine that the program runs on, as far as the command line and the doctor look at it.
package enum Host {
  /// A variable of the environment.
  package static func environment(_ name: String) -> String? {
    // SAFETY: the text is copied at once, and nothing in this program changes the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// Whether there is something at a path that this process may read.
  package static func isReadable(_ path: String) -> Bool {
    // SAFETY: the path lives during the call, which keeps nothing.
    unsafe access(path, R_OK) == 0
  }

  /// A path from the root on, as CPython shows the one that it runs.
  package static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    // SAFETY: with no room given, the call allocates what it answers; it is copied and freed at once.
    guard let folder = unsafe getcwd(nil, 0) else { return path }
    defer { unsafe free(folder) }
    return unsafe String(cString: folder) + "/" + path
  }

  /// The whole of a file, or of the standard input for "-"; throws the system's reason.
  package static func read(_ path: String) throws(HostError) -> [UInt8] {
    if path == "-" { return try readAll(STDIN_FILENO) }
    // SAFETY: the path lives during the call, and these flags take no third argument.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HostError(code: errno) }
    defer { close(descriptor) }
    return try readAll(descriptor)
  }

  /// Writes to the standard output or the standard error; gives up when nobody reads there any more.
  package static func write(_ text: String, toErrors: Bool = false) {
    write(Array(text.utf8), toErrors: toErrors)
  }

  /// Writes bytes there.
  package static func write(_ bytes: [UInt8], toErrors: Bool = false) {
    var written = 0
    while written < bytes.count {
      // SAFETY: the pointer and the count are those of a part of `bytes`, which lives during the call.
      let count = unsafe bytes.withUnsafeBytes { room in
        unsafe Glibc.write(toErrors ? STDERR_FILENO : STDOUT_FILENO, room.baseAddress! + written, bytes.count - written)
      }
      if count > 0 { written += count } else if errno != EINTR { return }
    }
  }

  /// Makes or replaces a file; throws the system's reason.
  package static func write(_ bytes: [UInt8], toFile path: String) throws(HostError) {
    // SAFETY: the path lives during the call; the third argument is the mode that O_CREAT asks for.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw HostError(code: errno) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      // SAFETY: the pointer and the count are those of a part of `bytes`, which lives during the call.
      let count = unsafe bytes.withUnsafeBytes { room in
        unsafe Glibc.write(descriptor, room.baseAddress! + written, bytes.count - written)
      }
      if count > 0 { written += count } else if errno != EINTR { throw HostError(code: errno) }
    }
  }

  private static func readAll(_ descriptor: Int32) throws(HostError) -> [UInt8] {
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      // SAFETY: the pointer and the count are those of `piece`, which lives during the call.
      let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return all }
      if count > 0 { all.append(contentsOf: piece[..<count]) } else if errno != EINTR { throw HostError(code: errno) }
    }
  }
}

/// Why the system did not do what it was asked, in its own words.
package struct HostError: Error, CustomStringConvertible {
  let code: Int32

  package var description: String {
    // SAFETY: strerror answers a terminated text, which is copied before another call can change it.
    unsafe String(cString: strerror(code))
  }
}
