import PythonBytecode

/// Syntax trees as Python objects, and back.
extension VM {
  /// What `ast.parse` gives.
  func syntaxTree(_ source: [UInt8], filename: String, mode: CompileRequest.Mode) throws(Unwind) -> Value {
    try charge(source.count)
    var warnings: [CompileWarning] = []
    var request = CompileRequest(source: source, filename: filename, mode: mode, optimize: -1, flags: 0)
    request.warn = { warnings.append($0) }
    let node: SyntaxNode
    do {
      node = try host.parse(request)
    } catch {
      throw raiseCompileFailure(error)
    }
    for warning in warnings { try warnOfSource(warning, filename: filename) }
    let mark = keepMark()
    defer { keepRelease(mark) }
    var maker = SyntaxTreeMaker(self, classes: words(try loadModule("_ast")).value(1))
    return try maker.make(node)
  }

  /// Compiles a tree that a program may have made or changed.
  func compileTree(_ tree: Value, filename: String, mode: CompileRequest.Mode, optimize: Int) throws(Unwind) -> Value {
    let expected = mode == .expression ? "Expression" : mode == .interactive ? "Interactive" : "Module"
    var reader = SyntaxTreeReader(self, classes: words(try loadModule("_ast")).value(1))
    let root = try reader.row(tree)
    guard root.name == expected else {
      throw raise(.typeError, "expected \(expected) node, got \(typeName(tree))")
    }
    let node = try reader.read(tree)
    let code: CodeObject
    do {
      code = try host.compileTree(
        node, CompileRequest(source: [], filename: filename, mode: mode, optimize: optimize, flags: 0))
    } catch {
      throw raiseCompileFailure(error)
    }
    return try load(code)
  }

  func isSyntaxNode(_ value: Value) -> Bool { value.isRef && isSubclass(classOf(value), type(.syntaxNode)) }
}

/// Makes Python objects of nodes.
private struct SyntaxTreeMaker {
  let vm: VM
  let classes: PyDict
  /// Nodes without fields are made once.
  private var atoms: [String: Value] = [:]

  init(_ vm: VM, classes: Value) {
    self.vm = vm
    self.classes = PyDict(vm, classes)
  }

  mutating func make(_ node: SyntaxNode) throws(Unwind) -> Value {
    switch node {
    case .none: return .none
    case .int(let int): return try vm.integer(int)
    case .identifier(let name): return try vm.intern(name)
    case .constant(let constant): return try vm.load(constant, isNameAllowed: false)
    case .list(let elements):
      let list = try vm.newList(capacity: elements.count)
      vm.keep(list)
      for element in elements { try PyList(vm, list).append(make(element)) }
      return list
    case .node(let name, let fields, let place): return try make(name, fields, place)
    }
  }

  private mutating func make(_ name: String, _ fields: [SyntaxNode], _ place: NodePlace?) throws(Unwind) -> Value {
    if fields.isEmpty, place == nil, let known = atoms[name] { return known }
    guard let row = SyntaxGrammar.byName[name] else { preconditionFailure("a node of no class: \(name)") }
    guard let cls = classes.get(name: try vm.intern(name)), vm.is(cls, .class),
      vm.layoutKind(cls.ref) == .instance
    else {
      throw vm.raise(.attributeError, "module '_ast' has no class '\(name)'")
    }
    let node = try vm.newInstance(cls.ref)
    // Kept to the end: what is not yet part of the tree must live too.
    vm.keep(node)
    for (field, value) in zip(row.fields, fields) {
      try vm.setAttribute(node, vm.intern(field.name), make(value))
    }
    if let place {
      for (name, number) in [
        ("lineno", place.line), ("col_offset", place.column), ("end_lineno", place.endLine),
        ("end_col_offset", place.endColumn),
      ] {
        try vm.setAttribute(node, vm.intern(name), Value(small: Int(number)))
      }
    } else if fields.isEmpty {
      atoms[name] = node
    }
    return node
  }
}

/// Reads nodes from Python objects; what is missing or of a wrong type raises as CPython's compiler does.
private struct SyntaxTreeReader {
  let vm: VM
  let classes: PyDict
  private var depth = 0

  init(_ vm: VM, classes: Value) {
    self.vm = vm
    self.classes = PyDict(vm, classes)
  }

  /// The grammar's row for a node: that of the first class in its resolution order that has one.
  func row(_ node: Value) throws(Unwind) -> SyntaxGrammar.Class {
    let order = PyTuple(vm, vm.words(vm.classOf(node)).value(ClassLayout.mro))
    for index in 0..<order.count {
      let name = vm.className(order[index].ref)
      if let row = SyntaxGrammar.byName[name], classes.get(name: try vm.intern(name)) == order[index] { return row }
    }
    throw vm.raise(.typeError, "expected some sort of node, but got \(vm.text(try vm.repr(node)))")
  }

