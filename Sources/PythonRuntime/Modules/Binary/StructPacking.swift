/// Values in and out of the bytes that a format describes.
extension StructFormat {
  // MARK: Unpacking

  /// The values in `size` bytes from `start` on, as a tuple.
  func unpack(_ vm: VM, _ bytes: Bytes, at start: Int) throws(Unwind) -> Value {
    try vm.charge(valueCount + 2)
    let result = try vm.newTuple(count: valueCount)
    let tuple = PyTuple(vm, result)
    var next = 0
    for item in items {
      if item.code == 0x73 || item.code == 0x70 {
        tuple[next] = try text(vm, item, bytes.advanced(by: start + item.offset))
        next += 1
        continue
      }
      for index in 0..<item.count {
        tuple[next] = try value(vm, item, bytes, start + item.offset + index * item.size)
        next += 1
      }
    }
    return result
  }

  private func text(_ vm: VM, _ item: Item, _ bytes: Bytes) throws(Unwind) -> Value {
    try vm.charge(item.count >> 5)
    if item.code == 0x73 { return try vm.newBytes(bytes, count: item.count) }
    // A Pascal string: its length first.
    guard item.count > 0 else { return try vm.newBytes([]) }
    return try vm.newBytes(bytes.advanced(by: 1), count: min(Int(bytes[0]), item.count - 1))
  }

  private func value(_ vm: VM, _ item: Item, _ bytes: Bytes, _ place: Int) throws(Unwind) -> Value {
    var bits = bytes.littleEndian(place, count: item.size)
    if isBigEndian, item.size > 1 { bits = bits.byteSwapped >> UInt64(64 - item.size * 8) }
    switch Unicode.Scalar(item.code) {
    case "c": return try vm.newBytes([UInt8(truncatingIfNeeded: bits)])
    case "?": return Value(bits != 0)
    case "b", "h", "i", "l", "q", "n":
      let shift = UInt64(64 - item.size * 8)
      return try vm.integer(Int(Int64(bitPattern: bits << shift) >> Int64(shift)))
    case "e": return try vm.float(PyMemoryView.half(UInt16(truncatingIfNeeded: bits)))
    case "f": return try vm.float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
    case "d": return try vm.float(Double(bitPattern: bits))
    default: return try vm.integer(bits)
    }
  }

  // MARK: Packing

  /// Writes values, which lie in `values` from `first` on, to `size` bytes. Converting them may run Python code, so the bytes are
  /// asked for when all are there.
  func pack(_ vm: VM, _ values: PyTuple, from first: Int) throws(Unwind) -> [UInt8] {
    try vm.requireRoom(size)
    try vm.charge(valueCount + size >> 5 + 2)
    var out = [UInt8](repeating: 0, count: size)
    var next = first
    for item in items {
      if item.code == 0x73 || item.code == 0x70 {
        try packText(vm, item, values[next], &out)
        next += 1
        continue
      }
      for index in 0..<item.count {
        var bits = try pack(vm, item, values[next])
        next += 1
        if isBigEndian { bits = bits.byteSwapped >> UInt64(64 - item.size * 8) }
        let place = item.offset + index * item.size
        for byte in 0..<item.size { out[place + byte] = UInt8(truncatingIfNeeded: bits >> UInt64(byte * 8)) }
      }
    }
    return out
  }

  private func packText(_ vm: VM, _ item: Item, _ value: Value, _ out: inout [UInt8]) throws(Unwind) {
    let isPascal = item.code == 0x70
    guard vm.is(value, .bytes) || vm.is(value, .bytearray), let view = BytesView(vm, value) else {
      throw vm.raise(.structError, "argument for '\(isPascal ? "p" : "s")' must be a bytes object")
    }
    let skip = isPascal ? 1 : 0
    let count = max(0, min(view.count, item.count - skip))
    for index in 0..<count { out[item.offset + skip + index] = view[index] }
    if isPascal, item.count > 0 { out[item.offset] = UInt8(min(count, 255)) }
  }

