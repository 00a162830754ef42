/// Decodes bytes to characters, with the error handlers that CPython has built in.
struct TextDecoder {
  let vm: VM
  let bytes: [UInt8]
  let codec: TextCodec
  private let errors: String
  /// Under `charmap`: the characters of each byte; nil for those that are undefined.
  private let table: [[UInt32]?]
  var out: TextBuilder
  /// The next byte; after `run`, how many were used.
  var position = 0
  /// False: a sequence that breaks off at the end is left for the next call.
  var isFinal = true
  /// What a mark at the start said.
  private(set) var order: TextCodec.ByteOrder?
  private(set) var hasMark = false

  init(_ vm: VM, _ bytes: [UInt8], _ codec: TextCodec, errors: String, table: [[UInt32]?] = []) {
    self.table = table
    self.vm = vm
    self.bytes = bytes
    self.codec = codec
    self.errors = errors
    out = TextBuilder(vm, capacity: bytes.count)
  }

  mutating func run(isFinal: Bool) throws(Unwind) {
    self.isFinal = isFinal
    switch codec {
    case .utf8: try decodeUTF8()
    case .utf8WithSignature:
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
      try decodeUTF8()
    case .latin1:
      try out.append(bytes)
      position = bytes.count
    case .ascii: try decodeASCII()
    case .utf16(let order): try decodeUTF16(order)
    case .utf32(let order): try decodeUTF32(order)
    case .unicodeEscape: try decodeEscapes()
    case .rawUnicodeEscape: try decodeRawEscapes()
    case .charmap: try decodeTable()
    }
  }

  private mutating func decodeASCII() throws(Unwind) {
    while position < bytes.count {
      let start = position
      while position < bytes.count, bytes[position] < 0x80 { position += 1 }
      try out.append(Array(bytes[start..<position]))
      if position < bytes.count { try handle(position, position + 1, "ordinal not in range(128)") }
    }
  }

  private mutating func decodeTable() throws(Unwind) {
    while position < bytes.count {
      let byte = Int(bytes[position])
      if byte < table.count, let scalars = table[byte] {
        try out.append(scalars: scalars)
        position += 1
      } else {
        try handle(position, position + 1, "character maps to <undefined>")
      }
    }
  }

  // MARK: UTF-8

  private mutating func decodeUTF8() throws(Unwind) {
    while position < bytes.count {
      let start = position
      while position < bytes.count, bytes[position] < 0x80 { position += 1 }
      let isWhole = start == 0 && position == bytes.count
      if position > start { try out.append(isWhole ? bytes : Array(bytes[start..<position])) }
      guard position < bytes.count else { break }
      if try !decodeSequence() { break }
    }
  }

