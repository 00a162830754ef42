/// `format % arguments`, of str and of bytes.
struct PercentFormatter {
  private struct Item {
    var leftAligned = false
    var plus = false
    var blank = false
    var alternate = false
    var zero = false
    var width = -1
    var precision = -1
    var type: UInt32 = 0
  }

  private let vm: VM
  private let isBytes: Bool
  private let arguments: Value
  private let isTuple: Bool
  private var nextArgument = 0
  /// A single value that is a mapping: `%(key)s` looks things up in it.
  private let mapping: Value?
  private var usesMapping = false
  private var out: TextBuilder
  /// What the current item takes, when it was looked up in the mapping.
  private var keyed: Value?

  init(_ vm: VM, arguments: Value, isBytes: Bool) {
    self.vm = vm
    self.isBytes = isBytes
    self.arguments = arguments
    isTuple = vm.is(arguments, .tuple)
    let isText = vm.isString(arguments) || isBytes && (vm.is(arguments, .bytes) || vm.is(arguments, .bytearray))
    mapping = !isTuple && !isText && vm.lookupSpecial(arguments, .getitem) != nil ? arguments : nil
    out = TextBuilder(vm)
  }

  /// Formats characters that `unit` gives; `literal` appends a run of them to the builder.
  mutating func format(
    count: Int, unit: (Int) -> UInt32,
    literal: (Int, Int, inout TextBuilder) throws(Unwind) -> Void
  ) throws(Unwind) -> TextBuilder {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var position = 0
    while position < count {
      let start = position
      while position < count, unit(position) != 0x25 { position += 1 }
      try literal(start, position - start, &out)
      guard position < count else { break }
      position += 1
      try vm.charge(4)
      try formatItem(count, unit, &position)
      vm.keepRelease(mark)
    }
    let isUnused = isTuple ? nextArgument < PyTuple(vm, arguments).count : nextArgument == 0
    if isUnused, mapping == nil {
      throw vm.raise(
        .typeError, "not all arguments converted during \(isBytes ? "bytes" : "string") formatting")
    }
    return out
  }

  private mutating func takeArgument() throws(Unwind) -> Value {
    if let value = keyed {
      keyed = nil
      return value
    }
    if isTuple {
      let tuple = PyTuple(vm, arguments)
      if nextArgument < tuple.count {
        nextArgument += 1
        return tuple[nextArgument - 1]
      }
    } else if nextArgument == 0, !usesMapping {
      nextArgument = 1
      return arguments
    }
    throw vm.raise(.typeError, "not enough arguments for format string")
  }

  private mutating func formatItem(_ count: Int, _ unit: (Int) -> UInt32, _ position: inout Int) throws(Unwind) {
    if position < count, unit(position) == 0x25 {
      position += 1
      return try out.append(scalar: 0x25)
    }
    var item = Item()
    func incomplete() -> Unwind { vm.raise(.valueError, "incomplete format") }
    func peek() throws(Unwind) -> UInt32 {
      guard position < count else { throw incomplete() }
      return unit(position)
    }
    if position < count, unit(position) == 0x28 { try lookUpKey(count, unit, &position) }
    flags: while true {
      switch try peek() {
      case 0x2D: item.leftAligned = true
      case 0x2B: item.plus = true
      case 0x20: item.blank = true
      case 0x23: item.alternate = true
      case 0x30: item.zero = true
      default: break flags
      }
      position += 1
    }
    if try peek() == 0x2A {
      position += 1
      item.width = try starArgument()
      if item.width < 0 {
        item.leftAligned = true
        item.width = -item.width
      }
    } else {
      item.width = try digits(count, unit, &position, "width too big") ?? -1
    }
    if try peek() == 0x2E {
      position += 1
      if try peek() == 0x2A {
        position += 1
        item.precision = max(0, try starArgument(isPrecision: true))
      } else {
        item.precision = try digits(count, unit, &position, "precision too big") ?? 0
      }
    }
    if case let modifier = try peek(), modifier == 0x68 || modifier == 0x6C || modifier == 0x4C { position += 1 }
    item.type = try peek()
    position += 1
    let value = try takeArgument()
    vm.keep(value)
    try format(item, value, at: position - 1)
  }

