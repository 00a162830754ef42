import Glibc

/// One end of a connected pair of sockets, over which whole messages pass. A message is its length in four bytes, low
/// byte first, and its content.
package final class Channel: Sendable {
  /// Longer messages are refused by the sender, and taken for a fault of the peer by the receiver.
  package static let longestMessage = 64 << 20

  /// Why no message came.
  package enum Failure: Error, Equatable {
    /// The peer has closed its end, or died.
    case closed
    /// The deadline has passed.
    case late
    /// The peer has sent what is no message.
    case malformed
    case system(Int32)
  }

  private let descriptor: Int32

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

  /// Sends a whole message.
  package func send(_ message: [UInt8], until deadline: Deadline) throws(Failure) {
    guard message.count <= Self.longestMessage else { throw .malformed }
    let length = UInt32(message.count)
    let frame = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: length >> $0) } + message
    var sent = 0
    while sent < frame.count {
      try wait(for: POLLOUT, until: deadline)
      // SAFETY: the pointer and the count are those of a part of `frame`, which lives during the call.
      let count = unsafe frame.withUnsafeBytes { bytes in
        unsafe Glibc.send(
          descriptor, bytes.baseAddress! + sent, frame.count - sent, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
      }
      if count >= 0 { sent += count } else { try accept(errno) }
    }
  }

  /// The next whole message.
  package func receive(until deadline: Deadline) throws(Failure) -> [UInt8] {
    let head = try read(4, until: deadline)
    let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.longestMessage else { throw .malformed }
    return try read(length, until: deadline)
  }

  private func read(_ count: Int, until deadline: Deadline) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var got = 0
    while got < count {
      try wait(for: POLLIN, until: deadline)
      // SAFETY: the pointer and the count are those of a part of `bytes`, which lives during the call.
      let part = unsafe bytes.withUnsafeMutableBytes { room in
        unsafe recv(descriptor, room.baseAddress! + got, count - got, Int32(MSG_DONTWAIT))
      }
      if part == 0 { throw .closed }
      if part > 0 { got += part } else { try accept(errno) }
    }
    return bytes
  }

  private func wait(for event: Int32, until deadline: Deadline) throws(Failure) {
    while true {
      let left = deadline.millisecondsLeft
      if let left, left <= 0 { throw .late }
      var request = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      // SAFETY: one request, which lives during the call.
      let ready = unsafe poll(&request, 1, left ?? -1)
      if ready > 0 { return }
      if ready < 0 { try accept(errno) }
    }
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
