/// A string: `1` length and hash, units of one, two or four bytes (as the widest character needs) from word 2 on.
///
/// With the flag `shared` the units lie in a buffer of their own (`2` buffer:32, offset in bytes:32) that has room to grow: the result of a
/// large `a + b`. When `a` is the last that used the buffer, the next `a + c` continues in it, so building a string piece by
/// piece takes linear time. The first word of the buffer's payload is the number of bytes in use.
@safe package struct PyString {
  package let words: Words
  /// Where the units start.
  package let units: Bytes

  @inline(__always) package init(_ vm: VM, _ value: Value) {
    words = vm.words(value)
    units = words[0] & ObjectFlags.shared == 0
      ? words.bytes(from: 2) : vm.bytes(at: words.low(2)).advanced(by: words.high(2))
  }

  /// The length in characters.
  package var count: Int { @inline(__always) get { words.low(1) } }
  /// 0, 1, 2: units of 1, 2, 4 bytes.
  package var widthShift: Int { @inline(__always) get { Int((words[0] & ObjectFlags.widthMask) >> ObjectFlags.widthShift) } }
  package var byteCount: Int { count << widthShift }
  package var isASCII: Bool { words[0] & ObjectFlags.ascii != 0 }

  /// The character at an index.
  package subscript(_ index: Int) -> UInt32 {
    @inline(__always) get {
      switch widthShift {
      case 0: return UInt32(units[index])
      case 1: return UInt32(units.unit16(index))
      default: return units.unit32(index)
      }
    }
  }

  /// UTF-8; surrogates come out as three bytes each.
  package func utf8() -> [UInt8] {
    if isASCII { return units.array(count: count) }
    var out: [UInt8] = []
    out.reserveCapacity(count * 2)
    for index in 0..<count { out.appendUTF8(self[index]) }
    return out
  }

  /// As a Swift string; surrogates become U+FFFD.
  package var swiftString: String { String(decoding: utf8(), as: UTF8.self) }
}

extension [UInt8] {
  /// Appends a code point; a surrogate as three bytes.
  package mutating func appendUTF8(_ scalar: UInt32) {
    let byte = { (bits: UInt32) in UInt8(truncatingIfNeeded: bits) }
    if scalar < 0x80 {
      append(byte(scalar))
    } else if scalar < 0x800 {
      append(byte(0xC0 | scalar >> 6))
      append(byte(0x80 | scalar & 0x3F))
    } else if scalar < 0x10000 {
      append(byte(0xE0 | scalar >> 12))
      append(byte(0x80 | scalar >> 6 & 0x3F))
      append(byte(0x80 | scalar & 0x3F))
    } else {
      append(byte(0xF0 | scalar >> 18))
      append(byte(0x80 | scalar >> 12 & 0x3F))
      append(byte(0x80 | scalar >> 6 & 0x3F))
      append(byte(0x80 | scalar & 0x3F))
    }
  }
}

extension VM {
  /// Room for a string of `count` characters of the given width (0, 1, 2): to be filled at once. Sets no ASCII flag.
  package func allocateString(count: Int, widthShift: Int, isASCII: Bool) throws(Unwind) -> Value {
    guard count < 1 << 30 else { throw raiseMemoryError() }
    let ref = try allocateCell(16 &+ (count << widthShift))
    let string = words(ref)
    let flags = UInt64(widthShift) << ObjectFlags.widthShift | (isASCII ? ObjectFlags.ascii : 0)
    string[0] = header(.string, class: type(.str), flags: flags)
    string[1] = UInt64(count)
    return Value(ref)
  }

  /// A string of ASCII or Latin-1 bytes from the cage.
  package func newString(bytes: Bytes, count: Int, isASCII: Bool) throws(Unwind) -> Value {
    if count == 0 { return self[root: .emptyString] }
    let value = try allocateString(count: count, widthShift: 0, isASCII: isASCII)
    words(value).bytes(from: 2).copyShort(from: bytes, count: count)
    return value
  }

  package func newString(_ text: String) throws(Unwind) -> Value { try newString(utf8: Array(text.utf8)) }

  package func newString(_ text: StaticString) throws(Unwind) -> Value { try newString("\(text)") }

  /// A string of UTF-8 that is known to be valid, or to hold surrogates as three bytes each.
  package func newString(utf8: [UInt8]) throws(Unwind) -> Value {
    if utf8.allSatisfy({ $0 < 0x80 }) {
      if utf8.isEmpty && self[root: .emptyString].isRef { return self[root: .emptyString] }
      let value = try allocateString(count: utf8.count, widthShift: 0, isASCII: true)
      words(value).bytes(from: 2).write(utf8)
      return value
    }
    return try newString(scalars: decodeUTF8(utf8))
  }

