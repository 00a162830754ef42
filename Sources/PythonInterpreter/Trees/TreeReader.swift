import PythonBytecode
import PythonRuntime
import PythonSyntax

/// The compiler's trees, of nodes that a program made with module `ast`. The runtime has checked the nodes' fields against the grammar; what is
/// left to check is what CPython's validator checks.
struct TreeReader {
  struct Failure: Error {
    let message: String
  }

  /// Scopes are numbered as they are met.
  private var scopes: ScopeID = 0

  private mutating func newScope() -> ScopeID {
    scopes += 1
    return scopes
  }

  mutating func module(_ node: SyntaxNode) throws(Failure) -> Module {
    let (kind, fields, _) = try parts(node)
    switch kind {
    case "Module": return .module(try body(fields[0]))
    case "Interactive": return .interactive(try body(fields[0]))
    case "Expression": return .expression(try expression(fields[0]))
    default: throw Failure(message: "this compiler does not handle \(kind) nodes")
    }
  }

  // MARK: Parts

  func parts(_ node: SyntaxNode) throws(Failure) -> (kind: String, fields: [SyntaxNode], span: Span) {
    guard case .node(let kind, let fields, let place) = node else { throw Failure(message: "a node is missing") }
    let span = place.map {
      Span(line: $0.line, column: $0.column, endLine: $0.endLine, endColumn: $0.endColumn)
    }
    return (kind, fields, span ?? Span(line: 0, column: 0, endLine: 0, endColumn: 0))
  }

  func elements(_ node: SyntaxNode) -> [SyntaxNode] {
    if case .list(let elements) = node { return elements }
    return []
  }

  func name(_ node: SyntaxNode) -> String? {
    if case .identifier(let name) = node { return name }
    return nil
  }

  private func int(_ node: SyntaxNode) -> Int {
    if case .int(let int) = node { return int }
    return 0
  }

  private func kind(_ node: SyntaxNode) -> String {
    if case .node(let kind, _, _) = node { return kind }
    return ""
  }

  func names(_ node: SyntaxNode) -> [String] { elements(node).compactMap(name) }

  func requiredName(_ node: SyntaxNode) throws(Failure) -> String {
    guard let name = name(node) else { throw Failure(message: "a name is missing") }
    guard !["None", "True", "False"].contains(name) else {
      throw Failure(message: "identifier field can't represent '\(name)' constant")
    }
    return name
  }

  private mutating func body(_ node: SyntaxNode) throws(Failure) -> [Statement] {
    var result: [Statement] = []
    for element in elements(node) { result.append(try statement(element)) }
    return result
  }

  private mutating func block(_ node: SyntaxNode, of owner: String) throws(Failure) -> [Statement] {
    let statements = try body(node)
    if statements.isEmpty { throw Failure(message: "empty body on \(owner)") }
    return statements
  }

  mutating func expressions(
    _ node: SyntaxNode, in context: ExpressionContext = .load
  ) throws(Failure) -> [Expression] {
    var result: [Expression] = []
    for element in elements(node) { result.append(try expression(element, in: context)) }
    return result
  }

  private mutating func targets(
    _ node: SyntaxNode, of owner: String, in context: ExpressionContext
  ) throws(Failure) -> [Expression] {
    let result = try expressions(node, in: context)
    if result.isEmpty { throw Failure(message: "empty targets on \(owner)") }
    return result
  }

  private mutating func optional(
    _ node: SyntaxNode, in context: ExpressionContext = .load
  ) throws(Failure) -> Expression? {
    if case .none = node { return nil }
    return try expression(node, in: context)
  }

  // MARK: Statements

  private mutating func statement(_ node: SyntaxNode) throws(Failure) -> Statement {
    let (kind, fields, span) = try parts(node)
    if let compound = try compound(kind, fields) { return Statement(compound, span) }
    return Statement(try simple(kind, fields), span)
  }

