/// The methods that bytes and bytearray share: each gives an object of the receiver's built-in type.
enum ByteMethods {
  static let functions: [NativeFunction] = operators + search + splitting + casing + padding

  private static let operators: [NativeFunction] = [
    NativeFunction("__len__", "self, /", len),
    NativeFunction("__contains__", "self, key, /", contains),
    NativeFunction("__add__", "self, value, /", add),
    NativeFunction("__mul__", "self, value, /", multiply),
    NativeFunction("__rmul__", "self, value, /", multiply),
    NativeFunction("__mod__", "self, value, /", modulo),
    NativeFunction("__rmod__", "self, value, /", reflectedModulo),
    NativeFunction("__lt__", "self, value, /", less),
    NativeFunction("__le__", "self, value, /", lessOrEqual),
    NativeFunction("__eq__", "self, value, /", equal),
    NativeFunction("__ne__", "self, value, /", notEqual),
    NativeFunction("__gt__", "self, value, /", greater),
    NativeFunction("__ge__", "self, value, /", greaterOrEqual),
    NativeFunction("decode", "self, encoding=, errors=", decode),
    NativeFunction("hex", "self, sep=, bytes_per_sep=1", hex),
    NativeFunction("fromhex", "cls, string, /", fromHex, binding: .class),
    NativeFunction("maketrans", "frm, to, /", makeTrans, binding: .static),
    NativeFunction("translate", "self, table, /, delete=", translate),
  ]

  /// The receiver's bytes.
  @inline(__always) static func receiver(_ vm: VM, _ a: Arguments) -> BytesView {
    BytesView(vm, a[0]) ?? BytesView(bytes: vm.words(a[0]).bytes(from: 2), count: 0)
  }

  static func len(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { Value(small: receiver(vm, a).count) }

  static func contains(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.isInteger(a[1]) || BytesView(vm, a[1]) == nil && vm.lookupSpecial(a[1], .index) != nil {
      let byte = try vm.requireByte(a[1])
      let view = receiver(vm, a)
      return Value(view.bytes.firstIndex(of: byte, count: view.count) != nil)
    }
    let needle = try vm.requireBytes(a[1])
    let view = receiver(vm, a)
    return Value(try find(vm, needle, in: view, from: 0, to: view.count) != nil)
  }

  static func add(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard BytesView(vm, a[1]) != nil else { return .notImplemented }
    let right = try vm.requireBytes(a[1])
    let left = receiver(vm, a)
    try vm.charge((left.count + right.count) >> 6)
    let (value, target) = try vm.allocateBytes(like: a[0], count: left.count + right.count)
    target.copyShort(from: left.bytes, count: left.count)
    target.advanced(by: left.count).copyShort(from: right.bytes, count: right.count)
    return value
  }

  static func multiply(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let times = try vm.repetitions(a[1]) else { return .notImplemented }
    let view = receiver(vm, a)
    if times <= 0 || view.count == 0 { return try vm.allocateBytes(like: a[0], count: 0).0 }
    let (total, overflow) = view.count.multipliedReportingOverflow(by: times)
    guard !overflow, total < 1 << 30 else { throw vm.raiseMemoryError() }
    try vm.charge(total >> 6)
    let (value, target) = try vm.allocateBytes(like: a[0], count: total)
    target.fill(repeating: view.bytes, count: view.count, total: total)
    return value
  }

  static func modulo(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let formatted = try vm.percentFormat(bytes: receiver(vm, a).array(), a[1])
    return try vm.newBytes(like: a[0], formatted)
  }

  static func reflectedModulo(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .bytes) || vm.is(a[1], .bytearray), let view = BytesView(vm, a[1]) else {
      return .notImplemented
    }
    return try vm.newBytes(like: a[1], vm.percentFormat(bytes: view.array(), a[0]))
  }

  // MARK: Comparison

  private static func order(_ vm: VM, _ a: Arguments) throws(Unwind) -> Int? {
    // Bytes know only bytes; a bytearray knows all that has bytes, and is asked in its turn.
    guard vm.is(a[1], .bytes) || vm.is(a[0], .bytearray) && BytesView(vm, a[1]) != nil else { return nil }
    let right = try vm.requireBytes(a[1])
    let left = receiver(vm, a)
    let common = min(left.count, right.count)
    try vm.charge(common >> 6)
    let order = left.bytes.compare(right.bytes, count: common)
    return order != 0 ? order : left.count - right.count
  }

  private static func compare(_ vm: VM, _ a: Arguments, _ test: (Int) -> Bool) throws(Unwind) -> Value {
    guard let order = try order(vm, a) else { return .notImplemented }
    return Value(test(order))
  }

  static func less(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try compare(vm, a) { $0 < 0 } }
  static func lessOrEqual(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try compare(vm, a) { $0 <= 0 } }
  static func equal(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try compare(vm, a) { $0 == 0 } }
  static func notEqual(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try compare(vm, a) { $0 != 0 } }
  static func greater(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try compare(vm, a) { $0 > 0 } }
  static func greaterOrEqual(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try compare(vm, a) { $0 >= 0 } }

