import PythonSyntax

/// A part of a source with names of its own: the module, a function, a lambda, a class body, a comprehension.
final class Block {
  /// What it is.
  enum Kind {
    case module, function, lambda, classBody, comprehension
  }

  let kind: Kind
  let name: String
  let span: Span
  private(set) weak var parent: Block?
  private(set) var children: [Block] = []
  var parameters: Parameters?
  var body: [Statement] = []
  var decorators: [Expression] = []
  /// The first iterable of a comprehension is not evaluated in it.
  var clauses: [ComprehensionClause] = []
  var form: Comprehension.Form?
  fileprivate(set) var bound: Set<String> = []
  fileprivate(set) var declaredElsewhere: Set<String> = []
  fileprivate(set) var uses: [(name: String, span: Span)] = []
  /// `name.attribute`, read.
  fileprivate(set) var attributes: [(name: String, attribute: String, span: Span)] = []
  /// Names that loops bind, with the loop.
  fileprivate(set) var loops: [(names: Set<String>, span: Span)] = []
  fileprivate(set) var handlers: [(name: String, handler: ExceptHandler)] = []
  fileprivate(set) var deletions: [(name: String, statement: Statement)] = []
  /// Simple assignments to one name.
  fileprivate(set) var assignments: [(name: String, statement: Statement)] = []

  fileprivate init(_ kind: Kind, _ name: String, _ span: Span, in parent: Block?) {
    self.kind = kind
    self.name = name
    self.span = span
    self.parent = parent
    parent?.children.append(self)
  }

  /// The blocks of a source; nil when it has no tree.
  static func module(_ source: [UInt8]) -> Block? {
    guard let module = try? parse(source, filename: "<source>", mode: .module), case .module(let body) = module else {
      return nil
    }
    let lines = Int32(source.count { $0 == 0x0A } + 1)
    let block = Block(.module, "<module>", Span(line: 1, column: 0, endLine: lines, endColumn: .max), in: nil)
    block.body = body
    BlockReader(block).read(body)
    return block
  }

  /// This block and all inside.
  var all: [Block] { [self] + children.flatMap(\.all) }

  /// The innermost block around a line whose code has that name.
  func block(_ name: String, at line: Int) -> Block? {
    all.last { $0.name == name && Int($0.span.line) <= line && line <= Int($0.span.endLine) }
  }

  /// The nearest block around this one that functions inside see, and that binds a name.
  func owner(of name: String) -> Block? {
    var block = parent
    while let candidate = block {
      if candidate.kind != .classBody, candidate.kind != .module, candidate.binds(name) { return candidate }
      block = candidate.parent
    }
    return nil
  }

  func binds(_ name: String) -> Bool { bound.contains(name) && !declaredElsewhere.contains(name) }

  /// The class bodies around this block, innermost first.
  var classes: [Block] {
    var found: [Block] = []
    var block = parent
    while let candidate = block {
      if candidate.kind == .classBody { found.append(candidate) }
      block = candidate.parent
    }
    return found
  }

  /// The statement of its own body that a line is in.
  func statement(at line: Int) -> Statement? {
    body.first { Int($0.span.line) <= line && line <= Int($0.span.endLine) }
  }
}

/// Fills blocks from statements and expressions.
private struct BlockReader {
  let block: Block

  init(_ block: Block) { self.block = block }

  func read(_ statements: [Statement]) { for statement in statements { read(statement) } }

  private func read(_ statement: Statement) {
    switch statement.kind {
    case .functionDef(let function): read(function, statement.span)
    case .classDef(let definition): read(definition, statement.span)
    case .return(let value): read(value)
    case .delete(let targets):
      for target in targets {
        if case .name(let name, _) = target.kind { block.deletions.append((name, statement)) }
        read(target)
      }
    case .assign(let targets, let value):
      read(value)
      for target in targets { bind(target) }
      if targets.count == 1, case .name(let name, _) = targets[0].kind { block.assignments.append((name, statement)) }
    case .augmentedAssign(let target, _, let value):
      read(value)
      bind(target)
    case .annotatedAssign(let target, _, let value, _):
      read(value)
      bind(target)
      if case .name(let name, _) = target.kind { block.assignments.append((name, statement)) }
    case .for(let target, let iterable, let body, let orElse, _):
      read(iterable)
      bind(target)
      loop(body, names: names(target), statement.span)
      read(orElse)
    case .while(let test, let body, let orElse):
      read(test)
      loop(body, names: [], statement.span)
      read(orElse)
    case .if(let test, let body, let orElse):
      read(test)
      read(body)
      read(orElse)
    case .with(let items, let body, _):
      for item in items {
        read(item.context)
        if let target = item.target { bind(target) }
      }
      read(body)
    case .match(let subject, let cases):
      read(subject)
      for one in cases {
        bind(one.pattern)
        read(one.guardTest)
        read(one.body)
      }
    case .raise(let exception, let cause):
      read(exception)
      read(cause)
    case .try(let body, let handlers, let orElse, let finally, _):
      read(body)
      for handler in handlers { read(handler) }
      read(orElse)
      read(finally)
    case .assert(let test, let message):
      read(test)
      read(message)
    case .import(let aliases):
      for alias in aliases { block.bound.insert(alias.asName ?? String(alias.name.prefix { $0 != "." })) }
    case .importFrom(_, let names, _): for alias in names { block.bound.insert(alias.asName ?? alias.name) }
    case .global(let names), .nonlocal(let names): block.declaredElsewhere.formUnion(names)
    case .expression(let expression): read(expression)
    case .pass, .break, .continue: break
    }
  }

