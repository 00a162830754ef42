/// `function`, `cell`, `method` and `builtin_function_or_method`.
enum FunctionType {
  static let type = NativeType(
    .function, "function", kind: .function, isSubclassable: false,
    [
      NativeFunction("__new__", "cls, code, globals, name=None, argdefs=None, closure=None", new, binding: .static),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__get__", "self, instance, owner=None, /", get),
      NativeFunction("__call__", "self, *args, **kwargs", call),
    ],
    properties: [
      NativeProperty("__closure__", getClosure, isMember: true),
      NativeProperty("__globals__", getGlobals, isMember: true),
      NativeProperty("__builtins__", getBuiltins, isMember: true),
      NativeProperty("__code__", getCode, set: setCode), NativeProperty("__defaults__", getDefaults, set: setDefaults),
      NativeProperty("__kwdefaults__", getKeywordDefaults, set: setKeywordDefaults),
      NativeProperty("__annotations__", getAnnotations, set: setAnnotations),
      NativeProperty("__name__", getName, set: setName), NativeProperty("__qualname__", getQualname, set: setQualname),
      NativeProperty("__module__", getModule, set: setModule), NativeProperty("__doc__", getDoc, set: setDoc),
      NativeProperty("__dict__", ObjectType.getDict, set: setDict),
    ])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .code) else {
      throw vm.raise(.typeError, "function() argument 'code' must be code, not \(vm.typeName(a[1]))")
    }
    guard vm.is(a[2], .dict) else {
      throw vm.raise(.typeError, "function() argument 'globals' must be dict, not \(vm.typeName(a[2]))")
    }
    guard a[3].isNone || vm.isString(a[3]) else { throw vm.raise(.typeError, "arg 3 (name) must be None or string") }
    guard a[4].isNone || vm.is(a[4], .tuple) else {
      throw vm.raise(.typeError, "arg 4 (defaults) must be None or tuple")
    }
    let code = vm.words(a[1])
    let freeCount = PyTuple(vm, code.value(CodeLayout.freeNames)).count
    if !vm.is(a[5], .tuple) {
      if freeCount > 0 && a[5].isNone { throw vm.raise(.typeError, "arg 5 (closure) must be tuple") }
      if !a[5].isNone { throw vm.raise(.typeError, "arg 5 (closure) must be None or tuple") }
    }
    let given = a[5].isNone ? 0 : PyTuple(vm, a[5]).count
    guard given == freeCount else {
      throw vm.raise(
        .valueError, "\(vm.text(code.value(CodeLayout.name))) requires closure of length \(freeCount), not \(given)")
    }
    let value = try vm.newFunction(a[1], globals: a[2], cellCount: freeCount)
    let function = vm.words(value)
    for index in 0..<freeCount {
      let cell = PyTuple(vm, a[5])[index]
      guard vm.is(cell, .cell) else {
        throw vm.raise(.typeError, "arg 5 (closure) expected cell, found \(vm.typeName(cell))")
      }
      function.set(FunctionLayout.cells + index, cell)
    }
    function.set(FunctionLayout.defaults, a[4])
    if !a[3].isNone { try vm.functionExtras(function).set(FunctionExtras.name, a[3]) }
    if vm.isObserved { vm.observeCaptures(of: value) }
    return value
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.newString("<function \(vm.qualifiedName(vm.words(a[0]))) at \(vm.address(of: a[0]))>")
  }

  static func get(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    a[1].isNone ? a[0] : try vm.bindDescriptor(a[0], a[1])
  }

  static func call(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.call(a[0], tuple: a[1], dict: a[2]) }

  /// The tuple of cells; None for a function without. The same tuple each time, kept in the extras' dict-less record.
  static func getClosure(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let function = vm.words(a[0])
    guard function.size > 0 else { return .none }
    let extras = try vm.functionExtras(function)
    if extras.value(FunctionExtras.closure).isUnbound {
      extras.set(
        FunctionExtras.closure, try vm.newTuple(from: function, at: FunctionLayout.cells, count: function.size))
    }
    return extras.value(FunctionExtras.closure)
  }

  static func getGlobals(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm.words(a[0]).value(FunctionLayout.globals) }
  static func getBuiltins(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm[root: .builtins] }
  static func getCode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm.words(a[0]).value(FunctionLayout.code) }

  static func setCode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .code) else { throw vm.raise(.typeError, "__code__ must be set to a code object") }
    let function = vm.words(a[0])
    let freeCount = PyTuple(vm, vm.words(a[1]).value(CodeLayout.freeNames)).count
    guard freeCount == function.size else {
      throw vm.raise(
        .valueError,
        "\(vm.text(try getName(vm, a)))() requires a code object with \(function.size) free vars, not \(freeCount)")
    }
    if function.value(FunctionLayout.code) != a[1] { try vm.leaveCode(of: a[0]) }
    // The new code's name does not become the function's.
    let extras = try vm.functionExtras(function)
    for (index, field) in [(FunctionExtras.name, CodeLayout.name), (FunctionExtras.qualifiedName, CodeLayout.qualifiedName)]
    where extras.value(index).isUnbound {
      extras.set(index, vm.words(function.value(FunctionLayout.code)).value(field))
    }
    if extras.value(FunctionExtras.doc).isUnbound { extras.set(FunctionExtras.doc, vm.docString(function)) }
    function.set(FunctionLayout.code, a[1])
    vm.setEntry(function, vm.words(a[1]))
    vm.forgetCaches()
    return .none
  }

  static func getDefaults(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm.words(a[0]).value(FunctionLayout.defaults) }

  static func setDefaults(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard a[1].isUnbound || a[1].isNone || vm.is(a[1], .tuple) else {
      throw vm.raise(.typeError, "__defaults__ must be set to a tuple object")
    }
    vm.words(a[0]).set(FunctionLayout.defaults, a[1].isUnbound ? .none : a[1])
    return .none
  }

  private static func extra(_ vm: VM, _ function: Value, _ index: Int) -> Value {
    let extras = vm.words(function).value(FunctionLayout.extras)
    return extras.isRef ? vm.words(extras).value(index) : .unbound
  }

  static func getKeywordDefaults(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let value = extra(vm, a[0], FunctionExtras.keywordDefaults)
    return value.isUnbound ? .none : value
  }

  static func setKeywordDefaults(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard a[1].isUnbound || a[1].isNone || vm.is(a[1], .dict) else {
      throw vm.raise(.typeError, "__kwdefaults__ must be set to a dict object")
    }
    try vm.functionExtras(vm.words(a[0])).set(FunctionExtras.keywordDefaults, a[1].isUnbound ? .none : a[1])
    return .none
  }

  static func getAnnotations(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let extras = try vm.functionExtras(vm.words(a[0]))
    if extras.value(FunctionExtras.annotations).isUnbound {
      extras.set(FunctionExtras.annotations, try vm.newDict())
    } else if vm.is(extras.value(FunctionExtras.annotations), .tuple) {
      // Names and values in turn, as the compiler hands them over.
      let pairs = PyTuple(vm, extras.value(FunctionExtras.annotations))
      let dict = try vm.newDict()
      for index in stride(from: 0, to: pairs.count - 1, by: 2) { try PyDict(vm, dict).set(pairs[index], pairs[index + 1]) }
      extras.set(FunctionExtras.annotations, dict)
    }
    return extras.value(FunctionExtras.annotations)
  }

  static func setAnnotations(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard a[1].isUnbound || a[1].isNone || vm.is(a[1], .dict) else {
      throw vm.raise(.typeError, "__annotations__ must be set to a dict object")
    }
    try vm.functionExtras(vm.words(a[0])).set(FunctionExtras.annotations, a[1].isNone ? .unbound : a[1])
    return .none
  }

  static func getName(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let own = extra(vm, a[0], FunctionExtras.name)
    return own.isUnbound ? vm.words(vm.words(a[0]).value(FunctionLayout.code)).value(CodeLayout.name) : own
  }

  static func setName(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[1]) else { throw vm.raise(.typeError, "__name__ must be set to a string object") }
    try vm.functionExtras(vm.words(a[0])).set(FunctionExtras.name, a[1])
    return .none
  }

  static func getQualname(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let own = extra(vm, a[0], FunctionExtras.qualifiedName)
    return own.isUnbound ? vm.words(vm.words(a[0]).value(FunctionLayout.code)).value(CodeLayout.qualifiedName) : own
  }

  static func setQualname(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[1]) else { throw vm.raise(.typeError, "__qualname__ must be set to a string object") }
    try vm.functionExtras(vm.words(a[0])).set(FunctionExtras.qualifiedName, a[1])
    return .none
  }

  static func getModule(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm.functionModule(vm.words(a[0])) }

  static func setModule(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.functionExtras(vm.words(a[0])).set(FunctionExtras.module, a[1].isUnbound ? .none : a[1])
    return .none
  }

  static func getDoc(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let own = extra(vm, a[0], FunctionExtras.doc)
    return own.isUnbound ? vm.docString(vm.words(a[0])) : own
  }

  static func setDoc(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.functionExtras(vm.words(a[0])).set(FunctionExtras.doc, a[1].isUnbound ? .none : a[1])
    return .none
  }

  static func setDict(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .dict) else {
      throw vm.raise(
        .typeError,
        a[1].isUnbound ? "cannot delete __dict__" : "__dict__ must be set to a dictionary, not a '\(vm.typeName(a[1]))'")
    }
    try vm.functionExtras(vm.words(a[0])).set(FunctionExtras.dict, a[1])
    return .none
  }
}

