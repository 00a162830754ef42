/// Writes values into a message, in an order that both sides know.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ number: Int) {
    let bits = UInt64(bitPattern: Int64(number))
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) }
  }

  mutating func write(_ number: Double) {
    write(Int(Int64(bitPattern: number.bitPattern)))
  }

  mutating func write(_ text: String) {
    write(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }
}

/// Reads what a `WireWriter` wrote. Whatever the bytes are, it answers nil rather than trap: a broker does not trust its
/// workers.
struct WireReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { position == bytes.count }

  mutating func int() -> Int? {
    guard bytes.count - position >= 8 else { return nil }
    defer { position += 8 }
    let bits = bytes[position..<position + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(Int64(bitPattern: bits))
  }

  mutating func double() -> Double? {
    int().map { Double(bitPattern: UInt64(bitPattern: Int64($0))) }
  }

  mutating func string() -> String? {
    guard let count = int(), count >= 0, count <= bytes.count - position else { return nil }
    defer { position += count }
    return String(validating: bytes[position..<position + count], as: UTF8.self)
  }
}

extension RunRequest {
  /// The message that carries it.
  package func encoded() -> [UInt8] {
    var writer = WireWriter()
    writer.write(source)
    writer.write(limits.seconds)
    for number in [limits.ticks, limits.memoryBytes, limits.outputBytes, limits.recursion] { writer.write(number) }
    return writer.bytes
  }

  /// What a message carries; nil when it is not whole and sound.
  package init?(decoding bytes: [UInt8]) {
    var reader = WireReader(bytes)
    guard let source = reader.string(), let seconds = reader.double(), let ticks = reader.int(),
      let memory = reader.int(), let output = reader.int(), let recursion = reader.int(), reader.isAtEnd
    else { return nil }
    self.init(
      source: source,
      limits: RunLimits(
        seconds: seconds, ticks: ticks, memoryBytes: memory, outputBytes: output, recursion: recursion))
  }
}

extension RunAnswer {
  /// The message that carries it.
  package func encoded() -> [UInt8] {
    var writer = WireWriter()
    writer.write(outcome)
    writer.write(pieces.count)
    for piece in pieces {
      writer.write(piece.isError ? 1 : 0)
      writer.write(piece.text)
    }
    writer.write(error == nil ? 0 : 1)
    if let error { for text in [error.type, error.message, error.text] { writer.write(text) } }
    for number in [ticks, memoryBytes] { writer.write(number) }
    return writer.bytes
  }

  /// What a message carries; nil when it is not whole and sound.
  package init?(decoding bytes: [UInt8]) {
    var reader = WireReader(bytes)
    guard let outcome = reader.string(), let pieces = reader.pieces(), let hasError = reader.int() else { return nil }
    var error: Failure?
    if hasError != 0 {
      guard let type = reader.string(), let message = reader.string(), let text = reader.string() else { return nil }
      error = Failure(type: type, message: message, text: text)
    }
    guard let ticks = reader.int(), let memory = reader.int(), reader.isAtEnd else { return nil }
    self.init(outcome: outcome, pieces: pieces, error: error, ticks: ticks, memoryBytes: memory)
  }
}

extension WireReader {
  fileprivate mutating func pieces() -> [RunAnswer.Piece]? {
    guard let count = int(), count >= 0 else { return nil }
    var pieces: [RunAnswer.Piece] = []
    // The count is the peer's word; the list grows only as far as the message goes.
    while pieces.count < count {
      guard let isError = int(), let text = string() else { return nil }
      pieces.append(RunAnswer.Piece(isError: isError != 0, text: text))
    }
    return pieces
  }
}