  // MARK: Text

  static func decode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let encoding = try StrType.codecName(vm, a[1], "decode", "encoding") ?? "utf-8"
    let errors = try StrType.codecName(vm, a[2], "decode", "errors") ?? "strict"
    let view = receiver(vm, a)
    if encoding == "utf-8", view.bytes.isASCII(count: view.count) {
      try vm.charge(view.count >> 6)
      if view.count == 1 { return try vm.character(UInt32(view[0])) }
      return try vm.newString(bytes: view.bytes, count: view.count, isASCII: true)
    }
    return try vm.decode(view.array(), encoding: encoding, errors: errors)
  }

  static func hex(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try hex(vm, a) { () throws(Unwind) in receiver(vm, a).array() }
  }

  /// `hex(sep, bytes_per_sep)`, arguments 1 and 2, of the bytes that `source` gives.
  static func hex(_ vm: VM, _ a: Arguments, _ source: () throws(Unwind) -> [UInt8]) throws(Unwind) -> Value {
    var separator: UInt8?
    if !a[1].isUnbound {
      let scalars: [UInt32]
      if vm.isString(a[1]) {
        let text = PyString(vm, a[1])
        scalars = text.count == 1 ? [text[0]] : []
      } else if vm.is(a[1], .bytes), let view = BytesView(vm, a[1]) {
        scalars = view.count == 1 ? [UInt32(view[0])] : []
      } else {
        let isSingle = try vm.length(a[1]) == 1
        throw isSingle
          ? vm.raise(.typeError, "sep must be str or bytes.") : vm.raise(.valueError, "sep must be length 1.")
      }
      guard scalars.count == 1 else { throw vm.raise(.valueError, "sep must be length 1.") }
      guard scalars[0] < 0x80 else { throw vm.raise(.valueError, "sep must be ASCII.") }
      separator = UInt8(scalars[0])
    }
    let group = try vm.indexAsInt(a[2], overflow: .overflowError)
    let bytes = try source()
    try vm.charge(bytes.count >> 3)
    try vm.requireRoom(bytes.count * 3)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count * 3)
    let size = group.magnitude
    for (index, byte) in bytes.enumerated() {
      if let separator, size > 0, index > 0 {
        let place = group > 0 ? UInt(bytes.count - index) : UInt(index)
        if place % size == 0 { out.append(separator) }
      }
      out.append(StringRepr.hexDigits[Int(byte >> 4)])
      out.append(StringRepr.hexDigits[Int(byte & 15)])
    }
    return try vm.newString(utf8: out)
  }

  static func fromHex(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.requireString(a[1], argument: "fromhex() argument")
    let text = PyString(vm, a[1])
    try vm.charge(text.count >> 3)
    var out: [UInt8] = []
    var index = 0
    func failure(_ position: Int) -> Unwind {
      vm.raise(.valueError, "non-hexadecimal number found in fromhex() arg at position \(position)")
    }
    func digit(_ position: Int) throws(Unwind) -> UInt8 {
      guard position < text.count, text[position] < 0x80,
        let value = ByteText.hexValue(UInt8(truncatingIfNeeded: text[position]))
      else { throw failure(position) }
      return value
    }
    while index < text.count {
      if text[index] < 0x80, ByteText.isSpace(UInt8(text[index])) {
        index += 1
        continue
      }
      out.append(try digit(index) << 4 | digit(index + 1))
      index += 2
    }
    let isArray = vm.isSubclass(a[0].ref, vm.type(.bytearray))
    let (value, target) =
      isArray ? try vm.allocateBytearray(count: out.count) : try vm.allocateBytes(count: out.count)
    target.write(out)
    if a[0].ref == vm.type(isArray ? .bytearray : .bytes) { return value }
    return try vm.call(a[0], value)
  }

  static func makeTrans(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let from = try vm.requireBytes(a[0])
    let to = try vm.requireBytes(a[1])
    guard from.count == to.count else {
      throw vm.raise(.valueError, "maketrans arguments must have same length")
    }
    let (value, target) = try vm.allocateBytes(count: 256)
    for index in 0..<256 { target[index] = UInt8(index) }
    for index in 0..<from.count { target[Int(from[index])] = to[index] }
    return value
  }

  static func translate(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var table: BytesView?
    if !a[1].isNone {
      let given = try vm.requireBytes(a[1])
      guard given.count == 256 else {
        throw vm.raise(.valueError, "translation table must be 256 characters long")
      }
      table = given
    }
    var deletes = [Bool](repeating: false, count: 256)
    if !a[2].isUnbound {
      let deleted = try vm.requireBytes(a[2])
      for index in 0..<deleted.count { deletes[Int(deleted[index])] = true }
    }
    let view = receiver(vm, a)
    try vm.charge(view.count >> 4)
    var out: [UInt8] = []
    out.reserveCapacity(view.count)
    for index in 0..<view.count where !deletes[Int(view[index])] {
      let byte = view[index]
      out.append(table.map { $0[Int(byte)] } ?? byte)
    }
    return try vm.newBytes(like: a[0], out)
  }
}
