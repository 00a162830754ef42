/// `bytearray`: what changes it; the rest it shares with bytes in `ByteMethods`.
enum BytearrayType {
  static let type = NativeType(
    .bytearray, "bytearray", kind: .bytearray,
    doc: """
      bytearray(source=b'', encoding=None, errors='strict') -> bytearray

      A sequence of numbers from 0 to 255 that can change and grow, made of the same sources as bytes.
      """,
    [
      NativeFunction("__new__", "cls, /, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, source=, encoding=, errors=", initialize),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__str__", "self, /", repr),
      NativeFunction("__iter__", "self, /", iter),
      NativeFunction("__getitem__", "self, key, /", getItem),
      NativeFunction("__setitem__", "self, key, value, /", setItem),
      NativeFunction("__delitem__", "self, key, /", deleteItem),
      NativeFunction("__iadd__", "self, value, /", extendInPlace),
      NativeFunction("__imul__", "self, value, /", multiplyInPlace),
      NativeFunction("__alloc__", "self, /", allocated),
      NativeFunction("__sizeof__", "self, /", sizeOf),
      NativeFunction("append", "self, item, /", append),
      NativeFunction("clear", "self, /", clear),
      NativeFunction("copy", "self, /", copy),
      NativeFunction("extend", "self, iterable_of_ints, /", extend),
      NativeFunction("insert", "self, index, item, /", insert),
      NativeFunction("pop", "self, index=-1, /", pop),
      NativeFunction("remove", "self, value, /", remove),
      NativeFunction("reverse", "self, /", reverse),
      NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in try reduced(vm, a[0], protocol: 2) }),
      NativeFunction("__reduce_ex__", "self, proto=0, /", { (vm, a) throws(Unwind) in
        try reduced(vm, a[0], protocol: vm.indexAsInt(a[1], overflow: .overflowError))
      }),
    ] + ByteMethods.functions)

  /// The call that makes one like it: from text until pickles knew bytes, with protocol 3.
  private static func reduced(_ vm: VM, _ value: Value, protocol version: Int) throws(Unwind) -> Value {
    let bytes = vm.byteArray(value)
    var arguments: [Value] = []
    if !bytes.isEmpty, version < 3 {
      let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
      arguments = [try vm.newString(text), try vm.newString("latin-1")]
    } else if !bytes.isEmpty {
      arguments = [try vm.newBytes(bytes)]
    }
    let tuple = try vm.newTuple(arguments)
    vm.keep(tuple)
    let state = try vm.callMethod(value, "__getstate__")
    return try vm.newTuple(Value(vm.classOf(value)), tuple, state)
  }

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.allocateBytearray(count: 0, class: a[0].ref).0
  }

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyBytearray(vm, a[0])
    let isIterable =
      !a[1].isUnbound && a[2].isUnbound && a[3].isUnbound && !vm.isString(a[1]) && !vm.isInteger(a[1])
      && BytesView(vm, a[1]) == nil && vm.lookupSpecial(a[1], .index) == nil && vm.lookupSpecial(a[1], .iter) != nil
    guard isIterable else {
      let source = try vm.bytesFromArguments(a, into: "bytearray")
      try array.replace(0, array.count, with: source)
      return .none
    }
    // The array grows while the iterable runs, and the iterable may look.
    try array.resize(to: 0)
    try vm.iterate(a[1]) { (item) throws(Unwind) in
      try array.append(vm.requireByte(item))
      return true
    }
    return .none
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = ByteMethods.receiver(vm, a)
    try vm.charge(view.count >> 3)
    try vm.requireRoom(view.count * 4)
    let name = vm.typeName(a[0])
    let inner = StringRepr.repr(bytes: view.array(), isArray: true)
    return try vm.newString(utf8: Array(name.utf8) + [0x28] + inner + [0x29])
  }

  static func iter(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(try vm.allocateRecord(.bytearrayIterator, class: vm.type(.bytearrayIterator), a[0], .zero))
  }

  static func getItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.bytesItem(a[0], a[1]) }

  // MARK: Items

  /// An index argument as a position in the array.
  private static func position(_ vm: VM, _ a: Arguments, _ message: String) throws(Unwind) -> Int {
    guard vm.isInteger(a[1]) || vm.lookupSpecial(a[1], .index) != nil else {
      throw vm.raise(
        .typeError, "bytearray indices must be integers or slices, not \(vm.typeName(a[1]))")
    }
    var position = try vm.indexAsInt(a[1])
    let count = PyBytearray(vm, a[0]).count
    if position < 0 { position += count }
    guard position >= 0, position < count else { throw vm.raise(.indexError, message) }
    return position
  }

  static func setItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.is(a[1], .slice) { return try setSlice(vm, a) }
    _ = try position(vm, a, "bytearray index out of range")
    let byte = try vm.requireByte(a[2])
    let place = try position(vm, a, "bytearray index out of range")
    PyBytearray(vm, a[0]).bytes[place] = byte
    return .none
  }

  private static func setSlice(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyBytearray(vm, a[0])
    let source: [UInt8]
    if BytesView(vm, a[2]) != nil {
      source = try vm.requireBytes(a[2]).array()
    } else {
      if vm.isInteger(a[2]) || vm.isString(a[2]) {
        throw vm.raise(.typeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)")
      }
      source = try vm.bytesFromIterable(a[2], into: "bytearray")
    }
    let range = try vm.sliceRange(a[1]) { array.count }
    try vm.charge((source.count + array.count) >> 6)
    if range.step == 1 {
      try array.replace(range.start, range.end, with: source)
      return .none
    }
    guard source.count == range.count else {
      if source.isEmpty { return try deleteSlice(vm, a) }
      throw vm.raise(
        .valueError,
        "attempt to assign bytes of size \(source.count) to extended slice of size \(range.count)")
    }
    for (place, byte) in source.enumerated() { array.bytes[range.start &+ place &* range.step] = byte }
    return .none
  }

  static func deleteItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.is(a[1], .slice) { return try deleteSlice(vm, a) }
    let place = try position(vm, a, "bytearray index out of range")
    try PyBytearray(vm, a[0]).replace(place, place + 1, with: [])
    return .none
  }

  private static func deleteSlice(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyBytearray(vm, a[0])
    let range = try vm.sliceRange(a[1]) { array.count }
    try vm.charge(array.count >> 6)
    if range.count == 0 { return .none }
    if range.step == 1 {
      try array.replace(range.start, range.end, with: [])
      return .none
    }
    let isBackward = range.step < 0
    let first = isBackward ? range.start + (range.count - 1) * range.step : range.start
    let step = isBackward ? -range.step : range.step
    var rest = array.bytes.array(count: array.count)
    var kept: [UInt8] = Array(rest[..<first])
    rest.removeSubrange(..<first)
    for (index, byte) in rest.enumerated() where index % step != 0 || index / step >= range.count {
      kept.append(byte)
    }
    try array.replace(0, array.count, with: kept)
    return .none
  }

  // MARK: Growing and shrinking

  static func append(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try PyBytearray(vm, a[0]).append(vm.requireByte(a[1]))
    return .none
  }

  static func extend(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyBytearray(vm, a[0])
    if BytesView(vm, a[1]) != nil {
      let source = try vm.requireBytes(a[1]).array()
      try vm.charge(source.count >> 6)
      try array.replace(array.count, array.count, with: source)
      return .none
    }
    guard vm.lookupSpecial(a[1], .iter) != nil || vm.lookupSpecial(a[1], .getitem) != nil else {
      throw vm.raise(.typeError, "can't extend bytearray with \(vm.typeName(a[1]))")
    }
    let source = try vm.bytesFromIterable(a[1], into: "bytearray")
    try array.replace(array.count, array.count, with: source)
    return .none
  }

  static func extendInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard BytesView(vm, a[1]) != nil else {
      throw vm.raise(.typeError, "can't concat \(vm.typeName(a[1])) to bytearray")
    }
    let array = PyBytearray(vm, a[0])
    let source = try vm.requireBytes(a[1]).array()
    try vm.charge(source.count >> 6)
    try array.replace(array.count, array.count, with: source)
    return a[0]
  }

  static func multiplyInPlace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let times = try vm.repetitions(a[1]) else { return .notImplemented }
    let array = PyBytearray(vm, a[0])
    let count = array.count
    let (total, overflow) = count.multipliedReportingOverflow(by: max(times, 0))
    guard !overflow, total < 1 << 30 else { throw vm.raiseMemoryError() }
    try vm.charge(total >> 6)
    try array.resize(to: total)
    var done = count
    while done < total {
      let step = min(done, total - done)
      array.bytes.advanced(by: done).copy(from: array.bytes, count: step)
      done += step
    }
    return a[0]
  }

  static func insert(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var place = try vm.indexAsInt(a[1], overflow: .overflowError)
    let byte = try vm.requireByte(a[2])
    let array = PyBytearray(vm, a[0])
    let count = array.count
    if place < 0 { place = max(0, place + count) }
    place = min(place, count)
    try vm.charge((count - place) >> 6)
    try array.replace(place, place, with: [byte])
    return .none
  }

  static func pop(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var place = try vm.indexAsInt(a[1])
    let array = PyBytearray(vm, a[0])
    if array.count == 0 { throw vm.raise(.indexError, "pop from empty bytearray") }
    if place < 0 { place += array.count }
    guard place >= 0, place < array.count else { throw vm.raise(.indexError, "pop index out of range") }
    let byte = array.bytes[place]
    try array.replace(place, place + 1, with: [])
    return Value(small: Int(byte))
  }

  static func remove(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let byte = try vm.requireByte(a[1])
    let array = PyBytearray(vm, a[0])
    try vm.charge(array.count >> 6)
    guard let place = array.bytes.firstIndex(of: byte, count: array.count) else {
      throw vm.raise(.valueError, "value not found in bytearray")
    }
    try array.replace(place, place + 1, with: [])
    return .none
  }

  static func clear(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try PyBytearray(vm, a[0]).resize(to: 0)
    return .none
  }

  static func copy(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = ByteMethods.receiver(vm, a)
    return try vm.newBytes(like: a[0], view.bytes, count: view.count)
  }

  static func reverse(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyBytearray(vm, a[0])
    let bytes = array.bytes
    try vm.charge(array.count >> 3)
    var low = 0
    var high = array.count - 1
    while low < high {
      (bytes[low], bytes[high]) = (bytes[high], bytes[low])
      low += 1
      high -= 1
    }
    return .none
  }

  static func allocated(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let array = PyBytearray(vm, a[0])
    return Value(small: array.count == 0 ? 0 : max(array.capacity, array.count + 1))
  }

  static func sizeOf(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(small: 56 + (PyBytearray(vm, a[0]).count == 0 ? 0 : PyBytearray(vm, a[0]).capacity + 1))
  }
}
