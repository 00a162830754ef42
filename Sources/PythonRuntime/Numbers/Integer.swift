/// The layout of an integer object: `1` count of limbs and sign, limbs from word 2 on, without leading zeros.
enum IntLayout {
  static let firstLimb = 2
  /// Counts beyond this are refused before any work: 512 MiB.
  static let maxLimbs = 1 << 26
}

/// An integer taken apart: its magnitude where it lies, and its sign. Zero has no limbs.
struct Integer {
  let limbs: Limbs
  let isNegative: Bool

  @inline(__always) init(_ limbs: Limbs, isNegative: Bool) {
    self.limbs = limbs
    self.isNegative = isNegative
  }

  /// Of an int object.
  @inline(__always) init(object: Words) {
    limbs = Limbs(object, from: IntLayout.firstLimb, count: object.low(1))
    isNegative = object.high(1) != 0
  }

  var count: Int { limbs.count }
  var isZero: Bool { limbs.count == 0 }
  var bitLength: Int { limbs.bitLength }

  var negated: Integer { Integer(limbs, isNegative: !isNegative && !isZero) }

  /// The value, when it fits.
  var int: Int? {
    switch limbs.count {
    case 0: return 0
    case 1:
      let limb = limbs[0]
      if isNegative { return limb <= 1 << 63 ? Int(truncatingIfNeeded: 0 &- limb) : nil }
      return limb < 1 << 63 ? Int(truncatingIfNeeded: limb) : nil
    default: return nil
    }
  }

  /// The lowest 64 bits in two's complement.
  var lowBits: UInt64 {
    let low = limbs.count == 0 ? 0 : limbs[0]
    return isNegative ? 0 &- low : low
  }

  func compare(_ other: Integer) -> Int {
    if isNegative != other.isNegative { return isNegative ? -1 : 1 }
    let order = limbs.compare(other.limbs)
    return isNegative ? -order : order
  }
}

extension VM {
  // MARK: Making integers

  /// The int object or inline value for a machine integer.
  @inline(__always) package func integer(_ int: Int) throws(Unwind) -> Value {
    Value.fits(int) ? Value(small: int) : try boxed(UInt64(int.magnitude), isNegative: int < 0)
  }

  @inline(never) func boxed(_ magnitude: UInt64, isNegative: Bool) throws(Unwind) -> Value {
    let ref = try allocateCell(24)
    let object = words(ref)
    object[0] = header(.int, class: type(.int))
    object[1] = 1 | (isNegative ? 1 << 32 : 0)
    object[2] = magnitude
    return Value(ref)
  }

  /// An unsigned machine integer.
  package func integer(_ unsigned: UInt64) throws(Unwind) -> Value {
    unsigned <= UInt64(Value.maxSmall) ? Value(small: Int(truncatingIfNeeded: unsigned)) : try boxed(unsigned, isNegative: false)
  }

  @inline(__always) func integer(wide: Int128) throws(Unwind) -> Value {
    let int = Int(truncatingIfNeeded: wide)
    if Int128(int) == wide, Value.fits(int) { return Value(small: int) }
    return try integer(magnitude: wide.magnitude, isNegative: wide < 0)
  }

  func integer(magnitude: UInt128, isNegative: Bool) throws(Unwind) -> Value {
    let low = UInt64(truncatingIfNeeded: magnitude)
    let high = UInt64(truncatingIfNeeded: magnitude >> 64)
    if high == 0 {
      if low <= UInt64(Value.maxSmall) {
        let int = Int(truncatingIfNeeded: low)
        return Value(small: isNegative ? 0 &- int : int)
      }
      if isNegative, low == 1 << 61 { return Value(small: Value.minSmall) }
      return try boxed(low, isNegative: isNegative)
    }
    let ref = try allocateCell(32)
    let object = words(ref)
    object[0] = header(.int, class: type(.int))
    object[1] = 2 | (isNegative ? 1 << 32 : 0)
    object[2] = low
    object[3] = high
    return Value(ref)
  }

  /// An int object with room for `count` limbs, to be filled and given to `finish`.
  func newInteger(limbs count: Int) throws(Unwind) -> Limbs {
    guard count <= IntLayout.maxLimbs else { throw raiseMemoryError() }
    let ref = try allocateCell(count &* 8 &+ 16)
    let object = words(ref)
    object[0] = header(.int, class: type(.int))
    object[1] = UInt64(count)
    return Limbs(object, from: IntLayout.firstLimb, count: count)
  }

  /// The value of an object from `newInteger`, normalised.
  func finish(_ limbs: Limbs, isNegative: Bool) -> Value {
    let used = limbs.normalized.count
    if used <= 1 {
      let limb = used == 0 ? 0 : limbs[0]
      if limb <= UInt64(Value.maxSmall) {
        let int = Int(truncatingIfNeeded: limb)
        return Value(small: isNegative ? 0 &- int : int)
      }
      if isNegative, limb == 1 << 61 { return Value(small: Value.minSmall) }
    }
    limbs.object[1] = UInt64(used) | (isNegative ? 1 << 32 : 0)
    return Value(ref(limbs.object))
  }

