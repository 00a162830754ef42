extension Parser {
  /// Adjacent string literals, as one constant or one f-string.
  mutating func parseStrings() throws(Failure) -> Expression {
    let start = index
    while kind == .string { advance() }
    do throws(LiteralFault) {
      return try concatenate(start..<index)
    } catch {
      if case .tree(let failure) = error { throw failure }
      throw .syntax
    }
  }

  /// The value of the string literals at some tokens.
  mutating func concatenate(_ range: Range<Int>) throws(LiteralFault) -> Expression {
    let first = tokens[range.lowerBound]
    let last = tokens[range.upperBound - 1]
    let whole = Span(
      line: first.line, column: first.column, endLine: last.endLine, endColumn: last.endColumn)
    var pieces = FormattedPieces(span: whole)
    var isBytes = false
    var isFormatted = false
    for tokenIndex in range {
      let literal = StringLiteral(tokens[tokenIndex], in: source)
      if tokenIndex != range.lowerBound && literal.isBytes != isBytes {
        throw .message("cannot mix bytes and nonbytes literals")
      }
      isBytes = literal.isBytes
      if literal.isBytes {
        let decoded = try StringLiteral.decodeBytes(source.bytes, literal.content, isRaw: literal.isRaw)
        pieces.append(taking(decoded, tokens[tokenIndex]))
      } else if literal.isFormatted {
        isFormatted = true
        var reader = FormattedReader(source: source, token: tokens[tokenIndex], literal: literal)
        try readFormatted(&reader, level: 0, into: &pieces)
      } else {
        let decoded = try StringLiteral.decodeText(source.bytes, literal.content, isRaw: literal.isRaw)
        pieces.append(taking(decoded, tokens[tokenIndex]))
      }
    }
    height = 1
    if isBytes { return Expression(.constant(.bytes(pieces.pending)), whole) }
    if !isFormatted { return Expression(.constant(.string(pieces.pending)), whole) }
    height = pieces.height + 1
    if height > Self.maximumHeight { throw .tree(.tooHigh) }
    return Expression(.joinedString(pieces.finish(lastSpan: whole)), whole)
  }

  /// The bytes of a piece of a literal; remembers what is to be said about it.
  private mutating func taking(_ decoded: DecodedLiteral, _ token: Token) -> [UInt8] {
    if let message = decoded.warning {
      let span = Span(line: token.line, column: token.column, endLine: token.endLine, endColumn: token.endColumn)
      let warning = SourceWarning(message: message, span: span, isDeprecation: true)
      // What the parser reads twice is said once.
      if !warnings.contains(warning) { warnings.append(warning) }
    }
    return decoded.bytes
  }

  // MARK: f-strings

  /// Reads literals and expressions, to the end of the string, or (inside a format) to the closing brace.
  private mutating func readFormatted(
    _ reader: inout FormattedReader, level: Int, into pieces: inout FormattedPieces
  ) throws(LiteralFault) {
    while true {
      let (text, isDoubledBrace) = try reader.readText(level: level)
      pieces.append(taking(text, reader.token))
      if isDoubledBrace { continue }
      if reader.isAtEnd || reader.current == UInt8(ascii: "}") { break }
      try readReplacement(&reader, level: level, into: &pieces)
    }
    if level > 0 && (reader.isAtEnd || reader.current != UInt8(ascii: "}")) {
      throw .message("f-string: expecting '}'")
    }
  }

  /// One `{…}`.
  private mutating func readReplacement(
    _ reader: inout FormattedReader, level: Int, into pieces: inout FormattedPieces
  ) throws(LiteralFault) {
    if level >= 2 { throw .message("f-string: expressions nested too deeply") }
    let brace = reader.position
    let range = try reader.findExpression()
    let value = try parseReplacement(range, brace: brace, &reader)
    var highest = height
    let expectBrace = LiteralFault.message("f-string: expecting '}'")
    var isDebug = false
    if reader.current == UInt8(ascii: "=") {
      reader.position += 1
      while !reader.isAtEnd, isSpace(reader.current) { reader.position += 1 }
      if reader.isAtEnd { throw expectBrace }
      pieces.append(Array(source.bytes[range.lowerBound..<reader.position]))
      isDebug = true
    }
    var conversion: Character?
    if reader.current == UInt8(ascii: "!") {
      reader.position += 1
      if reader.isAtEnd { throw expectBrace }
      switch reader.current {
      case UInt8(ascii: "s"): conversion = "s"
      case UInt8(ascii: "r"): conversion = "r"
      case UInt8(ascii: "a"): conversion = "a"
      default: throw .message("f-string: invalid conversion character: expected 's', 'r', or 'a'")
      }
      reader.position += 1
    }
    if reader.isAtEnd { throw expectBrace }
    var format: Expression?
    if reader.current == UInt8(ascii: ":") {
      reader.position += 1
      if reader.isAtEnd { throw expectBrace }
      var inner = FormattedPieces(span: pieces.span)
      try readFormatted(&reader, level: level + 1, into: &inner)
      highest = max(highest, inner.height + 1)
      // CPython gives a format and its last text the place of their own literal, the rest that of all the literals.
      let token = reader.token
      let span = Span(line: token.line, column: token.column, endLine: token.endLine, endColumn: token.endColumn)
      format = Expression(.joinedString(inner.finish(lastSpan: span)), span)
    }
    if reader.isAtEnd || reader.current != UInt8(ascii: "}") { throw expectBrace }
    reader.position += 1
    if isDebug && format == nil && conversion == nil { conversion = "r" }
    pieces.append(
      Expression(.formattedValue(value, conversion: conversion, format: format), pieces.span), height: highest + 1)
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == 32 || byte >= 9 && byte <= 13
  }

  /// Parses the expression in a pair of braces, as if these were parentheses.
  private mutating func parseReplacement(
    _ range: Range<Int>, brace: Int, _ reader: inout FormattedReader
  ) throws(LiteralFault) -> Expression {
    let text = source.bytes[range]
    if text.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 10 || $0 == 12 }) {
      let next = reader.current
      if next == UInt8(ascii: "!") || next == UInt8(ascii: ":") || next == UInt8(ascii: "=") {
        throw .message("f-string: expression required before '\(Character(Unicode.Scalar(next)))'")
      }
      throw .message("f-string: empty expression not allowed")
    }
    // Each level of f-strings costs as much stack as a few levels of brackets.
    if stringDepth >= 20 || depth + 10 > Self.maximumDepth { throw .tree(.tooDeep) }
    var inner: [UInt8] = [UInt8(ascii: "(")]
    inner.append(contentsOf: text)
    inner.append(UInt8(ascii: ")"))
    let (line, column) = reader.place(ofBrace: brace)
    let innerSource = SourceText(expression: inner, filename: source.filename)
    var tokenizer = Tokenizer(innerSource, mode: .expression, firstLine: line, firstLineShift: column)
    tokenizer.run()
    var parser = Parser(source: innerSource, tokens: tokenizer.tokens)
    parser.nextScope = nextScope
    parser.depth = depth + 10
    parser.stringDepth = stringDepth + 1
    do throws(Failure) {
      let value = try parser.parseStarExpressions()
      nextScope = parser.nextScope
      for warning in tokenizer.warnings + parser.warnings where !warnings.contains(warning) { warnings.append(warning) }
      height = parser.height
      return value
    } catch {
      if error != .syntax || !explainsFaults { throw .tree(error) }
      throw .expression(
        diagnose(parser, tokenizer, mode: .expression, isReplacement: true, shift: column))
    }
  }
}

