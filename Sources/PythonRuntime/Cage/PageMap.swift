import Glibc

/// Which pages of this process were written since they were mapped, as the kernel tells (`/proc/self/pagemap`): a written page of
/// a private mapping is no longer one of the file's. The descriptor is opened once, before a worker gives up its
/// rights; where the kernel does not tell, every page counts as written, which is slower and as right.
package struct PageMap: Sendable {
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
    var first = scan(from: UInt64(UInt(bitPattern: start)), count: count, body)
    if first == count { return }
    var entries = [UInt64](repeating: 0, count: chunk)
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

  /// Has the kernel look for the pages itself, which one since Linux 6.7 does; answers up to which page it did.
  private func scan(from start: UInt64, count: Int, _ body: (Int) -> Void) -> Int {
    let end = start + UInt64(count * Cage.pageBytes)
    let mostRegions = 128
    var place = start
    // SAFETY: the kernel writes the regions that there is room for, and where it stopped into the request, which has the length it
    // says; both live during the calls.
    unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 3 * mostRegions) { regions in
      while place < end {
        var request: [UInt64] = [
          96, 0, place, end, 0, UInt64(UInt(bitPattern: regions.baseAddress)), UInt64(mostRegions), 0,
          PageMap.fileCategory, PageMap.fileCategory, PageMap.presentCategory | PageMap.swappedCategory,
          PageMap.presentCategory,
        ]
        let found = unsafe Int(ioctl(descriptor, PageMap.scanRequest, &request))
        guard found >= 0, request[4] > place else { return }
        for index in 0..<found {
          let (from, to) = unsafe (regions[3 * index] - start, regions[3 * index + 1] - start)
          for page in Int(from) / Cage.pageBytes..<Int(to) / Cage.pageBytes { body(page) }
        }
        place = request[4]
      }
    }
    return Int(place - start) / Cage.pageBytes
  }

  /// `PAGEMAP_SCAN` of linux/fs.h: asked for what is present or swapped and, since that bit is inverted, not of a file.
  package static let scanRequest: UInt = 0xC060_6610
  private static let fileCategory: UInt64 = 1 << 2
  private static let presentCategory: UInt64 = 1 << 3
  private static let swappedCategory: UInt64 = 1 << 4

  private static func isWritten(_ entry: UInt64) -> Bool {
    entry & isSwapped != 0 || entry & isPresent != 0 && entry & isOfFile == 0
  }
}