  private mutating func compound(_ kind: String, _ fields: [SyntaxNode]) throws(Failure) -> Statement.Kind? {
    switch kind {
    case "FunctionDef", "AsyncFunctionDef":
      let scope = newScope()
      return .functionDef(
        FunctionDefinition(
          scope: scope, name: try requiredName(fields[0]), parameters: try parameters(fields[1]),
          body: try block(fields[2], of: kind), decorators: try expressions(fields[3]),
          returns: try optional(fields[4]),
          isAsync: kind == "AsyncFunctionDef"))
    case "ClassDef":
      let scope = newScope()
      return .classDef(
        ClassDefinition(
          scope: scope, name: try requiredName(fields[0]), bases: try expressions(fields[1]),
          keywords: try keywords(fields[2]), body: try block(fields[3], of: kind),
          decorators: try expressions(fields[4])))
    case "For", "AsyncFor":
      return .for(
        target: try target(fields[0]), iterable: try expression(fields[1]), body: try block(fields[2], of: kind),
        orElse: try body(fields[3]), isAsync: kind == "AsyncFor")
    case "While":
      return .while(test: try expression(fields[0]), body: try block(fields[1], of: kind), orElse: try body(fields[2]))
    case "If":
      return .if(test: try expression(fields[0]), body: try block(fields[1], of: kind), orElse: try body(fields[2]))
    case "With", "AsyncWith":
      var items: [WithItem] = []
      for item in elements(fields[0]) {
        let (_, parts, _) = try parts(item)
        items.append(WithItem(context: try expression(parts[0]), target: try optional(parts[1], in: .store)))
      }
      if items.isEmpty { throw Failure(message: "empty items on \(kind)") }
      return .with(items: items, body: try block(fields[1], of: kind), isAsync: kind == "AsyncWith")
    case "Match": return try match(fields)
    case "Try", "TryStar": return try tryStatement(kind, fields)
    default: return nil
    }
  }

  private mutating func match(_ fields: [SyntaxNode]) throws(Failure) -> Statement.Kind {
    var cases: [MatchCase] = []
    for item in elements(fields[1]) {
      let (_, parts, _) = try parts(item)
      cases.append(
        MatchCase(
          pattern: try casePattern(parts[0]), guardTest: try optional(parts[1]),
          body: try block(parts[2], of: "match_case")))
    }
    if cases.isEmpty { throw Failure(message: "empty cases on Match") }
    return .match(subject: try expression(fields[0]), cases: cases)
  }

  private mutating func tryStatement(_ kind: String, _ fields: [SyntaxNode]) throws(Failure) -> Statement.Kind {
    var handlers: [ExceptHandler] = []
    for item in elements(fields[1]) {
      let (_, parts, span) = try parts(item)
      handlers.append(
        ExceptHandler(
          type: try optional(parts[0]), name: name(parts[1]), body: try block(parts[2], of: "ExceptHandler"), span: span))
    }
    let finally = try body(fields[3])
    let orElse = try body(fields[2])
    if handlers.isEmpty, finally.isEmpty { throw Failure(message: "\(kind) has neither except handlers nor finalbody") }
    if handlers.isEmpty, !orElse.isEmpty { throw Failure(message: "\(kind) has orelse but no except handlers") }
    return .try(
      body: try block(fields[0], of: kind), handlers: handlers, orElse: orElse, finally: finally, isStar: kind == "TryStar")
  }

