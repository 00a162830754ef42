/// Places of one string in another.
extension VM {
  /// The first place of `needle` within characters `start..<end` of `text`, or nil. Takes linear time.
  func find(_ needle: PyString, in text: PyString, from start: Int, to end: Int) throws(Unwind) -> Int? {
    let count = needle.count
    guard end - start >= count, start >= 0 else { return nil }
    if count == 0 { return start }
    if text.widthShift == 0 {
      guard needle.widthShift == 0 else { return nil }
      let found = firstIndex(of: needle.units, count: count, in: text.units.advanced(by: start), end &- start)
      try charge((found ?? end &- start) >> 6)
      return found.map { $0 &+ start }
    }
    if needle.widthShift > text.widthShift { return nil }
    try charge((end - start) >> 3)
    if count == 1 {
      let scalar = needle[0]
      for index in start..<end where text[index] == scalar { return index }
      return nil
    }
    return PrefixTable(count: count) { needle[$0] }.first(from: start, to: end) { text[$0] }
  }

  /// The first place of `count` bytes among `total`, or nil.
  func firstIndex(of needle: Bytes, count: Int, in text: Bytes, _ total: Int) -> Int? {
    var isTooHard = false
    if let found = text.firstIndex(of: needle, count: count, in: total, isTooHard: &isTooHard) { return found }
    guard isTooHard else { return nil }
    return PrefixTable(count: count) { UInt32(needle[$0]) }.first(from: 0, to: total) { UInt32(text[$0]) }
  }

  /// The last place of `needle` within characters `start..<end` of `text`, or nil.
  func findLast(_ needle: PyString, in text: PyString, from start: Int, to end: Int) throws(Unwind) -> Int? {
    let count = needle.count
    guard end - start >= count, start >= 0 else { return nil }
    if count == 0 { return end }
    if needle.widthShift > text.widthShift { return nil }
    if count == 1, text.widthShift == 0 {
      return text.units.advanced(by: start).lastIndex(of: needle.units[0], count: end &- start).map { $0 &+ start }
    }
    try charge((end - start) >> 3)
    // Searching the reversed text for the reversed needle.
    let reversed = PrefixTable(count: count) { needle[count - 1 - $0] }
    let found = reversed.first(from: 0, to: end - start) { text[end - 1 - $0] }
    return found.map { end - $0 - count }
  }

  /// How often `needle` occurs in characters `start..<end`, without overlaps; `limit` at most.
  func occurrences(
    of needle: PyString, in text: PyString, from start: Int, to end: Int, limit: Int = .max
  ) throws(Unwind) -> Int {
    guard start <= end else { return 0 }
    if needle.count == 1, needle.widthShift == 0, text.widthShift == 0, limit == .max {
      try charge((end - start) >> 5)
      return text.units.advanced(by: start).occurrences(of: needle.units[0], count: end &- start)
    }
    if needle.count == 0 { return min(end - start + 1, limit) }
    var position = start
    var total = 0
    while total < limit, let found = try find(needle, in: text, from: position, to: end) {
      total &+= 1
      position = found &+ needle.count
      try charge(1)
    }
    return total
  }

  /// Whether `needle` stands at character `index` of `text`.
  @inline(__always) func stands(_ needle: PyString, at index: Int, in text: PyString) -> Bool {
    let count = needle.count
    guard index >= 0, index &+ count <= text.count else { return false }
    if needle.widthShift == text.widthShift {
      let shift = text.widthShift
      return text.units.advanced(by: index << shift).equals(needle.units, count: count << shift)
    }
    for place in 0..<count where text[index &+ place] != needle[place] { return false }
    return true
  }

  /// `needle in text`, both strings.
  func stringContains(_ text: Value, _ needle: Value) throws(Unwind) -> Bool {
    let view = PyString(self, text)
    return try find(PyString(self, needle), in: view, from: 0, to: view.count) != nil
  }
}

/// The failure links of Knuth, Morris and Pratt for a sequence of units: searching never goes back in the text.
struct PrefixTable {
  private let links: [Int32]
  private let unit: (Int) -> UInt32

  init(count: Int, _ unit: @escaping (Int) -> UInt32) {
    var links = [Int32](repeating: 0, count: count)
    var length = 0
    for index in 1..<max(count, 1) {
      let next = unit(index)
      while length > 0, unit(length) != next { length = Int(links[length - 1]) }
      if unit(length) == next { length += 1 }
      links[index] = Int32(truncatingIfNeeded: length)
    }
    self.links = links
    self.unit = unit
  }

  /// The first place in `start..<end` of a text.
  func first(from start: Int, to end: Int, _ text: (Int) -> UInt32) -> Int? {
    var matched = 0
    for index in start..<end {
      let next = text(index)
      while matched > 0, unit(matched) != next { matched = Int(links[matched - 1]) }
      if unit(matched) == next { matched += 1 }
      if matched == links.count { return index - matched + 1 }
    }
    return nil
  }
}

/// The optional `start` and `end` arguments of `find` and its like, applied to a length.
struct SearchBounds {
  let start: Int
  let end: Int

  /// Arguments `index` and `index + 1`: unbound and None mean the whole.
  init(_ vm: VM, _ a: Arguments, at index: Int, length: () -> Int) throws(Unwind) {
    let first = a[index].isUnbound ? nil : try vm.slicePart(a[index])
    let second = a[index + 1].isUnbound ? nil : try vm.slicePart(a[index + 1])
    let length = length()
    var start = first ?? 0
    var end = second ?? length
    if end > length { end = length }
    if end < 0 { end = max(end &+ length, 0) }
    if start < 0 { start = max(start &+ length, 0) }
    self.start = start
    self.end = end
  }
}
