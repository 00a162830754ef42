/// The matcher's loop.
extension RegexMatcher {
  /// Whether the program matches at `start`. Slots must not be set.
  mutating func matches<U: RegexUnits>(_: U.Type, at start: Int) throws(Unwind) -> Bool {
    top = bottom
    var pc = RegexHeader.count
    var place = start
    while true {
      budget &-= 1
      if _slowPath(budget < 0) { try refuel() }
      let word = program[pc]
      let isDone: Bool
      switch RegexOp(rawValue: RegexWord.op(word)) {
      case .fail, nil: isDone = false
      case .succeed:
        isDone = accepts(place)
        if isDone { return true }
      case .literal, .notLiteral, .any, .anyAll, .set, .foldedLiteral, .notFoldedLiteral:
        isDone = place < end && holds(word, U.unit(units, place))
        place &+= 1
        pc &+= 1
      case .at:
        isDone = isAt(U.self, RegexWord.x(word), place)
        pc &+= 1
      case .jump:
        pc = RegexWord.y(word)
        isDone = true
      case .fork:
        isDone = true
        let next = program[pc &+ 1]
        if RegexWord.op(next) == RegexOp.literal.rawValue,
          place >= end || U.unit(units, place) != UInt32(truncatingIfNeeded: next >> 32)
        {
          pc = RegexWord.y(word)
        } else {
          try push(.choice, RegexWord.y(word), UInt64(place))
          pc &+= 1
        }
      case .mark:
        try setMark(RegexWord.x(word), place)
        pc &+= 1
        isDone = true
      case .greedyOne: isDone = try takeMost(U.self, word, &pc, &place)
      case .lazyOne: isDone = try takeLeast(U.self, word, &pc, &place)
      case .possessiveOne: isDone = takeAll(U.self, word, &pc, &place)
      case .repeatStart:
        try setSlot(RegexWord.x(word), 0)
        try setSlot(RegexWord.x(word) &+ 1, -1)
        pc = RegexWord.y(word)
        isDone = true
      case .greedyEnd: isDone = try endGreedyRound(word, &pc, place)
      case .lazyEnd: isDone = try endLazyRound(word, &pc, place)
      default: isDone = try rare(U.self, word, &pc, &place)
      }
      if !isDone {
        guard let next = try backtrack(U.self, &place) else { return false }
        pc = next
      }
    }
  }

  /// Whether a character is what an instruction for one character asks for.
  @inline(__always) func holds(_ word: UInt64, _ scalar: UInt32) -> Bool {
    switch RegexOp(rawValue: RegexWord.op(word)) {
    case .literal: scalar == UInt32(truncatingIfNeeded: word >> 32)
    case .set: RegexSet.contains(program, RegexWord.y(word), scalar, fold: RegexWord.x(word))
    case .any: scalar != 10
    case .anyAll: true
    case .notLiteral: scalar != UInt32(truncatingIfNeeded: word >> 32)
    case .foldedLiteral: isFolded(word, scalar)
    case .notFoldedLiteral: !isFolded(word, scalar)
    default: false
    }
  }

  @inline(never) private func isFolded(_ word: UInt64, _ scalar: UInt32) -> Bool {
    let wanted = UInt32(truncatingIfNeeded: word >> 32)
    let fold = RegexFold(rawValue: RegexWord.x(word)) ?? .none
    return scalar == wanted || fold.lower(scalar) == (fold == .locale ? fold.lower(wanted) : wanted)
  }

  // MARK: Repeats of more than one character

  @inline(__always)
  private mutating func endGreedyRound(_ word: UInt64, _ pc: inout Int, _ place: Int) throws(Unwind) -> Bool {
    let slot = RegexWord.x(word)
    let bounds = program[pc &+ 1]
    let count = self.slot(slot)
    if count < Int(bounds & 0xFFFF_FFFF) {
      try setSlot(slot, count &+ 1)
      pc = RegexWord.y(word)
      return true
    }
    // A round that took nothing is the last.
    if count < Int(bounds >> 32) || bounds >> 32 == 0xFFFF_FFFF, place != self.slot(slot &+ 1) {
      try push(.choice, pc &+ 2, UInt64(place))
      try setSlot(slot, count &+ 1)
      try setSlot(slot &+ 1, place)
      pc = RegexWord.y(word)
      return true
    }
    pc &+= 2
    return true
  }

