/// The characters of a text in units of one width.
protocol RegexUnits {
  static func unit(_ units: Bytes, _ index: Int) -> UInt32
}

/// Bytes, or characters below 256.
enum NarrowUnits: RegexUnits {
  @inline(__always) static func unit(_ units: Bytes, _ index: Int) -> UInt32 { UInt32(units[index]) }
}

/// Units of two bytes.
enum MediumUnits: RegexUnits {
  @inline(__always) static func unit(_ units: Bytes, _ index: Int) -> UInt32 { UInt32(units.unit16(index)) }
}

/// Units of four bytes.
enum WideUnits: RegexUnits {
  @inline(__always) static func unit(_ units: Bytes, _ index: Int) -> UInt32 { units.unit32(index) }
}

/// The backtracking matcher. It recurses nowhere: what it may come back to lies on a stack in the cage, so deep patterns meet the limit on memory,
/// and each step is charged, so slow ones meet the limit on ticks. No Python code runs meanwhile.
///
/// An entry of the stack is two words, what is to be restored and `kind:8 number:…`. Slots are restored by the same stack, so failing leaves
/// them as they were. `barrier` is the stack's height where the innermost group began that forgets its alternatives when it
/// has matched: `(?>…)`, a look-around, a round of a possessive repeat.
struct RegexMatcher {
  enum Entry: UInt64 {
    /// Go on at instruction `number` and the place in the word.
    case choice
    /// Slot `number` was the word.
    case slot
    /// Mark `number` was the low half; the last group closed was the high half.
    case mark
    /// Give one back: the place is the low half, the least the high half; `number` is the repeat.
    case greedy
    /// Take one more: the place is the low half, how many are left the high half; `number` is the repeat.
    case lazy
    /// One more round of the lazy repeat that ends at `number`, from the place in the word.
    case round
    /// A group is left: the barrier was the low half.
    case barrier
    /// The same; go on at instruction `number` and the place in the high half.
    case barrierChoice
  }

  let vm: VM
  let program: Words
  var units: Bytes
  /// The end of the text that may be looked at.
  var end: Int
  /// Slots, then the stack.
  var memory: Words
  var capacity: Int
  var top = 0
  let bottom: Int
  var barrier = 0
  /// The group that was closed last, or -1.
  var lastGroup = -1
  /// Only a match up to the end counts.
  var matchesAll = false
  /// An empty match at this place does not count.
  var emptyNotAt = -1
  var budget = 0
  /// Where the match found last ends.
  private(set) var matchEnd = 0
  static let slice = 2048
  /// A step and what is taken back for it cost as much time as so many instructions at the most.
  static let ticksPerStep = 4

  init(_ vm: VM, program: Words, units: Bytes, end: Int, memory: Words, capacity: Int) {
    self.vm = vm
    self.program = program
    self.units = units
    self.end = end
    self.memory = memory
    self.capacity = capacity
    bottom = 1 + Int(truncatingIfNeeded: program[RegexHeader.slots])
  }

  /// A slot's value; -1 when it is not set.
  func slot(_ index: Int) -> Int { Int(Int64(bitPattern: memory[1 &+ index])) }

  /// Forgets the last match.
  mutating func reset() {
    memory.fill(from: 1, count: bottom &- 1, with: UInt64.max)
    lastGroup = -1
    barrier = 0
  }

  @inline(never) mutating func refuel() throws(Unwind) {
    let used = RegexMatcher.slice &- budget
    budget = RegexMatcher.slice
    // More than what `charge` settles at once.
    try vm.charge(max(used &* RegexMatcher.ticksPerStep, 1025))
  }

  /// Charges what was begun of a slice.
  mutating func settle() throws(Unwind) {
    try vm.charge((RegexMatcher.slice &- budget) &* RegexMatcher.ticksPerStep)
    budget = RegexMatcher.slice
  }

  // MARK: The stack

  @inline(__always) mutating func push(_ kind: Entry, _ number: Int, _ word: UInt64) throws(Unwind) {
    if _slowPath(top &+ 2 > capacity) { try grow() }
    memory[top] = word
    memory[top &+ 1] = kind.rawValue | UInt64(truncatingIfNeeded: number) << 8
    top &+= 2
  }

