import PythonBytecode
import PythonRuntime
import PythonSyntax

/// The patterns of `match`.
extension TreeReader {
  private mutating func patterns(_ node: SyntaxNode, isSequence: Bool = false) throws(Failure) -> [Pattern] {
    var result: [Pattern] = []
    for element in elements(node) {
      if case .node("MatchStar", _, _) = element, !isSequence {
        throw Failure(message: "can't use MatchStar within MatchOr, MatchClass, MatchMapping or MatchAs")
      }
      result.append(try pattern(element))
    }
    return result
  }

  /// A pattern that stands for itself.
  mutating func casePattern(_ node: SyntaxNode) throws(Failure) -> Pattern {
    try patterns(.list([node]))[0]
  }

  private mutating func pattern(_ node: SyntaxNode) throws(Failure) -> Pattern {
    let (kind, fields, span) = try parts(node)
    switch kind {
    case "MatchValue":
      try checkPatternValue(fields[0])
      return Pattern(.value(try expression(fields[0])), span)
    case "MatchSingleton":
      guard case .constant(let constant) = fields[0], [.none, .true, .false].contains(constant) else {
        throw Failure(message: "MatchSingleton can only contain True, False and None")
      }
      return Pattern(.singleton(constant == .none ? .none : constant == .true ? .true : .false), span)
    case "MatchSequence": return Pattern(.sequence(try patterns(fields[0], isSequence: true)), span)
    case "MatchMapping":
      for key in elements(fields[0]) { try checkPatternValue(key, isKey: true) }
      let keys = try expressions(fields[0])
      let values = try patterns(fields[1])
      if keys.count != values.count {
        throw Failure(message: "MatchMapping doesn't have the same number of keys as patterns")
      }
      return Pattern(.mapping(keys: keys, patterns: values, rest: try captured(fields[2])), span)
    case "MatchClass":
      try checkClassName(fields[0])
      for name in elements(fields[2]) { _ = try requiredName(name) }
      let keywordNames = names(fields[2])
      let keywordPatterns = try patterns(fields[3])
      if keywordNames.count != keywordPatterns.count {
        throw Failure(message: "MatchClass doesn't have the same number of keyword attributes as patterns")
      }
      return Pattern(
        .class(
          try expression(fields[0]), patterns: try patterns(fields[1]), keywordNames: keywordNames,
          keywordPatterns: keywordPatterns), span)
    case "MatchStar": return Pattern(.star(try captured(fields[0])), span)
    case "MatchAs":
      if case .none = fields[0] { return Pattern(.as(nil, name: try captured(fields[1])), span) }
      guard let name = try captured(fields[1]) else {
        throw Failure(message: "MatchAs must specify a target name if a pattern is given")
      }
      return Pattern(.as(try pattern(fields[0]), name: name), span)
    default:
      let alternatives = try patterns(fields[0])
      if alternatives.count < 2 { throw Failure(message: "MatchOr requires at least 2 patterns") }
      return Pattern(.or(alternatives), span)
    }
  }

  /// The name that a pattern captures.
  private func captured(_ node: SyntaxNode) throws(Failure) -> String? {
    guard name(node) != nil else { return nil }
    let captured = try requiredName(node)
    if captured == "_" { throw Failure(message: "can't capture name '_' in patterns") }
    return captured
  }

  /// A literal, a dotted name, a negative number, or a sum that is a complex number; a key of a mapping may also be one of
  /// the constants with names.
  private func checkPatternValue(_ node: SyntaxNode, isKey: Bool = false) throws(Failure) {
    let (kind, fields, _) = try parts(node)
    switch kind {
    case "Constant":
      guard case .constant(let value) = fields[0] else { return }
      switch value {
      case .int, .bigInt, .float, .complex, .string, .bytes: return
      case .none where isKey, .true where isKey, .false where isKey: return
      default: throw Failure(message: "unexpected constant inside of a literal pattern")
      }
    case "Attribute", "UnaryOp", "BinOp", "JoinedStr": return
    default: throw Failure(message: "patterns may only match literals and attribute lookups")
    }
  }

  private func checkClassName(_ node: SyntaxNode) throws(Failure) {
    var current = node
    while true {
      let (kind, fields, _) = try parts(current)
      if kind == "Name" { return }
      guard kind == "Attribute" else {
        throw Failure(message: "MatchClass cls field can only contain Name or Attribute nodes.")
      }
      current = fields[0]
    }
  }
}
