/// An array to and from other things: lists, bytes, text, files, pickles.
enum ArrayConversion {
  static let functions = [
    NativeFunction("tolist", "self, /", list),
    NativeFunction("fromlist", "self, list, /", fromList),
    NativeFunction("tobytes", "self, /", { (vm, a) throws(Unwind) in
      let array = PyArray(vm, a[0])
      try vm.charge(array.count >> 3)
      return try vm.newBytes(array.bytes, count: array.count * array.code.size)
    }),
    NativeFunction("frombytes", "self, buffer, /", { (vm, a) throws(Unwind) in
      try PyArray(vm, a[0]).append(bytes: vm.requireBytes(a[1]).array())
      return .none
    }),
    NativeFunction("tounicode", "self, /", { (vm, a) throws(Unwind) in
      guard PyArray(vm, a[0]).code == .character else {
        throw vm.raise(.valueError, "tounicode() may only be called on unicode type arrays")
      }
      return try text(vm, a[0])
    }),
    NativeFunction("fromunicode", "self, ustr, /", { (vm, a) throws(Unwind) in
      guard vm.isString(a[1]) else {
        throw vm.raise(.typeError, "fromunicode() argument must be str, not \(vm.typeName(a[1]))")
      }
      guard PyArray(vm, a[0]).code == .character else {
        throw vm.raise(.valueError, "fromunicode() may only be called on unicode type arrays")
      }
      try ArrayType.appendText(vm, PyArray(vm, a[0]), a[1])
      return .none
    }),
    NativeFunction("tofile", "self, f, /", toFile),
    NativeFunction("fromfile", "self, f, n, /", fromFile),
    NativeFunction("__reduce_ex__", "self, value, /", reduce),
    NativeFunction("__repr__", "self, /", repr),
  ]

  static func list(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyArray(vm, a[0])
    try vm.charge(array.count)
    let result = try vm.newList(capacity: array.count)
    for index in 0..<array.count { try PyList(vm, result).append(array.item(index)) }
    return result
  }

