/// Module `_json`: what `json` takes from it.
enum JSONModule {
  static let types = [JSONScannerType.type, JSONEncoderType.type]

  static let module = NativeModule("_json", functions) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("make_scanner"), Value(vm.type(.jsonScanner)))
    try dict.set(name: vm.intern("make_encoder"), Value(vm.type(.jsonEncoder)))
  }

  private static let functions = [
    NativeFunction("scanstring", "string, end, strict=True, /", { (vm, a) throws(Unwind) in
      let end = try vm.indexAsInt(a[1], overflow: .overflowError)
      guard vm.isString(a[0]) else {
        throw vm.raise(.typeError, "first argument must be a string, not \(vm.typeName(a[0]))")
      }
      guard end >= 0, end <= PyString(vm, a[0]).count else { throw vm.raise(.valueError, "end is out of bounds") }
      let (text, next) = try JSONText.scan(vm, a[0], from: end, isStrict: vm.truth(a[2]))
      return try vm.newPair(text, Value(small: next))
    }),
    NativeFunction("encode_basestring", "string, /", { (vm, a) throws(Unwind) in
      try encode(vm, a[0], isASCII: false)
    }),
    NativeFunction("encode_basestring_ascii", "string, /", { (vm, a) throws(Unwind) in
      try encode(vm, a[0], isASCII: true)
    }),
  ]

  private static func encode(_ vm: VM, _ string: Value, isASCII: Bool) throws(Unwind) -> Value {
    guard vm.isString(string) else {
      throw vm.raise(.typeError, "first argument must be a string, not \(vm.typeName(string))")
    }
    var builder = TextBuilder(vm, capacity: PyString(vm, string).count + 2)
    try JSONText.encode(vm, string, isASCII: isASCII, into: &builder)
    return try builder.finish()
  }
}
