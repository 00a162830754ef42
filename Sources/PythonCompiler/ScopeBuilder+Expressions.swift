import PythonSyntax

extension ScopeBuilder {
  mutating func visit(_ expression: Expression?) throws(SyntaxError) {
    if let expression { try visit(expression) }
  }

  mutating func visit(_ expressions: [Expression]) throws(SyntaxError) {
    for expression in expressions { try visit(expression) }
  }

  mutating func visit(_ expression: Expression) throws(SyntaxError) {
    try enterLevel(expression.span)
    defer { depth -= 1 }
    let span = expression.span
    switch expression.kind {
    case .constant: break
    case .name(let name, let context): try visitName(name, context, span)
    case .binary:
      let (leaf, steps) = leftSpine(of: expression)
      try visit(leaf)
      for step in steps { try visit(step.right) }
    case .boolean(_, let values), .joinedString(let values): try visit(values)
    case .list(let values, _), .tuple(let values, _), .set(let values): try visit(values)
    case .named(let target, let value): try visitNamed(target, value, span)
    case .unary(_, let operand), .starred(let operand, _): try visit(operand)
    case .attribute(let object, _, _): try visit(object)
    case .lambda(let scope, let parameters, let body):
      try visitDefaults(parameters)
      open(scope, "lambda", .function, span)
      try visitParameters(parameters)
      try visit(body)
      close()
    case .conditional(let test, let body, let orElse):
      try visit(test)
      try visit(body)
      try visit(orElse)
    case .dict(let keys, let values):
      for key in keys { try visit(key) }
      try visit(values)
    case .comprehension(let comprehension): try visit(comprehension, span)
    case .yield(let value):
      try refuseInAnnotation("yield expression", span)
      try visit(value)
      try markYield(span)
    case .yieldFrom(let value):
      try refuseInAnnotation("yield expression", span)
      try visit(value)
      try markYield(span)
    case .await(let value):
      try refuseInAnnotation("await expression", span)
      try visit(value)
      current.isCoroutine = true
    case .compare(let left, let operators, let comparators):
      checkComparison(left, operators, comparators, span)
      try visit(left)
      try visit(comparators)
    case .call(let function, let arguments, let keywords):
      checkCall(function)
      try visit(function)
      try visit(arguments)
      for keyword in keywords { try visit(keyword.value) }
    case .formattedValue(let value, _, let format):
      try visit(value)
      try visit(format)
    case .subscript(let object, let index, let context):
      if case .load = context { checkSubscript(object, index) }
      try visit(object)
      try visit(index)
    case .slice(let lower, let upper, let step):
      try visit(lower)
      try visit(upper)
      try visit(step)
    }
  }

  private mutating func visitName(_ name: String, _ context: ExpressionContext, _ span: Span) throws(SyntaxError) {
    try add(name, context == .load ? .use : .local, span)
    if context == .delete { current.deleted.insert(mangled(name, in: className)) }
    // The cell that `super` without arguments reads.
    if context == .load, name == "super", current.kind == .function { try add("__class__", .use, span) }
  }

  private func refuseInAnnotation(_ what: String, _ span: Span) throws(SyntaxError) {
    if annotationDepth > 0 { throw errors.syntax("'\(what)' can not be used within an annotation", span) }
  }

  private mutating func markYield(_ span: Span) throws(SyntaxError) {
    current.isGenerator = true
    if let form = current.comprehension {
      let name =
        switch form {
        case .list: "list comprehension"
        case .set: "set comprehension"
        case .dict: "dict comprehension"
        case .generator: "generator expression"
        }
      throw errors.syntax("'yield' inside \(name)", span)
    }
  }

  // MARK: Assignment expressions

  private mutating func visitNamed(_ target: Expression, _ value: Expression, _ span: Span) throws(SyntaxError) {
    try refuseInAnnotation("named expression", span)
    if current.comprehensionIterableDepth > 0 {
      throw errors.syntax("assignment expression cannot be used in a comprehension iterable expression", span)
    }
    if case .name(let name, _) = target.kind {
      if current.comprehension != nil { try bindOutside(name, target.span) }
      current.walrusTargets.insert(mangled(name, in: className))
    }
    try visit(value)
    try visit(target)
  }