  static func fromList(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .list) else { throw vm.raise(.typeError, "arg must be list") }
    let list = PyList(vm, a[1])
    let count = list.count
    let old = PyArray(vm, a[0]).count
    let code = PyArray(vm, a[0]).code
    var all: [UInt64] = []
    for index in 0..<count {
      guard index < list.count else { break }
      all.append(try code.bits(vm, list[index]))
      guard list.count == count else { throw vm.raise(.runtimeError, "list changed size during iteration") }
    }
    try vm.charge(count)
    let array = PyArray(vm, a[0])
    guard array.count == old else { throw vm.raise(.runtimeError, "array changed size during conversion") }
    try array.resize(to: old + count)
    for (index, bits) in all.enumerated() { array.setBits(old + index, bits) }
    return .none
  }

  private static func text(_ vm: VM, _ value: Value) throws(Unwind) -> Value {
    let array = PyArray(vm, value)
    var builder = TextBuilder(vm, capacity: array.count)
    for index in 0..<array.count {
      let bits = array.bits(index)
      guard bits < 0x110000 else {
        throw vm.raise(
          .valueError, "character U+\(String(bits, radix: 16)) is not in range [U+0000; U+10ffff]")
      }
      try builder.append(scalar: UInt32(bits))
    }
    return try builder.finish()
  }

  static func toFile(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyArray(vm, a[0])
    try vm.charge(array.count >> 3)
    let bytes = try vm.newBytes(array.bytes, count: array.count * array.code.size)
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(bytes)
    let view = vm.words(bytes).bytes(from: 2)
    let count = array.count * array.code.size
    var place = 0
    while place < count {
      let part = min(1 << 16, count - place)
      _ = try vm.callMethod(a[1], "write", vm.newBytes(view.advanced(by: place), count: part))
      place += part
    }
    return .none
  }

  static func fromFile(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let wanted = try vm.indexAsInt(a[2], overflow: .overflowError)
    if wanted < 0 { throw vm.raise(.valueError, "negative count") }
    let size = PyArray(vm, a[0]).code.size
    guard wanted < 1 << 30 else { throw vm.raiseMemoryError() }
    let bytes = try vm.callMethod(a[1], "read", Value(small: wanted * size))
    guard vm.is(bytes, .bytes) else { throw vm.raise(.typeError, "read() didn't return bytes") }
    let count = BytesView(vm, bytes)?.count ?? 0
    try PyArray(vm, a[0]).append(bytes: vm.requireBytes(bytes).array())
    if count != wanted * size { throw vm.raise(.eofError, "read() didn't return enough bytes") }
    return .none
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyArray(vm, a[0])
    var out = Array("\(vm.typeName(a[0]))('\(array.code.letter)'".utf8)
    if array.count > 0 {
      out += [0x2C, 0x20]
      let items = array.code == .character ? try text(vm, a[0]) : try list(vm, a)
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      vm.keep(items)
      vm.text(of: try vm.repr(items), into: &out)
    }
    out.append(0x29)
    return try vm.newString(utf8: out)
  }

  // MARK: Pickles

  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isInteger(a[1]) else {
      throw vm.raise(.typeError, "__reduce_ex__ argument should be an integer")
    }
    let array = PyArray(vm, a[0])
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let dict = try vm.findAttribute(a[0], vm.name(.dict)) ?? .none
    vm.keep(dict)
    let code = try vm.character(UInt32(array.code.rawValue))
    let type = Value(vm.classOf(a[0]))
    if let version = vm.asInt(a[1]), version < 3 {
      let items = try list(vm, a)
      return try vm.newTuple(type, vm.newPair(code, items), dict)
    }
    let module = try vm.loadModule("array")
    let make = try vm.getAttribute(module, vm.intern("_array_reconstructor"))
    let bytes = try vm.newBytes(array.bytes, count: array.count * array.code.size)
    let arguments = try vm.newTuple(type, code, Value(small: array.code.machineFormat), bytes)
    return try vm.newTuple(make, arguments, dict)
  }

  /// `_array_reconstructor(type, typecode, machine format, bytes)`
  static func reconstruct(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let code = try ArrayType.code(vm, a[1], "_array_reconstructor() argument 2") else {
      throw vm.raise(.valueError, "second argument must be a valid type code")
    }
    let format = try vm.indexAsInt(a[2], overflow: .overflowError)
    guard vm.is(a[0], .class) else {
      throw vm.raise(.typeError, "first argument must be a type object, not \(vm.typeName(a[0]))")
    }
    guard vm.isSubclass(a[0].ref, vm.type(.array)) else {
      throw vm.raise(.typeError, "\(vm.className(a[0].ref)) is not a subtype of array.array")
    }
    guard format >= 0, format < 22 else {
      throw vm.raise(.valueError, "third argument must be a valid machine format code.")
    }
    guard vm.is(a[3], .bytes) else {
      throw vm.raise(.typeError, "fourth argument should be bytes, not \(vm.typeName(a[3]))")
    }
    let source = try vm.requireBytes(a[3]).array()
    let size = [1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 8, 8, 2, 2, 4, 4][format]
    guard source.count % size == 0 || format >= 18 else {
      throw vm.raise(.valueError, "string length not a multiple of item size")
    }
    try vm.charge(source.count)
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    if format == code.machineFormat {
      let result = try PyArray.make(vm, code, class: a[0].ref)
      try PyArray(vm, result).append(bytes: source)
      return result
    }
    if format >= 18 {
      let names = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
      let text = try vm.callMethod(a[3], "decode", vm.intern(names[format - 18]))
      vm.keep(text)
      return try vm.call(a[0], a[1], text)
    }
    return try convert(vm, a, code, source, format, size)
  }

  /// Numbers in another layout than this machine's.
  private static func convert(
    _ vm: VM, _ a: Arguments, _ code: ArrayCode, _ source: [UInt8], _ format: Int, _ size: Int
  ) throws(Unwind) -> Value {
    let isBig = format & 1 == 1 && format > 1
    var target = code
    let number: ArrayCode
    if format >= 14 {
      number = format >= 16 ? .double : .float
    } else {
      let signed = [1, 4, 5, 8, 9, 12, 13].contains(format)
      let match = ArrayCode.allCases.last { $0.isInteger && $0.size == size && $0.isSigned == signed }
      number = match ?? code
      target = number
    }
    let list = try vm.newList(capacity: source.count / size)
    for start in stride(from: 0, to: source.count, by: size) {
      var bits: UInt64 = 0
      for byte in 0..<size { bits |= UInt64(source[start + (isBig ? size - 1 - byte : byte)]) << UInt64(byte * 8) }
      try PyList(vm, list).append(number.value(vm, bits))
    }
    vm.keep(list)
    return try vm.call(a[0], vm.character(UInt32(target.rawValue)), list)
  }
}
