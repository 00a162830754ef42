import PythonBytecode
import PythonSyntax

/// The names of a source and of the blocks in it, for module `symtable`.
package func symbolTable(of module: Module, options: CompileOptions) throws(SyntaxError) -> SymbolTable {
  let errors = CompileErrors(filename: options.filename, source: [])
  return try analyzedScopes(of: module, options, errors).builder.module.table
}

extension Scope {
  fileprivate var table: SymbolTable {
    // The first iterable of a comprehension is its parameter.
    let implicit = comprehension == nil ? [] : [".0"]
    let local = SymbolFlags.parameter | SymbolFlags.residesLocally << SymbolFlags.residenceShift
    let symbols = implicit.map { SymbolTable.Symbol(name: $0, flags: local) }
    return SymbolTable(
      kind: kind == .module ? .module : kind == .function ? .function : .classBody, number: Int(id) + 1, name: name,
      line: Int(span.line), isNested: isNested, parameters: implicit + parameters,
      symbols: symbols + order.compactMap { name in
        self.symbols[name].map { SymbolTable.Symbol(name: name, flags: $0.flags) }
      },
      children: children.map(\.table))
  }
}

extension Symbol {
  fileprivate var flags: Int {
    let residence =
      switch residence {
      case .local: SymbolFlags.residesLocally
      case .cell: SymbolFlags.residesInCell
      case .free: SymbolFlags.residesFreely
      case .globalExplicit: SymbolFlags.residesGloballyExplicit
      case .globalImplicit: SymbolFlags.residesGloballyImplicit
      }
    let pairs: [(SymbolUses, Int)] = [
      (.global, SymbolFlags.global), (.local, SymbolFlags.local), (.parameter, SymbolFlags.parameter),
      (.nonlocal, SymbolFlags.nonlocal), (.use, SymbolFlags.use), (.imported, SymbolFlags.imported),
      (.annotated, SymbolFlags.annotated), (.comprehensionTarget, SymbolFlags.comprehensionTarget),
    ]
    var flags = residence << SymbolFlags.residenceShift | (isFreeInClass ? SymbolFlags.freeInClass : 0)
    for (use, flag) in pairs where uses.contains(use) { flags |= flag }
    return flags
  }
}
