import Glibc

/// The address range that holds everything a Python program can reach.
///
///     0x0000_0000   never mapped: a null reference faults
///     0x0001_0000   register stack
///     0x0100_0000   heap, in pages of 4 KiB
///     0xE000_0000   side table: one bit for every 16 bytes of heap: was alive after the last collection
///     0xE200_0000   side table: one word for every page of heap (see Heap.swift)
///     0xEFFF_0000   the journal of a run that is watched (see Journal.swift)
///     0xF000_0000   inline caches: never part of an image, forgotten at each collection
///     0x1_0000_0000 no access, as far as any offset and index reach
enum Cage {
  static let bytes = 1 << 32
  /// 4 GiB of offsets and two 32-bit word indices beyond (see `Words`).
  static let reservedBytes = bytes + 2 << 35
  static let stackStart = 0x0001_0000
  static let stackEnd = 0x0100_0000
  static let heapStart = 0x0100_0000
  static let heapEnd = 0xE000_0000
  static let liveBits = 0xE000_0000
  static let pageTable = 0xE200_0000
  static let journal = 0xEFFF_0000
  static let caches = 0xF000_0000
  static let cachesEnd = 0xFFFF_0000
  static let pageBytes = 4096

  /// Reserves a range and opens the cage in it, all zeros; nil when the host has no address space for it.
  static func reserve() -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let base = unsafe mmap(nil, reservedBytes, PROT_NONE, flags, -1, 0), unsafe base != MAP_FAILED else {
      return nil
    }
    // SAFETY: the range was reserved by the call above; only the part between null page and 4 GiB is opened.
    guard unsafe mprotect(base + stackStart, bytes - stackStart, PROT_READ | PROT_WRITE) == 0 else {
      unsafe munmap(base, reservedBytes)
      return nil
    }
    return unsafe base
  }

  static func release(_ base: UnsafeMutableRawPointer) {
    // SAFETY: `base` came from `reserve`, and its owner gives it back once.
    unsafe munmap(base, reservedBytes)
  }

  /// Makes a page-aligned part of the cage what it was at first, all zeros or the base image's, and gives its memory back.
  @discardableResult static func discard(_ vm: VM, from offset: Int, bytes count: Int) -> Bool {
    guard count > 0, offset >= stackStart, offset + count <= bytes else { return count == 0 }
    // SAFETY: within the opened part of the cage, whose mappings are private.
    return unsafe madvise(vm.base + offset, count, MADV_DONTNEED) == 0
  }
}