extension VM {
  /// The docstring that a function's code has as its first constant.
  func docString(_ function: Words) -> Value {
    let code = words(function.value(FunctionLayout.code))
    guard code.high(CodeLayout.constantCount) > 0 else { return .none }
    let first = code.value(CodeLayout.constants)
    return isString(first) ? first : .none
  }
}

/// `types.CellType`.
enum CellType {
  static let type = NativeType(
    .cell, "cell", kind: .cell, isSubclassable: false,
    [
      NativeFunction("__new__", "cls, contents=, /", new, binding: .static),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__eq__", "self, value, /", { (vm, a) throws(Unwind) in try compare(vm, a, .equal) }),
      NativeFunction("__ne__", "self, value, /", { (vm, a) throws(Unwind) in try compare(vm, a, .notEqual) }),
      NativeFunction("__lt__", "self, value, /", { (vm, a) throws(Unwind) in try compare(vm, a, .less) }),
      NativeFunction("__le__", "self, value, /", { (vm, a) throws(Unwind) in try compare(vm, a, .lessOrEqual) }),
      NativeFunction("__gt__", "self, value, /", { (vm, a) throws(Unwind) in try compare(vm, a, .greater) }),
      NativeFunction("__ge__", "self, value, /", { (vm, a) throws(Unwind) in try compare(vm, a, .greaterOrEqual) }),
    ],
    properties: [NativeProperty("cell_contents", getContents, set: setContents)])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.newCell(a[1]) }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let contents = vm.words(a[0]).value(1)
    let shown = contents.isUnbound ? "empty" : "\(vm.typeName(contents)) object at \(vm.address(of: contents))"
    return try vm.newString("<cell at \(vm.address(of: a[0])): \(shown)>")
  }

  /// Cells compare by their contents; an empty one is less than any other.
  private static func compare(_ vm: VM, _ a: Arguments, _ op: Comparison) throws(Unwind) -> Value {
    guard vm.is(a[1], .cell) else { return .notImplemented }
    let x = vm.words(a[0]).value(1)
    let y = vm.words(a[1]).value(1)
    if x.isUnbound || y.isUnbound { return Value(VM.holds(op, x.isUnbound ? 0 : 1, y.isUnbound ? 0 : 1)) }
    return try vm.compare(op, x, y)
  }

  static func getContents(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let contents = vm.words(a[0]).value(1)
    if vm.isObserved { vm.observeCell(contents.isUnbound ? .failed : .read, a[0], new: contents) }
    if contents.isUnbound { throw vm.raise(.valueError, "Cell is empty") }
    return contents
  }

  static func setContents(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.isObserved { vm.observeCell(a[1].isUnbound ? .emptied : .written, a[0], new: a[1]) }
    vm.words(a[0]).set(1, a[1])
    return .none
  }
}

