/// The type `list`.
enum ListType {
  static let type = NativeType(
    .list, "list", kind: .list, signature: "(iterable=(), /)",
    doc: """
      Built-in mutable sequence.

      If no argument is given, the constructor creates a new empty list.
      The argument must be an iterable if specified.
      """,
    [
      NativeFunction("__new__", "cls, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, iterable=, /", initialize),
      NativeFunction("append", "self, object, /", append),
      NativeFunction("clear", "self, /", clear),
      NativeFunction("copy", "self, /", copy),
      NativeFunction("count", "self, value, /", count),
      NativeFunction("extend", "self, iterable, /", extend),
      NativeFunction("index", "self, value, start=, stop=, /", index),
      NativeFunction("insert", "self, index, object, /", insert),
      NativeFunction("pop", "self, index=-1, /", pop),
      NativeFunction("remove", "self, value, /", remove),
      NativeFunction("reverse", "self, /", reverse),
      NativeFunction("sort", "self, /, *, key=None, reverse=False", sort),
      NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
      NativeFunction("__len__", "self, /", { (vm, a) throws(Unwind) in Value(small: PyList(vm, a[0]).count) }),
      NativeFunction("__getitem__", "self, index, /", { (vm, a) throws(Unwind) in try vm.listItem(a[0], a[1]) }),
      NativeFunction("__setitem__", "self, key, value, /", setItem),
      NativeFunction("__delitem__", "self, key, /", deleteItem),
      NativeFunction("__contains__", "self, key, /", contains),
      NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in
        try vm.newRecord(.listIterator, .listIterator, a[0], .zero)
      }),
      NativeFunction("__reversed__", "self, /", reversed),
      NativeFunction("__add__", "self, value, /", add),
      NativeFunction("__iadd__", "self, value, /", addInPlace),
      NativeFunction("__mul__", "self, value, /", multiply),
      NativeFunction("__rmul__", "self, value, /", multiply),
      NativeFunction("__imul__", "self, value, /", multiplyInPlace),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__sizeof__", "self, /", sizeof),
    ]
      + SequenceComparison.rows { (vm, op, x, y) throws(Unwind) in
        guard vm.is(y, .list) else { return .notImplemented }
        return try vm.compareSequences(op, x, y)
      })

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(try vm.allocateSubclassable(.list, class: a[0].ref, words: 3))
  }

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    _ = try clear(vm, a)
    if !a[1].isUnbound { try vm.listExtend(a[0], a[1]) }
    return .none
  }

  static func append(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try PyList(vm, a[0]).append(a[1])
    return .none
  }

  static func clear(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let list = PyList(vm, a[0])
    list.count = 0
    list.words[2] = 0
    return .none
  }

  static func copy(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let list = PyList(vm, a[0])
    try vm.charge(list.count >> 3)
    return try vm.newList(from: list.buffer, at: 1, count: list.count)
  }

  static func count(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let list = PyList(vm, a[0])
    let wanted = a[1]
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var found = 0
    var index = 0
    while index < list.count {
      let element = list[index]
      index += 1
      if try vm.sameKept(element, wanted, mark) { found += 1 }
    }
    try vm.charge(index >> 2)
    return Value(small: found)
  }

  static func extend(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.listExtend(a[0], a[1])
    return .none
  }

  static func index(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let list = PyList(vm, a[0])
    let wanted = a[1]
    let range = try vm.searchRange(a[2], a[3], count: list.count)
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var index = range.start
    while index < range.stop, index < list.count {
      if try vm.sameKept(list[index], wanted, mark) {
        try vm.charge((index - range.start) >> 2)
        return Value(small: index)
      }
      index += 1
    }
    throw vm.raise(.valueError, "\(vm.text(try vm.repr(wanted))) is not in list")
  }

  static func insert(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var position = try vm.indexAsInt(a[1], overflow: .overflowError)
    let list = PyList(vm, a[0])
    let count = list.count
    if position < 0 { position = max(position + count, 0) }
    position = min(position, count)
    try vm.charge((count - position) >> 4)
    if count == list.capacity { try list.reserve(count + 1) }
    let buffer = list.buffer
    if position < count {
      buffer.copy(from: buffer, at: position + 2, sourceIndex: position + 1, count: count - position)
    }
    buffer.set(position + 1, a[2])
    list.count = count + 1
    return .none
  }

  static func pop(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let list = PyList(vm, a[0])
    if a[1] == Value(small: -1), list.count > 0 { return try list.removeLast() }
    var position = try vm.indexAsInt(a[1])
    let count = list.count
    guard count > 0 else { throw vm.raise(.indexError, "pop from empty list") }
    if position < 0 { position += count }
    guard position >= 0, position < count else { throw vm.raise(.indexError, "pop index out of range") }
    let value = list[position]
    try vm.charge((count - position) >> 4)
    try list.replace(from: position, count: 1, with: list.words, at: 0, newCount: 0)
    return value
  }

  static func remove(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let list = PyList(vm, a[0])
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var index = 0
    while index < list.count {
      if try vm.sameKept(list[index], a[1], mark) {
        try vm.charge(list.count >> 3)
        if index < list.count {
          try list.replace(from: index, count: 1, with: list.words, at: 0, newCount: 0)
        }
        return .none
      }
      index += 1
    }
    throw vm.raise(.valueError, "list.remove(x): x not in list")
  }

  static func reverse(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let list = PyList(vm, a[0])
    try vm.charge(list.count >> 3)
    if list.count > 1 { list.buffer.reverse(from: 1, count: list.count) }
    return .none
  }

  static func sort(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.listSort(a[0], key: a[1], reverse: vm.truthOfFlag(a[2]))
    return .none
  }

  static func setItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.listSetItem(a[0], a[1], a[2])
    return .none
  }

  static func deleteItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.listDeleteItem(a[0], a[1])
    return .none
  }

  static func contains(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(try vm.sequenceContains(a[0], a[1]))
  }

  static func reversed(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.newRecord(.reversedIterator, .listReverseIterator, a[0], Value(small: PyList(vm, a[0]).count - 1))
  }

  static func add(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .list) else { return .notImplemented }
    return try vm.listConcatenated(a[0], a[1])
  }

  static func addInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.listExtend(a[0], a[1])
    return a[0]
  }

  static func multiply(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.hasIndex(a[1]) else { return .notImplemented }
    let times = try vm.indexAsInt(a[1], overflow: .overflowError)
    return try vm.listRepeated(a[0], times)
  }

  static func multiplyInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.hasIndex(a[1]) else { return .notImplemented }
    let times = try vm.indexAsInt(a[1], overflow: .overflowError)
    if times <= 0 { return try { () throws(Unwind) in _ = try clear(vm, a); return a[0] }() }
    let list = PyList(vm, a[0])
    let count = list.count
    let total = try vm.repeatedCount(count, times)
    guard total > count else { return a[0] }
    try list.reserve(total)
    list.buffer.fillRepeating(list.buffer, at: 1, count: count, total: total)
    list.count = total
    return a[0]
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let list = PyList(vm, a[0])
    if list.count == 0 { return try vm.newString("[]") }
    guard try vm.enterRepr(a[0]) else { return try vm.newString("[...]") }
    defer { vm.leaveRepr(a[0]) }
    var out: [UInt8] = [0x5B]
    var index = 0
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    while index < list.count {
      if index > 0 { out += [0x2C, 0x20] }
      let element = list[index]
      vm.keep(element)
      vm.text(of: try vm.repr(element), into: &out)
      vm.keepRelease(mark)
      index += 1
    }
    out.append(0x5D)
    try vm.charge(out.count >> 3)
    return try vm.newString(utf8: out)
  }

  static func sizeof(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(small: 40 + PyList(vm, a[0]).capacity * 8)
  }
}

