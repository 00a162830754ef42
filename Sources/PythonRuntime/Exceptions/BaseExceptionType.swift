/// `BaseException`: what all exceptions have.
enum BaseExceptionType {
  static let type = NativeType(
    .baseException, "BaseException", kind: .exception,
    [
      NativeFunction("__new__", "cls, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, *args, **kwargs", initialize),
      NativeFunction("__str__", "self, /", str),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("with_traceback", "self, tb, /", withTraceback),
      NativeFunction("add_note", "self, note, /", addNote),
      NativeFunction("__setstate__", "self, state, /", setState),
      NativeFunction("__reduce__", "self, /", reduce),
    ],
    properties: [
      NativeProperty("args", getArgs, set: setArgs),
      NativeProperty("__traceback__", getTraceback, set: setTraceback),
      NativeProperty("__context__", getContext, set: setContext),
      NativeProperty("__cause__", getCause, set: setCause),
      NativeProperty("__suppress_context__", getSuppressContext, set: setSuppressContext),
      NativeProperty("__dict__", ObjectType.getDict, set: setDict),
    ])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let cls = try checkClass(vm, a[0], .baseException)
    // These make their fields in `__new__`.
    for known in [WellKnown.osError, .baseExceptionGroup] where vm.isSubclass(cls, vm.type(known)) {
      let name = vm.className(cls)
      throw vm.raise(.typeError, "BaseException.__new__(\(name)) is not safe, use \(vm.className(vm.type(known))).__new__()")
    }
    return try vm.newException(cls, arguments: a[1])
  }

  /// The class that `__new__` of `owner` was given.
  static func checkClass(_ vm: VM, _ cls: Value, _ owner: WellKnown) throws(Unwind) -> Ref {
    let name = { vm.className(vm.type(owner)) }
    guard vm.is(cls, .class) else {
      throw vm.raise(.typeError, "\(name()).__new__(X): X is not a type object (\(vm.typeName(cls)))")
    }
    guard vm.isSubclass(cls.ref, vm.type(owner)) else {
      let given = vm.className(cls.ref)
      throw vm.raise(.typeError, "\(name()).__new__(\(given)): \(given) is not a subtype of \(name())")
    }
    return cls.ref
  }

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try refuseKeywords(vm, a[0], a[2])
    vm.words(a[0]).set(ExceptionLayout.args, a[1])
    return .none
  }

  static func refuseKeywords(_ vm: VM, _ exception: Value, _ keywords: Value) throws(Unwind) {
    if PyDict(vm, keywords).count > 0 {
      throw vm.raise(.typeError, "\(vm.typeName(exception))() takes no keyword arguments")
    }
  }

  static func args(_ vm: VM, _ exception: Value) -> Value { vm.words(exception).value(ExceptionLayout.args) }

  static func str(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.plainExceptionText(a[0]) }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let args = args(vm, a[0])
    let name = vm.typeName(a[0])
    let tuple = PyTuple(vm, args)
    let isSingle = tuple.count == 1
    let inner = try vm.guardingDepth { () throws(Unwind) in try vm.repr(isSingle ? tuple[0] : args) }
    return try vm.newString(utf8: Array(name.utf8) + (isSingle ? [0x28] : []) + PyString(vm, inner).utf8() + (isSingle ? [0x29] : []))
  }

  static func withTraceback(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    _ = try setTraceback(vm, a)
    return a[0]
  }

  static func addNote(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[1]) else {
      throw vm.raise(.typeError, "note must be a str, not '\(vm.typeName(a[1]))'")
    }
    if let notes = try vm.findAttribute(a[0], vm.name(.notes)) {
      guard vm.is(notes, .list) else { throw vm.raise(.typeError, "Cannot add note: __notes__ is not a list") }
      try PyList(vm, notes).append(a[1])
    } else {
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      let notes = try vm.newList([a[1]])
      vm.keep(notes)
      try vm.setAttribute(a[0], vm.name(.notes), notes)
    }
    return .none
  }

  static func setState(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isNone { return .none }
    guard vm.is(a[1], .dict) else { throw vm.raise(.typeError, "state is not a dictionary") }
    var index = 0
    while index < PyDict(vm, a[1]).entryCount {
      if let entry = PyDict(vm, a[1]).entry(at: index) {
        guard vm.isString(entry.key) else {
          throw vm.raise(.typeError, "attribute name must be string, not '\(vm.typeName(entry.key))'")
        }
        try vm.setAttribute(a[0], entry.key, entry.value)
      }
      index += 1
    }
    return .none
  }

  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try reduced(vm, a[0], args(vm, a[0])) }

  /// The class, the arguments, and the attributes when there are some.
  static func reduced(_ vm: VM, _ exception: Value, _ args: Value) throws(Unwind) -> Value {
    let cls = Value(vm.classOf(exception))
    let dict = vm.attributeDict(exception)
    return dict.isRef ? try vm.newTuple(cls, args, dict) : try vm.newTuple(cls, args)
  }

  // MARK: Attributes

  static func getArgs(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { args(vm, a[0]) }

  static func setArgs(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound { throw vm.raise(.typeError, "args may not be deleted") }
    // The fields keep what the first arguments said.
    if vm.exceptionFamily(a[0]) != .plain { _ = try vm.exceptionFields(a[0]) }
    vm.words(a[0]).set(ExceptionLayout.args, try vm.tupleOf(a[1]))
    return .none
  }

  static func getTraceback(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.words(a[0]).value(ExceptionLayout.traceback)
  }

  static func setTraceback(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound { throw vm.raise(.typeError, "__traceback__ may not be deleted") }
    guard a[1].isNone || vm.is(a[1], .traceback) else {
      throw vm.raise(.typeError, "__traceback__ must be a traceback or None")
    }
    vm.words(a[0]).set(ExceptionLayout.traceback, a[1])
    return .none
  }

  static func getContext(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.words(a[0]).value(ExceptionLayout.context)
  }

  static func setContext(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound { throw vm.raise(.typeError, "__context__ may not be deleted") }
    guard a[1].isNone || vm.is(a[1], .exception) else {
      throw vm.raise(.typeError, "exception context must be None or derive from BaseException")
    }
    vm.words(a[0]).set(ExceptionLayout.context, a[1])
    return .none
  }

  static func getCause(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { vm.words(a[0]).value(ExceptionLayout.cause) }

  static func setCause(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound { throw vm.raise(.typeError, "__cause__ may not be deleted") }
    guard a[1].isNone || vm.is(a[1], .exception) else {
      throw vm.raise(.typeError, "exception cause must be None or derive from BaseException")
    }
    vm.words(a[0]).set(ExceptionLayout.cause, a[1])
    vm.words(a[0]).set(ExceptionLayout.suppressContext, .true)
    return .none
  }

  static func getSuppressContext(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.words(a[0]).value(ExceptionLayout.suppressContext)
  }

  static func setSuppressContext(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound { throw vm.raise(.typeError, "can't delete numeric/char attribute") }
    guard a[1].isBool else { throw vm.raise(.typeError, "attribute value type must be bool") }
    vm.words(a[0]).set(ExceptionLayout.suppressContext, a[1])
    return .none
  }

  static func setDict(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound { throw vm.raise(.typeError, "cannot delete __dict__") }
    guard vm.is(a[1], .dict) else {
      throw vm.raise(.typeError, "__dict__ must be set to a dictionary, not a '\(vm.typeName(a[1]))'")
    }
    vm.words(a[0]).set(ExceptionLayout.dict, a[1])
    return .none
  }
}

extension VM {
  /// `BaseException.__str__`: nothing, the only argument, or all of them.
  func plainExceptionText(_ exception: Value) throws(Unwind) -> Value {
    let args = words(exception).value(ExceptionLayout.args)
    let tuple = PyTuple(self, args)
    switch tuple.count {
    case 0: return self[root: .emptyString]
    case 1:
      if isExactString(tuple[0]) { return tuple[0] }
      return try guardingDepth { () throws(Unwind) in try str(tuple[0]) }
    default: return try guardingDepth { () throws(Unwind) in try str(args) }
    }
  }

  /// Runs a native function that may come back to itself through other objects; too deep is a RecursionError.
  func guardingDepth(_ body: () throws(Unwind) -> Value) throws(Unwind) -> Value {
    guard self[.nestedRuns] < VM.maxNestedRuns, self[.depth] < self[.recursionLimit] else {
      throw raise(.recursionError, "maximum recursion depth exceeded while calling a Python object")
    }
    self[.nestedRuns] += 1
    self[.depth] += 1
    defer {
      self[.nestedRuns] -= 1
      self[.depth] -= 1
    }
    return try body()
  }

  /// A tuple of the elements of any iterable; a tuple as it is.
  func tupleOf(_ value: Value) throws(Unwind) -> Value {
    if isExactly(value, .tuple) { return value }
    let list = PyList(self, try listFromIterable(value))
    return try newTuple(from: list.buffer, at: 1, count: list.count)
  }

  /// Whether a class makes its exceptions as BaseException does: then a call of it needs no `__new__` and no `__init__`, and is
  /// `newException` of its arguments.
  @inline(__always) func makesPlainExceptions(_ type: Ref) -> Bool {
    let root = self.type(.baseException)
    return lookupSpecial(class: type, .new) == lookupSpecial(class: root, .new)
      && lookupSpecial(class: type, .`init`) == lookupSpecial(class: root, .`init`)
  }
}