  private mutating func simple(_ kind: String, _ fields: [SyntaxNode]) throws(Failure) -> Statement.Kind {
    switch kind {
    case "Return": return .return(try optional(fields[0]))
    case "Delete": return .delete(try targets(fields[0], of: kind, in: .delete))
    case "Assign": return .assign(targets: try targets(fields[0], of: kind, in: .store), value: try expression(fields[1]))
    case "AugAssign":
      return .augmentedAssign(
        target: try target(fields[0]), operator: binary(fields[1]), value: try expression(fields[2]))
    case "AnnAssign":
      return .annotatedAssign(
        target: try target(fields[0]), annotation: try expression(fields[1]), value: try optional(fields[2]),
        simple: int(fields[3]) != 0)
    case "Raise":
      let exception = try optional(fields[0])
      let cause = try optional(fields[1])
      if exception == nil, cause != nil { throw Failure(message: "Raise with cause but no exception") }
      return .raise(exception: exception, cause: cause)
    case "Assert": return .assert(test: try expression(fields[0]), message: try optional(fields[1]))
    case "Import": return .import(try aliases(fields[0], of: kind))
    case "ImportFrom":
      if int(fields[2]) < 0 { throw Failure(message: "Negative ImportFrom level") }
      return .importFrom(module: name(fields[0]), names: try aliases(fields[1], of: kind), level: int(fields[2]))
    case "Global", "Nonlocal":
      let names = names(fields[0])
      if names.isEmpty { throw Failure(message: "empty names on \(kind)") }
      return kind == "Global" ? .global(names) : .nonlocal(names)
    case "Expr": return .expression(try expression(fields[0]))
    case "Pass": return .pass
    case "Break": return .break
    case "Continue": return .continue
    default: throw Failure(message: "unexpected statement \(kind)")
    }
  }

  private func aliases(_ node: SyntaxNode, of owner: String) throws(Failure) -> [ImportAlias] {
    var result: [ImportAlias] = []
    for item in elements(node) {
      let (_, fields, span) = try parts(item)
      result.append(ImportAlias(name: name(fields[0]) ?? "", asName: name(fields[1]), span: span))
    }
    if result.isEmpty { throw Failure(message: "empty names on \(owner)") }
    return result
  }

  private mutating func keywords(_ node: SyntaxNode) throws(Failure) -> [Keyword] {
    var result: [Keyword] = []
    for item in elements(node) {
      let (_, fields, span) = try parts(item)
      result.append(Keyword(name: name(fields[0]), value: try expression(fields[1]), span: span))
    }
    return result
  }

  private mutating func parameters(_ node: SyntaxNode) throws(Failure) -> Parameters {
    let (_, fields, _) = try parts(node)
    let positionalOnly = try parameterList(fields[0])
    let positional = try parameterList(fields[1])
    let keywordOnly = try parameterList(fields[3])
    let defaults = try expressions(fields[6])
    var keywordDefaults: [Expression?] = []
    for element in elements(fields[4]) { keywordDefaults.append(try optional(element)) }
    if defaults.count > positionalOnly.count + positional.count {
      throw Failure(message: "more positional defaults than args on arguments")
    }
    if keywordDefaults.count != keywordOnly.count {
      throw Failure(message: "length of kwonlyargs is not the same as kw_defaults on arguments")
    }
    return Parameters(
      positionalOnly: positionalOnly, positional: positional, variadic: try optionalParameter(fields[2]),
      keywordOnly: keywordOnly, keywordVariadic: try optionalParameter(fields[5]), defaults: defaults,
      keywordDefaults: keywordDefaults)
  }

  private mutating func parameterList(_ node: SyntaxNode) throws(Failure) -> [Parameter] {
    var result: [Parameter] = []
    for element in elements(node) {
      if let parameter = try optionalParameter(element) { result.append(parameter) }
    }
    return result
  }

  private mutating func optionalParameter(_ node: SyntaxNode) throws(Failure) -> Parameter? {
    if case .none = node { return nil }
    let (_, fields, span) = try parts(node)
    return Parameter(name: try requiredName(fields[0]), annotation: try optional(fields[1]), span: span)
  }

  // MARK: Expressions

  private mutating func target(_ node: SyntaxNode) throws(Failure) -> Expression { try expression(node, in: .store) }

  private func binary(_ node: SyntaxNode) -> BinaryOperator {
    TreeNames.binary.firstIndex(of: kind(node)).flatMap { BinaryOperator(rawValue: UInt8($0)) } ?? .add
  }

  private func context(_ node: SyntaxNode) -> ExpressionContext {
    TreeNames.contexts.first { $0.0 == kind(node) }?.1 ?? .load
  }

