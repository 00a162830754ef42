import Glibc

/// One of the process's own streams.
enum StandardStream {
  case output, errors

  private var descriptor: Int32 { self == .output ? STDOUT_FILENO : STDERR_FILENO }

  func write(_ text: String) { write(Array(text.utf8)) }

  /// Writes all of it, unless nobody reads any more.
  func write(_ bytes: [UInt8]) {
    var written = 0
    while written < bytes.count {
      // SAFETY: the pointer and the count are those of a part of `bytes`, which lives during the call.
      let count = unsafe bytes.withUnsafeBytes { room in
        unsafe Glibc.write(descriptor, room.baseAddress! + written, bytes.count - written)
      }
      if count > 0 { written += count } else if errno != EINTR { return }
    }
  }
}
