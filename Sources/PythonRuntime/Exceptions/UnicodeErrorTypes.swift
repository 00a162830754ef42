/// The errors of encoding and decoding: codec, what was coded, the range that failed, and why.
enum UnicodeErrorTypes {
  private static let range: [NativeProperty] = [
    .integerField("start", ExceptionField.start), .integerField("end", ExceptionField.end),
    .field("object", ExceptionField.source), .field("reason", ExceptionField.reason),
  ]

  static let decodeError = NativeType(
    .unicodeDecodeError, "UnicodeDecodeError", base: .unicodeError, kind: .exception,
    [
      NativeFunction("__init__", "self, *args, **kwargs", initializeDecode),
      NativeFunction("__str__", "self, /", decodeText),
    ], properties: range + [.field("encoding", ExceptionField.encoding)])

  static let encodeError = NativeType(
    .unicodeEncodeError, "UnicodeEncodeError", base: .unicodeError, kind: .exception,
    [
      NativeFunction("__init__", "self, *args, **kwargs", initializeEncode),
      NativeFunction("__str__", "self, /", encodeText),
    ], properties: range + [.field("encoding", ExceptionField.encoding)])

  static let translateError = NativeType(
    .unicodeTranslateError, "UnicodeTranslateError", base: .unicodeError, kind: .exception,
    [
      NativeFunction("__init__", "self, *args, **kwargs", initializeTranslate),
      NativeFunction("__str__", "self, /", encodeText),
    ], properties: range)

  static func initializeDecode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try initialize(vm, a, hasEncoding: true, isDecoding: true)
  }
  static func initializeEncode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try initialize(vm, a, hasEncoding: true, isDecoding: false)
  }
  static func initializeTranslate(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try initialize(vm, a, hasEncoding: false, isDecoding: false)
  }

  private static func initialize(_ vm: VM, _ a: Arguments, hasEncoding: Bool, isDecoding: Bool) throws(Unwind) -> Value {
    try BaseExceptionType.refuseKeywords(vm, a[0], a[2])
    vm.words(a[0]).set(ExceptionLayout.args, a[1])
    let args = PyTuple(vm, a[1])
    let first = hasEncoding ? 1 : 0
    guard args.count == 4 + first else {
      throw vm.raise(.typeError, "function takes exactly \(4 + first) arguments (\(args.count) given)")
    }
    func checkText(_ index: Int) throws(Unwind) {
      guard vm.isString(args[index]) else {
        let given = args[index].isNone ? "None" : vm.typeName(args[index])
        throw vm.raise(.typeError, "argument \(index + 1) must be str, not \(given)")
      }
    }
    if hasEncoding { try checkText(0) }
    var source = args[first]
    if !isDecoding { try checkText(first) }
    let start = try vm.integer(vm.indexAsInt(args[first + 1], overflow: .overflowError))
    let end = try vm.integer(vm.indexAsInt(args[first + 2], overflow: .overflowError))
    try checkText(first + 3)
    if isDecoding, !vm.is(source, .bytes) {
      guard vm.is(source, .bytearray) || vm.is(source, .memoryview) else {
        throw vm.raise(.typeError, "a bytes-like object is required, not '\(vm.typeName(source))'")
      }
      source = try vm.call(Value(vm.type(.bytes)), source)
    }
    try vm.setExceptionFields(a[0], [hasEncoding ? args[0] : .none, source, start, end, args[first + 3]])
    return .none
  }

  private static func bound(_ vm: VM, _ value: Value) -> Int { vm.asInt(value) ?? 0 }

  static func decodeText(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let fields = try vm.exceptionFields(a[0])
    let source = fields[ExceptionField.source]
    guard source.isRef else { return vm[root: .emptyString] }
    let start = bound(vm, fields[ExceptionField.start])
    let end = bound(vm, fields[ExceptionField.end])
    let count = vm.is(source, .bytes) ? vm.words(source).low(1) : 0
    if start >= 0, start < count, end == start + 1 {
      let byte = vm.words(source).bytes(from: 2)[start]
      return try text(vm, a[0], "decode byte 0x\(hex(UInt32(byte), 2)) in position \(start)")
    }
    return try text(vm, a[0], "decode bytes in position \(start)-\(end &- 1)")
  }

  static func encodeText(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let verb = vm.isInstance(a[0], .unicodeTranslateError) ? "translate" : "encode"
    let fields = try vm.exceptionFields(a[0])
    let source = fields[ExceptionField.source]
    guard !source.isNone else { return vm[root: .emptyString] }
    let start = bound(vm, fields[ExceptionField.start])
    let end = bound(vm, fields[ExceptionField.end])
    let count = vm.isString(source) ? PyString(vm, source).count : 0
    if start >= 0, start < count, end == start + 1 {
      let scalar = PyString(vm, source)[start]
      let shown =
        scalar <= 0xFF ? "\\x" + hex(scalar, 2) : scalar <= 0xFFFF ? "\\u" + hex(scalar, 4) : "\\U" + hex(scalar, 8)
      return try text(vm, a[0], "\(verb) character '\(shown)' in position \(start)")
    }
    return try text(vm, a[0], "\(verb) characters in position \(start)-\(end &- 1)")
  }

  private static func hex(_ number: UInt32, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// `'codec' codec can't …: reason`.
  private static func text(_ vm: VM, _ exception: Value, _ what: String) throws(Unwind) -> Value {
    try vm.guardingDepth { () throws(Unwind) in
      var out: [UInt8] = []
      if !vm.isInstance(exception, .unicodeTranslateError) {
        let encoding = try vm.str(vm.exceptionFields(exception)[ExceptionField.encoding])
        out += [0x27] + PyString(vm, encoding).utf8() + Array("' codec ".utf8)
      }
      out += Array("can't \(what): ".utf8)
      let reason = try vm.str(vm.exceptionFields(exception)[ExceptionField.reason])
      return try vm.newString(utf8: out + PyString(vm, reason).utf8())
    }
  }
}
