/// `bytes`: what only it has; the rest it shares with bytearray in `ByteMethods`.
enum BytesType {
  static let type = NativeType(
    .bytes, "bytes", kind: .bytes,
    doc: """
      bytes(source=b'', encoding=None, errors='strict') -> bytes

      A sequence of numbers from 0 to 255 that never changes: from a string and its encoding, from anything
      that has bytes, from an iterable of such numbers, or, for an integer, so many zeros.
      """,
    [
      NativeFunction("__new__", "cls, source=, encoding=, errors=", new, binding: .static),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__str__", "self, /", repr),
      NativeFunction("__hash__", "self, /", hash),
      NativeFunction("__iter__", "self, /", iter),
      NativeFunction("__getitem__", "self, key, /", getItem),
      NativeFunction("__bytes__", "self, /", toBytes),
      NativeFunction("__getnewargs__", "self, /", getNewArguments),
      NativeFunction("__sizeof__", "self, /", sizeOf),
    ] + ByteMethods.functions)

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let type = a[0].ref
    let isExact = type == vm.type(.bytes)
    if isExact, !a[1].isUnbound, a[2].isUnbound, a[3].isUnbound, vm.isExactly(a[1], .bytes) { return a[1] }
    if !a[1].isUnbound, a[2].isUnbound, a[3].isUnbound, let method = vm.lookupSpecial(a[1], .bytes) {
      let result = try vm.call(method, a[1])
      guard vm.is(result, .bytes), let view = BytesView(vm, result) else {
        throw vm.raise(.typeError, "__bytes__ returned non-bytes (type \(vm.typeName(result)))")
      }
      return isExact ? result : try subclass(vm, type, view.array())
    }
    let bytes = try vm.bytesFromArguments(a, into: "bytes")
    return isExact ? try vm.newBytes(bytes) : try subclass(vm, type, bytes)
  }

  private static func subclass(_ vm: VM, _ type: Ref, _ bytes: [UInt8]) throws(Unwind) -> Value {
    let ref = try vm.allocateSubclassable(.bytes, class: type, words: 2 + (bytes.count + 7) >> 3)
    let object = vm.words(ref)
    object[1] = UInt64(bytes.count)
    object.bytes(from: 2).write(bytes)
    return Value(ref)
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = ByteMethods.receiver(vm, a)
    try vm.charge(view.count >> 3)
    try vm.requireRoom(view.count * 4)
    return try vm.newString(utf8: StringRepr.repr(bytes: view.array()))
  }

  static func hash(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = ByteMethods.receiver(vm, a)
    try vm.charge(view.count >> 4)
    return Value(small: vm.hash(view.bytes, count: view.count))
  }

  static func iter(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(try vm.allocateRecord(.bytesIterator, class: vm.type(.bytesIterator), a[0], .zero))
  }

  static func getItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.bytesItem(a[0], a[1]) }

  static func toBytes(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.isExactly(a[0], .bytes) { return a[0] }
    let view = ByteMethods.receiver(vm, a)
    return try vm.newBytes(view.bytes, count: view.count)
  }

  static func getNewArguments(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.newTuple(toBytes(vm, a))
  }

  static func sizeOf(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(small: 33 + ByteMethods.receiver(vm, a).count)
  }
}

extension VM {
  /// `value[key]` of bytes or a bytearray.
  func bytesItem(_ value: Value, _ key: Value) throws(Unwind) -> Value {
    let isArray = self.is(value, .bytearray)
    if self.is(key, .slice) {
      let range = try sliceRange(key) { BytesView(self, value)?.count ?? 0 }
      guard let view = BytesView(self, value) else { return .none }
      if range.step == 1 {
        return try newBytes(like: value, view.bytes.advanced(by: range.start), count: range.count)
      }
      try charge(range.count >> 4)
      let (result, target) = try allocateBytes(like: value, count: range.count)
      target.copy(from: view.bytes, start: range.start, step: range.step, count: range.count)
      return result
    }
    let name = isArray ? "bytearray" : "byte"
    guard isInteger(key) || lookupSpecial(key, .index) != nil else {
      throw raise(.typeError, "\(name) indices must be integers or slices, not \(typeName(key))")
    }
    var position = try indexAsInt(key)
    let count = BytesView(self, value)?.count ?? 0
    if position < 0 { position += count }
    guard position >= 0, position < count, let view = BytesView(self, value) else {
      throw raise(.indexError, isArray ? "bytearray index out of range" : "index out of range")
    }
    return Value(small: Int(view[position]))
  }

  /// The bytes that `bytes(source, encoding, errors)` or `bytearray(…)` asks for: arguments 1 to 3.
  func bytesFromArguments(_ a: Arguments, into name: String) throws(Unwind) -> [UInt8] {
    let source = a[1]
    let encoding = try StrType.codecName(self, a[2], name, "encoding")
    let errors = try StrType.codecName(self, a[3], name, "errors")
    if !source.isUnbound, isString(source) {
      guard let encoding else { throw raise(.typeError, "string argument without an encoding") }
      let encoded = try encode(source, encoding: encoding, errors: errors ?? "strict")
      return BytesView(self, encoded)?.array() ?? []
    }
    if encoding != nil || errors != nil {
      let what = encoding == nil ? "errors" : "encoding"
      throw raise(.typeError, "\(what) without a string argument")
    }
    if source.isUnbound { return [] }
    if let view = BytesView(self, source) {
      try charge(view.count >> 4)
      try requireRoom(view.count)
      return view.array()
    }
    if self.is(source, .memoryview) { return try PyMemoryView(self, source).copied(self).array() }
    if isInteger(source) || lookupSpecial(source, .index) != nil {
      let count = try indexAsInt(source, overflow: .overflowError)
      guard count >= 0 else { throw raise(.valueError, "negative count") }
      try requireRoom(count)
      try charge(count >> 6)
      return [UInt8](repeating: 0, count: count)
    }
    return try bytesFromIterable(source, into: name)
  }

  /// The integers of an iterable as bytes.
  func bytesFromIterable(_ source: Value, into name: String) throws(Unwind) -> [UInt8] {
    guard lookupSpecial(source, .iter) != nil || lookupSpecial(source, .getitem) != nil else {
      throw raise(.typeError, "cannot convert '\(typeName(source))' object to \(name)")
    }
    let message = name == "bytes" ? "bytes must be in range(0, 256)" : "byte must be in range(0, 256)"
    var out: [UInt8] = []
    _ = try lengthHint(source)
    try iterate(source) { (item) throws(Unwind) in
      out.append(try self.requireByte(item, message))
      if out.count & 0xFFFF == 0 { try self.requireRoom(out.count) }
      return true
    }
    return out
  }
}
