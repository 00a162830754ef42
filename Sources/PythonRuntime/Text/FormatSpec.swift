/// The format mini-language: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
struct FormatSpec {
  enum Align: UInt32 { case left = 0x3C, right = 0x3E, center = 0x5E, afterSign = 0x3D }

  var fill: UInt32 = 0x20
  var align: Align?
  /// `+`, `-` or a space.
  var sign: UInt32 = 0x2D
  var hasSign = false
  var avoidsNegativeZero = false
  var isAlternate = false
  var width = -1
  /// `,` or `_`, 0 for none; of decimal digits.
  var grouping: UInt8 = 0
  var precision = -1
  /// The type character; 0 when it was left out.
  var type: UInt32 = 0

  init() {}

  /// Parses a spec for a value whose class is called `typeName`. Numbers stand to the right, and a `0` pads them
  /// after the sign.
  init(
    _ vm: VM, _ spec: PyString, defaultType: UInt32, isNumber: Bool, typeName: @autoclosure () -> String
  ) throws(Unwind) {
    let count = spec.count
    var position = 0
    func peek(_ character: UInt32) -> Bool { position < count && spec[position] == character }
    type = defaultType
    var hasFill = false
    if count >= 2, let align = Align(rawValue: spec[1]) {
      fill = spec[0]
      self.align = align
      hasFill = true
      position = 2
    } else if count >= 1, let align = Align(rawValue: spec[0]) {
      self.align = align
      position = 1
    }
    if peek(0x2B) || peek(0x2D) || peek(0x20) {
      sign = spec[position]
      hasSign = true
      position += 1
    }
    if peek(0x7A) {
      avoidsNegativeZero = true
      position += 1
    }
    if peek(0x23) {
      isAlternate = true
      position += 1
    }
    if !hasFill, peek(0x30) {
      fill = 0x30
      if align == nil, isNumber { align = .afterSign }
      position += 1
    }
    let beforeWidth = position
    width = try FormatSpec.number(vm, spec, &position)
    if position == beforeWidth { width = -1 }
    try parseGrouping(vm, spec, &position)
    if peek(0x2E) {
      position += 1
      let start = position
      precision = try FormatSpec.number(vm, spec, &position)
      if position == start { throw vm.raise(.valueError, "Format specifier missing precision") }
    }
    if count - position > 1 {
      let text = spec.swiftString
      throw vm.raise(.valueError, "Invalid format specifier '\(text)' for object of type '\(typeName())'")
    }
    if position < count { type = spec[position] }
    try checkGrouping(vm)
  }

  private mutating func parseGrouping(_ vm: VM, _ spec: PyString, _ position: inout Int) throws(Unwind) {
    func peek(_ character: UInt32) -> Bool { position < spec.count && spec[position] == character }
    if peek(0x2C) {
      grouping = 0x2C
      position += 1
    }
    if peek(0x5F) {
      if grouping != 0 { throw vm.raise(.valueError, "Cannot specify both ',' and '_'.") }
      grouping = 0x5F
      position += 1
    }
    if peek(0x2C), grouping == 0x5F { throw vm.raise(.valueError, "Cannot specify both ',' and '_'.") }
  }

  private func checkGrouping(_ vm: VM) throws(Unwind) {
    guard grouping != 0 else { return }
    switch Unicode.Scalar(type) {
    case "d", "e", "f", "g", "E", "G", "%", "F", "\0": return
    case "b", "o", "x", "X": if grouping == 0x5F { return }
    default: break
    }
    let separator = grouping == 0x2C ? "," : "_"
    if type > 32, type < 128, let scalar = Unicode.Scalar(type) {
      throw vm.raise(.valueError, "Cannot specify '\(separator)' with '\(scalar)'.")
    }
    throw vm.raise(.valueError, "Cannot specify '\(separator)' with '\\x\(String(type, radix: 16))'.")
  }