  @inline(never) private mutating func grow() throws(Unwind) {
    guard capacity < 1 << 26 else { throw vm.raiseMemoryError() }
    let fresh = vm.words(try vm.allocateRaw(bytes: capacity * 16))
    fresh.copy(from: memory, at: 1, sourceIndex: 1, count: top - 1)
    vm.freeBuffer(vm.ref(memory))
    memory = fresh
    capacity *= 2
  }

  @inline(__always) mutating func setSlot(_ index: Int, _ value: Int) throws(Unwind) {
    try push(.slot, index, memory[1 &+ index])
    memory[1 &+ index] = UInt64(bitPattern: Int64(value))
  }

  @inline(__always) mutating func setMark(_ index: Int, _ place: Int) throws(Unwind) {
    let old = memory[1 &+ index] & 0xFFFF_FFFF
    try push(.mark, index, old | UInt64(truncatingIfNeeded: lastGroup) << 32)
    memory[1 &+ index] = UInt64(truncatingIfNeeded: place)
    if index & 1 == 1 { lastGroup = index >> 1 &+ 1 }
  }

  @inline(__always) private mutating func restoreMark(_ index: Int, _ word: UInt64) {
    memory[1 &+ index] = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: word)))
    lastGroup = Int(Int32(truncatingIfNeeded: word >> 32))
  }

  @inline(__always) static func pair(_ low: Int, _ high: Int) -> UInt64 {
    UInt64(UInt32(truncatingIfNeeded: low)) | UInt64(UInt32(truncatingIfNeeded: high)) << 32
  }

  mutating func enterGroup(_ kind: Entry, _ number: Int, at place: Int) throws(Unwind) {
    try push(kind, number, RegexMatcher.pair(barrier, place))
    barrier = top
  }

  /// Leaves a group that has matched: its alternatives are forgotten, not what restores slots. Answers the place where it began.
  mutating func leaveGroup() -> Int {
    let entry = barrier &- 2
    let word = memory[entry]
    var write = entry
    var read = barrier
    while read < top {
      let tag = memory[read &+ 1]
      let kind = tag & 0xFF
      if kind == Entry.slot.rawValue || kind == Entry.mark.rawValue {
        memory[write] = memory[read]
        memory[write &+ 1] = tag
        write &+= 2
      }
      read &+= 2
    }
    budget &-= (top &- entry) >> 2
    top = write
    barrier = Int(word & 0xFFFF_FFFF)
    return Int(word >> 32)
  }

  /// Leaves a group that should not have matched, as if it had not been entered.
  mutating func undoGroup() {
    while top > barrier {
      top &-= 2
      restore(memory[top &+ 1], memory[top])
    }
    top &-= 2
    barrier = Int(memory[top] & 0xFFFF_FFFF)
  }

  @inline(__always) private mutating func restore(_ tag: UInt64, _ word: UInt64) {
    let kind = tag & 0xFF
    if kind == Entry.mark.rawValue { restoreMark(Int(tag >> 8), word) }
    if kind == Entry.slot.rawValue { memory[1 &+ Int(tag >> 8)] = word }
  }

  /// Goes back to the last alternative; nil when there is none.
  @inline(__always)
  mutating func backtrack<U: RegexUnits>(_: U.Type, _ place: inout Int) throws(Unwind) -> Int? {
    while top > bottom {
      top &-= 2
      let tag = memory[top &+ 1]
      let word = memory[top]
      let number = Int(tag >> 8)
      switch Entry(rawValue: tag & 0xFF) {
      case .choice:
        place = Int(word)
        return number
      case .slot: memory[1 &+ number] = word
      case .mark: restoreMark(number, word)
      case .greedy: if let next = try giveBack(U.self, number, word, &place) { return next }
      case .lazy: if let next = try takeMore(U.self, number, word, &place) { return next }
      case .round:
        place = Int(word)
        return try startLazyRound(number, place)
      case .barrier: barrier = Int(word & 0xFFFF_FFFF)
      case .barrierChoice:
        barrier = Int(word & 0xFFFF_FFFF)
        place = Int(word >> 32)
        return number
      case nil: return nil
      }
      budget &-= 1
    }
    return nil
  }

  /// Records where the match ends; false when a match must not end there.
  @inline(__always) mutating func accepts(_ place: Int) -> Bool {
    matchEnd = place
    return !(matchesAll && place != end) && place != emptyNotAt
  }
}
