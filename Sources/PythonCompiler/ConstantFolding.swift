import PythonBytecode
import PythonSyntax

#if canImport(Glibc)
  import Glibc
#endif

/// Computes constant expressions ahead, where CPython does (`ast_opt.c`) and the result stays small.
///
/// Only what cannot fail and cannot differ from the run time's result is folded; everything else is left to the
/// machine.
struct ConstantFolder {
  /// `__debug__` is a constant.
  let isDebug: Bool

  /// Results beyond these sizes are left to the run time, as CPython's `safe_multiply` and so on do.
  private static let maximumBits = 128
  private static let maximumText = 4096
  private static let maximumItems = 256

  /// The value of a constant expression, else nil.
  func constant(_ expression: Expression) -> CodeConstant? {
    switch expression.kind {
    case .constant(let constant): CodeConstant(constant)
    case .name("__debug__", .load): isDebug ? .true : .false
    case .unary(let op, let operand): constant(operand).flatMap { fold(op, $0) }
    case .binary: chain(expression)
    case .tuple(let items, .load): tuple(items)
    // Most often a format: the `.3f` of `{x:.3f}`.
    case .joinedString(let parts) where parts.count <= 1: parts.first.map { constant($0) } ?? .string([])
    case .subscript(let object, let index, .load): item(object, index)
    default: nil
    }
  }

  private func chain(_ expression: Expression) -> CodeConstant? {
    let (leaf, steps) = leftSpine(of: expression)
    guard var value = constant(leaf) else { return nil }
    for step in steps {
      guard let right = constant(step.right), let next = fold(value, step.operator, right) else { return nil }
      value = next
    }
    return value
  }

  /// The items of a display as a tuple, when all are constants.
  func tuple(_ items: [Expression]) -> CodeConstant? {
    var values: [CodeConstant] = []
    values.reserveCapacity(items.count)
    for item in items {
      guard let value = constant(item) else { return nil }
      values.append(value)
    }
    return .tuple(values)
  }

  private func item(_ object: Expression, _ index: Expression) -> CodeConstant? {
    guard let object = constant(object), case .int(let index)? = constant(index) else { return nil }
    switch object {
    case .tuple(let items):
      let place = index < 0 ? index &+ items.count : index
      return items.indices.contains(place) ? items[place] : nil
    case .string(let bytes):
      // Only ASCII: elsewhere an index is no byte.
      let place = index < 0 ? index &+ bytes.count : index
      guard bytes.allSatisfy({ $0 < 128 }), bytes.indices.contains(place) else { return nil }
      return .string([bytes[place]])
    case .bytes(let bytes):
      let place = index < 0 ? index &+ bytes.count : index
      return bytes.indices.contains(place) ? .int(Int(bytes[place])) : nil
    default: return nil
    }
  }

  // MARK: Unary

  func fold(_ op: UnaryOperator, _ value: CodeConstant) -> CodeConstant? {
    switch op {
    case .not: return value.truth.map { $0 ? .false : .true }
    case .plus: return value.isNumber ? (value.wide.map { CodeConstant($0) } ?? value) : nil
    case .invert: return value.wide.map { CodeConstant(~$0) }
    case .minus:
      switch value {
      case .float(let bits): return .float(bits ^ (1 << 63))
      case .complex(let real, let imaginary): return .complex(real ^ (1 << 63), imaginary ^ (1 << 63))
      case .bigInt(let isNegative, let limbs):
        if !isNegative, limbs == [1 << 63] { return .int(Int.min) }
        return .bigInt(isNegative: !isNegative, limbs: limbs)
      default: return value.wide.flatMap { CodeConstant(0 &- $0) }
      }
    }
  }

  // MARK: Binary

