/// A memoryview: `1` object (None when released), `2` offset of the first item in bytes, `3` number of items, `4`
/// distance of
/// items in bytes, `5` format, `6` whether it is read-only, `7` its hash once it was asked for.
///
/// It looks into its object at each access. A bytearray may shrink while a view of it lives outside of a `with`
/// block; such a view then
/// counts as released.
@safe struct PyMemoryView {
  let words: Words
  private let vm: VM

  init(_ vm: VM, _ value: Value) {
    words = vm.words(value)
    self.vm = vm
  }

  var object: Value { words.value(1) }
  var offset: Int { words.value(2).int }
  var count: Int { words.value(3).int }
  var stride: Int { words.value(4).int }
  var format: Value { words.value(5) }
  var isReadOnly: Bool { words.value(6) == .true }
  /// The letter of the format, without a prefix for the byte order.
  var code: UInt32 {
    let text = PyString(vm, format)
    return text.count == 0 ? 0x42 : text[text.count - 1]
  }
  var itemSize: Int { PyMemoryView.itemSize(code) ?? 1 }
  var isContiguous: Bool { stride == itemSize || count <= 1 }

  /// True when it was released, or its object has become too short for it.
  var isReleased: Bool {
    guard object.isRef, let base = BytesView(vm, object) else { return true }
    if count == 0 { return offset > base.count }
    let last = offset + (count - 1) * stride
    return max(offset, last) + itemSize > base.count
  }

  /// The size of an item of a format; nil for an unknown one.
  static func itemSize(_ code: UInt32) -> Int? {
    switch Unicode.Scalar(code) {
    case "B", "b", "c", "?": 1
    case "h", "H", "e": 2
    case "i", "I", "f": 4
    case "l", "L", "q", "Q", "n", "N", "d", "P": 8
    default: nil
    }
  }

  /// Raises ValueError when it was released.
  func check() throws(Unwind) {
    if isReleased { throw vm.raise(.valueError, "operation forbidden on released memoryview object") }
  }

  /// The object's bytes and the place of an item in them.
  private func place(_ index: Int) throws(Unwind) -> (Bytes, Int) {
    try check()
    guard let base = BytesView(vm, object) else { return (words.bytes(from: 0), 0) }
    return (base.bytes, offset + index * stride)
  }

  /// Item number `index` (which is in range) as a value.
  func item(_ index: Int) throws(Unwind) -> Value {
    let (bytes, place) = try place(index)
    let size = itemSize
    let raw = bytes.littleEndian(place, count: size)
    switch Unicode.Scalar(code) {
    case "B", "H", "I": return Value(small: Int(raw))
    case "L", "Q", "N", "P": return try vm.integer(raw)
    case "b", "h", "i", "l", "q", "n":
      let shift = UInt64(64 - size * 8)
      return try vm.integer(Int(Int64(bitPattern: raw << shift) >> Int64(shift)))
    case "?": return Value(raw != 0)
    case "c": return try vm.newBytes([UInt8(truncatingIfNeeded: raw)])
    case "f": return try vm.float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw))))
    case "d": return try vm.float(Double(bitPattern: raw))
    case "e": return try vm.float(PyMemoryView.half(UInt16(truncatingIfNeeded: raw)))
    default: throw vm.raise(.notImplementedError, "memoryview: format \(vm.text(format)) not supported")
    }
  }

  /// A number of half precision.
  static func half(_ bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 0x3FF) / 1024
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    if exponent == 0 { return sign * fraction * 0x1p-14 }
    return sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
  }

  /// Stores a value as item number `index`.
  func setItem(_ index: Int, _ value: Value) throws(Unwind) {
    let raw = try rawItem(value)
    let (bytes, place) = try place(index)
    for byte in 0..<itemSize { bytes[place &+ byte] = UInt8(truncatingIfNeeded: raw >> UInt64(byte * 8)) }
  }

  private func rawItem(_ value: Value) throws(Unwind) -> UInt64 {
    let letter = vm.text(format)
    func invalidType() -> Unwind { vm.raise(.typeError, "memoryview: invalid type for format '\(letter)'") }
    func invalidValue() -> Unwind { vm.raise(.valueError, "memoryview: invalid value for format '\(letter)'") }
    switch Unicode.Scalar(code) {
    case "c":
      guard vm.is(value, .bytes), let view = BytesView(vm, value) else { throw invalidType() }
      guard view.count == 1 else { throw invalidValue() }
      return UInt64(view[0])
    case "?": return try vm.truth(value) ? 1 : 0
    case "f", "d":
      guard vm.asDouble(value) != nil || vm.isInteger(value) || vm.lookupSpecial(value, .float) != nil else {
        throw invalidType()
      }
      let double = try vm.floatArgument(value)
      return code == 0x64 ? double.bitPattern : UInt64(Float(double).bitPattern)
    default:
      guard vm.isInteger(value) || vm.lookupSpecial(value, .index) != nil else { throw invalidType() }
      let number = try vm.index(value)
      let bits = itemSize * 8
      if code & 0x20 == 0 {
        if bits == 64 {
          guard vm.sign(number) >= 0, let wide = vm.asWide(number), let word = UInt64(exactly: wide) else {
            throw invalidValue()
          }
          return word
        }
        guard let int = vm.asInt(number), int >= 0, int < 1 << bits else { throw invalidValue() }
        return UInt64(int)
      }
      guard let int = vm.asInt(number), bits == 64 || int >= -(1 << (bits - 1)) && int < 1 << (bits - 1) else {
        throw invalidValue()
      }
      return UInt64(bitPattern: Int64(int))
    }
  }

  /// All items one after the other.
  func array() throws(Unwind) -> [UInt8] {
    try check()
    guard let base = BytesView(vm, object) else { return [] }
    let size = itemSize
    try vm.charge(count * size >> 4)
    try vm.requireRoom(count * size)
    if isContiguous { return base.bytes.advanced(by: offset).array(count: count * size) }
    var out: [UInt8] = []
    out.reserveCapacity(count * size)
    for index in 0..<count {
      for byte in 0..<size { out.append(base.bytes[offset &+ index &* stride &+ byte]) }
    }
    return out
  }

  /// A copy of its bytes in the cage.
  func copied(_ vm: VM) throws(Unwind) -> BytesView {
    let bytes = try array()
    let copy = try vm.newBytes(bytes)
    return BytesView(bytes: vm.words(copy).bytes(from: 2), count: bytes.count)
  }
}

extension VM {
  /// A view of `count` items of an object that has bytes.
  func newMemoryView(
    _ object: Value, offset: Int, count: Int, stride: Int, format: Value, isReadOnly: Bool
  ) throws(Unwind) -> Value {
    Value(
      try allocateRecord(
        .memoryview, class: type(.memoryview), object, Value(small: offset), Value(small: count),
        Value(small: stride), format, Value(isReadOnly), .none))
  }
}
