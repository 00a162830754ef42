/// Scopes: which variable a name means.
///
/// A name is settled for a whole block (module, class body, function, lambda, comprehension) before any of its code is
/// made, in two walks that keep CPython's order, because the order decides which of two errors is reported.
///
/// 1. `ScopeBuilder` walks the tree once, from left to right as the code will run, opens a `Scope` for each block,
/// and notes
///    for each name how it occurs there: used, assigned, imported, parameter, `global`, `nonlocal`. What belongs to the
///    outside is visited outside: decorators, defaults and annotations of a function, bases of a class, and the first
///    iterable of a comprehension. A walrus inside of comprehensions binds in the nearest block that is none.
/// 2. `ScopeAnalysis` goes down with the names that enclosing functions bind, and comes up with the names that inner
/// blocks
///    take from outside:
///    - declared `global` here → `globalExplicit`;
///    - declared `nonlocal`, or used here and bound by an enclosing function → `free`;
///    - bound here → `local`, which becomes `cell` when an inner block takes it;
///    - everything else → `globalImplicit`: a global, or a builtin.
///    A class body hands through what encloses it, but does not lend its own names to the functions inside: those see
///    past it. The one exception is `__class__`, a cell that the class has when a method uses it (or plain `super`).
///    A name that a class binds *and* that a function inside takes from further out stays local to the class and is
///    passed along as well (`isFreeInClass`).
///
/// The result says for each name of each block where it lives; the code generator asks nothing else. In a function,
/// a `local`
/// is a register, a `cell` a register that holds the cell, a `free` one of the function object's cells. In a module
/// or a class
/// body, locals are looked up in a mapping.

import PythonSyntax

/// How a name occurs in a block.
struct SymbolUses: OptionSet, Sendable {
  let rawValue: UInt16

  static let global = SymbolUses(rawValue: 1)
  static let local = SymbolUses(rawValue: 2)
  static let parameter = SymbolUses(rawValue: 4)
  static let nonlocal = SymbolUses(rawValue: 8)
  static let use = SymbolUses(rawValue: 16)
  static let imported = SymbolUses(rawValue: 32)
  static let annotated = SymbolUses(rawValue: 64)
  static let comprehensionTarget = SymbolUses(rawValue: 128)

  static let bound: SymbolUses = [.local, .parameter, .imported]
}

/// Where a name of a block lives.
enum Residence: Sendable {
  case local, cell, free, globalExplicit, globalImplicit
}

/// What is known of one name in one block.
struct Symbol: Sendable {
  var uses: SymbolUses
  var residence: Residence = .globalImplicit
  /// Bound by this class body, and also taken from outside by a function in it.
  var isFreeInClass = false
}

/// One block and its names.
final class Scope {
  enum Kind { case module, function, classBody }

  let id: ScopeID
  let name: String
  let kind: Kind
  let span: Span
  /// Some enclosing block is a function.
  let isNested: Bool
  /// Nil for what is no comprehension.
  let comprehension: Comprehension.Form?
  var symbols: [String: Symbol] = [:]
  /// The names in order of appearance.
  var order: [String] = []
  /// Parameters as `co_varnames` has them.
  var parameters: [String] = []
  var children: [Scope] = []
  var directives: [(name: String, span: Span)] = []
  var isGenerator = false
  var isCoroutine = false
  var hasVariadic = false
  var hasKeywordVariadic = false
  /// A function in this class body needs the cell `__class__`.
  var needsClassCell = false
  /// Names that `del` or the end of an `except … as` unbinds: never proven to be bound.
  var deleted: Set<String> = []
  /// Names that a walrus in this very block assigns: they may change within an expression.
  var walrusTargets: Set<String> = []

  /// While the builder is in the target, or in the iterables, of a comprehension's clause.
  var isInComprehensionTarget = false
  var comprehensionIterableDepth = 0

  init(id: ScopeID, name: String, kind: Kind, span: Span, isNested: Bool, comprehension: Comprehension.Form?) {
    self.id = id
    self.name = name
    self.kind = kind
    self.span = span
    self.isNested = isNested
    self.comprehension = comprehension
  }

  func residence(of name: String) -> Residence { symbols[name]?.residence ?? .globalImplicit }

  /// Names that live in cells of this block, sorted; with `__class__` where a class needs it.
  var cellNames: [String] {
    var names = order.filter { symbols[$0]?.residence == .cell }
    if needsClassCell { names.append("__class__") }
    return sortedByCodePoints(names)
  }

  /// Names whose cells the function object brings along, sorted.
  var freeNames: [String] {
    sortedByCodePoints(order.filter { symbols[$0].map { $0.residence == .free || $0.isFreeInClass } ?? false })
  }
}

/// Sorted as Python sorts strings. (Swift's `<` compares by Unicode canonical equivalence.)
func sortedByCodePoints(_ names: [String]) -> [String] {
  names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
}

/// `__name` in a class becomes `_Class__name`, unless it ends in two underscores too.
func mangled(_ name: String, in className: String?) -> String {
  guard let className, name.hasPrefix("__"), !name.hasSuffix("__"), !name.contains(".") else { return name }
  let stripped = className.drop { $0 == "_" }
  return stripped.isEmpty ? name : "_" + stripped + name
}
