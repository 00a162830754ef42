/// An array of module array: `1` type code, `2` number of items, `3` buffer (raw) or None, `4` its capacity in bytes, `5` how many
/// memoryviews keep it from changing its size.
@safe struct PyArray {
  let words: Words
  private let vm: VM

  init(_ vm: VM, _ value: Value) {
    words = vm.words(value)
    self.vm = vm
  }

  var code: ArrayCode { ArrayCode(rawValue: UInt8(truncatingIfNeeded: words.value(1).int)) ?? .signedByte }
  var count: Int {
    get { words.value(2).int }
    nonmutating set { words.set(2, Value(small: newValue)) }
  }
  var exports: Int {
    get { words.value(5).int }
    nonmutating set { words.set(5, Value(small: newValue)) }
  }
  private var capacity: Int { words.value(4).int }
  /// The items' bytes. Anything that changes the size may replace them.
  var bytes: Bytes {
    let buffer = words.value(3)
    return buffer.isRef ? vm.words(buffer).bytes(from: 1) : words.bytes(from: 0)
  }

  /// An empty array.
  static func make(_ vm: VM, _ code: ArrayCode, class type: Ref? = nil) throws(Unwind) -> Value {
    let result = Value(
      try vm.allocateSubclassable(.array, class: type ?? vm.type(.array), words: 6))
    let words = vm.words(result)
    words.set(1, Value(small: Int(code.rawValue)))
    words.set(2, .zero)
    words.set(3, .none)
    words.set(4, .zero)
    words.set(5, .zero)
    return result
  }

  /// A new array with a copy of `count` items' bytes.
  static func make(_ vm: VM, _ code: ArrayCode, copying source: Bytes, count: Int) throws(Unwind) -> Value {
    let result = try make(vm, code)
    let array = PyArray(vm, result)
    try array.resize(to: count)
    try vm.charge(count * code.size >> 6)
    array.bytes.copy(from: source, count: count * code.size)
    return result
  }

  /// Changes the number of items; new ones hold whatever was there.
  func resize(to newCount: Int) throws(Unwind) {
    if newCount != count, exports > 0 {
      throw vm.raise(.bufferError, "cannot resize an array that is exporting buffers")
    }
    guard newCount < 1 << 30 else { throw vm.raiseMemoryError() }
    let size = code.size
    if newCount * size > capacity {
      let room = count > 0 ? newCount + newCount >> 4 + 6 : newCount
      guard room * size < 1 << 30 else { throw vm.raiseMemoryError() }
      let fresh = try vm.allocateRaw(bytes: room * size)
      let old = words.value(3)
      if old.isRef { vm.words(fresh).bytes(from: 1).copy(from: bytes, count: count * size) }
      words.set(3, Value(fresh))
      words.set(4, Value(small: room * size))
      if old.isRef { vm.freeBuffer(old.ref) }
    }
    count = newCount
  }

  func bits(_ index: Int) -> UInt64 { bytes.littleEndian(index &* code.size, count: code.size) }

  func setBits(_ index: Int, _ bits: UInt64) {
    let size = code.size
    let bytes = self.bytes
    for byte in 0..<size { bytes[index &* size &+ byte] = UInt8(truncatingIfNeeded: bits >> UInt64(byte &* 8)) }
  }

  /// Item number `index`, which is in range.
  func item(_ index: Int) throws(Unwind) -> Value { try code.value(vm, bits(index)) }

  func append(_ value: Value) throws(Unwind) {
    let bits = try code.bits(vm, value)
    try resize(to: count + 1)
    setBits(count - 1, bits)
  }

  /// Makes room for `newCount` items where `oldCount` were from `start` on.
  func replace(_ start: Int, _ oldCount: Int, room newCount: Int) throws(Unwind) {
    let size = code.size
    let total = count
    let tail = total - start - oldCount
    if newCount > oldCount { try resize(to: total - oldCount + newCount) }
    if newCount < oldCount, exports > 0 { try resize(to: total - oldCount + newCount) }
    try vm.charge(tail * size >> 6)
    bytes.advanced(by: (start + newCount) * size).copy(
      from: bytes.advanced(by: (start + oldCount) * size), count: tail * size)
    if newCount < oldCount { try resize(to: total - oldCount + newCount) }
  }

  /// Appends the items that bytes hold.
  func append(bytes source: [UInt8]) throws(Unwind) {
    let size = code.size
    guard source.count % size == 0 else {
      throw vm.raise(.valueError, "bytes length not a multiple of item size")
    }
    let old = count
    try vm.charge(source.count >> 5)
    try resize(to: old + source.count / size)
    bytes.advanced(by: old * size).write(source)
  }
}

