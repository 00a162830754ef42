/// The fields of a request: the received bytes, names in lower case, and where each field stands in them.
///
/// Positions take 16 bits: a head is never longer than its limits allow, and those are checked to be below 64 KiB.
package struct Headers: Sendable {
  struct Entry {
    let name: Range<UInt16>
    let value: Range<UInt16>
  }

  private let bytes: [UInt8]
  private(set) var entries: [Entry]
  /// One bit for each (length, first letter) of a name that occurs, so that most look-ups of absent fields cost
  /// nothing.
  private var present: UInt64

  init(bytes: [UInt8], entries: [Entry]) {
    self.bytes = bytes
    self.entries = entries
    present = 0
    for entry in entries {
      present |= Headers.mark(length: entry.name.count, first: bytes[Int(entry.name.lowerBound)])
    }
  }

  private static func mark(length: Int, first: UInt8) -> UInt64 {
    1 << UInt64((length &* 7 &+ Int(first)) & 63)
  }

  package var count: Int { entries.count }

  /// The first value of a field, its name given in lower case.
  package subscript(name: String) -> String? {
    guard let range = range(of: name) else { return nil }
    return String(decoding: bytes[range], as: UTF8.self)
  }

  /// All values of a field, joined as RFC 9110 section 5.3 allows; its name is given in lower case.
  package func joined(_ name: String) -> String? {
    guard range(of: name) != nil else { return nil }
    return entries.filter { matches($0, name) }.map { String(decoding: bytes[span(of: $0)], as: UTF8.self) }
      .joined(separator: ", ")
  }

  /// True if there is a field of this name, given in lower case.
  package func contains(_ name: String) -> Bool {
    range(of: name) != nil
  }

  /// The bytes of the first value of a field, its name given in lower case.
  package func bytes(of name: String) -> ArraySlice<UInt8>? {
    range(of: name).map { bytes[$0] }
  }

  /// The bytes of one field's value if it has this name, given in lower case.
  func value(at index: Int, ifNamed name: String) -> ArraySlice<UInt8>? {
    matches(entries[index], name) ? bytes[span(of: entries[index])] : nil
  }

  private func range(of name: String) -> Range<Int>? {
    let wanted = name.utf8
    guard let first = wanted.first, present & Headers.mark(length: wanted.count, first: first) != 0 else { return nil }
    for entry in entries where matches(entry, name) {
      return span(of: entry)
    }
    return nil
  }

  private func span(of entry: Entry) -> Range<Int> {
    Int(entry.value.lowerBound)..<Int(entry.value.upperBound)
  }

  private func matches(_ entry: Entry, _ name: String) -> Bool {
    guard entry.name.count == name.utf8.count else { return false }
    var position = Int(entry.name.lowerBound)
    for byte in name.utf8 {
      if bytes[position] != byte { return false }
      position += 1
    }
    return true
  }
}
