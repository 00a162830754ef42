/// The type `io.BytesIO`: `1` the bytes (a hidden bytearray) or None when it is closed, `2` position.
enum BytesIOType {
  static let type = NativeType(
    .bytesIO, "BytesIO", base: .bufferedIOBase, kind: .record, module: "_io", making + reading + placing,
    properties: [NativeProperty("closed", { (vm, a) throws(Unwind) in Value(vm.words(a[0]).value(1).isNone) })])

  private enum Word {
    static let buffer = 1
    static let position = 2
  }

  private static func buffer(_ vm: VM, _ stream: Value) throws(Unwind) -> PyBytearray {
    let buffer = vm.words(stream).value(Word.buffer)
    guard buffer.isRef else { throw vm.raise(.valueError, "I/O operation on closed file.") }
    return PyBytearray(vm, buffer)
  }

  private static func position(_ vm: VM, _ stream: Value) -> Int { vm.words(stream).value(Word.position).int }

  private static func setPosition(_ vm: VM, _ stream: Value, _ position: Int) {
    vm.words(stream).set(Word.position, Value(small: position))
  }

  private static let making: [NativeFunction] = [
    NativeFunction("__new__", "cls, *args, **kwargs", { (vm, a) throws(Unwind) in
      let ref = try vm.allocate(.record, class: a[0].ref, words: 4, size: 3, flags: ObjectFlags.hasDict)
      let (fresh, _) = try vm.allocateBytearray(count: 0)
      vm.words(ref).set(Word.buffer, fresh)
      vm.words(ref).set(Word.position, .zero)
      vm.words(ref).set(3, .none)
      return Value(ref)
    }, binding: .static),
    NativeFunction("__init__", "self, initial_bytes=None", { (vm, a) throws(Unwind) in
      let content = a[1].isNone ? [] : try vm.requireBytes(a[1]).array()
      let (fresh, bytes) = try vm.allocateBytearray(count: content.count)
      bytes.write(content)
      vm.words(a[0]).set(Word.buffer, fresh)
      setPosition(vm, a[0], 0)
      return .none
    }),
    NativeFunction("close", "self, /", { (vm, a) throws(Unwind) in
      let current = vm.words(a[0]).value(Word.buffer)
      if current.isRef, PyBytearray(vm, current).exports > 0 {
        throw vm.raise(.bufferError, "Existing exports of data: object cannot be re-sized")
      }
      vm.words(a[0]).set(Word.buffer, .none)
      return .none
    }),
    NativeFunction("getvalue", "self, /", { (vm, a) throws(Unwind) in
      let all = try buffer(vm, a[0])
      try vm.charge(all.count >> 6)
      return try vm.newBytes(all.bytes, count: all.count)
    }),
    NativeFunction("getbuffer", "self, /", { (vm, a) throws(Unwind) in
      _ = try buffer(vm, a[0])
      return try vm.call(Value(vm.type(.memoryview)), vm.words(a[0]).value(Word.buffer))
    }),
    NativeFunction("__getstate__", "self, /", { (vm, a) throws(Unwind) in
      let all = try buffer(vm, a[0])
      let dict = vm.words(a[0]).value(3)
      return try vm.newTuple(vm.newBytes(all.bytes, count: all.count), vm.words(a[0]).value(Word.position), dict)
    }),
    NativeFunction("__setstate__", "self, state, /", { (vm, a) throws(Unwind) in
      guard vm.is(a[1], .tuple), PyTuple(vm, a[1]).count >= 3 else {
        throw vm.raise(.typeError, "\(vm.typeName(a[0])).__setstate__ argument should be 3-tuple, got \(vm.typeName(a[1]))")
      }
      let state = PyTuple(vm, a[1])
      _ = try vm.callMethod(a[0], "__init__", state[0])
      let place = try vm.indexAsInt(state[1], overflow: .overflowError)
      guard place >= 0 else { throw vm.raise(.valueError, "position value cannot be negative") }
      setPosition(vm, a[0], place)
      return .none
    }),
  ]

  /// Takes `count` bytes (all when negative) from the position on.
  private static func take(_ vm: VM, _ a: Arguments, count: Int) throws(Unwind) -> Value {
    let all = try buffer(vm, a[0])
    let start = min(position(vm, a[0]), all.count)
    let taken = count < 0 ? all.count - start : min(count, all.count - start)
    if taken > 0 { setPosition(vm, a[0], start + taken) }
    try vm.charge(taken >> 6)
    return try vm.newBytes(all.bytes.advanced(by: start), count: taken)
  }

  private static func size(_ vm: VM, _ value: Value) throws(Unwind) -> Int {
    if value.isNone { return -1 }
    guard vm.hasIndex(value) else {
      throw vm.raise(.typeError, "argument should be integer or None, not '\(vm.typeName(value))'")
    }
    return try vm.indexAsInt(value, overflow: .overflowError)
  }

