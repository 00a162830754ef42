/// Cuts a source into tokens, all at once, up to the end or to the first fault.
///
/// It follows CPython's `tok_get`: what an error message points at depends on how far the tokenizer had read, so the
/// order of the checks is the same. CPython reads tokens on demand; since nothing in the parser changes how they are
/// read, it makes no difference that here they are read ahead, as long as a fault is only told when the parser has come
/// to the `error` token that stands for it.
struct Tokenizer {
  /// Why the token stream ends in `error`.
  enum Fault {
    /// Told by the tokenizer itself.
    case told(SyntaxError)
    /// These wait until the parser reads the token, and never replace another error.
    case dedent, tabs, tooManyIndents, endOfFile, characterAfterBackslash
  }

  /// An opening bracket.
  struct Bracket {
    let byte: UInt8
    let line: Int32
    let column: Int32
  }

  static let maximumBrackets = 200
  static let maximumIndents = 100

  let source: SourceText
  private(set) var tokens: [Token] = []
  private(set) var fault: Fault?
  /// The tokenizer came to the end of the source, be it in the midst of a string.
  private(set) var reachedEnd = false
  private(set) var brackets: [Bracket] = []
  private(set) var warnings: [SourceWarning] = []
  /// The next byte to read.
  private(set) var position = 0
  private(set) var line: Int32
  private(set) var lineStart = 0

  private var tokenStart = 0
  private var tokenLine: Int32 = 1
  private var tokenLineStart = 0
  private var atLineStart = true
  /// Added to the columns of the first line: the place of an f-string's expression in its string.
  private let firstLine: Int32
  private let firstLineShift: Int32
  private var indents: [(column: Int, alternate: Int)] = [(0, 0)]
  private let implyDedents: Bool
  private let isInteractive: Bool
  private let keywords = TokenKind.keywordsByLength

  init(
    _ source: SourceText, mode: ParseMode, options: ParseOptions = [], firstLine: Int32 = 1, firstLineShift: Int32 = 0
  ) {
    self.source = source
    self.firstLine = firstLine
    self.firstLineShift = firstLineShift
    line = firstLine
    isInteractive = mode == .interactive
    implyDedents = !options.contains(.keepBlocksOpen)
    tokens.reserveCapacity(source.count / 4 + 8)
  }

  /// The number of the first line.
  var startLine: Int32 { firstLine }

  private var current: UInt8 {
    @inline(__always) get { source.bytes[position] }
  }

  @inline(__always)
  private func byte(at offset: Int) -> UInt8 {
    // The closing zero stops every run of look-aheads, since no test for a next byte accepts it.
    position + offset < source.bytes.count ? source.bytes[position + offset] : 0
  }

  // MARK: The stream

  mutating func run() {
    while fault == nil {
      if atLineStart {
        atLineStart = false
        guard readIndentation() else { continue }
      }
      if readToken() { return }
    }
    let shift = line == firstLine ? firstLineShift : 0
    tokens.append(
      Token(
        kind: .error, level: UInt8(brackets.count), start: Int32(position), end: Int32(position), line: line,
        column: -1, endLine: line, endColumn: shift &- 1))
  }

  @inline(__always)
  private mutating func append(_ kind: TokenKind, from start: Int, to end: Int) {
    let shift = line == firstLine ? firstLineShift : 0
    tokens.append(
      Token(
        kind: kind, level: UInt8(truncatingIfNeeded: brackets.count), start: Int32(truncatingIfNeeded: start),
        end: Int32(truncatingIfNeeded: end), line: line,
        column: Int32(truncatingIfNeeded: start - lineStart) &+ shift, endLine: line,
        endColumn: Int32(truncatingIfNeeded: end - lineStart) &+ shift))
  }

  private mutating func appendMark(_ kind: TokenKind) {
    tokens.append(
      Token(
        kind: kind, level: UInt8(brackets.count), start: Int32(position), end: Int32(position), line: line, column: -1,
        endLine: line, endColumn: -1))
  }

  @inline(__always)
  private mutating func nextLine() {
    line &+= 1
    lineStart = position
  }

  /// CPython counts a line only when it reads it.
  @inline(__always)
  private mutating func nextLineIfAny() {
    if position < source.count { nextLine() }
  }

  // MARK: Indentation

