/// `str`: widths, tabs, translation, encoding.
extension StrType {
  static let padding: [NativeFunction] = [
    NativeFunction("center", "self, width, fillchar=, /", center),
    NativeFunction("ljust", "self, width, fillchar=, /", ljust),
    NativeFunction("rjust", "self, width, fillchar=, /", rjust),
    NativeFunction("zfill", "self, width, /", zfill),
    NativeFunction("expandtabs", "self, tabsize=8", expandTabs),
    NativeFunction("translate", "self, table, /", translate),
    NativeFunction("maketrans", "x, y=, z=, /", makeTrans, binding: .static),
    NativeFunction("encode", "self, encoding=, errors=", encode),
  ]

  private static func fillCharacter(_ vm: VM, _ value: Value) throws(Unwind) -> UInt32 {
    if value.isUnbound { return 0x20 }
    guard vm.isString(value) else {
      throw vm.raise(.typeError, "The fill character must be a unicode character, not \(vm.typeName(value))")
    }
    let text = PyString(vm, value)
    guard text.count == 1 else {
      throw vm.raise(.typeError, "The fill character must be exactly one character long")
    }
    return text[0]
  }

  private static func pad(
    _ vm: VM, _ a: Arguments, _ share: (_ missing: Int, _ width: Int) -> Int
  ) throws(Unwind) -> Value {
    let width = try vm.indexAsInt(a[1], overflow: .overflowError)
    let fill = try fillCharacter(vm, a[2])
    let count = PyString(vm, a[0]).count
    if width <= count { return try vm.exactString(a[0]) }
    let left = share(width - count, width)
    return try vm.pad(a[0], left: left, right: width - count - left, with: fill)
  }

  static func center(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    // An odd character goes to the left when the width is odd.
    try pad(vm, a) { (missing, width) in missing / 2 + (missing & width & 1) }
  }
  static func ljust(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try pad(vm, a) { (_, _) in 0 } }
  static func rjust(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try pad(vm, a) { (missing, _) in missing } }

  static func zfill(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let width = try vm.indexAsInt(a[1], overflow: .overflowError)
    let text = PyString(vm, a[0])
    if width <= text.count { return try vm.exactString(a[0]) }
    let result = try vm.pad(a[0], left: width - text.count, right: 0, with: 0x30)
    if text.count > 0, text[0] == 0x2B || text[0] == 0x2D {
      let padded = PyString(vm, result)
      padded.units.setCharacter(0, text[0], widthShift: padded.widthShift)
      padded.units.setCharacter(width - text.count, 0x30, widthShift: padded.widthShift)
    }
    return result
  }

  static func expandTabs(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let size = try vm.indexAsInt(a[1], overflow: .overflowError)
    guard Int32(exactly: size) != nil else {
      throw vm.raise(.overflowError, "Python int too large to convert to C int")
    }
    let text = PyString(vm, a[0])
    var out = TextBuilder(vm, capacity: text.count)
    var column = 0
    var start = 0
    for index in 0..<text.count {
      let scalar = text[index]
      if scalar == 0x09 {
        try out.append(a[0], from: start, count: index - start)
        start = index + 1
        if size > 0 {
          let spaces = size - column % size
          try out.append(scalar: 0x20, times: spaces)
          column += spaces
        }
      } else {
        column = scalar == 0x0A || scalar == 0x0D ? 0 : column + 1
      }
    }
    if start == 0 { return try vm.exactString(a[0]) }
    try out.append(a[0], from: start, count: text.count - start)
    return try out.finish()
  }

  // MARK: Translation

  static func translate(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let text = PyString(vm, a[0])
    try vm.charge(text.count >> 1)
    var out = TextBuilder(vm, capacity: text.count)
    // What a character of the first 128 became, where that is one character.
    var known = [UInt32?](repeating: nil, count: 128)
    for index in 0..<text.count {
      let scalar = text[index]
      if scalar < 128, let same = known[Int(scalar)] {
        try out.append(scalar: same)
        continue
      }
      let mapped = try lookUp(vm, a[1], scalar)
      guard let mapped else {
        try out.append(scalar: scalar)
        if scalar < 128 { known[Int(scalar)] = scalar }
        continue
      }
      if mapped.isNone { continue }
      if vm.isString(mapped) {
        try out.append(mapped)
        continue
      }
      guard vm.is(mapped, .int) || mapped.isInt || mapped.isBool else {
        throw vm.raise(.typeError, "character mapping must return integer, None or str")
      }
      guard let code = vm.asInt(mapped), code >= 0, code < 0x110000 else {
        throw vm.raise(.valueError, "character mapping must be in range(0x110000)")
      }
      try out.append(scalar: UInt32(code))
      if scalar < 128 { known[Int(scalar)] = UInt32(code) }
    }
    return try out.finish()
  }

