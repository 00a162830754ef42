/// The attributes that some exception types have beside `args`: fields of a tuple in the exception's word `extra`.
///
/// The tuple is made when first asked for, from `args`, as the type's `__init__` would have made it; so raising an exception costs nothing more.
/// NameError and AttributeError raised by the runtime bring it along, as it cannot be told from their message.
enum ExceptionFamily {
  case plain, stopIteration, systemExit, os, `import`, name, attribute, syntax, unicode, group

  /// How many fields the tuple has.
  var count: Int {
    switch self {
    case .plain: 0
    case .stopIteration, .systemExit, .name: 1
    case .attribute, .group: 2
    case .import: 3
    case .os, .unicode: 5
    case .syntax: 8
    }
  }
}

/// The places of the fields.
enum ExceptionField {
  static let value = 0
  static let code = 0
  static let errno = 0, strerror = 1, filename = 2, filename2 = 3, charactersWritten = 4
  static let importMessage = 0, importName = 1, importPath = 2
  static let name = 0
  static let object = 1
  static let message = 0, syntaxFilename = 1, line = 2, offset = 3, text = 4, endLine = 5, endOffset = 6, printsPlace = 7
  static let encoding = 0, source = 1, start = 2, end = 3, reason = 4
  static let groupMessage = 0, exceptions = 1
}

extension VM {
  /// The nearest base of a built-in exception type that has fields of its own: two such bases do not go together, as in CPython.
  func solidException(_ type: Ref) -> Ref {
    let solid: [WellKnown] = [
      .baseException, .baseExceptionGroup, .stopIteration, .systemExit, .osError, .importError, .nameError,
      .attributeError, .syntaxError, .unicodeDecodeError, .unicodeEncodeError, .unicodeTranslateError,
    ]
    var current = type
    while !solid.contains(where: { self.type($0) == current }) {
      current = words(current).value(ClassLayout.base).ref
    }
    return current
  }

  /// Which fields an exception has, by its class.
  func exceptionFamily(_ exception: Value) -> ExceptionFamily {
    let own = classOf(exception)
    let families: [(WellKnown, ExceptionFamily)] = [
      (.stopIteration, .stopIteration), (.systemExit, .systemExit), (.osError, .os), (.importError, .import),
      (.nameError, .name), (.attributeError, .attribute), (.syntaxError, .syntax), (.unicodeDecodeError, .unicode),
      (.unicodeEncodeError, .unicode), (.unicodeTranslateError, .unicode), (.baseExceptionGroup, .group),
    ]
    for (known, family) in families where isSubclass(own, type(known)) { return family }
    return .plain
  }

  /// The fields of an exception whose type has some.
  func exceptionFields(_ exception: Value) throws(Unwind) -> PyTuple {
    let object = words(exception)
    let known = object.value(ExceptionLayout.extra)
    let family = exceptionFamily(exception)
    let have = known.isRef ? PyTuple(self, known).count : 0
    if have >= max(family.count, 1) { return PyTuple(self, known) }
    let fields = try newTuple(count: max(family.count, 1))
    let view = PyTuple(self, fields)
    for index in 0..<have { view[index] = PyTuple(self, known)[index] }
    if have == 0 { fillFields(view, family, PyTuple(self, object.value(ExceptionLayout.args))) }
    object.set(ExceptionLayout.extra, fields)
    return view
  }

  private func fillFields(_ fields: PyTuple, _ family: ExceptionFamily, _ args: PyTuple) {
    switch family {
    case .plain, .name, .attribute: break
    case .stopIteration:
      if args.count > 0 { fields[0] = args[0] }
    case .systemExit:
      // Several arguments are the code together.
      if args.count > 0 { fields[0] = args.count == 1 ? args[0] : Value(ref(args.words)) }
    case .import:
      if args.count == 1 { fields[0] = args[0] }
    case .syntax:
      if args.count > 0 { fields[0] = args[0] }
    case .os:
      if args.count >= 2 && args.count <= 5 {
        fields[ExceptionField.errno] = args[0]
        fields[ExceptionField.strerror] = args[1]
        if args.count > 2 { fields[ExceptionField.filename] = args[2] }
        if args.count > 4 { fields[ExceptionField.filename2] = args[4] }
      }
    case .unicode:
      // A UnicodeTranslateError has no encoding.
      let skipped = args.count == 4 ? 1 : 0
      for index in 0..<min(args.count, 5 - skipped) { fields[index + skipped] = args[index] }
    case .group:
      for index in 0..<min(args.count, 2) { fields[index] = args[index] }
    }
  }

  /// Gives an exception its fields.
  func setExceptionFields(_ exception: Value, _ values: [Value]) throws(Unwind) {
    words(exception).set(ExceptionLayout.extra, try newTuple(values))
  }
}

extension NativeProperty {
  /// An attribute that is a field of the exception; deleting it makes it None.
  static func field(_ name: String, _ index: Int) -> NativeProperty {
    NativeProperty(
      name, { (vm, a) throws(Unwind) in try vm.exceptionFields(a[0])[index] },
      set: { (vm, a) throws(Unwind) in
        try vm.exceptionFields(a[0])[index] = a[1].isUnbound ? .none : a[1]
        return .none
      })
  }

  /// A field that is an integer, always.
  static func integerField(_ name: String, _ index: Int) -> NativeProperty {
    NativeProperty(
      name,
      { (vm, a) throws(Unwind) in
        let value = try vm.exceptionFields(a[0])[index]
        return value.isNone ? .zero : value
      },
      set: { (vm, a) throws(Unwind) in
        if a[1].isUnbound { throw vm.raise(.typeError, "can't delete numeric/char attribute") }
        guard let int = vm.asInt(a[1]) else { throw vm.raise(.typeError, "an integer is required") }
        try vm.exceptionFields(a[0])[index] = vm.integer(int)
        return .none
      })
  }

  /// A field that programs cannot set.
  static func readOnlyField(_ name: String, _ index: Int) -> NativeProperty {
    NativeProperty(
      name, { (vm, a) throws(Unwind) in try vm.exceptionFields(a[0])[index] },
      set: { (vm, a) throws(Unwind) in throw vm.raise(.attributeError, "readonly attribute") })
  }
}
