/// `_codecs`: the registry and the built-in codecs, as the standard library's `codecs` and `encodings` use them.
enum CodecsModule {
  static let module = NativeModule(
    "_codecs", registry + encoders + decoders + CharmapFunctions.functions + ErrorHandlers.functions,
    populate: { (vm, dict) throws(Unwind) in
      // The handlers go to the registry; a program gets them by `lookup_error`.
      let registry = try CodecRegistry(vm)
      for function in ErrorHandlers.functions {
        guard let value = try dict.remove(vm.intern(function.name)) else { continue }
        let name = function.name.split(separator: "_")[0]
        try registry.handlers.set(name: vm.intern(String(name)), value)
      }
    })

  private static let registry: [NativeFunction] = [
    NativeFunction("register", "search_function, /", register),
    NativeFunction("unregister", "search_function, /", unregister),
    NativeFunction("lookup", "encoding, /", lookUp),
    NativeFunction("encode", "obj, encoding=, errors=", encode),
    NativeFunction("decode", "obj, encoding=, errors=", decode),
    NativeFunction("register_error", "errors, handler, /", registerError),
    NativeFunction("lookup_error", "name, /", lookUpError),
  ]

  // MARK: Registry

  static func register(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.lookupSpecial(a[0], .call) != nil else { throw vm.raise(.typeError, "argument must be callable") }
    try CodecRegistry(vm).searchFunctions.append(a[0])
    return .none
  }

  static func unregister(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let registry = try CodecRegistry(vm)
    let list = registry.searchFunctions
    for index in 0..<list.count where list[index] == a[0] {
      for later in index + 1..<max(list.count, index + 1) { list[later - 1] = list[later] }
      list.count -= 1
      registry.known.removeAll()
      break
    }
    return .none
  }

  private static func text(_ vm: VM, _ value: Value, _ function: String, _ argument: String) throws(Unwind) -> String {
    guard vm.isString(value) else {
      throw vm.raise(.typeError, "\(function)() argument\(argument) must be str, not \(vm.typeName(value))")
    }
    return vm.text(value)
  }

  static func lookUp(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try CodecRegistry(vm).lookUp(text(vm, a[0], "lookup", ""))
  }

