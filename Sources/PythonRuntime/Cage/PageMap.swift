import Glibc

/// Which pages of this process were written since they were mapped, as the kernel tells (`/proc/self/pagemap`): a written page of
/// a private mapping is no longer one of the file's. The descriptor is opened once, before a worker gives up its
/// rights; where the kernel does not tell, every page counts as written, which is slower and as right.
struct PageMap: Sendable {
  private let descriptor: Int32

  /// The process's own.
  static let shared = PageMap()

  private init() {
    // SAFETY: the path is a constant, and these flags take no third argument.
    descriptor = unsafe open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)
  }

  /// Whether the kernel tells.
  var tells: Bool { descriptor >= 0 }

  private static let isPresent: UInt64 = 1 << 63
  private static let isSwapped: UInt64 = 1 << 62
  private static let isOfFile: UInt64 = 1 << 61

  /// Calls `body` with the number, counted from `start`, of each of `count` pages of a private mapping of a file that was written.
  func forEachWritten(from start: UnsafeRawPointer, count: Int, _ body: (Int) -> Void) {
    let chunk = 512
    var entries = [UInt64](repeating: 0, count: chunk)
    var first = 0
    while first < count {
      let wanted = min(chunk, count - first)
      let address = UInt(bitPattern: start) + UInt(first * Cage.pageBytes)
      // SAFETY: `entries` has room for `chunk` words.
      let got = unsafe entries.withUnsafeMutableBytes { room in
        unsafe pread(descriptor, room.baseAddress, wanted * 8, off_t(address / UInt(Cage.pageBytes) * 8))
      }
      let isKnown = got == wanted * 8
      for index in 0..<wanted where !isKnown || PageMap.isWritten(entries[index]) { body(first + index) }
      first += wanted
    }
  }

  private static func isWritten(_ entry: UInt64) -> Bool {
    entry & isSwapped != 0 || entry & isPresent != 0 && entry & isOfFile == 0
  }
}