  /// A string of code points, in the narrowest units that hold them.
  package func newString(scalars: [UInt32]) throws(Unwind) -> Value {
    if scalars.isEmpty { return self[root: .emptyString] }
    var union: UInt32 = 0
    for scalar in scalars { union |= scalar }
    let widthShift = union < 0x100 ? 0 : union < 0x10000 ? 1 : 2
    let value = try allocateString(count: scalars.count, widthShift: widthShift, isASCII: union < 0x80)
    let units = words(value).bytes(from: 2)
    for (index, scalar) in scalars.enumerated() {
      switch widthShift {
      case 0: units[index] = UInt8(truncatingIfNeeded: scalar)
      case 1: units.setUnit16(index, UInt16(truncatingIfNeeded: scalar))
      default: units.setUnit32(index, scalar)
      }
    }
    return value
  }

  private func decodeUTF8(_ utf8: [UInt8]) -> [UInt32] {
    var scalars: [UInt32] = []
    scalars.reserveCapacity(utf8.count)
    var index = 0
    func tail(_ offset: Int) -> UInt32 { index + offset < utf8.count ? UInt32(utf8[index + offset] & 0x3F) : 0 }
    while index < utf8.count {
      let lead = UInt32(utf8[index])
      if lead < 0x80 {
        scalars.append(lead)
        index += 1
      } else if lead < 0xE0 {
        scalars.append((lead & 0x1F) << 6 | tail(1))
        index += 2
      } else if lead < 0xF0 {
        scalars.append((lead & 0x0F) << 12 | tail(1) << 6 | tail(2))
        index += 3
      } else {
        scalars.append((lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3))
        index += 4
      }
    }
    return scalars
  }

  /// The one-character string; those below 256 are kept.
  package func character(_ scalar: UInt32) throws(Unwind) -> Value {
    if scalar < 256 {
      let kept = PyTuple(self, self[root: .singleCharacters])[Int(scalar)]
      if kept.isRef { return kept }
      let fresh = try newString(scalars: [scalar])
      PyTuple(self, self[root: .singleCharacters])[Int(scalar)] = fresh
      return fresh
    }
    return try newString(scalars: [scalar])
  }

  /// The hash of a string, kept in it.
  @inline(__always) package func stringHash(_ value: Value) -> Int {
    let words = self.words(value)
    let known = words.high(1)
    return known != 0 ? known : computeStringHash(value)
  }

  @inline(never) private func computeStringHash(_ value: Value) -> Int {
    let string = PyString(self, value)
    // Equal strings have equal units, as the narrowest are used always.
    let half = hash(string.units, count: string.byteCount)
    // That of the empty string looks as if it was not known: it is in the base image, which is not written without need.
    if half != 0 { string.words.setHigh(1, half) }
    return half
  }

  /// The hash of bytes, eight at a time: 32 bits, 0 for none only. The same for bytes as for a string of these units, and in every run: strings
  /// of the base image keep theirs.
  func hash(_ bytes: Bytes, count: Int) -> Int {
    if count == 0 { return 0 }
    let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash = UInt64(count) &* multiplier
    var index = 0
    while index &+ 8 <= count {
      hash = (hash ^ bytes.word(index)) &* multiplier
      hash ^= hash >> 32
      index &+= 8
    }
    if index < count {
      // Bytes beyond the end are read, and masked.
      let rest = bytes.word(index) & (1 << UInt64((count &- index) &* 8) &- 1)
      hash = (hash ^ rest) &* multiplier
    }
    hash ^= hash >> 29
    hash = hash &* multiplier
    let half = Int(hash >> 32)
    return half == 0 ? 1 : half
  }

  /// Whether two strings have the same characters.
  package func equalStrings(_ a: Value, _ b: Value) -> Bool {
    if a == b { return true }
    let x = PyString(self, a)
    let y = PyString(self, b)
    guard x.count == y.count else { return false }
    let hashes = (x.words.high(1), y.words.high(1))
    if hashes.0 != 0, hashes.1 != 0, hashes.0 != hashes.1 { return false }
    // The narrowest units are used always, so equal strings have equal widths.
    guard x.widthShift == y.widthShift else { return false }
    return x.units.equals(y.units, count: x.byteCount)
  }

  /// The one string with these characters that attribute and variable names use.
  package func intern(_ text: String) throws(Unwind) -> Value {
    try intern(newString(text))
  }

  package func intern(_ string: Value) throws(Unwind) -> Value {
    let object = words(string)
    if object.hasFlag(ObjectFlags.interned) { return string }
    guard object[0] >> 32 == UInt64(type(.str).offset) else { return string }
    let base = self[root: .baseInternTable]
    if base.isRef, let entry = PyDict(self, base).find(name: string) {
      return PyDict(self, base).entry(at: entry)?.key ?? string
    }
    let table = PyDict(self, self[root: .internTable])
    if let entry = table.find(name: string) { return table.entry(at: entry)?.key ?? string }
    try table.insert(string, .none, hash: stringHash(string))
    object.setFlag(ObjectFlags.interned)
    return string
  }

  /// A str object's text for messages.
  package func text(_ value: Value) -> String { PyString(self, value).swiftString }

  /// Whether the value is a str (or an instance of a subclass).
  @inline(__always) package func isString(_ value: Value) -> Bool { self.is(value, .string) }
}