  private mutating func lookUpKey(_ count: Int, _ unit: (Int) -> UInt32, _ position: inout Int) throws(Unwind) {
    guard let mapping else { throw vm.raise(.typeError, "format requires a mapping") }
    position += 1
    let start = position
    var depth = 1
    while position < count {
      if unit(position) == 0x28 { depth += 1 }
      if unit(position) == 0x29 { depth -= 1 }
      if depth == 0 { break }
      position += 1
    }
    guard depth == 0 else { throw vm.raise(.valueError, "incomplete format key") }
    let scalars = (start..<position).map(unit)
    position += 1
    let key = isBytes
      ? try vm.newBytes(scalars.map { UInt8(truncatingIfNeeded: $0) }) : try vm.newString(scalars: scalars)
    vm.keep(key)
    let value = try vm.getItem(mapping, key)
    vm.keep(value)
    keyed = value
    usesMapping = true
  }

  private mutating func starArgument(isPrecision: Bool = false) throws(Unwind) -> Int {
    let value = try takeArgument()
    guard vm.isInteger(value) else { throw vm.raise(.typeError, "* wants int") }
    let limit = isPrecision ? Int(Int32.max) : Int.max
    guard let int = vm.asInt(value), int <= limit, int > -limit else {
      if isPrecision { throw vm.raise(.overflowError, "Python int too large to convert to C int") }
      throw vm.raise(.overflowError, "Python int too large to convert to C ssize_t")
    }
    return int
  }

  private func digits(
    _ count: Int, _ unit: (Int) -> UInt32, _ position: inout Int, _ message: String
  ) throws(Unwind) -> Int? {
    let start = position
    let limit = message == "width too big" ? Int.max / 10 - 10 : Int(Int32.max)
    var number = 0
    while position < count, unit(position) &- 0x30 < 10 {
      number = number &* 10 &+ Int(unit(position) &- 0x30)
      guard number <= limit else { throw vm.raise(.valueError, message) }
      position += 1
    }
    return position > start ? number : nil
  }

  // MARK: Conversions

  private mutating func format(_ item: Item, _ value: Value, at index: Int) throws(Unwind) {
    switch Unicode.Scalar(item.type) {
    case "s", "r", "a": try formatText(item, value)
    case "b": if isBytes { try formatText(item, value) } else { throw unsupported(item, index) }
    case "d", "i", "u", "o", "x", "X": try formatInteger(item, value)
    case "e", "E", "f", "F", "g", "G": try formatFloat(item, value)
    case "c": try formatCharacter(item, value)
    default: throw unsupported(item, index)
    }
  }

  private func unsupported(_ item: Item, _ index: Int) -> Unwind {
    let shown = item.type >= 32 && item.type < 127 ? String(Unicode.Scalar(item.type).map(Character.init) ?? "?") : "?"
    let code = String(item.type, radix: 16)
    return vm.raise(.valueError, "unsupported format character '\(shown)' (0x\(code)) at index \(index)")
  }

  private mutating func formatText(_ item: Item, _ value: Value) throws(Unwind) {
    if isBytes, item.type == 0x73 || item.type == 0x62 {
      return try pad(item, bytes: bytesArgument(value, item))
    }
    let text: Value
    switch item.type {
    case 0x73: text = try vm.str(value)
    case 0x72: text = isBytes ? try vm.ascii(value) : try vm.repr(value)
    default: text = try vm.ascii(value)
    }
    let full = PyString(vm, text).count
    let count = item.precision >= 0 ? min(item.precision, full) : full
    let missing = try missing(item, count)
    if !item.leftAligned { try out.append(scalar: 0x20, times: missing) }
    try out.append(text, from: 0, count: count)
    if item.leftAligned { try out.append(scalar: 0x20, times: missing) }
  }

