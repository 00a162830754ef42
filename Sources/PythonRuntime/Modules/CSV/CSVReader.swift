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
