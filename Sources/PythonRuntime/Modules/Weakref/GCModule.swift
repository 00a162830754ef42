/// Module `gc`. There is one generation, and what has ended without being part of a circle has gone before it is asked.
enum GCModule {
  private static let saveAll = 32

  static let module = NativeModule("gc", functions + settings) { (vm, dict) throws(Unwind) in
    let flags = [
      ("DEBUG_STATS", 1), ("DEBUG_COLLECTABLE", 2), ("DEBUG_UNCOLLECTABLE", 4), ("DEBUG_SAVEALL", saveAll),
      ("DEBUG_LEAK", 38),
    ]
    for (name, flag) in flags { try dict.set(name: vm.intern(name), Value(small: flag)) }
    try dict.set(name: vm.intern("garbage"), vm.newList())
    try dict.set(name: vm.intern("callbacks"), vm.newList())
    vm[.threshold0] = 700
    vm[.threshold1] = 10
    vm[.threshold2] = 10
  }

  private static let functions: [NativeFunction] = [
    NativeFunction("collect", "generation=2", collect),
    NativeFunction("get_objects", "generation=None", { (vm, _) throws(Unwind) in
      let objects = vm.collectableObjects()
      try vm.charge(objects.count)
      return try vm.newList(objects.map { Value($0) })
    }),
    NativeFunction("get_referrers", "*objs", referrers),
    NativeFunction("get_referents", "*objs", { (vm, a) throws(Unwind) in
      var result: [Value] = []
      let objects = PyTuple(vm, a[0])
      for index in 0..<objects.count where objects[index].isRef && vm.isCollectable(objects[index].ref) {
        result += vm.visibleReferences(of: objects[index].ref)
      }
      return try vm.newList(result)
    }),
    NativeFunction("is_tracked", "obj, /", { (vm, a) throws(Unwind) in Value(isTracked(vm, a[0])) }),
    NativeFunction("is_finalized", "obj, /", { (vm, a) throws(Unwind) in
      Value(a[0].isRef && vm.words(a[0]).hasFlag(ObjectFlags.finalized))
    }),
    NativeFunction("freeze", "", { (_, _) throws(Unwind) in .none }),
    NativeFunction("unfreeze", "", { (_, _) throws(Unwind) in .none }),
    NativeFunction("get_freeze_count", "", { (_, _) throws(Unwind) in .zero }),
  ]

  private static let settings: [NativeFunction] = [
    NativeFunction("enable", "", { (vm, _) throws(Unwind) in
      vm[.collectionDisabled] = 0
      return .none
    }),
    NativeFunction("disable", "", { (vm, _) throws(Unwind) in
      vm[.collectionDisabled] = 1
      return .none
    }),
    NativeFunction("isenabled", "", { (vm, _) throws(Unwind) in Value(vm[.collectionDisabled] == 0) }),
    NativeFunction("get_debug", "", { (vm, _) throws(Unwind) in Value(small: vm[.collectionDebug]) }),
    NativeFunction("set_debug", "flags, /", { (vm, a) throws(Unwind) in
      vm[.collectionDebug] = try vm.indexAsInt(a[0], overflow: .overflowError) & 0xFF
      return .none
    }),
    NativeFunction("get_threshold", "", { (vm, _) throws(Unwind) in
      try vm.newTuple(Value(small: vm[.threshold0]), Value(small: vm[.threshold1]), Value(small: vm[.threshold2]))
    }),
    NativeFunction("set_threshold", "threshold0, threshold1=, threshold2=, /", { (vm, a) throws(Unwind) in
      for (index, word) in [StateWord.threshold0, .threshold1, .threshold2].enumerated() where !a[index].isUnbound {
        vm[word] = Int(Int32(truncatingIfNeeded: try vm.indexAsInt(a[index], overflow: .overflowError)))
      }
      return .none
    }),
    NativeFunction("get_count", "", { (vm, _) throws(Unwind) in
      let fresh = max(vm.usedBytes - vm[.liveBytes], 0) / 64
      return try vm.newTuple(Value(small: fresh % max(vm[.threshold0], 1)), .zero, .zero)
    }),
    NativeFunction("get_stats", "", { (vm, _) throws(Unwind) in
      let list = try vm.newList()
      vm.keep(list)
      for generation in 0..<3 {
        let dict = try vm.newDict()
        vm.keep(dict)
        let counts = [("collections", generation == 2 ? vm[.collections] : 0), ("collected", 0), ("uncollectable", 0)]
        for (name, count) in counts { try PyDict(vm, dict).set(name: vm.intern(name), Value(small: count)) }
        try PyList(vm, list).append(dict)
      }
      return list
    }),
  ]

