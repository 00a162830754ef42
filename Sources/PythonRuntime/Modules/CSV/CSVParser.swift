/// CPython's machine for one record; nil stands for the end of a line.
struct CSVParser {
  enum State {
    case startRecord, startField, escaped, inField, inQuotes, escapedInQuotes, quoteInQuotes, eatLineEnd,
      afterEscapedEnd
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