  /// A walrus in a comprehension binds in the nearest block that is no comprehension.
  private mutating func bindOutside(_ name: String, _ span: Span) throws(SyntaxError) {
    for scope in stack.reversed() {
      let known = uses(of: name, in: scope)
      if scope.comprehension != nil {
        if known.contains(.comprehensionTarget), known.contains(.local) {
          throw errors.syntax("assignment expression cannot rebind comprehension iteration variable '\(name)'", span)
        }
        continue
      }
      switch scope.kind {
      case .function:
        try add(name, known.contains(.global) ? .global : .nonlocal, span)
        current.directives.append((mangled(name, in: className), span))
        return try add(name, .local, span, to: scope)
      case .module:
        try add(name, .global, span)
        current.directives.append((mangled(name, in: className), span))
        return try add(name, .global, span, to: scope)
      case .classBody:
        throw errors.syntax(
          "assignment expression within a comprehension cannot be used in a class body", span)
      }
    }
  }

  // MARK: Comprehensions

  private mutating func visit(_ comprehension: Comprehension, _ span: Span) throws(SyntaxError) {
    let name =
      switch comprehension.form {
      case .list: "listcomp"
      case .set: "setcomp"
      case .dict: "dictcomp"
      case .generator: "genexpr"
      }
    guard let first = comprehension.clauses.first else { return }
    current.comprehensionIterableDepth += 1
    try visit(first.iterable)
    current.comprehensionIterableDepth -= 1

    open(comprehension.scope, name, .function, span, comprehension: comprehension.form)
    if first.isAsync { current.isCoroutine = true }
    try add(".0", .parameter, span)
    try visitTarget(of: first)
    try visit(first.conditions)
    for clause in comprehension.clauses.dropFirst() {
      try visitTarget(of: clause)
      current.comprehensionIterableDepth += 1
      try visit(clause.iterable)
      current.comprehensionIterableDepth -= 1
      try visit(clause.conditions)
      if clause.isAsync { current.isCoroutine = true }
    }
    try visit(comprehension.value)
    try visit(comprehension.element)
    current.isGenerator = comprehension.form == .generator
    let isAsync = current.isCoroutine && comprehension.form != .generator
    close()
    if isAsync { current.isCoroutine = true }
  }

  private mutating func visitTarget(of clause: ComprehensionClause) throws(SyntaxError) {
    current.isInComprehensionTarget = true
    try visit(clause.target)
    current.isInComprehensionTarget = false
  }

  // MARK: Patterns

  mutating func visit(_ pattern: Pattern) throws(SyntaxError) {
    try enterLevel(pattern.span)
    defer { depth -= 1 }
    switch pattern.kind {
    case .value(let value): try visit(value)
    case .singleton: break
    case .sequence(let patterns), .or(let patterns): for inner in patterns { try visit(inner) }
    case .mapping(let keys, let patterns, let rest):
      try visit(keys)
      for inner in patterns { try visit(inner) }
      if let rest { try add(rest, .local, pattern.span) }
    case .class(let type, let patterns, _, let keywordPatterns):
      try visit(type)
      for inner in patterns { try visit(inner) }
      for inner in keywordPatterns { try visit(inner) }
    case .star(let name): if let name { try add(name, .local, pattern.span) }
    case .as(let inner, let name):
      if let inner { try visit(inner) }
      if let name { try add(name, .local, pattern.span) }
    }
  }
}

/// One operator and right side of a chain `a + b + c`.
struct SpineStep {
  let `operator`: BinaryOperator
  let right: Expression
  let span: Span
}

/// A left-leaning chain of binary operators as a leaf and the steps from inside out: such chains may be very long.
func leftSpine(of expression: Expression) -> (leaf: Expression, steps: [SpineStep]) {
  var leaf = expression
  var steps: [SpineStep] = []
  while case .binary(let left, let op, let right) = leaf.kind {
    steps.append(SpineStep(operator: op, right: right, span: leaf.span))
    leaf = left
  }
  steps.reverse()
  return (leaf, steps)
}
