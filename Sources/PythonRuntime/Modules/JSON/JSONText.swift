/// Strings in JSON.
enum JSONText {
  /// Raises `json.JSONDecodeError`.
  static func failure(_ vm: VM, _ message: String, _ text: Value, _ place: Int) -> Unwind {
    do {
      let module = try vm.loadModule("json.decoder")
      let type = try vm.getAttribute(module, vm.intern("JSONDecodeError"))
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      vm.keep(type)
      return vm.raise(try vm.call(type, vm.newString(message), text, Value(small: place)))
    } catch {
      return error
    }
  }

  /// The string whose first character is at `start`, and the place after its closing quote.
  static func scan(_ vm: VM, _ text: Value, from start: Int, isStrict: Bool) throws(Unwind) -> (Value, Int) {
    let view = PyString(vm, text)
    let count = view.count
    var index = start
    while index < count {
      let scalar = view[index]
      if scalar == 0x22 {
        try vm.charge((index - start) >> 4 + 1)
        return (try vm.substring(text, from: start, count: index - start), index + 1)
      }
      if scalar == 0x5C { break }
      if scalar <= 0x1F, isStrict { throw failure(vm, "Invalid control character at", text, index) }
      index += 1
    }
    var builder = TextBuilder(vm)
    var partStart = start
    while index < count {
      let scalar = view[index]
      if scalar == 0x22 {
        try builder.append(text, from: partStart, count: index - partStart)
        return (try builder.finish(), index + 1)
      }
      if scalar == 0x5C {
        try builder.append(text, from: partStart, count: index - partStart)
        try builder.append(scalar: escape(vm, text, &index, start))
        partStart = index
        continue
      }
      if scalar <= 0x1F, isStrict { throw failure(vm, "Invalid control character at", text, index) }
      index += 1
    }
    throw failure(vm, "Unterminated string starting at", text, start - 1)
  }

  /// The escape at `index`, which goes behind it.
  private static func escape(
    _ vm: VM, _ text: Value, _ index: inout Int, _ start: Int
  ) throws(Unwind) -> UInt32 {
    let view = PyString(vm, text)
    guard index + 1 < view.count else {
      throw failure(vm, "Unterminated string starting at", text, start - 1)
    }
    let letter = view[index + 1]
    index += 2
    switch Unicode.Scalar(letter) {
    case "\"", "\\", "/": return letter
    case "b": return 8
    case "f": return 12
    case "n": return 10
    case "r": return 13
    case "t": return 9
    case "u": break
    default: throw failure(vm, "Invalid \\escape", text, index - 2)
    }
    guard index + 4 < view.count else { throw failure(vm, "Invalid \\uXXXX escape", text, index - 1) }
    guard let high = hex(view, index) else { throw failure(vm, "Invalid \\uXXXX escape", text, index - 1) }
    index += 4
    if high & 0xFC00 == 0xD800, index + 6 < view.count, view[index] == 0x5C, view[index + 1] == 0x75 {
      guard let low = hex(view, index + 2) else {
        throw failure(vm, "Invalid \\uXXXX escape", text, index + 1)
      }
      if low & 0xFC00 == 0xDC00 {
        index += 6
        return 0x10000 + (high & 0x3FF) << 10 + low & 0x3FF
      }
    }
    return high
  }

  private static func hex(_ view: PyString, _ start: Int) -> UInt32? {
    var number: UInt32 = 0
    for index in start..<start + 4 {
      guard view[index] < 0x80, let digit = ByteText.hexValue(UInt8(view[index])) else { return nil }
      number = number << 4 | UInt32(digit)
    }
    return number
  }

  /// Writes a string with its quotes.
  static func encode(_ vm: VM, _ string: Value, isASCII: Bool, into builder: inout TextBuilder) throws(Unwind) {
    let view = PyString(vm, string)
    try builder.append(scalar: 0x22)
    var plain = 0
    for index in 0..<view.count {
      let scalar = view[index]
      if scalar >= 0x20, scalar != 0x22, scalar != 0x5C, !isASCII || scalar < 0x7F { continue }
      try builder.append(string, from: plain, count: index - plain)
      plain = index + 1
      switch scalar {
      case 0x22, 0x5C: try builder.append([0x5C, UInt8(scalar)])
      case 8: try builder.append([0x5C, 0x62])
      case 9: try builder.append([0x5C, 0x74])
      case 10: try builder.append([0x5C, 0x6E])
      case 12: try builder.append([0x5C, 0x66])
      case 13: try builder.append([0x5C, 0x72])
      case 0x10000...:
        try escape(0xD800 + (scalar - 0x10000) >> 10, &builder)
        try escape(0xDC00 + (scalar - 0x10000) & 0x3FF, &builder)
      default: try escape(scalar, &builder)
      }
    }
    try builder.append(string, from: plain, count: view.count - plain)
    try builder.append(scalar: 0x22)
  }

  private static func escape(_ unit: UInt32, _ builder: inout TextBuilder) throws(Unwind) {
    var out: [UInt8] = [0x5C, 0x75]
    for shift: UInt32 in [12, 8, 4, 0] { out.append(StringRepr.hexDigits[Int(unit >> shift & 15)]) }
    try builder.append(out)
  }
}
