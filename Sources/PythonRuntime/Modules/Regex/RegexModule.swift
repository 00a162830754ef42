/// Module `_sre`: what `re` takes from it.
enum RegexModule {
  static let types = [PatternType.type, MatchType.type, ScannerType.type]

  static let module = NativeModule("_sre", functions) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("MAGIC"), Value(small: 20_220_615))
    try dict.set(name: vm.intern("CODESIZE"), Value(small: 4))
    try dict.set(name: vm.intern("MAXREPEAT"), Value(small: 0xFFFF_FFFF))
    try dict.set(name: vm.intern("MAXGROUPS"), Value(small: 0x3FFF_FFFF))
  }

  private static let functions = [
    NativeFunction("compile", "pattern, flags, code, groups, groupindex, indexgroup", compile),
    NativeFunction("getcodesize", "", { (_, _) throws(Unwind) in Value(small: 4) }),
    NativeFunction("ascii_iscased", "character, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a[0])
      return Value(scalar < 0x80 && (scalar | 0x20) &- 0x61 < 26)
    }),
    NativeFunction("ascii_tolower", "character, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a[0])
      return Value(small: Int(RegexFold.ascii.lower(scalar)))
    }),
    NativeFunction("unicode_iscased", "character, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a[0])
      return Value(RegexFold.unicodeLower(scalar) != scalar || RegexFold.unicodeUpper(scalar) != scalar)
    }),
    NativeFunction("unicode_tolower", "character, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a[0])
      return Value(small: Int(RegexFold.unicodeLower(scalar)))
    }),
  ]

  private static func character(_ vm: VM, _ value: Value) throws(Unwind) -> UInt32 {
    let int = try vm.indexAsInt(value, overflow: .overflowError)
    guard let scalar = UInt32(exactly: int) else {
      throw vm.raise(.overflowError, "Python int too large to convert to C int")
    }
    return scalar
  }

  static func compile(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[2], .list) else {
      throw vm.raise(.typeError, "compile() argument 'code' must be list, not \(vm.typeName(a[2]))")
    }
    guard vm.is(a[4], .dict) else {
      throw vm.raise(.typeError, "compile() argument 'groupindex' must be dict, not \(vm.typeName(a[4]))")
    }
    guard vm.is(a[5], .tuple) else {
      throw vm.raise(.typeError, "compile() argument 'indexgroup' must be tuple, not \(vm.typeName(a[5]))")
    }
    let flags = try vm.indexAsInt(a[1], overflow: .overflowError)
    let groups = try vm.indexAsInt(a[3], overflow: .overflowError)
    let list = PyList(vm, a[2])
    var code: [UInt32] = []
    code.reserveCapacity(list.count)
    for index in 0..<list.count {
      guard vm.isInteger(list[index]) else {
        throw vm.raise(.typeError, "'\(vm.typeName(list[index]))' object cannot be interpreted as an integer")
      }
      guard let int = vm.asInt(list[index]), let word = UInt32(exactly: int) else {
        throw vm.raise(.overflowError, "regular expression code size limit exceeded")
      }
      code.append(word)
    }
    try vm.charge(code.count + 200)
    guard groups >= 0, groups < 0x7F_FFFF, groups <= code.count else {
      throw vm.raise(.runtimeError, "invalid SRE code")
    }
    var translator = RegexTranslator(code: code, groups: groups)
    let program: [UInt64]
    do {
      program = try translator.translate()
    } catch .tooDeep {
      throw vm.raise(.recursionError, "maximum recursion depth exceeded in a pattern")
    } catch {
      throw vm.raise(.runtimeError, "invalid SRE code")
    }
    try vm.charge(program.count)
    return try PyPattern.make(
      vm, source: a[0], flags: Value(small: flags), groups: groups, index: a[4], names: a[5], program: program)
  }
}