  private func read(_ handler: ExceptHandler) {
    read(handler.type)
    if let name = handler.name {
      block.bound.insert(name)
      block.handlers.append((name, handler))
    }
    read(handler.body)
  }

  /// The body of a loop, whose assignments the loop repeats.
  private func loop(_ body: [Statement], names: Set<String>, _ span: Span) {
    let before = block.assignments.count
    read(body)
    let assigned = Set(block.assignments[before...].map(\.name))
    block.loops.append((names.union(assigned), span))
  }

  private func read(_ function: FunctionDefinition, _ span: Span) {
    block.bound.insert(function.name)
    for decorator in function.decorators { read(decorator) }
    let inner = Block(.function, function.name, span, in: block)
    inner.body = function.body
    inner.decorators = function.decorators
    read(function.parameters, into: inner)
    BlockReader(inner).read(function.body)
  }

  private func read(_ definition: ClassDefinition, _ span: Span) {
    block.bound.insert(definition.name)
    for expression in definition.bases + definition.decorators + definition.keywords.map(\.value) { read(expression) }
    let inner = Block(.classBody, definition.name, span, in: block)
    inner.body = definition.body
    BlockReader(inner).read(definition.body)
  }

  private func read(_ parameters: Parameters, into inner: Block) {
    for expression in parameters.defaults + parameters.keywordDefaults.compactMap({ $0 }) { read(expression) }
    inner.parameters = parameters
    let all = parameters.positionalOnly + parameters.positional + parameters.keywordOnly
    for parameter in all + [parameters.variadic, parameters.keywordVariadic].compactMap({ $0 }) {
      inner.bound.insert(parameter.name)
    }
  }

  private func read(_ expression: Expression?) {
    guard let expression else { return }
    switch expression.kind {
    case .name(let name, _): block.uses.append((name, expression.span))
    case .attribute(let value, let attribute, _):
      if case .name(let name, _) = value.kind { block.attributes.append((name, attribute, expression.span)) }
      read(value)
    case .lambda(_, let parameters, let body):
      let inner = Block(.lambda, "<lambda>", expression.span, in: block)
      read(parameters, into: inner)
      BlockReader(inner).read(body)
    case .comprehension(let comprehension): read(comprehension, expression.span)
    case .named(let target, let value):
      read(value)
      var place: Block? = block
      while let candidate = place, candidate.kind == .comprehension { place = candidate.parent }
      if case .name(let name, _) = target.kind { place?.bound.insert(name) }
    default: for part in parts(expression) { read(part) }
    }
  }

  private func read(_ comprehension: Comprehension, _ span: Span) {
    let names: [Comprehension.Form: String] = [
      .list: "<listcomp>", .set: "<setcomp>", .dict: "<dictcomp>", .generator: "<genexpr>",
    ]
    let inner = Block(.comprehension, names[comprehension.form] ?? "", span, in: block)
    inner.clauses = comprehension.clauses
    inner.form = comprehension.form
    let reader = BlockReader(inner)
    for (index, clause) in comprehension.clauses.enumerated() {
      if index == 0 { read(clause.iterable) } else { reader.read(clause.iterable) }
      reader.bind(clause.target)
      for condition in clause.conditions { reader.read(condition) }
      inner.loops.append((reader.names(clause.target), span))
    }
    reader.read(comprehension.element)
    reader.read(comprehension.value)
  }

  private func bind(_ target: Expression) {
    switch target.kind {
    case .name(let name, _): block.bound.insert(name)
    case .tuple(let elements, _), .list(let elements, _): for element in elements { bind(element) }
    case .starred(let element, _): bind(element)
    default: read(target)
    }
  }

  private func bind(_ pattern: Pattern) {
    switch pattern.kind {
    case .value, .singleton: break
    case .sequence(let patterns), .or(let patterns): for one in patterns { bind(one) }
    case .mapping(_, let patterns, let rest):
      for one in patterns { bind(one) }
      if let rest { block.bound.insert(rest) }
    case .class(_, let patterns, _, let keywordPatterns): for one in patterns + keywordPatterns { bind(one) }
    case .star(let name): if let name { block.bound.insert(name) }
    case .as(let inner, let name):
      if let inner { bind(inner) }
      if let name { block.bound.insert(name) }
    }
  }

  private func names(_ target: Expression) -> Set<String> {
    switch target.kind {
    case .name(let name, _): [name]
    case .tuple(let elements, _), .list(let elements, _): elements.reduce(into: []) { $0.formUnion(names($1)) }
    case .starred(let element, _): names(element)
    default: []
    }
  }

  /// The expressions that an expression is made of.
  private func parts(_ expression: Expression) -> [Expression] {
    switch expression.kind {
    case .boolean(_, let values), .set(let values), .joinedString(let values), .list(let values, _),
      .tuple(let values, _):
      values
    case .binary(let left, _, let right): [left, right]
    case .unary(_, let value), .await(let value), .yieldFrom(let value), .starred(let value, _): [value]
    case .conditional(let test, let body, let orElse): [test, body, orElse]
    case .dict(let keys, let values): keys.compactMap { $0 } + values
    case .yield(let value): [value].compactMap { $0 }
    case .compare(let left, _, let comparators): [left] + comparators
    case .call(let function, let arguments, let keywords): [function] + arguments + keywords.map(\.value)
    case .formattedValue(let value, _, let format): [value] + [format].compactMap { $0 }
    case .subscript(let value, let index, _): [value, index]
    case .slice(let lower, let upper, let step): [lower, upper, step].compactMap { $0 }
    case .named, .lambda, .comprehension, .constant, .attribute, .name: []
    }
  }
}
