/// A Python value in 64 bits.
///
///     …………………………………………………… 00   integer of 62 bits, shifted left by two
///     …………………………………………………… 01x  float: exponent rotated into the tag (self-tagging); covers about 1e-77 … 1e77
///     0…0 offset:32 + 1   ……    001  reference to an object in the cage, at a multiple of 16
///     …………………………………………………… 101  None, True, False, NotImplemented, Ellipsis, and *unbound*, which no program sees
///
/// Larger integers, and floats outside of that range (also 0.0, inf and nan), are objects. A float is inline whenever it can be, an
/// integer too, so equal bits mean equal numbers of one type; identity is equality of bits. Instances of subclasses of
/// `int` and `float` are always objects.
@frozen package struct Value: Equatable, Sendable, BitwiseCopyable {
  package var bits: UInt64

  @inline(__always) package init(bits: UInt64) { self.bits = bits }

  package static var unbound: Value { Value(bits: 0x05) }
  package static var none: Value { Value(bits: 0x0D) }
  package static var `false`: Value { Value(bits: 0x15) }
  package static var `true`: Value { Value(bits: 0x1D) }
  package static var notImplemented: Value { Value(bits: 0x25) }
  package static var ellipsis: Value { Value(bits: 0x2D) }
  /// Marks a deleted slot of a set; no program sees it.
  package static var dummy: Value { Value(bits: 0x35) }
  /// Marks "known to be missing"; no program sees it.
  package static var absent: Value { Value(bits: 0x3D) }
  package static var zero: Value { Value(bits: 0) }

  @inline(__always) package init(_ truth: Bool) { self = truth ? .true : .false }

  // MARK: Integers

  /// An integer that is known to have 62 bits; others go through `vm.integer(_:)`.
  @inline(__always) package init(small int: Int) { bits = UInt64(bitPattern: Int64(int &<< 2)) }

  @inline(__always) package var isInt: Bool { bits & 3 == 0 }
  /// The integer, when `isInt`.
  @inline(__always) package var int: Int { Int(Int64(bitPattern: bits) >> 2) }
  @inline(__always) package static func fits(_ int: Int) -> Bool { (int &<< 2) >> 2 == int }
  package static var maxSmall: Int { (1 << 61) - 1 }
  package static var minSmall: Int { -(1 << 61) }

  // MARK: Floats

  @inline(__always) package var isInlineFloat: Bool { bits & 6 == 2 }
  /// The float, when `isInlineFloat`.
  @inline(__always) package var inlineFloat: Double {
    let rotated = bits &+ 1
    return Double(bitPattern: (rotated >> 4) | (rotated << 60))
  }
  /// The float inline, or nil if it needs an object (`vm.float(_:)`).
  @inline(__always) package static func inline(_ double: Double) -> Value? {
    let pattern = double.bitPattern
    let word = ((pattern << 4) | (pattern >> 60)) &- 1
    return word & 6 == 2 ? Value(bits: word) : nil
  }

  // MARK: References

  @inline(__always) package init(_ ref: Ref) { bits = UInt64(ref.offset) | 1 }
  @inline(__always) package var isRef: Bool { bits & 7 == 1 }
  /// The object, when `isRef`.
  @inline(__always) package var ref: Ref { Ref(offset: UInt32(truncatingIfNeeded: bits) & ~15) }

  @inline(__always) package var isNone: Bool { bits == 0x0D }
  @inline(__always) package var isUnbound: Bool { bits == 0x05 }
  @inline(__always) package var isBool: Bool { bits == 0x15 || bits == 0x1D }
}

/// An object in the cage, by its offset from the base.
@frozen package struct Ref: Equatable, Sendable, BitwiseCopyable {
  package var offset: UInt32
  @inline(__always) package init(offset: UInt32) { self.offset = offset }
  package static var null: Ref { Ref(offset: 0) }
  @inline(__always) package var isNull: Bool { offset == 0 }
}
