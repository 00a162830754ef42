/// What the matcher executes: a translation of the code that the library's `re` compiles, in words of the cage.
///
/// An instruction is a word `op:8 x:24 y:32`; `repeatOne` and its kin have a word `least:32 most:32` and the instruction of their item behind
/// them. Groups' marks, the counters of repeats and the like are numbered *slots*: `2g` and `2g+1` are the ends of group `g+1`, and
/// each repeat has two, its count and the place where its last round started.
enum RegexOp: UInt8 {
  case fail, succeed
  // One character. `set`: y is the set's place; the folding ones: x is `RegexFold`.
  case literal, notLiteral, any, anyAll, set, foldedLiteral, notFoldedLiteral
  /// x is CPython's number of the place.
  case at
  /// y is the target.
  case jump
  /// y is the alternative.
  case fork
  /// x is the slot.
  case mark
  /// x is the group, y the folding.
  case groupReference
  /// x is the group, y where to go on when it is not set.
  case groupExists
  /// x is how far to step back, y where to go on when what should not match does not.
  case assertStart, assertEnd, refuteStart, refuteEnd
  case atomicStart, atomicEnd
  /// x is the first of the repeat's slots, y the end's place.
  case repeatStart
  /// x is the first of the repeat's slots, y the body; then least and most.
  case greedyEnd, lazyEnd
  /// The same before the body: y is where to go on afterwards.
  case possessiveStart
  /// y is what follows.
  case greedyOne, lazyOne, possessiveOne
}

/// How a character is folded before it is compared.
enum RegexFold: Int {
  case none, ascii, unicode, locale

  func lower(_ scalar: UInt32) -> UInt32 {
    switch self {
    case .none: scalar
    case .ascii, .locale: scalar &- 0x41 < 26 ? scalar &+ 32 : scalar
    case .unicode: RegexFold.unicodeLower(scalar)
    }
  }

  /// The first character of the lower case.
  static func unicodeLower(_ scalar: UInt32) -> UInt32 {
    if scalar < 0x80 { return scalar &- 0x41 < 26 ? scalar &+ 32 : scalar }
    return first(scalar, .lower)
  }

  /// The first character of the upper case.
  static func unicodeUpper(_ scalar: UInt32) -> UInt32 {
    if scalar < 0x80 { return scalar &- 0x61 < 26 ? scalar &- 32 : scalar }
    return first(scalar, .upper)
  }

  private static func first(_ scalar: UInt32, _ form: CaseMapping.Form) -> UInt32 {
    var result: UInt32?
    CaseMapping.map(scalar, form) { if result == nil { result = $0 } }
    return result ?? scalar
  }
}

/// The words in front of a program's instructions.
enum RegexHeader {
  /// The least number of characters that match.
  static let least = 0
  /// An instruction for one character that every match starts with, or 0.
  static let first = 1
  /// The number of slots.
  static let slots = 2
  /// Where the characters lie that every match starts with, and their number.
  static let prefix = 3
  /// 1 when a match can only start at the start of the text.
  static let isAnchored = 4
  static let count = 5
}

/// A word of a program.
enum RegexWord {
  @inline(__always) static func op(_ word: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word) }
  @inline(__always) static func x(_ word: UInt64) -> Int { Int(word >> 8 & 0xFF_FFFF) }
  @inline(__always) static func y(_ word: UInt64) -> Int { Int(word >> 32) }

  static func make(_ op: RegexOp, x: Int = 0, y: Int = 0) -> UInt64 {
    UInt64(op.rawValue) | UInt64(x & 0xFF_FFFF) << 8 | UInt64(y & 0xFFFF_FFFF) << 32
  }
}