/// The parts of an f-string: text that is still growing, and the nodes before it.
private struct FormattedPieces {
  let span: Span
  var pending: [UInt8] = []
  var nodes: [Expression] = []
  var height = 1

  init(span: Span) {
    self.span = span
  }

  mutating func append(_ text: [UInt8]) {
    if pending.isEmpty { pending = text } else { pending.append(contentsOf: text) }
  }

  mutating func append(_ node: Expression, height: Int) {
    flush(span)
    nodes.append(node)
    self.height = max(self.height, height)
  }

  private mutating func flush(_ span: Span) {
    if pending.isEmpty { return }
    nodes.append(Expression(.constant(.string(pending)), span))
    pending = []
  }

  mutating func finish(lastSpan: Span) -> [Expression] {
    flush(lastSpan)
    return nodes
  }
}

/// Goes through the inside of one f-string literal.
private struct FormattedReader {
  let source: SourceText
  let token: Token
  let isRaw: Bool
  let end: Int
  var position: Int
  /// How far the lines have been counted, how many there were, and where the last began (at first, the token).
  private var counted: Int
  private var lines: Int32 = 0
  private var lineStart: Int

  init(source: SourceText, token: Token, literal: StringLiteral) {
    self.source = source
    self.token = token
    counted = Int(token.start)
    lineStart = counted
    isRaw = literal.isRaw
    position = literal.content.lowerBound
    end = literal.content.upperBound
  }

  var isAtEnd: Bool { position >= end }
  /// At the end it is the closing quote.
  var current: UInt8 { source.bytes[position] }