  static func encode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try code(vm, a, isEncoder: true) }
  static func decode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try code(vm, a, isEncoder: false) }

  private static func code(_ vm: VM, _ a: Arguments, isEncoder: Bool) throws(Unwind) -> Value {
    let name = isEncoder ? "encode" : "decode"
    let encoding = try StrType.codecName(vm, a[1], name, "encoding") ?? "utf-8"
    let errors = try StrType.codecName(vm, a[2], name, "errors") ?? "strict"
    if let codec = TextCodec(name: encoding) {
      if isEncoder, vm.isString(a[0]) { return try vm.encode(a[0], codec, errors: errors) }
      if !isEncoder, let view = BytesView(vm, a[0]) { return try vm.decode(view.array(), codec, errors: errors) }
    }
    let codec = try CodecRegistry(vm).lookUp(encoding)
    vm.keep(codec)
    return try vm.callCodec(PyTuple(vm, codec)[isEncoder ? 0 : 1], a[0], encoding, errors: errors, isEncoder: isEncoder)
  }

  static func registerError(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let name = try text(vm, a[0], "register_error", " 1")
    guard vm.lookupSpecial(a[1], .call) != nil else { throw vm.raise(.typeError, "handler must be callable") }
    try CodecRegistry(vm).handlers.set(name: vm.intern(name), a[1])
    return .none
  }

  static func lookUpError(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try CodecRegistry(vm).handler(text(vm, a[0], "lookup_error", ""))
  }

  // MARK: Codecs

  private static let codecs: [(name: String, codec: TextCodec)] = [
    ("utf_8", .utf8), ("ascii", .ascii), ("latin_1", .latin1), ("utf_16", .utf16(.marked)),
    ("utf_16_le", .utf16(.little)), ("utf_16_be", .utf16(.big)), ("utf_32", .utf32(.marked)),
    ("utf_32_le", .utf32(.little)), ("utf_32_be", .utf32(.big)), ("unicode_escape", .unicodeEscape),
    ("raw_unicode_escape", .rawUnicodeEscape),
  ]

  private static let encoders: [NativeFunction] = codecs.map { name, codec in
    NativeFunction("\(name)_encode", "str, errors=None, byteorder=0, /") { (vm, a) throws(Unwind) in
      try encode(vm, a, "\(name)_encode", codec)
    }
  } + [
    NativeFunction("readbuffer_encode", "data, errors=None, /") { (vm, a) throws(Unwind) in
      let view = vm.isString(a[0]) ? nil : try vm.requireBytes(a[0])
      let bytes = view.map { $0.array() } ?? PyString(vm, a[0]).utf8()
      return try vm.newTuple(vm.newBytes(bytes), Value(small: bytes.count))
    },
    NativeFunction("escape_encode", "data, errors=None, /") { (vm, a) throws(Unwind) in
      let bytes = try vm.requireBytes(a[0]).array()
      try vm.requireRoom(bytes.count * 4)
      var out: [UInt8] = []
      for byte in bytes {
        if let letter = StringRepr.shortEscape(UInt32(byte)) {
          out += [0x5C, letter]
        } else if byte == 0x27 {
          out += [0x5C, byte]
        } else if byte &- 0x20 < 0x5F {
          out.append(byte)
        } else {
          out += StringRepr.numericEscape(UInt32(byte))
        }
      }
      return try vm.newTuple(vm.newBytes(out), Value(small: bytes.count))
    },
  ]

  private static let decoders: [NativeFunction] = codecs.map { name, codec in
    let isWhole = codec == .ascii || codec == .latin1
    let isEscape = codec == .unicodeEscape || codec == .rawUnicodeEscape
    let signature = "data, errors=None" + (isWhole ? "" : isEscape ? ", final=True" : ", final=False") + ", /"
    return NativeFunction("\(name)_decode", signature) { (vm, a) throws(Unwind) in
      let isFinal = isWhole ? true : try vm.truth(a[2])
      let decoder = try decode(vm, a, "\(name)_decode", codec, isFinal: isFinal)
      return try vm.newTuple(decoder.out.finish(), Value(small: decoder.position))
    }
  } + [
    NativeFunction("utf_16_ex_decode", "data, errors=None, byteorder=0, final=False, /") { (vm, a) throws(Unwind) in
      try decodeWithOrder(vm, a, "utf_16_ex_decode", TextCodec.utf16)
    },
    NativeFunction("utf_32_ex_decode", "data, errors=None, byteorder=0, final=False, /") { (vm, a) throws(Unwind) in
      try decodeWithOrder(vm, a, "utf_32_ex_decode", TextCodec.utf32)
    },
    NativeFunction("escape_decode", "data, errors=None, /", EscapeDecoder.decode),
  ]

  /// The name of the error handler; None is strict.
  static func errors(_ vm: VM, _ value: Value, _ function: String) throws(Unwind) -> String {
    if value.isNone { return "strict" }
    guard vm.isString(value) else {
      throw vm.raise(.typeError, "\(function)() argument 2 must be str or None, not \(vm.typeName(value))")
    }
    return vm.text(value)
  }

  private static func encode(_ vm: VM, _ a: Arguments, _ name: String, _ codec: TextCodec) throws(Unwind) -> Value {
    try vm.requireString(a[0], argument: "\(name)() argument 1")
    var codec = codec
    let order = try vm.indexAsInt(a[2], overflow: .overflowError)
    if order != 0 {
      switch codec {
      case .utf16(.marked): codec = .utf16(order < 0 ? .little : .big)
      case .utf32(.marked): codec = .utf32(order < 0 ? .little : .big)
      default: break
      }
    }
    let encoded = try vm.encode(a[0], codec, errors: errors(vm, a[1], name))
    return try vm.newTuple(encoded, Value(small: PyString(vm, a[0]).count))
  }

  private static func decode(
    _ vm: VM, _ a: Arguments, _ name: String, _ codec: TextCodec, isFinal: Bool
  ) throws(Unwind) -> TextDecoder {
    let isText = vm.isString(a[0]) && (codec == .unicodeEscape || codec == .rawUnicodeEscape)
    let bytes = isText ? PyString(vm, a[0]).utf8() : try vm.requireBytes(a[0]).array()
    try vm.charge(bytes.count >> 4)
    var decoder = TextDecoder(vm, bytes, codec, errors: try errors(vm, a[1], name))
    try decoder.run(isFinal: isFinal)
    return decoder
  }

  private static func decodeWithOrder(
    _ vm: VM, _ a: Arguments, _ name: String, _ codec: (TextCodec.ByteOrder) -> TextCodec
  ) throws(Unwind) -> Value {
    let order = try vm.indexAsInt(a[2], overflow: .overflowError)
    let declared: TextCodec.ByteOrder = order == 0 ? .marked : order < 0 ? .little : .big
    let decoder = try decode(vm, a, name, codec(declared), isFinal: vm.truth(a[3]))
    // Without a mark the order stays open, as far as the caller is concerned.
    let found = declared == .marked ? (decoder.hasMark ? decoder.order : nil) : declared
    let shown = found == .little ? -1 : found == .big ? 1 : 0
    return try vm.newTuple(decoder.out.finish(), Value(small: decoder.position), Value(small: shown))
  }
}