  /// Decodes a sequence of two bytes or more; false when it breaks off and more is to come.
  private mutating func decodeSequence() throws(Unwind) -> Bool {
    let start = position
    let lead = bytes[start]
    let length: Int
    var scalar: UInt32
    switch lead {
    case 0xC2...0xDF: (length, scalar) = (2, UInt32(lead & 0x1F))
    case 0xE0...0xEF: (length, scalar) = (3, UInt32(lead & 0x0F))
    case 0xF0...0xF4: (length, scalar) = (4, UInt32(lead & 0x07))
    default:
      try handle(start, start + 1, "invalid start byte")
      return true
    }
    for place in 1..<length {
      guard start + place < bytes.count else {
        if !isFinal { return false }
        try handle(start, bytes.count, "unexpected end of data")
        return true
      }
      let byte = bytes[start + place]
      guard isContinuation(byte, lead: lead, place: place) else {
        try handle(start, start + place, "invalid continuation byte")
        return true
      }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    try out.append(scalar: scalar)
    position = start + length
    return true
  }

  /// The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF.
  private func isContinuation(_ byte: UInt8, lead: UInt8, place: Int) -> Bool {
    guard byte & 0xC0 == 0x80 else { return false }
    guard place == 1 else { return true }
    switch lead {
    case 0xE0: return byte >= 0xA0
    case 0xED: return byte < 0xA0
    case 0xF0: return byte >= 0x90
    case 0xF4: return byte < 0x90
    default: return true
    }
  }

  // MARK: UTF-16 and UTF-32

  private func unit(_ index: Int, _ size: Int, _ order: TextCodec.ByteOrder) -> UInt32 {
    var unit: UInt32 = 0
    for place in 0..<size { unit = unit << 8 | UInt32(bytes[index + (order == .big ? place : size - 1 - place)]) }
    return unit
  }

  private mutating func decodeUTF16(_ declared: TextCodec.ByteOrder) throws(Unwind) {
    var order = declared
    if order == .marked {
      order = .little
      if bytes.count >= 2 {
        let mark = unit(0, 2, .little)
        if mark == 0xFEFF || mark == 0xFFFE { position = 2 }
        hasMark = position == 2
        if mark == 0xFFFE { order = .big }
      }
      self.order = order
    }
    while position < bytes.count {
      guard position + 2 <= bytes.count else {
        if !isFinal { return }
        try handle(position, bytes.count, "truncated data")
        continue
      }
      let first = unit(position, 2, order)
      if first & 0xF800 != 0xD800 {
        try out.append(scalar: first)
        position += 2
      } else if first >= 0xDC00 {
        try handle(position, position + 2, "illegal encoding")
      } else if position + 4 > bytes.count {
        if !isFinal { return }
        try handle(position, bytes.count, "unexpected end of data")
      } else {
        let second = unit(position + 2, 2, order)
        if second & 0xFC00 == 0xDC00 {
          try out.append(scalar: 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
          position += 4
        } else {
          try handle(position, position + 2, "illegal UTF-16 surrogate")
        }
      }
    }
  }

  private mutating func decodeUTF32(_ declared: TextCodec.ByteOrder) throws(Unwind) {
    var order = declared
    if order == .marked {
      order = .little
      if bytes.count >= 4 {
        let mark = unit(0, 4, .little)
        if mark == 0xFEFF || mark == 0xFFFE_0000 { position = 4 }
        hasMark = position == 4
        if mark == 0xFFFE_0000 { order = .big }
      }
      self.order = order
    }
    while position < bytes.count {
      guard position + 4 <= bytes.count else {
        if !isFinal { return }
        try handle(position, bytes.count, "truncated data")
        continue
      }
      let scalar = unit(position, 4, order)
      if scalar & ~0x7FF == 0xD800 {
        try handle(position, position + 4, "code point in surrogate code point range(0xd800, 0xe000)")
      } else if scalar >= 0x110000 {
        try handle(position, position + 4, "code point not in range(0x110000)")
      } else {
        try out.append(scalar: scalar)
        position += 4
      }
    }
  }

  // MARK: Errors

  /// Applies the error handler to bytes `start..<end` and goes on after them.
  mutating func handle(_ start: Int, _ end: Int, _ reason: String) throws(Unwind) {
    position = end
    switch errors {
    case "ignore": break
    case "replace": try out.append(scalar: 0xFFFD)
    case "backslashreplace": for byte in bytes[start..<end] { try out.append(StringRepr.numericEscape(UInt32(byte))) }
    case "surrogateescape":
      var index = start
      while index < end, index < start + 4, bytes[index] >= 0x80 {
        try out.append(scalar: 0xDC00 + UInt32(bytes[index]))
        index += 1
      }
      guard index > start else { throw try failure(start, end, reason) }
      position = index
    case "surrogatepass":
      guard let (scalar, length) = passedSurrogate(start) else { throw try failure(start, end, reason) }
      try out.append(scalar: scalar)
      position = start + length
    case "strict": throw try failure(start, end, reason)
    case "xmlcharrefreplace", "namereplace":
      throw vm.raise(.typeError, "don't know how to handle UnicodeDecodeError in error callback")
    default: try handleByProgram(start, end, reason)
    }
  }

  /// The surrogate that is encoded at `start` as any other character would be.
  func passedSurrogate(_ start: Int) -> (UInt32, Int)? {
    let scalar: UInt32
    let length: Int
    switch codec {
    case .utf8, .utf8WithSignature:
      guard start + 3 <= bytes.count, bytes[start] == 0xED, bytes[start + 1] & 0xC0 == 0x80,
        bytes[start + 2] & 0xC0 == 0x80
      else { return nil }
      scalar = 0xD000 | UInt32(bytes[start + 1] & 0x3F) << 6 | UInt32(bytes[start + 2] & 0x3F)
      length = 3
    case .utf16(let declared):
      guard start + 2 <= bytes.count else { return nil }
      scalar = unit(start, 2, declared == .marked ? order ?? .little : declared)
      length = 2
    case .utf32(let declared):
      guard start + 4 <= bytes.count else { return nil }
      scalar = unit(start, 4, declared == .marked ? order ?? .little : declared)
      length = 4
    default: return nil
    }
    return scalar & ~0x7FF == 0xD800 ? (scalar, length) : nil
  }

  /// Asks a handler that a program has registered.
  private mutating func handleByProgram(_ start: Int, _ end: Int, _ reason: String) throws(Unwind) {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let exception = try vm.newUnicodeError(
      .unicodeDecodeError, encoding: shownName, object: vm.newBytes(bytes), start: start, end: end, reason: reason)
    vm.keep(exception)
    let (replacement, next) = try vm.callErrorHandler(errors, exception, length: bytes.count, acceptsBytes: false)
    try out.append(replacement)
    position = next
  }

  private func failure(_ start: Int, _ end: Int, _ reason: String) throws(Unwind) -> Unwind {
    try vm.raiseUnicodeError(
      .unicodeDecodeError, encoding: shownName, object: vm.newBytes(bytes), start: start, end: end, reason: reason)
  }

  private var shownName: String {
    // What a mark said, or little-endian, names the encoding in the message.
    let isBig = order == .big
    return switch codec {
    case .utf16(.marked): TextCodec.utf16(isBig ? .big : .little).name
    case .utf32(.marked): TextCodec.utf32(isBig ? .big : .little).name
    default: codec.name
    }
  }
}
