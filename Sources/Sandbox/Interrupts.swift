import Dispatch
import Glibc
import Synchronization

/// Ctrl-C as something to ask for: noted when it comes, and a wait for input ends with it.
///
/// Unchecked, because a dispatch source is not marked as Sendable although any thread may use it; the rest is constant or atomic.
final class Interrupts: @unchecked Sendable {
  private let pending = Atomic<Bool>(false)
  private let source: any DispatchSourceSignal
  /// A byte for each Ctrl-C, since a signal that another thread takes interrupts nothing here.
  private let pipe: (read: Int32, write: Int32)

  init() {
    var ends: [Int32] = [-1, -1]
    // SAFETY: the call writes the two numbers that there is room for.
    let code = unsafe Glibc.pipe(&ends)
    precondition(code == 0, "The process may have no more descriptors.")
    pipe = (ends[0], ends[1])
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler { [self] in
      pending.store(true, ordering: .relaxed)
      var byte: UInt8 = 0
      // SAFETY: the call reads one byte, which lives during it.
      _ = unsafe write(pipe.write, &byte, 1)
    }
    source.resume()
  }

  /// Whether Ctrl-C came and nobody has taken it.
  var isPending: Bool { pending.load(ordering: .relaxed) }

  /// Whether Ctrl-C came; it is over with that.
  func take() -> Bool { pending.exchange(false, ordering: .relaxed) }

  /// Waits until there is something to read; false when Ctrl-C came first.
  func waitForInput() -> Bool {
    var watched = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: pipe.read, events: Int16(POLLIN), revents: 0),
    ]
    // SAFETY: the pointer and the count are those of `watched`, which lives during the call.
    while unsafe poll(&watched, 2, -1) < 0, errno == EINTR {}
    guard watched[1].revents != 0 else { return true }
    var bytes: [UInt8] = [0, 0, 0, 0]
    // SAFETY: the pointer and the count are those of `bytes`, which lives during the call.
    _ = unsafe read(pipe.read, &bytes, bytes.count)
    return !isPending
  }
}