  /// Measures the white space of a new line; false if it failed.
  private mutating func readIndentation() -> Bool {
    var column = 0
    var alternate = 0
    var continued = 0
    loop: while true {
      switch current {
      case 32:
        column += 1
        alternate += 1
      case 9:
        column = (column / 8 + 1) * 8
        alternate += 1
      case 12:
        column = 0
        alternate = 0
      case UInt8(ascii: "\\"):
        // What was measured before a backslash counts; the next physical line only goes on with it.
        continued = continued != 0 ? continued : column
        position += 1
        guard skipContinuation() else { return false }
        continue loop
      default:
        break loop
      }
      position += 1
    }
    if current == UInt8(ascii: "#") || current == 10 || !brackets.isEmpty { return true }
    if current == 0 && position >= source.count && isInteractive && !implyDedents { return true }
    if continued != 0 {
      column = continued
      alternate = continued
    }
    let top = indents[indents.count - 1]
    if column == top.column {
      if alternate != top.alternate { return fail(.tabs) }
    } else if column > top.column {
      if indents.count >= Self.maximumIndents { return fail(.tooManyIndents) }
      if alternate <= top.alternate { return fail(.tabs) }
      indents.append((column, alternate))
      appendMark(.indent)
    } else {
      var dedents = 0
      while indents.count > 1, column < indents[indents.count - 1].column {
        indents.removeLast()
        dedents += 1
      }
      if column != indents[indents.count - 1].column { return fail(.dedent) }
      if alternate != indents[indents.count - 1].alternate { return fail(.tabs) }
      for _ in 0..<dedents { appendMark(.dedent) }
    }
    return true
  }

  /// Ends the stream with a fault that belongs to the whole line.
  private mutating func fail(_ fault: Fault) -> Bool {
    while position < source.count, source.bytes[position] != 10 { position += 1 }
    if position < source.count { position += 1 }
    self.fault = fault
    return false
  }

  /// After a backslash: goes on to the next line.
  private mutating func skipContinuation() -> Bool {
    if current != 10 {
      // At the end CPython complains about a character that is not there.
      position += position < source.count ? 1 : 0
      fault = .characterAfterBackslash
      return false
    }
    position += 1
    if position >= source.count {
      reachedEnd = true
      fault = .endOfFile
      return false
    }
    nextLine()
    return true
  }

  // MARK: Tokens

  /// Reads one token; true after the last.
  private mutating func readToken() -> Bool {
    while true {
      while current == 32 || current == 9 || current == 12 { position += 1 }
      tokenStart = position
      if current == UInt8(ascii: "#") {
        while position < source.count, source.bytes[position] != 10 { position += 1 }
      }
      let first = current
      if first == 10 {
        position += 1
        if hasTokenOnLine && brackets.isEmpty { append(.newline, from: tokenStart, to: position - 1) }
        hasTokenOnLine = false
        nextLineIfAny()
        if brackets.isEmpty {
          atLineStart = true
          return false
        }
        continue
      }
      if first == 0 && position >= source.count { return readEnd() }
      if first == UInt8(ascii: "\\") {
        position += 1
        hasTokenOnLine = true
        guard skipContinuation() else { return false }
        continue
      }
      hasTokenOnLine = true
      readToken(startingWith: first)
      return false
    }
  }

  /// Something other than white space and comments stands on this logical line.
  private var hasTokenOnLine = false

  private mutating func readEnd() -> Bool {
    reachedEnd = true
    if !brackets.isEmpty {
      fault = .endOfFile
      return false
    }
    if isInteractive {
      // CPython's parser turns the end of an interactive source into a NEWLINE, and again after the
      // dedents that follow it.
      if !tokens.isEmpty {
        let closes = tokens[tokens.count - 1].kind == .dedent
        appendMark(.newline)
        if implyDedents, indents.count > 1 {
          for _ in 1..<indents.count { appendMark(.dedent) }
          indents.removeLast(indents.count - 1)
          appendMark(.newline)
        } else if closes {
          indents.removeLast(indents.count - 1)
        }
      }
      appendMark(.endMarker)
      return true
    }
    while indents.count > 1 {
      indents.removeLast()
      appendMark(.dedent)
    }
    appendMark(.endMarker)
    return true
  }

