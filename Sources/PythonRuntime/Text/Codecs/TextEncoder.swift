/// Encodes the characters of a str object, with the error handlers that CPython has built in.
struct TextEncoder {
  private let vm: VM
  private let string: Value
  private let view: PyString
  private let codec: TextCodec
  private let errors: String
  private var out: [UInt8] = []
  /// What the characters become under `charmap`; those that are missing have no bytes.
  private var table: [UInt32: [UInt8]] = [:]

  init(_ vm: VM, _ string: Value, _ codec: TextCodec, errors: String, table: [UInt32: [UInt8]] = [:]) {
    self.table = table
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
    case .charmap:
      guard let bytes = table[scalar] else { return false }
      out += bytes
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
    case .charmap: table[scalar] != nil
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
    case "replace": for _ in start..<end { try append([0x3F], start, end) }
    case "backslashreplace": for index in start..<end { try append(StringRepr.numericEscape(view[index]), start, end) }
    case "xmlcharrefreplace": for index in start..<end { try append(Array("&#\(view[index]);".utf8), start, end) }
    case "namereplace": for index in start..<end { try append(TextEncoder.name(view[index]), start, end) }
    case "surrogateescape":
      for index in start..<end {
        guard !hasWideUnits, view[index] >= 0xDC80, view[index] <= 0xDCFF else { throw try failure(index, end) }
        out.append(UInt8(view[index] - 0xDC00))
      }
    case "surrogatepass":
      for index in start..<end {
        guard codec != .ascii, codec != .latin1, codec != .charmap, view[index] & ~0x7FF == 0xD800 else {
          throw try failure(start, end)
        }
        pass(view[index])
      }
    case "strict": throw try failure(start, end)
    default: return try handleByProgram(start, end)
    }
    try vm.charge(end - start)
    try vm.requireRoom(out.count)
    return end
  }

  /// Asks a handler that a program has registered; returns where to go on.
  private mutating func handleByProgram(_ start: Int, _ end: Int) throws(Unwind) -> Int {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let exception = try vm.newUnicodeError(
      .unicodeEncodeError, encoding: codec.name, object: string, start: start, end: end, reason: reason)
    vm.keep(exception)
    let (replacement, position) = try vm.callErrorHandler(errors, exception, length: view.count, acceptsBytes: true)
    if let bytes = BytesView(vm, replacement) {
      out += bytes.array()
    } else {
      let text = PyString(vm, replacement)
      for index in 0..<text.count {
        guard append(text[index]) else { throw vm.raise(exception) }
      }
    }
    try vm.charge(end - start)
    try vm.requireRoom(out.count)
    return position
  }

  /// Appends ASCII text in place of characters; the encoding may not have that either.
  private mutating func append(_ replacement: [UInt8], _ start: Int, _ end: Int) throws(Unwind) {
    for byte in replacement where !append(UInt32(byte)) { throw try failure(start, end) }
  }

  private mutating func pass(_ scalar: UInt32) {
    switch codec {
    case .utf16(let order): append(unit: scalar, 2, order)
    case .utf32(let order): append(unit: scalar, 4, order)
    default: out.appendUTF8(scalar)
    }
  }

  static func name(_ scalar: UInt32) -> [UInt8] {
    guard let name = CharacterClass.properties(scalar)?.name else { return StringRepr.numericEscape(scalar) }
    return Array("\\N{\(name)}".utf8)
  }

  private var reason: String {
    switch codec {
    case .ascii: "ordinal not in range(128)"
    case .latin1: "ordinal not in range(256)"
    case .charmap: "character maps to <undefined>"
    default: "surrogates not allowed"
    }
  }

  private func failure(_ start: Int, _ end: Int) throws(Unwind) -> Unwind {
    try vm.raiseUnicodeError(
      .unicodeEncodeError, encoding: codec.name, object: string, start: start, end: end, reason: reason)
  }
}

extension VM {
  /// Makes a UnicodeEncodeError or UnicodeDecodeError pending.
  func raiseUnicodeError(
    _ type: WellKnown, encoding: String, object: Value, start: Int, end: Int, reason: String
  ) throws(Unwind) -> Unwind {
    raise(try newUnicodeError(type, encoding: encoding, object: object, start: start, end: end, reason: reason))
  }

  func newUnicodeError(
    _ type: WellKnown, encoding: String, object: Value, start: Int, end: Int, reason: String
  ) throws(Unwind) -> Value {
    try call(
      Value(self.type(type)),
      arguments: [newString(encoding), object, Value(small: start), Value(small: end), newString(reason)], keywords: [])
  }
}
