import PythonSyntax

/// The first walk: opens the scopes and notes how names occur in them (CPython: `symtable_visit_stmt` and so on).
struct ScopeBuilder {
  let errors: CompileErrors
  let futureAnnotations: Bool
  /// All scopes by the number that the tree has for them.
  private(set) var scopes: [ScopeID: Scope] = [:]
  private(set) var module: Scope
  private(set) var stack: [Scope] = []
  var current: Scope
  /// The class whose private names are mangled.
  var className: String?
  var depth = 0
  /// Within an annotation of `from __future__ import annotations`, which is not evaluated: its names count for nothing.
  var annotationDepth = 0
  /// In the order of the source, each once.
  var warnings: [SourceWarning] = []

  init(errors: CompileErrors, futureAnnotations: Bool) {
    self.errors = errors
    self.futureAnnotations = futureAnnotations
    let nowhere = Span(line: 0, column: 0, endLine: 0, endColumn: 0)
    module = Scope(id: 0, name: "top", kind: .module, span: nowhere, isNested: false, comprehension: nil)
    current = module
    stack = [module]
    scopes[0] = module
  }

  mutating func visit(_ tree: Module) throws(SyntaxError) {
    switch tree {
    case .module(let body), .interactive(let body): try visit(body)
    case .expression(let expression): try visit(expression)
    }
  }

  // MARK: Scopes and names

  mutating func open(
    _ id: ScopeID, _ name: String, _ kind: Scope.Kind, _ span: Span, comprehension: Comprehension.Form? = nil
  ) {
    let scope = Scope(
      id: id, name: name, kind: kind, span: span, isNested: current.isNested || current.kind == .function,
      comprehension: comprehension)
    // Also a lambda in a comprehension's iterable may not assign by `:=`.
    scope.comprehensionIterableDepth = current.comprehensionIterableDepth
    if annotationDepth == 0 {
      current.children.append(scope)
      scopes[id] = scope
    }
    stack.append(scope)
    current = scope
  }

  mutating func close() {
    stack.removeLast()
    current = stack[stack.count - 1]
  }

  mutating func add(_ name: String, _ uses: SymbolUses, _ span: Span) throws(SyntaxError) {
    try add(name, uses, span, to: current)
  }

  mutating func add(_ name: String, _ uses: SymbolUses, _ span: Span, to scope: Scope) throws(SyntaxError) {
    if annotationDepth > 0 { return }
    let name = mangled(name, in: className)
    var all = uses
    if let known = scope.symbols[name] {
      if uses.contains(.parameter), known.uses.contains(.parameter) {
        throw errors.syntax("duplicate argument '\(name)' in function definition", span)
      }
      all.formUnion(known.uses)
    } else {
      scope.order.append(name)
    }
    if scope.isInComprehensionTarget {
      if !all.isDisjoint(with: [.global, .nonlocal]) {
        throw errors.syntax("comprehension inner loop cannot rebind assignment expression target '\(name)'", span)
      }
      all.insert(.comprehensionTarget)
    }
    scope.symbols[name] = Symbol(uses: all)
    if uses.contains(.parameter) {
      scope.parameters.append(name)
    } else if uses.contains(.global), scope !== module {
      if module.symbols[name] == nil { module.order.append(name) }
      module.symbols[name, default: Symbol(uses: [])].uses.formUnion(uses)
    }
  }

  func uses(of name: String, in scope: Scope) -> SymbolUses {
    scope.symbols[mangled(name, in: className)]?.uses ?? []
  }

  // MARK: Statements

  mutating func visit(_ body: [Statement]) throws(SyntaxError) {
    for statement in body { try visit(statement) }
  }

  mutating func enterLevel(_ span: Span) throws(SyntaxError) {
    depth += 1
    if depth > maximumTreeDepth { throw errors.tooDeep(span) }
  }

  mutating func visit(_ statement: Statement) throws(SyntaxError) {
    try enterLevel(statement.span)
    defer { depth -= 1 }
    let span = statement.span
    switch statement.kind {
    case .functionDef(let function): try visit(function, span)
    case .classDef(let definition): try visit(definition, span)
    case .return(let value): try visit(value)
    case .delete(let targets): try visit(targets)
    case .assign(let targets, let value):
      try visit(targets)
      try visit(value)
    case .augmentedAssign(let target, _, let value):
      try visit(target)
      try visit(value)
    case .annotatedAssign(let target, let annotation, let value, let simple):
      try visitAnnotated(target, annotation, value, simple, span)
    case .for(let target, let iterable, let body, let orElse, _):
      try visit(target)
      try visit(iterable)
      try visit(body)
      try visit(orElse)
    case .while(let test, let body, let orElse):
      try visit(test)
      try visit(body)
      try visit(orElse)
    case .if(let test, let body, let orElse): try visitIf(test, body, orElse)
    case .with(let items, let body, _):
      for item in items {
        try visit(item.context)
        try visit(item.target)
      }
      try visit(body)
    case .match(let subject, let cases):
      try visit(subject)
      for branch in cases {
        try visit(branch.pattern)
        try visit(branch.guardTest)
        try visit(branch.body)
      }
    case .raise(let exception, let cause):
      try visit(exception)
      try visit(cause)
    case .try(let body, let handlers, let orElse, let finally, _):
      try visit(body)
      try visit(orElse)
      for handler in handlers {
        try visit(handler.type)
        if let name = handler.name {
          try add(name, .local, handler.span)
          current.deleted.insert(mangled(name, in: className))
        }
        try visit(handler.body)
      }
      try visit(finally)
    case .assert(let test, let message):
      checkAssertion(test, span)
      try visit(test)
      try visit(message)
    case .import(let names): for name in names { try visit(name) }
    case .importFrom(_, let names, _): for name in names { try visit(name) }
    case .global(let names): for name in names { try declare(name, .global, span) }
    case .nonlocal(let names): for name in names { try declare(name, .nonlocal, span) }
    case .expression(let expression): try visit(expression)
    case .pass, .break, .continue: break
    }
  }

