/// Module `binascii`: bytes as printable text and back, and checksums.
enum BinasciiModule {
  static let types = [
    NativeType(.binasciiError, "Error", base: .valueError, kind: .exception, module: "binascii", []),
    NativeType(.binasciiIncomplete, "Incomplete", base: .exception, kind: .exception, module: "binascii", []),
  ]

  static let module = NativeModule("binascii", functions) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("Error"), Value(vm.type(.binasciiError)))
    try dict.set(name: vm.intern("Incomplete"), Value(vm.type(.binasciiIncomplete)))
  }

  private static let functions = [
    NativeFunction("hexlify", "data, sep=, bytes_per_sep=1", toHex),
    NativeFunction("b2a_hex", "data, sep=, bytes_per_sep=1", toHex),
    NativeFunction("unhexlify", "hexstr, /", fromHex),
    NativeFunction("a2b_hex", "hexstr, /", fromHex),
    NativeFunction("b2a_base64", "data, /, *, newline=True", { (vm, a) throws(Unwind) in
      let data = try source(vm, a[0])
      return try vm.newBytes(Base64.encode(data, newline: vm.truth(a[1])))
    }),
    NativeFunction("a2b_base64", "data, /, *, strict_mode=False", { (vm, a) throws(Unwind) in
      let data = try ascii(vm, a[0])
      let isStrict = try vm.truth(a[1])
      let decoded: [UInt8]
      do throws(Base64.Failure) {
        decoded = try Base64.decode(data, isStrict: isStrict)
      } catch {
        throw vm.raise(.binasciiError, error.message)
      }
      return try vm.newBytes(decoded)
    }),
    NativeFunction("b2a_uu", "data, /, *, backtick=False", toUU),
    NativeFunction("a2b_uu", "data, /", fromUU),
    NativeFunction("b2a_qp", "data, quotetabs=False, istext=True, header=False", { (vm, a) throws(Unwind) in
      let data = try source(vm, a[0])
      return try vm.newBytes(
        QuotedPrintable.encode(
          data, quotesTabs: vm.truth(a[1]), isText: vm.truth(a[2]), isHeader: vm.truth(a[3])))
    }),
    NativeFunction("a2b_qp", "data, header=False", { (vm, a) throws(Unwind) in
      let data = try ascii(vm, a[0])
      return try vm.newBytes(QuotedPrintable.decode(data, isHeader: vm.truth(a[1])))
    }),
    NativeFunction("crc32", "data, crc=0, /", { (vm, a) throws(Unwind) in
      let data = try source(vm, a[0])
      let start = try vm.lowBits(vm.index(a[1]))
      return Value(small: Int(CyclicCode.crc32(data, UInt32(truncatingIfNeeded: start))))
    }),
    NativeFunction("crc_hqx", "data, crc, /", { (vm, a) throws(Unwind) in
      let data = try source(vm, a[0])
      var crc = UInt32(truncatingIfNeeded: try vm.lowBits(vm.index(a[1])) & 0xFFFF)
      for byte in data { crc = crc << 8 & 0xFF00 ^ CyclicCode.hqx[Int(crc >> 8 & 0xFF) ^ Int(byte)] }
      return Value(small: Int(crc))
    }),
  ]

  /// The bytes of an argument, outside of the cage and charged.
  static func source(_ vm: VM, _ value: Value) throws(Unwind) -> [UInt8] {
    if vm.is(value, .memoryview), !PyMemoryView(vm, value).isReleased, !PyMemoryView(vm, value).isContiguous {
      throw vm.raise(.bufferError, "memoryview: underlying buffer is not C-contiguous")
    }
    let view = try vm.requireBytes(value)
    try vm.requireRoom(view.count * 3)
    try vm.charge(view.count >> 1)
    return view.array()
  }

  /// The same of a text argument, which may be an ASCII str.
  static func ascii(_ vm: VM, _ value: Value) throws(Unwind) -> [UInt8] {
    if vm.isString(value) {
      let string = PyString(vm, value)
      guard string.isASCII || string.count == 0 else {
        throw vm.raise(.valueError, "string argument should contain only ASCII characters")
      }
      try vm.requireRoom(string.count * 2)
      try vm.charge(string.count >> 1)
      return string.utf8()
    }
    guard BytesView(vm, value) != nil || vm.is(value, .memoryview) else {
      throw vm.raise(
        .typeError, "argument should be bytes, buffer or ASCII string, not '\(vm.typeName(value))'")
    }
    return try source(vm, value)
  }

  static func toHex(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let data = try source(vm, a[0])
    let text = try ByteMethods.hex(vm, a) { () throws(Unwind) in data }
    return try vm.newBytes(PyString(vm, text).utf8())
  }

  static func fromHex(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let text = try ascii(vm, a[0])
    guard text.count % 2 == 0 else { throw vm.raise(.binasciiError, "Odd-length string") }
    var out: [UInt8] = []
    out.reserveCapacity(text.count / 2)
    for index in stride(from: 0, to: text.count, by: 2) {
      guard let high = ByteText.hexValue(text[index]), let low = ByteText.hexValue(text[index + 1]) else {
        throw vm.raise(.binasciiError, "Non-hexadecimal digit found")
      }
      out.append(high << 4 | low)
    }
    return try vm.newBytes(out)
  }

  // MARK: uuencode: one line, its length first

  static func toUU(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let data = try source(vm, a[0])
    guard data.count <= 45 else { throw vm.raise(.binasciiError, "At most 45 bytes at once") }
    let zero: UInt8 = try vm.truth(a[1]) ? 0x60 : 0x20
    func letter(_ bits: Int) -> UInt8 { bits == 0 ? zero : UInt8(bits & 63) + 0x20 }
    var out = [letter(data.count)]
    for start in stride(from: 0, to: data.count, by: 3) {
      let bytes = (0..<3).map { start + $0 < data.count ? Int(data[start + $0]) : 0 }
      let bits = bytes[0] << 16 | bytes[1] << 8 | bytes[2]
      for shift in [18, 12, 6, 0] { out.append(letter(bits >> shift & 63)) }
    }
    out.append(0x0A)
    return try vm.newBytes(out)
  }

  static func fromUU(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let text = try ascii(vm, a[0])
    let count = text.first.map { Int($0 &- 0x20) & 63 } ?? Int(0 &- 0x20 as UInt8) & 63
    var out: [UInt8] = []
    var (bits, bitCount, index) = (0, 0, 1)
    while out.count < count {
      var byte: UInt8 = 0
      if index < text.count {
        byte = text[index]
        // What is missing at a line's end counts as zeros.
        if byte == 0x0A || byte == 0x0D {
          byte = 0
        } else {
          guard byte >= 0x20, byte <= 0x60 else { throw vm.raise(.binasciiError, "Illegal char") }
          byte = (byte - 0x20) & 63
        }
        index += 1
      }
      bits = bits << 6 | Int(byte)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> bitCount))
        bits &= (1 << bitCount) - 1
      }
    }
    for byte in text.dropFirst(index) where ![0x20, 0x60, 0x0A, 0x0D].contains(byte) {
      throw vm.raise(.binasciiError, "Trailing garbage")
    }
    return try vm.newBytes(out)
  }
}
