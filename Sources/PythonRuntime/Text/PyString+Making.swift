/// Strings made of strings: parts, sums, multiples.
extension VM {
  /// `count` characters from `start` on, as an exact str.
  func substring(_ string: Value, from start: Int, count: Int) throws(Unwind) -> Value {
    let view = PyString(self, string)
    if count <= 1 {
      return count <= 0 ? self[root: .emptyString] : try character(view[start])
    }
    if count == view.count, isExactString(string) { return string }
    try charge(count >> 6)
    if view.widthShift == 0 {
      let part = view.units.advanced(by: start)
      return try newString(bytes: part, count: count, isASCII: view.isASCII || part.isASCII(count: count))
    }
    var union: UInt32 = 0
    for index in start..<start &+ count { union |= view[index] }
    let shift = union < 0x100 ? 0 : union < 0x10000 ? 1 : 2
    let value = try allocateString(count: count, widthShift: shift, isASCII: union < 0x80)
    let units = words(value).bytes(from: 2)
    if shift == view.widthShift {
      units.copy(from: view.units.advanced(by: start << shift), count: count << shift)
    } else {
      for index in 0..<count { units.setCharacter(index, view[start &+ index], widthShift: shift) }
    }
    return value
  }

  /// The same string as an exact str.
  func exactString(_ string: Value) throws(Unwind) -> Value {
    if isExactString(string) { return string }
    let view = PyString(self, string)
    if view.count <= 1 { return try substring(string, from: 0, count: view.count) }
    try charge(view.count >> 6)
    let value = try allocateString(count: view.count, widthShift: view.widthShift, isASCII: view.isASCII)
    words(value).bytes(from: 2).copy(from: view.units, count: view.byteCount)
    return value
  }

  /// An instance of a subclass of str with the characters of `string`.
  func newString(of string: Value, class type: Ref) throws(Unwind) -> Value {
    let view = PyString(self, string)
    let ref = try allocateSubclassable(.string, class: type, words: 2 + (view.byteCount + 7) >> 3)
    let object = words(ref)
    object[0] |= UInt64(view.widthShift) << ObjectFlags.widthShift | (view.isASCII ? ObjectFlags.ascii : 0)
    object[1] = UInt64(view.count)
    object.bytes(from: 2).copy(from: view.units, count: view.byteCount)
    return Value(ref)
  }

  /// `a + b` for two strings. A large sum gets a buffer with room, and goes on in it; see `PyString`.
  func concatStrings(_ a: Value, _ b: Value) throws(Unwind) -> Value {
    let left = PyString(self, a)
    let right = PyString(self, b)
    let leftCount = left.count
    let rightCount = right.count
    if rightCount == 0, isExactString(a) { return a }
    if leftCount == 0, isExactString(b) { return b }
    let total = leftCount &+ rightCount
    guard total < 1 << 30 else { throw raiseMemoryError() }
    let shift = max(left.widthShift, right.widthShift)
    let isASCII = left.isASCII && right.isASCII
    if total << shift >= SharedBuffer.threshold {
      return try concatShared(a, b, count: total, widthShift: shift, isASCII: isASCII)
    }
    let value = try allocateString(count: total, widthShift: shift, isASCII: isASCII)
    let units = words(value).bytes(from: 2)
    units.put(left, at: 0, widthShift: shift)
    units.put(right, at: leftCount, widthShift: shift)
    return value
  }

  @inline(never) private func concatShared(
    _ a: Value, _ b: Value, count: Int, widthShift shift: Int, isASCII: Bool
  ) throws(Unwind) -> Value {
    let left = PyString(self, a)
    let right = PyString(self, b)
    let leftBytes = left.count << shift
    let totalBytes = count << shift
    let isShared = left.words.hasFlag(ObjectFlags.shared)
    let header = try allocateCell(24)
    if isShared, left.widthShift == shift {
      let buffer = SharedBuffer(words: words(at: left.words.low(2)))
      if left.words.high(2) + leftBytes == 16 + buffer.used, buffer.used + right.count << shift <= buffer.capacity {
        try charge(right.count >> 6)
        buffer.bytes.advanced(by: leftBytes).put(right, at: 0, widthShift: shift)
        buffer.used = totalBytes
        makeShared(header, left.words.low(2), count: count, widthShift: shift, isASCII: isASCII)
        return Value(header)
      }
    }
    // A sum that goes on growing doubles its room; one that may be the last gets little.
    let capacity = isShared ? totalBytes * 2 : totalBytes + totalBytes >> 2
    guard capacity < 1 << 30 else { throw raiseMemoryError() }
    try charge(totalBytes >> 6)
    let buffer = SharedBuffer(words: words(try allocateRaw(bytes: capacity + 8)))
    buffer.capacity = capacity
    buffer.used = totalBytes
    buffer.bytes.put(left, at: 0, widthShift: shift)
    buffer.bytes.advanced(by: leftBytes).put(right, at: 0, widthShift: shift)
    makeShared(header, Int(ref(buffer.words).offset), count: count, widthShift: shift, isASCII: isASCII)
    return Value(header)
  }

  private func makeShared(_ ref: Ref, _ buffer: Int, count: Int, widthShift: Int, isASCII: Bool) {
    let object = words(ref)
    let flags = UInt64(widthShift) << ObjectFlags.widthShift | (isASCII ? ObjectFlags.ascii : 0) | ObjectFlags.shared
    object[0] = header(.string, class: type(.str), flags: flags)
    object[1] = UInt64(count)
    object[2] = UInt64(buffer) | 16 << 32
  }

