/// The type `array.array`.
enum ArrayType {
  static let type = NativeType(
    .array, "array", kind: .array, module: "array",
    doc: """
      array(typecode [, initializer]) -> array

      A sequence whose items are numbers (or characters) of one C type, which the type code names,
      one after the other in memory.
      """,
    [NativeFunction("__new__", "cls, *args, **kwargs", new, binding: .static)] + methods + ArrayItems.functions
      + ArrayConversion.functions + comparisons,
    properties: [
      NativeProperty("typecode", { (vm, a) throws(Unwind) in
        try vm.character(UInt32(PyArray(vm, a[0]).code.rawValue))
      }),
      NativeProperty("itemsize", { (vm, a) throws(Unwind) in Value(small: PyArray(vm, a[0]).code.size) }),
    ])

  private static let methods = [
    NativeFunction("append", "self, v, /", { (vm, a) throws(Unwind) in
      try PyArray(vm, a[0]).append(a[1])
      return .none
    }),
    NativeFunction("extend", "self, bb, /", { (vm, a) throws(Unwind) in
      try extend(vm, a[0], a[1])
      return .none
    }),
    NativeFunction("insert", "self, i, v, /", insert),
    NativeFunction("pop", "self, i=-1, /", pop),
    NativeFunction("remove", "self, v, /", { (vm, a) throws(Unwind) in
      guard let index = try find(vm, a[0], a[1], 0, Int.max) else {
        throw vm.raise(.valueError, "array.remove(x): x not in array")
      }
      try PyArray(vm, a[0]).replace(index, 1, room: 0)
      return .none
    }),
    NativeFunction("index", "self, v, start=0, stop=, /", { (vm, a) throws(Unwind) in
      let count = PyArray(vm, a[0]).count
      var start = try vm.slicePart(a[2]) ?? 0
      var stop = a[3].isUnbound ? Int.max : try vm.slicePart(a[3]) ?? Int.max
      if start < 0 { start = max(0, start + count) }
      if stop < 0 { stop += count }
      guard let index = try find(vm, a[0], a[1], start, stop) else {
        throw vm.raise(.valueError, "array.index(x): x not in array")
      }
      return Value(small: index)
    }),
    NativeFunction("count", "self, v, /", { (vm, a) throws(Unwind) in
      var total = 0
      var index = 0
      while index < PyArray(vm, a[0]).count {
        if try vm.equal(PyArray(vm, a[0]).item(index), a[1]) { total += 1 }
        index += 1
        try vm.charge(1)
      }
      return Value(small: total)
    }),
    NativeFunction("__contains__", "self, v, /", { (vm, a) throws(Unwind) in
      Value(try find(vm, a[0], a[1], 0, Int.max) != nil)
    }),
    NativeFunction("reverse", "self, /", { (vm, a) throws(Unwind) in
      let array = PyArray(vm, a[0])
      let count = array.count
      try vm.charge(count)
      for index in 0..<count / 2 {
        let bits = array.bits(index)
        array.setBits(index, array.bits(count - 1 - index))
        array.setBits(count - 1 - index, bits)
      }
      return .none
    }),
    NativeFunction("byteswap", "self, /", { (vm, a) throws(Unwind) in
      let array = PyArray(vm, a[0])
      let shift = UInt64(64 - array.code.size * 8)
      try vm.charge(array.count)
      for index in 0..<array.count { array.setBits(index, array.bits(index).byteSwapped >> shift) }
      return .none
    }),
    NativeFunction("buffer_info", "self, /", { (vm, a) throws(Unwind) in
      let address = vm.words(a[0]).value(3)
      return try vm.newPair(
        Value(small: address.isRef ? Int(address.ref.offset) + 8 : 0), Value(small: PyArray(vm, a[0]).count))
    }),
    NativeFunction("__copy__", "self, /", copy),
    NativeFunction("__deepcopy__", "self, unused, /", copy),
    NativeFunction("__sizeof__", "self, /", { (vm, a) throws(Unwind) in
      Value(small: 80 + PyArray(vm, a[0]).count * PyArray(vm, a[0]).code.size)
    }),
  ]

  static func copy(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyArray(vm, a[0])
    return try PyArray.make(vm, array.code, copying: array.bytes, count: array.count)
  }

  // MARK: Making

