/// Module `_collections`: what `collections` takes from it.
enum CollectionsModule {
  static let types = DequeType.types + [DefaultDictType.type, tupleGetter]

  private static let named = types + [OrderedDictType.types[0]]

  static let module = NativeModule("_collections", functions) { (vm, dict) throws(Unwind) in
    for type in named {
      let name = type.wellKnown == .tupleGetter ? "_tuplegetter" : type.name
      try dict.set(name: vm.intern(name), Value(vm.type(type.wellKnown)))
    }
  }

  static let functions = [
    NativeFunction("_count_elements", "mapping, iterable, /", countElements)
  ]

  /// Counts the items of an iterable in a mapping: `Counter`'s inner loop.
  static func countElements(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mapping = a[0]
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let iterator = try vm.makeIterator(a[1])
    vm.keep(iterator)
    let isDirect = vm.is(mapping, .dict) && hasPlainAccess(vm, mapping)
    let get = isDirect ? Value.none : try vm.getAttribute(mapping, vm.intern("get"))
    vm.keep(get)
    let inner = vm.keepMark()
    while let key = try vm.next(iterator) {
      vm.keep(key)
      if isDirect {
        let dict = PyDict(vm, mapping)
        let hash = try vm.hashKey(key)
        if let entry = try dict.find(key, hash: hash) {
          let count = dict.table().value(entry)
          if count.isInt, count.int < Value.maxSmall {
            dict.setValue(at: entry, Value(small: count.int + 1))
          } else {
            let more = try vm.binary(.add, count, Value(small: 1))
            vm.keep(more)
            try dict.set(key, more, hash: hash)
          }
        } else {
          try dict.insert(key, Value(small: 1), hash: hash)
        }
      } else {
        let count = try vm.call(get, key, .zero)
        vm.keep(count)
        let more = try vm.binary(.add, count, Value(small: 1))
        vm.keep(more)
        try vm.setItem(mapping, key, more)
      }
      vm.keepRelease(inner)
      try vm.charge(2)
    }
    return .none
  }

  /// Whether a dict's class keeps dict's own `get` and `__setitem__`.
  private static func hasPlainAccess(_ vm: VM, _ mapping: Value) -> Bool {
    guard let get = try? vm.intern("get") else { return false }
    let owner = vm.classOf(mapping)
    let dict = vm.type(.dict)
    return vm.lookupSpecial(class: owner, .setitem) == vm.lookupSpecial(class: dict, .setitem)
      && vm.lookup(class: owner, get) == vm.lookup(class: dict, get)
  }

  /// The descriptor of a named tuple's field: `1` index, `2` doc.
  private static let tupleGetter = NativeType(
    .tupleGetter, "_tuplegetter", kind: .record, isSubclassable: false, module: "_collections",
    [
      NativeFunction("__new__", "cls, index, doc, /", { (vm, a) throws(Unwind) in
        try vm.newRecord(.record, .tupleGetter, Value(small: vm.indexAsInt(a[1])), a[2])
      }, binding: .static),
      NativeFunction("__get__", "self, instance, owner=None, /", { (vm, a) throws(Unwind) in
        let index = vm.words(a[0]).value(1).int
        if a[1].isNone { return a[0] }
        guard vm.is(a[1], .tuple) else {
          throw vm.raise(
            .typeError,
            "descriptor for index '\(index)' for tuple subclasses doesn't apply to '\(vm.typeName(a[1]))' object")
        }
        let tuple = PyTuple(vm, a[1])
        guard index >= 0, index < tuple.count else { throw vm.raise(.indexError, "tuple index out of range") }
        return tuple[index]
      }),
      NativeFunction("__set__", "self, instance, value, /", { (vm, _) throws(Unwind) in
        throw vm.raise(.attributeError, "can't set attribute")
      }),
      NativeFunction("__delete__", "self, instance, /", { (vm, _) throws(Unwind) in
        throw vm.raise(.attributeError, "can't delete attribute")
      }),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        var out = Array("_tuplegetter(\(state.value(1).int), ".utf8)
        vm.text(of: try vm.repr(state.value(2)), into: &out)
        out.append(0x29)
        return try vm.newString(utf8: out)
      }),
      NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        return try vm.newPair(Value(vm.type(.tupleGetter)), vm.newPair(state.value(1), state.value(2)))
      }),
    ],
    properties: [
      NativeProperty("__doc__", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) },
        set: { (vm, a) throws(Unwind) in
          vm.words(a[0]).set(2, a[1].isUnbound ? .none : a[1])
          return .none
        })
    ])
}
