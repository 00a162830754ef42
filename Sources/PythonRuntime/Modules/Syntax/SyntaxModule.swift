/// Module `_ast`: the class `AST` and one below it for each kind of node.
enum SyntaxModule {
  static let onlyTree = 0x400

  static let module = NativeModule("_ast", []) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("PyCF_ONLY_AST"), Value(small: onlyTree))
    try dict.set(name: vm.intern("PyCF_TYPE_COMMENTS"), Value(small: 0x1000))
    try dict.set(name: vm.intern("PyCF_ALLOW_TOP_LEVEL_AWAIT"), Value(small: 0x2000))
    try dict.set(name: vm.intern("AST"), Value(vm.type(.syntaxNode)))
    let root = PyDict(vm, vm.words(vm.type(.syntaxNode)).value(ClassLayout.dict))
    for name in ["_fields", "_attributes", "__match_args__"] {
      try root.set(name: vm.intern(name), vm[root: .emptyTuple])
    }
    for name in SyntaxGrammar.bases {
      let rows = SyntaxGrammar.classes.filter { $0.base == name }.map(SyntaxGrammar.signature)
      let margin = "\n" + String(repeating: " ", count: name.count) + " | "
      try make(
        vm, dict, name, base: "AST", fields: [], hasPlace: SyntaxGrammar.hasPlace(name),
        doc: "\(name) = \(rows.joined(separator: margin))")
    }
    for row in SyntaxGrammar.classes {
      try make(
        vm, dict, row.name, base: row.base, fields: row.fields, hasPlace: row.hasPlace,
        doc: SyntaxGrammar.signature(row))
    }
  }

  private static func make(
    _ vm: VM, _ module: PyDict, _ name: String, base: String, fields: [SyntaxGrammar.Field], hasPlace: Bool, doc: String
  ) throws(Unwind) {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let namespace = try vm.newDict()
    vm.keep(namespace)
    let dict = PyDict(vm, namespace)
    let names = try vm.newTuple(count: fields.count)
    vm.keep(names)
    for (index, field) in fields.enumerated() {
      PyTuple(vm, names)[index] = try vm.intern(field.name)
      if field.count == .optional { try dict.set(name: vm.intern(field.name), .none) }
    }
    try dict.set(name: vm.intern("_fields"), names)
    try dict.set(name: vm.name(.matchArgs), names)
    try dict.set(name: vm.name(.module), vm.intern("ast"))
    try dict.set(name: vm.name(.doc), vm.newString(doc))
    if hasPlace || base == "AST" {
      let attributes = hasPlace ? ["lineno", "col_offset", "end_lineno", "end_col_offset"] : []
      let tuple = try vm.newTuple(count: attributes.count)
      for (index, attribute) in attributes.enumerated() { PyTuple(vm, tuple)[index] = try vm.intern(attribute) }
      try dict.set(name: vm.intern("_attributes"), tuple)
      for attribute in attributes.suffix(2) { try dict.set(name: vm.intern(attribute), .none) }
    }
    let parent = module.get(name: try vm.intern(base)) ?? .none
    let bases = try vm.newTuple(parent)
    vm.keep(bases)
    try module.set(name: vm.intern(name), vm.call(Value(vm.type(.type)), vm.newString(name), bases, namespace))
  }

  /// The class `AST`.
  static let type = NativeType(
    .syntaxNode, "AST", kind: .instance, module: "ast",
    [
      NativeFunction("__new__", "cls, *args, **kwargs", { (vm, a) throws(Unwind) in try vm.newInstance(a[0].ref) },
        binding: .static),
      NativeFunction("__init__", "self, /, *args, **kwargs", initialize),
      NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
        let dict = try vm.ensureAttributeDict(a[0])
        return try vm.newTuple(Value(vm.classOf(a[0])), vm[root: .emptyTuple], dict)
      }),
    ],
    properties: [NativeProperty("__dict__", ObjectType.getDict, set: ObjectType.setDict)])

  /// The names of the fields of a node's class; a program may have said others.
  static func fields(_ vm: VM, _ node: Value) throws(Unwind) -> [Value] {
    guard let found = vm.lookup(class: vm.classOf(node), try vm.intern("_fields")) else { return [] }
    let list = PyList(vm, try vm.listFromIterable(found))
    return (0..<list.count).map { list[$0] }
  }

  private static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let names = try fields(vm, a[0])
    let arguments = PyTuple(vm, a[1])
    guard arguments.count <= names.count else {
      throw vm.raise(
        .typeError,
        "\(vm.typeName(a[0])) constructor takes at most \(names.count) positional argument\(names.count == 1 ? "" : "s")")
    }
    for index in 0..<arguments.count { try vm.setAttribute(a[0], names[index], arguments[index]) }
    guard a[2].isRef else { return .none }
    let keywords = PyDict(vm, a[2])
    for index in 0..<keywords.entryCount {
      guard let (key, value, _) = keywords.entry(at: index) else { continue }
      if names.prefix(arguments.count).contains(where: { vm.isString($0) && vm.equalStrings($0, key) }) {
        throw vm.raise(
          .typeError, "\(vm.typeName(a[0])) got multiple values for argument \(vm.text(try vm.repr(key)))")
      }
      try vm.setAttribute(a[0], vm.intern(key), value)
    }
    return .none
  }
}
