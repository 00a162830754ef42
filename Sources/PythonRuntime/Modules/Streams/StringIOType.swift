/// The type `io.StringIO`: `1` the text or None when it is closed, `2` position, `3` how newlines are treated (`Newlines`), `4` what was
/// translated from (bits: 1 `\r`, 2 `\n`, 4 `\r\n`), `5` `__dict__`.
///
/// Writing at the end, which is what is mostly done, is adding strings; that is done in place when the text is large.
enum StringIOType {
  static let type = NativeType(
    .stringIO, "StringIO", base: .textIOBase, kind: .record, module: "_io", making + reading + placing,
    properties: [
      NativeProperty("closed", { (vm, a) throws(Unwind) in Value(vm.words(a[0]).value(Word.text).isNone) }),
      NativeProperty("line_buffering", { (vm, a) throws(Unwind) in
        _ = try text(vm, a[0])
        return .false
      }),
      NativeProperty("newlines", seenNewlines),
    ])

  private enum Word {
    static let text = 1
    static let position = 2
    static let newlines = 3
    static let seen = 4
    static let dict = 5
  }

  /// What `newline` of the constructor asks for.
  private enum Newlines: Int {
    /// `"\n"`: nothing is translated.
    case plain
    /// None: all kinds become `\n` when written.
    case universal
    /// `""`: nothing is translated, and all kinds end lines.
    case kept
    /// `\n` is written as `\r`, or as `\r\n`, and lines end with that.
    case carriageReturn, both
  }

  private static func text(_ vm: VM, _ stream: Value) throws(Unwind) -> Value {
    let text = vm.words(stream).value(Word.text)
    guard text.isRef else { throw vm.raise(.valueError, "I/O operation on closed file") }
    return text
  }

  private static func position(_ vm: VM, _ stream: Value) -> Int { vm.words(stream).value(Word.position).int }

  private static func setPosition(_ vm: VM, _ stream: Value, _ position: Int) {
    vm.words(stream).set(Word.position, Value(small: position))
  }

  private static func newlines(_ vm: VM, _ stream: Value) -> Newlines {
    Newlines(rawValue: vm.words(stream).value(Word.newlines).int) ?? .plain
  }

  private static let making: [NativeFunction] = [
    NativeFunction("__new__", "cls, *args, **kwargs", { (vm, a) throws(Unwind) in
      let ref = try vm.allocate(.record, class: a[0].ref, words: 6, size: 5, flags: ObjectFlags.hasDict)
      let state = vm.words(ref)
      state.set(Word.text, vm[root: .emptyString])
      for word in [Word.position, Word.newlines, Word.seen] { state.set(word, .zero) }
      state.set(Word.dict, .none)
      return Value(ref)
    }, binding: .static),
    NativeFunction("__init__", "self, initial_value=None, newline=", initialize),
    NativeFunction("close", "self, /", { (vm, a) throws(Unwind) in
      vm.words(a[0]).set(Word.text, .none)
      return .none
    }),
    NativeFunction("getvalue", "self, /", { (vm, a) throws(Unwind) in try text(vm, a[0]) }),
    NativeFunction("__getstate__", "self, /", { (vm, a) throws(Unwind) in
      let newline: [Newlines: String] = [.plain: "\n", .kept: "", .carriageReturn: "\r", .both: "\r\n"]
      let mode = newlines(vm, a[0])
      return try vm.newTuple(
        text(vm, a[0]), newline[mode].map { (text) throws(Unwind) in try vm.newString(text) } ?? .none,
        vm.words(a[0]).value(Word.position), vm.words(a[0]).value(Word.dict))
    }),
    NativeFunction("__setstate__", "self, state, /", { (vm, a) throws(Unwind) in
      guard vm.is(a[1], .tuple), PyTuple(vm, a[1]).count >= 4 else {
        throw vm.raise(.typeError, "\(vm.typeName(a[0])).__setstate__ argument should be 4-tuple, got \(vm.typeName(a[1]))")
      }
      let state = PyTuple(vm, a[1])
      _ = try vm.callMethod(a[0], "__init__", vm[root: .emptyString], state[1])
      guard vm.isString(state[0]) else { throw vm.raise(.typeError, "initial_value must be str or None") }
      vm.words(a[0]).set(Word.text, try vm.exactString(state[0]))
      let place = try vm.indexAsInt(state[2], overflow: .overflowError)
      guard place >= 0 else { throw vm.raise(.valueError, "position value cannot be negative") }
      setPosition(vm, a[0], place)
      return .none
    }),
  ]