  /// An int from a copy of limbs outside of the cage, least significant first (the constants of code).
  package func integer(limbs source: [UInt64], isNegative: Bool) throws(Unwind) -> Value {
    let limbs = try newInteger(limbs: source.count)
    for (index, limb) in source.enumerated() { limbs[index] = limb }
    return finish(limbs, isNegative: isNegative)
  }

  /// An int from a magnitude in the cage, copied.
  func integer(copying source: Limbs, isNegative: Bool) throws(Unwind) -> Value {
    let limbs = try newInteger(limbs: source.count)
    limbs.copy(from: source)
    return finish(limbs, isNegative: isNegative)
  }

  /// Scratch limbs; give them back with `release` when they may be many.
  func newLimbs(_ count: Int) throws(Unwind) -> Limbs {
    guard count <= IntLayout.maxLimbs * 2 else { throw raiseMemoryError() }
    return Limbs(words(try allocateRaw(bytes: count &* 8)), from: 1, count: count)
  }

  func release(_ limbs: Limbs) { freeBuffer(ref(limbs.object)) }

  // MARK: Taking integers apart

  /// Whether the value is an int: bool and subclasses included.
  @inline(__always) package func isInteger(_ value: Value) -> Bool {
    value.isInt || value.isBool || self.is(value, .int)
  }

  /// The machine integer of an int (bool, subclass) that fits; nil for others.
  @inline(__always) package func asInt(_ value: Value) -> Int? {
    if value.isInt { return value.int }
    return asIntSlowly(value)
  }

  @inline(never) private func asIntSlowly(_ value: Value) -> Int? {
    if value.isBool { return value == .true ? 1 : 0 }
    return self.is(value, .int) ? Integer(object: words(value)).int : nil
  }

  /// The value of an int (bool, subclass) of at most one limb; nil for longer ones.
  @inline(__always) func asWide(_ value: Value) -> Int128? {
    if value.isInt { return Int128(value.int) }
    if value.isRef {
      let object = words(value)
      switch object.low(1) {
      case 0: return 0
      case 1:
        let magnitude = Int128(object[IntLayout.firstLimb])
        return object.high(1) != 0 ? 0 &- magnitude : magnitude
      default: return nil
      }
    }
    return value == .true ? 1 : 0
  }

  /// Magnitude and sign of an int (bool, subclass) of at most two limbs; nil for longer ones.
  @inline(__always) func asPair(_ value: Value) -> (magnitude: UInt128, isNegative: Bool)? {
    if value.isInt { return (UInt128(value.int.magnitude), value.int < 0) }
    if value.isRef {
      let object = words(value)
      let count = object.low(1)
      if count > 2 { return nil }
      var magnitude: UInt128 = count > 0 ? UInt128(object[IntLayout.firstLimb]) : 0
      if count == 2 { magnitude |= UInt128(object[IntLayout.firstLimb &+ 1]) << 64 }
      return (magnitude, object.high(1) != 0)
    }
    return (value == .true ? 1 : 0, false)
  }

  /// An int (bool, subclass) taken apart; a small one is put into fresh limbs.
  func integerParts(_ value: Value) throws(Unwind) -> Integer {
    if value.isRef { return Integer(object: words(value)) }
    let int = value.isInt ? value.int : value == .true ? 1 : 0
    let object = words(try allocateCell(16))
    object[0] = UInt64(Kind.raw.rawValue)
    object[1] = UInt64(int.magnitude)
    return Integer(Limbs(object, from: 1, count: int == 0 ? 0 : 1), isNegative: int < 0)
  }

  /// The sign of an int: -1, 0, 1.
  func sign(_ value: Value) -> Int {
    if value.isInt { return value.int.signum() }
    if value.isRef {
      let object = words(value)
      return object.low(1) == 0 ? 0 : object.high(1) != 0 ? -1 : 1
    }
    return value == .true ? 1 : 0
  }

  /// An exact int for an int, bool or instance of a subclass.
  func exactInteger(_ value: Value) throws(Unwind) -> Value {
    if value.isInt { return value }
    if value.isBool { return Value(small: value == .true ? 1 : 0) }
    let object = words(value)
    if Ref(offset: UInt32(truncatingIfNeeded: object[0] >> 32)) == type(.int) { return value }
    let parts = Integer(object: object)
    return try integer(copying: parts.limbs, isNegative: parts.isNegative)
  }

  /// The length in bits of an int's magnitude.
  func bitLength(_ value: Value) -> Int {
    if value.isRef { return Integer(object: words(value)).bitLength }
    let int = value.isInt ? value.int : value == .true ? 1 : 0
    return 64 - int.magnitude.leadingZeroBitCount
  }
}
