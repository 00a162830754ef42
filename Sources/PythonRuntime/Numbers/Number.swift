import Glibc

/// What a number is, in the order in which mixed operands are converted.
enum NumberClass: UInt8 {
  case integer, float, complex, other
}

// What the run loop asks for: arithmetic, comparison and hashes of ints, bools, floats and complex numbers, but not of subclasses' instances.
extension VM {
  /// The class of a value that is exactly an int, bool, float or complex.
  @inline(__always) func numberClass(_ value: Value) -> NumberClass {
    if value.isInt { return .integer }
    if value.isInlineFloat { return .float }
    if value.isRef {
      let object = words(value)
      if object.hasFlag(ObjectFlags.hasDict) { return .other }
      return VM.numberClass(kind: object.kindByte)
    }
    return value.isBool ? .integer : .other
  }

  /// The class of a value that is a number by its layout: subclasses included.
  @inline(__always) func numberLayout(_ value: Value) -> NumberClass {
    if value.isInt { return .integer }
    if value.isInlineFloat { return .float }
    if value.isRef { return VM.numberClass(kind: words(value).kindByte) }
    return value.isBool ? .integer : .other
  }

  @inline(__always) private static func numberClass(kind: UInt8) -> NumberClass {
    switch kind {
    case Kind.int.rawValue: .integer
    case Kind.float.rawValue: .float
    case Kind.complex.rawValue: .complex
    default: .other
    }
  }

  /// `a op b` for two numbers; nil when one is something else, or when there is no such operation.
  @inline(never)
  func binaryNumber(_ op: BinaryOperation, _ a: Value, _ b: Value) throws(Unwind) -> Value? {
    let x = numberClass(a)
    let y = numberClass(b)
    return try binary(op, a, b, as: x.rawValue > y.rawValue ? x : y)
  }

  /// The same with both converted to `target`, which is what `__add__` and its like of that type do.
  func binary(_ op: BinaryOperation, _ a: Value, _ b: Value, as target: NumberClass) throws(Unwind) -> Value? {
    switch target {
    case .integer: return try binaryIntegers(op, a, b)
    case .float: return try binaryFloats(op, double(a), double(b))
    case .complex: return try binaryComplex(op, complexParts(a), complexParts(b))
    case .other: return nil
    }
  }

  func binaryIntegers(_ op: BinaryOperation, _ a: Value, _ b: Value) throws(Unwind) -> Value? {
    switch op {
    case .add: return try addIntegers(a, b)
    case .subtract: return try subtractIntegers(a, b)
    case .multiply: return try multiplyIntegers(a, b)
    case .divide: return try float(trueDivide(a, b))
    case .floorDivide: return try floorDivideIntegers(a, b)
    case .modulo: return try moduloIntegers(a, b)
    case .power:
      if sign(b) >= 0 { return try powerInteger(a, b) }
      return try powerFloats(double(a), double(b))
    case .leftShift: return try shiftLeft(a, by: b)
    case .rightShift: return try shiftRight(a, by: b)
    case .and, .or, .xor:
      if a.isBool, b.isBool {
        let (x, y) = (a == .true, b == .true)
        return Value(op == .and ? x && y : op == .or ? x || y : x != y)
      }
      return try bitwise(op, a, b)
    case .matrixMultiply: return nil
    }
  }

  /// `-a`, `+a`, `~a`, `abs(a)` of a number; nil for anything else.
  package func negate(_ a: Value) throws(Unwind) -> Value? {
    switch numberClass(a) {
    case .integer: return try negateInteger(a)
    case .float: return try float(-double(a))
    case .complex:
      let parts = try complexParts(a)
      return try complex(-parts.real, -parts.imaginary)
    case .other: return nil
    }
  }

  package func positive(_ a: Value) throws(Unwind) -> Value? {
    switch numberClass(a) {
    case .integer: return try exactInteger(a)
    case .float, .complex: return a
    case .other: return nil
    }
  }

