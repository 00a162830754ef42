import PythonBytecode

/// Numbers of the cells and functions that snippets make: counted in the cage, whether somebody watches or not, so that they are the same in each
/// replay and stay what they are through all runs of a session.
///
/// A cell's number stands in 20 bits of its header that its kind does not use. A function is counted by the name in its code: the
/// second `counter` is `counter#2`; its number is the upper half of its first word. The library's own are not counted.
extension VM {
  /// What `CodeLayout.counter` is for code: for a snippet's, where its functions are counted and whether its lines are steps.
  func functionCounter(_ code: CodeObject) throws(Unwind) -> Value {
    if code.filename.hasPrefix("/usr/") || code.filename.hasPrefix("<frozen") { return .none }
    if !self[root: .functionCounts].isRef { self[root: .functionCounts] = try newDict() }
    let counts = PyDict(self, self[root: .functionCounts])
    let name = try intern(code.name)
    if counts.find(name: name) == nil { try counts.set(name: name, .zero) }
    guard let entry = counts.find(name: name) else { return .none }
    return Value(small: entry << 1 | (code.filename == "<string>" ? 0 : 1))
  }

  /// Whether the lines of a function's code are steps.
  @inline(__always) func isStepped(_ function: Words) -> Bool {
    // A small integer that is odd.
    words(function.value(FunctionLayout.code))[CodeLayout.counter] & 7 == 4
  }

  /// The number of the next function of this code; 0 for the library's.
  @inline(__always) func nextFunctionNumber(_ code: Words) -> UInt64 {
    let counter = code.value(CodeLayout.counter)
    guard counter.isInt else { return 0 }
    // Names are never removed, so an entry stays where it is.
    let counts = PyDict(self, self[root: .functionCounts])
    let entry = counter.int >> 1
    let count = min(counts.table().value(entry).int + 1, 0xFFFF_FFFF)
    counts.setValue(at: entry, Value(small: count))
    return UInt64(count)
  }

  /// The header bits of the next cell, when a function of a snippet makes it.
  @inline(__always) func nextCellNumber(_ function: Words) -> UInt64 {
    guard words(function.value(FunctionLayout.code)).value(CodeLayout.counter).isInt else { return 0 }
    let number = min(self[.cellsMade] &+ 1, CellNumber.last)
    self[.cellsMade] = number
    return CellNumber.bits(number)
  }

  /// The number that a cell is shown by: its own, or, beyond the last, one made from its place. 0 for the library's cells.
  package func cellNumber(_ cell: Value) -> Int {
    let number = CellNumber.number(words(cell)[0])
    return number == CellNumber.last ? CellNumber.last + Int(cell.ref.offset) >> 4 : number
  }

  /// The name that a function is shown by: `counter#2`.
  package func functionLabel(_ function: Value) -> String {
    let object = words(function)
    let name = text(words(object.value(FunctionLayout.code)).value(CodeLayout.name))
    let number = object.high(FunctionLayout.simpleArgumentCount)
    return number == 0 ? name : "\(name)#\(number)"
  }
}

/// Where a cell's header has its number: bits 16 to 31, and 10 to 13.
enum CellNumber {
  static let last = 0xF_FFFF

  @inline(__always) static func bits(_ number: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: number & 0xFFFF) << 16 | UInt64(truncatingIfNeeded: number >> 16 & 0xF) << 10
  }

  @inline(__always) static func number(_ header: UInt64) -> Int {
    Int(header >> 16 & 0xFFFF) | Int(header >> 10 & 0xF) << 16
  }
}