  private func missing(_ item: Item, _ count: Int) throws(Unwind) -> Int {
    guard item.width < 1 << 30 else { throw vm.raiseMemoryError() }
    return max(0, item.width - count)
  }

  private mutating func pad(_ item: Item, bytes: [UInt8]) throws(Unwind) {
    let shown = item.precision >= 0 && item.precision < bytes.count ? Array(bytes[..<item.precision]) : bytes
    let missing = try missing(item, shown.count)
    if !item.leftAligned { try out.append(scalar: 0x20, times: missing) }
    try out.append(shown)
    if item.leftAligned { try out.append(scalar: 0x20, times: missing) }
  }

  private func bytesArgument(_ value: Value, _ item: Item) throws(Unwind) -> [UInt8] {
    if let view = BytesView(vm, value) { return view.array() }
    if let method = vm.lookupSpecial(value, .bytes) {
      let result = try vm.call(method, value)
      guard let view = BytesView(vm, result), vm.is(result, .bytes) else {
        throw vm.raise(.typeError, "__bytes__ returned non-bytes (type \(vm.typeName(result)))")
      }
      return view.array()
    }
    throw vm.raise(
      .typeError,
      "%b requires a bytes-like object, or an object that implements __bytes__, not '\(vm.typeName(value))'")
  }

  private mutating func formatCharacter(_ item: Item, _ value: Value) throws(Unwind) {
    if isBytes {
      if let view = BytesView(vm, value), !vm.is(value, .memoryview), view.count == 1 {
        return try pad(item, bytes: view.array())
      }
      if vm.isInteger(value) || vm.lookupSpecial(value, .index) != nil {
        let code = vm.asInt(try vm.index(value)) ?? -1
        guard code >= 0, code < 256 else { throw vm.raise(.overflowError, "%c arg not in range(256)") }
        return try pad(item, bytes: [UInt8(code)])
      }
      throw vm.raise(.typeError, "%c requires an integer in range(256) or a single byte")
    }
    var scalar: UInt32 = 0
    if vm.isString(value) {
      guard PyString(vm, value).count == 1 else { throw vm.raise(.typeError, "%c requires int or char") }
      scalar = PyString(vm, value)[0]
    } else {
      guard vm.isInteger(value) || vm.lookupSpecial(value, .index) != nil else {
        throw vm.raise(.typeError, "%c requires int or char")
      }
      guard let code = vm.asInt(try vm.index(value)), code >= 0, code < 0x110000 else {
        throw vm.raise(.overflowError, "%c arg not in range(0x110000)")
      }
      scalar = UInt32(code)
    }
    let count = item.precision == 0 ? 0 : 1
    let missing = try missing(item, count)
    if !item.leftAligned { try out.append(scalar: 0x20, times: missing) }
    try out.append(scalar: scalar, times: count)
    if item.leftAligned { try out.append(scalar: 0x20, times: missing) }
  }

  private mutating func formatInteger(_ item: Item, _ value: Value) throws(Unwind) {
    let number = try integerArgument(item, value)
    vm.keep(number)
    let radix = item.type == 0x6F ? 8 : item.type | 0x20 == 0x78 ? 16 : 10
    var digits = try IntegerDigits(vm, number, radix: radix)
    if item.precision > digits.digits.count {
      try vm.requireRoom(item.precision)
      try vm.charge(item.precision >> 3)
      digits.digits = [UInt8](repeating: 0x30, count: item.precision - digits.digits.count) + digits.digits
    }
    var prefix: [UInt8] = []
    if item.alternate, radix != 10 { prefix = [0x30, UInt8(truncatingIfNeeded: item.type)] }
    if item.type == 0x58 { digits.digits = digits.digits.map { $0 &- 0x61 < 26 ? $0 &- 32 : $0 } }
    try pad(item, number: digits.digits, isNegative: digits.isNegative, prefix: prefix)
  }

