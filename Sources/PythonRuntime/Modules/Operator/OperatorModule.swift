/// Module `_operator`: Python's operators as functions, and the callables that fetch items and attributes.
enum OperatorModule {
  static let types = [itemGetter, attributeGetter, methodCaller]

  static let module = NativeModule("_operator", functions) { (vm, dict) throws(Unwind) in
    for type in types { try dict.set(name: vm.intern(type.name), Value(vm.type(type.wellKnown))) }
  }

  static let functions: [NativeFunction] = comparisons + binaries + inPlace + unaries + others
    + [compareDigest]

  /// Equality of two secrets. Nobody measures time in a cage, so nothing is hidden by taking the same time for all.
  private static let compareDigest = NativeFunction("_compare_digest", "a, b, /") { (vm, a) throws(Unwind) in
    if vm.isString(a[0]), vm.isString(a[1]) {
      guard PyString(vm, a[0]).isASCII, PyString(vm, a[1]).isASCII else {
        throw vm.raise(.typeError, "comparing strings with non-ASCII characters is not supported")
      }
      return Value(vm.equalStrings(a[0], a[1]))
    }
    guard let x = BytesView(vm, a[0]), let y = BytesView(vm, a[1]) else {
      let names = "'\(vm.typeName(a[0]))' and '\(vm.typeName(a[1]))'"
      throw vm.raise(.typeError, "unsupported operand types(s) or combination of types: \(names)")
    }
    // The contents decide, whatever a subclass says of itself.
    return Value(x.array() == y.array())
  }

  private static let comparisons = [
    ("lt", Comparison.less), ("le", .lessOrEqual), ("eq", .equal), ("ne", .notEqual), ("ge", .greaterOrEqual),
    ("gt", .greater),
  ].map { (name, op) in
    NativeFunction(name, "a, b, /", { (vm, a) throws(Unwind) in try vm.compare(op, a[0], a[1]) })
  }

  private static let operations: [(String, BinaryOperation)] = [
    ("add", .add), ("sub", .subtract), ("mul", .multiply), ("matmul", .matrixMultiply), ("truediv", .divide),
    ("floordiv", .floorDivide), ("mod", .modulo), ("pow", .power), ("lshift", .leftShift), ("rshift", .rightShift),
    ("and_", .and), ("or_", .or), ("xor", .xor),
  ]

  private static let binaries = operations.map { (name, op) in
    NativeFunction(name, "a, b, /", { (vm, a) throws(Unwind) in try vm.binary(op, a[0], a[1]) })
  }

  private static let inPlace = operations.map { (name, op) in
    let plain = name.hasSuffix("_") ? String(name.dropLast()) : name
    return NativeFunction("i\(plain)", "a, b, /", { (vm, a) throws(Unwind) in try vm.binaryInPlace(op, a[0], a[1]) })
  }

  private static let unaries = [
    ("neg", Special.neg), ("pos", .pos), ("abs", .abs), ("inv", .invert), ("invert", .invert),
  ].map { (name, special) in
    NativeFunction(name, "a, /", { (vm, a) throws(Unwind) in try vm.unary(special, a[0]) })
  }

