/// Collects characters for a new string, in the narrowest units that hold them.
///
/// It lies outside of the cage, so Python code may run between two appends; what it holds is bounded by the
/// instance's memory limit and
/// is charged as it grows.
struct TextBuilder {
  private let vm: VM
  /// In use while every character is below 256.
  private var narrow: [UInt8] = []
  /// In use afterwards.
  private var wide: [UInt32] = []
  private var isWide = false
  private var union: UInt32 = 0
  private var room: Int

  init(_ vm: VM, capacity: Int = 0) {
    self.vm = vm
    room = min(max(vm[.memoryLimit] - vm.usedBytes, 0) + 4096, 1 << 30)
    if capacity > 0 { narrow.reserveCapacity(min(capacity, 1 << 20)) }
  }

  var count: Int { isWide ? wide.count : narrow.count }

  /// Checks that `more` characters fit before they are made, and charges them.
  private mutating func reserve(_ more: Int) throws(Unwind) {
    guard more >= 0, more <= room, (count + more) * (isWide ? 4 : 1) <= room else { throw vm.raiseMemoryError() }
    try vm.charge(more >> 5 + 1)
  }

  private mutating func widen() {
    guard !isWide else { return }
    wide.reserveCapacity(narrow.count * 2)
    for byte in narrow { wide.append(UInt32(byte)) }
    narrow = []
    isWide = true
  }

  mutating func append(scalar: UInt32) throws(Unwind) {
    try reserve(1)
    push(scalar)
  }

  private mutating func push(_ scalar: UInt32) {
    union |= scalar
    if !isWide {
      if scalar < 256 {
        narrow.append(UInt8(truncatingIfNeeded: scalar))
        return
      }
      widen()
    }
    wide.append(scalar)
  }

  /// Appends bytes, each one character.
  mutating func append(_ bytes: [UInt8]) throws(Unwind) {
    try reserve(bytes.count)
    for byte in bytes { union |= UInt32(byte) }
    if isWide { for byte in bytes { wide.append(UInt32(byte)) } } else { narrow += bytes }
  }

  mutating func append(_ text: StaticString) throws(Unwind) { try append(Array("\(text)".utf8)) }

  mutating func append(scalars: [UInt32]) throws(Unwind) {
    try reserve(scalars.count)
    for scalar in scalars { push(scalar) }
  }

  /// Appends the same character `times` times.
  mutating func append(scalar: UInt32, times: Int) throws(Unwind) {
    guard times > 0 else { return }
    try reserve(times)
    union |= scalar
    if scalar >= 256 { widen() }
    if isWide {
      wide.append(contentsOf: repeatElement(scalar, count: times))
    } else {
      narrow.append(contentsOf: repeatElement(UInt8(truncatingIfNeeded: scalar), count: times))
    }
  }

  /// Appends an integer in decimal.
  mutating func append(decimal int: Int) throws(Unwind) {
    if isWide || int < 0 || int > 999 { return try append(IntText.decimal(int)) }
    try reserve(3)
    if int >= 100 { narrow.append(UInt8(truncatingIfNeeded: 0x30 &+ int / 100)) }
    if int >= 10 { narrow.append(UInt8(truncatingIfNeeded: 0x30 &+ int / 10 % 10)) }
    narrow.append(UInt8(truncatingIfNeeded: 0x30 &+ int % 10))
  }

  /// Appends a str object's characters.
  mutating func append(_ string: Value) throws(Unwind) {
    try append(string, from: 0, count: PyString(vm, string).count)
  }

  /// Appends a part of a str object.
  mutating func append(_ string: Value, from start: Int, count: Int) throws(Unwind) {
    guard count > 0 else { return }
    try reserve(count)
    let view = PyString(vm, string)
    if view.widthShift == 0, !isWide {
      let part = view.units.advanced(by: start)
      if !view.isASCII, !part.isASCII(count: count) { union |= 0x80 }
      part.append(to: &narrow, count: count)
    } else {
      for index in start..<start + count { push(view[index]) }
    }
  }

  /// The characters as bytes; only while all are below 256.
  var bytes: [UInt8] { narrow }

  /// The string. The builder may go on afterwards.
  func finish() throws(Unwind) -> Value {
    if isWide { return try vm.newString(scalars: wide) }
    if narrow.isEmpty { return vm[root: .emptyString] }
    if narrow.count == 1 { return try vm.character(UInt32(narrow[0])) }
    let value = try vm.allocateString(count: narrow.count, widthShift: 0, isASCII: union < 0x80)
    vm.words(value).bytes(from: 2).write(narrow)
    return value
  }
}