  /// Reads text up to a brace. A doubled brace ends it too, and counts as one.
  mutating func readText(level: Int) throws(LiteralFault) -> (text: DecodedLiteral, isDoubledBrace: Bool) {
    let start = position
    var textEnd = end
    var isDoubled = false
    while position < end {
      var byte = source.bytes[position]
      position += 1
      if !isRaw && byte == UInt8(ascii: "\\") && position < end {
        byte = source.bytes[position]
        position += 1
        if byte == UInt8(ascii: "N") {
          // The braces of a named character are none of ours.
          if position < end, source.bytes[position] == UInt8(ascii: "{") {
            position += 1
            while position < end {
              position += 1
              if source.bytes[position - 1] == UInt8(ascii: "}") { break }
            }
            continue
          }
          continue
        }
      }
      guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else { continue }
      if level == 0 {
        if position < end, source.bytes[position] == byte {
          textEnd = position
          position += 1
          isDoubled = true
          break
        }
        if byte == UInt8(ascii: "}") { throw .message("f-string: single '}' is not allowed") }
      }
      position -= 1
      textEnd = position
      break
    }
    if !isDoubled { textEnd = min(textEnd, position) }
    return (try StringLiteral.decodeText(source.bytes, start..<textEnd, isRaw: isRaw), isDoubled)
  }

  /// From a `{`: the range of the expression; leaves what ends it as current.
  mutating func findExpression() throws(LiteralFault) -> Range<Int> {
    position += 1
    let start = position
    var quote: UInt8 = 0
    var isTriple = false
    var open: [UInt8] = []
    func isTripled(_ byte: UInt8, at position: Int) -> Bool {
      position + 2 < end && source.bytes[position + 1] == byte && source.bytes[position + 2] == byte
    }
    scan: while position < end {
      let byte = source.bytes[position]
      if byte == UInt8(ascii: "\\") {
        throw .message("f-string expression part cannot include a backslash")
      }
      if quote != 0 {
        if byte == quote {
          if !isTriple {
            quote = 0
          } else if isTripled(byte, at: position) {
            position += 2
            quote = 0
          }
        }
        position += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        isTriple = isTripled(byte, at: position)
        if isTriple { position += 2 }
        quote = byte
      case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("):
        if open.count >= Tokenizer.maximumBrackets {
          throw .message("f-string: too many nested parenthesis")
        }
        open.append(byte)
      case UInt8(ascii: "#"):
        throw .message("f-string expression part cannot include '#'")
      case UInt8(ascii: "!"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "<"),
        UInt8(ascii: "}"):
        if open.isEmpty {
          let isPair =
            byte != UInt8(ascii: ":") && byte != UInt8(ascii: "}") && position + 1 < end
            && source.bytes[position + 1] == UInt8(ascii: "=")
          if isPair {
            position += 1
          } else if byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">") {
            break scan
          }
        } else if byte == UInt8(ascii: "}") {
          try close(byte, &open)
        }
      case UInt8(ascii: "]"), UInt8(ascii: ")"):
        try close(byte, &open)
      default: break
      }
      position += 1
    }
    if quote != 0 { throw .message("f-string: unterminated string") }
    if let opening = open.last {
      throw .message("f-string: unmatched '\(Character(Unicode.Scalar(opening)))'")
    }
    if position >= end { throw .message("f-string: expecting '}'") }
    return start..<position
  }

  private func close(_ byte: UInt8, _ open: inout [UInt8]) throws(LiteralFault) {
    let closing = Character(Unicode.Scalar(byte))
    guard let opening = open.popLast() else { throw .message("f-string: unmatched '\(closing)'") }
    // In ASCII a closing bracket is one or two after its opening one.
    if byte != opening + 1 && byte != opening + 2 {
      throw .message(
        "f-string: closing parenthesis '\(closing)' does not match opening parenthesis "
          + "'\(Character(Unicode.Scalar(opening)))'")
    }
  }

  /// The line of the expression behind a brace, and what to add to the columns of its first line. Braces come in order.
  mutating func place(ofBrace brace: Int) -> (line: Int32, column: Int32) {
    while counted < brace {
      if source.bytes[counted] == 10 {
        lines += 1
        lineStart = counted + 1
      }
      counted += 1
    }
    var index = brace + 1
    while source.bytes[index] == 32 || source.bytes[index] == 9 || source.bytes[index] == 12 { index += 1 }
    // CPython does not shift what begins on a line of its own.
    let isAlone = source.bytes[index] == 10 || source.bytes[index] == UInt8(ascii: "}")
    let column = isAlone ? 0 : Int32(brace - lineStart)
    return (token.line + lines, lines > 0 ? column : token.column + column)
  }
}
