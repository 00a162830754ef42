import CSystem
import Glibc

/// A listening socket; it is bound and takes connections from the moment it exists until it is closed.
struct Listener {
  let descriptor: Int32
  /// The port that it is bound to; the system's choice when 0 was asked for.
  let port: UInt16

  /// Binds to a host name or numeric address and starts listening.
  init(host: String, port: UInt16, stallMilliseconds: Int32, backlog: Int32 = 4096) throws(SystemError) {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>? = nil
    // SAFETY: the hints and the result pointer are locals; the list is freed below, after its last use.
    let status = unsafe getaddrinfo(host, String(port), &hints, &found)
    guard status == 0, let first = unsafe found else {
      throw SystemError(call: "looking up \(host)", code: EINVAL)
    }
    // SAFETY: `found` came from getaddrinfo and is freed exactly once, when this initialiser returns.
    defer { unsafe freeaddrinfo(found) }

    // SAFETY: the first entry exists (checked above); getaddrinfo filled it in.
    let entry = unsafe first.pointee
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let made = unsafe socket(entry.ai_family, kind, 0)
    guard made >= 0 else { throw SystemError.last("socket") }
    Socket.set(made, SOL_SOCKET, SO_REUSEADDR, 1)
    // Accepted connections inherit these. Small answers leave at once; a client that takes nothing is given up even
    // when all that waits is in the kernel's buffer; and that buffer holds little that was not sent yet, so that
    // back-pressure reaches the producer of a stream.
    Socket.set(made, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    Socket.set(made, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, stallMilliseconds)
    Socket.set(made, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, 262_144)
    // SAFETY: the address and its length belong together, from getaddrinfo's own entry.
    guard unsafe bind(made, entry.ai_addr, entry.ai_addrlen) == 0, listen(made, backlog) == 0 else {
      let error = SystemError.last("listening on \(host) port \(port)")
      Socket.close(made)
      throw error
    }
    descriptor = made
    self.port = Listener.boundPort(of: made) ?? port
  }

  private static func boundPort(of descriptor: Int32) -> UInt16? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    // SAFETY: both pointers are to locals that outlive the call; `length` is the storage's true size.
    let status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
        unsafe getsockname(descriptor, plain, &length)
      }
    }
    guard status == 0 else { return nil }
    // The port stands at the same place, bytes 2 and 3, in the IPv4 and the IPv6 address.
    // SAFETY: the storage is larger than four bytes, and any bit pattern is a valid byte.
    return unsafe withUnsafeBytes(of: &storage) { bytes in
      unsafe UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    }
  }
}
