/// Searching: the first place from `start` on where the program matches.
extension RegexMatcher {
  /// Answers the place of the match, or nil.
  mutating func search<U: RegexUnits>(_: U.Type, from start: Int) throws(Unwind) -> Int? {
    let least = Int(truncatingIfNeeded: program[RegexHeader.least])
    guard least <= end &- start else { return nil }
    let last = end &- least
    if program[RegexHeader.isAnchored] == 1 {
      guard start == 0 else { return nil }
      return try matches(U.self, at: 0) ? 0 : nil
    }
    var place = start
    while let candidate = nextCandidate(U.self, from: place, to: last) {
      if try matches(U.self, at: candidate) { return candidate }
      // Elsewhere an empty match counts.
      emptyNotAt = -1
      place = candidate &+ 1
    }
    return nil
  }

  /// The next place where a match may start.
  @inline(__always)
  private mutating func nextCandidate<U: RegexUnits>(_: U.Type, from start: Int, to last: Int) -> Int? {
    guard start <= last else { return nil }
    let prefix = program[RegexHeader.prefix]
    let first = program[RegexHeader.first]
    var place = start
    if prefix != 0 {
      let data = Int(prefix >> 32)
      let count = Int(prefix & 0xFFFF_FFFF)
      let scalar = UInt32(truncatingIfNeeded: program[data])
      while place <= last {
        if U.self == NarrowUnits.self {
          guard scalar < 256,
            let found = units.advanced(by: place).firstIndex(of: UInt8(scalar), count: last &- place &+ 1)
          else { break }
          place &+= found
        } else {
          while place <= last, U.unit(units, place) != scalar { place &+= 1 }
          if place > last { break }
        }
        var index = 1
        while index < count, place &+ index < end, UInt64(U.unit(units, place &+ index)) == program[data &+ index] {
          index &+= 1
        }
        if index == count {
          budget &-= (place &- start) >> 4
          return place
        }
        place &+= 1
        budget &-= 1
      }
      budget &-= max(0, last &- start) >> 4
      return nil
    }
    guard first != 0 else { return start }
    while place <= last, place < end, !holds(first, U.unit(units, place)) { place &+= 1 }
    budget &-= (place &- start) >> 3
    return place <= last && place < end ? place : nil
  }
}