  private static let others: [NativeFunction] = [
    NativeFunction("not_", "a, /", { (vm, a) throws(Unwind) in Value(!(try vm.truth(a[0]))) }),
    NativeFunction("truth", "a, /", { (vm, a) throws(Unwind) in Value(try vm.truth(a[0])) }),
    NativeFunction("is_", "a, b, /", { (_, a) throws(Unwind) in Value(a[0] == a[1]) }),
    NativeFunction("is_not", "a, b, /", { (_, a) throws(Unwind) in Value(a[0] != a[1]) }),
    NativeFunction("index", "a, /", { (vm, a) throws(Unwind) in try vm.plainInteger(vm.index(a[0])) }),
    NativeFunction("concat", "a, b, /", { (vm, a) throws(Unwind) in try concatenated(vm, a, inPlace: false) }),
    NativeFunction("iconcat", "a, b, /", { (vm, a) throws(Unwind) in try concatenated(vm, a, inPlace: true) }),
    NativeFunction("contains", "a, b, /", { (vm, a) throws(Unwind) in Value(try vm.contains(a[0], a[1])) }),
    NativeFunction("countOf", "a, b, /", { (vm, a) throws(Unwind) in
      var found = 0
      try search(vm, a) { found += 1; return true }
      return Value(small: found)
    }),
    NativeFunction("indexOf", "a, b, /", { (vm, a) throws(Unwind) in
      var wasFound = false
      let position = try search(vm, a) { wasFound = true; return false }
      if wasFound { return Value(small: position) }
      throw vm.raise(.valueError, "sequence.index(x): x not in sequence")
    }),
    NativeFunction("getitem", "a, b, /", { (vm, a) throws(Unwind) in try vm.getItem(a[0], a[1]) }),
    NativeFunction("setitem", "a, b, c, /", { (vm, a) throws(Unwind) in
      try vm.setItem(a[0], a[1], a[2])
      return .none
    }),
    NativeFunction("delitem", "a, b, /", { (vm, a) throws(Unwind) in
      try vm.deleteItem(a[0], a[1])
      return .none
    }),
    NativeFunction("length_hint", "obj, default=0, /", { (vm, a) throws(Unwind) in
      guard vm.is(a[1], .int) || a[1].isInt || a[1].isBool else {
        throw vm.raise(.typeError, "'\(vm.typeName(a[1]))' object cannot be interpreted as an integer")
      }
      return try vm.integer(vm.lengthHint(a[0], unknown: vm.indexAsInt(a[1], overflow: .overflowError)))
    }),
    NativeFunction("call", "obj, /, *args, **kwargs", { (vm, a) throws(Unwind) in
      try vm.call(a[0], tuple: a[1], dict: a[2].isRef ? a[2] : .none)
    }),
  ]

  private static func concatenated(_ vm: VM, _ a: Arguments, inPlace: Bool) throws(Unwind) -> Value {
    guard vm.lookupSpecial(a[0], .getitem) != nil, !vm.is(a[0], .dict) else {
      throw vm.raise(.typeError, "'\(vm.typeName(a[0]))' object can't be concatenated")
    }
    return try inPlace ? vm.binaryInPlace(.add, a[0], a[1]) : vm.binary(.add, a[0], a[1])
  }

  /// Calls `body` for each item of the first argument that equals the second, until it gives false; the number of
  /// items passed before.
  @discardableResult
  private static func search(_ vm: VM, _ a: Arguments, _ body: () -> Bool) throws(Unwind) -> Int {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    guard vm.isIterable(a[0]) else {
      throw vm.raise(.typeError, "argument of type '\(vm.typeName(a[0]))' is not iterable")
    }
    let iterator = try vm.makeIterator(a[0])
    vm.keep(iterator)
    let inner = vm.keepMark()
    var position = 0
    while let item = try vm.next(iterator) {
      vm.keep(item)
      if try vm.sameElement(item, a[1]), !body() { return position }
      vm.keepRelease(inner)
      position += 1
      try vm.charge(1)
    }
    return position
  }

  // MARK: Getters: 1 first item or name, 2 tuple of all

