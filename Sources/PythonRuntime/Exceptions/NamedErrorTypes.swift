/// Exceptions that say what was not found: ImportError, NameError, AttributeError, KeyError; and those that carry a value.
enum NamedErrorTypes {
  static let importError = NativeType(
    .importError, "ImportError", base: .exception, kind: .exception,
    [
      NativeFunction("__init__", "self, *args, **kwargs", initializeImport),
      NativeFunction("__str__", "self, /", importText),
      NativeFunction("__reduce__", "self, /", reduceImport),
    ],
    properties: [
      .field("msg", ExceptionField.importMessage), .field("name", ExceptionField.importName),
      .field("path", ExceptionField.importPath),
    ])

  static let nameError = NativeType(
    .nameError, "NameError", base: .exception, kind: .exception,
    [NativeFunction("__init__", "self, *args, **kwargs", initializeName)],
    properties: [.field("name", ExceptionField.name)])

  static let attributeError = NativeType(
    .attributeError, "AttributeError", base: .exception, kind: .exception,
    [NativeFunction("__init__", "self, *args, **kwargs", initializeAttribute)],
    properties: [.field("name", ExceptionField.name), .field("obj", ExceptionField.object)])

  static let keyError = NativeType(
    .keyError, "KeyError", base: .lookupError, kind: .exception,
    [NativeFunction("__str__", "self, /", keyText)])

  static let stopIteration = NativeType(
    .stopIteration, "StopIteration", base: .exception, kind: .exception, [],
    properties: [.field("value", ExceptionField.value)])

  static let systemExit = NativeType(
    .systemExit, "SystemExit", base: .baseException, kind: .exception, [],
    properties: [.field("code", ExceptionField.code)])

  /// Keyword arguments by the names that a type's `__init__` takes, None where one is missing.
  private static func keywords(_ vm: VM, _ given: Value, _ names: [String], _ owner: String) throws(Unwind) -> [Value] {
    var values = [Value](repeating: .none, count: names.count)
    let dict = PyDict(vm, given)
    for index in 0..<dict.entryCount {
      guard let entry = dict.entry(at: index) else { continue }
      let word = vm.text(entry.key)
      guard let place = names.firstIndex(of: word) else {
        throw vm.raise(.typeError, "'\(word)' is an invalid keyword argument for \(owner)()")
      }
      values[place] = entry.value
    }
    return values
  }

  static func initializeImport(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let named = try keywords(vm, a[2], ["name", "path"], "ImportError")
    vm.words(a[0]).set(ExceptionLayout.args, a[1])
    let args = PyTuple(vm, a[1])
    try vm.setExceptionFields(a[0], [args.count == 1 ? args[0] : .none, named[0], named[1]])
    return .none
  }

  static func importText(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let message = try vm.exceptionFields(a[0])[ExceptionField.importMessage]
    return vm.isExactString(message) ? message : try vm.plainExceptionText(a[0])
  }

  static func reduceImport(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let fields = try vm.exceptionFields(a[0])
    let name = fields[ExceptionField.importName]
    let path = fields[ExceptionField.importPath]
    let args = BaseExceptionType.args(vm, a[0])
    if name.isNone && path.isNone { return try BaseExceptionType.reduced(vm, a[0], args) }
    let state = try vm.newDict()
    let existing = vm.attributeDict(a[0])
    if existing.isRef {
      let dict = PyDict(vm, existing)
      for index in 0..<dict.entryCount {
        if let entry = dict.entry(at: index) { try PyDict(vm, state).set(name: entry.key, entry.value) }
      }
    }
    if !name.isNone { try PyDict(vm, state).set(name: vm.intern("name"), name) }
    if !path.isNone { try PyDict(vm, state).set(name: vm.intern("path"), path) }
    return try vm.newTuple(Value(vm.classOf(a[0])), args, state)
  }

  static func initializeName(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let named = try keywords(vm, a[2], ["name"], "NameError")
    vm.words(a[0]).set(ExceptionLayout.args, a[1])
    try vm.setExceptionFields(a[0], named)
    return .none
  }

  static func initializeAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let named = try keywords(vm, a[2], ["name", "obj"], "AttributeError")
    vm.words(a[0]).set(ExceptionLayout.args, a[1])
    try vm.setExceptionFields(a[0], named)
    return .none
  }

  /// A missing key shows as its repr: `KeyError('')` would else say nothing.
  static func keyText(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let args = PyTuple(vm, BaseExceptionType.args(vm, a[0]))
    guard args.count == 1 else { return try vm.plainExceptionText(a[0]) }
    return try vm.guardingDepth { () throws(Unwind) in try vm.repr(args[0]) }
  }
}
