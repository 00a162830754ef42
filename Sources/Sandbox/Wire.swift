/// Writes values into a message, in an order that both sides know.
package struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ number: Int) {
    // SAFETY: the bytes of a number on this function's own stack.
    unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func write(_ number: Double) {
    write(Int(Int64(bitPattern: number.bitPattern)))
  }

  mutating func write(_ flag: Bool) {
    write(flag ? 1 : 0)
  }

  mutating func write(_ text: String) {
    write(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func write(_ content: [UInt8]) {
    write(content.count)
    bytes.append(contentsOf: content)
  }

  /// A flag, and the value if there is one.
  mutating func write<Value>(optional value: Value?, _ body: (inout WireWriter, Value) -> Void) {
    write(value != nil)
    if let value { body(&self, value) }
  }
}

/// Reads what a `WireWriter` wrote. Whatever the bytes are, it throws rather than trap: a broker does not trust its
/// workers.
package struct WireReader {
  /// The message is not what it should be.
  package struct Malformed: Error {}

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Throws when there is more in the message than was read.
  func finish() throws(Malformed) {
    if position != bytes.count { throw Malformed() }
  }

  mutating func int() throws(Malformed) -> Int {
    guard bytes.count - position >= 8 else { throw Malformed() }
    defer { position += 8 }
    // SAFETY: the eight bytes are there, as was just checked.
    let bits = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: position, as: Int64.self) }
    return Int(Int64(littleEndian: bits))
  }

  /// A number that only makes sense from zero on.
  mutating func count() throws(Malformed) -> Int {
    let number = try int()
    guard number >= 0 else { throw Malformed() }
    return number
  }

  mutating func double() throws(Malformed) -> Double {
    Double(bitPattern: UInt64(bitPattern: Int64(try int())))
  }

  mutating func flag() throws(Malformed) -> Bool {
    switch try int() {
    case 0: false
    case 1: true
    default: throw Malformed()
    }
  }

  mutating func string() throws(Malformed) -> String {
    let range = try range()
    guard let text = String(validating: bytes[range], as: UTF8.self) else { throw Malformed() }
    return text
  }

  mutating func content() throws(Malformed) -> [UInt8] {
    Array(bytes[try range()])
  }

  /// So many bytes, without a count before them.
  mutating func bytes(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - position else { throw Malformed() }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func optional<Value>(
    _ body: (inout WireReader) throws(Malformed) -> Value
  ) throws(Malformed) -> Value? {
    try flag() ? try body(&self) : nil
  }

  /// A list, each element of at least eight bytes. The count is the peer's word; the list grows only as far as the message goes.
  mutating func list<Value>(
    _ body: (inout WireReader) throws(Malformed) -> Value
  ) throws(Malformed) -> [Value] {
    let count = try count()
    var list: [Value] = []
    while list.count < count { list.append(try body(&self)) }
    return list
  }

  private mutating func range() throws(Malformed) -> Range<Int> {
    let count = try count()
    guard count <= bytes.count - position else { throw Malformed() }
    defer { position += count }
    return position..<position + count
  }
}

/// What passes between broker and worker as a message.
package protocol WireValue {
  func write(to writer: inout WireWriter)
  init(_ reader: inout WireReader) throws(WireReader.Malformed)
}

extension WireValue {
  /// The bytes that carry it.
  package func encoded() -> [UInt8] {
    var writer = WireWriter()
    write(to: &writer)
    return writer.bytes
  }

  /// What bytes carry; throws when they are not whole and sound.
  package init(decoding bytes: [UInt8]) throws(WireReader.Malformed) {
    var reader = WireReader(bytes)
    try self.init(&reader)
    try reader.finish()
  }
}