  private static let itemGetter = NativeType(
    .itemGetter, "itemgetter", kind: .record, isSubclassable: false, module: "operator",
    [
      NativeFunction("__new__", "cls, item, /, *items", { (vm, a) throws(Unwind) in
        let rest = PyTuple(vm, a[2])
        let all = try vm.tupleConcatenated(vm.newTuple(a[1]), a[2])
        return try vm.newRecord(.record, .itemGetter, a[1], rest.count == 0 ? .none : all)
      }, binding: .static),
      NativeFunction("__call__", "self, obj, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        if state.value(2).isNone { return try vm.getItem(a[1], state.value(1)) }
        return try several(vm, PyTuple(vm, state.value(2))) { (key) throws(Unwind) in try vm.getItem(a[1], key) }
      }),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in try repr(vm, a, "operator.itemgetter") }),
      NativeFunction("__reduce__", "self, /", reduce),
    ])

  private static let attributeGetter = NativeType(
    .attributeGetter, "attrgetter", kind: .record, isSubclassable: false, module: "operator",
    [
      NativeFunction("__new__", "cls, attr, /, *attrs", { (vm, a) throws(Unwind) in
        let all = try vm.tupleConcatenated(vm.newTuple(a[1]), a[2])
        let names = PyTuple(vm, all)
        for index in 0..<names.count where !vm.isString(names[index]) {
          throw vm.raise(.typeError, "attribute name must be a string")
        }
        return try vm.newRecord(.record, .attributeGetter, a[1], names.count == 1 ? .none : all)
      }, binding: .static),
      NativeFunction("__call__", "self, obj, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        if state.value(2).isNone { return try attribute(vm, a[1], state.value(1)) }
        return try several(vm, PyTuple(vm, state.value(2))) { (name) throws(Unwind) in
          try attribute(vm, a[1], name)
        }
      }),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in try repr(vm, a, "operator.attrgetter") }),
      NativeFunction("__reduce__", "self, /", reduce),
    ])

  /// An attribute by a name that may have dots.
  private static func attribute(_ vm: VM, _ object: Value, _ name: Value) throws(Unwind) -> Value {
    let text = vm.text(name)
    guard text.contains(".") else { return try vm.getAttribute(object, vm.intern(name)) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var current = object
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      current = try vm.getAttribute(current, vm.intern(String(part)))
      vm.keep(current)
    }
    return current
  }

  private static func several(_ vm: VM, _ keys: PyTuple, _ fetch: (Value) throws(Unwind) -> Value)
    throws(Unwind) -> Value
  {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let result = try vm.newTuple(count: keys.count)
    vm.keep(result)
    for index in 0..<keys.count { PyTuple(vm, result)[index] = try fetch(keys[index]) }
    return result
  }

  private static func repr(_ vm: VM, _ a: Arguments, _ name: String) throws(Unwind) -> Value {
    guard try vm.enterRepr(a[0]) else { return try vm.newString("\(name)(...)") }
    defer { vm.leaveRepr(a[0]) }
    let state = vm.words(a[0])
    var out = Array("\(name)(".utf8)
    let all = state.value(2).isNone ? try vm.newTuple(state.value(1)) : state.value(2)
    let items = PyTuple(vm, all)
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(all)
    for index in 0..<items.count {
      if index > 0 { out += [0x2C, 0x20] }
      vm.text(of: try vm.repr(items[index]), into: &out)
    }
    out.append(0x29)
    return try vm.newString(utf8: out)
  }

  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let state = vm.words(a[0])
    let arguments = state.value(2).isNone ? try vm.newTuple(state.value(1)) : state.value(2)
    return try vm.newPair(Value(vm.classOf(a[0])), arguments)
  }

  // MARK: methodcaller: 1 name, 2 arguments, 3 keywords

  private static let methodCaller = NativeType(
    .methodCaller, "methodcaller", kind: .record, isSubclassable: false, module: "operator",
    [
      NativeFunction("__new__", "cls, name, /, *args, **kwargs", { (vm, a) throws(Unwind) in
        guard vm.isString(a[1]) else { throw vm.raise(.typeError, "method name must be a string") }
        let keywords = a[3].isRef ? a[3] : try vm.newDict()
        return try vm.newRecord(.record, .methodCaller, a[1], a[2], keywords)
      }, binding: .static),
      NativeFunction("__call__", "self, obj, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        let method = try vm.getAttribute(a[1], vm.intern(state.value(1)))
        return try vm.call(method, tuple: state.value(2), dict: state.value(3))
      }),
      NativeFunction("__repr__", "self, /", methodCallerRepr),
      NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        let arguments = try vm.tupleConcatenated(vm.newTuple(state.value(1)), state.value(2))
        if PyDict(vm, state.value(3)).count == 0 { return try vm.newPair(Value(vm.classOf(a[0])), arguments) }
        let partial = try vm.newTuple(Value(vm.type(.methodCaller)), state.value(1))
        let constructor = try vm.call(Value(vm.type(.partial)), tuple: partial, dict: state.value(3))
        return try vm.newPair(constructor, state.value(2))
      }),
    ])

  static func methodCallerRepr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard try vm.enterRepr(a[0]) else { return try vm.newString("operator.methodcaller(...)") }
    defer { vm.leaveRepr(a[0]) }
    let state = vm.words(a[0])
    var out = Array("operator.methodcaller(".utf8)
    vm.text(of: try vm.repr(state.value(1)), into: &out)
    let arguments = PyTuple(vm, state.value(2))
    for index in 0..<arguments.count {
      out += [0x2C, 0x20]
      vm.text(of: try vm.repr(arguments[index]), into: &out)
    }
    let keywords = PyDict(vm, state.value(3))
    for index in 0..<keywords.entryCount {
      guard let entry = keywords.entry(at: index) else { continue }
      out += [0x2C, 0x20]
      vm.text(of: entry.key, into: &out)
      out.append(0x3D)
      vm.text(of: try vm.repr(entry.value), into: &out)
    }
    out.append(0x29)
    return try vm.newString(utf8: out)
  }
}