  static func collect(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let generation = try vm.indexAsInt(a[0], overflow: .overflowError)
    guard generation >= 0, generation < 3 else { throw vm.raise(.valueError, "invalid generation") }
    try vm.endUnreachable()
    try notify(vm, "start", generation, collected: 0)
    let garbage = vm.circularGarbage()
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    if vm[.collectionDebug] & saveAll != 0, let list = moduleList(vm, "garbage") {
      for ref in garbage { try PyList(vm, list).append(Value(ref)) }
    }
    let wasDisabled = vm[.collectionDisabled]
    vm[.collectionDisabled] = 0
    vm.collect()
    vm[.collectionDisabled] = wasDisabled
    try vm.charge(garbage.count + vm[.liveBytes] >> 3)
    var collected = garbage.count
    if vm[root: .endedObjects].isRef, PyList(vm, vm[root: .endedObjects]).count > 0 {
      // What was finalised may have come back.
      try vm.runEnded()
      let alive = vm.aliveCount(garbage)
      collected -= alive
      vm.collect()
    }
    try notify(vm, "stop", generation, collected: collected)
    return Value(small: collected)
  }

  private static func moduleList(_ vm: VM, _ name: String) -> Value? {
    guard let key = try? vm.intern("gc"), let word = try? vm.intern(name),
      let module = PyDict(vm, vm[root: .modules]).get(name: key), vm.is(module, .module),
      let list = PyDict(vm, vm.words(module).value(1)).get(name: word), vm.is(list, .list)
    else { return nil }
    return list
  }

  /// Calls what is in `gc.callbacks`.
  private static func notify(_ vm: VM, _ phase: String, _ generation: Int, collected: Int) throws(Unwind) {
    guard let list = moduleList(vm, "callbacks"), PyList(vm, list).count > 0 else { return }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let info = try vm.newDict()
    vm.keep(info)
    for (name, value) in [("generation", generation), ("collected", collected), ("uncollectable", 0)] {
      try PyDict(vm, info).set(name: vm.intern(name), Value(small: value))
    }
    var index = 0
    while index < PyList(vm, list).count {
      let callback = PyList(vm, list)[index]
      try vm.reportingUnraisable(about: callback) { () throws(Unwind) in
        _ = try vm.call(callback, vm.newString(phase), info)
      }
      index += 1
    }
  }

  private static func referrers(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let wanted = PyTuple(vm, a[0])
    var result: [Value] = []
    let objects = vm.collectableObjects()
    try vm.charge(objects.count)
    for ref in objects where Value(ref) != a[0] {
      let references = vm.visibleReferences(of: ref)
      if (0..<wanted.count).contains(where: { references.contains(wanted[$0]) }) { result.append(Value(ref)) }
    }
    return try vm.newList(result)
  }

  /// CPython does not track what cannot be part of a circle: atoms, and dicts of atoms.
  private static func isTracked(_ vm: VM, _ value: Value) -> Bool {
    guard value.isRef, vm.isCollectable(value.ref) else { return false }
    guard vm.isExactly(value, .dict) else { return true }
    let dict = PyDict(vm, value)
    return (0..<dict.entryCount).contains { index in
      guard let entry = dict.entry(at: index) else { return false }
      return [entry.key, entry.value].contains { $0.isRef && vm.isCollectable($0.ref) }
    }
  }
}

extension VM {
  /// How many of these objects can be reached.
  func aliveCount(_ refs: [Ref]) -> Int {
    var collector = Collector(self)
    collector.markAll()
    return refs.count { collector.isMarked($0) }
  }
}
