/// Encodes the characters of a str object, with the error handlers that CPython has built in.
struct TextEncoder {
  private let vm: VM
  private let string: Value
  private let view: PyString
  private let codec: TextCodec
  private let errors: String
  private var out: [UInt8] = []

  init(_ vm: VM, _ string: Value, _ codec: TextCodec, errors: String) {
    self.vm = vm
    self.string = string
    self.codec = codec
    self.errors = errors
    view = PyString(vm, string)
  }

  mutating func run() throws(Unwind) -> [UInt8] {
    try vm.requireRoom(view.count * 4 + 8)
    out.reserveCapacity(view.count + view.count >> 1)
    switch codec {
    case .utf8WithSignature: out += [0xEF, 0xBB, 0xBF]
    case .utf16(.marked): out += [0xFF, 0xFE]
    case .utf32(.marked): out += [0xFF, 0xFE, 0, 0]
    default: break
    }
    var index = 0
    while index < view.count {
      let scalar = view[index]
      if !append(scalar) {
        index = try handleRun(at: index)
      } else {
        index += 1
      }
    }
    return out
  }

  /// Appends a character's bytes; false if the encoding has none for it.
  private mutating func append(_ scalar: UInt32) -> Bool {
    switch codec {
    case .utf8, .utf8WithSignature:
      if scalar & ~0x7FF == 0xD800 { return false }
      out.appendUTF8(scalar)
    case .ascii:
      guard scalar < 0x80 else { return false }
      out.append(UInt8(scalar))
    case .latin1:
      guard scalar < 0x100 else { return false }
      out.append(UInt8(scalar))
    case .utf16(let order):
      if scalar & ~0x7FF == 0xD800 { return false }
      if scalar >= 0x10000 {
        append(unit: 0xD800 + (scalar - 0x10000) >> 10, 2, order)
        append(unit: 0xDC00 + (scalar - 0x10000) & 0x3FF, 2, order)
      } else {
        append(unit: scalar, 2, order)
      }
    case .utf32(let order):
      if scalar & ~0x7FF == 0xD800 { return false }
      append(unit: scalar, 4, order)
    case .unicodeEscape:
      if let letter = StringRepr.shortEscape(scalar) {
        out += [0x5C, letter]
      } else if scalar &- 0x20 < 0x5F {
        out.append(UInt8(scalar))
      } else {
        out += StringRepr.numericEscape(scalar)
      }
    case .rawUnicodeEscape:
      if scalar < 0x100 { out.append(UInt8(scalar)) } else { out += StringRepr.numericEscape(scalar) }
    }
    return true
  }

  private mutating func append(unit: UInt32, _ size: Int, _ order: TextCodec.ByteOrder) {
    for place in 0..<size {
      let shift = UInt32(order == .big ? size - 1 - place : place) * 8
      out.append(UInt8(truncatingIfNeeded: unit >> shift))
    }
  }

  private func isEncodable(_ scalar: UInt32) -> Bool {
    switch codec {
    case .ascii: scalar < 0x80
    case .latin1: scalar < 0x100
    case .unicodeEscape, .rawUnicodeEscape: true
    default: scalar & ~0x7FF != 0xD800
    }
  }

  private var hasWideUnits: Bool {
    switch codec {
    case .utf16, .utf32: true
    default: false
    }
  }

  /// Handles the run of characters from `start` that the encoding has no bytes for; returns where to go on.
  private mutating func handleRun(at start: Int) throws(Unwind) -> Int {
    var end = start + 1
    // The encodings of wider units complain about each character by itself.
    while !hasWideUnits, end < view.count, !isEncodable(view[end]) { end += 1 }
    switch errors {
    case "ignore": break
    case "replace": for _ in start..<end { _ = append(0x3F) }
    case "backslashreplace": for index in start..<end { append(StringRepr.numericEscape(view[index])) }
    case "xmlcharrefreplace": for index in start..<end { append(Array("&#\(view[index]);".utf8)) }
    case "namereplace": for index in start..<end { append(name(view[index])) }
    case "surrogateescape":
      for index in start..<end {
        guard !hasWideUnits, view[index] >= 0xDC80, view[index] <= 0xDCFF else { throw try failure(index, end) }
        out.append(UInt8(view[index] - 0xDC00))
      }
    case "surrogatepass":
      for index in start..<end {
        guard codec != .ascii, codec != .latin1, view[index] & ~0x7FF == 0xD800 else {
          throw try failure(start, end)
        }
        pass(view[index])
      }
    case "strict": throw try failure(start, end)
    default: throw vm.raise(.lookupError, "unknown error handler name '\(errors)'")
    }
    try vm.charge(end - start)
    try vm.requireRoom(out.count)
    return end
  }

  private mutating func append(_ replacement: [UInt8]) {
    for byte in replacement { _ = append(UInt32(byte)) }
  }

  private mutating func pass(_ scalar: UInt32) {
    switch codec {
    case .utf16(let order): append(unit: scalar, 2, order)
    case .utf32(let order): append(unit: scalar, 4, order)
    default: out.appendUTF8(scalar)
    }
  }

  private func name(_ scalar: UInt32) -> [UInt8] {
    guard let name = CharacterClass.properties(scalar)?.name else { return StringRepr.numericEscape(scalar) }
    return Array("\\N{\(name)}".utf8)
  }

  private func failure(_ start: Int, _ end: Int) throws(Unwind) -> Unwind {
    let reason =
      switch codec {
      case .ascii: "ordinal not in range(128)"
      case .latin1: "ordinal not in range(256)"
      default: "surrogates not allowed"
      }
    return try vm.raiseUnicodeError(
      .unicodeEncodeError, encoding: codec.name, object: string, start: start, end: end, reason: reason)
  }
}

extension VM {
  /// Makes a UnicodeEncodeError or UnicodeDecodeError pending.
  func raiseUnicodeError(
    _ type: WellKnown, encoding: String, object: Value, start: Int, end: Int, reason: String
  ) throws(Unwind) -> Unwind {
    let exception = try call(
      Value(self.type(type)),
      arguments: [newString(encoding), object, Value(small: start), Value(small: end), newString(reason)], keywords: [])
    return raise(exception)
  }
}
