/// A stream of server-sent events (the HTML standard's `text/event-stream`).
package final class EventStream: Sendable {
  /// A comment line, which clients ignore; it keeps the connection from looking dead.
  static let heartbeat = Array(":\n\n".utf8)

  private let stream: ResponseStream

  init(_ stream: ResponseStream) {
    self.stream = stream
  }

  /// Sends one event. Line ends in the data are kept by the format as newlines.
  @discardableResult
  package func send(event: String? = nil, data: String, id: String? = nil) -> ResponseStream.Flow {
    stream.send(EventStream.encode(event: event, data: Array(data.utf8), id: id))
  }

  /// Sends one event whose data is already in bytes, such as JSON.
  @discardableResult
  package func send(event: String? = nil, json: [UInt8], id: String? = nil) -> ResponseStream.Flow {
    stream.send(EventStream.encode(event: event, data: json, id: id))
  }

  /// Tells the client how long to wait before it connects again.
  package func retry(milliseconds: Int) {
    stream.send(Array("retry: \(milliseconds)\n\n".utf8))
  }

  /// Ends the stream; the client should have been told how it ended.
  package func finish() { stream.finish() }
  package var isCancelled: Bool { stream.isCancelled }

  /// Has an action run if the client goes before the end; at once if it has gone.
  package func onCancel(_ action: @escaping @Sendable () -> Void) { stream.onCancel(action) }

  /// Has an action run once when a congested stream has room again; at once if it has.
  package func whenReady(_ action: @escaping @Sendable () -> Void) { stream.whenReady(action) }

  /// The bytes of one event. Names and ids must be single lines; line ends in them are dropped.
  package static func encode(event: String?, data: [UInt8], id: String?) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(data.count + 48)
    if let event { appendLine("event: ", event, to: &out) }
    if let id { appendLine("id: ", id, to: &out) }
    var index = 0
    out.append(contentsOf: "data: ".utf8)
    while index < data.count {
      let byte = data[index]
      index += 1
      if byte == 0x0A || byte == 0x0D {
        if byte == 0x0D, index < data.count, data[index] == 0x0A { index += 1 }
        out.append(contentsOf: "\ndata: ".utf8)
      } else {
        out.append(byte)
      }
    }
    out.append(0x0A)
    out.append(0x0A)
    return out
  }

  private static func appendLine(_ field: String, _ value: String, to out: inout [UInt8]) {
    out.append(contentsOf: field.utf8)
    out.append(contentsOf: value.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 })
    out.append(0x0A)
  }
}
