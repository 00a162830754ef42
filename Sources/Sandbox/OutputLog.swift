/// What snippets print, on its way to the broker. It lies in the shared page until it is sent, so that it is not lost
/// with the worker: first all that was printed in a slice, then one message.
///
/// A record is a head of two words (the time as a double; the length, with the highest bit for the error stream) and the text.
package final class OutputLog {
  private static let headBytes = 16
  private static let errorBit = 1 << 62

  private let page: SharedPage
  private let channel: Channel
  /// The last record, which output of the same stream is still added to.
  private var last: (start: Int, count: Int, isError: Bool, time: Double)?

  init(page: SharedPage, channel: Channel) {
    self.page = page
    self.channel = channel
  }

  /// Adds what a job has printed; what does not fit is sent first.
  func append(_ bytes: ArraySlice<UInt8>, isError: Bool, time: Double) {
    var rest = bytes
    while !rest.isEmpty {
      let room = SharedPage.unsentRoom - page[.unsentBytes] - Self.headBytes
      let part = rest.wholeCharacters(within: max(room, 0))
      if part.isEmpty {
        flush(page[.job])
      } else {
        add(part, isError, time)
        rest = rest[part.endIndex...]
      }
    }
  }

  private func add(_ part: ArraySlice<UInt8>, _ isError: Bool, _ time: Double) {
    var record = last ?? (page[.unsentBytes], 0, isError, time)
    if record.isError != isError { record = (page[.unsentBytes], 0, isError, time) }
    page.write(part, at: record.start + Self.headBytes + record.count)
    record.count += part.count
    var head = WireWriter()
    head.write(record.time)
    head.write(record.count | (isError ? Self.errorBit : 0))
    page.write(head.bytes[...], at: record.start)
    page[.unsentBytes] = record.start + Self.headBytes + record.count
    last = record
  }

  /// Sends what there is.
  func flush(_ job: Int) {
    guard page[.unsentBytes] > 0 else { return }
    let pieces = Self.pieces(in: page.unsent())
    // A broker that is gone is noticed where its messages are read.
    try? channel.sendAll(WorkerMessage.output(job: job, pieces).encoded())
    page[.messages] += 1
    forget()
  }

  /// Takes what there is, to be sent with something else.
  func take() -> [RunAnswer.Piece] {
    defer { forget() }
    return page[.unsentBytes] > 0 ? Self.pieces(in: page.unsent()) : []
  }

  private func forget() {
    page[.unsentBytes] = 0
    last = nil
  }

  /// The pieces that records hold, as far as they are sound: the broker reads them after a worker's death.
  package static func pieces(in records: [UInt8]) -> [RunAnswer.Piece] {
    var pieces: [RunAnswer.Piece] = []
    var reader = WireReader(records)
    while let time = try? reader.double(), let head = try? reader.int() {
      guard let text = try? reader.bytes(head & ~errorBit) else { break }
      pieces.append(
        RunAnswer.Piece(
          time: time.isFinite ? max(0, time) : 0, isError: head & errorBit != 0,
          text: String(decoding: text, as: UTF8.self)))
    }
    return pieces
  }
}

extension ArraySlice<UInt8> {
  /// The longest beginning of at most so many bytes that does not cut a character of UTF-8.
  fileprivate func wholeCharacters(within count: Int) -> ArraySlice<UInt8> {
    if self.count <= count { return self }
    var end = startIndex + count
    for _ in 0..<3 where end > startIndex && self[end] & 0xC0 == 0x80 { end -= 1 }
    return self[startIndex..<end]
  }
}
