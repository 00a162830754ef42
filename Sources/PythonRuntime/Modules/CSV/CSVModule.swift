/// Module `_csv`: what `csv` takes from it.
enum CSVModule {
  static let types = [
    NativeType(.csvError, "Error", base: .exception, kind: .exception, module: "_csv", []), CSVDialect.type,
    CSVReader.type, CSVWriter.type,
  ]

  static let module = NativeModule("_csv", functions) { (vm, dict) throws(Unwind) in
    for (name, known) in [
      ("Error", WellKnown.csvError), ("Dialect", .csvDialect), ("Reader", .csvReader), ("Writer", .csvWriter),
    ] {
      try dict.set(name: vm.intern(name), Value(vm.type(known)))
    }
    for (index, name) in ["QUOTE_MINIMAL", "QUOTE_ALL", "QUOTE_NONNUMERIC", "QUOTE_NONE"].enumerated() {
      try dict.set(name: vm.intern(name), Value(small: index))
    }
    try dict.set(name: vm.intern("__version__"), vm.newString("1.0"))
    try dict.set(name: vm.intern("_dialects"), vm.newDict())
    try dict.set(name: vm.intern("_field_limit"), Value(small: 131_072))
  }

  private static let functions = [
    NativeFunction("reader", "iterable, dialect=None, /, \(CSVDialect.keywords)", CSVReader.make),
    NativeFunction("writer", "fileobj, dialect=None, /, \(CSVDialect.keywords)", CSVWriter.make),
    NativeFunction("register_dialect", "name, dialect=None, /, \(CSVDialect.keywords)", { (vm, a) throws(Unwind) in
      guard vm.isString(a[0]) else { throw vm.raise(.typeError, "dialect name must be a string") }
      let dialect = try CSVDialect.make(vm, vm.type(.csvDialect), a, from: 1)
      try dialects(vm).set(a[0], dialect)
      return .none
    }),
    NativeFunction("unregister_dialect", "name, /", { (vm, a) throws(Unwind) in
      guard try dialects(vm).remove(a[0]) != nil else { throw vm.raise(.csvError, "unknown dialect") }
      return .none
    }),
    NativeFunction("get_dialect", "name, /", { (vm, a) throws(Unwind) in try dialect(vm, named: a[0]) }),
    NativeFunction("list_dialects", "", { (vm, _) throws(Unwind) in
      try vm.listFromIterable(state(vm, "_dialects"))
    }),
    NativeFunction("field_size_limit", "limit=, /", { (vm, a) throws(Unwind) in
      let old = try state(vm, "_field_limit")
      if !a[0].isUnbound {
        guard vm.isInteger(a[0]) else { throw vm.raise(.typeError, "limit must be an integer") }
        guard let limit = vm.asInt(a[0]) else {
          throw vm.raise(.overflowError, "Python int too large to convert to C long")
        }
        let module = try vm.loadModule("_csv")
        try vm.setAttribute(module, vm.intern("_field_limit"), vm.integer(limit))
      }
      return old
    }),
  ]

  /// What the module keeps under a name.
  static func state(_ vm: VM, _ name: String) throws(Unwind) -> Value {
    let module = try vm.loadModule("_csv")
    return try vm.getAttribute(module, vm.intern(name))
  }

  private static func dialects(_ vm: VM) throws(Unwind) -> PyDict {
    let dict = try state(vm, "_dialects")
    guard vm.is(dict, .dict) else { throw vm.raise(.typeError, "_csv._dialects must be a dict") }
    return PyDict(vm, dict)
  }

  static func dialect(_ vm: VM, named name: Value) throws(Unwind) -> Value {
    guard let found = try dialects(vm).get(name) else { throw vm.raise(.csvError, "unknown dialect") }
    return found
  }
}