  /// `elif` chains are long in generated programs: walked in a loop.
  private mutating func visitIf(_ test: Expression, _ body: [Statement], _ orElse: [Statement]) throws(SyntaxError) {
    var (test, body, orElse) = (test, body, orElse)
    while true {
      try visit(test)
      try visit(body)
      guard orElse.count == 1, case .if(let nextTest, let nextBody, let nextElse) = orElse[0].kind else { break }
      (test, body, orElse) = (nextTest, nextBody, nextElse)
    }
    try visit(orElse)
  }

  private mutating func visit(_ function: FunctionDefinition, _ span: Span) throws(SyntaxError) {
    try add(function.name, .local, span)
    try visitDefaults(function.parameters)
    try visitAnnotations(function)
    try visit(function.decorators)
    open(function.scope, function.name, .function, span)
    if function.isAsync { current.isCoroutine = true }
    try visitParameters(function.parameters)
    try visit(function.body)
    close()
  }

  private mutating func visit(_ definition: ClassDefinition, _ span: Span) throws(SyntaxError) {
    try add(definition.name, .local, span)
    try visit(definition.bases)
    for keyword in definition.keywords { try visit(keyword.value) }
    try visit(definition.decorators)
    open(definition.scope, definition.name, .classBody, span)
    let outerClass = className
    className = definition.name
    try visit(definition.body)
    className = outerClass
    close()
  }

  private mutating func visitAnnotated(
    _ target: Expression, _ annotation: Expression, _ value: Expression?, _ simple: Bool, _ span: Span
  ) throws(SyntaxError) {
    if case .name(let name, _) = target.kind {
      let known = uses(of: name, in: current)
      if simple, current !== module, !known.isDisjoint(with: [.global, .nonlocal]) {
        let kind = known.contains(.global) ? "global" : "nonlocal"
        throw errors.syntax("annotated name '\(name)' can't be \(kind)", span)
      }
      if simple {
        try add(name, [.annotated, .local], target.span)
      } else if value != nil {
        try add(name, .local, target.span)
      }
    } else {
      try visit(target)
    }
    try visitAnnotation(annotation)
    try visit(value)
  }

  private mutating func visit(_ alias: ImportAlias) throws(SyntaxError) {
    if alias.name == "*" {
      if current.kind != .module { throw errors.syntax("import * only allowed at module level", alias.span) }
      return
    }
    let first = alias.name.split(separator: ".", maxSplits: 1).first.map(String.init) ?? alias.name
    try add(alias.asName ?? first, .imported, alias.span)
  }

  private mutating func declare(_ name: String, _ kind: SymbolUses, _ span: Span) throws(SyntaxError) {
    let known = uses(of: name, in: current)
    let word = kind == .global ? "global" : "nonlocal"
    if !known.isDisjoint(with: [.parameter, .local, .use, .annotated]) {
      let message =
        if known.contains(.parameter) {
          "name '\(name)' is parameter and \(word)"
        } else if known.contains(.use) {
          "name '\(name)' is used prior to \(word) declaration"
        } else if known.contains(.annotated) {
          "annotated name '\(name)' can't be \(word)"
        } else {
          "name '\(name)' is assigned to before \(word) declaration"
        }
      throw errors.syntax(message, span)
    }
    try add(name, kind, span)
    current.directives.append((mangled(name, in: className), span))
  }

  // MARK: Functions

  mutating func visitDefaults(_ parameters: Parameters) throws(SyntaxError) {
    try visit(parameters.defaults)
    for value in parameters.keywordDefaults { try visit(value) }
  }

  mutating func visitParameters(_ parameters: Parameters) throws(SyntaxError) {
    for parameter in parameters.positionalOnly { try add(parameter.name, .parameter, parameter.span) }
    for parameter in parameters.positional { try add(parameter.name, .parameter, parameter.span) }
    for parameter in parameters.keywordOnly { try add(parameter.name, .parameter, parameter.span) }
    if let parameter = parameters.variadic {
      try add(parameter.name, .parameter, parameter.span)
      current.hasVariadic = true
    }
    if let parameter = parameters.keywordVariadic {
      try add(parameter.name, .parameter, parameter.span)
      current.hasKeywordVariadic = true
    }
  }

  private mutating func visitAnnotations(_ function: FunctionDefinition) throws(SyntaxError) {
    for parameter in annotatedParameters(function.parameters) {
      if let annotation = parameter.annotation { try visitAnnotation(annotation) }
    }
    if let returns = function.returns { try visitAnnotation(returns) }
  }

  private mutating func visitAnnotation(_ annotation: Expression) throws(SyntaxError) {
    guard futureAnnotations else { return try visit(annotation) }
    annotationDepth += 1
    try visit(annotation)
    annotationDepth -= 1
  }

  /// In CPython's order of evaluation: positional-only, positional, `*args`, keyword-only, `**kwargs`.
  func annotatedParameters(_ parameters: Parameters) -> [Parameter] {
    var all = parameters.positionalOnly + parameters.positional
    if let variadic = parameters.variadic { all.append(variadic) }
    all += parameters.keywordOnly
    if let keywordVariadic = parameters.keywordVariadic { all.append(keywordVariadic) }
    return all
  }
}
