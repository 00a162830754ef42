/// Comparison of lists and tuples, element by element.
extension VM {
  /// Compares two sequences that are both lists or both tuples (or instances of subclasses). Lists may change while
  /// their elements are
  /// compared: their lengths are asked for again each time.
  func compareSequences(_ op: Comparison, _ a: Value, _ b: Value) throws(Unwind) -> Value {
    if op == .equal || op == .notEqual {
      return Value(try equalSequences(a, b) == (op == .equal))
    }
    try enterNested(" in comparison")
    defer { leaveNested() }
    let outer = keepMark()
    defer { keepRelease(outer) }
    keep(a)
    keep(b)
    let mark = keepMark()
    var index = 0
    while let x = elements(a), let y = elements(b) {
      guard index < x.count, index < y.count else { return SequenceComparison.lengths(op, x.count, y.count) }
      let first = x.words.value(x.start &+ index)
      let second = y.words.value(y.start &+ index)
      index &+= 1
      if first == second { continue }
      if first.isInt && second.isInt { return SequenceComparison.numbers(op, first.int, second.int) }
      if let quick = equalKeysQuickly(first, second) {
        if quick { continue }
      } else {
        keep(first)
        keep(second)
        if try equal(first, second) {
          keepRelease(mark)
          continue
        }
      }
      try charge(index >> 2)
      return try compare(op, first, second)
    }
    return .notImplemented
  }

  /// Whether two lists, or two tuples, have equal elements.
  package func equalSequences(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    guard let x = elements(a), let y = elements(b), x.count == y.count else { return false }
    var left = x
    var right = y
    var index = 0
    try enterNested(" in comparison")
    defer { leaveNested() }
    let outer = keepMark()
    defer { keepRelease(outer) }
    keep(a)
    keep(b)
    let mark = keepMark()
    while true {
      guard index < left.count, index < right.count else { break }
      let first = left.words.value(left.start &+ index)
      let second = right.words.value(right.start &+ index)
      index &+= 1
      if first == second { continue }
      if first.isInt && second.isInt { return false }
      if let quick = equalKeysQuickly(first, second) {
        if quick { continue }
        return false
      }
      keep(first)
      keep(second)
      guard try equal(first, second) else {
        // An element that is gone since decides nothing.
        guard let leftNow = elements(a), let rightNow = elements(b) else { return false }
        return (index > leftNow.count || index > rightNow.count) && leftNow.count == rightNow.count
      }
      keepRelease(mark)
      guard let leftAgain = elements(a), let rightAgain = elements(b) else { return false }
      left = leftAgain
      right = rightAgain
    }
    try charge(index >> 2)
    return left.count == right.count
  }
}

/// The six comparison methods of a type, by one function.
enum SequenceComparison {
  typealias Body = @Sendable (VM, Comparison, Value, Value) throws(Unwind) -> Value

  static let operators: [(String, Comparison)] = [
    ("__lt__", .less), ("__le__", .lessOrEqual), ("__eq__", .equal), ("__ne__", .notEqual), ("__gt__", .greater),
    ("__ge__", .greaterOrEqual),
  ]

  /// The rows `__lt__`, `__le__`, … of a type whose comparison is `body`.
  static func rows(_ body: @escaping Body) -> [NativeFunction] {
    operators.map { (name, op) in
      NativeFunction(name, "self, value, /", { (vm, a) throws(Unwind) in try body(vm, op, a[0], a[1]) })
    }
  }

  static func lengths(_ op: Comparison, _ x: Int, _ y: Int) -> Value { numbers(op, x, y) }

  static func numbers(_ op: Comparison, _ x: Int, _ y: Int) -> Value {
    switch op {
    case .less: Value(x < y)
    case .lessOrEqual: Value(x <= y)
    case .equal: Value(x == y)
    case .notEqual: Value(x != y)
    case .greater: Value(x > y)
    case .greaterOrEqual: Value(x >= y)
    }
  }
}
