/// A divisor of one limb, its highest bit set, with the reciprocal that replaces division by two multiplications
/// (Möller and Granlund, "Improved division by invariant integers", 2011, algorithm 4).
struct LimbDivisor {
  let divisor: UInt64
  let reciprocal: UInt64

  /// The limb's highest bit is set.
  @inline(__always) init(normalized divisor: UInt64) {
    self.divisor = divisor
    reciprocal = divisor.dividingFullWidth((~divisor, UInt64.max)).quotient
  }

  /// Quotient and remainder of high:low, high less than the divisor.
  @inline(__always) func divide(_ high: UInt64, _ low: UInt64) -> (quotient: UInt64, remainder: UInt64) {
    let estimate = UInt128(reciprocal) &* UInt128(high) &+ (UInt128(high) << 64 | UInt128(low))
    var quotient = UInt64(truncatingIfNeeded: estimate >> 64) &+ 1
    var remainder = low &- quotient &* divisor
    if remainder > UInt64(truncatingIfNeeded: estimate) {
      quotient &-= 1
      remainder = remainder &+ divisor
    }
    if _slowPath(remainder >= divisor) {
      quotient &+= 1
      remainder = remainder &- divisor
    }
    return (quotient, remainder)
  }
}