  mutating func expression(_ node: SyntaxNode, in wanted: ExpressionContext = .load) throws(Failure) -> Expression {
    let (kind, fields, span) = try parts(node)
    try check(kind, fields, in: wanted)
    if let operation = try operation(kind, fields) { return Expression(operation, span) }
    if let comprehension = try comprehension(kind, fields) { return Expression(.comprehension(comprehension), span) }
    return Expression(try value(kind, fields), span)
  }

  /// What is assigned to or deleted says so itself, and only some nodes can be.
  private func check(_ kind: String, _ fields: [SyntaxNode], in wanted: ExpressionContext) throws(Failure) {
    guard ["Attribute", "Subscript", "Starred", "Name", "List", "Tuple"].contains(kind), let last = fields.last else {
      guard wanted == .load else {
        throw Failure(message: "expression which can't be assigned to in \(TreeNames.context(wanted)) context")
      }
      return
    }
    guard context(last) == wanted else {
      let has = TreeNames.context(context(last))
      throw Failure(message: "expression must have \(TreeNames.context(wanted)) context but has \(has) instead")
    }
  }

  private mutating func operation(_ kind: String, _ fields: [SyntaxNode]) throws(Failure) -> Expression.Kind? {
    switch kind {
    case "BoolOp":
      let values = try expressions(fields[1])
      if values.count < 2 { throw Failure(message: "BoolOp with less than 2 values") }
      return .boolean(self.kind(fields[0]) == "And" ? .and : .or, values)
    case "NamedExpr":
      // CPython does not look at the context that the name says it has.
      let own = try parts(fields[0]).fields.last.map(context) ?? .load
      return .named(target: try expression(fields[0], in: own), value: try expression(fields[1]))
    case "BinOp": return .binary(try expression(fields[0]), binary(fields[1]), try expression(fields[2]))
    case "UnaryOp":
      let op = TreeNames.unaries.first { $0.0 == self.kind(fields[0]) }?.1 ?? .not
      return .unary(op, try expression(fields[1]))
    case "Lambda":
      let scope = newScope()
      return .lambda(scope: scope, parameters: try parameters(fields[0]), body: try expression(fields[1]))
    case "IfExp":
      return .conditional(
        test: try expression(fields[0]), body: try expression(fields[1]), orElse: try expression(fields[2]))
    case "Await": return .await(try expression(fields[0]))
    case "Yield": return .yield(try optional(fields[0]))
    case "YieldFrom": return .yieldFrom(try expression(fields[0]))
    case "Compare":
      let comparators = try expressions(fields[2])
      let operators = elements(fields[1]).map { node in
        TreeNames.comparisons.first { $0.0 == self.kind(node) }?.1 ?? .equal
      }
      if comparators.isEmpty { throw Failure(message: "Compare with no comparators") }
      if comparators.count != operators.count {
        throw Failure(message: "Compare has a different number of comparators and operands")
      }
      return .compare(left: try expression(fields[0]), operators: operators, comparators: comparators)
    case "Call":
      return .call(
        function: try expression(fields[0]), arguments: try expressions(fields[1]), keywords: try keywords(fields[2]))
    default: return nil
    }
  }

  private mutating func comprehension(_ kind: String, _ fields: [SyntaxNode]) throws(Failure) -> Comprehension? {
    let forms: [String: Comprehension.Form] = [
      "ListComp": .list, "SetComp": .set, "DictComp": .dict, "GeneratorExp": .generator,
    ]
    guard let form = forms[kind] else { return nil }
    let scope = newScope()
    var clauses: [ComprehensionClause] = []
    for item in elements(fields[form == .dict ? 2 : 1]) {
      let (_, parts, _) = try parts(item)
      clauses.append(
        ComprehensionClause(
          target: try target(parts[0]), iterable: try expression(parts[1]), conditions: try expressions(parts[2]),
          isAsync: int(parts[3]) != 0))
    }
    if clauses.isEmpty { throw Failure(message: "comprehension with no generators") }
    return Comprehension(
      scope: scope, form: form, element: try expression(fields[0]),
      value: form == .dict ? try expression(fields[1]) : nil, clauses: clauses)
  }