  package func invert(_ a: Value) throws(Unwind) -> Value? {
    numberClass(a) == .integer ? try invertInteger(a) : nil
  }

  package func absolute(_ a: Value) throws(Unwind) -> Value? {
    switch numberClass(a) {
    case .integer: return try absoluteInteger(a)
    case .float: return try float(double(a).magnitude)
    case .complex: return try float(complexParts(a).magnitude(self))
    case .other: return nil
    }
  }

  // MARK: Comparison

  /// `a op b` for two numbers; nil when one is something else, or for an order of complex numbers.
  func compareNumbers(_ op: Comparison, _ a: Value, _ b: Value) -> Value? {
    let x = numberClass(a)
    let y = numberClass(b)
    guard x != .other, y != .other else { return nil }
    return compare(op, a, x, b, y)
  }

  /// Comparison of numbers whose classes are known.
  func compare(_ op: Comparison, _ a: Value, _ x: NumberClass, _ b: Value, _ y: NumberClass) -> Value? {
    switch (x, y) {
    case (.integer, .integer): return Value(VM.holds(op, order: compareIntegers(a, b)))
    case (.float, .float): return Value(VM.holds(op, doubleBits(a), doubleBits(b)))
    case (.integer, .float):
      return Value(compareInteger(a, with: doubleBits(b)).map { VM.holds(op, order: $0) } ?? (op == .notEqual))
    case (.float, .integer):
      return Value(compareInteger(b, with: doubleBits(a)).map { VM.holds(op, order: -$0) } ?? (op == .notEqual))
    default:
      guard op == .equal || op == .notEqual else { return nil }
      let isEqual = equals(a, x, b, y)
      return Value(isEqual == (op == .equal))
    }
  }

  /// Equality where at least one is complex.
  private func equals(_ a: Value, _ x: NumberClass, _ b: Value, _ y: NumberClass) -> Bool {
    if x != .complex { return equals(b, y, a, x) }
    let left = Complex(words(a))
    switch y {
    case .complex:
      let right = Complex(words(b))
      return left.real == right.real && left.imaginary == right.imaginary
    case .float: return left.imaginary == 0 && left.real == doubleBits(b)
    default: return left.imaginary == 0 && compareInteger(b, with: left.real) == 0
    }
  }

  @inline(__always) static func holds(_ op: Comparison, order: Int) -> Bool { holds(op, order, 0) }

  /// The order of two ints.
  func compareIntegers(_ a: Value, _ b: Value) -> Int {
    if let x = asWide(a) {
      if let y = asWide(b) { return x < y ? -1 : x == y ? 0 : 1 }
      // b is longer than a limb.
      return -sign(b)
    }
    if !b.isRef || words(b).low(1) < 2 { return sign(a) }
    return Integer(object: words(a)).compare(Integer(object: words(b)))
  }

  /// The order of an int and a float, exactly; nil for nan.
  func compareInteger(_ a: Value, with d: Double) -> Int? {
    if d.isNaN { return nil }
    if d.isInfinite { return d > 0 ? -1 : 1 }
    if let x = asWide(a), d.magnitude < 0x1p100 {
      let whole = Int128(d.rounded(.towardZero))
      if x != whole { return x < whole ? -1 : 1 }
      let fraction = d - d.rounded(.towardZero)
      return fraction > 0 ? -1 : fraction < 0 ? 1 : 0
    }
    let sign = self.sign(a)
    if d == 0 || (d > 0) != (sign > 0) || sign == 0 { return sign != 0 ? sign : d > 0 ? -1 : 1 }
    // Same sign, and one of the two is large. First by the number of bits before the point.
    let bits = bitLength(a)
    let exponent = d.magnitude < 1 ? 0 : Int(d.exponent) + 1
    if bits != exponent { return bits < exponent ? -sign : sign }
    // Then limb by limb: d's significand as limbs is zero below its 53 bits.
    let limbs = Integer(object: words(a)).limbs
    let significand = d.significandBitPattern | 1 << 52
    let shift = exponent - 53
    var index = limbs.count - 1
    while index >= 0 {
      let limb = VM.limb(of: significand, shiftedLeft: shift, at: index)
      if limbs[index] != limb { return limbs[index] < limb ? -sign : sign }
      index -= 1
    }
    // Whole numbers from here on: a float with a fraction has at most 53 bits before the point, and such ints are a limb.
    return 0
  }

