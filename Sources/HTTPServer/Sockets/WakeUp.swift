import CSystem
import Glibc

/// A descriptor through which any thread wakes the event loop.
final class WakeUp: Sendable {
  let descriptor: Int32

  init() throws(SystemError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    guard descriptor >= 0 else { throw SystemError.last("eventfd") }
  }

  deinit {
    Socket.close(descriptor)
  }

  func signal() {
    _ = eventfd_write(descriptor, 1)
  }

  /// Takes the signals that have come, so that the descriptor is quiet again.
  func clear() {
    var count: eventfd_t = 0
    // SAFETY: the call stores eight bytes into a local of that size.
    _ = unsafe eventfd_read(descriptor, &count)
  }
}
