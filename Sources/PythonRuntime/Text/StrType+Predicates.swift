/// `str`: questions about its characters.
extension StrType {
  static let predicates: [NativeFunction] = [
    NativeFunction("isalpha", "self, /", isAlpha),
    NativeFunction("isalnum", "self, /", isAlnum),
    NativeFunction("isdecimal", "self, /", isDecimal),
    NativeFunction("isdigit", "self, /", isDigit),
    NativeFunction("isnumeric", "self, /", isNumeric),
    NativeFunction("isspace", "self, /", isSpace),
    NativeFunction("isprintable", "self, /", isPrintable),
    NativeFunction("isascii", "self, /", isASCII),
    NativeFunction("isidentifier", "self, /", isIdentifier),
    NativeFunction("islower", "self, /", isLower),
    NativeFunction("isupper", "self, /", isUpper),
    NativeFunction("istitle", "self, /", isTitle),
  ]

  @inline(__always) private static func all(
    _ vm: VM, _ value: Value, whenEmpty: Bool = false, _ test: (UInt32) -> Bool
  ) throws(Unwind) -> Value {
    let text = PyString(vm, value)
    let count = text.count
    if count == 0 { return Value(whenEmpty) }
    try vm.charge(count >> 3)
    for index in 0..<count where !test(text[index]) { return .false }
    return .true
  }

  static func isAlpha(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try all(vm, a[0]) { CharacterClass.isAlpha($0) }
  }
  static func isAlnum(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try all(vm, a[0]) { CharacterClass.isAlphanumeric($0) }
  }
  static func isDecimal(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try all(vm, a[0]) { CharacterClass.decimal($0) != nil }
  }
  static func isDigit(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try all(vm, a[0]) { CharacterClass.isDigit($0) }
  }
  static func isNumeric(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try all(vm, a[0]) { CharacterClass.isNumeric($0) }
  }
  static func isSpace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try all(vm, a[0]) { CharacterClass.isSpace($0) }
  }
  static func isPrintable(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try all(vm, a[0], whenEmpty: true) { CharacterClass.isPrintable($0) }
  }
  static func isASCII(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let text = PyString(vm, a[0])
    return Value(text.isASCII || text.count == 0)
  }

  static func isIdentifier(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let text = PyString(vm, a[0])
    guard text.count > 0, CharacterClass.startsIdentifier(text[0]) else { return .false }
    return try all(vm, a[0]) { CharacterClass.continuesIdentifier($0) }
  }

  static func isLower(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try cased(vm, a[0], { CharacterClass.isLower($0) }, { CharacterClass.isUpper($0) || CharacterClass.isTitle($0) })
  }
  static func isUpper(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try cased(vm, a[0], { CharacterClass.isUpper($0) }, { CharacterClass.isLower($0) || CharacterClass.isTitle($0) })
  }

  /// True when there is a wanted character and no unwanted one.
  private static func cased(
    _ vm: VM, _ value: Value, _ wanted: (UInt32) -> Bool, _ unwanted: (UInt32) -> Bool
  ) throws(Unwind) -> Value {
    let text = PyString(vm, value)
    try vm.charge(text.count >> 3)
    var found = false
    for index in 0..<text.count {
      let scalar = text[index]
      if unwanted(scalar) { return .false }
      if !found { found = wanted(scalar) }
    }
    return Value(found)
  }

  static func isTitle(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let text = PyString(vm, a[0])
    try vm.charge(text.count >> 3)
    var found = false
    var followsCased = false
    for index in 0..<text.count {
      let scalar = text[index]
      if CharacterClass.isUpper(scalar) || CharacterClass.isTitle(scalar) {
        if followsCased { return .false }
        followsCased = true
        found = true
      } else if CharacterClass.isLower(scalar) {
        if !followsCased { return .false }
        found = true
      } else {
        followsCased = false
      }
    }
    return Value(found)
  }
}
