/// What Python's str methods ask about a character: the Unicode database as `Unicode.Scalar.Properties` has it, with
/// CPython's definitions.
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

  /// The properties of a code point; nil for a surrogate, and for what Unicode 14, CPython 3.11's, had not assigned.
  static func properties(_ scalar: UInt32) -> Unicode.Scalar.Properties? {
    guard let properties = Unicode.Scalar(scalar)?.properties, let age = properties.age, age.major <= 14 else {
      return nil
    }
    return properties
  }

  static func category(_ scalar: UInt32) -> Unicode.GeneralCategory {
    properties(scalar)?.generalCategory ?? .unassigned
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
    switch scalar {
    // Newer Unicode than 14 says otherwise.
    case 0x295: return true
    case 0x10FC, 0xA7F2...0xA7F4, 0xAB69: return false
    default: return properties(scalar)?.isLowercase ?? false
    }
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
    switch scalar {
    // Numbers only later than Unicode 14.
    case 0x4E24, 0x4EAC, 0x4FE9, 0x5006, 0x62D0, 0x6D1E, 0x7695, 0x79ED, 0x920E, 0x94A9, 0x12038, 0x12039, 0x12079,
      0x12226, 0x1222B, 0x1230B, 0x1230D, 0x12399:
      return false
    default: return properties(scalar)?.numericType != nil
    }
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
    // These four joined later than Unicode 14.
    if scalar == 0x200C || scalar == 0x200D || scalar == 0x30FB || scalar == 0xFF65 { return false }
    return properties(scalar)?.isXIDContinue ?? false
  }
}
