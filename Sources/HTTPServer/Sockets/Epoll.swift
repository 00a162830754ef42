import CSystem
import Glibc

/// The kernel's list of watched descriptors. A descriptor is watched for everything at once and edge-triggered, so
/// that no system call changes what is watched while a connection lives; who stops reading must remember to go on.
final class Epoll: Sendable {
  /// What the kernel reported for one watched descriptor.
  struct Event {
    let token: UInt64
    let readable: Bool
    let writable: Bool
    /// The peer finished sending.
    let ended: Bool
    /// The connection is broken in both directions.
    let broken: Bool
  }

  private let descriptor: Int32

  init() throws(SystemError) {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard descriptor >= 0 else { throw SystemError.last("epoll_create1") }
  }

  deinit {
    Socket.close(descriptor)
  }

  /// Watches a connection, edge-triggered, for input, room for output, and the peer's end.
  func watchConnection(_ watched: Int32, token: UInt64) throws(SystemError) {
    try add(
      watched, token: token,
      flags: EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue)
  }

  /// Watches a listener or a wake-up descriptor, level-triggered, for input.
  func watchInput(_ watched: Int32, token: UInt64) throws(SystemError) {
    try add(watched, token: token, flags: EPOLLIN.rawValue)
  }

  private func add(_ watched: Int32, token: UInt64, flags: UInt32) throws(SystemError) {
    var event = unsafe epoll_event()
    unsafe event.events = flags
    unsafe event.data.u64 = token
    // SAFETY: the kernel copies the event, a local, during the call.
    guard unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event) == 0 else {
      throw SystemError.last("epoll_ctl")
    }
  }

  func forget(_ watched: Int32) {
    var unused = unsafe epoll_event()
    // SAFETY: the kernel ignores the event of a removal; a local is passed because old kernels refuse nil.
    _ = unsafe epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, &unused)
  }

  /// Waits for events, at most so many milliseconds (-1: for ever); gives how many there are.
  func wait(into events: inout EventBuffer, milliseconds: Int32) -> Int {
    unsafe events.fill { buffer in
      // SAFETY: the pointer and the capacity come from one array, held exclusively during the call.
      unsafe epoll_wait(descriptor, buffer.baseAddress, Int32(buffer.count), milliseconds)
    }
  }

  /// Room for the events of one wait.
  @safe
  struct EventBuffer {
    private var events: [epoll_event]

    init(capacity: Int) {
      unsafe events = [epoll_event](repeating: epoll_event(), count: capacity)
    }

    fileprivate mutating func fill(_ body: (UnsafeMutableBufferPointer<epoll_event>) -> Int32) -> Int {
      // SAFETY: the body is this file's own call of epoll_wait, which keeps within the buffer.
      max(0, Int(unsafe events.withUnsafeMutableBufferPointer { unsafe body($0) }))
    }

    /// One of the events that the last wait found.
    subscript(index: Int) -> Event {
      // SAFETY: reading the union's integer member is sound, because only that member is ever stored.
      let event = unsafe events[index]
      let flags = unsafe event.events
      return unsafe Event(
        token: event.data.u64,
        readable: flags & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0,
        writable: flags & EPOLLOUT.rawValue != 0,
        ended: flags & EPOLLRDHUP.rawValue != 0,
        broken: flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0)
    }
  }
}
