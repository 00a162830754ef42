import PythonSyntax

/// Looks at each expression on the first walk (CPython: `check_compare`, `check_caller` and so on, in its compiler).
extension ScopeBuilder {
  private mutating func warn(_ message: String, _ span: Span) {
    let warning = SourceWarning(message: message, span: span)
    if annotationDepth == 0, !warnings.contains(warning) { warnings.append(warning) }
  }

  mutating func checkAssertion(_ test: Expression, _ span: Span) {
    if case .tuple(let items, _) = test.kind, !items.isEmpty {
      warn("assertion is always true, perhaps remove parentheses?", span)
    }
  }

  /// `x is 1` depends on what is kept of equal constants.
  mutating func checkComparison(
    _ left: Expression, _ operators: [ComparisonOperator], _ comparators: [Expression], _ span: Span
  ) {
    var isPlain = !Self.isLiteral(left)
    for (op, comparator) in zip(operators, comparators) {
      let isNextPlain = !Self.isLiteral(comparator)
      if op == .is || op == .isNot, !isPlain || !isNextPlain {
        warn(op == .is ? "\"is\" with a literal. Did you mean \"==\"?" : "\"is not\" with a literal. Did you mean \"!=\"?", span)
        return
      }
      isPlain = isNextPlain
    }
  }

  private static func isLiteral(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .constant(let constant):
      switch constant {
      case .none, .true, .false, .ellipsis: false
      default: true
      }
    case .unary(let op, let operand): op != .not && isLiteral(operand)
    case .tuple(let items, _): items.allSatisfy(isConstant)
    default: false
    }
  }

  private static func isConstant(_ expression: Expression) -> Bool {
    if case .constant = expression.kind { return true }
    return isLiteral(expression)
  }

  /// A call of what cannot be called: two things in a row with the comma between them missing.
  mutating func checkCall(_ function: Expression) {
    switch function.kind {
    case .constant, .tuple, .list, .dict, .set, .comprehension, .joinedString, .formattedValue:
      let type = Self.typeName(of: function) ?? ""
      warn("'\(type)' object is not callable; perhaps you missed a comma?", function.span)
    default: break
    }
  }

  mutating func checkSubscript(_ object: Expression, _ index: Expression) {
    let type = Self.typeName(of: object) ?? ""
    switch object.kind {
    case .constant(.string), .constant(.bytes), .tuple, .list, .joinedString, .formattedValue:
      checkIndex(index, of: type, object.span)
    case .comprehension(let comprehension) where comprehension.form == .list: checkIndex(index, of: type, object.span)
    case .comprehension(let comprehension) where comprehension.form == .dict: break
    case .constant, .set, .comprehension, .lambda:
      warn("'\(type)' object is not subscriptable; perhaps you missed a comma?", object.span)
    default: break
    }
  }

  private mutating func checkIndex(_ index: Expression, of type: String, _ span: Span) {
    guard let given = Self.typeName(of: index), given != "int", given != "bool", given != "slice" else { return }
    warn("\(type) indices must be integers or slices, not \(given); perhaps you missed a comma?", span)
  }

  /// The type that an expression is sure to have.
  private static func typeName(of expression: Expression) -> String? {
    switch expression.kind {
    case .tuple: "tuple"
    case .list: "list"
    case .dict: "dict"
    case .set: "set"
    case .lambda: "function"
    case .joinedString, .formattedValue: "str"
    case .comprehension(let comprehension):
      switch comprehension.form {
      case .list: "list"
      case .set: "set"
      case .dict: "dict"
      case .generator: "generator"
      }
    case .constant(let constant):
      switch constant {
      case .none: "NoneType"
      case .true, .false: "bool"
      case .ellipsis: "ellipsis"
      case .integer: "int"
      case .float: "float"
      case .imaginary: "complex"
      case .string: "str"
      case .bytes: "bytes"
      }
    default: nil
    }
  }
}
