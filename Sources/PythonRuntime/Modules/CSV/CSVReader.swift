/// The type `_csv.reader`: `1` iterator, `2` dialect, `3` number of lines read.
enum CSVReader {
  static let type = NativeType(
    .csvReader, "reader", kind: .record, isSubclassable: false, module: "_csv", doc: "CSV reader",
    [
      NativeFunction("__iter__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__next__", "self, /", next),
    ],
    properties: [
      NativeProperty("dialect", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) }),
      NativeProperty("line_num", { (vm, a) throws(Unwind) in vm.words(a[0]).value(3) }),
    ])

  static func make(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let dialect = try CSVDialect.make(vm, vm.type(.csvDialect), a, from: 1)
    vm.keep(dialect)
    return try vm.newRecord(.record, .csvReader, vm.makeIterator(a[0]), dialect, .zero)
  }

  static func next(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let state = vm.words(a[0])
    let fields = try vm.newList()
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(fields)
    var parser = try CSVParser(vm, CSVDialect(vm, state.value(2)), fields)
    repeat {
      guard let line = try vm.next(state.value(1)) else {
        guard parser.isUnfinished else { throw vm.raise(.stopIteration, arguments: []) }
        if parser.dialect.isStrict { throw vm.raise(.csvError, "unexpected end of data") }
        try parser.saveField()
        break
      }
      guard vm.isString(line) else {
        throw vm.raise(
          .csvError,
          "iterator should return strings, not \(vm.typeName(line)) (the file should be opened in text mode)")
      }
      state.set(3, Value(small: state.value(3).int + 1))
      vm.keep(line)
      let text = PyString(vm, line)
      try vm.charge(text.count)
      for index in 0..<text.count { try parser.read(text[index]) }
      try parser.read(nil)
      vm.keepRelease(mark)
      vm.keep(fields)
    } while parser.state != .startRecord
    return fields
  }
}

/// CPython's machine for one record; nil stands for the end of a line.
struct CSVParser {
  enum State {
    case startRecord, startField, escaped, inField, inQuotes, escapedInQuotes, quoteInQuotes, eatLineEnd, afterEscapedEnd
  }

  private let vm: VM
  let dialect: CSVDialect
  private let fields: Value
  private(set) var state = State.startRecord
  private var field: TextBuilder
  private var isNumeric = false
  private let limit: Int

  init(_ vm: VM, _ dialect: CSVDialect, _ fields: Value) throws(Unwind) {
    self.vm = vm
    self.dialect = dialect
    self.fields = fields
    field = TextBuilder(vm)
    limit = vm.asInt(try CSVModule.state(vm, "_field_limit")) ?? 131_072
  }

  var isUnfinished: Bool { field.count > 0 || state == .inQuotes }

  private mutating func add(_ scalar: UInt32) throws(Unwind) {
    guard field.count < limit else { throw vm.raise(.csvError, "field larger than field limit (\(limit))") }
    try field.append(scalar: scalar)
  }

  mutating func saveField() throws(Unwind) {
    var value = try field.finish()
    field = TextBuilder(vm)
    if isNumeric {
      isNumeric = false
      value = try vm.float(FloatText.parse(vm, string: value))
    }
    try PyList(vm, fields).append(value)
  }

  private static func isLineEnd(_ scalar: UInt32?) -> Bool { scalar == nil || scalar == 10 || scalar == 13 }

  private mutating func endRecord(_ scalar: UInt32?) throws(Unwind) {
    try saveField()
    state = scalar == nil ? .startRecord : .eatLineEnd
  }

  mutating func read(_ scalar: UInt32?) throws(Unwind) {
    switch state {
    case .startRecord:
      guard let scalar else { return }
      if CSVParser.isLineEnd(scalar) {
        state = .eatLineEnd
      } else {
        try readFirst(scalar)
      }
    case .startField: try readFirst(scalar)
    case .escaped:
      try add(scalar ?? 10)
      state = scalar == 10 || scalar == 13 ? .afterEscapedEnd : .inField
    case .afterEscapedEnd: if scalar != nil { try readInField(scalar) }
    case .inField: try readInField(scalar)
    case .inQuotes:
      guard let scalar else { return }
      if scalar == dialect.escape {
        state = .escapedInQuotes
      } else if scalar == dialect.quote, dialect.quoting != .none {
        state = dialect.doublesQuotes ? .quoteInQuotes : .inField
      } else {
        try add(scalar)
      }
    case .escapedInQuotes:
      try add(scalar ?? 10)
      state = .inQuotes
    case .quoteInQuotes: try readAfterQuote(scalar)
    case .eatLineEnd:
      if scalar == nil {
        state = .startRecord
      } else if !CSVParser.isLineEnd(scalar) {
        throw vm.raise(
          .csvError,
          "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?")
      }
    }
  }

  private mutating func readFirst(_ scalar: UInt32?) throws(Unwind) {
    guard let scalar, !CSVParser.isLineEnd(scalar) else { return try endRecord(scalar) }
    if scalar == dialect.quote, dialect.quoting != .none {
      state = .inQuotes
    } else if scalar == dialect.escape {
      state = .escaped
    } else if scalar == 0x20, dialect.skipsSpace {
      state = .startField
    } else if scalar == dialect.delimiter {
      try saveField()
      state = .startField
    } else {
      if dialect.quoting == .nonNumeric { isNumeric = true }
      try add(scalar)
      state = .inField
    }
  }

  private mutating func readInField(_ scalar: UInt32?) throws(Unwind) {
    guard let scalar, !CSVParser.isLineEnd(scalar) else { return try endRecord(scalar) }
    if scalar == dialect.escape {
      state = .escaped
    } else if scalar == dialect.delimiter {
      try saveField()
      state = .startField
    } else {
      try add(scalar)
      state = .inField
    }
  }

  private mutating func readAfterQuote(_ scalar: UInt32?) throws(Unwind) {
    if let scalar, scalar == dialect.quote, dialect.quoting != .none {
      try add(scalar)
      state = .inQuotes
    } else if scalar == dialect.delimiter {
      try saveField()
      state = .startField
    } else if CSVParser.isLineEnd(scalar) {
      try endRecord(scalar)
    } else if let scalar, !dialect.isStrict {
      try add(scalar)
      state = .inField
    } else {
      let shown = { (scalar: UInt32?) in scalar.flatMap(Unicode.Scalar.init).map(String.init) ?? "" }
      throw vm.raise(
        .csvError, "'\(shown(dialect.delimiter))' expected after '\(shown(dialect.quote))'")
    }
  }
}
