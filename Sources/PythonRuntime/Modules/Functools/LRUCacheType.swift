/// What `functools.lru_cache` makes of a function: `1` function, `2` cache (dict: the order of its entries is that of
/// their last use), `3` maximal
/// size or None, `4` whether types count, `5` hits, `6` misses, `7` type of `cache_info`, `8` where the oldest entry
/// was found
/// (`PyDict.firstEntry`), `9` `__dict__` or None.
enum LRUCacheType {
  private enum Word {
    static let function = 1
    static let cache = 2
    static let maximum = 3
    static let isTyped = 4
    static let hits = 5
    static let misses = 6
    static let infoType = 7
    static let hint = 8
    static let dict = 9
  }

  static let type = NativeType(
    .lruCacheWrapper, "_lru_cache_wrapper", kind: .record, module: "functools",
    [
      NativeFunction("__new__", "cls, user_function, maxsize, typed, cache_info_type", new, binding: .static),
      NativeFunction("__call__", "self, *args, **kwargs", call),
      NativeFunction("cache_info", "self, /", info),
      NativeFunction("cache_clear", "self, /", clear),
      NativeFunction("__get__", "self, instance, owner=None, /", { (vm, a) throws(Unwind) in
        a[1].isNone ? a[0] : try vm.newRecord(.boundMethod, .method, a[0], a[1])
      }),
      NativeFunction("__copy__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__deepcopy__", "self, memo, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
        try vm.getAttribute(a[0], vm.name(.qualname))
      }),
    ],
    properties: [NativeProperty("__dict__", ObjectType.getDict, set: ObjectType.setDict)])

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isCallable(a[1]) else { throw vm.raise(.typeError, "the first argument must be callable") }
    var maximum = Value.none
    if !a[2].isNone {
      guard vm.hasIndex(a[2]) else { throw vm.raise(.typeError, "maxsize should be integer or None") }
      maximum = Value(small: min(max(try vm.indexAsInt(a[2], overflow: .overflowError), 0), Value.maxSmall))
    }
    let isTyped = try vm.truth(a[3])
    let cache = try vm.newDict()
    let ref = try vm.allocate(.record, class: a[0].ref, words: 10, size: Word.dict, flags: ObjectFlags.hasDict)
    let state = vm.words(ref)
    state.set(Word.function, a[1])
    state.set(Word.cache, cache)
    state.set(Word.maximum, maximum)
    state.set(Word.isTyped, Value(isTyped))
    state.set(Word.infoType, a[4])
    state.set(Word.dict, .none)
    return Value(ref)
  }

  private static func count(_ state: Words, _ word: Int) { state.set(word, Value(small: state.value(word).int + 1)) }

  static func call(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let state = vm.words(a[0])
    let keywords = a[2].isRef ? a[2] : Value.none
    let function = state.value(Word.function)
    if state.value(Word.maximum) == .zero {
      count(state, Word.misses)
      return try vm.call(function, tuple: a[1], dict: keywords)
    }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let key = try makeKey(vm, PyTuple(vm, a[1]), keywords, isTyped: state.value(Word.isTyped) == .true)
    vm.keep(key)
    let hash = try vm.hashKey(key)
    let cache = PyDict(vm, state.value(Word.cache))
    if let entry = try cache.find(key, hash: hash) {
      count(state, Word.hits)
      let value = cache.table().value(entry)
      if !state.value(Word.maximum).isNone, entry != cache.entryCount - 1 {
        // Its last use is now: it becomes the last entry.
        let kept = cache.table().key(entry)
        cache.remove(at: entry)
        try cache.insert(kept, value, hash: hash)
      }
      return value
    }
    count(state, Word.misses)
    let result = try vm.call(function, tuple: a[1], dict: keywords)
    vm.keep(result)
    guard try cache.find(key, hash: hash) == nil else { return result }
    if !state.value(Word.maximum).isNone, cache.count >= state.value(Word.maximum).int {
      var hint = state.value(Word.hint).int
      if let oldest = try cache.firstEntry(hint: &hint) { cache.remove(at: oldest) }
      state.set(Word.hint, Value(small: hint))
    }
    try cache.insert(key, result, hash: hash)
    return result
  }

  /// The arguments as a key; a single string or integer stands for itself.
  private static func makeKey(_ vm: VM, _ arguments: PyTuple, _ keywords: Value, isTyped: Bool)
    throws(Unwind) -> Value
  {
    let keywordCount = keywords.isRef ? PyDict(vm, keywords).count : 0
    if !isTyped, keywordCount == 0 {
      if arguments.count == 1, arguments[0].isInt || vm.isPlain(arguments[0], .string) { return arguments[0] }
      return try vm.newTuple(from: arguments.words, at: 2, count: arguments.count)
    }
    var parts = (0..<arguments.count).map { arguments[$0] }
    if keywordCount > 0 {
      parts.append(.unbound)
      let dict = PyDict(vm, keywords)
      for index in 0..<dict.entryCount {
        if let entry = dict.entry(at: index) { parts += [entry.key, entry.value] }
      }
    }
    if isTyped {
      let values = parts
      for index in 0..<arguments.count { parts.append(Value(vm.classOf(values[index]))) }
      if keywordCount > 0 {
        for index in 0..<keywordCount { parts.append(Value(vm.classOf(values[arguments.count + 2 + 2 * index]))) }
      }
    }
    return try vm.newTuple(parts)
  }

  static func info(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let state = vm.words(a[0])
    let figures = [
      state.value(Word.hits), state.value(Word.misses), state.value(Word.maximum),
      Value(small: PyDict(vm, state.value(Word.cache)).count),
    ]
    return try vm.call(state.value(Word.infoType), arguments: figures, keywords: [])
  }

  static func clear(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let state = vm.words(a[0])
    state.set(Word.hits, .zero)
    state.set(Word.misses, .zero)
    state.set(Word.hint, .zero)
    PyDict(vm, state.value(Word.cache)).removeAll()
    return .none
  }
}

extension PyDict {
  /// The first entry that was not deleted. `hint` says where it was found last (0 at first), so that taking one after
  /// the other away does not
  /// walk over the deleted ones again.
  func firstEntry(hint: inout Int) throws(Unwind) -> Int? {
    guard count > 0 else { return nil }
    let table = self.table()
    let tableNumber = words.low(1) >> 4
    var entry = hint >> 28 == tableNumber ? hint & 0xFFF_FFFF : 0
    let start = entry
    while entry < entryCount, table.key(entry).isUnbound { entry += 1 }
    try vm.charge((entry - start) >> 2)
    guard entry < entryCount else { return nil }
    hint = tableNumber << 28 | entry
    return entry
  }
}
