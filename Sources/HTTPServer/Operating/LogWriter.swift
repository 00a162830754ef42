import Dispatch
import Synchronization

/// Writes log lines to a descriptor on a queue of its own, so that a slow reader never holds up the server. When more
/// than a bounded amount waits, lines are dropped, and a line says how many.
package final class LogWriter: Sendable {
  /// How much a line matters.
  package enum Level: String, Sendable {
    case info, warning, error
  }

  private struct State {
    var waitingBytes = 0
    var droppedLines = 0
  }

  private let descriptor: Int32
  private let queue = DispatchQueue(label: "log")
  private let state = Mutex(State())
  private static let mostWaitingBytes = 4 << 20

  /// Writes to an open descriptor, which stays the caller's.
  package init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Has whole lines written, each ending in a newline.
  package func write(_ lines: [UInt8]) {
    if lines.isEmpty { return }
    let taken = state.withLock { state in
      guard state.waitingBytes + lines.count <= LogWriter.mostWaitingBytes else {
        state.droppedLines += lines.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
        return false
      }
      state.waitingBytes += lines.count
      return true
    }
    guard taken else { return }
    queue.async { [self] in
      _ = FileReading.write(lines, to: descriptor)
      let dropped = state.withLock { state in
        state.waitingBytes -= lines.count
        defer { state.droppedLines = 0 }
        return state.droppedLines
      }
      if dropped > 0 {
        let note = "{\"level\":\"warning\",\"event\":\"log_overflow\",\"dropped_lines\":\(dropped)}\n"
        _ = FileReading.write(Array(note.utf8), to: descriptor)
      }
    }
  }

  /// Writes one line of JSON: the time, the level, what happened, and more about it.
  package func log(_ level: Level, _ event: String, _ members: [(name: String, value: JSONValue)] = []) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("time", HTTPDate.formatInternet(Machine.realTimeNanoseconds()))
    writer.member("level", level.rawValue)
    writer.member("event", event)
    for member in members {
      writer.key(member.name)
      writer.value(member.value)
    }
    writer.endObject()
    write(writer.bytes + [0x0A])
  }

  /// Returns when everything that was given before is written.
  package func flush() {
    queue.sync {}
  }
}
