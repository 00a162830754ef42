/// The decoded `name=value` pairs of a query or of an `application/x-www-form-urlencoded` body, in order.
package struct FormFields: Sendable {
  package private(set) var pairs: [(name: String, value: String)] = []

  init() {}

  /// Decodes the pairs; a broken escape, or text that is not UTF-8, is refused. `place` is named in the refusal.
  package init(decoding bytes: [UInt8], place: String, limit: Int = 256) throws(Problem) {
    for piece in bytes.split(separator: UInt8(ascii: "&")) {
      guard pairs.count < limit else {
        throw Problem(400, code: "too_many_fields", detail: "The \(place) has more than \(limit) fields.")
      }
      let halves = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentCoding.decodeForm(halves[0]),
        let value = halves.count > 1 ? PercentCoding.decodeForm(halves[1]) : ""
      else {
        throw Problem(
          400, code: "invalid_\(place)", detail: "The \(place) has a broken percent escape or is not UTF-8.")
      }
      pairs.append((name, value))
    }
  }

  /// The first value under a name.
  package subscript(name: String) -> String? {
    pairs.first { $0.name == name }?.value
  }

  /// A whole number under a name; absent gives nil, and anything but a number within bounds is refused.
  package func integer(_ name: String, in bounds: ClosedRange<Int>) throws(Problem) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), bounds.contains(number) else {
      let detail = "must be a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
      throw Problem(
        400, code: "invalid_parameter", detail: "The parameter \(name) \(detail).",
        errors: [Problem.FieldError(field: name, detail: detail)])
    }
    return number
  }

  /// Refuses names that are there more than once, of which one value would have to be passed over.
  package func refuseRepeated() throws(Problem) {
    var names: Set<String> = []
    for pair in pairs where !names.insert(pair.name).inserted {
      let error = Problem.FieldError(field: pair.name, detail: "is there more than once")
      throw Problem(
        400, code: "repeated_parameter", detail: "The parameter \(pair.name) is there more than once.", errors: [error])
    }
  }

  /// Refuses names that are not among the known ones.
  package func refuseUnknown(_ known: Set<String>) throws(Problem) {
    let errors = pairs.filter { !known.contains($0.name) }
      .map { Problem.FieldError(field: $0.name, detail: "is not known here") }
    guard errors.isEmpty else {
      throw Problem(
        400, code: "unknown_parameter", detail: "The parameter \(errors[0].field) is not known here.", errors: errors)
    }
  }
}

/// Percent-encoding (RFC 3986 section 2.1).
enum PercentCoding {
  /// The value of a hexadecimal digit.
  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Decodes a form's name or value, where a plus is a space; nil when it is broken or not UTF-8.
  static func decodeForm(_ bytes: ArraySlice<UInt8>) -> String? {
    decode(bytes, plusIsSpace: true).flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// The bytes with escapes replaced; nil when an escape is broken.
  static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%") {
        guard bytes.endIndex - index > 2, let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
        else { return nil }
        out.append(high << 4 | low)
        index += 3
      } else {
        out.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
        index += 1
      }
    }
    return out
  }
}
