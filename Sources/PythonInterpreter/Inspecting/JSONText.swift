/// JSON, written straight into bytes; it puts the commas.
struct JSONText {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// An object whose members `body` writes.
  mutating func object(_ name: String? = nil, _ body: (inout JSONText) -> Void) { nest(name, 0x7B, 0x7D, body) }

  /// An array whose elements `body` writes.
  mutating func array(_ name: String? = nil, _ body: (inout JSONText) -> Void) { nest(name, 0x5B, 0x5D, body) }

  private mutating func nest(_ name: String?, _ open: UInt8, _ close: UInt8, _ body: (inout JSONText) -> Void) {
    begin(name)
    bytes.append(open)
    needsComma = false
    body(&self)
    bytes.append(close)
    needsComma = true
  }

  private mutating func begin(_ name: String?) {
    if needsComma { bytes.append(0x2C) }
    needsComma = true
    guard let name else { return }
    quote(name)
    bytes.append(0x3A)
  }

  /// Text as an element of an array.
  mutating func element(_ text: String) {
    begin(nil)
    quote(text)
  }

  /// A whole number as an element of an array.
  mutating func element(_ number: Int) {
    begin(nil)
    bytes.append(contentsOf: String(number).utf8)
  }

  /// Text.
  mutating func text(_ name: String, _ text: String) {
    begin(name)
    quote(text)
  }

  /// A whole number.
  mutating func int(_ name: String, _ number: Int) {
    begin(name)
    bytes.append(contentsOf: String(number).utf8)
  }

  /// True or false.
  mutating func bool(_ name: String, _ flag: Bool) {
    begin(name)
    bytes.append(contentsOf: (flag ? "true" : "false").utf8)
  }

  /// Null.
  mutating func null(_ name: String? = nil) {
    begin(name)
    bytes.append(contentsOf: "null".utf8)
  }

  /// An array of texts.
  mutating func texts(_ name: String, _ texts: [String]) {
    array(name) { json in for text in texts { json.element(text) } }
  }

  /// What was written elsewhere.
  mutating func raw(_ name: String, _ json: [UInt8]) {
    begin(name)
    bytes.append(contentsOf: json)
  }

  private mutating func quote(_ text: String) {
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte >= 0x20, byte != 0x22, byte != 0x5C {
        bytes.append(byte)
        continue
      }
      bytes.append(0x5C)
      switch byte {
      case 0x22, 0x5C: bytes.append(byte)
      case 0x0A: bytes.append(0x6E)
      case 0x0D: bytes.append(0x72)
      case 0x09: bytes.append(0x74)
      default:
        bytes.append(contentsOf: "u00".utf8)
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      }
    }
    bytes.append(0x22)
  }
}
