import Glibc

/// What is known of a file without reading it.
struct FileFacts: Equatable {
  let isDirectory: Bool
  let isRegular: Bool
  let bytes: Int
  let modifiedSeconds: Int
  let modifiedNanoseconds: Int
  let inode: UInt64
}

/// Reading files and directories whole.
enum FileReading {
  /// The facts of a path, not following a link that stands last in it; nil when there is nothing.
  static func facts(_ path: String) -> FileFacts? {
    var status = stat()
    // SAFETY: the call fills in a local of the right type.
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return FileFacts(
      isDirectory: status.st_mode & S_IFMT == S_IFDIR, isRegular: status.st_mode & S_IFMT == S_IFREG,
      bytes: Int(status.st_size), modifiedSeconds: status.st_mtim.tv_sec,
      modifiedNanoseconds: status.st_mtim.tv_nsec, inode: UInt64(status.st_ino))
  }

  /// The bytes of a regular file, at most so many; nil when it can't be read or is larger.
  static func bytes(_ path: String, atMost limit: Int) -> [UInt8]? {
    // A final link is refused, so that nothing outside the directory can be reached through one.
    // SAFETY: the path is a NUL-terminated copy for the length of the call, and these flags take no third argument.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { Socket.close(descriptor) }
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      // SAFETY: the pointer and the length come from one array, held exclusively during the call.
      let count = unsafe piece.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return all }
      if count < 0 {
        if errno == EINTR { continue }
        return nil
      }
      guard all.count + count <= limit else { return nil }
      all.append(contentsOf: piece[..<count])
    }
  }

  /// The names in a directory, without `.` and `..`, in no order; empty when it can't be read.
  static func names(in directory: String) -> [String] {
    // SAFETY: the stream is checked for nil and closed once, after its last use.
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { _ = unsafe closedir(stream) }
    var names: [String] = []
    // SAFETY: an entry is valid until the next readdir of the same stream; its name is copied before that.
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Writes all bytes to a descriptor that may block; false when it is broken.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      // SAFETY: `done` never passes the array's count, and the array outlives the call, which only reads.
      let count = unsafe bytes.withUnsafeBytes { all in
        unsafe Glibc.write(descriptor, all.baseAddress! + done, all.count - done)
      }
      if count > 0 {
        done += count
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
