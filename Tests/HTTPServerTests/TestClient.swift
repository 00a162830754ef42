import Glibc
import HTTPServer

/// A blocking client over a real socket, which gives up when its patience ends.
final class TestClient {
  /// An answer as it came over the wire.
  struct Answer: Equatable {
    var status = 0
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    /// What must be the same for the same request: everything but the time and the id.
    var stable: Answer {
      var copy = self
      copy.fields["date"] = nil
      copy.fields["x-request-id"] = nil
      return copy
    }
  }

  /// What went wrong on the client's side.
  enum Failure: Error {
    case ended
    case malformed(String)
  }

  private let descriptor: Int32
  private let server: AnyObject
  private var buffer: [UInt8] = []
  private var hasEnded = false

  /// Connects; the client keeps the server from draining.
  init(port: UInt16, patienceSeconds: Int, server: AnyObject) {
    self.server = server
    let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
    var one: Int32 = 1
    unsafe setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    unsafe setsockopt(made, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    isConnected = status == 0
    descriptor = made
  }

  let isConnected: Bool

  deinit { close(descriptor) }

  /// Sends text; its newlines become CR LF.
  func send(_ text: String) {
    send(bytes: Array(text.replacing("\n", with: "\r\n").utf8))
  }

  func send(bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { all in
        unsafe Glibc.send(descriptor, all.baseAddress! + done, all.count - done, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      done += count
    }
  }

  func finishSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Closes so that the server sees a reset.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    close(descriptor)
  }

  private func fill() -> Bool {
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe piece.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
    if count > 0 { buffer += piece[..<count] }
    hasEnded = count == 0 || count < 0 && errno != EAGAIN
    return count > 0
  }

  /// True if the server has closed, or closes before the patience ends; anything it still sends is kept.
  func isClosed() -> Bool {
    while fill() {}
    return hasEnded
  }

  /// Everything until the server closes.
  func readToEnd() -> [UInt8] {
    while fill() {}
    defer { buffer = [] }
    return buffer
  }

  func readLine() throws(Failure) -> String {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let line = buffer[..<end]
        guard line.last == 0x0D else { throw .malformed("a line without CR") }
        let text = String(decoding: line.dropLast(), as: UTF8.self)
        buffer.removeSubrange(...end)
        return text
      }
      if !fill() { throw .ended }
    }
  }

  func read(_ count: Int) throws(Failure) -> [UInt8] {
    while buffer.count < count {
      if !fill() { throw .ended }
    }
    let bytes = Array(buffer[..<count])
    buffer.removeSubrange(..<count)
    return bytes
  }

  /// Reads a status line and fields.
  func readHead() throws(Failure) -> Answer {
    var answer = Answer()
    let words = try readLine().split(separator: " ", maxSplits: 2)
    guard words.count == 3, words[0] == "HTTP/1.1", let status = Int(words[1]) else { throw .malformed("status line") }
    answer.status = status
    while true {
      let line = try readLine()
      if line.isEmpty { return answer }
      guard let colon = line.firstIndex(of: ":") else { throw .malformed(line) }
      let name = line[..<colon].lowercased()
      let value = String(line[line.index(after: colon)...].drop { $0 == " " })
      answer.fields[name] = answer.fields[name].map { "\($0), \(value)" } ?? value
    }
  }

  /// Reads a chunk of a chunked body; empty at its end.
  func readChunk() throws(Failure) -> [UInt8] {
    guard let size = Int(try readLine(), radix: 16) else { throw .malformed("chunk size") }
    let bytes = try read(size)
    guard try readLine().isEmpty else { throw .malformed("chunk end") }
    return bytes
  }

  /// Reads a whole answer.
  func readAnswer(isHead: Bool = false) throws(Failure) -> Answer {
    var answer = try readHead()
    if isHead || answer.status == 204 || answer.status == 304 || answer.status < 200 { return answer }
    if answer.fields["transfer-encoding"] == "chunked" {
      while true {
        let chunk = try readChunk()
        if chunk.isEmpty { return answer }
        answer.body += chunk
      }
    }
    guard let length = answer.fields["content-length"].flatMap({ Int($0) }) else {
      answer.body = readToEnd()
      return answer
    }
    answer.body = try read(length)
    return answer
  }

  /// Sends a request and reads its answer.
  func ask(_ text: String, isHead: Bool = false) throws(Failure) -> Answer {
    send(text)
    return try readAnswer(isHead: isHead)
  }
}
