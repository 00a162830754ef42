extension Diagnosis {
  /// The rules between `bitwise_or` and `atom`, which hold no rules for errors but those of their parts.
  mutating func matchNative(_ native: ErrorRules.Native) -> Match? {
    switch native {
    case .bitwiseOr: matchBinary(0)
    case .primary: matchPrimary()
    case .targetPrimary: matchTargetPrimary()
    case .strings: matchStrings()
    }
  }

  private func precedence(_ kind: TokenKind) -> Int {
    switch kind {
    case .bar: 1
    case .caret: 2
    case .ampersand: 3
    case .leftShift, .rightShift: 4
    case .plus, .minus: 5
    case .star, .slash, .doubleSlash, .percent, .at: 6
    default: 0
    }
  }

  private mutating func matchBinary(_ floor: Int) -> Match? {
    let start = mark
    guard var left = matchFactor() else { return nil }
    while !isTold {
      let end = mark
      let tightness = precedence(peek())
      if tightness <= floor { break }
      mark += 1
      guard matchBinary(tightness) != nil else {
        mark = end
        break
      }
      left = makeNode(.operation, from: start, [])
    }
    return !isTold ? left : nil
  }

  private mutating func matchFactor() -> Match? {
    let start = mark
    while true {
      let kind = peek()
      if kind != .plus && kind != .minus && kind != .tilde { break }
      mark += 1
    }
    let isSigned = mark > start
    let base = mark
    guard var result = matchAwait() else { return nil }
    let end = mark
    if peek() == .doubleStar {
      mark += 1
      depthOfPowers += 1
      defer { depthOfPowers -= 1 }
      if depthOfPowers < Self.maximumPowers, matchFactor() != nil {
        result = makeNode(.operation, from: base, [])
      } else {
        mark = end
      }
    }
    if isSigned { result = makeNode(.operation, from: start, []) }
    return !isTold ? result : nil
  }

  private mutating func matchAwait() -> Match? {
    guard peek() == .await else { return match(ErrorRules.Native.primary.rawValue) }
    let start = mark
    mark += 1
    guard match(ErrorRules.Native.primary.rawValue) != nil else { return nil }
    return makeNode(.await, from: start, [])
  }

  private mutating func matchPrimary() -> Match? {
    let start = mark
    guard var result = match(atom) else { return nil }
    while let kind = matchTrailer(isTarget: false) { result = makeNode(kind, from: start, []) }
    return !isTold ? result : nil
  }

  /// An atom and its trailers but the last one: each is followed by another.
  private mutating func matchTargetPrimary() -> Match? {
    let start = mark
    guard var result = match(atom), isTrailerNext() else { return nil }
    while let kind = matchTrailer(isTarget: true) { result = makeNode(kind, from: start, []) }
    return !isTold ? result : nil
  }

  /// One attribute, call or subscript. On a target it must be followed by another.
  private mutating func matchTrailer(isTarget: Bool) -> ErrorRules.NodeKind? {
    let start = mark
    let kind = peek()
    if kind == .dot {
      mark += 1
      if take(.name) != nil, !isTarget || isTrailerNext() { return .attribute }
    }
    guard !isTold, kind == .leftParen || kind == .leftBracket || kind == .leftBrace else {
      mark = start
      return nil
    }
    // The rules differ in which of these comes first.
    if isTarget, matchSubscript(isTarget) { return .subscript }
    // It is tried before any bracket, since its error rules look at all of them.
    if match(generator) != nil, !isTarget || isTrailerNext() { return .call }
    if isTold { return nil }
    mark = start
    if kind == .leftParen {
      mark += 1
      _ = match(arguments)
      if !isTold, take(.rightParen) != nil, !isTarget || isTrailerNext() { return .call }
      mark = start
    }
    if !isTarget, !isTold, matchSubscript(isTarget) { return .subscript }
    return nil
  }

  private mutating func matchSubscript(_ isTarget: Bool) -> Bool {
    let start = mark
    if take(.leftBracket) != nil, match(slices) != nil, take(.rightBracket) != nil,
      !isTarget || isTrailerNext()
    {
      return true
    }
    mark = start
    return false
  }

  private mutating func isTrailerNext() -> Bool {
    let kind = peek()
    return !isTold && (kind == .leftParen || kind == .leftBracket || kind == .dot)
  }

  private mutating func matchStrings() -> Match? {
    let start = mark
    while peek() == .string { mark += 1 }
    if mark == start || isTold { return nil }
    var isFormatted = false
    for index in start..<mark where StringLiteral(tokens[index], in: source).isFormatted { isFormatted = true }
    do throws(LiteralFault) {
      _ = try parser.concatenate(start..<mark)
    } catch {
      tell(error)
      return nil
    }
    return makeNode(isFormatted ? .formatted : .string, from: start, [])
  }
}