  private mutating func value(_ kind: String, _ fields: [SyntaxNode]) throws(Failure) -> Expression.Kind {
    switch kind {
    case "Dict":
      var keys: [Expression?] = []
      for element in elements(fields[0]) { keys.append(try optional(element)) }
      let values = try expressions(fields[1])
      if keys.count != values.count { throw Failure(message: "Dict doesn't have the same number of keys as values") }
      return .dict(keys: keys, values: values)
    case "Set": return .set(try expressions(fields[0]))
    case "FormattedValue":
      let conversion = Unicode.Scalar(UInt32(truncatingIfNeeded: max(int(fields[1]), 0))).map(Character.init)
      return .formattedValue(
        try expression(fields[0]), conversion: int(fields[1]) < 0 ? nil : conversion, format: try optional(fields[2]))
    case "JoinedStr": return .joinedString(try expressions(fields[0]))
    case "Constant": return try constant(fields[0])
    case "Attribute":
      return .attribute(try expression(fields[0]), name: name(fields[1]) ?? "", context: context(fields[2]))
    case "Subscript":
      return .subscript(try expression(fields[0]), index: try expression(fields[1]), context: context(fields[2]))
    case "Starred": return .starred(try expression(fields[0], in: context(fields[1])), context: context(fields[1]))
    case "Name": return .name(try requiredName(fields[0]), context: context(fields[1]))
    case "List": return .list(try expressions(fields[0], in: context(fields[1])), context: context(fields[1]))
    case "Tuple": return .tuple(try expressions(fields[0], in: context(fields[1])), context: context(fields[1]))
    case "Slice":
      return .slice(lower: try optional(fields[0]), upper: try optional(fields[1]), step: try optional(fields[2]))
    default: throw Failure(message: "unexpected expression \(kind)")
    }
  }

  /// A constant; those that no literal stands for become expressions that give them.
  private func constant(_ node: SyntaxNode) throws(Failure) -> Expression.Kind {
    guard case .constant(let constant) = node else { throw Failure(message: "a constant is missing") }
    return try kind(of: constant)
  }

  private func kind(of constant: CodeConstant) throws(Failure) -> Expression.Kind {
    let nowhere = Span(line: 0, column: 0, endLine: 0, endColumn: 0)
    switch constant {
    case .none: return .constant(.none)
    case .true: return .constant(.true)
    case .false: return .constant(.false)
    case .ellipsis: return .constant(.ellipsis)
    case .int(let int):
      let literal = Expression.Kind.constant(.integer(int == 0 ? [] : [UInt64(int.magnitude)]))
      return int < 0 ? .unary(.minus, Expression(literal, nowhere)) : literal
    case .bigInt(let isNegative, let limbs):
      let literal = Expression.Kind.constant(.integer(limbs))
      return isNegative ? .unary(.minus, Expression(literal, nowhere)) : literal
    case .float(let bits):
      let double = Double(bitPattern: bits)
      return double.sign == .minus && !double.isNaN
        ? .unary(.minus, Expression(.constant(.float(-double)), nowhere)) : .constant(.float(double))
    case .complex(let real, let imaginary):
      let part = Expression.Kind.constant(.imaginary(Double(bitPattern: imaginary)))
      if real == 0 { return part }
      return .binary(
        Expression(.constant(.float(Double(bitPattern: real))), nowhere), .add, Expression(part, nowhere))
    case .string(let bytes): return .constant(.string(bytes))
    case .bytes(let bytes): return .constant(.bytes(bytes))
    case .tuple(let elements):
      var parts: [Expression] = []
      for element in elements { parts.append(Expression(try kind(of: element), nowhere)) }
      return .tuple(parts, context: .load)
    case .frozenSet, .code: throw Failure(message: "got an invalid type in Constant: frozenset")
    }
  }
}