  private static func limb(of significand: UInt64, shiftedLeft shift: Int, at index: Int) -> UInt64 {
    let position = index * 64 - shift
    if position >= 64 || position <= -64 { return 0 }
    return position >= 0 ? significand >> UInt64(position) : significand << UInt64(-position)
  }

  // MARK: Hash

  /// CPython's prime for hashes: equal numbers of all types have the same remainder.
  static let hashModulus: UInt64 = (1 << 61) - 1

  /// The hash of a number, instances of subclasses included.
  func hashNumber(_ value: Value) -> Int {
    switch numberLayout(value) {
    case .integer: return hashInteger(value)
    case .float: return hashDouble(doubleBits(value), identity: value)
    case .complex: return hashComplex(Complex(words(value)), identity: value)
    case .other: preconditionFailure("the hash of a number was asked of something else")
    }
  }

  func hashInteger(_ value: Value) -> Int {
    if value.isInt {
      let int = value.int
      if int > -(1 << 60), int < 1 << 60 { return int == -1 ? -2 : int }
      let rest = Int(UInt64(int.magnitude) % VM.hashModulus)
      return int < 0 ? (rest == 1 ? -2 : -rest) : rest
    }
    if !value.isRef { return value == .true ? 1 : 0 }
    let parts = Integer(object: words(value))
    var rest: UInt64 = 0
    var index = parts.count - 1
    while index >= 0 {
      // 2^64 leaves 8.
      let total = UInt128(rest) << 64 | UInt128(parts.limbs[index])
      rest = VM.foldHash(total)
      index -= 1
    }
    let hash = parts.isNegative ? -Int(rest) : Int(rest)
    return hash == -1 ? -2 : hash
  }

  /// The remainder by the prime, of up to 125 bits.
  private static func foldHash(_ wide: UInt128) -> UInt64 {
    var sum = UInt64(truncatingIfNeeded: wide & UInt128(hashModulus)) &+ UInt64(truncatingIfNeeded: (wide >> 61) & UInt128(hashModulus))
    sum = sum &+ UInt64(truncatingIfNeeded: wide >> 122)
    sum = (sum & hashModulus) &+ (sum >> 61)
    return sum >= hashModulus ? sum - hashModulus : sum
  }

  /// `identity` stands for a nan, whose hash is that of the object.
  func hashDouble(_ d: Double, identity: Value) -> Int {
    if d.isNaN { return Int(identity.bits >> 4 & 0xFFFF_FFFF) }
    if d.isInfinite { return d > 0 ? 314_159 : -314_159 }
    if d == 0 { return 0 }
    // d = significand × 2^power; multiplying by 2^power rotates the 61 bits.
    var significand = d.significandBitPattern
    var power = -1074
    if d.exponentBitPattern != 0 {
      significand |= 1 << 52
      power = Int(d.exponentBitPattern) - 1075
    }
    let turn = UInt64(((power % 61) + 61) % 61)
    let rotated = ((significand << turn) & VM.hashModulus) | (turn == 0 ? 0 : significand >> (61 - turn))
    let rest = Int(rotated == VM.hashModulus ? 0 : rotated)
    let hash = d < 0 ? -rest : rest
    return hash == -1 ? -2 : hash
  }

  func hashComplex(_ value: Complex, identity: Value) -> Int {
    let real = hashDouble(value.real, identity: identity)
    let imaginary = hashDouble(value.imaginary, identity: identity)
    let hash = real &+ 1_000_003 &* imaginary
    return hash == -1 ? -2 : hash
  }
}
