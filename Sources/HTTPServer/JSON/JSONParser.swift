/// Why bytes are not JSON, and at which of them.
package struct JSONError: Error, Equatable {
  package let message: String
  package let offset: Int
}

/// How much JSON is taken.
package struct JSONLimits: Sendable {
  /// Arrays and objects within each other.
  package var depth = 64
  /// All values together, so that a small text can't become a large tree.
  package var values = 1_000_000

  /// The defaults.
  package init() {}
}

extension JSONValue {
  /// Parses one JSON text and nothing else. Strict RFC 8259 in UTF-8: no comments, no trailing commas, no NaN, no
  /// unpaired surrogates; a repeated name in an object is refused, because readers differ on which one counts.
  package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    var parser = JSONParser(bytes: bytes, limits: limits)
    self = try parser.document()
  }
}

/// A recursive-descent parser over bytes in memory, with bounded depth.
private struct JSONParser {
  private let bytes: [UInt8]
  private let limits: JSONLimits
  private var at = 0
  private var depth = 0
  private var values = 0

  init(bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(JSONError) -> JSONValue {
    skipBlanks()
    let value = try value()
    skipBlanks()
    guard at == bytes.count else { throw error("something follows the value") }
    return value
  }

  private func error(_ message: String) -> JSONError {
    JSONError(message: at < bytes.count ? message : "the text ends too early", offset: at)
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipBlanks() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at += 1
      default: return
      }
    }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    values += 1
    guard values <= limits.values else { throw JSONError(message: "there are too many values", offset: at) }
    guard let next else { throw error("a value is expected") }
    switch next {
    case UInt8(ascii: "{"): return try nested { (parser: inout JSONParser) throws(JSONError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { (parser: inout JSONParser) throws(JSONError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error("a value is expected")
    }
  }

  private mutating func nested(
    _ parse: (inout JSONParser) throws(JSONError) -> JSONValue
  ) throws(JSONError) -> JSONValue {
    depth += 1
    guard depth <= limits.depth else {
      throw JSONError(message: "it is nested more than \(limits.depth) deep", offset: at)
    }
    at += 1
    skipBlanks()
    let value = try parse(&self)
    depth -= 1
    return value
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for byte in word.description.utf8 {
      guard next == byte else { throw error("a value is expected") }
      at += 1
    }
    return value
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    var elements: [JSONValue] = []
    if next == UInt8(ascii: "]") {
      at += 1
      return .array(elements)
    }
    while true {
      elements.append(try value())
      skipBlanks()
      switch next {
      case UInt8(ascii: ","):
        at += 1
        skipBlanks()
      case UInt8(ascii: "]"):
        at += 1
        return .array(elements)
      default: throw error("a comma or a closing bracket is expected")
      }
    }
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    var members: [JSONObject.Member] = []
    var names: Set<String> = []
    if next == UInt8(ascii: "}") {
      at += 1
      return .object(JSONObject())
    }
    while true {
      let nameStart = at
      guard next == UInt8(ascii: "\"") else { throw error("a member's name is expected") }
      let name = try string()
      // Few members are the rule, and for those a search costs less than hashing.
      let isRepeated: Bool
      if members.count < 8 {
        isRepeated = members.contains { $0.name == name }
      } else {
        if names.isEmpty { names = Set(members.map(\.name)) }
        isRepeated = !names.insert(name).inserted
      }
      if isRepeated { throw JSONError(message: "the name \(name.prefix(40)) occurs twice", offset: nameStart) }
      skipBlanks()
      guard next == UInt8(ascii: ":") else { throw error("a colon is expected") }
      at += 1
      skipBlanks()
      members.append(JSONObject.Member(name: name, value: try value()))
      skipBlanks()
      switch next {
      case UInt8(ascii: ","):
        at += 1
        skipBlanks()
      case UInt8(ascii: "}"):
        at += 1
        return .object(JSONObject(distinct: members))
      default: throw error("a comma or a closing brace is expected")
      }
    }
  }

  /// A string; `at` stands on its opening quote. Without escapes it is one validated copy.
  private mutating func string() throws(JSONError) -> String {
    let start = at + 1
    at = start
    var hasEscapes = false
    scanning: while let byte = next {
      switch byte {
      case UInt8(ascii: "\""): break scanning
      case UInt8(ascii: "\\"):
        hasEscapes = true
        at += 2
      case 0..<0x20: throw error("a string holds a control character")
      default: at += 1
      }
    }
    guard at < bytes.count else { throw JSONError(message: "the text ends too early", offset: bytes.count) }
    let end = at
    let raw = hasEscapes ? try unescaped(start..<end)[...] : bytes[start..<end]
    guard let text = String(validating: raw, as: UTF8.self) else {
      throw JSONError(message: "a string is not UTF-8", offset: start)
    }
    at = end + 1
    return text
  }

  private mutating func unescaped(_ range: Range<Int>) throws(JSONError) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(range.count)
    at = range.lowerBound
    while at < range.upperBound {
      let byte = bytes[at]
      at += 1
      guard byte == UInt8(ascii: "\\") else {
        out.append(byte)
        continue
      }
      let escape = bytes[at]
      at += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(escape)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"): out.append(contentsOf: String(Character(try escapedScalar())).utf8)
      default:
        at -= 1
        throw error("a string holds an unknown escape")
      }
    }
    return out
  }

  /// The scalar of a `\u` escape, or of two that are a surrogate pair; `at` stands after the first `u`.
  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, next == UInt8(ascii: "\\"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "u") else {
      throw error("a string holds an unpaired surrogate")
    }
    at += 2
    let second = try fourDigits()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("a string holds an unpaired surrogate") }
    return scalar
  }

  private mutating func fourDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = PercentCoding.hexValue(byte) else {
        throw error("a string holds a broken escape")
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = at
    var isWhole = true
    if next == UInt8(ascii: "-") { at += 1 }
    if next == UInt8(ascii: "0") { at += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      isWhole = false
      at += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      at += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole, let whole = Int(text) { return .int(whole) }
    guard let number = Double(text), number.isFinite else {
      throw JSONError(message: "a number is out of range", offset: start)
    }
    return .double(number)
  }

  private mutating func digits() throws(JSONError) {
    let start = at
    while let byte = next, (48...57).contains(byte) { at += 1 }
    guard at > start else { throw error("a digit is expected") }
  }
}