  private static func lineLength(_ all: PyBytearray, from start: Int) -> Int {
    guard start < all.count else { return 0 }
    let rest = all.bytes.advanced(by: start)
    return rest.firstIndex(of: 0x0A, count: all.count - start).map { $0 + 1 } ?? all.count - start
  }

  private static let reading: [NativeFunction] = [
    NativeFunction("read", "self, size=-1, /", { (vm, a) throws(Unwind) in try take(vm, a, count: size(vm, a[1])) }),
    NativeFunction("read1", "self, size=-1, /", { (vm, a) throws(Unwind) in try take(vm, a, count: size(vm, a[1])) }),
    NativeFunction("readinto", "self, buffer, /", { (vm, a) throws(Unwind) in
      let all = try buffer(vm, a[0])
      let target = try vm.requireWritableBytes(a[1])
      let start = min(position(vm, a[0]), all.count)
      let taken = min(target.count, all.count - start)
      target.bytes.write(all.bytes.advanced(by: start).array(count: taken))
      setPosition(vm, a[0], start + taken)
      try vm.charge(taken >> 6)
      return Value(small: taken)
    }),
    NativeFunction("readline", "self, size=-1, /", { (vm, a) throws(Unwind) in
      let all = try buffer(vm, a[0])
      let limit = try size(vm, a[1])
      let length = lineLength(all, from: position(vm, a[0]))
      return try take(vm, a, count: limit < 0 ? length : min(limit, length))
    }),
    NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in
      let length = try lineLength(buffer(vm, a[0]), from: position(vm, a[0]))
      guard length > 0 else { throw vm.raise(.stopIteration, arguments: []) }
      return try take(vm, a, count: length)
    }),
    NativeFunction("readlines", "self, size=None, /", { (vm, a) throws(Unwind) in
      let limit = try size(vm, a[1])
      let list = try vm.newList()
      var total = 0
      while case let length = try lineLength(buffer(vm, a[0]), from: position(vm, a[0])), length > 0 {
        try PyList(vm, list).append(take(vm, a, count: length))
        total += length
        if limit > 0, total >= limit { break }
      }
      return list
    }),
    NativeFunction("write", "self, b, /", write),
  ]

  private static func write(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let all = try buffer(vm, a[0])
    let content = try vm.requireBytes(a[1]).array()
    if all.exports > 0 { throw vm.raise(.bufferError, "Existing exports of data: object cannot be re-sized") }
    guard !content.isEmpty else { return .zero }
    let start = position(vm, a[0])
    try vm.charge(content.count >> 6)
    let oldCount = all.count
    let end = start + content.count
    if end > oldCount { try all.resize(to: end) }
    if start > oldCount { all.bytes.advanced(by: oldCount).fill(count: start - oldCount, with: 0) }
    all.bytes.advanced(by: start).write(content)
    setPosition(vm, a[0], end)
    return Value(small: content.count)
  }

  private static let placing: [NativeFunction] =
    ["readable", "writable", "seekable"].map { name in
      NativeFunction(name, "self, /", { (vm, a) throws(Unwind) in
        _ = try buffer(vm, a[0])
        return .true
      })
    } + [
      NativeFunction("isatty", "self, /", { (vm, a) throws(Unwind) in
        _ = try buffer(vm, a[0])
        return .false
      }),
      NativeFunction("flush", "self, /", { (vm, a) throws(Unwind) in
        _ = try buffer(vm, a[0])
        return .none
      }),
      NativeFunction("tell", "self, /", { (vm, a) throws(Unwind) in
        _ = try buffer(vm, a[0])
        return Value(small: position(vm, a[0]))
      }),
      NativeFunction("seek", "self, pos, whence=0, /", { (vm, a) throws(Unwind) in
        let all = try buffer(vm, a[0])
        let offset = try vm.indexAsInt(a[1], overflow: .overflowError)
        let whence = try vm.indexAsInt(a[2], overflow: .overflowError)
        if offset < 0, whence == 0 { throw vm.raise(.valueError, "negative seek value \(offset)") }
        let origin: Int
        switch whence {
        case 0: origin = 0
        case 1: origin = position(vm, a[0])
        case 2: origin = all.count
        default: throw vm.raise(.valueError, "invalid whence (\(whence), should be 0, 1 or 2)")
        }
        guard offset < 1 << 40 else { throw vm.raise(.overflowError, "new position too large") }
        setPosition(vm, a[0], max(origin + offset, 0))
        return Value(small: position(vm, a[0]))
      }),
      NativeFunction("truncate", "self, size=None, /", { (vm, a) throws(Unwind) in
        let all = try buffer(vm, a[0])
        let length = a[1].isNone ? position(vm, a[0]) : try size(vm, a[1])
        guard length >= 0 else { throw vm.raise(.valueError, "negative size value \(length)") }
        if length < all.count { try all.resize(to: length) }
        return Value(small: length)
      }),
    ]
}
