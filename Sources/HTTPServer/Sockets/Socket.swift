import CSystem
import Glibc

/// What became of one attempt to move bytes over a socket that never blocks.
enum Transfer: Equatable {
  case moved(Int)
  /// The kernel has no data, or no room, now; the event loop will say when it has.
  case wouldBlock
  /// The peer has finished sending (receive only).
  case ended
  /// The connection is broken: reset, timed out, unreachable.
  case broken
}

/// One accepted connection: its descriptor and the address it came from.
struct AcceptedSocket {
  let descriptor: Int32
  let address: String
}

/// What one call of accept found.
enum AcceptOutcome {
  case accepted(AcceptedSocket)
  case none
  /// The process or the system is out of descriptors or memory: stop accepting for a while.
  case exhausted
}

/// The socket calls that the server needs, on descriptors, with buffers checked by their arrays.
enum Socket {
  /// Receives what is there, up to the buffer's length, into the buffer's beginning.
  static func receive(_ descriptor: Int32, into buffer: inout [UInt8]) -> Transfer {
    // SAFETY: the pointer and the length come from one array that is held exclusively for the length of the call.
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0)
    }
    if count > 0 { return .moved(count) }
    if count == 0 { return .ended }
    return errno == EAGAIN || errno == EINTR ? .wouldBlock : .broken
  }

  /// Sends the bytes in a range; `more` says that more follows at once, so that a small piece waits for it.
  static func send(_ descriptor: Int32, _ bytes: [UInt8], _ range: Range<Int>, more: Bool = false) -> Transfer {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a range outside the bytes to send")
    if range.isEmpty { return .moved(0) }
    let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
    // SAFETY: the range was checked against the array, which outlives the call; send only reads.
    let count = unsafe bytes.withUnsafeBytes { all in
      unsafe Glibc.send(descriptor, all.baseAddress! + range.lowerBound, range.count, flags)
    }
    if count >= 0 { return .moved(count) }
    return errno == EAGAIN || errno == EINTR ? .wouldBlock : .broken
  }

  /// Takes one waiting connection from a listener; the new descriptor never blocks and is not inherited.
  static func accept(_ listener: Int32) -> AcceptOutcome {
    while true {
      var address = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      // SAFETY: both pointers are to locals that outlive the call, and `length` is the storage's true size.
      let descriptor = unsafe withUnsafeMutablePointer(to: &address) { storage in
        unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
          unsafe accept4(listener, plain, &length, flags)
        }
      }
      if descriptor >= 0 {
        return .accepted(AcceptedSocket(descriptor: descriptor, address: text(of: address)))
      }
      switch errno {
      case EINTR, ECONNABORTED, EPROTO: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
      default: return .none
      }
    }
  }

  /// Says that nothing more will be sent; the peer can still send.
  static func shutdownWriting(_ descriptor: Int32) {
    _ = shutdown(descriptor, Int32(SHUT_WR))
  }

  static func close(_ descriptor: Int32) {
    _ = Glibc.close(descriptor)
  }

  static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    // SAFETY: the pointer is to a local that outlives the call, and the length is its size.
    _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// The numeric form of an address, without its port.
  private static func text(of address: sockaddr_storage) -> String {
    var address = address
    var name = [CChar](repeating: 0, count: 64)
    // SAFETY: `address` is a local of the storage type's full size, which every family's address fits in; the name
    // buffer's length is passed with it.
    let status = unsafe withUnsafePointer(to: &address) { storage in
      unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
        unsafe getnameinfo(
          plain, socklen_t(MemoryLayout<sockaddr_storage>.size), &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
      }
    }
    guard status == 0 else { return "?" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
