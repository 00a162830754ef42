import PythonBytecode

/// Module `_symtable`: the names of a source and of the blocks in it.
enum SymbolTableModule {
  /// `1` id, `2` name, `3` symbols, `4` varnames, `5` children, `6` nested, `7` type, `8` lineno.
  static let type = NativeType(
    .symbolTableEntry, "symtable entry", kind: .record, isSubclassable: false,
    [
      NativeFunction("__repr__", "self, /") { (vm, a) throws(Unwind) in
        let object = vm.words(a[0])
        return try vm.newString(
          "<symtable entry \(vm.text(object.value(2)))(\(object.value(1).int)), line \(object.value(8).int)>")
      }
    ],
    properties: fields.enumerated().map { (index, name) in
      NativeProperty(name, { (vm, a) throws(Unwind) in vm.words(a[0]).value(index + 1) }, isMember: true)
    })

  private static let fields = ["id", "name", "symbols", "varnames", "children", "nested", "type", "lineno"]

  private static let functions = [NativeFunction("symtable", "source, filename, startstr, /", symtable)]

  static let module = NativeModule("_symtable", functions) { (vm, dict) throws(Unwind) in
    for (name, value) in constants { try dict.set(name: vm.intern(name), Value(small: value)) }
  }

  private static let constants = [
    ("DEF_GLOBAL", SymbolFlags.global), ("DEF_LOCAL", SymbolFlags.local), ("DEF_PARAM", SymbolFlags.parameter),
    ("DEF_NONLOCAL", SymbolFlags.nonlocal), ("USE", SymbolFlags.use), ("DEF_FREE", SymbolFlags.free),
    ("DEF_FREE_CLASS", SymbolFlags.freeInClass), ("DEF_IMPORT", SymbolFlags.imported),
    ("DEF_ANNOT", SymbolFlags.annotated),
    ("DEF_BOUND", SymbolFlags.local | SymbolFlags.parameter | SymbolFlags.imported),
    ("TYPE_FUNCTION", SymbolTable.Kind.function.rawValue), ("TYPE_CLASS", SymbolTable.Kind.classBody.rawValue),
    ("TYPE_MODULE", SymbolTable.Kind.module.rawValue), ("SCOPE_OFF", SymbolFlags.residenceShift),
    ("SCOPE_MASK", SymbolFlags.residenceMask), ("LOCAL", SymbolFlags.residesLocally),
    ("GLOBAL_EXPLICIT", SymbolFlags.residesGloballyExplicit), ("GLOBAL_IMPLICIT", SymbolFlags.residesGloballyImplicit),
    ("FREE", SymbolFlags.residesFreely), ("CELL", SymbolFlags.residesInCell),
  ]

  private static func symtable(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let modes: [String: CompileRequest.Mode] = ["exec": .module, "eval": .expression, "single": .interactive]
    guard let mode = modes[vm.isString(a[2]) ? vm.text(a[2]) : ""] else {
      throw vm.raise(.valueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'")
    }
    guard vm.isString(a[1]) else {
      throw vm.raise(.typeError, "expected str, bytes or os.PathLike object, not \(vm.typeName(a[1]))")
    }
    let source = try vm.sourceBytes(a[0], "symtable")
    try vm.charge(source.count)
    let request = CompileRequest(
      source: source, filename: vm.text(a[1]), mode: mode, optimize: -1, flags: vm.sourceFlags(a[0]))
    let table: SymbolTable
    do {
      table = try vm.host.symbolTable(request)
    } catch {
      throw vm.raiseCompileFailure(error)
    }
    return try make(vm, table)
  }

  private static func make(_ vm: VM, _ table: SymbolTable) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let symbols = try vm.newDict()
    vm.keep(symbols)
    for symbol in table.symbols {
      try PyDict(vm, symbols).set(name: vm.intern(symbol.name), Value(small: symbol.flags))
    }
    let parameters = try vm.newList()
    vm.keep(parameters)
    for name in table.parameters { try PyList(vm, parameters).append(vm.intern(name)) }
    let children = try vm.newList()
    vm.keep(children)
    for child in table.children { try PyList(vm, children).append(make(vm, child)) }
    return Value(
      try vm.allocateRecord(
        .record, class: vm.type(.symbolTableEntry), Value(small: table.number), vm.intern(table.name), symbols,
        parameters, children, Value(small: table.isNested ? 1 : 0), Value(small: table.kind.rawValue),
        Value(small: table.line)))
  }
}