  func fold(_ left: CodeConstant, _ op: BinaryOperator, _ right: CodeConstant) -> CodeConstant? {
    if let a = left.wide, let b = right.wide {
      guard let result = fold(a, op, b) else { return nil }
      // `&`, `|`, `^` of two bools is a bool.
      let isLogical = left.isBool && right.isBool && (op == .and || op == .or || op == .xor)
      return isLogical ? (result == .int(0) ? .false : .true) : result
    }
    if let a = left.double, let b = right.double, left.isFloat || right.isFloat { return fold(a, op, b) }
    switch (left, right) {
    case (.string(let a), .string(let b)) where op == .add && a.count + b.count <= ConstantFolder.maximumText:
      return isJoinable(a, b) ? .string(a + b) : nil
    case (.bytes(let a), .bytes(let b)) where op == .add && a.count + b.count <= ConstantFolder.maximumText:
      return .bytes(a + b)
    case (.tuple(let a), .tuple(let b)) where op == .add && a.count + b.count <= ConstantFolder.maximumItems:
      return .tuple(a + b)
    case (.string(let text), .int(let count)), (.int(let count), .string(let text)):
      guard op == .multiply, isJoinable(text, text) else { return nil }
      return repeated(text, count, ConstantFolder.maximumText).map { .string($0) }
    case (.bytes(let text), .int(let count)), (.int(let count), .bytes(let text)):
      return op == .multiply ? repeated(text, count, ConstantFolder.maximumText).map { .bytes($0) } : nil
    case (.tuple(let items), .int(let count)), (.int(let count), .tuple(let items)):
      return op == .multiply ? repeated(items, count, ConstantFolder.maximumItems).map { .tuple($0) } : nil
    default: return foldComplex(left, op, right)
    }
  }

  /// Two surrogates that meet would look like one character in UTF-8's terms: left to the run time.
  private func isJoinable(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    !(a.count >= 3 && a[a.count - 3] == 0xED && a[a.count - 2] >= 0xA0 && b.first == 0xED)
  }

  private func repeated<T>(_ items: [T], _ count: Int, _ limit: Int) -> [T]? {
    guard count > 0, !items.isEmpty else { return [] }
    guard count <= limit, items.count <= limit / count else { return nil }
    return Array(repeatElement(items, count: count).joined())
  }