  /// What the table has for a character; nil when it has nothing.
  private static func lookUp(_ vm: VM, _ table: Value, _ scalar: UInt32) throws(Unwind) -> Value? {
    let key = Value(small: Int(scalar))
    if vm.isExactly(table, .dict) { return try PyDict(vm, table).get(key) }
    do {
      return try vm.getItem(table, key)
    } catch {
      guard case .exception = error, vm.pendingMatches(.lookupError) else { throw error }
      vm.takePending()
      return nil
    }
  }

  static func makeTrans(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let result = try vm.newDict()
    let dict = PyDict(vm, result)
    if a[1].isUnbound {
      guard vm.isExactly(a[0], .dict) else {
        throw vm.raise(.typeError, "if you give only one argument to maketrans it must be a dict")
      }
      let source = PyDict(vm, a[0])
      try vm.charge(source.entryCount)
      for index in 0..<source.entryCount {
        guard let (key, value, _) = source.entry(at: index) else { continue }
        if vm.isString(key) {
          let text = PyString(vm, key)
          guard text.count == 1 else {
            throw vm.raise(.valueError, "string keys in translate table must be of length 1")
          }
          try dict.set(Value(small: Int(text[0])), value)
        } else if key.isInt || key.isBool || vm.is(key, .int) {
          try dict.set(key, value)
        } else {
          throw vm.raise(.typeError, "keys in translate table must be strings or integers")
        }
      }
      return result
    }
    try vm.requireString(a[1], argument: "maketrans() argument 2")
    guard vm.isString(a[0]) else {
      throw vm.raise(.typeError, "first maketrans argument must be a string if there is a second argument")
    }
    let from = PyString(vm, a[0])
    let to = PyString(vm, a[1])
    guard from.count == to.count else {
      throw vm.raise(.valueError, "the first two maketrans arguments must have equal length")
    }
    try vm.charge(from.count)
    for index in 0..<from.count { try dict.set(Value(small: Int(from[index])), Value(small: Int(to[index]))) }
    if !a[2].isUnbound {
      try vm.requireString(a[2], argument: "maketrans() argument 3")
      let deleted = PyString(vm, a[2])
      for index in 0..<deleted.count { try dict.set(Value(small: Int(deleted[index])), .none) }
    }
    return result
  }

  static func encode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let encoding = try codecName(vm, a[1], "encode", "encoding") ?? "utf-8"
    let errors = try codecName(vm, a[2], "encode", "errors") ?? "strict"
    return try vm.encode(a[0], encoding: encoding, errors: errors)
  }
}

extension VM {
  /// A string between repeated characters.
  func pad(_ text: Value, left: Int, right: Int, with fill: UInt32) throws(Unwind) -> Value {
    let view = PyString(self, text)
    guard left < 1 << 30, right < 1 << 30 else { throw raiseMemoryError() }
    let total = left + view.count + right
    let shift = max(view.widthShift, fill < 0x100 ? 0 : fill < 0x10000 ? 1 : 2)
    guard total < 1 << 30 else { throw raiseMemoryError() }
    try charge(total >> 5)
    let isASCII = (view.isASCII || view.count == 0) && fill < 0x80
    let value = try allocateString(count: total, widthShift: shift, isASCII: isASCII)
    let units = words(value).bytes(from: 2)
    units.fillCharacters(from: 0, count: left, with: fill, widthShift: shift)
    units.put(view, at: left, widthShift: shift)
    units.fillCharacters(from: left + view.count, count: right, with: fill, widthShift: shift)
    return value
  }
}

extension Bytes {
  func fillCharacters(from start: Int, count: Int, with scalar: UInt32, widthShift: Int) {
    if widthShift == 0 {
      advanced(by: start).fill(count: count, with: UInt8(truncatingIfNeeded: scalar))
    } else {
      for index in start..<start &+ count { setCharacter(index, scalar, widthShift: widthShift) }
    }
  }
}
