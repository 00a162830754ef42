/// A set of characters in a program: four words that answer for the characters below 256, folding included, then the number of
/// items, then the items: words `kind:8 x:24 y:32`.
enum RegexSet {
  enum Item: UInt8 {
    /// What follows is excluded; what is not found is included.
    case negate
    /// y is the character.
    case literal
    /// x … y
    case range
    /// The same; the character's upper case counts too.
    case foldedRange
    /// y is CPython's number of the class.
    case category
    /// y is the place of four words.
    case bitmap
    /// y is the place of 32 words, a number for each 256 characters, and of four words for each number behind them.
    case bigBitmap
  }

  static let bitmapWords = 4

  static func make(_ kind: Item, x: UInt32 = 0, y: UInt32 = 0) -> UInt64 {
    UInt64(kind.rawValue) | UInt64(x & 0xFF_FFFF) << 8 | UInt64(y) << 32
  }

  /// Whether a set at `place` has the character, by its bits if they answer for it.
  @inline(__always)
  static func contains(_ program: Words, _ place: Int, _ scalar: UInt32, fold: Int) -> Bool {
    if scalar < 256 { return program[place &+ Int(scalar >> 6)] >> UInt64(scalar & 63) & 1 != 0 }
    return searches(program, place, scalar, fold: fold)
  }

  @inline(never)
  private static func searches(_ program: Words, _ place: Int, _ scalar: UInt32, fold: Int) -> Bool {
    let count = Int(truncatingIfNeeded: program[place &+ bitmapWords])
    return contains(scalar, fold: RegexFold(rawValue: fold) ?? .none, first: place &+ bitmapWords &+ 1, count: count) {
      program[$0]
    }
  }

  /// By its items. The words come from wherever the program lies.
  static func contains(
    _ scalar: UInt32, fold: RegexFold, first: Int, count: Int, word: (Int) -> UInt64
  ) -> Bool {
    let folded = fold.lower(scalar)
    if holds(folded, first: first, count: count, word: word) { return true }
    if fold == .locale, scalar &- 0x61 < 26 {
      return holds(scalar &- 32, first: first, count: count, word: word)
    }
    return false
  }

  private static func holds(_ scalar: UInt32, first: Int, count: Int, word: (Int) -> UInt64) -> Bool {
    var isIn = true
    for index in first..<first + count {
      let item = word(index)
      let x = UInt32(truncatingIfNeeded: item >> 8 & 0xFF_FFFF)
      let y = UInt32(truncatingIfNeeded: item >> 32)
      var isFound = false
      switch Item(rawValue: UInt8(truncatingIfNeeded: item)) {
      case .negate, nil: isIn.toggle()
      case .literal: isFound = scalar == y
      case .range: isFound = scalar >= x && scalar <= y
      case .foldedRange:
        let upper = RegexFold.unicodeUpper(scalar)
        isFound = scalar >= x && scalar <= y || upper >= x && upper <= y
      case .category: isFound = RegexCategory(rawValue: Int(y))?.contains(scalar) ?? false
      case .bitmap: isFound = scalar < 256 && bit(Int(y), scalar, word)
      case .bigBitmap:
        guard scalar < 0x10000 else { break }
        let chunks = word(Int(y) + Int(scalar >> 11))
        let chunk = Int(chunks >> UInt64((scalar >> 8 & 7) * 8) & 0xFF)
        isFound = bit(Int(y) + 32 + chunk * bitmapWords, scalar & 255, word)
      }
      if isFound { return isIn }
    }
    return !isIn
  }

  private static func bit(_ place: Int, _ scalar: UInt32, _ word: (Int) -> UInt64) -> Bool {
    word(place + Int(scalar >> 6)) >> UInt64(scalar & 63) & 1 != 0
  }
}
