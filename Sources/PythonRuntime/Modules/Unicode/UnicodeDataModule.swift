/// Module `unicodedata`.
enum UnicodeDataModule {
  static let module = NativeModule("unicodedata", functions) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("unidata_version"), vm.newString("14.0.0"))
  }

  private static let functions = [
    NativeFunction("decimal", "chr, default=, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a, "decimal() argument 1")
      guard let digit = CharacterClass.decimal(scalar) else { return try fallback(vm, a, "not a decimal") }
      return Value(small: digit)
    }),
    NativeFunction("digit", "chr, default=, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a, "digit() argument 1")
      guard CharacterClass.isDigit(scalar), let value = numericValue(scalar) else {
        return try fallback(vm, a, "not a digit")
      }
      return Value(small: Int(value))
    }),
    NativeFunction("numeric", "chr, default=, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a, "numeric() argument 1")
      guard CharacterClass.isNumeric(scalar), let value = numericValue(scalar) else {
        return try fallback(vm, a, "not a numeric character")
      }
      return try vm.float(value)
    }),
    NativeFunction("category", "chr, /", { (vm, a) throws(Unwind) in
      try vm.intern(category(character(vm, a, "category() argument")))
    }),
    NativeFunction("bidirectional", "chr, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a, "bidirectional() argument")
      return try vm.intern(UnicodeTables.directionNames[UnicodeData.directions.value(scalar)])
    }),
    NativeFunction("east_asian_width", "chr, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a, "east_asian_width() argument")
      return try vm.intern(UnicodeTables.widthNames[UnicodeData.widths.value(scalar)])
    }),
    NativeFunction("combining", "chr, /", { (vm, a) throws(Unwind) in
      Value(small: Int(UnicodeData.combiningClass(try character(vm, a, "combining() argument"))))
    }),
    NativeFunction("mirrored", "chr, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a, "mirrored() argument")
      return Value(small: CharacterClass.properties(scalar)?.isBidiMirrored == true ? 1 : 0)
    }),
    NativeFunction("decomposition", "chr, /", decomposition),
    NativeFunction("name", "chr, default=, /", { (vm, a) throws(Unwind) in
      let scalar = try character(vm, a, "name() argument 1")
      guard let name = CharacterNames.name(scalar) else { return try fallback(vm, a, "no such name") }
      return try vm.newString(name)
    }),
    NativeFunction("lookup", "name, /", { (vm, a) throws(Unwind) in
      try vm.requireString(a[0], argument: "lookup() argument")
      try vm.charge(2000)
      guard let scalar = CharacterNames.scalar(named: vm.text(a[0])) else {
        throw vm.raise(.keyError, "undefined character name '\(vm.text(a[0]))'")
      }
      return try vm.character(scalar)
    }),
    NativeFunction("normalize", "form, unistr, /", { (vm, a) throws(Unwind) in
      try normalized(vm, a, "normalize()")
    }),
    NativeFunction("is_normalized", "form, unistr, /", { (vm, a) throws(Unwind) in
      let result = try normalized(vm, a, "is_normalized()")
      return Value(vm.equalStrings(result, a[1]))
    }),
  ]

  private static func character(_ vm: VM, _ a: Arguments, _ what: String) throws(Unwind) -> UInt32 {
    guard vm.isString(a[0]), PyString(vm, a[0]).count == 1 else {
      throw vm.raise(.typeError, "\(what) must be a unicode character, not \(vm.typeName(a[0]))")
    }
    return PyString(vm, a[0])[0]
  }

  private static func fallback(_ vm: VM, _ a: Arguments, _ message: String) throws(Unwind) -> Value {
    if a[1].isUnbound { throw vm.raise(.valueError, message) }
    return a[1]
  }

  private static func numericValue(_ scalar: UInt32) -> Double? {
    CharacterClass.properties(scalar)?.numericValue
  }

  private static func category(_ scalar: UInt32) -> String {
    if scalar >= 0xD800, scalar < 0xE000 { return "Cs" }
    return switch CharacterClass.category(scalar) {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    default: "Cn"
    }
  }

  private static func decomposition(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let scalar = try character(vm, a, "decomposition() argument")
    guard let parts = UnicodeData.decomposition(scalar) else { return vm[root: .emptyString] }
    var words = parts.scalars.map { scalar in
      let digits = String(scalar, radix: 16, uppercase: true)
      return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
    if !parts.isCanonical { words.insert("<\(UnicodeTables.decompositionKinds[parts.kind])>", at: 0) }
    return try vm.newString(words.joined(separator: " "))
  }

  private static func normalized(_ vm: VM, _ a: Arguments, _ what: String) throws(Unwind) -> Value {
    try vm.requireString(a[0], argument: "\(what) argument 1")
    try vm.requireString(a[1], argument: "\(what) argument 2")
    let form = vm.text(a[0])
    guard ["NFC", "NFD", "NFKC", "NFKD"].contains(form) else {
      throw vm.raise(.valueError, "invalid normalization form")
    }
    let text = PyString(vm, a[1])
    if text.isASCII { return a[1] }
    // A character may become eighteen.
    try vm.requireRoom(text.count * 16)
    try vm.charge(text.count * 8)
    let result = UnicodeData.normalized(
      (0..<text.count).map { text[$0] }, isCompatible: form.utf8.count == 4, isComposed: form.hasSuffix("C"))
    return try vm.newString(scalars: result)
  }
}
