/// What Python's str methods ask about a character: the Unicode database as `Unicode.Scalar.Properties` has it, with CPython's definitions.
enum CharacterClass {
  /// `str.isspace`: bidirectional type WS, B or S, or category Zs.
  @inline(__always) static func isSpace(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar == 0x20 || scalar &- 9 < 5 || scalar &- 0x1C < 4 }
    return isWideSpace(scalar)
  }

  private static func isWideSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Where `str.splitlines` splits.
  @inline(__always) static func isLineBreak(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar &- 10 < 4 || scalar &- 0x1C < 3 }
    return scalar == 0x85 || scalar == 0x2028 || scalar == 0x2029
  }

  /// The properties of a code point; nil for a surrogate.
  static func properties(_ scalar: UInt32) -> Unicode.Scalar.Properties? { Unicode.Scalar(scalar)?.properties }

  static func category(_ scalar: UInt32) -> Unicode.GeneralCategory {
    properties(scalar)?.generalCategory ?? .surrogate
  }

  static func isAlpha(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return (scalar | 0x20) &- 0x61 < 26 }
    switch category(scalar) {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
    default: return false
    }
  }

  static func isUpper(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar &- 0x41 < 26 }
    return properties(scalar)?.isUppercase ?? false
  }

  static func isLower(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar &- 0x61 < 26 }
    return properties(scalar)?.isLowercase ?? false
  }

  static func isTitle(_ scalar: UInt32) -> Bool { scalar >= 0x80 && category(scalar) == .titlecaseLetter }

  static func isCased(_ scalar: UInt32) -> Bool { isUpper(scalar) || isLower(scalar) || isTitle(scalar) }

  /// The value of a decimal digit, or nil.
  static func decimal(_ scalar: UInt32) -> Int? {
    if scalar < 0x80 { return scalar &- 0x30 < 10 ? Int(scalar &- 0x30) : nil }
    guard let properties = properties(scalar), properties.generalCategory == .decimalNumber,
      let value = properties.numericValue
    else { return nil }
    return Int(value)
  }

  /// `str.isdigit`: decimal digits and those of another form, as superscripts.
  static func isDigit(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar &- 0x30 < 10 }
    guard let type = properties(scalar)?.numericType else { return false }
    return type == .decimal || type == .digit
  }

  static func isNumeric(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar &- 0x30 < 10 }
    return properties(scalar)?.numericType != nil
  }

  static func isAlphanumeric(_ scalar: UInt32) -> Bool { isAlpha(scalar) || isNumeric(scalar) }

  /// `str.isprintable`, and what `repr` leaves as it is.
  static func isPrintable(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar &- 0x20 < 0x5F }
    if scalar < 0x100 { return scalar > 0xA0 && scalar != 0xAD }
    switch category(scalar) {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }

  static func startsIdentifier(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return (scalar | 0x20) &- 0x61 < 26 || scalar == 0x5F }
    return properties(scalar)?.isXIDStart ?? false
  }

  static func continuesIdentifier(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return (scalar | 0x20) &- 0x61 < 26 || scalar &- 0x30 < 10 || scalar == 0x5F }
    return properties(scalar)?.isXIDContinue ?? false
  }
}
