/// What a token is. Keywords, operators and delimiters each have a kind of their own.
enum TokenKind: UInt8, Sendable {
  case endMarker, error, name, number, string, newline, indent, dedent
  /// A character that is no token of Python, such as `$`.
  case unknown

  case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
  case comma, colon, semicolon, dot, ellipsis, arrow, colonEqual, equal

  case plusEqual, minusEqual, starEqual, slashEqual, percentEqual, ampersandEqual, barEqual, caretEqual
  case leftShiftEqual, rightShiftEqual, doubleStarEqual, doubleSlashEqual, atEqual

  case bar, caret, ampersand, leftShift, rightShift, plus, minus, star, slash, doubleSlash, percent, at
  case doubleStar, tilde

  case equalEqual, notEqual, less, lessEqual, greater, greaterEqual
  /// `<>`, which is a token but in no rule.
  case lessGreater

  case `in`, `is`, not, and, or
  case `if`, elif, `else`, `for`, `while`, `break`, `continue`, `return`, pass, def, `class`, lambda
  case `import`, from, `as`, global, nonlocal, del, assert, raise, `try`, except, finally, with, yield
  case async, await
  case none, `true`, `false`
}

/// One token: its bytes in the source, and its place as CPython counts it.
struct Token: Sendable {
  var kind: TokenKind
  /// How many brackets are open after it.
  var level: UInt8
  var start: Int32
  var end: Int32
  var line: Int32
  /// In bytes; -1 for a token without text (INDENT, DEDENT, ENDMARKER).
  var column: Int32
  var endLine: Int32
  var endColumn: Int32
}

extension TokenKind {
  /// The keywords by length, each with its bytes packed into a word.
  static let keywordsByLength: [[(bytes: UInt64, kind: TokenKind)]] = {
    let all: [(StaticString, TokenKind)] = [
      ("in", .in), ("is", .is), ("not", .not), ("and", .and), ("or", .or), ("if", .if), ("elif", .elif),
      ("else", .else), ("for", .for), ("while", .while), ("break", .break), ("continue", .continue),
      ("return", .return), ("pass", .pass), ("def", .def), ("class", .class), ("lambda", .lambda),
      ("import", .import), ("from", .from), ("as", .as), ("global", .global), ("nonlocal", .nonlocal),
      ("del", .del), ("assert", .assert), ("raise", .raise), ("try", .try), ("except", .except),
      ("finally", .finally), ("with", .with), ("yield", .yield), ("async", .async), ("await", .await),
      ("None", .none), ("True", .true), ("False", .false),
    ]
    var table = [[(bytes: UInt64, kind: TokenKind)]](repeating: [], count: 9)
    for (word, kind) in all {
      var packed: UInt64 = 0
      for byte in word.description.utf8 { packed = packed << 8 | UInt64(byte) }
      table[word.utf8CodeUnitCount].append((packed, kind))
    }
    return table
  }()

  /// The operator of an augmented assignment.
  var augmentedOperator: BinaryOperator? {
    switch self {
    case .plusEqual: .add
    case .minusEqual: .subtract
    case .starEqual: .multiply
    case .slashEqual: .divide
    case .percentEqual: .modulo
    case .ampersandEqual: .and
    case .barEqual: .or
    case .caretEqual: .xor
    case .leftShiftEqual: .leftShift
    case .rightShiftEqual: .rightShift
    case .doubleStarEqual: .power
    case .doubleSlashEqual: .floorDivide
    case .atEqual: .matrixMultiply
    default: nil
    }
  }
}
