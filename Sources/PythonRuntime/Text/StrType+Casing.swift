/// `str`: upper and lower case.
extension StrType {
  static let casing: [NativeFunction] = [
    NativeFunction("upper", "self, /", upper),
    NativeFunction("lower", "self, /", lower),
    NativeFunction("casefold", "self, /", caseFold),
    NativeFunction("swapcase", "self, /", swapCase),
    NativeFunction("title", "self, /", title),
    NativeFunction("capitalize", "self, /", capitalize),
  ]

  static func upper(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if let quick = try changeASCII(vm, a[0], toUpper: true) { return quick }
    return try mapped(vm, a[0]) { (text, index, out) in append(text[index], .upper, to: &out) }
  }

  static func lower(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if let quick = try changeASCII(vm, a[0], toUpper: false) { return quick }
    return try mapped(vm, a[0]) { (text, index, out) in appendLower(text, index, to: &out) }
  }

  static func caseFold(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if let quick = try changeASCII(vm, a[0], toUpper: false) { return quick }
    return try mapped(vm, a[0]) { (text, index, out) in append(text[index], .fold, to: &out) }
  }

  static func swapCase(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try mapped(vm, a[0]) { (text, index, out) in
      let scalar = text[index]
      if CharacterClass.isUpper(scalar) {
        appendLower(text, index, to: &out)
      } else if CharacterClass.isLower(scalar) {
        append(scalar, .upper, to: &out)
      } else {
        out.append(scalar)
      }
    }
  }

  static func title(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var followsCased = false
    return try mapped(vm, a[0]) { (text, index, out) in
      if followsCased { appendLower(text, index, to: &out) } else { append(text[index], .title, to: &out) }
      followsCased = CharacterClass.isCased(text[index])
    }
  }

  static func capitalize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try mapped(vm, a[0]) { (text, index, out) in
      if index == 0 { append(text[0], .title, to: &out) } else { appendLower(text, index, to: &out) }
    }
  }

  /// The case of an ASCII string changed; nil for other strings.
  private static func changeASCII(_ vm: VM, _ value: Value, toUpper: Bool) throws(Unwind) -> Value? {
    let text = PyString(vm, value)
    guard text.isASCII, text.count > 0 else { return text.count == 0 ? vm[root: .emptyString] : nil }
    try vm.charge(text.count >> 5)
    let result = try vm.allocateString(count: text.count, widthShift: 0, isASCII: true)
    vm.words(result).bytes(from: 2).copyChangingCase(from: text.units, count: text.count, toUpper: toUpper)
    return result
  }

  private static func mapped(
    _ vm: VM, _ value: Value, _ body: (PyString, Int, inout [UInt32]) -> Void
  ) throws(Unwind) -> Value {
    let text = PyString(vm, value)
    // One character becomes three at most; the result's own allocation is checked as any.
    try vm.charge(text.count >> 1)
    var out: [UInt32] = []
    out.reserveCapacity(text.count)
    for index in 0..<text.count { body(text, index, &out) }
    return try vm.newString(scalars: out)
  }

  private static func append(_ scalar: UInt32, _ form: CaseMapping.Form, to out: inout [UInt32]) {
    CaseMapping.map(scalar, form) { out.append($0) }
  }

  private static func appendLower(_ text: PyString, _ index: Int, to out: inout [UInt32]) {
    let scalar = text[index]
    if scalar == 0x3A3 {
      out.append(CaseMapping.isFinalSigma(text, at: index) ? 0x3C2 : 0x3C3)
    } else {
      append(scalar, .lower, to: &out)
    }
  }
}
