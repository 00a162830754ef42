/// Upper, lower, title case and case folding of characters, with the special mappings to several characters.
enum CaseMapping {
  enum Form { case upper, lower, title, fold }

  /// The mapping of one character that does not depend on what stands around it.
  static func map(_ scalar: UInt32, _ form: Form, _ emit: (UInt32) -> Void) {
    if scalar < 0x80 {
      let isLower = scalar &- 0x61 < 26
      let isUpper = scalar &- 0x41 < 26
      switch form {
      case .upper, .title: emit(isLower ? scalar &- 32 : scalar)
      case .lower, .fold: emit(isUpper ? scalar &+ 32 : scalar)
      }
      return
    }
    guard let properties = CharacterClass.properties(scalar) else { return emit(scalar) }
    switch form {
    case .upper: emitAll(properties.uppercaseMapping, of: scalar, emit)
    case .lower: emitAll(properties.lowercaseMapping, of: scalar, emit)
    case .title: emitAll(properties.titlecaseMapping, of: scalar, emit)
    case .fold: fold(scalar, properties, emit)
    }
  }

  private static func emitAll(_ mapping: String, of scalar: UInt32, _ emit: (UInt32) -> Void) {
    for mapped in mapping.unicodeScalars {
      // A letter may have got its other case later than Unicode 14.
      emit(CharacterClass.properties(mapped.value) == nil ? scalar : mapped.value)
    }
  }

  /// Full case folding is the lower case of the upper case, but for these.
  private static func fold(_ scalar: UInt32, _ properties: Unicode.Scalar.Properties, _ emit: (UInt32) -> Void) {
    switch scalar {
    case 0x131: emit(scalar)  // dotless i
    case 0x1E9E:  // capital sharp s
      emit(0x73)
      emit(0x73)
    case 0x13A0...0x13F5: emit(scalar)  // Cherokee folds to its older, upper-case letters
    case 0x13F8...0x13FD: emit(scalar - 8)
    case 0xAB70...0xABBF: emit(scalar - 0xAB70 + 0x13A0)
    default:
      emitAll(properties.uppercaseMapping, of: scalar) { upper in map(upper, .lower, emit) }
    }
  }

  /// Whether the sigma at `index` ends a word: a cased letter before it and none after, case-ignorable ones aside.
  static func isFinalSigma(_ text: PyString, at index: Int) -> Bool {
    var before = index - 1
    while before >= 0, isIgnorable(text[before]) { before -= 1 }
    guard before >= 0, isCased(text[before]) else { return false }
    var after = index + 1
    while after < text.count, isIgnorable(text[after]) { after += 1 }
    return after == text.count || !isCased(text[after])
  }

  private static func isIgnorable(_ scalar: UInt32) -> Bool {
    CharacterClass.properties(scalar)?.isCaseIgnorable ?? false
  }

  private static func isCased(_ scalar: UInt32) -> Bool {
    CharacterClass.properties(scalar)?.isCased ?? false
  }
}

extension Bytes {
  /// Writes the upper (or lower) case of `count` ASCII bytes, eight at a time.
  func copyChangingCase(from source: Bytes, count: Int, toUpper: Bool) {
    let first: UInt64 = toUpper ? 0x61 : 0x41
    let ones: UInt64 = 0x0101_0101_0101_0101
    let fromFirst = (0x80 - first) &* ones
    let pastLast = (0x7F - first - 25) &* ones
    var index = 0
    while index &+ 8 <= count {
      let word = source.word(index)
      // The high bit of each byte: at least the first letter, and not past the last.
      let letters = ((word &+ fromFirst) ^ (word &+ pastLast)) & 0x8080_8080_8080_8080
      setWord(index, word ^ letters >> 2)
      index &+= 8
    }
    while index < count {
      let byte = source[index]
      self[index] = UInt64(byte) &- first < 26 ? byte ^ 0x20 : byte
      index &+= 1
    }
  }
}
