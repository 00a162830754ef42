/// bytes and bytearray: finding and replacing.
extension ByteMethods {
  static let search: [NativeFunction] = [
    NativeFunction("find", "self, sub, start=, end=, /", find),
    NativeFunction("rfind", "self, sub, start=, end=, /", rfind),
    NativeFunction("index", "self, sub, start=, end=, /", index),
    NativeFunction("rindex", "self, sub, start=, end=, /", rindex),
    NativeFunction("count", "self, sub, start=, end=, /", count),
    NativeFunction("startswith", "self, prefix, start=, end=, /", startsWith),
    NativeFunction("endswith", "self, suffix, start=, end=, /", endsWith),
    NativeFunction("replace", "self, old, new, count=-1, /", replace),
    NativeFunction("removeprefix", "self, prefix, /", removePrefix),
    NativeFunction("removesuffix", "self, suffix, /", removeSuffix),
    NativeFunction("partition", "self, sep, /", partition),
    NativeFunction("rpartition", "self, sep, /", rpartition),
  ]

  /// The first place of `needle` within bytes `start..<end`, or nil.
  static func find(
    _ vm: VM, _ needle: BytesView, in text: BytesView, from start: Int, to end: Int
  ) throws(Unwind) -> Int? {
    guard start >= 0, end - start >= needle.count else { return nil }
    if needle.count == 0 { return start }
    let found = vm.firstIndex(of: needle.bytes, count: needle.count, in: text.bytes.advanced(by: start), end - start)
    try vm.charge((found ?? end - start) >> 6)
    return found.map { $0 + start }
  }

  /// The last place of `needle` within bytes `start..<end`, or nil.
  static func findLast(
    _ vm: VM, _ needle: BytesView, in text: BytesView, from start: Int, to end: Int
  ) throws(Unwind) -> Int? {
    guard start >= 0, end - start >= needle.count else { return nil }
    if needle.count == 0 { return end }
    if needle.count == 1 {
      return text.bytes.advanced(by: start).lastIndex(of: needle[0], count: end - start).map { $0 + start }
    }
    try vm.charge((end - start) >> 3)
    let reversed = PrefixTable(count: needle.count) { UInt32(needle[needle.count - 1 - $0]) }
    return reversed.first(from: 0, to: end - start) { UInt32(text[end - 1 - $0]) }.map { end - $0 - needle.count }
  }

  /// The argument of `find` and its like: bytes, or one byte as an integer (which comes as bytes, too).
  private static func needle(_ vm: VM, _ value: Value) throws(Unwind) -> BytesView {
    if BytesView(vm, value) != nil { return try vm.requireBytes(value) }
    guard vm.isInteger(value) || vm.lookupSpecial(value, .index) != nil else {
      throw vm.raise(
        .typeError, "argument should be integer or bytes-like object, not '\(vm.typeName(value))'")
    }
    let byte = try vm.requireByte(value)
    let single = try vm.newBytes([byte])
    return BytesView(bytes: vm.words(single).bytes(from: 2), count: 1)
  }

  private static func place(_ vm: VM, _ a: Arguments, last: Bool) throws(Unwind) -> Int? {
    let bounds = try SearchBounds(vm, a, at: 2) { receiver(vm, a).count }
    let needle = try needle(vm, a[1])
    let text = receiver(vm, a)
    let end = min(bounds.end, text.count)
    return last
      ? try findLast(vm, needle, in: text, from: bounds.start, to: end)
      : try find(vm, needle, in: text, from: bounds.start, to: end)
  }

  static func find(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(small: try place(vm, a, last: false) ?? -1)
  }
  static func rfind(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(small: try place(vm, a, last: true) ?? -1)
  }
  static func index(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let place = try place(vm, a, last: false) else { throw vm.raise(.valueError, "subsection not found") }
    return Value(small: place)
  }
  static func rindex(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let place = try place(vm, a, last: true) else { throw vm.raise(.valueError, "subsection not found") }
    return Value(small: place)
  }

  static func count(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let bounds = try SearchBounds(vm, a, at: 2) { receiver(vm, a).count }
    let needle = try needle(vm, a[1])
    let text = receiver(vm, a)
    let end = min(bounds.end, text.count)
    return Value(small: try occurrences(vm, needle, in: text, from: bounds.start, to: end, limit: .max))
  }

  private static func occurrences(
    _ vm: VM, _ needle: BytesView, in text: BytesView, from start: Int, to end: Int, limit: Int
  ) throws(Unwind) -> Int {
    if needle.count == 0 { return end >= start ? min(end - start + 1, limit) : 0 }
    var position = start
    var total = 0
    while total < limit, let found = try find(vm, needle, in: text, from: position, to: end) {
      total += 1
      position = found + needle.count
      try vm.charge(1)
    }
    return total
  }

