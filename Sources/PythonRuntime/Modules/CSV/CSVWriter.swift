/// The type `_csv.writer`: `1` the file's `write`, `2` dialect.
enum CSVWriter {
  static let type = NativeType(
    .csvWriter, "writer", kind: .record, isSubclassable: false, module: "_csv", doc: "CSV writer",
    [
      NativeFunction("writerow", "self, row, /", { (vm, a) throws(Unwind) in try write(vm, a[0], a[1]) }),
      NativeFunction("writerows", "self, rows, /", { (vm, a) throws(Unwind) in
        try vm.iterate(a[1]) { (row) throws(Unwind) in
          let mark = vm.keepMark()
          defer { vm.keepRelease(mark) }
          vm.keep(row)
          _ = try write(vm, a[0], row)
          return true
        }
        return .none
      }),
    ],
    properties: [NativeProperty("dialect", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) })])

  static func make(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let dialect = try CSVDialect.make(vm, vm.type(.csvDialect), a, from: 1)
    vm.keep(dialect)
    guard let write = try vm.findAttribute(a[0], vm.intern("write")), vm.isCallable(write) else {
      throw vm.raise(.typeError, "argument 1 must have a \"write\" method")
    }
    return try vm.newRecord(.record, .csvWriter, write, dialect)
  }

  private static func write(_ vm: VM, _ writer: Value, _ row: Value) throws(Unwind) -> Value {
    guard vm.isIterable(row) else {
      throw vm.raise(.csvError, "iterable expected, not \(vm.typeName(row))")
    }
    let state = vm.words(writer)
    let dialect = CSVDialect(vm, state.value(2))
    var line = TextBuilder(vm)
    var count = 0
    try vm.iterate(row) { (field) throws(Unwind) in
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      vm.keep(field)
      if count > 0 { try line.append(scalar: dialect.delimiter) }
      count += 1
      try append(vm, dialect, field, to: &line)
      return true
    }
    if count > 0, line.count == 0 {
      // A lone empty field would be no line at all.
      guard dialect.quoting != .none, let quote = dialect.quote else {
        throw vm.raise(.csvError, "single empty field record must be quoted")
      }
      try line.append(scalars: [quote, quote])
    }
    try line.append(dialect.lineEnd)
    return try vm.call(state.value(1), line.finish())
  }

  private static func isNumber(_ vm: VM, _ value: Value) -> Bool {
    vm.isInteger(value) || vm.asDouble(value) != nil || vm.is(value, .complex)
      || vm.lookupSpecial(value, .index) != nil || vm.lookupSpecial(value, .int) != nil
      || vm.lookupSpecial(value, .float) != nil
  }

  private static func append(
    _ vm: VM, _ dialect: CSVDialect, _ field: Value, to line: inout TextBuilder
  ) throws(Unwind) {
    var isQuoted = dialect.quoting == .all || dialect.quoting == .nonNumeric && !isNumber(vm, field)
    let value = field.isNone ? vm[root: .emptyString] : try vm.str(field)
    vm.keep(value)
    let text = PyString(vm, value)
    let end = PyString(vm, dialect.lineEnd)
    try vm.charge(text.count >> 1)
    var out: [UInt32] = []
    for index in 0..<text.count {
      let scalar = text[index]
      let endsLine = (0..<end.count).contains { end[$0] == scalar }
      if scalar == dialect.delimiter || scalar == dialect.escape || scalar == dialect.quote || endsLine {
        var isEscaped = dialect.quoting == .none || scalar == dialect.escape
        if dialect.quoting != .none, scalar == dialect.quote {
          if dialect.doublesQuotes { out.append(scalar) } else { isEscaped = true }
        }
        if isEscaped {
          guard let escape = dialect.escape else {
            throw vm.raise(.csvError, "need to escape, but no escapechar set")
          }
          out.append(escape)
        } else {
          isQuoted = true
        }
      }
      out.append(scalar)
    }
    let quote = dialect.quote
    if isQuoted, let quote { try line.append(scalar: quote) }
    try line.append(scalars: out)
    if isQuoted, let quote { try line.append(scalar: quote) }
  }
}
