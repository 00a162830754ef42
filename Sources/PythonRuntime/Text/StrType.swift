/// `str`: its table, construction, and operators. The methods stand in the files beside this one.
enum StrType {
  static let type = NativeType(
    .str, "str", kind: .string,
    doc: """
      str(object='') -> str
      str(bytes_or_buffer[, encoding[, errors]]) -> str

      The text of an object, by its __str__ or else its __repr__; of bytes, when an encoding or an error handler
      is given, what they decode to.
      """,
    operators + search + splitting + casing + padding + predicates + formatting)

  private static let operators: [NativeFunction] = [
    NativeFunction("__new__", "cls, object=, encoding=, errors=", new, binding: .static),
    NativeFunction("__repr__", "self, /", repr),
    NativeFunction("__str__", "self, /", str),
    NativeFunction("__hash__", "self, /", hash),
    NativeFunction("__len__", "self, /", len),
    NativeFunction("__iter__", "self, /", iter),
    NativeFunction("__getitem__", "self, key, /", getItem),
    NativeFunction("__contains__", "self, key, /", contains),
    NativeFunction("__add__", "self, value, /", add),
    NativeFunction("__mul__", "self, value, /", multiply),
    NativeFunction("__rmul__", "self, value, /", multiply),
    NativeFunction("__mod__", "self, value, /", modulo),
    NativeFunction("__rmod__", "self, value, /", reflectedModulo),
    NativeFunction("__lt__", "self, value, /", less),
    NativeFunction("__le__", "self, value, /", lessOrEqual),
    NativeFunction("__eq__", "self, value, /", equal),
    NativeFunction("__ne__", "self, value, /", notEqual),
    NativeFunction("__gt__", "self, value, /", greater),
    NativeFunction("__ge__", "self, value, /", greaterOrEqual),
    NativeFunction("__getnewargs__", "self, /", getNewArguments),
    NativeFunction("__sizeof__", "self, /", sizeOf),
  ]

  // MARK: Construction

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let text = try newText(vm, a)
    let type = a[0].ref
    if type == vm.type(.str) { return text }
    return try vm.newString(of: text, class: type)
  }

  private static func newText(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound {
      // `str(encoding=…)` without an object is an empty string, whatever the encoding.
      return vm[root: .emptyString]
    }
    if a[2].isUnbound && a[3].isUnbound { return try vm.str(a[1]) }
    let encoding = try codecName(vm, a[2], "str", "encoding")
    let errors = try codecName(vm, a[3], "str", "errors")
    if vm.isString(a[1]) { throw vm.raise(.typeError, "decoding str is not supported") }
    guard let source = BytesView(vm, a[1]) else {
      throw vm.raise(.typeError, "decoding to str: need a bytes-like object, \(vm.typeName(a[1])) found")
    }
    return try vm.decode(source.array(), encoding: encoding ?? "utf-8", errors: errors ?? "strict")
  }

  /// An argument that names an encoding or an error handler; nil when it was left out.
  static func codecName(
    _ vm: VM, _ value: Value, _ function: String, _ argument: String
  ) throws(Unwind) -> String? {
    if value.isUnbound { return nil }
    guard vm.isString(value) else {
      throw vm.raise(
        .typeError, "\(function)() argument '\(argument)' must be str, not \(vm.argumentTypeName(value))")
    }
    let name = vm.text(value)
    if name.utf8.contains(0) { throw vm.raise(.valueError, "embedded null character") }
    return name
  }

  static func getNewArguments(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.newTuple(vm.exactString(a[0]))
  }

  // MARK: Operators

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.stringRepr(a[0]) }
  static func str(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.exactString(a[0]) }
  static func hash(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.integer(vm.stringHash(a[0])) }

  static func len(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { Value(small: PyString(vm, a[0]).count) }

  static func iter(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(try vm.allocateRecord(.stringIterator, class: vm.type(.strIterator), a[0], .zero))
  }

  static func getItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.stringItem(a[0], a[1]) }

  static func contains(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[1]) else {
      throw vm.raise(.typeError, "'in <string>' requires string as left operand, not \(vm.typeName(a[1]))")
    }
    return Value(try vm.stringContains(a[0], a[1]))
  }

  static func add(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.isString(a[1]) ? try vm.concatStrings(a[0], a[1]) : .notImplemented
  }

  static func multiply(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let times = try vm.repetitions(a[1]) else { return .notImplemented }
    return try vm.repeatString(a[0], times)
  }

  static func modulo(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.percentFormat(a[0], a[1]) }

  static func reflectedModulo(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.isString(a[1]) ? try vm.percentFormat(a[1], a[0]) : .notImplemented
  }

  // MARK: Comparison

  @inline(__always) private static func compare(
    _ vm: VM, _ a: Arguments, _ test: (Int) -> Bool
  ) throws(Unwind) -> Value {
    guard vm.isString(a[1]) else { return .notImplemented }
    try vm.charge(min(PyString(vm, a[0]).count, PyString(vm, a[1]).count) >> 6)
    return Value(test(vm.compareStrings(a[0], a[1])))
  }

  static func less(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try compare(vm, a) { $0 < 0 } }
  static func lessOrEqual(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try compare(vm, a) { $0 <= 0 } }
  static func greater(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try compare(vm, a) { $0 > 0 } }
  static func greaterOrEqual(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try compare(vm, a) { $0 >= 0 } }

  static func equal(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.isString(a[1]) ? Value(vm.equalStrings(a[0], a[1])) : .notImplemented
  }
  static func notEqual(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.isString(a[1]) ? Value(!vm.equalStrings(a[0], a[1])) : .notImplemented
  }

  static func sizeOf(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = PyString(vm, a[0])
    // CPython's sizes: a compact object's head, the units, and a unit for the end.
    let head = view.isASCII ? 49 : view.widthShift == 0 ? 73 : view.widthShift == 1 ? 74 : 76
    return Value(small: head + view.byteCount)
  }
}

extension VM {
  /// The right operand of a sequence's `*`: nil when it is no integer. Too many raise OverflowError.
  func repetitions(_ value: Value) throws(Unwind) -> Int? {
    if value.isInt { return value.int }
    guard value.isBool || self.is(value, .int) || value.isRef && lookupSpecial(value, .index) != nil else { return nil }
    return try indexAsInt(value, overflow: .overflowError)
  }

  /// The type's name in messages about an argument, where None goes by its own name.
  func argumentTypeName(_ value: Value) -> String { value.isNone ? "None" : typeName(value) }

  /// An argument that must be a str, by the name that messages have for it.
  func requireString(_ value: Value, argument: @autoclosure () -> String) throws(Unwind) {
    guard isString(value) else {
      throw raise(.typeError, "\(argument()) must be str, not \(argumentTypeName(value))")
    }
  }

  /// The same with a message that ends in the name of the type.
  func requireString(_ value: Value, _ message: @autoclosure () -> String) throws(Unwind) {
    guard isString(value) else { throw raise(.typeError, "\(message())\(typeName(value))") }
  }
}
