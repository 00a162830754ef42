extension Parser {
  /// The parameters of a function (`closing` is `)`) or of a lambda (`:`), up to the closing token.
  mutating func parseParameters(closing: TokenKind) throws(Failure) -> Parameters {
    var list = ParameterList()
    var highest = 0
    let isLambda = closing == .colon
    while kind != closing {
      switch kind {
      case .slash:
        if list.sawSlash || list.sawStar || list.positional.isEmpty { throw .syntax }
        advance()
        list.sawSlash = true
        list.positionalOnly = list.positional
        list.positional = []
      case .star:
        if list.sawStar { throw .syntax }
        advance()
        list.sawStar = true
        if kind == .comma {
          // A bare star needs a parameter behind it.
          if nextKind != .name { throw .syntax }
        } else {
          list.variadic = try parseParameter(isLambda: isLambda, allowsStar: true)
          highest = max(highest, height)
        }
      case .doubleStar:
        advance()
        list.keywordVariadic = try parseParameter(isLambda: isLambda, allowsStar: false)
        highest = max(highest, height)
        _ = take(.comma)
        if kind != closing { throw .syntax }
        height = highest
        return list.parameters
      default:
        let parameter = try parseParameter(isLambda: isLambda, allowsStar: false)
        highest = max(highest, height)
        var value: Expression?
        if take(.equal) {
          value = try parseExpression()
          highest = max(highest, height)
        }
        if !list.add(parameter, value) { throw .syntax }
      }
      if !take(.comma) { break }
    }
    if kind != closing { throw .syntax }
    height = highest
    return list.parameters
  }

  private mutating func parseParameter(isLambda: Bool, allowsStar: Bool) throws(Failure) -> Parameter {
    let start = index
    let name = try expectName()
    var annotation: Expression?
    height = 0
    if !isLambda && take(.colon) {
      annotation = allowsStar ? try parseStarExpression() : try parseExpression()
    }
    return Parameter(name: name, annotation: annotation, span: span(from: start))
  }
}

/// Parameters as they are gathered.
private struct ParameterList {
  var positionalOnly: [Parameter] = []
  var positional: [Parameter] = []
  var variadic: Parameter?
  var keywordOnly: [Parameter] = []
  var keywordVariadic: Parameter?
  var defaults: [Expression] = []
  var keywordDefaults: [Expression?] = []
  var sawSlash = false
  var sawStar = false

  /// False for a parameter without a default behind one with a default.
  mutating func add(_ parameter: Parameter, _ value: Expression?) -> Bool {
    if sawStar {
      keywordOnly.append(parameter)
      keywordDefaults.append(value)
      return true
    }
    positional.append(parameter)
    if let value {
      defaults.append(value)
      return true
    }
    return defaults.isEmpty
  }

  var parameters: Parameters {
    Parameters(
      positionalOnly: positionalOnly, positional: positional, variadic: variadic, keywordOnly: keywordOnly,
      keywordVariadic: keywordVariadic, defaults: defaults, keywordDefaults: keywordDefaults)
  }
}