/// `types.MethodType`.
enum MethodType {
  static let type = NativeType(
    .method, "method", kind: .boundMethod, isSubclassable: false,
    [
      NativeFunction("__new__", "cls, function, instance, /", new, binding: .static),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__eq__", "self, value, /", equal),
      NativeFunction("__hash__", "self, /", hash),
      NativeFunction("__get__", "self, instance, owner=None, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__getattribute__", "self, name, /", getAttribute),
      NativeFunction("__call__", "self, *args, **kwargs", FunctionType.call),
      NativeFunction("__reduce__", "self, /", reduce),
    ],
    properties: [
      NativeProperty("__func__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }),
      NativeProperty("__self__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) }),
      NativeProperty("__doc__", { (vm, a) throws(Unwind) in
        try vm.getAttribute(vm.words(a[0]).value(1), vm.name(.doc))
      }),
    ])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.lookupSpecial(a[1], .call) != nil else { throw vm.raise(.typeError, "first argument must be callable") }
    guard !a[2].isNone else { throw vm.raise(.typeError, "self must not be None") }
    return Value(try vm.allocateRecord(.boundMethod, class: vm.type(.method), a[1], a[2]))
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let method = vm.words(a[0])
    var name = "?"
    if let qualified = try vm.findAttribute(method.value(1), vm.name(.qualname)), vm.isString(qualified) {
      name = vm.text(qualified)
    }
    return try vm.newString("<bound method \(name) of \(vm.text(try vm.repr(method.value(2))))>")
  }

  static func equal(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .boundMethod) else { return .notImplemented }
    let x = vm.words(a[0])
    let y = vm.words(a[1])
    return Value(x.value(1) == y.value(1) && x.value(2) == y.value(2))
  }

  static func hash(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let method = vm.words(a[0])
    let mixed = vm.identity(method.value(2)) ^ (vm.identity(method.value(1)) >> 4)
    return Value(small: mixed & Value.maxSmall)
  }

  /// What a method does not have itself its function has.
  static func getAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let name = try ObjectType.attributeName(vm, a[1])
    if let own = try vm.genericAttribute(a[0], vm.type(.method), name) { return own }
    return try vm.getAttribute(vm.words(a[0]).value(1), name)
  }

  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let method = vm.words(a[0])
    let getter = PyDict(vm, vm[root: .builtins]).get(name: try vm.intern("getattr")) ?? .none
    let function = try vm.getAttribute(method.value(1), vm.name(.name))
    return try vm.newTuple(getter, vm.newTuple(method.value(2), function))
  }
}
