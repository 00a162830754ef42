/// The bytes of a bytes, bytearray, array or memoryview object. Anything that changes the object's size invalidates it.
@safe struct BytesView {
  let bytes: Bytes
  let count: Int
  /// The distance from one byte to the next: 1, but for a memoryview with a step; then `bytes` is the whole object's.
  let stride: Int
  private let origin: Int

  init(bytes: Bytes, count: Int, stride: Int = 1, origin: Int = 0) {
    self.bytes = bytes
    self.count = count
    self.stride = stride
    self.origin = origin
  }

  /// Nil when the value is no bytes-like object, or a released memoryview, or one whose items are spread.
  init?(_ vm: VM, _ value: Value) {
    guard value.isRef else { return nil }
    let object = vm.words(value)
    switch object.kindByte {
    case Kind.bytes.rawValue: self.init(bytes: object.bytes(from: 2), count: object.low(1))
    case Kind.bytearray.rawValue:
      let buffer = vm.words(at: object.low(2)).bytes(from: 1)
      self.init(bytes: buffer, count: Int(truncatingIfNeeded: object[1]))
    case Kind.array.rawValue:
      let array = PyArray(vm, value)
      self.init(bytes: array.bytes, count: array.count * array.code.size)
    case Kind.memoryview.rawValue:
      let view = PyMemoryView(vm, value)
      guard !view.isReleased, let base = BytesView(vm, view.object) else { return nil }
      if view.isContiguous {
        self.init(bytes: base.bytes.advanced(by: view.offset), count: view.byteCount)
      } else {
        guard view.itemSize == 1, !view.isMultidimensional else { return nil }
        self.init(bytes: base.bytes, count: view.count, stride: view.stride, origin: view.offset)
      }
    default: return nil
    }
  }

  subscript(_ index: Int) -> UInt8 {
    @inline(__always) get { bytes[stride == 1 ? index : origin &+ index &* stride] }
  }

  /// The bytes outside of the cage.
  func array() -> [UInt8] {
    if stride == 1 { return bytes.array(count: count) }
    return (0..<count).map { self[$0] }
  }

  /// The same bytes one after the other: a copy in the cage when they are spread.
  func contiguous(_ vm: VM) throws(Unwind) -> BytesView {
    if stride == 1 { return self }
    let copy = try vm.newBytes(array())
    return BytesView(bytes: vm.words(copy).bytes(from: 2), count: count)
  }
}

extension VM {
  /// A bytes object with a copy of `count` bytes.
  func newBytes(_ source: Bytes, count: Int) throws(Unwind) -> Value {
    let (value, target) = try allocateBytes(count: count)
    target.copyShort(from: source, count: count)
    return value
  }

  /// A bytes object with an array's bytes.
  package func newBytes(_ source: [UInt8]) throws(Unwind) -> Value {
    let (value, target) = try allocateBytes(count: source.count)
    target.write(source)
    return value
  }

  /// A bytes object of `count` bytes, to be filled at once.
  func allocateBytes(count: Int) throws(Unwind) -> (Value, Bytes) {
    guard count < 1 << 30 else { throw raiseMemoryError() }
    let object = words(try allocateCell(16 + count))
    object[0] = header(.bytes, class: type(.bytes))
    object[1] = UInt64(count)
    return (Value(ref(object)), object.bytes(from: 2))
  }

  /// A bytearray of `count` bytes, to be filled at once.
  func allocateBytearray(count: Int, class type: Ref? = nil) throws(Unwind) -> (Value, Bytes) {
    let value = Value(try allocateSubclassable(.bytearray, class: type ?? self.type(.bytearray), words: 4))
    try PyBytearray(self, value).resize(to: count)
    return (value, PyBytearray(self, value).bytes)
  }

  /// An object of the same built-in type as `model` (bytes or bytearray).
  func allocateBytes(like model: Value, count: Int) throws(Unwind) -> (Value, Bytes) {
    self.is(model, .bytearray) ? try allocateBytearray(count: count) : try allocateBytes(count: count)
  }

  func newBytes(like model: Value, _ source: Bytes, count: Int) throws(Unwind) -> Value {
    if count == BytesView(self, model)?.count, isExactly(model, .bytes) { return model }
    let (value, target) = try allocateBytes(like: model, count: count)
    target.copyShort(from: source, count: count)
    return value
  }