  /// Decimal digits of any script, as an Int; what does not fit raises.
  static func number(_ vm: VM, _ spec: PyString, _ position: inout Int) throws(Unwind) -> Int {
    var number = 0
    while position < spec.count, let digit = CharacterClass.decimal(spec[position]) {
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      guard !overflow, product <= Int.max - digit else {
        throw vm.raise(.valueError, "Too many decimal digits in format string")
      }
      number = product + digit
      position += 1
    }
    return number
  }

  /// The error for a type character that the value's class does not know.
  func unknownType(_ vm: VM, _ typeName: String) -> Unwind {
    if type > 32, type < 128, let scalar = Unicode.Scalar(type) {
      return vm.raise(.valueError, "Unknown format code '\(scalar)' for object of type '\(typeName)'")
    }
    return vm.raise(
      .valueError, "Unknown format code '\\x\(String(type, radix: 16))' for object of type '\(typeName)'")
  }
}

/// What a number's text is made of before it is padded: a sign, a prefix, digits, and what follows them.
struct NumberParts {
  var isNegative = false
  var prefix: [UInt8] = []
  var digits: [UInt8] = []
  /// The point, the fraction, the exponent, the percent sign.
  var rest: [UInt8] = []
  var groupSize = 3

  /// The text without padding, but with the zeros that grouping asks for.
  func text(_ spec: FormatSpec, minimumWidth: Int = 0) -> (sign: [UInt8], body: [UInt8]) {
    var lead: [UInt8] = []
    if isNegative { lead = [0x2D] } else if spec.sign != 0x2D { lead = [UInt8(truncatingIfNeeded: spec.sign)] }
    lead += prefix
    guard !digits.isEmpty, spec.grouping != 0 || minimumWidth > 0 else { return (lead, digits + rest) }
    let room = minimumWidth - lead.count - rest.count
    return (lead, grouped(spec.grouping, minimum: room) + rest)
  }

  /// The digits with separators, and zeros before them up to `minimum` characters.
  private func grouped(_ separator: UInt8, minimum: Int) -> [UInt8] {
    var reversed: [UInt8] = []
    reversed.reserveCapacity(max(minimum, digits.count * 4 / 3) + 2)
    var inGroup = 0
    var index = digits.count - 1
    while index >= 0 || reversed.count < minimum {
      if separator != 0, inGroup == groupSize {
        reversed.append(separator)
        inGroup = 0
        // A separator is never first; the zero after it may pass the width by one.
      }
      reversed.append(index >= 0 ? digits[index] : 0x30)
      index -= 1
      inGroup += 1
    }
    reversed.reverse()
    return reversed
  }

  /// Pads by the spec and makes the string.
  func string(_ vm: VM, _ spec: FormatSpec) throws(Unwind) -> Value {
    guard spec.width < 1 << 30 else { throw vm.raiseMemoryError() }
    // Zeros that fill up to a width belong to the digits, and get separators.
    let fillsZeros = spec.fill == 0x30 && spec.align == .afterSign
    if fillsZeros, spec.width > 0 { try vm.charge(spec.width >> 2) }
    let (sign, body) = text(spec, minimumWidth: fillsZeros ? max(spec.width, 0) : 0)
    return try NumberParts.pad(vm, spec, sign, body)
  }

  static func pad(
    _ vm: VM, _ spec: FormatSpec, _ sign: [UInt8], _ body: [UInt8], standard: FormatSpec.Align = .right
  ) throws(Unwind) -> Value {
    guard spec.width < 1 << 30 else { throw vm.raiseMemoryError() }
    let count = sign.count + body.count
    let missing = max(0, spec.width - count)
    let align = spec.align ?? standard
    let left =
      switch align {
      case .left: 0
      case .right: missing
      case .center: missing / 2
      case .afterSign: 0
      }
    var out = TextBuilder(vm, capacity: count + missing)
    try out.append(scalar: spec.fill, times: left)
    try out.append(sign)
    if align == .afterSign {
      try out.append(scalar: spec.fill, times: missing)
      try out.append(body)
    } else {
      try out.append(body)
      try out.append(scalar: spec.fill, times: missing - left)
    }
    return try out.finish()
  }
}
