import PythonBytecode
import PythonRuntime
import PythonSyntax

/// Nodes for module `ast`, of the parser's trees.
struct NodeMaker {
  func make(_ module: Module) -> SyntaxNode {
    switch module {
    case .module(let body): .node("Module", [list(body), .list([])], nil)
    case .interactive(let body): .node("Interactive", [list(body)], nil)
    case .expression(let body): .node("Expression", [make(body)], nil)
    }
  }

  private func place(_ span: Span) -> NodePlace {
    NodePlace(line: span.line, column: span.column, endLine: span.endLine, endColumn: span.endColumn)
  }

  private func list(_ statements: [Statement]) -> SyntaxNode { .list(statements.map(make)) }
  private func list(_ expressions: [Expression]) -> SyntaxNode { .list(expressions.map { make($0) }) }
  private func optional(_ expression: Expression?) -> SyntaxNode { expression.map { make($0) } ?? .none }
  private func name(_ name: String?) -> SyntaxNode { name.map { .identifier($0) } ?? .none }
  private func names(_ names: [String]) -> SyntaxNode { .list(names.map { .identifier($0) }) }
  private func flag(_ flag: Bool) -> SyntaxNode { .int(flag ? 1 : 0) }

  // MARK: Statements

  func make(_ statement: Statement) -> SyntaxNode {
    let (kind, fields) = parts(statement.kind)
    return .node(kind, fields, place(statement.span))
  }

  private func parts(_ kind: Statement.Kind) -> (String, [SyntaxNode]) {
    switch kind {
    case .functionDef(let function):
      (
        function.isAsync ? "AsyncFunctionDef" : "FunctionDef",
        [
          .identifier(function.name), make(function.parameters), list(function.body), list(function.decorators),
          optional(function.returns), .none,
        ]
      )
    case .classDef(let definition):
      (
        "ClassDef",
        [
          .identifier(definition.name), list(definition.bases), .list(definition.keywords.map(make)),
          list(definition.body), list(definition.decorators),
        ]
      )
    case .for(let target, let iterable, let body, let orElse, let isAsync):
      (isAsync ? "AsyncFor" : "For", [make(target), make(iterable), list(body), list(orElse), .none])
    case .while(let test, let body, let orElse): ("While", [make(test), list(body), list(orElse)])
    case .if(let test, let body, let orElse): ("If", [make(test), list(body), list(orElse)])
    case .with(let items, let body, let isAsync):
      (
        isAsync ? "AsyncWith" : "With",
        [.list(items.map { .node("withitem", [make($0.context), optional($0.target)], nil) }), list(body), .none]
      )
    case .match(let subject, let cases):
      (
        "Match",
        [
          make(subject),
          .list(cases.map { .node("match_case", [make($0.pattern), optional($0.guardTest), list($0.body)], nil) }),
        ]
      )
    case .try(let body, let handlers, let orElse, let finally, let isStar):
      (isStar ? "TryStar" : "Try", [list(body), .list(handlers.map(make)), list(orElse), list(finally)])
    default: simpleParts(kind)
    }
  }

  private func simpleParts(_ kind: Statement.Kind) -> (String, [SyntaxNode]) {
    switch kind {
    case .return(let value): ("Return", [optional(value)])
    case .delete(let targets): ("Delete", [list(targets)])
    case .assign(let targets, let value): ("Assign", [list(targets), make(value), .none])
    case .augmentedAssign(let target, let op, let value): ("AugAssign", [make(target), make(op), make(value)])
    case .annotatedAssign(let target, let annotation, let value, let simple):
      ("AnnAssign", [make(target), make(annotation), optional(value), flag(simple)])
    case .raise(let exception, let cause): ("Raise", [optional(exception), optional(cause)])
    case .assert(let test, let message): ("Assert", [make(test), optional(message)])
    case .import(let names): ("Import", [.list(names.map(make))])
    case .importFrom(let module, let names, let level):
      ("ImportFrom", [name(module), .list(names.map(make)), .int(level)])
    case .global(let names): ("Global", [self.names(names)])
    case .nonlocal(let names): ("Nonlocal", [self.names(names)])
    case .expression(let value): ("Expr", [make(value)])
    case .pass: ("Pass", [])
    case .break: ("Break", [])
    default: ("Continue", [])
    }
  }

