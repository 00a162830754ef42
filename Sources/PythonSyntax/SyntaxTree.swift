/// The syntax tree: Python 3.11's own abstract grammar (the `ast` module's node types), as Swift values.
///
/// Names follow `ast`: `FunctionDef` is `Statement.Kind.functionDef`, `BinOp` is `Expression.Kind.binary`, and so on.
/// Positions are CPython's: lines from 1, columns in UTF-8 bytes from 0, ends exclusive.

/// The place of a node in its source.
package struct Span: Equatable, Sendable {
  package var line: Int32
  package var column: Int32
  package var endLine: Int32
  package var endColumn: Int32

  package init(line: Int32, column: Int32, endLine: Int32, endColumn: Int32) {
    self.line = line
    self.column = column
    self.endLine = endLine
    self.endColumn = endColumn
  }
}

/// Names one scope-opening node (function, lambda, class, comprehension) within one tree. Given out by the parser from 1
/// in the order in which it builds the nodes; the module itself is 0.
package typealias ScopeID = Int32

/// What a source was parsed as.
package enum Module: Sendable {
  case module([Statement])
  case interactive([Statement])
  case expression(Expression)
}

package struct Statement: Sendable {
  package let kind: Kind
  package let span: Span

  package init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  package indirect enum Kind: Sendable {
    case functionDef(FunctionDefinition)
    case classDef(ClassDefinition)
    case `return`(Expression?)
    case delete([Expression])
    case assign(targets: [Expression], value: Expression)
    case augmentedAssign(target: Expression, operator: BinaryOperator, value: Expression)
    /// `simple`: the target is a plain name without parentheses.
    case annotatedAssign(target: Expression, annotation: Expression, value: Expression?, simple: Bool)
    case `for`(target: Expression, iterable: Expression, body: [Statement], orElse: [Statement], isAsync: Bool)
    case `while`(test: Expression, body: [Statement], orElse: [Statement])
    case `if`(test: Expression, body: [Statement], orElse: [Statement])
    case with(items: [WithItem], body: [Statement], isAsync: Bool)
    case match(subject: Expression, cases: [MatchCase])
    case raise(exception: Expression?, cause: Expression?)
    /// `isStar`: `except*`.
    case `try`(body: [Statement], handlers: [ExceptHandler], orElse: [Statement], finally: [Statement], isStar: Bool)
    case assert(test: Expression, message: Expression?)
    case `import`([ImportAlias])
    case importFrom(module: String?, names: [ImportAlias], level: Int)
    case global([String])
    case nonlocal([String])
    case expression(Expression)
    case pass
    case `break`
    case `continue`
  }
}

package struct FunctionDefinition: Sendable {
  package let scope: ScopeID
  package let name: String
  package let parameters: Parameters
  package let body: [Statement]
  package let decorators: [Expression]
  package let returns: Expression?
  package let isAsync: Bool

  package init(
    scope: ScopeID, name: String, parameters: Parameters, body: [Statement], decorators: [Expression],
    returns: Expression?, isAsync: Bool
  ) {
    self.scope = scope
    self.name = name
    self.parameters = parameters
    self.body = body
    self.decorators = decorators
    self.returns = returns
    self.isAsync = isAsync
  }
}

package struct ClassDefinition: Sendable {
  package let scope: ScopeID
  package let name: String
  package let bases: [Expression]
  package let keywords: [Keyword]
  package let body: [Statement]
  package let decorators: [Expression]

  package init(
    scope: ScopeID, name: String, bases: [Expression], keywords: [Keyword], body: [Statement],
    decorators: [Expression]
  ) {
    self.scope = scope
    self.name = name
    self.bases = bases
    self.keywords = keywords
    self.body = body
    self.decorators = decorators
  }
}

package struct WithItem: Sendable {
  package let context: Expression
  package let target: Expression?

  package init(context: Expression, target: Expression?) {
    self.context = context
    self.target = target
  }
}

package struct ExceptHandler: Sendable {
  /// Nil for a bare `except:`.
  package let type: Expression?
  package let name: String?
  package let body: [Statement]
  package let span: Span

  package init(type: Expression?, name: String?, body: [Statement], span: Span) {
    self.type = type
    self.name = name
    self.body = body
    self.span = span
  }
}

package struct ImportAlias: Sendable {
  package let name: String
  package let asName: String?
  package let span: Span

  package init(name: String, asName: String?, span: Span) {
    self.name = name
    self.asName = asName
    self.span = span
  }
}

package struct MatchCase: Sendable {
  package let pattern: Pattern
  package let guardTest: Expression?
  package let body: [Statement]

  package init(pattern: Pattern, guardTest: Expression?, body: [Statement]) {
    self.pattern = pattern
    self.guardTest = guardTest
    self.body = body
  }
}

package struct Pattern: Sendable {
  package let kind: Kind
  package let span: Span

  package init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  package indirect enum Kind: Sendable {
    /// Compared by `==`.
    case value(Expression)
    /// `None`, `True` or `False`, compared by `is`.
    case singleton(Constant)
    case sequence([Pattern])
    case mapping(keys: [Expression], patterns: [Pattern], rest: String?)
    case `class`(Expression, patterns: [Pattern], keywordNames: [String], keywordPatterns: [Pattern])
    /// `*name`, or `*_` when nil.
    case star(String?)
    /// `pattern as name`; a bare name has no pattern; the wildcard has neither.
    case `as`(Pattern?, name: String?)
    case or([Pattern])
  }
}