  private func fold(_ a: Int128, _ op: BinaryOperator, _ b: Int128) -> CodeConstant? {
    switch op {
    case .add: return exact(a.addingReportingOverflow(b))
    case .subtract: return exact(a.subtractingReportingOverflow(b))
    case .multiply: return exact(a.multipliedReportingOverflow(by: b))
    case .floorDivide, .modulo:
      guard b != 0, a != Int128.min else { return nil }
      var (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      if remainder != 0, (remainder < 0) != (b < 0) {
        quotient -= 1
        remainder += b
      }
      return CodeConstant(op == .modulo ? remainder : quotient)
    case .divide:
      let limit: Int128 = 1 << 53
      guard b != 0, abs(a) <= limit, abs(b) <= limit else { return nil }
      return .float((Double(Int64(a)) / Double(Int64(b))).bitPattern)
    case .power: return power(a, b)
    case .leftShift:
      guard b >= 0, b < Int128(ConstantFolder.maximumBits) else { return nil }
      let shifted = a << b
      return shifted >> b == a ? CodeConstant(shifted) : nil
    case .rightShift: return b >= 0 ? CodeConstant(a >> min(b, 127)) : nil
    case .and: return CodeConstant(a & b)
    case .or: return CodeConstant(a | b)
    case .xor: return CodeConstant(a ^ b)
    case .matrixMultiply: return nil
    }
  }

  private func exact(_ result: (partialValue: Int128, overflow: Bool)) -> CodeConstant? {
    result.overflow ? nil : CodeConstant(result.partialValue)
  }

  private func power(_ base: Int128, _ exponent: Int128) -> CodeConstant? {
    guard exponent >= 0, exponent <= 128 || base == 0 || base == 1 else { return nil }
    if base == 0 || base == 1 { return .int(exponent == 0 ? 1 : Int(base)) }
    var result: Int128 = 1
    for _ in 0..<Int(exponent) {
      let (product, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { return nil }
      result = product
    }
    return CodeConstant(result)
  }

  private func fold(_ a: Double, _ op: BinaryOperator, _ b: Double) -> CodeConstant? {
    switch op {
    case .add: return .float((a + b).bitPattern)
    case .subtract: return .float((a - b).bitPattern)
    case .multiply: return .float((a * b).bitPattern)
    case .divide: return b == 0 ? nil : .float((a / b).bitPattern)
    case .power:
      guard a > 0, a.isFinite, b.isFinite else { return nil }
      let result = pow(a, b)
      return result.isFinite ? .float(result.bitPattern) : nil
    default: return nil
    }
  }

  /// Sums with an imaginary literal: how complex constants are written.
  private func foldComplex(_ left: CodeConstant, _ op: BinaryOperator, _ right: CodeConstant) -> CodeConstant? {
    guard let a = left.complexParts, let b = right.complexParts else { return nil }
    switch op {
    case .add: return .complex((a.real + b.real).bitPattern, (a.imaginary + b.imaginary).bitPattern)
    case .subtract: return .complex((a.real - b.real).bitPattern, (a.imaginary - b.imaginary).bitPattern)
    default: return nil
    }
  }
}

extension CodeConstant {
  /// The constant that a literal stands for.
  init(_ literal: Constant) {
    switch literal {
    case .none: self = .none
    case .true: self = .true
    case .false: self = .false
    case .ellipsis: self = .ellipsis
    case .integer(let limbs):
      if limbs.isEmpty {
        self = .int(0)
      } else if limbs.count == 1, limbs[0] <= UInt64(Int.max) {
        self = .int(Int(limbs[0]))
      } else {
        self = .bigInt(isNegative: false, limbs: limbs)
      }
    case .float(let value): self = .float(value.bitPattern)
    case .imaginary(let value): self = .complex(0, value.bitPattern)
    case .string(let bytes): self = .string(bytes)
    case .bytes(let bytes): self = .bytes(bytes)
    }
  }

  init(_ text: String) { self = .string(Array(text.utf8)) }

  fileprivate init(_ value: Int128) {
    if let small = Int(exactly: value) {
      self = .int(small)
      return
    }
    let magnitude = value.magnitude
    var limbs = [UInt64(truncatingIfNeeded: magnitude), UInt64(truncatingIfNeeded: magnitude >> 64)]
    if limbs[1] == 0 { limbs.removeLast() }
    self = .bigInt(isNegative: value < 0, limbs: limbs)
  }

  /// An integer (or bool) that leaves room for a sign in 128 bits.
  fileprivate var wide: Int128? {
    switch self {
    case .true: return 1
    case .false: return 0
    case .int(let value): return Int128(value)
    case .bigInt(let isNegative, let limbs):
      guard limbs.count == 1 || limbs.count == 2 && limbs[1] >> 63 == 0 else { return nil }
      let magnitude = Int128(limbs[0]) | (limbs.count == 2 ? Int128(limbs[1]) << 64 : 0)
      return isNegative ? -magnitude : magnitude
    default: return nil
    }
  }

  fileprivate var isBool: Bool { self == .true || self == .false }

  fileprivate var isFloat: Bool {
    if case .float = self { return true }
    return false
  }

  fileprivate var isNumber: Bool {
    switch self {
    case .true, .false, .int, .bigInt, .float, .complex: true
    default: false
    }
  }

  /// A real number that a double holds exactly.
  fileprivate var double: Double? {
    if case .float(let bits) = self { return Double(bitPattern: bits) }
    guard let wide, abs(wide) <= 1 << 53 else { return nil }
    return Double(Int64(wide))
  }

  fileprivate var complexParts: (real: Double, imaginary: Double)? {
    if case .complex(let real, let imaginary) = self {
      return (Double(bitPattern: real), Double(bitPattern: imaginary))
    }
    return double.map { ($0, 0) }
  }

  /// Python's truth of the constant; nil for what is no plain constant.
  var truth: Bool? {
    switch self {
    case .none, .false: false
    case .true, .ellipsis: true
    case .int(let value): value != 0
    case .bigInt: true
    case .float(let bits): Double(bitPattern: bits) != 0
    case .complex(let real, let imaginary): Double(bitPattern: real) != 0 || Double(bitPattern: imaginary) != 0
    case .string(let bytes), .bytes(let bytes): !bytes.isEmpty
    case .tuple(let items), .frozenSet(let items): !items.isEmpty
    case .code: nil
    }
  }

  /// A number for an instruction with an immediate operand.
  var immediate: Int? {
    if case .int(let value) = self, value >= Int(Int16.min), value <= Int(Int16.max) { return value }
    return nil
  }
}
