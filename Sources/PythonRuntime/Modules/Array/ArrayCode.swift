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
