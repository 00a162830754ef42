/// The type `functools.partial`: `1` function, `2` arguments (tuple), `3` keywords (dict), `4` `__dict__` or None.
enum PartialType {
  static let type = NativeType(
    .partial, "partial", kind: .record, module: "functools",
    doc: """
      partial(func, *args, **keywords) - new function with partial application
          of the given arguments and keywords.
      """,
    [
      NativeFunction("__new__", "cls, *args, **keywords", new, binding: .static),
      NativeFunction("__call__", "self, *args, **keywords", call),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__reduce__", "self, /", reduce),
      NativeFunction("__setstate__", "self, state, /", setState),
      NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
    ],
    properties: [
      NativeProperty("__dict__", ObjectType.getDict, set: ObjectType.setDict),
      NativeProperty("func", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }),
      NativeProperty("args", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) }),
      NativeProperty("keywords", { (vm, a) throws(Unwind) in vm.words(a[0]).value(3) }),
    ])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let arguments = PyTuple(vm, a[1])
    guard arguments.count > 0 else { throw vm.raise(.typeError, "type 'partial' takes at least one argument") }
    var function = arguments[0]
    guard vm.isCallable(function) else { throw vm.raise(.typeError, "the first argument must be callable") }
    a[1] = try vm.newTuple(from: arguments.words, at: 3, count: arguments.count - 1)
    if vm.classOf(function) == vm.type(.partial), a[0].ref == vm.type(.partial), vm.instanceDict(function).isNone {
      // A partial of a partial is one partial.
      let inner = vm.words(function)
      a[1] = try vm.tupleConcatenated(inner.value(2), a[1])
      let keywords = try vm.dictCopy(inner.value(3))
      if a[2].isRef { try vm.dictUpdate(keywords, a[2]) }
      a[2] = keywords
      function = inner.value(1)
    }
    let keywords = a[2].isRef ? a[2] : try vm.newDict()
    let ref = try vm.allocate(.record, class: a[0].ref, words: 5, size: 4, flags: ObjectFlags.hasDict)
    let state = vm.words(ref)
    state.set(1, function)
    state.set(2, a[1])
    state.set(3, keywords)
    state.set(4, .none)
    return Value(ref)
  }

  static func call(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let state = vm.words(a[0])
    a[1] = try vm.tupleConcatenated(state.value(2), a[1])
    if PyDict(vm, state.value(3)).count > 0 {
      let keywords = try vm.dictCopy(state.value(3))
      if a[2].isRef { try vm.dictUpdate(keywords, a[2]) }
      a[2] = keywords
    }
    return try vm.call(state.value(1), tuple: a[1], dict: a[2].isRef ? a[2] : .none)
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard try vm.enterRepr(a[0]) else { return try vm.newString("...") }
    defer { vm.leaveRepr(a[0]) }
    let state = vm.words(a[0])
    let owner = vm.classOf(a[0])
    var out = Array("\(owner == vm.type(.partial) ? "functools.partial" : vm.className(owner))(".utf8)
    vm.text(of: try vm.repr(state.value(1)), into: &out)
    let arguments = PyTuple(vm, state.value(2))
    for index in 0..<arguments.count {
      out += [0x2C, 0x20]
      vm.text(of: try vm.repr(arguments[index]), into: &out)
    }
    let keywords = PyDict(vm, state.value(3))
    var index = 0
    while index < keywords.entryCount {
      if let entry = keywords.entry(at: index) {
        out += [0x2C, 0x20]
        vm.text(of: try vm.str(entry.key), into: &out)
        out.append(0x3D)
        vm.text(of: try vm.repr(entry.value), into: &out)
      }
      index += 1
    }
    out.append(0x29)
    return try vm.newString(utf8: out)
  }

  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let state = vm.words(a[0])
    let all = try vm.newTuple(state.value(1), state.value(2), state.value(3), state.value(4))
    return try vm.newTuple(Value(vm.classOf(a[0])), vm.newTuple(state.value(1)), all)
  }

  static func setState(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .tuple), PyTuple(vm, a[1]).count == 4 else {
      throw vm.raise(.typeError, "invalid partial state")
    }
    let parts = PyTuple(vm, a[1])
    guard vm.isCallable(parts[0]), vm.is(parts[1], .tuple), parts[2].isNone || vm.is(parts[2], .dict) else {
      throw vm.raise(.typeError, "invalid partial state")
    }
    let state = vm.words(a[0])
    state.set(1, parts[0])
    let isExact = vm.isPlain(parts[1], .tuple)
    let count = PyTuple(vm, parts[1]).count
    state.set(2, isExact ? parts[1] : try vm.newTuple(from: vm.words(parts[1]), at: 2, count: count))
    let isPlain = vm.isPlain(parts[2], .dict)
    state.set(3, parts[2].isNone ? try vm.newDict() : isPlain ? parts[2] : try vm.dictCopy(parts[2]))
    state.set(4, parts[3])
    return .none
  }
}
