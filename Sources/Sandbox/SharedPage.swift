import CSandbox
import Glibc

/// Memory that a worker and its broker share: which job the worker is at, and what that job has printed since the last
/// message. The worker writes; the broker looks there when it watches the worker, and after its death, when there is no other word of it.
///
/// The broker takes it for what it is, the word of a stranger: every number is checked where it is used.
@safe final class SharedPage: @unchecked Sendable {
  static let bytes = 256 << 10

  /// The words at its start.
  enum Word: Int {
    /// The number of the job that a worker is at, 0 when it is at none.
    case job
    /// Grows with each slice.
    case beat
    /// Grows with each message of output.
    case messages
    /// The length of the output that is in no message yet.
    case unsentBytes
    /// How much memory the broker lets the worker have.
    case memoryBudget
    /// The greatest number of a job that was begun.
    case lastBegun
  }

  private static let unsentStart = 64
  static let unsentRoom = bytes - unsentStart

  // SAFETY: the mapping is of `bytes` bytes, lives as long as this object, and the file behind it cannot shrink. Both
  // sides use it through loads and stores of whole words, and copies of bytes within its bounds.
  private let base: UnsafeMutableRawPointer

  /// Maps a file in memory that `makeFile` made.
  init?(mapping descriptor: Int32) {
    let mapped = unsafe mmap(nil, Self.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return nil }
    unsafe base = unsafe mapped
  }

  deinit {
    unsafe munmap(base, Self.bytes)
  }

  /// The file for one.
  static func makeFile() -> Descriptor? {
    let number = sandbox_memory_file(bytes)
    return number < 0 ? nil : Descriptor(number)
  }

  subscript(_ word: Word) -> Int {
    get {
      // SAFETY: the words lie at the start of the mapping.
      unsafe Int(truncatingIfNeeded: sandbox_load(base.assumingMemoryBound(to: UInt64.self) + word.rawValue))
    }
    set {
      // SAFETY: as for reading.
      unsafe sandbox_store(
        base.assumingMemoryBound(to: UInt64.self) + word.rawValue, UInt64(truncatingIfNeeded: newValue))
    }
  }

  /// The worker's: writes bytes at a place among the unsent ones; they must fit.
  func write(_ bytes: ArraySlice<UInt8>, at place: Int) {
    precondition(place >= 0 && bytes.count <= Self.unsentRoom - place, "Output must fit the shared page.")
    // SAFETY: within the mapping, as was just checked.
    unsafe bytes.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      unsafe (base + Self.unsentStart + place).copyMemory(from: start, byteCount: source.count)
    }
  }

  /// A copy of the unsent bytes.
  func unsent() -> [UInt8] {
    let count = max(0, min(self[.unsentBytes], Self.unsentRoom))
    // SAFETY: within the mapping.
    return unsafe Array(UnsafeRawBufferPointer(start: base + Self.unsentStart, count: count))
  }
}
