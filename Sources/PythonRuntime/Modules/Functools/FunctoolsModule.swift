/// Module `_functools`: what `functools` takes from it.
enum FunctoolsModule {
  static let types = [PartialType.type, LRUCacheType.type, keyWrapper]

  static let module = NativeModule("_functools", functions) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("partial"), Value(vm.type(.partial)))
    try dict.set(name: vm.intern("_lru_cache_wrapper"), Value(vm.type(.lruCacheWrapper)))
  }

  static let functions = [
    NativeFunction("reduce", "function, iterable, initial=, /", reduce,
      doc: """
        reduce(function, iterable[, initial]) -> value

        Apply a function of two arguments cumulatively to the items of a sequence
        or iterable, from left to right, so as to reduce the iterable to a single
        value.  For example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5]) calculates
        ((((1+2)+3)+4)+5).  If initial is present, it is placed before the items
        of the iterable in the calculation, and serves as a default when the
        iterable is empty.
        """),
    NativeFunction("cmp_to_key", "mycmp", { (vm, a) throws(Unwind) in
      try vm.newRecord(.record, .keyWrapper, a[0], .unbound)
    }),
  ]

  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    guard vm.isIterable(a[1]) else { throw vm.raise(.typeError, "reduce() arg 2 must support iteration") }
    let iterator = try vm.makeIterator(a[1])
    vm.keep(iterator)
    // The result so far lies where the initial value was.
    while let item = try vm.next(iterator) {
      if a[2].isUnbound {
        a[2] = item
      } else {
        a[2] = try vm.call(a[0], a[2], item)
      }
      try vm.charge(1)
    }
    if a[2].isUnbound { throw vm.raise(.typeError, "reduce() of empty iterable with no initial value") }
    return a[2]
  }

  /// What `cmp_to_key` gives: `1` comparison function, `2` object, or unbound for the function that wraps objects.
  private static let keyWrapper = NativeType(
    .keyWrapper, "KeyWrapper", kind: .record, isSubclassable: false, module: "functools",
    [
      NativeFunction("__call__", "self, obj", { (vm, a) throws(Unwind) in
        try vm.newRecord(.record, .keyWrapper, vm.words(a[0]).value(1), a[1])
      })
    ]
      + SequenceComparison.rows { (vm, op, x, y) throws(Unwind) in
        guard vm.kind(y) == .record, vm.classOf(y) == vm.type(.keyWrapper) else {
          throw vm.raise(.typeError, "other argument must be K instance")
        }
        let first = vm.words(x).value(2)
        let second = vm.words(y).value(2)
        guard !first.isUnbound, !second.isUnbound else { throw vm.raise(.attributeError, "object") }
        let order = try vm.call(vm.words(x).value(1), first, second)
        return try vm.compare(op, order, .zero)
      },
    properties: [
      NativeProperty(
        "obj", { (vm, a) throws(Unwind) in
          let object = vm.words(a[0]).value(2)
          if object.isUnbound { throw vm.raise(.attributeError, "obj") }
          return object
        },
        set: { (vm, a) throws(Unwind) in
          vm.words(a[0]).set(2, a[1])
          return .none
        })
    ])
}
