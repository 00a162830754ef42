import PythonSyntax

/// The second walk: where each name lives (CPython: `analyze_block`).
struct ScopeAnalysis {
  let errors: CompileErrors

  func analyze(_ module: Scope) throws(SyntaxError) {
    var free: Set<String> = []
    var global: Set<String> = []
    try analyze(module, bound: nil, free: &free, global: &global)
  }

  /// `bound`: what enclosing functions bind, nil at module level. Adds to `free` what the block takes from outside.
  private func analyze(
    _ scope: Scope, bound: Set<String>?, free: inout Set<String>, global: inout Set<String>
  ) throws(SyntaxError) {
    var bound = bound
    var local: Set<String> = []
    var innerFree: Set<String> = []
    var innerGlobal: Set<String> = []
    var innerBound: Set<String> = []
    if scope.kind == .classBody {
      innerGlobal.formUnion(global)
      if let bound { innerBound.formUnion(bound) }
    }
    for name in scope.order {
      try place(name, in: scope, bound: &bound, local: &local, free: &free, global: &global)
    }
    if scope.kind == .classBody {
      innerBound.insert("__class__")
    } else {
      if scope.kind == .function { innerBound.formUnion(local) }
      if let bound { innerBound.formUnion(bound) }
      innerGlobal.formUnion(global)
    }
    for child in scope.children {
      var childFree: Set<String> = []
      var childGlobal = innerGlobal
      try analyze(child, bound: innerBound, free: &childFree, global: &childGlobal)
      innerFree.formUnion(childFree)
    }
    switch scope.kind {
    case .function:
      // What an inner block takes and this function binds is a cell of this function.
      for name in scope.order where scope.symbols[name]?.residence == .local && innerFree.contains(name) {
        scope.symbols[name]?.residence = .cell
        innerFree.remove(name)
      }
    case .classBody:
      if innerFree.remove("__class__") != nil { scope.needsClassCell = true }
    case .module: break
    }
    passAlong(innerFree, through: scope, bound: bound)
    free.formUnion(innerFree)
  }

  private func place(
    _ name: String, in scope: Scope, bound: inout Set<String>?, local: inout Set<String>, free: inout Set<String>,
    global: inout Set<String>
  ) throws(SyntaxError) {
    guard let uses = scope.symbols[name]?.uses else { return }
    let residence: Residence
    if uses.contains(.global) {
      if uses.contains(.nonlocal) {
        throw errors.syntax("name '\(name)' is nonlocal and global", directive(name, scope))
      }
      residence = .globalExplicit
      global.insert(name)
      bound?.remove(name)
    } else if uses.contains(.nonlocal) {
      guard let outer = bound, scope.kind != .module else {
        throw errors.syntax("nonlocal declaration not allowed at module level", directive(name, scope))
      }
      guard outer.contains(name) else {
        throw errors.syntax("no binding for nonlocal '\(name)' found", directive(name, scope))
      }
      residence = .free
      free.insert(name)
    } else if !uses.isDisjoint(with: .bound) {
      residence = .local
      local.insert(name)
      global.remove(name)
    } else if let outer = bound, outer.contains(name) {
      residence = .free
      free.insert(name)
    } else {
      residence = .globalImplicit
    }
    scope.symbols[name]?.residence = residence
  }

  /// What inner blocks take from beyond this one goes through this one's function object.
  private func passAlong(_ names: Set<String>, through scope: Scope, bound: Set<String>?) {
    for name in names {
      if let symbol = scope.symbols[name] {
        if scope.kind == .classBody, !symbol.uses.isDisjoint(with: [.global, .local, .parameter, .imported]) {
          scope.symbols[name]?.isFreeInClass = true
        }
        continue
      }
      if let bound, !bound.contains(name) { continue }
      scope.order.append(name)
      scope.symbols[name] = Symbol(uses: [], residence: .free)
    }
  }

  private func directive(_ name: String, _ scope: Scope) -> Span {
    scope.directives.first { $0.name == name }?.span ?? scope.span
  }
}
