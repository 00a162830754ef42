/// A memoryview: `1` object (None when released), `2` offset of the first item in bytes, `3` number of items, `4`
/// distance of
/// items in bytes, `5` format, `6` whether it is read-only, `7` its hash once it was asked for, `8` and `9` its shape
/// (see `PyMemoryView+Shape.swift`).
///
/// It looks into its object at each access. A bytearray may shrink while a view of it lives outside of a `with`
/// block; such a view then
/// counts as released.
@safe struct PyMemoryView {
  let words: Words
  let vm: VM

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
  /// Whether items can be read: all but `w`, an array's characters.
  var hasKnownFormat: Bool { code != 0x77 }

  /// True when it was released, or its object has become too short for it.
  var isReleased: Bool {
    guard object.isRef, let base = BytesView(vm, object) else { return true }
    if isMultidimensional { return extent.upperBound > base.count }
    if count == 0 { return offset > base.count }
    let last = offset + (count - 1) * stride
    return max(offset, last) + itemSize > base.count
  }

  /// The size of an item of a format; nil for an unknown one.
  static func itemSize(_ code: UInt32) -> Int? {
    switch Unicode.Scalar(code) {
    case "B", "b", "c", "?": 1
    case "h", "H", "e": 2
    case "i", "I", "f", "w": 4
    case "l", "L", "q", "Q", "n", "N", "d", "P": 8
    default: nil
    }
  }

  /// Raises ValueError when it was released.
  func check() throws(Unwind) {
    if isReleased { throw vm.raise(.valueError, "operation forbidden on released memoryview object") }
  }

  /// The object's bytes; checks that they are there.
  func objectBytes() throws(Unwind) -> Bytes {
    try check()
    return BytesView(vm, object)?.bytes ?? words.bytes(from: 0)
  }

  /// Item number `index` (which is in range) as a value.
  func item(_ index: Int) throws(Unwind) -> Value { try item(at: offset + index * stride) }

  /// The item at a place in the object's bytes.
  func item(at place: Int) throws(Unwind) -> Value {
    let bytes = try objectBytes()
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
  func setItem(_ index: Int, _ value: Value) throws(Unwind) { try setItem(at: offset + index * stride, value) }

  /// Stores a value at a place in the object's bytes.
  func setItem(at place: Int, _ value: Value) throws(Unwind) {
    let raw = try rawItem(value)
    let bytes = try objectBytes()
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
    let bytes = try objectBytes()
    let size = itemSize
    try vm.charge(byteCount >> 4)
    try vm.requireRoom(byteCount)
    if isContiguous { return bytes.advanced(by: offset).array(count: byteCount) }
    var out: [UInt8] = []
    out.reserveCapacity(byteCount)
    try forEachItem { (place) throws(Unwind) in
      for byte in 0..<size { out.append(bytes[place &+ byte]) }
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
        Value(small: stride), format, Value(isReadOnly), .none, .none, .none))
  }
}
