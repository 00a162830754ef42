/// `BaseExceptionGroup` and `ExceptionGroup`: several exceptions at once.
enum ExceptionGroupType {
  static let base = NativeType(
    .baseExceptionGroup, "BaseExceptionGroup", base: .baseException, kind: .exception,
    [
      NativeFunction("__new__", "cls, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, *args, **kwargs", BaseExceptionType.initialize),
      NativeFunction("__str__", "self, /", str),
      NativeFunction("derive", "self, excs, /", derive),
      NativeFunction("split", "self, condition, /", split),
      NativeFunction("subgroup", "self, condition, /", subgroup),
      NativeFunction("__class_getitem__", "cls, item, /", classGetItem, binding: .class),
    ],
    properties: [
      .readOnlyField("message", ExceptionField.groupMessage), .readOnlyField("exceptions", ExceptionField.exceptions),
    ])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var cls = try BaseExceptionType.checkClass(vm, a[0], .baseExceptionGroup)
    let args = PyTuple(vm, a[1])
    guard args.count == 2 else {
      throw vm.raise(.typeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (\(args.count) given)")
    }
    guard vm.isString(args[0]) else {
      let given = args[0].isNone ? "None" : vm.typeName(args[0])
      throw vm.raise(.typeError, "BaseExceptionGroup.__new__() argument 1 must be str, not \(given)")
    }
    guard isSequence(vm, args[1]) else {
      throw vm.raise(.typeError, "second argument (exceptions) must be a sequence")
    }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let exceptions = try vm.tupleOf(args[1])
    vm.keep(exceptions)
    let tuple = PyTuple(vm, exceptions)
    guard tuple.count > 0 else {
      throw vm.raise(.valueError, "second argument (exceptions) must be a non-empty sequence")
    }
    var hasBase = false
    for index in 0..<tuple.count {
      guard vm.is(tuple[index], .exception) else {
        throw vm.raise(.valueError, "Item \(index) of second argument (exceptions) is not an exception")
      }
      if !vm.isInstance(tuple[index], .exception) { hasBase = true }
    }
    if cls == vm.type(.baseExceptionGroup) {
      if !hasBase { cls = vm.type(.exceptionGroup) }
    } else if hasBase, vm.isSubclass(cls, vm.type(.exception)) {
      let name = cls == vm.type(.exceptionGroup) ? "an ExceptionGroup" : "'\(vm.className(cls))'"
      throw vm.raise(.typeError, "Cannot nest BaseExceptions in \(name)")
    }
    let group = try vm.newException(cls, arguments: a[1])
    try vm.setExceptionFields(group, [args[0], exceptions])
    return group
  }

  /// As `PySequence_Check`: has `__getitem__`, and is no dict.
  static func isSequence(_ vm: VM, _ value: Value) -> Bool {
    !vm.is(value, .dict) && vm.lookupSpecial(value, .getitem) != nil
  }

  static func message(_ vm: VM, _ group: Value) throws(Unwind) -> Value {
    try vm.exceptionFields(group)[ExceptionField.groupMessage]
  }

  /// The tuple of its exceptions.
  static func exceptions(_ vm: VM, _ group: Value) throws(Unwind) -> PyTuple {
    let value = try vm.exceptionFields(group)[ExceptionField.exceptions]
    return PyTuple(vm, vm.is(value, .tuple) ? value : vm[root: .emptyTuple])
  }

  static func str(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let count = try exceptions(vm, a[0]).count
    let text = PyString(vm, try vm.str(message(vm, a[0]))).utf8()
    return try vm.newString(utf8: text + Array(" (\(count) sub-exception\(count > 1 ? "s" : ""))".utf8))
  }

