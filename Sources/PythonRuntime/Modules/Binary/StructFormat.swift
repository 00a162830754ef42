/// A format of module struct, taken apart: what lies where.
struct StructFormat {
  struct Item {
    let code: UInt8
    /// How many items, or the length of a `s` or `p`.
    let count: Int
    /// The size of one.
    let size: Int
    let offset: Int
  }

  /// `@` has the machine's sizes and alignment, `=` and `<` have the standard's.
  private(set) var isNative = true
  private(set) var isBigEndian = false
  private(set) var items: [Item] = []
  /// The number of bytes.
  private(set) var size = 0
  /// The number of values.
  private(set) var valueCount = 0

  /// From a str or bytes object.
  init(_ vm: VM, _ format: Value) throws(Unwind) {
    guard vm.isString(format) || vm.is(format, .bytes) else {
      throw vm.raise(
        .typeError, "Struct() argument 1 must be a str or bytes object, not \(vm.typeName(format))")
    }
    if vm.isString(format), !PyString(vm, format).isASCII {
      _ = try vm.callMethod(format, "encode", vm.intern("ascii"))
    }
    let bytes = vm.isString(format) ? PyString(vm, format).utf8() : BytesView(vm, format)?.array() ?? []
    try vm.charge(bytes.count >> 1 + 4)
    var index = 0
    if let first = bytes.first {
      switch first {
      case 0x40: index = 1
      case 0x3D, 0x3C: (index, isNative) = (1, false)
      case 0x3E, 0x21: (index, isNative, isBigEndian) = (1, false, true)
      default: break
      }
    }
    while index < bytes.count {
      if ByteText.isSpace(bytes[index]) {
        index += 1
        continue
      }
      var count = 1
      if ByteText.isDigit(bytes[index]) {
        count = try StructFormat.readCount(vm, bytes, &index)
        guard index < bytes.count else {
          throw vm.raise(.structError, "repeat count given without format specifier")
        }
      }
      try add(vm, bytes[index], count)
      index += 1
    }
  }

  private static func readCount(_ vm: VM, _ bytes: [UInt8], _ index: inout Int) throws(Unwind) -> Int {
    var count = 0
    while index < bytes.count, ByteText.isDigit(bytes[index]) {
      count = count * 10 + Int(bytes[index] - 0x30)
      guard count < 1 << 58 else { throw vm.raise(.structError, "total struct size too long") }
      index += 1
    }
    return count
  }

  private mutating func add(_ vm: VM, _ code: UInt8, _ count: Int) throws(Unwind) {
    guard let itemSize = itemSize(code) else { throw vm.raise(.structError, "bad char in struct format") }
    if isNative, itemSize > 1 { size = (size + itemSize - 1) / itemSize * itemSize }
    let (bytes, overflow) = itemSize.multipliedReportingOverflow(by: count)
    guard !overflow, bytes < 1 << 58, size < 1 << 58 else {
      throw vm.raise(.structError, "total struct size too long")
    }
    let isText = code == 0x73 || code == 0x70
    if code != 0x78 {
      items.append(Item(code: code, count: count, size: itemSize, offset: size))
      valueCount += isText ? 1 : count
    }
    size += bytes
  }

  private func itemSize(_ code: UInt8) -> Int? {
    switch Unicode.Scalar(code) {
    case "x", "c", "b", "B", "?", "s", "p": 1
    case "h", "H", "e": 2
    case "i", "I", "f": 4
    case "l", "L": isNative ? 8 : 4
    case "q", "Q", "d": 8
    case "n", "N", "P": isNative ? 8 : nil
    default: nil
    }
  }
}
