/// What a value is shown as, without calling any code of the program and without using its ticks or memory: as `repr` where
/// that is built in, `<Point object>` for other objects; cut after so many characters and parts; a container that contains itself
/// is shown as `[...]` there.
struct ValueText {
  private let vm: VM
  private(set) var bytes: [UInt8] = []
  private(set) var isCut = false
  /// The containers that are being written.
  private var path: [Value] = []
  private var parts = 0

  static let mostBytes = 120
  static let mostParts = 40
  static let mostDepth = 4

  init(_ vm: VM, _ value: Value) {
    self.vm = vm
    write(value)
    if bytes.count > ValueText.mostBytes {
      var end = ValueText.mostBytes - 3
      while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
      bytes.removeSubrange(end...)
      append("…")
      isCut = true
    }
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private var isFull: Bool { bytes.count > ValueText.mostBytes || parts > ValueText.mostParts }

  private mutating func write(_ value: Value) {
    parts += 1
    if value.isInt {
      bytes += IntText.decimal(value.int)
    } else if value.isInlineFloat {
      bytes += FloatText.repr(value.inlineFloat)
    } else if value.isRef {
      writeObject(value)
    } else {
      append(ValueText.constant(value))
    }
  }

  /// The values that are no objects.
  static func constant(_ value: Value) -> String {
    switch value {
    case .none: "None"
    case .true: "True"
    case .false: "False"
    case .ellipsis: "Ellipsis"
    case .notImplemented: "NotImplemented"
    default: "<unbound>"
    }
  }

  private mutating func writeObject(_ value: Value) {
    let object = vm.words(value)
    switch object.kind {
    case .string: writeString(PyString(vm, value))
    case .bytes, .bytearray: writeBytes(value, object)
    case .int: writeInteger(object)
    case .float: bytes += FloatText.repr(Double(bitPattern: object[1]))
    case .complex: writeComplex(object)
    case .tuple, .list, .set, .dict: writeContainer(value, object)
    case .function: append("<function \(vm.qualifiedName(object))>")
    case .class: append("<class '\(vm.text(object.value(ClassLayout.qualifiedName)))'>")
    case .native: append("<built-in function \(vm.nativeName(object))>")
    case .boundMethod: append("<bound method \(methodName(object.value(1)))>")
    case .module: writeModule(object)
    case .generator: writeGenerator(value, object)
    case .exception: writeException(value, object)
    case .cell: append("<cell#\(vm.cellNumber(value))>")
    case .code: append("<code object \(vm.text(object.value(CodeLayout.name)))>")
    case .range: writeCall("range", (1...3).map { object.value($0) }, dropsOne: true)
    case .slice: writeCall("slice", (1...3).map { object.value($0) })
    case .record where vm.classOf(value) == vm.type(.deque): writeContainer(value, object)
    default: append("<\(vm.typeName(value)) object>")
    }
  }

  private mutating func writeString(_ string: PyString) {
    let count = min(string.count, ValueText.mostBytes)
    let shown = (0..<count).map { string[$0] }
    let quote = StringRepr.quote(hasSingle: shown.contains(0x27), hasDouble: shown.contains(0x22))
    bytes.append(quote)
    for scalar in shown {
      if let letter = StringRepr.shortEscape(scalar) {
        bytes += [0x5C, letter]
      } else if scalar == UInt32(quote) {
        bytes += [0x5C, quote]
      } else if scalar >= 0x20 && scalar < 0x7F || scalar >= 0x80 && CharacterClass.isPrintable(scalar) {
        bytes.appendUTF8(scalar)
      } else {
        bytes += StringRepr.numericEscape(scalar)
      }
      if isFull { break }
    }
    bytes.append(quote)
    if count < string.count { isCut = true }
  }

  private mutating func writeBytes(_ value: Value, _ object: Words) {
    let view = BytesView(vm, value)
    let all = view?.count ?? 0
    let shown = (0..<min(all, ValueText.mostBytes)).map { view?[$0] ?? 0 }
    let isArray = object.kind == .bytearray
    if isArray { append("bytearray(") }
    bytes += StringRepr.repr(bytes: shown, isArray: isArray)
    if isArray { append(")") }
    if shown.count < all { isCut = true }
  }

  /// Up to 160 digits; of larger ones their size.
  private mutating func writeInteger(_ object: Words) {
    let count = object.low(1)
    guard count <= 8 else {
      append("<int of \(Integer(object: object).bitLength) bits>")
      isCut = true
      return
    }
    var limbs = (0..<count).map { object[IntLayout.firstLimb + $0] }
    var groups: [UInt64] = []
    let ten18: UInt64 = 1_000_000_000_000_000_000
    while let last = limbs.last {
      if last == 0 {
        limbs.removeLast()
        continue
      }
      var rest: UInt64 = 0
      for index in limbs.indices.reversed() {
        (limbs[index], rest) = ten18.dividingFullWidth((rest, limbs[index]))
      }
      groups.append(rest)
    }
    if object.high(1) != 0 { append("-") }
    for (index, group) in groups.reversed().enumerated() {
      let digits = String(group)
      if index > 0 { append(String(repeating: "0", count: 18 - digits.utf8.count)) }
      append(digits)
    }
    if groups.isEmpty { append("0") }
  }

  private mutating func writeComplex(_ object: Words) {
    let part = { (bits: UInt64) -> String in
      let text = String(decoding: FloatText.repr(Double(bitPattern: bits)), as: UTF8.self)
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    let real = Double(bitPattern: object[1])
    let imaginary = part(object[2])
    if real == 0, real.sign == .plus {
      append("\(imaginary)j")
    } else {
      append("(\(part(object[1]))\(imaginary.hasPrefix("-") ? "" : "+")\(imaginary)j)")
    }
  }

  private mutating func writeContainer(_ value: Value, _ object: Words) {
    let (open, close) = brackets(value, object)
    guard !path.contains(value), path.count < ValueText.mostDepth else {
      append("\(open)...\(close)")
      return
    }
    path.append(value)
    defer { path.removeLast() }
    append(open)
    if object.kind == .dict {
      writePairs(value)
    } else {
      let count = vm.itemCount(value)
      for (index, item) in vm.items(of: value, limit: ValueText.mostParts + 1).enumerated() {
        if index > 0 { append(", ") }
        if isFull { return cut(close) }
        write(item)
      }
      if object.kind == .tuple, count == 1 { append(",") }
    }
    append(close)
  }

  private mutating func writePairs(_ value: Value) {
    for (index, pair) in vm.pairs(of: value, limit: ValueText.mostParts + 1).enumerated() {
      if index > 0 { append(", ") }
      if isFull { return cut("") }
      write(pair.key)
      append(": ")
      write(pair.value)
    }
  }

  private mutating func cut(_ close: String) {
    append("…\(close)")
    isCut = true
  }

  private func brackets(_ value: Value, _ object: Words) -> (open: String, close: String) {
    switch object.kind {
    case .list: return ("[", "]")
    case .tuple: return ("(", ")")
    case .dict: return ("{", "}")
    case .set:
      let name = vm.typeName(value)
      if vm.itemCount(value) == 0 { return ("\(name)(", ")") }
      return name == "set" ? ("{", "}") : ("\(name)({", "})")
    default: return ("deque([", "])")
    }
  }

  private func methodName(_ function: Value) -> String {
    vm.is(function, .function) ? vm.qualifiedName(vm.words(function)) : vm.typeName(function)
  }

  private mutating func writeModule(_ object: Words) {
    let name = PyDict(vm, object.value(1)).get(name: vm.name(.name))
    append("<module '\(name.map { vm.isString($0) ? vm.text($0) : "?" } ?? "?")'>")
  }

  private mutating func writeGenerator(_ value: Value, _ object: Words) {
    append("<\(vm.typeName(value)) object \(vm.qualifiedName(vm.words(object.value(GeneratorLayout.function))))>")
  }

  private mutating func writeException(_ value: Value, _ object: Words) {
    let arguments = object.value(ExceptionLayout.args)
    let items = vm.is(arguments, .tuple) ? vm.items(of: arguments, limit: 5) : []
    writeCall(vm.typeName(value), items)
  }

  private mutating func writeCall(_ name: String, _ arguments: [Value], dropsOne: Bool = false) {
    guard path.count < ValueText.mostDepth else { return append("\(name)(...)") }
    path.append(.none)
    defer { path.removeLast() }
    append("\(name)(")
    for (index, argument) in arguments.enumerated() {
      if dropsOne, index == 2, argument == Value(small: 1) { break }
      if index > 0 { append(", ") }
      if isFull { return cut(")") }
      write(argument)
    }
    append(")")
  }
}