  static func startsWith(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try affix(vm, a, atEnd: false) }
  static func endsWith(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try affix(vm, a, atEnd: true) }

  private static func affix(_ vm: VM, _ a: Arguments, atEnd: Bool) throws(Unwind) -> Value {
    let bounds = try SearchBounds(vm, a, at: 2) { receiver(vm, a).count }
    let text = receiver(vm, a)
    func matches(_ part: BytesView) -> Bool {
      guard bounds.end - bounds.start >= part.count, bounds.end <= text.count else { return false }
      let start = atEnd ? bounds.end - part.count : bounds.start
      return text.bytes.advanced(by: start).equals(part.bytes, count: part.count)
    }
    if vm.is(a[1], .tuple) {
      let tuple = PyTuple(vm, a[1])
      for index in 0..<tuple.count where try matches(vm.requireBytes(tuple[index])) { return .true }
      return .false
    }
    guard BytesView(vm, a[1]) != nil else {
      let name = atEnd ? "endswith" : "startswith"
      throw vm.raise(
        .typeError, "\(name) first arg must be bytes or a tuple of bytes, not \(vm.typeName(a[1]))")
    }
    return Value(matches(try vm.requireBytes(a[1])))
  }

  static func replace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let old = try vm.requireBytes(a[1])
    let new = try vm.requireBytes(a[2])
    let given = try vm.indexAsInt(a[3], overflow: .overflowError)
    let text = receiver(vm, a)
    let limit = given < 0 ? Int.max : given
    let hits = try occurrences(vm, old, in: text, from: 0, to: text.count, limit: limit)
    if hits == 0 { return try vm.newBytes(like: a[0], text.bytes, count: text.count) }
    let (growth, overflow) = (new.count - old.count).multipliedReportingOverflow(by: hits)
    guard !overflow, text.count + growth < 1 << 30 else { throw vm.raiseMemoryError() }
    try vm.charge((text.count + growth) >> 6)
    let (value, target) = try vm.allocateBytes(like: a[0], count: text.count + growth)
    var source = 0
    var filled = 0
    for hit in 0..<hits {
      let found = old.count == 0
        ? source + (hit == 0 ? 0 : 1) : try find(vm, old, in: text, from: source, to: text.count) ?? source
      target.advanced(by: filled).copy(from: text.bytes.advanced(by: source), count: found - source)
      filled += found - source
      target.advanced(by: filled).copy(from: new.bytes, count: new.count)
      filled += new.count
      source = found + old.count
    }
    target.advanced(by: filled).copy(from: text.bytes.advanced(by: source), count: text.count - source)
    return value
  }

  static func removePrefix(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let part = try vm.requireBytes(a[1])
    let text = receiver(vm, a)
    let matches = part.count <= text.count && text.bytes.equals(part.bytes, count: part.count)
    let removed = matches ? part.count : 0
    return try vm.newBytes(like: a[0], text.bytes.advanced(by: removed), count: text.count - removed)
  }

  static func removeSuffix(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let part = try vm.requireBytes(a[1])
    let text = receiver(vm, a)
    let rest = text.count - part.count
    let matches = rest >= 0 && text.bytes.advanced(by: rest).equals(part.bytes, count: part.count)
    return try vm.newBytes(like: a[0], text.bytes, count: matches ? rest : text.count)
  }

  static func partition(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try partition(vm, a, last: false) }
  static func rpartition(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try partition(vm, a, last: true) }

  private static func partition(_ vm: VM, _ a: Arguments, last: Bool) throws(Unwind) -> Value {
    let separator = try vm.requireBytes(a[1])
    if separator.count == 0 { throw vm.raise(.valueError, "empty separator") }
    let text = receiver(vm, a)
    let found = last
      ? try findLast(vm, separator, in: text, from: 0, to: text.count)
      : try find(vm, separator, in: text, from: 0, to: text.count)
    func part(_ start: Int, _ end: Int) throws(Unwind) -> Value {
      try vm.newBytes(like: a[0], text.bytes.advanced(by: start), count: end - start)
    }
    guard let found else {
      let whole = try part(0, text.count)
      let empty = try part(0, 0)
      let other = try part(0, 0)
      return last ? try vm.newTuple(empty, other, whole) : try vm.newTuple(whole, empty, other)
    }
    let middle = try vm.newBytes(like: a[0], separator.bytes, count: separator.count)
    return try vm.newTuple(part(0, found), middle, part(found + separator.count, text.count))
  }
}
