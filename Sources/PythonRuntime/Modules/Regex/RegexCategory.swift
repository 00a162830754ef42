/// Places that `at` asks for, by CPython's numbers.
enum RegexPlace: Int {
  case beginning, beginningLine, beginningString, boundary, nonBoundary, end, endLine, endString
  case localeBoundary, localeNonBoundary, unicodeBoundary, unicodeNonBoundary
}

/// Classes of characters, by CPython's numbers.
enum RegexCategory: Int {
  case digit, notDigit, space, notSpace, word, notWord, lineBreak, notLineBreak, localeWord, localeNotWord
  case unicodeDigit, unicodeNotDigit, unicodeSpace, unicodeNotSpace, unicodeWord, unicodeNotWord
  case unicodeLineBreak, unicodeNotLineBreak

  @inline(__always) static func isASCIIWord(_ scalar: UInt32) -> Bool {
    (scalar | 0x20) &- 0x61 < 26 || scalar &- 0x30 < 10 || scalar == 0x5F
  }

  @inline(__always) static func isWord(_ scalar: UInt32) -> Bool {
    scalar < 0x80 ? isASCIIWord(scalar) : CharacterClass.isAlphanumeric(scalar)
  }

  private static func isASCIISpace(_ scalar: UInt32) -> Bool { scalar == 0x20 || scalar &- 9 < 5 }

  func contains(_ scalar: UInt32) -> Bool {
    switch self {
    case .digit: scalar &- 0x30 < 10
    case .notDigit: scalar &- 0x30 >= 10
    case .space: RegexCategory.isASCIISpace(scalar)
    case .notSpace: !RegexCategory.isASCIISpace(scalar)
    case .word, .localeWord: RegexCategory.isASCIIWord(scalar)
    case .notWord, .localeNotWord: !RegexCategory.isASCIIWord(scalar)
    case .lineBreak: scalar == 10
    case .notLineBreak: scalar != 10
    case .unicodeDigit: CharacterClass.decimal(scalar) != nil
    case .unicodeNotDigit: CharacterClass.decimal(scalar) == nil
    case .unicodeSpace: CharacterClass.isSpace(scalar)
    case .unicodeNotSpace: !CharacterClass.isSpace(scalar)
    case .unicodeWord: RegexCategory.isWord(scalar)
    case .unicodeNotWord: !RegexCategory.isWord(scalar)
    case .unicodeLineBreak: CharacterClass.isLineBreak(scalar)
    case .unicodeNotLineBreak: !CharacterClass.isLineBreak(scalar)
    }
  }
}
