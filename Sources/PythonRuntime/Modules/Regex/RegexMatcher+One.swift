/// Repeats of a single character: `a*`, `[^"]+?`, `.*+`.
extension RegexMatcher {
  /// How many characters from `place` on are what the item asks for, at most `most`.
  @inline(__always)
  private mutating func count<U: RegexUnits>(_: U.Type, _ item: UInt64, _ place: Int, most: Int) -> Int {
    let limit = most < end &- place ? place &+ most : end
    var next = place
    switch RegexOp(rawValue: RegexWord.op(item)) {
    case .anyAll: next = max(limit, place)
    case .any:
      if U.self == NarrowUnits.self, limit > place {
        next = units.advanced(by: place).firstIndex(of: 10, count: limit &- place).map { $0 &+ place } ?? limit
      } else {
        while next < limit, U.unit(units, next) != 10 { next &+= 1 }
      }
    case .literal:
      let scalar = UInt32(truncatingIfNeeded: item >> 32)
      while next < limit, U.unit(units, next) == scalar { next &+= 1 }
    case .notLiteral:
      let scalar = UInt32(truncatingIfNeeded: item >> 32)
      while next < limit, U.unit(units, next) != scalar { next &+= 1 }
    case .set:
      let (set, fold) = (RegexWord.y(item), RegexWord.x(item))
      while next < limit, RegexSet.contains(program, set, U.unit(units, next), fold: fold) { next &+= 1 }
    default:
      while next < limit, holds(item, U.unit(units, next)) { next &+= 1 }
    }
    budget &-= (next &- place) >> 3
    return next &- place
  }

  private static func most(_ bounds: UInt64) -> Int {
    bounds >> 32 == 0xFFFF_FFFF ? Int.max : Int(bounds >> 32)
  }

  /// The last place from `last` down to `least` where what follows may match; -1 when there is none.
  @inline(__always)
  private mutating func lastPlace<U: RegexUnits>(_: U.Type, _ next: UInt64, from last: Int, to least: Int) -> Int {
    guard RegexWord.op(next) == RegexOp.literal.rawValue else { return last }
    let scalar = UInt32(truncatingIfNeeded: next >> 32)
    var place = last < end ? last : end &- 1
    while place >= least, U.unit(units, place) != scalar { place &-= 1 }
    budget &-= (last &- place) >> 3
    return place >= least ? place : -1
  }

  @inline(__always)
  mutating func takeMost<U: RegexUnits>(
    _: U.Type, _ word: UInt64, _ pc: inout Int, _ place: inout Int
  ) throws(Unwind) -> Bool {
    let bounds = program[pc &+ 1]
    let least = place &+ Int(bounds & 0xFFFF_FFFF)
    let last = place &+ count(U.self, program[pc &+ 2], place, most: RegexMatcher.most(bounds))
    guard last >= least else { return false }
    let next = RegexWord.y(word)
    let found = lastPlace(U.self, program[next], from: last, to: least)
    guard found >= 0 else { return false }
    if found > least { try push(.greedy, pc, RegexMatcher.pair(found, least)) }
    place = found
    pc = next
    return true
  }

  /// A greedy repeat gives one back.
  @inline(__always)
  mutating func giveBack<U: RegexUnits>(
    _: U.Type, _ pc: Int, _ state: UInt64, _ place: inout Int
  ) throws(Unwind) -> Int? {
    let last = Int(state & 0xFFFF_FFFF)
    let least = Int(state >> 32)
    let next = RegexWord.y(program[pc])
    let found = lastPlace(U.self, program[next], from: last &- 1, to: least)
    guard found >= 0 else { return nil }
    if found > least { try push(.greedy, pc, RegexMatcher.pair(found, least)) }
    place = found
    return next
  }

  mutating func takeAll<U: RegexUnits>(_: U.Type, _ word: UInt64, _ pc: inout Int, _ place: inout Int) -> Bool {
    let bounds = program[pc &+ 1]
    let count = count(U.self, program[pc &+ 2], place, most: RegexMatcher.most(bounds))
    guard count >= Int(bounds & 0xFFFF_FFFF) else { return false }
    place &+= count
    pc = RegexWord.y(word)
    return true
  }

  @inline(__always)
  mutating func takeLeast<U: RegexUnits>(
    _: U.Type, _ word: UInt64, _ pc: inout Int, _ place: inout Int
  ) throws(Unwind) -> Bool {
    let bounds = program[pc &+ 1]
    let least = Int(bounds & 0xFFFF_FFFF)
    if least > 0 {
      guard count(U.self, program[pc &+ 2], place, most: least) >= least else { return false }
      place &+= least
    }
    let left = min(RegexMatcher.most(bounds), 0xFFFF_FFFF) &- least
    if left > 0 { try push(.lazy, pc, RegexMatcher.pair(place, left)) }
    pc = RegexWord.y(word)
    return true
  }

  /// A lazy repeat takes one more, or as many as it must before what follows can match.
  @inline(__always)
  mutating func takeMore<U: RegexUnits>(
    _: U.Type, _ pc: Int, _ state: UInt64, _ place: inout Int
  ) throws(Unwind) -> Int? {
    var current = Int(state & 0xFFFF_FFFF)
    var left = Int(state >> 32)
    let item = program[pc &+ 2]
    let next = RegexWord.y(program[pc])
    let following = program[next]
    let isLiteral = RegexWord.op(following) == RegexOp.literal.rawValue
    let scalar = UInt32(truncatingIfNeeded: following >> 32)
    let first = current
    repeat {
      guard left > 0, current < end, holds(item, U.unit(units, current)) else {
        budget &-= (current &- first) >> 3
        return nil
      }
      current &+= 1
      left &-= 1
    } while isLiteral && (current >= end || U.unit(units, current) != scalar)
    budget &-= (current &- first) >> 3
    if left > 0 { try push(.lazy, pc, RegexMatcher.pair(current, left)) }
    place = current
    return next
  }

  // MARK: Places

  @inline(__always)
  func isAt<U: RegexUnits>(_: U.Type, _ kind: Int, _ place: Int) -> Bool {
    switch RegexPlace(rawValue: kind) {
    case .beginning, .beginningString: place == 0
    case .beginningLine: place == 0 || U.unit(units, place &- 1) == 10
    case .end: place == end || place &+ 1 == end && U.unit(units, place) == 10
    case .endLine: place == end || U.unit(units, place) == 10
    case .endString: place == end
    case .boundary, .localeBoundary: end > 0 && isBoundary(U.self, place) { RegexCategory.isASCIIWord($0) }
    case .nonBoundary, .localeNonBoundary: end > 0 && !isBoundary(U.self, place) { RegexCategory.isASCIIWord($0) }
    case .unicodeBoundary: end > 0 && isBoundary(U.self, place) { RegexCategory.isWord($0) }
    case .unicodeNonBoundary: end > 0 && !isBoundary(U.self, place) { RegexCategory.isWord($0) }
    case nil: false
    }
  }

  @inline(__always)
  private func isBoundary<U: RegexUnits>(_: U.Type, _ place: Int, _ isWord: (UInt32) -> Bool) -> Bool {
    let before = place > 0 && isWord(U.unit(units, place &- 1))
    let after = place < end && isWord(U.unit(units, place))
    return before != after
  }
}
