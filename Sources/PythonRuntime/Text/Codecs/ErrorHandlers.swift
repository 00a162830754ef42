/// The built-in error handlers as functions, for programs that call them: each takes a UnicodeError and gives a
/// replacement and
/// the place to go on.
enum ErrorHandlers {
  static let functions: [NativeFunction] = [
    NativeFunction("strict_errors", "exception, /", strict),
    NativeFunction("ignore_errors", "exception, /") { (vm, a) throws(Unwind) in
      let range = try ErrorRange(vm, a[0])
      return try vm.newTuple(vm[root: .emptyString], Value(small: range.end))
    },
    NativeFunction("replace_errors", "exception, /", replace),
    NativeFunction("xmlcharrefreplace_errors", "exception, /") { (vm, a) throws(Unwind) in
      try written(vm, a) { Array("&#\($0);".utf8) }
    },
    NativeFunction("backslashreplace_errors", "exception, /", backslashReplace),
    NativeFunction("namereplace_errors", "exception, /") { (vm, a) throws(Unwind) in
      try written(vm, a, TextEncoder.name)
    },
    NativeFunction("surrogateescape_errors", "exception, /", surrogateEscape),
    NativeFunction("surrogatepass_errors", "exception, /", surrogatePass),
  ]

  static func strict(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isInstance(a[0], .baseException) else {
      throw vm.raise(.typeError, "codec must pass exception instance")
    }
    throw vm.raise(a[0])
  }

  static func replace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let range = try ErrorRange(vm, a[0])
    let isEncoding = vm.isInstance(a[0], .unicodeEncodeError)
    let count = vm.isInstance(a[0], .unicodeDecodeError) ? 1 : max(0, range.end - range.start)
    var out = TextBuilder(vm)
    try out.append(scalar: isEncoding ? 0x3F : 0xFFFD, times: count)
    return try vm.newTuple(out.finish(), Value(small: range.end))
  }

  /// Each character of an encoding error written in ASCII.
  private static func written(
    _ vm: VM, _ a: Arguments, _ write: (UInt32) -> [UInt8]
  ) throws(Unwind) -> Value {
    let range = try ErrorRange(vm, a[0])
    guard vm.isInstance(a[0], .unicodeEncodeError) else { throw range.unknown(vm, a[0]) }
    var out = TextBuilder(vm)
    for scalar in range.scalars(vm) { try out.append(write(scalar)) }
    return try vm.newTuple(out.finish(), Value(small: range.end))
  }

  static func backslashReplace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let range = try ErrorRange(vm, a[0])
    var out = TextBuilder(vm)
    for scalar in range.scalars(vm) { try out.append(StringRepr.numericEscape(scalar)) }
    return try vm.newTuple(out.finish(), Value(small: range.end))
  }

  static func surrogateEscape(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let range = try ErrorRange(vm, a[0])
    let scalars = range.scalars(vm)
    if vm.isInstance(a[0], .unicodeEncodeError) {
      guard scalars.allSatisfy({ $0 >= 0xDC80 && $0 <= 0xDCFF }) else { throw vm.raise(a[0]) }
      let bytes = scalars.map { UInt8(truncatingIfNeeded: $0 - 0xDC00) }
      return try vm.newTuple(vm.newBytes(bytes), Value(small: range.end))
    }
    guard vm.isInstance(a[0], .unicodeDecodeError) else { throw range.unknown(vm, a[0]) }
    let high = scalars.prefix(4).prefix { $0 >= 0x80 }
    guard !high.isEmpty else { throw vm.raise(a[0]) }
    let text = try vm.newString(scalars: high.map { 0xDC00 + $0 })
    return try vm.newTuple(text, Value(small: range.start + high.count))
  }

  static func surrogatePass(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let range = try ErrorRange(vm, a[0])
    let encoding = vm.text(range.encoding)
    guard let codec = TextCodec(name: encoding) else { throw vm.raise(a[0]) }
    if vm.isInstance(a[0], .unicodeEncodeError) {
      let part = try vm.newString(scalars: range.scalars(vm))
      guard range.scalars(vm).allSatisfy({ $0 & ~0x7FF == 0xD800 }) else { throw vm.raise(a[0]) }
      return try vm.newTuple(vm.encode(part, codec, errors: "surrogatepass"), Value(small: range.end))
    }
    guard vm.isInstance(a[0], .unicodeDecodeError) else { throw range.unknown(vm, a[0]) }
    let bytes = vm.byteArray(range.object)
    guard range.start < bytes.count else { throw vm.raise(a[0]) }
    let decoder = TextDecoder(vm, Array(bytes[range.start...]), codec, errors: "strict")
    guard let (scalar, length) = decoder.passedSurrogate(0) else { throw vm.raise(a[0]) }
    return try vm.newTuple(vm.newString(scalars: [scalar]), Value(small: range.start + length))
  }
}

/// The fields of a UnicodeError, checked.
struct ErrorRange {
  let object: Value
  let encoding: Value
  let start: Int
  let end: Int

  init(_ vm: VM, _ exception: Value) throws(Unwind) {
    let known = [WellKnown.unicodeEncodeError, .unicodeDecodeError, .unicodeTranslateError]
    guard known.contains(where: { vm.isInstance(exception, $0) }) else {
      throw vm.raise(
        .typeError, "don't know how to handle \(vm.typeName(exception)) in error callback")
    }
    object = try vm.getAttribute(exception, vm.intern("object"))
    let isTranslate = vm.isInstance(exception, .unicodeTranslateError)
    encoding = isTranslate ? vm[root: .emptyString] : try vm.getAttribute(exception, vm.intern("encoding"))
    let length = vm.isString(object) ? PyString(vm, object).count : BytesView(vm, object)?.count ?? 0
    let first = try vm.indexAsInt(vm.getAttribute(exception, vm.intern("start")))
    let last = try vm.indexAsInt(vm.getAttribute(exception, vm.intern("end")))
    start = min(max(first, 0), max(length - 1, 0))
    end = min(max(last, 1), length)
  }

  /// The characters, or bytes, of the range.
  func scalars(_ vm: VM) -> [UInt32] {
    guard start < end else { return [] }
    if vm.isString(object) {
      let text = PyString(vm, object)
      return (start..<end).map { text[$0] }
    }
    guard let view = BytesView(vm, object) else { return [] }
    return (start..<end).map { UInt32(view[$0]) }
  }

  func unknown(_ vm: VM, _ exception: Value) -> Unwind {
    vm.raise(.typeError, "don't know how to handle \(vm.typeName(exception)) in error callback")
  }
}