  private func pack(_ vm: VM, _ item: Item, _ value: Value) throws(Unwind) -> UInt64 {
    switch Unicode.Scalar(item.code) {
    case "c":
      guard vm.is(value, .bytes), let view = BytesView(vm, value), view.count == 1 else {
        throw vm.raise(.structError, "char format requires a bytes object of length 1")
      }
      return UInt64(view[0])
    case "?": return try vm.truth(value) ? 1 : 0
    case "e", "f", "d": return try packFloat(vm, item, value)
    default: return try packInteger(vm, item, value)
    }
  }

  private func packFloat(_ vm: VM, _ item: Item, _ value: Value) throws(Unwind) -> UInt64 {
    guard vm.asDouble(value) != nil || vm.isInteger(value) || vm.lookupSpecial(value, .float) != nil
      || vm.lookupSpecial(value, .index) != nil
    else { throw vm.raise(.structError, "required argument is not a float") }
    let double: Double
    do {
      double = try vm.floatArgument(value)
    } catch {
      guard error.isException, vm.isInteger(value), vm.pendingMatches(.overflowError) else { throw error }
      vm.takePending()
      throw vm.raise(.structError, "int too large to convert")
    }
    let bits: UInt64
    let isTooLarge: Bool
    switch Unicode.Scalar(item.code) {
    case "d": return double.bitPattern
    case "e":
      let half = Float16(double)
      bits = UInt64(half.bitPattern)
      isTooLarge = half.isInfinite && double.isFinite
    default:
      let float = Float(double)
      bits = UInt64(float.bitPattern)
      isTooLarge = float.isInfinite && double.isFinite && !isNative
    }
    guard isTooLarge else { return bits }
    if vm.isInteger(value) { throw vm.raise(.structError, "int too large to convert") }
    throw vm.raise(
      .overflowError, "float too large to pack with \(Unicode.Scalar(item.code)) format")
  }

  private func packInteger(_ vm: VM, _ item: Item, _ value: Value) throws(Unwind) -> UInt64 {
    guard vm.hasIndex(value) else { throw vm.raise(.structError, "required argument is not an integer") }
    let number = try vm.index(value)
    let letter = Unicode.Scalar(item.code)
    if letter == "P" {
      guard let wide = vm.asWide(number), wide >= Int128(Int64.min), wide <= Int128(UInt64.max) else {
        throw vm.raise(.structError, "int too large to convert")
      }
      return UInt64(truncatingIfNeeded: wide)
    }
    let isSigned = item.code & 0x20 != 0
    let bits = item.size * 8
    let least: Int128 = isSigned ? -(1 << Int128(bits - 1)) : 0
    let most: Int128 = (1 << Int128(isSigned ? bits - 1 : bits)) - 1
    let wide = vm.asWide(number)
    if let wide, wide >= least, wide <= most { return UInt64(truncatingIfNeeded: wide) }
    throw rangeError(vm, letter, wide, least, most)
  }

  /// The messages differ by the C type that CPython goes through.
  private func rangeError(
    _ vm: VM, _ letter: Unicode.Scalar, _ wide: Int128?, _ least: Int128, _ most: Int128
  ) -> Unwind {
    if isBigEndian, letter == "q" || letter == "Q" { return vm.raise(.structError, "int too large to convert") }
    let isNarrow = letter == "b" || letter == "B" || !isBigEndian && (letter == "h" || letter == "H")
    let isSigned = least < 0
    let reads = isSigned || isNarrow ? Int128(Int64.min)...Int128(Int64.max) : 0...Int128(UInt64.max)
    guard let wide, reads.contains(wide), most < 1 << 62 else {
      return vm.raise(.structError, "argument out of range")
    }
    let name =
      switch letter {
      case "b": "byte"
      case "B": "ubyte"
      case "h" where isNarrow: "short"
      case "H" where isNarrow: "ushort"
      default: "'\(letter)'"
      }
    return vm.raise(.structError, "\(name) format requires \(least) <= number <= \(most)")
  }
}