/// `list[int]` and its like.
enum GenericAliases {
  /// `__class_getitem__` of a built-in generic class.
  static func make(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.newGenericAlias(a[0], a[1])
  }
}

extension VM {
  /// A truth value that was passed for a `bool` parameter of a native function: an integer is meant.
  func truthOfFlag(_ value: Value) throws(Unwind) -> Bool {
    if value.isBool { return value == .true }
    return try index(value) != .zero
  }

  /// Whether an element that may leave its container meanwhile equals `wanted`, which the caller keeps alive.
  @inline(__always) func sameKept(_ element: Value, _ wanted: Value, _ mark: Int) throws(Unwind) -> Bool {
    if element == wanted { return true }
    if element.isInt && wanted.isInt { return false }
    if let quick = equalKeysQuickly(element, wanted) { return quick }
    keep(element)
    let same = try equal(element, wanted)
    keepRelease(mark)
    return same
  }

  /// `value in list`, `value in tuple`.
  package func sequenceContains(_ sequence: Value, _ value: Value) throws(Unwind) -> Bool {
    guard let first = elements(sequence) else { return false }
    if value.isInt, let found = integerIn(first, value) { return found }
    var source = first
    var index = 0
    let mark = keepMark()
    defer { keepRelease(mark) }
    while index < source.count {
      let element = source.words.value(source.start &+ index)
      index &+= 1
      if element == value { return true }
      if let quick = equalKeysQuickly(element, value) {
        if quick { return true }
        continue
      }
      keep(element)
      if try equal(element, value) { return true }
      keepRelease(mark)
      guard let again = elements(sequence) else { return false }
      source = again
    }
    try charge(index >> 2)
    return false
  }

  /// The search for a small integer among small integers only; nil when an element is something else.
  private func integerIn(_ source: (words: Words, start: Int, count: Int), _ value: Value) -> Bool? {
    for index in 0..<source.count {
      let element = source.words.value(source.start &+ index)
      if element == value { return true }
      if !element.isInt { return nil }
    }
    return false
  }
}

extension Words {
  /// Reverses `count` words from `start` on.
  func reverse(from start: Int, count: Int) {
    var low = start
    var high = start &+ count &- 1
    while low < high {
      let word = self[low]
      self[low] = self[high]
      self[high] = word
      low &+= 1
      high &-= 1
    }
  }
}