  private func make(_ handler: ExceptHandler) -> SyntaxNode {
    .node("ExceptHandler", [optional(handler.type), name(handler.name), list(handler.body)], place(handler.span))
  }

  private func make(_ alias: ImportAlias) -> SyntaxNode {
    .node("alias", [.identifier(alias.name), name(alias.asName)], place(alias.span))
  }

  private func make(_ keyword: Keyword) -> SyntaxNode {
    .node("keyword", [name(keyword.name), make(keyword.value)], place(keyword.span))
  }

  private func make(_ parameters: Parameters) -> SyntaxNode {
    .node(
      "arguments",
      [
        .list(parameters.positionalOnly.map(make)), .list(parameters.positional.map(make)),
        parameters.variadic.map(make) ?? .none, .list(parameters.keywordOnly.map(make)),
        .list(parameters.keywordDefaults.map(optional)), parameters.keywordVariadic.map(make) ?? .none,
        list(parameters.defaults),
      ], nil)
  }

  private func make(_ parameter: Parameter) -> SyntaxNode {
    .node("arg", [.identifier(parameter.name), optional(parameter.annotation), .none], place(parameter.span))
  }

  // MARK: Patterns

  private func make(_ pattern: Pattern) -> SyntaxNode {
    let (kind, fields): (String, [SyntaxNode]) =
      switch pattern.kind {
      case .value(let value): ("MatchValue", [make(value)])
      case .singleton(let constant): ("MatchSingleton", [.constant(make(constant))])
      case .sequence(let patterns): ("MatchSequence", [list(patterns)])
      case .mapping(let keys, let patterns, let rest): ("MatchMapping", [list(keys), list(patterns), name(rest)])
      case .class(let cls, let patterns, let names, let keywordPatterns):
        ("MatchClass", [make(cls), list(patterns), self.names(names), list(keywordPatterns)])
      case .star(let name): ("MatchStar", [self.name(name)])
      case .as(let inner, let name): ("MatchAs", [inner.map { make($0) } ?? .none, self.name(name)])
      case .or(let patterns): ("MatchOr", [list(patterns)])
      }
    return .node(kind, fields, place(pattern.span))
  }

  private func list(_ patterns: [Pattern]) -> SyntaxNode { .list(patterns.map { make($0) }) }
}

/// Expressions.
extension NodeMaker {
  func make(_ expression: Expression) -> SyntaxNode {
    let (kind, fields) = parts(expression.kind)
    return .node(kind, fields, place(expression.span))
  }

  private func parts(_ kind: Expression.Kind) -> (String, [SyntaxNode]) {
    switch kind {
    case .boolean(let op, let values): ("BoolOp", [.node(op == .and ? "And" : "Or", [], nil), list(values)])
    case .named(let target, let value): ("NamedExpr", [make(target), make(value)])
    case .binary(let left, let op, let right): ("BinOp", [make(left), make(op), make(right)])
    case .unary(let op, let operand): ("UnaryOp", [.node(TreeNames.unary(op), [], nil), make(operand)])
    case .lambda(_, let parameters, let body): ("Lambda", [make(parameters), make(body)])
    case .conditional(let test, let body, let orElse): ("IfExp", [make(test), make(body), make(orElse)])
    case .dict(let keys, let values): ("Dict", [.list(keys.map(optional)), list(values)])
    case .set(let elements): ("Set", [list(elements)])
    case .comprehension(let comprehension): parts(comprehension)
    case .await(let value): ("Await", [make(value)])
    case .yield(let value): ("Yield", [optional(value)])
    case .yieldFrom(let value): ("YieldFrom", [make(value)])
    case .compare(let left, let operators, let comparators):
      ("Compare", [make(left), .list(operators.map { .node(TreeNames.comparison($0), [], nil) }), list(comparators)])
    case .call(let function, let arguments, let keywords):
      ("Call", [make(function), list(arguments), .list(keywords.map(make))])
    default: valueParts(kind)
    }
  }