/// What an array's items are; the raw value is the letter.
enum ArrayCode: UInt8, CaseIterable {
  case signedByte = 0x62
  case byte = 0x42
  case character = 0x75
  case short = 0x68
  case unsignedShort = 0x48
  case int = 0x69
  case unsignedInt = 0x49
  case long = 0x6C
  case unsignedLong = 0x4C
  case longLong = 0x71
  case unsignedLongLong = 0x51
  case float = 0x66
  case double = 0x64

  var letter: String { String(Unicode.Scalar(rawValue)) }

  var size: Int {
    switch self {
    case .signedByte, .byte: 1
    case .short, .unsignedShort: 2
    case .character, .int, .unsignedInt, .float: 4
    case .long, .unsignedLong, .longLong, .unsignedLongLong, .double: 8
    }
  }

  var isInteger: Bool { self != .character && self != .float && self != .double }
  var isSigned: Bool { isInteger && rawValue & 0x20 != 0 }

  /// CPython's number for the layout of the items, as `pickle` keeps it.
  var machineFormat: Int {
    switch self {
    case .byte: 0
    case .signedByte: 1
    case .unsignedShort: 2
    case .short: 4
    case .unsignedInt: 6
    case .int: 8
    case .unsignedLong, .unsignedLongLong: 10
    case .long, .longLong: 12
    case .float: 14
    case .double: 16
    case .character: 20
    }
  }

  func value(_ vm: VM, _ bits: UInt64) throws(Unwind) -> Value {
    switch self {
    case .float: return try vm.float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
    case .double: return try vm.float(Double(bitPattern: bits))
    case .character:
      guard bits < 0x110000 else {
        throw vm.raise(.valueError, "chr() arg not in range(0x110000)")
      }
      return try vm.character(UInt32(bits))
    case .byte, .unsignedShort, .unsignedInt: return Value(small: Int(bits))
    case .unsignedLong, .unsignedLongLong: return try vm.integer(bits)
    default:
      let shift = UInt64(64 - size * 8)
      return try vm.integer(Int(Int64(bitPattern: bits << shift) >> Int64(shift)))
    }
  }

  /// A value as an item; may run Python code.
  func bits(_ vm: VM, _ value: Value) throws(Unwind) -> UInt64 {
    switch self {
    case .float: return UInt64(Float(try vm.floatArgument(value)).bitPattern)
    case .double: return try vm.floatArgument(value).bitPattern
    case .character:
      guard vm.isString(value), PyString(vm, value).count == 1 else {
        throw vm.raise(.typeError, "array item must be unicode character")
      }
      return UInt64(PyString(vm, value)[0])
    default:
      let number = try vm.index(value)
      let bits = size * 8
      let least: Int128 = isSigned ? -(1 << Int128(bits - 1)) : 0
      let most: Int128 = (1 << Int128(isSigned ? bits - 1 : bits)) - 1
      let wide = vm.asWide(number)
      if let wide, wide >= least, wide <= most { return UInt64(truncatingIfNeeded: wide) }
      throw rangeError(vm, wide, isNegative: vm.sign(number) < 0)
    }
  }

  /// The messages differ by the C type that CPython goes through.
  private func rangeError(_ vm: VM, _ wide: Int128?, isNegative: Bool) -> Unwind {
    func error(_ message: String) -> Unwind { vm.raise(.overflowError, message) }
    let side = isNegative ? "less than minimum" : "greater than maximum"
    switch self {
    case .longLong: return error("int too big to convert")
    case .unsignedLongLong:
      return error(isNegative ? "can't convert negative int to unsigned" : "int too big to convert")
    case .unsignedInt, .unsignedLong:
      if isNegative { return error("can't convert negative value to unsigned int") }
      guard let wide, wide <= Int128(UInt64.max) else {
        return error("Python int too large to convert to C unsigned long")
      }
      return error("unsigned int is greater than maximum")
    default: break
    }
    guard let wide, Int64(exactly: wide) != nil else {
      return error("Python int too large to convert to C long")
    }
    switch self {
    case .signedByte where Int16(exactly: wide) != nil: return error("signed char is \(side)")
    case .signedByte, .short: return error("signed short integer is \(side)")
    case .byte: return error("unsigned byte integer is \(side)")
    case .unsignedShort where Int32(exactly: wide) != nil: return error("unsigned short is \(side)")
    default: return error("signed integer is \(side)")
    }
  }
}
