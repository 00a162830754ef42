import CSandbox
import Glibc

/// One end of a connected pair of sockets, over which whole messages pass. Nothing here waits but `receive` and
/// `sendAll`, which only workers use.
///
/// A message is framed by four bytes, low byte first: its length. Where the highest bit is set, the content is not the message but
/// says how long it is, and the message itself lies in a file in memory whose descriptor comes along. Only a broker sends such.
package final class Channel: Sendable {
  /// Longer messages are refused by the sender, and taken for a fault of the peer by the receiver.
  package static let longestMessage = 256 << 20
  /// Longer messages go through a file in memory.
  static let longestInline = 128 << 10

  /// Why no message came or went.
  package enum Failure: Error, Equatable {
    /// The peer has closed its end, or died.
    case closed
    /// The peer has sent what is no message.
    case malformed
    case system(Int32)
  }

  let descriptor: Int32

  /// Takes over a descriptor, and closes it in the end.
  package init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// A connected pair: our end, and the descriptor for somebody else's, which the caller closes. Neither is inherited.
  package static func pair() throws(Failure) -> (ours: Channel, theirs: Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    // SAFETY: the array has room for the two descriptors that the call writes.
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .system(errno) }
    return (Channel(descriptor: ends[0]), ends[1])
  }

  /// Waits until there is something to receive, or the peer is gone, or so many milliseconds, -1 being for ever, are over.
  func waitForInput(milliseconds: Int32) {
    wait(for: POLLIN, milliseconds: milliseconds)
  }

  private func wait(for event: Int32, milliseconds: Int32 = -1) {
    var request = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    // SAFETY: one request, which lives during the call.
    while unsafe poll(&request, 1, milliseconds) < 0, errno == EINTR {}
  }

  /// Takes what has arrived into a reader of frames; false when nothing had.
  package func receive(into reader: inout FrameReader, acceptsDescriptors: Bool) throws(Failure) -> Bool {
    var came: Int32 = -1
    // SAFETY: the reader's room and its length; the call writes no more than that, and one descriptor.
    let count = unsafe reader.withRoom { room in
      let flags = Int32(MSG_DONTWAIT)
      guard acceptsDescriptors else { return unsafe recv(descriptor, room.baseAddress, room.count, flags) }
      return unsafe sandbox_receive(descriptor, room.baseAddress, room.count, flags, &came)
    }
    if came >= 0 { reader.attachments.append(Descriptor(came)) }
    if count > 0 {
      reader.filled(count)
      return true
    }
    if count == 0 { throw .closed }
    try accept(errno)
    return false
  }

  /// Sends as much of a frame as goes at once; true when nothing of it is left.
  package func send(_ frame: inout OutgoingFrame) throws(Failure) -> Bool {
    while frame.sent < frame.bytes.count {
      // SAFETY: the pointer and the count are those of a part of the bytes, which live during the call.
      let count = unsafe frame.bytes.withUnsafeBytes { bytes in
        let start = unsafe bytes.baseAddress! + frame.sent
        guard frame.sent == 0, let file = frame.attachment else {
          return unsafe Glibc.send(
            descriptor, start, bytes.count - frame.sent, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        return unsafe sandbox_send_descriptor(descriptor, start, bytes.count, file.number)
      }
      if count >= 0 {
        frame.sent += count
      } else {
        let isFull = errno == EAGAIN
        try accept(errno)
        if isFull { return false }
      }
    }
    return true
  }

  /// Sends a whole message, and waits until it is gone.
  package func sendAll(_ message: [UInt8]) throws(Failure) {
    var frame = OutgoingFrame(inline: message)
    while try !send(&frame) { wait(for: POLLOUT) }
  }

  /// Errors after which one tries again are none.
  private func accept(_ code: Int32) throws(Failure) {
    switch code {
    case EINTR, EAGAIN: return
    case EPIPE, ECONNRESET: throw .closed
    default: throw .system(code)
    }
  }
}

/// A message on its way out.
package struct OutgoingFrame: Sendable {
  let bytes: [UInt8]
  let attachment: Descriptor?
  var sent = 0

  /// The message within the frame.
  init(inline message: [UInt8]) {
    bytes = Self.head(message.count) + message
    attachment = nil
  }

  /// The message within the frame, or in a file in memory when it is long; nil when there is no such file to be had.
  package init?(_ message: [UInt8]) {
    guard message.count > Channel.longestInline else {
      bytes = Self.head(message.count) + message
      attachment = nil
      return
    }
    guard message.count <= Channel.longestMessage, let file = MemoryFile.make(message) else { return nil }
    var writer = WireWriter()
    writer.write(message.count)
    bytes = Self.head(writer.bytes.count | FrameReader.attachedBit) + writer.bytes
    attachment = file
  }

  /// Bytes as they are, framed or not: for tests of what a hostile peer sends.
  package init(unframed bytes: [UInt8]) {
    self.bytes = bytes
    attachment = nil
  }

  private static func head(_ number: Int) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}

/// Puts what arrives together to messages. Whatever arrives, it takes no more memory than the longest message has.
package struct FrameReader {
  static let attachedBit = 1 << 31
  private static let chunk = 64 << 10

  private var buffer: [UInt8]
  /// Where the next frame starts, and where what has arrived ends.
  private var start = 0
  private var end = 0
  private let longest: Int
  /// Descriptors that came along, in order.
  var attachments: [Descriptor] = []

  package init(longestMessage: Int = Channel.longestMessage) {
    longest = longestMessage
    buffer = [UInt8](repeating: 0, count: Self.chunk)
  }

  /// Has a body write to free room.
  fileprivate mutating func withRoom(_ body: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
    if start == end {
      (start, end) = (0, 0)
      if buffer.count > 4 * Self.chunk { buffer = [UInt8](repeating: 0, count: Self.chunk) }
    }
    if buffer.count == end {
      if start > 0 {
        buffer.removeSubrange(0..<start)
        (start, end) = (0, end - start)
      }
      buffer.append(contentsOf: repeatElement(0, count: max(Self.chunk, min(buffer.count, longest))))
    }
    let free = end
    // SAFETY: the part of the buffer from `end` on, during the call.
    return unsafe buffer.withUnsafeMutableBytes { unsafe body(UnsafeMutableRawBufferPointer(rebasing: $0[free...])) }
  }

  fileprivate mutating func filled(_ count: Int) {
    end += count
  }

  /// The next whole message, if it is there.
  package mutating func next() throws(Channel.Failure) -> [UInt8]? {
    guard end - start >= 4 else { return nil }
    var head = 0
    for index in 0..<4 { head |= Int(buffer[start + index]) << (index * 8) }
    let length = head & ~Self.attachedBit
    guard length <= longest else { throw .malformed }
    guard end - start - 4 >= length else { return nil }
    let content = Array(buffer[start + 4..<start + 4 + length])
    start += 4 + length
    guard head & Self.attachedBit != 0 else { return content }
    var reader = WireReader(content)
    guard let count = try? reader.count(), count <= longest, !attachments.isEmpty,
      let message = MemoryFile.read(attachments.removeFirst(), count: count)
    else { throw .malformed }
    return message
  }
}

/// Messages that are handed over as files in memory.
enum MemoryFile {
  static func make(_ content: [UInt8]) -> Descriptor? {
    let number = sandbox_memory_file(content.count)
    guard number >= 0 else { return nil }
    let file = Descriptor(number)
    var written = 0
    while written < content.count {
      // SAFETY: the pointer and the count are those of a part of `content`, which lives during the call.
      let count = unsafe content.withUnsafeBytes { bytes in
        unsafe pwrite(number, bytes.baseAddress! + written, bytes.count - written, off_t(written))
      }
      guard count > 0 || errno == EINTR else { return nil }
      written += max(count, 0)
    }
    return file
  }

  static func read(_ file: Descriptor, count: Int) -> [UInt8]? {
    var isWhole = true
    let content = unsafe [UInt8](unsafeUninitializedCapacity: count) { room, filled in
      while filled < count {
        // SAFETY: the part of the room that is not filled yet; its length is what the call may write.
        let got = unsafe pread(file.number, room.baseAddress! + filled, count - filled, off_t(filled))
        if got > 0 {
          filled += got
        } else if got == 0 || errno != EINTR {
          isWhole = false
          return
        }
      }
    }
    return isWhole ? content : nil
  }
}
