/// A block of a source and the names in it, as the module `symtable` shows them: the flags are CPython's own.
package struct SymbolTable: Equatable, Sendable {
  package enum Kind: Int, Sendable { case function, classBody, module }

  package struct Symbol: Equatable, Sendable {
    package var name: String
    package var flags: Int

    package init(name: String, flags: Int) {
      self.name = name
      self.flags = flags
    }
  }

  package var kind: Kind
  /// No other block of the source has it.
  package var number: Int
  package var name: String
  package var line: Int
  /// Some enclosing block is a function.
  package var isNested: Bool
  package var parameters: [String]
  package var symbols: [Symbol]
  package var children: [SymbolTable]

  package init(
    kind: Kind, number: Int, name: String, line: Int, isNested: Bool, parameters: [String], symbols: [Symbol],
    children: [SymbolTable]
  ) {
    self.kind = kind
    self.number = number
    self.name = name
    self.line = line
    self.isNested = isNested
    self.parameters = parameters
    self.symbols = symbols
    self.children = children
  }
}

/// How a name occurs in a block, in the low bits of a symbol's flags; where it lives stands in the bits above.
package enum SymbolFlags {
  package static let global = 1
  package static let local = 2
  package static let parameter = 4
  package static let nonlocal = 8
  package static let use = 16
  package static let free = 32
  package static let freeInClass = 64
  package static let imported = 128
  package static let annotated = 256
  package static let comprehensionTarget = 512

  package static let residenceShift = 11
  package static let residenceMask = 15
  package static let residesLocally = 1
  package static let residesGloballyExplicit = 2
  package static let residesGloballyImplicit = 3
  package static let residesFreely = 4
  package static let residesInCell = 5
}
