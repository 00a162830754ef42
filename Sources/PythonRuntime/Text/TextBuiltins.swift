/// The builtin functions about characters and the text of values.
enum TextBuiltins {
  static let functions: [NativeFunction] = [
    NativeFunction("ord", "c, /", ord),
    NativeFunction("chr", "i, /", chr),
    NativeFunction("repr", "obj, /", repr),
    NativeFunction("ascii", "obj, /", ascii),
    NativeFunction("format", "value, format_spec=, /", format, shown: "value, format_spec='', /"),
    NativeFunction("bin", "number, /", bin),
    NativeFunction("oct", "number, /", oct),
    NativeFunction("hex", "number, /", hex),
  ]

  static func ord(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let count: Int
    if vm.isString(a[0]) {
      let text = PyString(vm, a[0])
      if text.count == 1 { return Value(small: Int(text[0])) }
      count = text.count
    } else if !vm.is(a[0], .memoryview), let view = BytesView(vm, a[0]) {
      if view.count == 1 { return Value(small: Int(view[0])) }
      count = view.count
    } else {
      throw vm.raise(
        .typeError, "ord() expected string of length 1, but \(vm.typeName(a[0])) found")
    }
    throw vm.raise(.typeError, "ord() expected a character, but string of length \(count) found")
  }

  static func chr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let number = try vm.index(a[0])
    guard let code = vm.asInt(number), Int32(exactly: code) != nil else {
      throw vm.raise(.overflowError, "Python int too large to convert to C int")
    }
    guard code >= 0, code < 0x110000 else {
      throw vm.raise(.valueError, "chr() arg not in range(0x110000)")
    }
    return try vm.character(UInt32(code))
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.repr(a[0]) }
  static func ascii(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.ascii(a[0]) }

  static func format(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound { return try vm.formatValue(a[0]) }
    guard vm.isString(a[1]) else {
      throw vm.raise(.typeError, "format() argument 2 must be str, not \(vm.typeName(a[1]))")
    }
    return try vm.formatValue(a[0], spec: a[1])
  }

  private static func based(_ vm: VM, _ a: Arguments, _ base: Int, _ letter: UInt8) throws(Unwind) -> Value {
    let digits = try IntegerDigits(vm, vm.index(a[0]), radix: base)
    return try vm.newString(utf8: (digits.isNegative ? [0x2D] : []) + [0x30, letter] + digits.digits)
  }

  static func bin(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try based(vm, a, 2, 0x62) }
  static func oct(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try based(vm, a, 8, 0x6F) }
  static func hex(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try based(vm, a, 16, 0x78) }
}
