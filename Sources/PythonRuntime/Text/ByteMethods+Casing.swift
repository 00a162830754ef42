/// bytes and bytearray: case, questions and widths, all by ASCII.
extension ByteMethods {
  static let casing: [NativeFunction] = [
    NativeFunction("upper", "self, /", upper),
    NativeFunction("lower", "self, /", lower),
    NativeFunction("swapcase", "self, /", swapCase),
    NativeFunction("title", "self, /", title),
    NativeFunction("capitalize", "self, /", capitalize),
    NativeFunction("isalpha", "self, /", isAlpha),
    NativeFunction("isalnum", "self, /", isAlnum),
    NativeFunction("isdigit", "self, /", isDigit),
    NativeFunction("isspace", "self, /", isSpace),
    NativeFunction("isascii", "self, /", isASCII),
    NativeFunction("islower", "self, /", isLower),
    NativeFunction("isupper", "self, /", isUpper),
    NativeFunction("istitle", "self, /", isTitle),
  ]

  private static func mapped(
    _ vm: VM, _ a: Arguments, _ map: (Int, UInt8) -> UInt8
  ) throws(Unwind) -> Value {
    let text = receiver(vm, a)
    try vm.charge(text.count >> 4)
    let (value, target) = try vm.allocateBytes(like: a[0], count: text.count)
    for index in 0..<text.count { target[index] = map(index, text[index]) }
    return value
  }

  static func upper(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try mapped(vm, a) { (_, byte) in ByteText.upper(byte) }
  }
  static func lower(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try mapped(vm, a) { (_, byte) in ByteText.lower(byte) }
  }
  static func swapCase(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try mapped(vm, a) { (_, byte) in ByteText.isAlpha(byte) ? byte ^ 0x20 : byte }
  }
  static func capitalize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try mapped(vm, a) { (index, byte) in index == 0 ? ByteText.upper(byte) : ByteText.lower(byte) }
  }
  static func title(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var followsLetter = false
    return try mapped(vm, a) { (_, byte) in
      defer { followsLetter = ByteText.isAlpha(byte) }
      return followsLetter ? ByteText.lower(byte) : ByteText.upper(byte)
    }
  }

  private static func all(
    _ vm: VM, _ a: Arguments, whenEmpty: Bool = false, _ test: (UInt8) -> Bool
  ) throws(Unwind) -> Value {
    let text = receiver(vm, a)
    if text.count == 0 { return Value(whenEmpty) }
    try vm.charge(text.count >> 4)
    for index in 0..<text.count where !test(text[index]) { return .false }
    return .true
  }

  static func isAlpha(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try all(vm, a) { ByteText.isAlpha($0) } }
  static func isAlnum(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try all(vm, a) { ByteText.isAlpha($0) || ByteText.isDigit($0) }
  }
  static func isDigit(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try all(vm, a) { ByteText.isDigit($0) } }
  static func isSpace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try all(vm, a) { ByteText.isSpace($0) } }
  static func isASCII(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try all(vm, a, whenEmpty: true) { $0 < 0x80 }
  }

  private static func cased(
    _ vm: VM, _ a: Arguments, _ wanted: (UInt8) -> Bool, _ unwanted: (UInt8) -> Bool
  ) throws(Unwind) -> Value {
    let text = receiver(vm, a)
    try vm.charge(text.count >> 4)
    var found = false
    for index in 0..<text.count {
      if unwanted(text[index]) { return .false }
      if wanted(text[index]) { found = true }
    }
    return Value(found)
  }

  static func isLower(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try cased(vm, a, { ByteText.isLower($0) }, { ByteText.isUpper($0) })
  }
  static func isUpper(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try cased(vm, a, { ByteText.isUpper($0) }, { ByteText.isLower($0) })
  }

  static func isTitle(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let text = receiver(vm, a)
    try vm.charge(text.count >> 4)
    var found = false
    var followsLetter = false
    for index in 0..<text.count {
      let byte = text[index]
      let isLetter = ByteText.isAlpha(byte)
      if isLetter {
        if ByteText.isUpper(byte) == followsLetter { return .false }
        found = true
      }
      followsLetter = isLetter
    }
    return Value(found)
  }

  static let padding: [NativeFunction] = [
    NativeFunction("center", "self, width, fillchar=, /", center),
    NativeFunction("ljust", "self, width, fillchar=, /", ljust),
    NativeFunction("rjust", "self, width, fillchar=, /", rjust),
    NativeFunction("zfill", "self, width, /", zfill),
    NativeFunction("expandtabs", "self, tabsize=8", expandTabs),
  ]

  private static func pad(
    _ vm: VM, _ a: Arguments, _ name: String, _ share: (_ missing: Int, _ width: Int) -> Int
  ) throws(Unwind) -> Value {
    let width = try vm.indexAsInt(a[1], overflow: .overflowError)
    var fill: UInt8 = 0x20
    if !a[2].isUnbound {
      guard vm.is(a[2], .bytes) || vm.is(a[2], .bytearray), let given = BytesView(vm, a[2]), given.count == 1 else {
        throw vm.raise(
          .typeError, "\(name)() argument 2 must be a byte string of length 1, not \(vm.typeName(a[2]))")
      }
      fill = given[0]
    }
    let text = receiver(vm, a)
    if width <= text.count { return try vm.newBytes(like: a[0], text.bytes, count: text.count) }
    guard width < 1 << 30 else { throw vm.raiseMemoryError() }
    try vm.charge(width >> 6)
    let left = share(width - text.count, width)
    let (value, target) = try vm.allocateBytes(like: a[0], count: width)
    target.fill(count: width, with: fill)
    target.advanced(by: left).copy(from: text.bytes, count: text.count)
    return value
  }

  static func center(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try pad(vm, a, "center") { (missing, width) in missing / 2 + (missing & width & 1) }
  }
  static func ljust(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try pad(vm, a, "ljust") { (_, _) in 0 } }
  static func rjust(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try pad(vm, a, "rjust") { (missing, _) in missing }
  }

  static func zfill(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let width = try vm.indexAsInt(a[1], overflow: .overflowError)
    let text = receiver(vm, a)
    if width <= text.count { return try vm.newBytes(like: a[0], text.bytes, count: text.count) }
    guard width < 1 << 30 else { throw vm.raiseMemoryError() }
    try vm.charge(width >> 6)
    let (value, target) = try vm.allocateBytes(like: a[0], count: width)
    let left = width - text.count
    target.fill(count: left, with: 0x30)
    target.advanced(by: left).copy(from: text.bytes, count: text.count)
    if text.count > 0, text[0] == 0x2B || text[0] == 0x2D {
      target[left] = 0x30
      target[0] = text[0]
    }
    return value
  }

  static func expandTabs(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let size = try vm.indexAsInt(a[1], overflow: .overflowError)
    guard Int32(exactly: size) != nil else {
      throw vm.raise(.overflowError, "Python int too large to convert to C int")
    }
    var out = TextBuilder(vm)
    var column = 0
    for byte in receiver(vm, a).array() {
      if byte == 9 {
        guard size > 0 else { continue }
        let spaces = size - column % size
        try out.append(scalar: 0x20, times: spaces)
        column += spaces
      } else {
        try out.append(scalar: UInt32(byte))
        column = byte == 10 || byte == 13 ? 0 : column + 1
      }
    }
    return try vm.newBytes(like: a[0], out.bytes)
  }
}
