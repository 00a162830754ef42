/// `repr` and `ascii` of strings, and `repr` of bytes.
enum StringRepr {
  static let hexDigits = Array("0123456789abcdef".utf8)

  /// The quote: double when there are single quotes and no double ones.
  static func quote(hasSingle: Bool, hasDouble: Bool) -> UInt8 { hasSingle && !hasDouble ? 0x22 : 0x27 }

  /// The letter after the backslash for the characters that have one.
  @inline(__always) static func shortEscape(_ scalar: UInt32) -> UInt8? {
    switch scalar {
    case 0x5C: 0x5C
    case 0x09: 0x74
    case 0x0A: 0x6E
    case 0x0D: 0x72
    default: nil
    }
  }

  /// `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
  static func numericEscape(_ scalar: UInt32) -> [UInt8] {
    let (letter, width): (UInt8, Int) = scalar < 0x100 ? (0x78, 2) : scalar < 0x10000 ? (0x75, 4) : (0x55, 8)
    var out: [UInt8] = [0x5C, letter]
    for place in stride(from: (width - 1) * 4, through: 0, by: -4) {
      out.append(hexDigits[Int(scalar >> UInt32(place) & 15)])
    }
    return out
  }

  /// The repr of bytes; within that of a bytearray a single quote is always escaped.
  static func repr(bytes: [UInt8], isArray: Bool = false) -> [UInt8] {
    let quote = quote(hasSingle: bytes.contains(0x27), hasDouble: bytes.contains(0x22))
    var out: [UInt8] = [0x62, quote]
    out.reserveCapacity(bytes.count + 3)
    for byte in bytes {
      if let letter = shortEscape(UInt32(byte)) {
        out += [0x5C, letter]
      } else if byte == quote || isArray && byte == 0x27 {
        out += [0x5C, byte]
      } else if byte &- 0x20 < 0x5F {
        out.append(byte)
      } else {
        out += numericEscape(UInt32(byte))
      }
    }
    out.append(quote)
    return out
  }
}

extension VM {
  /// `repr(string)`.
  func stringRepr(_ string: Value) throws(Unwind) -> Value {
    let view = PyString(self, string)
    let count = view.count
    try charge(count >> 2)
    guard view.isASCII || count == 0 else { return try stringReprSlowly(view, escapesAll: false) }
    var hasSingle = false
    var hasDouble = false
    var extra = 0
    for index in 0..<count {
      let byte = view.units[index]
      if byte &- 0x20 < 0x5F {
        if byte == 0x27 { hasSingle = true }
        if byte == 0x22 { hasDouble = true }
        if byte == 0x5C { extra &+= 1 }
      } else {
        extra &+= byte == 0x0A || byte == 0x09 || byte == 0x0D ? 1 : 3
      }
    }
    if extra > 0 || hasSingle && hasDouble { return try stringReprSlowly(view, escapesAll: false) }
    let quote = StringRepr.quote(hasSingle: hasSingle, hasDouble: hasDouble)
    let value = try allocateString(count: count + 2, widthShift: 0, isASCII: true)
    let units = words(value).bytes(from: 2)
    units[0] = quote
    units.advanced(by: 1).copyShort(from: view.units, count: count)
    units[count &+ 1] = quote
    return value
  }

  /// `ascii(string)`.
  func stringASCII(_ string: Value) throws(Unwind) -> Value {
    let view = PyString(self, string)
    if view.isASCII { return try stringRepr(string) }
    try charge(view.count >> 2)
    return try stringReprSlowly(view, escapesAll: true)
  }

  private func stringReprSlowly(_ view: PyString, escapesAll: Bool) throws(Unwind) -> Value {
    var hasSingle = false
    var hasDouble = false
    for index in 0..<view.count {
      let scalar = view[index]
      if scalar == 0x27 { hasSingle = true }
      if scalar == 0x22 { hasDouble = true }
    }
    let quote = UInt32(StringRepr.quote(hasSingle: hasSingle, hasDouble: hasDouble))
    var out = TextBuilder(self, capacity: view.count + 2)
    try out.append(scalar: quote)
    for index in 0..<view.count {
      let scalar = view[index]
      if let letter = StringRepr.shortEscape(scalar) {
        try out.append([0x5C, letter])
      } else if scalar == quote {
        try out.append([0x5C, UInt8(truncatingIfNeeded: quote)])
      } else if scalar < 0x80 ? scalar &- 0x20 < 0x5F : !escapesAll && CharacterClass.isPrintable(scalar) {
        try out.append(scalar: scalar)
      } else {
        try out.append(StringRepr.numericEscape(scalar))
      }
    }
    try out.append(scalar: quote)
    return try out.finish()
  }

  /// `ascii(value)`.
  package func ascii(_ value: Value) throws(Unwind) -> Value { try escapingNonASCII(repr(value)) }

  /// A repr with its characters beyond ASCII escaped.
  func escapingNonASCII(_ repr: Value) throws(Unwind) -> Value {
    let view = PyString(self, repr)
    if view.isASCII || view.count == 0 { return repr }
    try charge(view.count >> 2)
    var out = TextBuilder(self, capacity: view.count)
    for index in 0..<view.count {
      let scalar = view[index]
      if scalar < 0x80 { try out.append(scalar: scalar) } else { try out.append(StringRepr.numericEscape(scalar)) }
    }
    return try out.finish()
  }
}