package struct Expression: Sendable {
  package let kind: Kind
  package let span: Span

  package init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  package indirect enum Kind: Sendable {
    case boolean(BooleanOperator, [Expression])
    /// `target := value`; the target is a name.
    case named(target: Expression, value: Expression)
    case binary(Expression, BinaryOperator, Expression)
    case unary(UnaryOperator, Expression)
    case lambda(scope: ScopeID, parameters: Parameters, body: Expression)
    case conditional(test: Expression, body: Expression, orElse: Expression)
    /// A nil key is `**value`.
    case dict(keys: [Expression?], values: [Expression])
    case set([Expression])
    case comprehension(Comprehension)
    case await(Expression)
    case yield(Expression?)
    case yieldFrom(Expression)
    case compare(left: Expression, operators: [ComparisonOperator], comparators: [Expression])
    case call(function: Expression, arguments: [Expression], keywords: [Keyword])
    /// One `{…}` of an f-string. `conversion` is `r`, `s`, `a` or nil.
    case formattedValue(Expression, conversion: Character?, format: Expression?)
    case joinedString([Expression])
    case constant(Constant)
    case attribute(Expression, name: String, context: ExpressionContext)
    case `subscript`(Expression, index: Expression, context: ExpressionContext)
    case starred(Expression, context: ExpressionContext)
    case name(String, context: ExpressionContext)
    case list([Expression], context: ExpressionContext)
    case tuple([Expression], context: ExpressionContext)
    case slice(lower: Expression?, upper: Expression?, step: Expression?)
  }
}

package enum ExpressionContext: Sendable { case load, store, delete }
package enum BooleanOperator: Sendable { case and, or }
package enum UnaryOperator: Sendable { case invert, not, plus, minus }

package enum BinaryOperator: UInt8, CaseIterable, Sendable {
  case add, subtract, multiply, matrixMultiply, divide, floorDivide, modulo, power, leftShift, rightShift, and, or, xor
}

package enum ComparisonOperator: Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, `is`, isNot, `in`, notIn
}

package struct Comprehension: Sendable {
  package enum Form: Sendable { case list, set, dict, generator }
  package let scope: ScopeID
  package let form: Form
  package let element: Expression
  /// The value of a dict comprehension, whose `element` is the key.
  package let value: Expression?
  package let clauses: [ComprehensionClause]

  package init(
    scope: ScopeID, form: Form, element: Expression, value: Expression?, clauses: [ComprehensionClause]
  ) {
    self.scope = scope
    self.form = form
    self.element = element
    self.value = value
    self.clauses = clauses
  }
}

package struct ComprehensionClause: Sendable {
  package let target: Expression
  package let iterable: Expression
  package let conditions: [Expression]
  package let isAsync: Bool

  package init(target: Expression, iterable: Expression, conditions: [Expression], isAsync: Bool) {
    self.target = target
    self.iterable = iterable
    self.conditions = conditions
    self.isAsync = isAsync
  }
}

/// A keyword argument; a nil name is `**value`.
package struct Keyword: Sendable {
  package let name: String?
  package let value: Expression
  package let span: Span

  package init(name: String?, value: Expression, span: Span) {
    self.name = name
    self.value = value
    self.span = span
  }
}

package struct Parameters: Sendable {
  package let positionalOnly: [Parameter]
  package let positional: [Parameter]
  package let variadic: Parameter?
  package let keywordOnly: [Parameter]
  package let keywordVariadic: Parameter?
  /// Of the last parameters among `positionalOnly + positional`.
  package let defaults: [Expression]
  /// One for each of `keywordOnly`.
  package let keywordDefaults: [Expression?]

  package init(
    positionalOnly: [Parameter], positional: [Parameter], variadic: Parameter?, keywordOnly: [Parameter],
    keywordVariadic: Parameter?, defaults: [Expression], keywordDefaults: [Expression?]
  ) {
    self.positionalOnly = positionalOnly
    self.positional = positional
    self.variadic = variadic
    self.keywordOnly = keywordOnly
    self.keywordVariadic = keywordVariadic
    self.defaults = defaults
    self.keywordDefaults = keywordDefaults
  }
}

package struct Parameter: Sendable {
  package let name: String
  package let annotation: Expression?
  package let span: Span

  package init(name: String, annotation: Expression?, span: Span) {
    self.name = name
    self.annotation = annotation
    self.span = span
  }
}

/// A literal.
package enum Constant: Equatable, Sendable {
  case none
  case `true`
  case `false`
  case ellipsis
  /// Little-endian 64-bit limbs without leading zeros; zero is empty. A literal is never negative.
  case integer([UInt64])
  case float(Double)
  case imaginary(Double)
  /// UTF-8 that may also hold surrogates (three bytes each), since a Python string may.
  case string([UInt8])
  case bytes([UInt8])
}
