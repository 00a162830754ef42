/// The type `dict`.
enum DictType {
  static let type = NativeType(
    .dict, "dict", kind: .dict,
    doc: """
      dict() -> new empty dictionary
      dict(mapping) -> new dictionary initialized from a mapping object's
          (key, value) pairs
      dict(iterable) -> new dictionary initialized as if via:
          d = {}
          for k, v in iterable:
              d[k] = v
      dict(**kwargs) -> new dictionary initialized with the name=value pairs
          in the keyword argument list.  For example:  dict(one=1, two=2)
      """,
    [
      NativeFunction("__new__", "cls, /, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, /, *args, **kwargs", initialize),
      NativeFunction("clear", "self, /", clear),
      NativeFunction("copy", "self, /", { (vm, a) throws(Unwind) in try vm.dictCopy(a[0]) }),
      NativeFunction("fromkeys", "cls, iterable, value=None, /", fromKeys, binding: .class),
      NativeFunction("get", "self, key, default=None, /", get),
      NativeFunction("items", "self, /", { (vm, a) throws(Unwind) in try vm.newDictView(.dictItems, a[0]) }),
      NativeFunction("keys", "self, /", { (vm, a) throws(Unwind) in try vm.newDictView(.dictKeys, a[0]) }),
      NativeFunction("values", "self, /", { (vm, a) throws(Unwind) in try vm.newDictView(.dictValues, a[0]) }),
      NativeFunction("pop", "self, key, default=, /", pop),
      NativeFunction("popitem", "self, /", popItem),
      NativeFunction("setdefault", "self, key, default=None, /", setDefault),
      NativeFunction("update", "self, /, *args, **kwargs", update),
      NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
      NativeFunction("__len__", "self, /", { (vm, a) throws(Unwind) in Value(small: PyDict(vm, a[0]).count) }),
      NativeFunction("__getitem__", "self, key, /", { (vm, a) throws(Unwind) in try vm.dictItem(a[0], a[1]) }),
      NativeFunction("__setitem__", "self, key, value, /", setItem),
      NativeFunction("__delitem__", "self, key, /", deleteItem),
      NativeFunction("__contains__", "self, key, /", { (vm, a) throws(Unwind) in
        Value(try vm.dictContains(a[0], a[1]))
      }),
      NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in
        try vm.newDictIterator(a[0], .keys, isReversed: false)
      }),
      NativeFunction("__reversed__", "self, /", { (vm, a) throws(Unwind) in
        try vm.newDictIterator(a[0], .keys, isReversed: true)
      }),
      NativeFunction("__or__", "self, value, /", { (vm, a) throws(Unwind) in try united(vm, a[0], a[1]) }),
      NativeFunction("__ror__", "self, value, /", { (vm, a) throws(Unwind) in try united(vm, a[1], a[0]) }),
      NativeFunction("__ior__", "self, value, /", uniteInPlace),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__eq__", "self, value, /", { (vm, a) throws(Unwind) in
        vm.is(a[1], .dict) ? Value(try vm.equalDicts(a[0], a[1])) : .notImplemented
      }),
      NativeFunction("__ne__", "self, value, /", { (vm, a) throws(Unwind) in
        vm.is(a[1], .dict) ? Value(!(try vm.equalDicts(a[0], a[1]))) : .notImplemented
      }),
      NativeFunction("__sizeof__", "self, /", { (vm, a) throws(Unwind) in
        let dict = PyDict(vm, a[0])
        return Value(small: dict.words.low(1) == 0 ? 48 : 48 + dict.table().capacity * 24)
      }),
    ] + ["__lt__", "__le__", "__gt__", "__ge__"].map { name in
      NativeFunction(name, "self, value, /", { (_, _) throws(Unwind) in .notImplemented })
    })

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(try vm.allocateSubclassable(.dict, class: a[0].ref, words: 3))
  }

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try update(vm, a, named: "dict") }

  static func update(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try update(vm, a, named: "update") }

  private static func update(_ vm: VM, _ a: Arguments, named name: String) throws(Unwind) -> Value {
    let positional = PyTuple(vm, a[1])
    guard positional.count <= 1 else {
      throw vm.raise(.typeError, "\(name) expected at most 1 argument, got \(positional.count)")
    }
    if positional.count == 1 { try vm.dictUpdate(a[0], positional[0]) }
    if a[2].isRef, PyDict(vm, a[2]).count > 0 { try vm.dictUpdate(a[0], a[2]) }
    return .none
  }

  static func clear(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    PyDict(vm, a[0]).removeAll()
    return .none
  }

  static func fromKeys(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let isPlain = a[0].ref == vm.type(.dict)
    let result = isPlain ? try vm.newDict() : try vm.call(a[0])
    vm.keep(result)
    let isDirect = vm.isPlain(result, .dict)
    if isDirect, vm.isAnySet(a[1]) || vm.isPlain(a[1], .dict) {
      // Hashes are known.
      try vm.forEachKey(a[1]) { (key, hash) throws(Unwind) in
        try PyDict(vm, result).set(key, a[2], hash: hash)
        return true
      }
      return result
    }
    let iterator = try vm.makeIterator(a[1])
    vm.keep(iterator)
    let inner = vm.keepMark()
    while let key = try vm.next(iterator) {
      vm.keep(key)
      if isDirect {
        try vm.dictSetItem(result, key, a[2])
      } else {
        try vm.setItem(result, key, a[2])
      }
      vm.keepRelease(inner)
      try vm.charge(1)
    }
    return result
  }

  static func get(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let dict = PyDict(vm, a[0])
    guard let entry = try dict.find(a[1], hash: vm.hashKey(a[1])) else { return a[2] }
    return dict.table().value(entry)
  }

  static func pop(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let dict = PyDict(vm, a[0])
    if dict.count > 0, let entry = try dict.find(a[1], hash: vm.hashKey(a[1])) { return dict.remove(at: entry) }
    if a[2].isUnbound { throw vm.raise(.keyError, arguments: [a[1]]) }
    return a[2]
  }

  static func popItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let entry = try PyDict(vm, a[0]).removeLast() else {
      throw vm.raise(.keyError, "popitem(): dictionary is empty")
    }
    return try vm.newPair(entry.key, entry.value)
  }

  static func setDefault(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let dict = PyDict(vm, a[0])
    let hash = try vm.hashKey(a[1])
    if let entry = try dict.find(a[1], hash: hash) { return dict.table().value(entry) }
    try dict.insert(a[1], a[2], hash: hash)
    return a[2]
  }

  static func setItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.dictSetItem(a[0], a[1], a[2])
    return .none
  }

  static func deleteItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.dictDeleteItem(a[0], a[1])
    return .none
  }

  private static func united(_ vm: VM, _ x: Value, _ y: Value) throws(Unwind) -> Value {
    guard vm.is(x, .dict), vm.is(y, .dict) else { return .notImplemented }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let result = try vm.dictCopy(x)
    vm.keep(result)
    try vm.dictUpdate(result, y)
    return result
  }

  static func uniteInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.dictUpdate(a[0], a[1])
    return a[0]
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let dict = PyDict(vm, a[0])
    if dict.count == 0 { return try vm.newString("{}") }
    guard try vm.enterRepr(a[0]) else { return try vm.newString("{...}") }
    defer { vm.leaveRepr(a[0]) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var out: [UInt8] = [0x7B]
    var index = 0
    while index < dict.entryCount {
      if let entry = dict.entry(at: index) {
        if out.count > 1 { out += [0x2C, 0x20] }
        vm.keep(entry.key)
        vm.keep(entry.value)
        vm.text(of: try vm.repr(entry.key), into: &out)
        out += [0x3A, 0x20]
        vm.text(of: try vm.repr(entry.value), into: &out)
        vm.keepRelease(mark)
      }
      index += 1
    }
    out.append(0x7D)
    try vm.charge(out.count >> 3)
    return try vm.newString(utf8: out)
  }
}