  /// The argument of an integer conversion as an int.
  private func integerArgument(_ item: Item, _ value: Value) throws(Unwind) -> Value {
    if vm.isInteger(value) { return value }
    let letter = item.type == 0x69 && isBytes ? "d" : Unicode.Scalar(item.type).map(Character.init) ?? "d"
    let needsIndex = item.type == 0x6F || item.type | 0x20 == 0x78
    let wanted = needsIndex ? "an integer" : "a real number"
    let wrong = "%\(letter) format: \(wanted) is required, not \(vm.typeName(value))"
    if needsIndex {
      guard vm.lookupSpecial(value, .index) != nil else { throw vm.raise(.typeError, wrong) }
      return try vm.index(value)
    }
    guard vm.lookupSpecial(value, .int) != nil || vm.lookupSpecial(value, .index) != nil else {
      throw vm.raise(.typeError, wrong)
    }
    do {
      return try vm.call(Value(vm.type(.int)), value)
    } catch {
      guard case .exception = error, vm.pendingMatches(.typeError) else { throw error }
      vm.takePending()
      throw vm.raise(.typeError, wrong)
    }
  }

  private mutating func formatFloat(_ item: Item, _ value: Value) throws(Unwind) {
    let double = try vm.floatArgument(value, isBytes: isBytes)
    var spec = FormatSpec()
    spec.type = item.type
    spec.precision = item.precision < 0 ? 6 : item.precision
    spec.isAlternate = item.alternate
    let parts = try NumberFormat.parts(vm, double, spec)
    try pad(item, number: parts.digits + parts.rest, isNegative: parts.isNegative, prefix: [])
  }

  private mutating func pad(
    _ item: Item, number: [UInt8], isNegative: Bool, prefix: [UInt8]
  ) throws(Unwind) {
    var lead: [UInt8] = isNegative ? [0x2D] : item.plus ? [0x2B] : item.blank ? [0x20] : []
    lead += prefix
    let missing = try missing(item, lead.count + number.count)
    let padsZeros = item.zero && !item.leftAligned
    if !item.leftAligned, !padsZeros { try out.append(scalar: 0x20, times: missing) }
    try out.append(lead)
    if padsZeros { try out.append(scalar: 0x30, times: missing) }
    try out.append(number)
    if item.leftAligned { try out.append(scalar: 0x20, times: missing) }
  }
}

extension VM {
  /// `format % arguments` for a str.
  func percentFormat(_ format: Value, _ arguments: Value) throws(Unwind) -> Value {
    if isExactly(arguments, .tuple),
      let plain = try PlainFormat(self, format, arguments, isPercent: true).string()
    {
      return plain
    }
    var formatter = PercentFormatter(self, arguments: arguments, isBytes: false)
    let view = PyString(self, format)
    let built = try formatter.format(
      count: view.count, unit: { view[$0] },
      literal: { (start, count, out) throws(Unwind) in try out.append(format, from: start, count: count) })
    return try built.finish()
  }

  /// The same for bytes and bytearray: the result's bytes.
  func percentFormat(bytes: [UInt8], _ arguments: Value) throws(Unwind) -> [UInt8] {
    var formatter = PercentFormatter(self, arguments: arguments, isBytes: true)
    return try formatter.format(
      count: bytes.count, unit: { UInt32(bytes[$0]) },
      literal: { (start, count, out) throws(Unwind) in try out.append(Array(bytes[start..<start + count])) }
    ).bytes
  }

  /// The argument of `%f` and its like: a float, or what `__float__` and `__index__` give.
  func floatArgument(_ value: Value, isBytes: Bool = false) throws(Unwind) -> Double {
    if let double = asDouble(value) { return double }
    guard isInteger(value) || lookupSpecial(value, .float) != nil || lookupSpecial(value, .index) != nil else {
      let prefix = isBytes ? "float argument required" : "must be real number"
      throw raise(.typeError, "\(prefix), not \(typeName(value))")
    }
    if isInteger(value) { return try double(value) }
    return try asDouble(call(Value(type(.float)), value)) ?? 0
  }
}