  static func classGetItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.call(Value(vm.type(.genericAlias)), a[0], a[1])
  }

  static func derive(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.call(Value(vm.type(.baseExceptionGroup)), message(vm, a[0]), a[1])
  }

  static func split(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let condition = try Condition(vm, a[1])
    let parts = try split(vm, a[0], condition, needsRest: true, level: 0)
    return try vm.newTuple(parts.match ?? .none, parts.rest ?? .none)
  }

  static func subgroup(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let condition = try Condition(vm, a[1])
    return try split(vm, a[0], condition, needsRest: false, level: 0).match ?? .none
  }

  /// What `split` and `subgroup` pick by.
  enum Condition {
    case types(Value)
    case predicate(Value)
    /// The exceptions themselves.
    case instances(Set<UInt64>)

    init(_ vm: VM, _ value: Value) throws(Unwind) {
      if vm.is(value, .function) {
        self = .predicate(value)
        return
      }
      var isTypes = vm.isExceptionClass(value)
      if vm.isExactly(value, .tuple) {
        let tuple = PyTuple(vm, value)
        isTypes = (0..<tuple.count).allSatisfy { vm.isExceptionClass(tuple[$0]) }
      }
      guard isTypes else {
        throw vm.raise(.typeError, "expected a function, exception type or tuple of exception types")
      }
      self = .types(value)
    }

    func holds(_ vm: VM, _ exception: Value) throws(Unwind) -> Bool {
      switch self {
      case .types(let types): return try vm.exception(exception, matches: types)
      case .predicate(let function): return try vm.truth(vm.call(function, exception))
      case .instances(let bits): return bits.contains(exception.bits)
      }
    }
  }

  /// How deep groups may hold groups where they are taken apart.
  static let maxDepth = 1000

  /// The part of an exception that meets the condition, and the rest. Keeps what it makes; the caller releases it.
  static func split(_ vm: VM, _ exception: Value, _ condition: Condition, needsRest: Bool, level: Int)
    throws(Unwind) -> (match: Value?, rest: Value?)
  {
    if try condition.holds(vm, exception) { return (exception, nil) }
    guard vm.isInstance(exception, .baseExceptionGroup) else { return (nil, needsRest ? exception : nil) }
    guard level < maxDepth else {
      throw vm.raise(.recursionError, "maximum recursion depth exceeded in exceptiongroup_split_recursive")
    }
    let members = try exceptions(vm, exception)
    var matches: [Value] = []
    var rest: [Value] = []
    for index in 0..<members.count {
      try vm.charge(4)
      let parts = try split(vm, members[index], condition, needsRest: needsRest, level: level + 1)
      if let match = parts.match { matches.append(match) }
      if let left = parts.rest { rest.append(left) }
    }
    let matching = try subset(vm, exception, matches)
    return (matching, needsRest ? try subset(vm, exception, rest) : nil)
  }

  /// A group like `original` of some of its exceptions; nil for none.
  static func subset(_ vm: VM, _ original: Value, _ exceptions: [Value]) throws(Unwind) -> Value? {
    if exceptions.isEmpty { return nil }
    let list = try vm.newList(exceptions)
    vm.keep(list)
    let group = try vm.callMethod(original, "derive", list)
    guard vm.isInstance(group, .baseExceptionGroup) else {
      throw vm.raise(.typeError, "derive must return an instance of BaseExceptionGroup")
    }
    vm.keep(group)
    let source = vm.words(original)
    let target = vm.words(group)
    if source.value(ExceptionLayout.traceback).isRef {
      target.set(ExceptionLayout.traceback, source.value(ExceptionLayout.traceback))
    }
    target.set(ExceptionLayout.context, source.value(ExceptionLayout.context))
    target.set(ExceptionLayout.cause, source.value(ExceptionLayout.cause))
    target.set(ExceptionLayout.suppressContext, .true)
    if let notes = try vm.findAttribute(original, vm.name(.notes)), isSequence(vm, notes) {
      vm.keep(notes)
      let copy = try vm.listFromIterable(notes)
      vm.keep(copy)
      try vm.setAttribute(group, vm.name(.notes), copy)
    }
    return group
  }
}
