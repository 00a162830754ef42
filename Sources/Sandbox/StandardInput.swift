import Glibc

/// Lines from the process's standard input; at a prompt, Ctrl-C interrupts the wait for them.
final class StandardInput {
  private let interrupts: Interrupts?
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false

  init(_ interrupts: Interrupts? = nil) { self.interrupts = interrupts }

  /// The next line with its newline, if it has one; nil at the end, or when it was interrupted.
  func next() -> [UInt8]? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { position = end + 1 }
        return Array(buffer[position...end])
      }
      guard !isAtEnd else { break }
      if let interrupts, !interrupts.waitForInput() {
        (buffer, position) = ([], 0)
        return nil
      }
      buffer.removeFirst(position)
      position = 0
      searched = buffer.count
      readMore()
    }
    defer { position = buffer.count }
    return position < buffer.count ? Array(buffer[position...]) : nil
  }

  private func readMore() {
    var room = [UInt8](repeating: 0, count: 1 << 16)
    // SAFETY: the pointer and the count are those of `room`, which lives during the call.
    let count = unsafe room.withUnsafeMutableBytes { unsafe read(STDIN_FILENO, $0.baseAddress!, $0.count) }
    if count > 0 {
      buffer += room[..<count]
    } else if count == 0 || errno != EINTR {
      isAtEnd = true
    }
  }
}