  func newBytes(like model: Value, _ source: [UInt8]) throws(Unwind) -> Value {
    let (value, target) = try allocateBytes(like: model, count: source.count)
    target.write(source)
    return value
  }

  /// The bytes of an argument that must be bytes-like.
  func requireBytes(_ value: Value) throws(Unwind) -> BytesView {
    if let view = BytesView(self, value) { return try view.contiguous(self) }
    if self.is(value, .memoryview) { return try PyMemoryView(self, value).copied(self) }
    throw raise(.typeError, "a bytes-like object is required, not '\(typeName(value))'")
  }

  /// The bytes of an argument that are to be written to; they lie one after the other.
  func requireWritableBytes(_ value: Value) throws(Unwind) -> BytesView {
    let isWritable =
      switch kind(value) {
      case .bytearray, .array: true
      case .memoryview: !PyMemoryView(self, value).isReadOnly
      default: false
      }
    guard isWritable, let view = BytesView(self, value), view.stride == 1 else {
      if self.is(value, .memoryview) { try PyMemoryView(self, value).check() }
      throw raise(
        .typeError, "argument must be read-write bytes-like object, not \(typeName(value))")
    }
    return view
  }

  /// A byte's value from an integer argument.
  func requireByte(_ value: Value, _ message: String = "byte must be in range(0, 256)") throws(Unwind) -> UInt8 {
    let number = try index(value)
    guard let int = asInt(number), int >= 0, int < 256 else { throw raise(.valueError, message) }
    return UInt8(int)
  }
}

/// A bytearray: `1` length, `2` buffer and capacity, `3` how many memoryviews keep it from changing its size.
@safe struct PyBytearray {
  let words: Words
  private let vm: VM

  init(_ vm: VM, _ value: Value) {
    words = vm.words(value)
    self.vm = vm
  }

  var count: Int {
    get { Int(truncatingIfNeeded: words[1]) }
    nonmutating set { words[1] = UInt64(truncatingIfNeeded: newValue) }
  }
  var capacity: Int { words.high(2) }
  var bytes: Bytes { vm.words(at: words.low(2)).bytes(from: 1) }
  var exports: Int {
    get { words.low(3) }
    nonmutating set { words.setLow(3, newValue) }
  }

  /// Changes the length; new bytes hold whatever was there.
  func resize(to newCount: Int) throws(Unwind) {
    if newCount != count, exports > 0 {
      throw vm.raise(.bufferError, "Existing exports of data: object cannot be re-sized")
    }
    if newCount > capacity || words.low(2) == 0 {
      // Growing for the second time leaves room for more.
      try setCapacity(capacity > 0 ? newCount + newCount >> 3 + 6 : newCount)
    }
    count = newCount
  }

  private func setCapacity(_ newCapacity: Int) throws(Unwind) {
    guard newCapacity < 1 << 30 else { throw vm.raiseMemoryError() }
    let fresh = try vm.allocateRaw(bytes: newCapacity)
    let old = words.low(2)
    if old != 0 { vm.words(fresh).bytes(from: 1).copy(from: bytes, count: count) }
    words[2] = UInt64(fresh.offset) | UInt64(newCapacity) << 32
    if old != 0 { vm.freeBuffer(Ref(offset: UInt32(old))) }
  }

  func append(_ byte: UInt8) throws(Unwind) {
    let place = count
    try resize(to: place + 1)
    bytes[place] = byte
  }

  /// Replaces bytes `start..<end` by an array.
  func replace(_ start: Int, _ end: Int, with source: [UInt8]) throws(Unwind) {
    let oldCount = count
    let newCount = oldCount - (end - start) + source.count
    if newCount > oldCount { try resize(to: newCount) }
    if newCount < oldCount, exports > 0 { try resize(to: newCount) }
    if end - start != source.count {
      bytes.advanced(by: start + source.count).copy(from: bytes.advanced(by: end), count: oldCount - end)
    }
    bytes.advanced(by: start).write(source)
    if newCount < oldCount { try resize(to: newCount) }
  }
}