  mutating func read(_ node: Value) throws(Unwind) -> SyntaxNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < 1000 else { throw vm.raise(.recursionError, "maximum recursion depth exceeded during ast construction") }
    try vm.charge(4)
    let row = try self.row(node)
    // Of the kinds of a sum the place is looked at first, as in CPython; of what is one kind only, last.
    let isSum = row.base != "AST"
    var place = row.hasPlace && isSum ? try self.place(node, row) : nil
    var fields: [SyntaxNode] = []
    for field in row.fields { fields.append(try read(field, of: node, row)) }
    if row.hasPlace, !isSum { place = try self.place(node, row) }
    return .node(row.name, fields, place)
  }

  private mutating func read(_ field: SyntaxGrammar.Field, of node: Value, _ row: SyntaxGrammar.Class)
    throws(Unwind) -> SyntaxNode
  {
    let found = try vm.findAttribute(node, vm.intern(field.name))
    guard let value = found, field.count == .many || !value.isNone || field.type == "constant" else {
      if field.count == .optional { return .none }
      if found != nil { throw vm.raise(.valueError, "field '\(field.name)' is required for \(row.name)") }
      throw vm.raise(.typeError, "required field \"\(field.name)\" missing from \(row.name)")
    }
    vm.keep(value)
    guard field.count == .many else { return try read(value, as: field) }
    guard vm.is(value, .list) else {
      throw vm.raise(
        .typeError, "\(row.name) field \"\(field.name)\" must be a list, not a \(vm.typeName(value))")
    }
    var elements: [SyntaxNode] = []
    var index = 0
    while index < PyList(vm, value).count {
      let element = PyList(vm, value)[index]
      if element.isNone {
        // Only the keys of a dict, and the defaults of keyword-only parameters, may be missing.
        guard ["keys", "kw_defaults"].contains(field.name) else {
          throw vm.raise(.valueError, "None disallowed in \(fieldKind(field)) list")
        }
        elements.append(.none)
      } else {
        elements.append(try read(element, as: field))
      }
      index += 1
    }
    return .list(elements)
  }

  private func fieldKind(_ field: SyntaxGrammar.Field) -> String {
    field.type == "stmt" ? "statement" : field.type == "expr" ? "expression" : field.type
  }

  private mutating func read(_ value: Value, as field: SyntaxGrammar.Field) throws(Unwind) -> SyntaxNode {
    switch field.type {
    case "identifier":
      guard vm.isString(value) else { throw vm.raise(.typeError, "AST identifier must be of type str") }
      return .identifier(vm.text(value))
    case "string":
      guard vm.isString(value) || vm.is(value, .bytes) else {
        throw vm.raise(.typeError, "AST string must be of type str")
      }
      return .none
    case "int":
      guard let int = vm.asInt(value) else {
        throw vm.raise(.valueError, "invalid integer value: \(vm.text(try vm.repr(value)))")
      }
      return .int(int)
    case "constant": return .constant(try constant(value, depth: 0))
    default:
      guard vm.isSyntaxNode(value), let wanted = classes.get(name: try vm.intern(field.type)), vm.is(wanted, .class),
        vm.isSubclass(vm.classOf(value), wanted.ref)
      else {
        throw vm.raise(
          .typeError, "expected some sort of \(field.type), but got \(vm.text(try vm.repr(value)))")
      }
      return try read(value)
    }
  }

  private func place(_ node: Value, _ row: SyntaxGrammar.Class) throws(Unwind) -> NodePlace {
    var numbers: [Int32] = []
    for (index, name) in ["lineno", "col_offset", "end_lineno", "end_col_offset"].enumerated() {
      let value = try vm.findAttribute(node, vm.intern(name)) ?? .none
      if value.isNone {
        guard index >= 2 else {
          let kind = ["alias", "arg", "keyword"].contains(row.name) ? row.name : row.base
          throw vm.raise(.typeError, "required field \"\(name)\" missing from \(kind)")
        }
        numbers.append(numbers[index - 2])
        continue
      }
      guard let int = vm.asInt(value), let number = Int32(exactly: int) else {
        throw vm.raise(.valueError, "invalid integer value: \(vm.text(try vm.repr(value)))")
      }
      numbers.append(number)
    }
    return NodePlace(line: numbers[0], column: numbers[1], endLine: numbers[2], endColumn: numbers[3])
  }

  private func constant(_ value: Value, depth: Int) throws(Unwind) -> CodeConstant {
    switch value {
    case .none: return .none
    case .true: return .true
    case .false: return .false
    case .ellipsis: return .ellipsis
    default: break
    }
    if let double = vm.asDouble(value), vm.isExactly(value, .float) { return .float(double.bitPattern) }
    if vm.isExactly(value, .int) {
      if let int = vm.asInt(value) { return .int(int) }
      let parts = Integer(object: vm.words(value))
      return .bigInt(isNegative: parts.isNegative, limbs: (0..<parts.limbs.count).map { parts.limbs[$0] })
    }
    if vm.isExactString(value) { return .string(PyString(vm, value).utf8()) }
    if vm.isExactly(value, .bytes) { return .bytes(vm.byteArray(value)) }
    if vm.isExactly(value, .complex) { return .complex(vm.words(value)[1], vm.words(value)[2]) }
    if depth < 100, vm.isExactly(value, .tuple) || vm.isExactly(value, .frozenset) {
      let list = PyList(vm, try vm.listFromIterable(value))
      var elements: [CodeConstant] = []
      for index in 0..<list.count { elements.append(try constant(list[index], depth: depth + 1)) }
      return vm.is(value, .tuple) ? .tuple(elements) : .frozenSet(elements)
    }
    throw vm.raise(.typeError, "got an invalid type in Constant: \(vm.typeName(value))")
  }
}