  @inline(__always)
  private mutating func endLazyRound(_ word: UInt64, _ pc: inout Int, _ place: Int) throws(Unwind) -> Bool {
    let slot = RegexWord.x(word)
    let bounds = program[pc &+ 1]
    let count = self.slot(slot)
    if count < Int(bounds & 0xFFFF_FFFF) {
      try setSlot(slot, count &+ 1)
      pc = RegexWord.y(word)
      return true
    }
    if count < Int(bounds >> 32) || bounds >> 32 == 0xFFFF_FFFF, place != self.slot(slot &+ 1) {
      try push(.round, pc, UInt64(place))
    }
    pc &+= 2
    return true
  }

  /// One more round of a lazy repeat whose end stands at `pc`; answers its body.
  mutating func startLazyRound(_ pc: Int, _ place: Int) throws(Unwind) -> Int {
    let word = program[pc]
    let slot = RegexWord.x(word)
    try setSlot(slot, self.slot(slot) &+ 1)
    try setSlot(slot &+ 1, place)
    return RegexWord.y(word)
  }

  // MARK: Everything rare

  @inline(never)
  private mutating func rare<U: RegexUnits>(
    _: U.Type, _ word: UInt64, _ pc: inout Int, _ place: inout Int
  ) throws(Unwind) -> Bool {
    switch RegexOp(rawValue: RegexWord.op(word)) {
    case .groupReference:
      pc &+= 1
      return repeatsGroup(U.self, word, &place)
    case .groupExists:
      let group = RegexWord.x(word)
      pc = isSet(group) ? pc &+ 1 : RegexWord.y(word)
      return true
    case .assertStart, .refuteStart:
      let isPositive = RegexWord.op(word) == RegexOp.assertStart.rawValue
      let back = RegexWord.x(word)
      guard place >= back else {
        pc = RegexWord.y(word)
        return !isPositive
      }
      try enterGroup(isPositive ? .barrier : .barrierChoice, RegexWord.y(word), at: place)
      place &-= back
      pc &+= 1
      return true
    case .assertEnd:
      place = leaveGroup()
      pc &+= 1
      return true
    case .refuteEnd:
      undoGroup()
      return false
    case .atomicStart:
      try enterGroup(.barrier, 0, at: place)
      pc &+= 1
      return true
    case .atomicEnd:
      _ = leaveGroup()
      pc &+= 1
      return true
    case .possessiveStart: return try startPossessiveRound(word, &pc, place)
    default: return false
    }
  }

  private mutating func startPossessiveRound(
    _ word: UInt64, _ pc: inout Int, _ place: Int
  ) throws(Unwind) -> Bool {
    let slot = RegexWord.x(word)
    let bounds = program[pc &+ 1]
    let count = self.slot(slot)
    if count < Int(bounds & 0xFFFF_FFFF) {
      try setSlot(slot, count &+ 1)
      try enterGroup(.barrier, 0, at: place)
      pc &+= 2
    } else if count < Int(bounds >> 32) || bounds >> 32 == 0xFFFF_FFFF, place != self.slot(slot &+ 1) {
      try enterGroup(.barrierChoice, RegexWord.y(word), at: place)
      try setSlot(slot, count &+ 1)
      try setSlot(slot &+ 1, place)
      pc &+= 2
    } else {
      pc = RegexWord.y(word)
    }
    return true
  }

  func isSet(_ group: Int) -> Bool {
    let (first, last) = (slot(group &* 2), slot(group &* 2 &+ 1))
    return first >= 0 && last >= first
  }

  private mutating func repeatsGroup<U: RegexUnits>(_: U.Type, _ word: UInt64, _ place: inout Int) -> Bool {
    let group = RegexWord.x(word)
    guard isSet(group) else { return false }
    let first = slot(group &* 2)
    let count = slot(group &* 2 &+ 1) &- first
    guard count <= end &- place else { return false }
    budget &-= count >> 2
    let fold = RegexFold(rawValue: RegexWord.y(word)) ?? .none
    for index in 0..<count {
      let (a, b) = (U.unit(units, first &+ index), U.unit(units, place &+ index))
      if a != b, fold == .none || fold.lower(a) != fold.lower(b) { return false }
    }
    place &+= count
    return true
  }
}