  private mutating func readToken(startingWith first: UInt8) {
    if (first | 0x20) &- 97 < 26 || first == 95 || first >= 0x80 {
      readName()
      return
    }
    if isDigit(first) || (first == UInt8(ascii: ".") && isDigit(byte(at: 1))) {
      readNumber()
      return
    }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      readString()
      return
    }
    readOperator(first)
  }

  private mutating func readName() {
    let start = position
    // A string's prefix: b, u, r, f, and br, rb, fr, rf, in either case.
    var prefix = 0
    var sawB = false
    var sawR = false
    var sawU = false
    var sawF = false
    scan: while true {
      switch byte(at: prefix) | 0x20 {
      case UInt8(ascii: "b") where !(sawB || sawU || sawF): sawB = true
      case UInt8(ascii: "u") where !(sawB || sawU || sawR || sawF): sawU = true
      case UInt8(ascii: "r") where !(sawR || sawU): sawR = true
      case UInt8(ascii: "f") where !(sawF || sawB || sawU): sawF = true
      default: break scan
      }
      prefix += 1
      let next = byte(at: prefix)
      if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
        position += prefix
        readString()
        return
      }
    }
    var packed: UInt64 = 0
    var all: UInt8 = 0
    while isIdentifierByte(current) {
      packed = packed << 8 | UInt64(current)
      all |= current
      position += 1
    }
    if all >= 0x80 && !checkIdentifier(from: start) { return }
    let length = position - start
    var kind = TokenKind.name
    if length <= 8 && length >= 2 {
      for keyword in keywords[length] where keyword.bytes == packed { kind = keyword.kind }
    }
    append(kind, from: start, to: position)
  }

  /// Checks a name with non-ASCII characters.
  private mutating func checkIdentifier(from start: Int) -> Bool {
    var offset = start
    while offset < position {
      guard let (scalar, length) = source.scalar(at: offset, end: position) else {
        tell(source.undecodableMessage(from: start, at: offset, end: position))
        return false
      }
      let properties = scalar.properties
      let fits = offset == start ? properties.isXIDStart || scalar == "_" : properties.isXIDContinue
      offset += length
      if !fits {
        position = offset
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        if properties.isPrintable {
          tell("invalid character '\(scalar)' (U+\(padded))")
        } else {
          tell("invalid non-printable character U+\(padded)")
        }
        return false
      }
    }
    return true
  }

  /// Reads a string whose prefix is behind.
  private mutating func readString() {
    let quote = current
    tokenLine = line
    tokenLineStart = lineStart
    position += 1
    var size = 1
    if current == quote {
      if byte(at: 1) == quote {
        size = 3
        position += 2
      } else {
        position += 1
        appendString()
        return
      }
    }
    var closing = 0
    while closing < size {
      let next = current
      if next == 0 && position >= source.count || size == 1 && next == 10 {
        let atEnd = position >= source.count
        let detected = line
        reachedEnd = reachedEnd || atEnd
        line = tokenLine
        lineStart = tokenLineStart
        position = tokenStart + 1
        tell("unterminated \(size == 3 ? "triple-quoted " : "")string literal (detected at line \(detected))")
        return
      }
      position += 1
      if next == quote {
        closing += 1
      } else {
        closing = 0
        if next == UInt8(ascii: "\\") {
          let escaped = current
          if escaped == 0 && position >= source.count { continue }
          position += 1
          if escaped == 10 { nextLineIfAny() }
        } else if next == 10 {
          nextLineIfAny()
        }
      }
    }
    appendString()
  }

  private mutating func appendString() {
    // CPython asks for the line of the string's end in both cases.
    let shift = line == firstLine ? firstLineShift : 0
    tokens.append(
      Token(
        kind: .string, level: UInt8(brackets.count), start: Int32(tokenStart), end: Int32(position), line: tokenLine,
        column: Int32(tokenStart - tokenLineStart) + shift, endLine: line,
        endColumn: Int32(position - lineStart) + shift))
  }

  // MARK: Operators

  private mutating func readOperator(_ first: UInt8) {
    let start = position
    let (kind, length) = operatorKind(first, byte(at: 1), byte(at: 2))
    switch kind {
    case .leftParen, .leftBracket, .leftBrace:
      position += 1
      if brackets.count >= Self.maximumBrackets {
        tell("too many nested parentheses")
        return
      }
      brackets.append(Bracket(byte: first, line: line, column: Int32(start - lineStart)))
    case .rightParen, .rightBracket, .rightBrace:
      position += 1
      guard closeBracket(first) else { return }
    case .unknown where first < 32 || first == 127:
      position += 1
      let hex = String(first, radix: 16, uppercase: true)
      tell("invalid non-printable character U+00\(first < 16 ? "0" : "")\(hex)")
      return
    default:
      position += length
    }
    append(kind, from: start, to: position)
  }

  private mutating func closeBracket(_ closing: UInt8) -> Bool {
    let character = Character(Unicode.Scalar(closing))
    guard let opening = brackets.popLast() else {
      tell("unmatched '\(character)'")
      return false
    }
    let matches =
      switch closing {
      case UInt8(ascii: ")"): opening.byte == UInt8(ascii: "(")
      case UInt8(ascii: "]"): opening.byte == UInt8(ascii: "[")
      default: opening.byte == UInt8(ascii: "{")
      }
    if matches { return true }
    let place = opening.line == line ? "" : " on line \(opening.line)"
    let other = Character(Unicode.Scalar(opening.byte))
    tell("closing parenthesis '\(character)' does not match opening parenthesis '\(other)'\(place)")
    return false
  }

  private func operatorKind(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> (TokenKind, Int) {
    let isAssignment = second == UInt8(ascii: "=")
    switch first {
    case UInt8(ascii: "("): return (.leftParen, 1)
    case UInt8(ascii: ")"): return (.rightParen, 1)
    case UInt8(ascii: "["): return (.leftBracket, 1)
    case UInt8(ascii: "]"): return (.rightBracket, 1)
    case UInt8(ascii: "{"): return (.leftBrace, 1)
    case UInt8(ascii: "}"): return (.rightBrace, 1)
    case UInt8(ascii: ","): return (.comma, 1)
    case UInt8(ascii: ";"): return (.semicolon, 1)
    case UInt8(ascii: "~"): return (.tilde, 1)
    case UInt8(ascii: ":"): return isAssignment ? (.colonEqual, 2) : (.colon, 1)
    case UInt8(ascii: "="): return isAssignment ? (.equalEqual, 2) : (.equal, 1)
    case UInt8(ascii: "."):
      return second == first && third == first ? (.ellipsis, 3) : (.dot, 1)
    case UInt8(ascii: "+"): return isAssignment ? (.plusEqual, 2) : (.plus, 1)
    case UInt8(ascii: "-"):
      if second == UInt8(ascii: ">") { return (.arrow, 2) }
      return isAssignment ? (.minusEqual, 2) : (.minus, 1)
    case UInt8(ascii: "*"):
      if second == first { return third == UInt8(ascii: "=") ? (.doubleStarEqual, 3) : (.doubleStar, 2) }
      return isAssignment ? (.starEqual, 2) : (.star, 1)
    case UInt8(ascii: "/"):
      if second == first { return third == UInt8(ascii: "=") ? (.doubleSlashEqual, 3) : (.doubleSlash, 2) }
      return isAssignment ? (.slashEqual, 2) : (.slash, 1)
    case UInt8(ascii: "%"): return isAssignment ? (.percentEqual, 2) : (.percent, 1)
    case UInt8(ascii: "@"): return isAssignment ? (.atEqual, 2) : (.at, 1)
    case UInt8(ascii: "&"): return isAssignment ? (.ampersandEqual, 2) : (.ampersand, 1)
    case UInt8(ascii: "|"): return isAssignment ? (.barEqual, 2) : (.bar, 1)
    case UInt8(ascii: "^"): return isAssignment ? (.caretEqual, 2) : (.caret, 1)
    case UInt8(ascii: "!"): return isAssignment ? (.notEqual, 2) : (.unknown, 1)
    case UInt8(ascii: "<"):
      if second == first { return third == UInt8(ascii: "=") ? (.leftShiftEqual, 3) : (.leftShift, 2) }
      if second == UInt8(ascii: ">") { return (.lessGreater, 2) }
      return isAssignment ? (.lessEqual, 2) : (.less, 1)
    case UInt8(ascii: ">"):
      if second == first { return third == UInt8(ascii: "=") ? (.rightShiftEqual, 3) : (.rightShift, 2) }
      return isAssignment ? (.greaterEqual, 2) : (.greater, 1)
    default: return (.unknown, 1)
    }
  }

  // MARK: Errors

  /// Ends the stream with an error at the last byte that was read.
  private mutating func tell(_ message: String, column: Int32? = nil, endColumn: Int32? = nil) {
    let here = column ?? source.characterCount(lineStart..<max(lineStart, position))
    fault = .told(
      SyntaxError(
        message: message, filename: source.filename, line: line, column: here, endLine: line,
        endColumn: endColumn ?? here, text: source.lineText(from: lineStart)))
  }

  // MARK: Numbers

  private mutating func readNumber() {
    let start = position
    var isLegacyOctal = false
    var zerosEnd = position
    if current == 48 {
      position += 1
      switch current | 0x20 {
      case UInt8(ascii: "x"):
        return readRadix(start, "hexadecimal") { hexadecimalValue($0) != nil }
      case UInt8(ascii: "o"):
        return readRadix(start, "octal") { $0 &- 48 < 8 }
      case UInt8(ascii: "b"):
        return readRadix(start, "binary") { $0 &- 48 < 2 }
      default: break
      }
      // Zeros only, perhaps with underscores, are allowed in front of a fraction or an exponent.
      while true {
        if current == 95 {
          position += 1
          if !isDigit(current) { return tell("invalid decimal literal") }
        }
        if current != 48 { break }
        position += 1
      }
      zerosEnd = position
      if isDigit(current) {
        isLegacyOctal = true
        guard readDigits() else { return }
      }
    } else if current != UInt8(ascii: ".") {
      guard readDigits() else { return }
    }
    if current == UInt8(ascii: ".") {
      isLegacyOctal = false
      position += 1
      if isDigit(current) {
        guard readDigits() else { return }
      }
    }
    if current | 0x20 == UInt8(ascii: "e") {
      let isSigned = byte(at: 1) == UInt8(ascii: "+") || byte(at: 1) == UInt8(ascii: "-")
      if isSigned {
        position += 2
        if !isDigit(current) { return tell("invalid decimal literal") }
        guard readDigits() else { return }
        isLegacyOctal = false
      } else if isDigit(byte(at: 1)) {
        position += 1
        guard readDigits() else { return }
        isLegacyOctal = false
      } else {
        guard checkEndOfNumber("decimal") else { return }
        return append(.number, from: start, to: position)
      }
    }
    if current | 0x20 == UInt8(ascii: "j") {
      position += 1
      guard checkEndOfNumber("imaginary") else { return }
      return append(.number, from: start, to: position)
    }
    if isLegacyOctal {
      return tell(
        "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
        column: Int32(start + 1 - lineStart), endColumn: Int32(zerosEnd + 1 - lineStart))
    }
    guard checkEndOfNumber("decimal") else { return }
    append(.number, from: start, to: position)
  }

  /// Reads digits and single underscores between them.
  private mutating func readDigits() -> Bool {
    while true {
      while isDigit(current) { position += 1 }
      if current != 95 { return true }
      position += 1
      if !isDigit(current) {
        tell("invalid decimal literal")
        return false
      }
    }
  }

  private mutating func readRadix(_ start: Int, _ name: String, _ accepts: (UInt8) -> Bool) {
    position += 1
    repeat {
      if current == 95 { position += 1 }
      if !accepts(current) {
        if isDigit(current) { return tellDigit(name) }
        return tell("invalid \(name) literal")
      }
      while accepts(current) { position += 1 }
    } while current == 95
    if isDigit(current) { return tellDigit(name) }
    guard checkEndOfNumber(name) else { return }
    append(.number, from: start, to: position)
  }

  private mutating func tellDigit(_ name: String) {
    let digit = Character(Unicode.Scalar(current))
    position += 1
    tell("invalid digit '\(digit)' in \(name) literal")
  }

  /// A name may not touch a number, but for the keywords that can follow one.
  private mutating func checkEndOfNumber(_ name: String) -> Bool {
    if !isIdentifierByte(current) { return true }
    let isKeyword = ["if", "in", "is", "and", "else", "for", "or", "not"].contains { word in
      word.utf8.enumerated().allSatisfy { byte(at: $0.offset) == $0.element }
        && (word.utf8.count == 2 && word.hasPrefix("i") || !isIdentifierByte(byte(at: word.utf8.count)))
    }
    guard isKeyword else {
      tell("invalid \(name) literal")
      return false
    }
    let column = Int32(position - lineStart)
    let span = Span(line: line, column: column - 1, endLine: line, endColumn: column - 1)
    warnings.append(SourceWarning(message: "invalid \(name) literal", span: span))
    return true
  }
}
