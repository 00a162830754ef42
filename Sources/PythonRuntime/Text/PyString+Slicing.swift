/// The items that a slice selects of a sequence: `count` of them from `start` on in steps of `step`.
struct SliceRange {
  let start: Int
  let step: Int
  let count: Int
  /// The index after the last, for a step of one.
  var end: Int { start &+ count &* step }
}

extension VM {
  /// A slice object applied to a sequence of `length` items; asks for `__index__` of its parts, so it may run Python
  /// code.
  func sliceRange(_ slice: Value, length: () -> Int) throws(Unwind) -> SliceRange {
    let object = words(slice)
    let step = try sliceStep(object.value(3))
    let isBackward = step < 0
    let start = try slicePart(object.value(1)) ?? (isBackward ? Int.max : 0)
    let stop = try slicePart(object.value(2)) ?? (isBackward ? Int.min : Int.max)
    return SliceRange(start: start, stop: stop, step: step, hasNoStop: object.value(2).isNone, length: length())
  }

  private func sliceStep(_ value: Value) throws(Unwind) -> Int {
    if value.isNone { return 1 }
    guard let step = try slicePart(value) else { return 1 }
    if step == 0 { throw raise(.valueError, "slice step cannot be zero") }
    return step
  }

  /// A part as an Int, cut off at the ends of what fits; nil for None.
  func slicePart(_ value: Value) throws(Unwind) -> Int? {
    if value.isInt { return value.int }
    if value.isNone { return nil }
    let special = value.isBool || self.is(value, .int) || lookupSpecial(value, .index) != nil
    guard special else {
      throw raise(.typeError, "slice indices must be integers or None or have an __index__ method")
    }
    let number = try index(value)
    if let int = asInt(number) { return int == Int.min ? -Int.max : int }
    return sign(number) < 0 ? -Int.max : Int.max
  }
}

extension SliceRange {
  /// The rules of `slice.indices`.
  init(start: Int, stop: Int, step: Int, hasNoStop: Bool, length: Int) {
    let isBackward = step < 0
    var start = start
    var stop = stop
    if start < 0 {
      start = start &+ length
      if start < 0 { start = isBackward ? -1 : 0 }
    } else if start >= length {
      start = isBackward ? length - 1 : length
    }
    if stop < 0 {
      stop = hasNoStop ? -1 : max(stop &+ length, isBackward ? -1 : 0)
    } else if stop >= length {
      stop = isBackward ? length - 1 : length
    }
    var count = 0
    if isBackward {
      if stop < start { count = (start - stop - 1) / (step == Int.min ? Int.max : -step) + 1 }
    } else if start < stop {
      count = (stop - start - 1) / step + 1
    }
    self.init(start: start, step: step, count: count)
  }
}

extension VM {
  /// `string[key]`.
  func stringItem(_ string: Value, _ key: Value) throws(Unwind) -> Value {
    if key.isInt {
      let view = PyString(self, string)
      let count = view.count
      var position = key.int
      if position < 0 { position &+= count }
      guard position >= 0, position < count else { throw raise(.indexError, "string index out of range") }
      return try character(view[position])
    }
    if self.is(key, .slice) { return try stringSlice(string, key) }
    guard key.isBool || self.is(key, .int) || lookupSpecial(key, .index) != nil else {
      throw raise(.typeError, "string indices must be integers, not '\(typeName(key))'")
    }
    let position = try indexAsInt(key)
    guard Value.fits(position) else { throw raise(.indexError, "string index out of range") }
    return try stringItem(string, Value(small: position))
  }

  func stringSlice(_ string: Value, _ slice: Value) throws(Unwind) -> Value {
    let range = try sliceRange(slice) { PyString(self, string).count }
    if range.step == 1 { return try substring(string, from: range.start, count: range.count) }
    if range.count == 0 { return self[root: .emptyString] }
    let view = PyString(self, string)
    if range.count == 1 { return try character(view[range.start]) }
    try charge(range.count >> 4)
    var union: UInt32 = 0
    if view.isASCII {
      union = 0x7F
    } else {
      for place in 0..<range.count { union |= view[range.start &+ place &* range.step] }
    }
    let shift = union < 0x100 ? 0 : union < 0x10000 ? 1 : 2
    let value = try allocateString(count: range.count, widthShift: shift, isASCII: union < 0x80)
    let units = words(value).bytes(from: 2)
    if view.widthShift == 0 {
      units.copy(from: view.units, start: range.start, step: range.step, count: range.count)
    } else {
      for place in 0..<range.count {
        units.setCharacter(place, view[range.start &+ place &* range.step], widthShift: shift)
      }
    }
    return value
  }
}

extension Bytes {
  /// Gathers `count` bytes of `source` in steps.
  func copy(from source: Bytes, start: Int, step: Int, count: Int) {
    var place = 0
    var position = start
    if step == -1 {
      while place &+ 8 <= count {
        setWord(place, source.word(position &- 7).byteSwapped)
        place &+= 8
        position &-= 8
      }
    }
    while place < count {
      self[place] = source[position]
      place &+= 1
      position &+= step
    }
  }
}