  private static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard a[1].isNone || vm.isString(a[1]) else {
      throw vm.raise(.typeError, "initial_value must be str or None, not \(vm.typeName(a[1]))")
    }
    guard a[2].isUnbound || a[2].isNone || vm.isString(a[2]) else {
      throw vm.raise(.typeError, "newline must be str or None, not \(vm.typeName(a[2]))")
    }
    let mode: Newlines
    switch a[2].isUnbound ? "\n" : a[2].isNone ? nil : vm.text(a[2]) {
    case nil: mode = .universal
    case "": mode = .kept
    case "\n": mode = .plain
    case "\r": mode = .carriageReturn
    case "\r\n": mode = .both
    default: throw vm.raise(.valueError, "illegal newline value: \(vm.text(try vm.repr(a[2])))")
    }
    let state = vm.words(a[0])
    state.set(Word.text, vm[root: .emptyString])
    state.set(Word.newlines, Value(small: mode.rawValue))
    state.set(Word.seen, .zero)
    setPosition(vm, a[0], 0)
    if vm.isString(a[1]) {
      state.set(Word.text, try vm.exactString(translated(vm, a[0], a[1])))
    }
    return .none
  }

  private static func seenNewlines(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    _ = try text(vm, a[0])
    let seen = vm.words(a[0]).value(Word.seen).int
    let kinds = [(1, "\r"), (2, "\n"), (4, "\r\n")].filter { seen & $0.0 != 0 }.map(\.1)
    if kinds.isEmpty { return .none }
    if kinds.count == 1 { return try vm.newString(kinds[0]) }
    var shown: [Value] = []
    for kind in kinds { shown.append(try vm.newString(kind)) }
    return try vm.newTuple(shown)
  }

  /// What is written for a text.
  private static func translated(_ vm: VM, _ stream: Value, _ value: Value) throws(Unwind) -> Value {
    let mode = newlines(vm, stream)
    guard mode != .plain else { return value }
    let text = PyString(vm, value)
    var out: [UInt32] = []
    out.reserveCapacity(text.count)
    try vm.charge(text.count >> 2)
    var seen = vm.words(stream).value(Word.seen).int
    var index = 0
    while index < text.count {
      let unit = text[index]
      index += 1
      switch (unit, mode) {
      case (0x0A, .carriageReturn): out.append(0x0D)
      case (0x0A, .both): out += [0x0D, 0x0A]
      case (0x0D, .universal), (0x0D, .kept):
        let isPair = index < text.count && text[index] == 0x0A
        seen |= isPair ? 4 : 1
        if mode == .kept { out.append(0x0D) }
        if isPair { index += 1 }
        if isPair || mode == .universal { out.append(0x0A) }
      default:
        if unit == 0x0A { seen |= 2 }
        out.append(unit)
      }
    }
    vm.words(stream).set(Word.seen, Value(small: seen))
    return try vm.newString(scalars: out)
  }

  private static func size(_ vm: VM, _ value: Value) throws(Unwind) -> Int {
    if value.isNone { return -1 }
    guard vm.hasIndex(value) else {
      throw vm.raise(.typeError, "argument should be integer or None, not '\(vm.typeName(value))'")
    }
    return try vm.indexAsInt(value, overflow: .overflowError)
  }

  private static func take(_ vm: VM, _ stream: Value, count: Int) throws(Unwind) -> Value {
    let all = try text(vm, stream)
    let length = PyString(vm, all).count
    let start = min(position(vm, stream), length)
    let taken = count < 0 ? length - start : min(count, length - start)
    setPosition(vm, stream, max(position(vm, stream), start + taken))
    return try vm.substring(all, from: start, count: taken)
  }

  /// The length of the line at the position, with its end.
  private static func lineLength(_ vm: VM, _ stream: Value) throws(Unwind) -> Int {
    let string = PyString(vm, try text(vm, stream))
    let mode = newlines(vm, stream)
    let start = position(vm, stream)
    var index = start
    while index < string.count {
      let unit = string[index]
      index += 1
      switch mode {
      case .plain, .universal: if unit == 0x0A { return index - start }
      case .carriageReturn: if unit == 0x0D { return index - start }
      case .both: if unit == 0x0A, index - start > 1, string[index - 2] == 0x0D { return index - start }
      case .kept:
        if unit == 0x0A { return index - start }
        if unit == 0x0D { return index - start + (index < string.count && string[index] == 0x0A ? 1 : 0) }
      }
    }
    try vm.charge((index - start) >> 3)
    return max(index - start, 0)
  }

  private static let reading: [NativeFunction] = [
    NativeFunction("read", "self, size=-1, /", { (vm, a) throws(Unwind) in
      try take(vm, a[0], count: size(vm, a[1]))
    }),
    NativeFunction("readline", "self, size=-1, /", { (vm, a) throws(Unwind) in
      let limit = try size(vm, a[1])
      let length = try lineLength(vm, a[0])
      return try take(vm, a[0], count: limit < 0 ? length : min(limit, length))
    }),
    NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in
      if vm.classOf(a[0]) == vm.type(.stringIO) {
        let length = try lineLength(vm, a[0])
        guard length > 0 else { throw vm.raise(.stopIteration, arguments: []) }
        return try take(vm, a[0], count: length)
      }
      let line = try vm.callMethod(a[0], "readline")
      guard vm.isString(line) else {
        throw vm.raise(.osError, "readline() should have returned a str object, not '\(vm.typeName(line))'")
      }
      guard PyString(vm, line).count > 0 else { throw vm.raise(.stopIteration, arguments: []) }
      return line
    }),
    NativeFunction("write", "self, s, /", write),
  ]

  private static func write(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[1]) else {
      throw vm.raise(.typeError, "string argument expected, got '\(vm.typeName(a[1]))'")
    }
    var all = try text(vm, a[0])
    let count = PyString(vm, a[1]).count
    guard count > 0 else { return .zero }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let added = try vm.exactString(translated(vm, a[0], a[1]))
    vm.keep(added)
    let addedCount = PyString(vm, added).count
    let start = position(vm, a[0])
    var length = PyString(vm, all).count
    if start > length {
      let gap = try vm.repeatString(vm.character(0), start - length)
      all = try vm.concatStrings(all, gap)
      length = start
    }
    if start == length {
      all = try vm.concatStrings(all, added)
    } else {
      let head = try vm.concatStrings(vm.substring(all, from: 0, count: start), added)
      let end = start + addedCount
      all = end >= length ? head : try vm.concatStrings(head, vm.substring(all, from: end, count: length - end))
      try vm.charge(length >> 6)
    }
    vm.words(a[0]).set(Word.text, all)
    setPosition(vm, a[0], start + addedCount)
    try vm.charge(addedCount >> 6)
    return Value(small: count)
  }

  private static let placing: [NativeFunction] =
    ["readable", "writable", "seekable"].map { name in
      NativeFunction(name, "self, /", { (vm, a) throws(Unwind) in
        _ = try text(vm, a[0])
        return .true
      })
    } + [
      NativeFunction("tell", "self, /", { (vm, a) throws(Unwind) in
        _ = try text(vm, a[0])
        return Value(small: position(vm, a[0]))
      }),
      NativeFunction("seek", "self, pos, whence=0, /", { (vm, a) throws(Unwind) in
        let all = try text(vm, a[0])
        let offset = try vm.indexAsInt(a[1], overflow: .overflowError)
        let whence = try vm.indexAsInt(a[2], overflow: .overflowError)
        guard whence >= 0, whence <= 2 else {
          throw vm.raise(.valueError, "Invalid whence (\(whence), should be 0, 1 or 2)")
        }
        if whence == 0, offset < 0 { throw vm.raise(.valueError, "Negative seek position \(offset)") }
        if whence != 0, offset != 0 { throw vm.raise(.osError, "Can't do nonzero cur-relative seeks") }
        guard offset < 1 << 40 else { throw vm.raise(.overflowError, "new position too large") }
        if whence == 0 { setPosition(vm, a[0], offset) }
        if whence == 2 { setPosition(vm, a[0], PyString(vm, all).count) }
        return Value(small: position(vm, a[0]))
      }),
      NativeFunction("truncate", "self, pos=None, /", { (vm, a) throws(Unwind) in
        let all = try text(vm, a[0])
        let length = a[1].isNone ? position(vm, a[0]) : try size(vm, a[1])
        guard length >= 0 else { throw vm.raise(.valueError, "Negative size value \(length)") }
        if length < PyString(vm, all).count {
          vm.words(a[0]).set(Word.text, try vm.substring(all, from: 0, count: length))
        }
        return Value(small: length)
      }),
    ]
}