  /// The sum of `count` strings that lie in consecutive words.
  func joinStrings(_ source: Words, at start: Int, count: Int) throws(Unwind) -> Value {
    try join(source, at: start, count: count, separator: self[root: .emptyString])
  }

  /// Strings in consecutive words with a separator between them; all are known to be strings.
  func join(_ source: Words, at start: Int, count: Int, separator: Value) throws(Unwind) -> Value {
    if count == 0 { return self[root: .emptyString] }
    if count == 1, isExactString(source.value(start)) { return source.value(start) }
    let between = PyString(self, separator)
    let betweenCount = between.count
    var shift = count > 1 && betweenCount > 0 ? between.widthShift : 0
    var isASCII = count <= 1 || betweenCount == 0 || between.isASCII
    var total = betweenCount &* (count &- 1)
    for index in start..<start &+ count {
      let object = words(source.value(index))
      total &+= object.low(1)
      let head = object[0]
      if head & ObjectFlags.ascii == 0 {
        isASCII = object.low(1) == 0 && isASCII
        shift = max(shift, Int((head & ObjectFlags.widthMask) >> ObjectFlags.widthShift))
      }
    }
    guard total >= 0, total < 1 << 30, betweenCount < 1 << 30 else { throw raiseMemoryError() }
    try charge(count >> 1 + total >> 6)
    if total == 0 { return self[root: .emptyString] }
    let value = try allocateString(count: total, widthShift: shift, isASCII: isASCII)
    let units = words(value).bytes(from: 2)
    var position = 0
    for index in start..<start &+ count {
      if betweenCount > 0, index > start {
        units.put(between, at: position, widthShift: shift)
        position &+= betweenCount
      }
      let piece = PyString(self, source.value(index))
      units.put(piece, at: position, widthShift: shift)
      position &+= piece.count
    }
    return value
  }

  /// `string * times`.
  func repeatString(_ string: Value, _ times: Int) throws(Unwind) -> Value {
    let view = PyString(self, string)
    let count = view.count
    if times <= 0 || count == 0 { return self[root: .emptyString] }
    if times == 1 { return try exactString(string) }
    let (total, overflow) = count.multipliedReportingOverflow(by: times)
    guard !overflow, total < 1 << 30 else { throw raiseMemoryError() }
    try charge(total >> 6)
    let value = try allocateString(count: total, widthShift: view.widthShift, isASCII: view.isASCII)
    let units = words(value).bytes(from: 2)
    units.fill(repeating: view.units, count: view.byteCount, total: view.byteCount * times)
    return value
  }

  /// Less than, equal to, greater than zero, by code points.
  func compareStrings(_ a: Value, _ b: Value) -> Int {
    let x = PyString(self, a)
    let y = PyString(self, b)
    let common = min(x.count, y.count)
    if x.widthShift == 0, y.widthShift == 0 {
      let order = x.units.compare(y.units, count: common)
      return order != 0 ? order : x.count - y.count
    }
    for index in 0..<common {
      let (p, q) = (x[index], y[index])
      if p != q { return p < q ? -1 : 1 }
    }
    return x.count - y.count
  }
}

/// The memory that large sums share: word 1 is `bytes in use:32 capacity:32`, units from word 2.
@safe struct SharedBuffer {
  static let threshold = 512
  let words: Words
  var used: Int {
    get { words.low(1) }
    nonmutating set { words.setLow(1, newValue) }
  }
  var capacity: Int {
    get { words.high(1) }
    nonmutating set { words.setHigh(1, newValue) }
  }
  var bytes: Bytes { words.bytes(from: 2) }
}

extension Bytes {
  /// Writes one character of units of this width.
  @inline(__always) func setCharacter(_ index: Int, _ scalar: UInt32, widthShift: Int) {
    switch widthShift {
    case 0: self[index] = UInt8(truncatingIfNeeded: scalar)
    case 1: setUnit16(index, UInt16(truncatingIfNeeded: scalar))
    default: setUnit32(index, scalar)
    }
  }

  /// Writes a string's characters from character `index` on, into units at least as wide as its own.
  @inline(__always) func put(_ string: PyString, at index: Int, widthShift: Int) {
    let target = advanced(by: index << widthShift)
    if string.widthShift == widthShift {
      target.copyShort(from: string.units, count: string.byteCount)
    } else {
      target.putWidening(string, widthShift: widthShift)
    }
  }

  @inline(never) private func putWidening(_ string: PyString, widthShift: Int) {
    for index in 0..<string.count { setCharacter(index, string[index], widthShift: widthShift) }
  }

  /// Copies like `copy`, with a loop instead of a call for a few bytes.
  @inline(__always) func copyShort(from source: Bytes, count: Int) {
    if count > 16 { return copy(from: source, count: count) }
    if count >= 8 {
      let last = source.word(count &- 8)
      setWord(0, source.word(0))
      setWord(count &- 8, last)
      return
    }
    var index = 0
    while index < count {
      self[index] = source[index]
      index &+= 1
    }
  }

  /// Fills `total` bytes with copies of a pattern of `count` bytes, doubling what is there.
  func fill(repeating pattern: Bytes, count: Int, total: Int) {
    if count == 1 { return fill(count: total, with: pattern[0]) }
    copy(from: pattern, count: count)
    var done = count
    while done < total {
      let step = min(done, total - done)
      advanced(by: done).copy(from: self, count: step)
      done += step
    }
  }
}