  static func code(_ vm: VM, _ value: Value, _ what: String) throws(Unwind) -> ArrayCode? {
    guard vm.isString(value), PyString(vm, value).count == 1 else {
      throw vm.raise(.typeError, "\(what) must be a unicode character, not \(vm.typeName(value))")
    }
    return UInt8(exactly: PyString(vm, value)[0]).flatMap { ArrayCode(rawValue: $0) }
  }

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[0] == Value(vm.type(.array)), a[2].isRef, PyDict(vm, a[2]).count > 0 {
      throw vm.raise(.typeError, "array.array() takes no keyword arguments")
    }
    let arguments = PyTuple(vm, a[1])
    guard arguments.count > 0 else { throw vm.raise(.typeError, "array() takes at least 1 argument (0 given)") }
    guard arguments.count <= 2 else {
      throw vm.raise(.typeError, "array() takes at most 2 arguments (\(arguments.count) given)")
    }
    guard let code = try code(vm, arguments[0], "array() argument 1") else {
      throw vm.raise(
        .valueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)")
    }
    let source = arguments.count > 1 ? arguments[1] : .none
    if code != .character {
      if vm.isString(source) {
        throw vm.raise(
          .typeError, "cannot use a str to initialize an array with typecode '\(code.letter)'")
      }
      if vm.is(source, .array), PyArray(vm, source).code == .character {
        throw vm.raise(
          .typeError, "cannot use a unicode array to initialize an array with typecode '\(code.letter)'")
      }
    }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let result = try PyArray.make(vm, code, class: a[0].ref)
    vm.keep(result)
    if arguments.count > 1 { try fill(vm, result, from: source) }
    return result
  }

  private static func fill(_ vm: VM, _ result: Value, from source: Value) throws(Unwind) {
    let array = PyArray(vm, result)
    if vm.isString(source) {
      try appendText(vm, array, source)
    } else if vm.is(source, .bytes) || vm.is(source, .bytearray), let view = BytesView(vm, source) {
      try vm.requireRoom(view.count)
      try array.append(bytes: view.array())
    } else if vm.is(source, .array), PyArray(vm, source).code == array.code {
      let other = PyArray(vm, source)
      try array.resize(to: other.count)
      array.bytes.copy(from: other.bytes, count: other.count * array.code.size)
    } else {
      guard vm.isIterable(source) else {
        throw vm.raise(.typeError, "'\(vm.typeName(source))' object is not iterable")
      }
      try vm.iterate(source) { (item) throws(Unwind) in
        try PyArray(vm, result).append(item)
        return true
      }
    }
  }

  static func appendText(_ vm: VM, _ array: PyArray, _ text: Value) throws(Unwind) {
    let string = PyString(vm, text)
    let old = array.count
    try vm.charge(string.count)
    try array.resize(to: old + string.count)
    for index in 0..<string.count { array.setBits(old + index, UInt64(string[index])) }
  }

  // MARK: Changing

  static func extend(_ vm: VM, _ target: Value, _ source: Value) throws(Unwind) {
    guard vm.is(source, .array) else {
      return try vm.iterate(source) { (item) throws(Unwind) in
        try PyArray(vm, target).append(item)
        return true
      }
    }
    let array = PyArray(vm, target)
    let other = PyArray(vm, source)
    guard array.code == other.code else {
      throw vm.raise(.typeError, "can only extend with array of same kind")
    }
    let (old, added, size) = (array.count, other.count, array.code.size)
    try vm.charge(added * size >> 6)
    try array.resize(to: old + added)
    array.bytes.advanced(by: old * size).copy(from: other.bytes, count: added * size)
  }

  static func insert(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var index = try vm.indexAsInt(a[1], overflow: .overflowError)
    let bits = try PyArray(vm, a[0]).code.bits(vm, a[2])
    let array = PyArray(vm, a[0])
    if index < 0 { index = max(0, index + array.count) }
    index = min(index, array.count)
    try array.replace(index, 0, room: 1)
    array.setBits(index, bits)
    return .none
  }

  static func pop(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var index = try vm.indexAsInt(a[1], overflow: .overflowError)
    let array = PyArray(vm, a[0])
    guard array.count > 0 else { throw vm.raise(.indexError, "pop from empty array") }
    if index < 0 { index += array.count }
    guard index >= 0, index < array.count else { throw vm.raise(.indexError, "pop index out of range") }
    let item = try array.item(index)
    try array.replace(index, 1, room: 0)
    return item
  }

  private static func find(
    _ vm: VM, _ target: Value, _ value: Value, _ start: Int, _ stop: Int
  ) throws(Unwind) -> Int? {
    var index = start
    while index < min(stop, PyArray(vm, target).count) {
      if try vm.equal(PyArray(vm, target).item(index), value) { return index }
      index += 1
      try vm.charge(1)
    }
    return nil
  }

  // MARK: Comparing

  private static let comparisons = SequenceComparison.rows { (vm, op, x, y) throws(Unwind) in
    guard vm.is(x, .array), vm.is(y, .array) else { return .notImplemented }
    var index = 0
    while index < PyArray(vm, x).count, index < PyArray(vm, y).count {
      let first = try PyArray(vm, x).item(index)
      let second = try PyArray(vm, y).item(index)
      index += 1
      try vm.charge(1)
      if try !vm.equal(first, second) {
        if op == .equal || op == .notEqual { return Value(op == .notEqual) }
        return try vm.compare(op, first, second)
      }
    }
    return Value(VM.holds(op, PyArray(vm, x).count, PyArray(vm, y).count))
  }
}
