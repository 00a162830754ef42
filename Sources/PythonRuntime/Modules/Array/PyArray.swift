/// An array of module array: `1` type code, `2` number of items, `3` buffer (raw) or None, `4` its capacity in bytes, `5` how many
/// memoryviews keep it from changing its size.
@safe struct PyArray {
  let words: Words
  private let vm: VM

  init(_ vm: VM, _ value: Value) {
    words = vm.words(value)
    self.vm = vm
  }

  var code: ArrayCode { ArrayCode(rawValue: UInt8(truncatingIfNeeded: words.value(1).int)) ?? .signedByte }
  var count: Int {
    get { words.value(2).int }
    nonmutating set { words.set(2, Value(small: newValue)) }
  }
  var exports: Int {
    get { words.value(5).int }
    nonmutating set { words.set(5, Value(small: newValue)) }
  }
  private var capacity: Int { words.value(4).int }
  /// The items' bytes. Anything that changes the size may replace them.
  var bytes: Bytes {
    let buffer = words.value(3)
    return buffer.isRef ? vm.words(buffer).bytes(from: 1) : words.bytes(from: 0)
  }

  /// An empty array.
  static func make(_ vm: VM, _ code: ArrayCode, class type: Ref? = nil) throws(Unwind) -> Value {
    let result = Value(
      try vm.allocateSubclassable(.array, class: type ?? vm.type(.array), words: 6))
    let words = vm.words(result)
    words.set(1, Value(small: Int(code.rawValue)))
    words.set(2, .zero)
    words.set(3, .none)
    words.set(4, .zero)
    words.set(5, .zero)
    return result
  }

  /// A new array with a copy of `count` items' bytes.
  static func make(_ vm: VM, _ code: ArrayCode, copying source: Bytes, count: Int) throws(Unwind) -> Value {
    let result = try make(vm, code)
    let array = PyArray(vm, result)
    try array.resize(to: count)
    try vm.charge(count * code.size >> 6)
    array.bytes.copy(from: source, count: count * code.size)
    return result
  }

  /// Changes the number of items; new ones hold whatever was there.
  func resize(to newCount: Int) throws(Unwind) {
    if newCount != count, exports > 0 {
      throw vm.raise(.bufferError, "cannot resize an array that is exporting buffers")
    }
    guard newCount < 1 << 30 else { throw vm.raiseMemoryError() }
    let size = code.size
    if newCount * size > capacity {
      let room = count > 0 ? newCount + newCount >> 4 + 6 : newCount
      guard room * size < 1 << 30 else { throw vm.raiseMemoryError() }
      let fresh = try vm.allocateRaw(bytes: room * size)
      let old = words.value(3)
      if old.isRef { vm.words(fresh).bytes(from: 1).copy(from: bytes, count: count * size) }
      words.set(3, Value(fresh))
      words.set(4, Value(small: room * size))
      if old.isRef { vm.freeBuffer(old.ref) }
    }
    count = newCount
  }

  func bits(_ index: Int) -> UInt64 { bytes.littleEndian(index &* code.size, count: code.size) }

  func setBits(_ index: Int, _ bits: UInt64) {
    let size = code.size
    let bytes = self.bytes
    for byte in 0..<size { bytes[index &* size &+ byte] = UInt8(truncatingIfNeeded: bits >> UInt64(byte &* 8)) }
  }

  /// Item number `index`, which is in range.
  func item(_ index: Int) throws(Unwind) -> Value { try code.value(vm, bits(index)) }

  func append(_ value: Value) throws(Unwind) {
    let bits = try code.bits(vm, value)
    try resize(to: count + 1)
    setBits(count - 1, bits)
  }

  /// Makes room for `newCount` items where `oldCount` were from `start` on.
  func replace(_ start: Int, _ oldCount: Int, room newCount: Int) throws(Unwind) {
    let size = code.size
    let total = count
    let tail = total - start - oldCount
    if newCount > oldCount { try resize(to: total - oldCount + newCount) }
    if newCount < oldCount, exports > 0 { try resize(to: total - oldCount + newCount) }
    try vm.charge(tail * size >> 6)
    bytes.advanced(by: (start + newCount) * size).copy(
      from: bytes.advanced(by: (start + oldCount) * size), count: tail * size)
    if newCount < oldCount { try resize(to: total - oldCount + newCount) }
  }

  /// Appends the items that bytes hold.
  func append(bytes source: [UInt8]) throws(Unwind) {
    let size = code.size
    guard source.count % size == 0 else {
      throw vm.raise(.valueError, "bytes length not a multiple of item size")
    }
    let old = count
    try vm.charge(source.count >> 5)
    try resize(to: old + source.count / size)
    bytes.advanced(by: old * size).write(source)
  }
}