  private func valueParts(_ kind: Expression.Kind) -> (String, [SyntaxNode]) {
    switch kind {
    case .formattedValue(let value, let conversion, let format):
      (
        "FormattedValue",
        [make(value), .int(conversion?.unicodeScalars.first.map { Int($0.value) } ?? -1), optional(format)]
      )
    case .joinedString(let values): ("JoinedStr", [list(values)])
    case .constant(let constant): ("Constant", [.constant(make(constant)), .none])
    case .attribute(let value, let name, let context): ("Attribute", [make(value), .identifier(name), make(context)])
    case .subscript(let value, let index, let context): ("Subscript", [make(value), make(index), make(context)])
    case .starred(let value, let context): ("Starred", [make(value), make(context)])
    case .name(let name, let context): ("Name", [.identifier(name), make(context)])
    case .list(let elements, let context): ("List", [list(elements), make(context)])
    case .tuple(let elements, let context): ("Tuple", [list(elements), make(context)])
    case .slice(let lower, let upper, let step): ("Slice", [optional(lower), optional(upper), optional(step)])
    default: preconditionFailure("an expression among the values")
    }
  }

  private func parts(_ comprehension: Comprehension) -> (String, [SyntaxNode]) {
    let clauses = SyntaxNode.list(
      comprehension.clauses.map { clause in
        .node(
          "comprehension",
          [make(clause.target), make(clause.iterable), list(clause.conditions), flag(clause.isAsync)], nil)
      })
    let element = make(comprehension.element)
    return switch comprehension.form {
    case .list: ("ListComp", [element, clauses])
    case .set: ("SetComp", [element, clauses])
    case .dict: ("DictComp", [element, optional(comprehension.value), clauses])
    case .generator: ("GeneratorExp", [element, clauses])
    }
  }

  private func make(_ op: BinaryOperator) -> SyntaxNode { .node(TreeNames.binary[Int(op.rawValue)], [], nil) }

  private func make(_ context: ExpressionContext) -> SyntaxNode { .node(TreeNames.context(context), [], nil) }

  private func make(_ constant: Constant) -> CodeConstant {
    switch constant {
    case .none: .none
    case .true: .true
    case .false: .false
    case .ellipsis: .ellipsis
    case .integer(let limbs):
      if limbs.isEmpty { .int(0) } else if limbs.count == 1, let int = Int(exactly: limbs[0]) { .int(int) } else {
        .bigInt(isNegative: false, limbs: limbs)
      }
    case .float(let double): .float(double.bitPattern)
    case .imaginary(let double): .complex(0, double.bitPattern)
    case .string(let bytes): .string(bytes)
    case .bytes(let bytes): .bytes(bytes)
    }
  }
}

/// What operators and contexts are called in module `ast`.
enum TreeNames {
  /// In the order of `BinaryOperator`.
  static let binary = [
    "Add", "Sub", "Mult", "MatMult", "Div", "FloorDiv", "Mod", "Pow", "LShift", "RShift", "BitAnd", "BitOr", "BitXor",
  ]
  static let comparisons: [(String, ComparisonOperator)] = [
    ("Eq", .equal), ("NotEq", .notEqual), ("Lt", .less), ("LtE", .lessOrEqual), ("Gt", .greater), ("GtE", .greaterOrEqual),
    ("Is", .is), ("IsNot", .isNot), ("In", .in), ("NotIn", .notIn),
  ]
  static let unaries: [(String, UnaryOperator)] = [("Invert", .invert), ("Not", .not), ("UAdd", .plus), ("USub", .minus)]
  static let contexts: [(String, ExpressionContext)] = [("Load", .load), ("Store", .store), ("Del", .delete)]

  static func comparison(_ op: ComparisonOperator) -> String { comparisons.first { $0.1 == op }?.0 ?? "Eq" }
  static func unary(_ op: UnaryOperator) -> String { unaries.first { $0.1 == op }?.0 ?? "Not" }
  static func context(_ context: ExpressionContext) -> String { contexts.first { $0.1 == context }?.0 ?? "Load" }
}
