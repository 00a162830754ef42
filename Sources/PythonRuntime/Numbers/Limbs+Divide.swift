extension Limbs {
  /// From this length of the divisor on, division by halves (Burnikel and Ziegler) is quicker.
  static let recursiveDivisionThreshold = 80

  /// self = a / divisor, with a's length; self may be a. Returns the remainder. The divisor is not zero.
  func setQuotient(_ a: Limbs, _ divisor: UInt64) -> UInt64 {
    let shift = divisor.leadingZeroBitCount
    let unit = LimbDivisor(normalized: divisor &<< UInt64(shift))
    let (d, x) = (base, a.base)
    var index = a.count &- 1
    guard index >= 0 else { return 0 }
    if shift == 0 {
      var remainder: UInt64 = 0
      while index >= 0 {
        let (quotient, rest) = unit.divide(remainder, x[index])
        d[index] = quotient
        remainder = rest
        index &-= 1
      }
      return remainder
    }
    var limb = x[index]
    var remainder = limb &>> UInt64(64 &- shift)
    while index > 0 {
      let below = x[index &- 1]
      let (quotient, rest) = unit.divide(remainder, limb &<< UInt64(shift) | below &>> UInt64(64 &- shift))
      d[index] = quotient
      remainder = rest
      limb = below
      index &-= 1
    }
    let (quotient, rest) = unit.divide(remainder, limb &<< UInt64(shift))
    d[0] = quotient
    return rest &>> UInt64(shift)
  }

  /// The remainder of self by a divisor that is not zero.
  func remainder(_ divisor: UInt64) -> UInt64 {
    let shift = divisor.leadingZeroBitCount
    let unit = LimbDivisor(normalized: divisor &<< UInt64(shift))
    let x = base
    var index = count &- 1
    guard index >= 0 else { return 0 }
    var limb = x[index]
    var remainder = shift == 0 ? 0 : limb &>> UInt64(64 &- shift)
    while index >= 0 {
      let below = index > 0 ? x[index &- 1] : 0
      let low = shift == 0 ? limb : limb &<< UInt64(shift) | below &>> UInt64(64 &- shift)
      remainder = unit.divide(remainder, low).remainder
      limb = below
      index &-= 1
    }
    return remainder &>> UInt64(shift)
  }

  /// Divides self in place by a divisor of at least two limbs whose highest bit is set (Knuth, The Art of Computer Programming 4.3.1,
  /// algorithm D): afterwards self holds the remainder in its lowest limbs, the others are zero. Self's highest limbs
  /// (as many as the divisor's) are less than the divisor. `quotient` gets self's length minus the divisor's, or is nil.
  func divideInPlace(_ divisor: Limbs, quotient: Limbs?) {
    let size = divisor.count
    let unit = LimbDivisor(normalized: divisor[size &- 1])
    let (x, y) = (base, divisor.base)
    let second = y[size &- 2]
    var index = count &- size &- 1
    while index >= 0 {
      let top = x[index &+ size]
      var digit: UInt64
      if top >= unit.divisor {
        digit = UInt64.max
      } else {
        let (estimate, rest) = unit.divide(top, x[index &+ size &- 1])
        digit = estimate
        // The second limb of the divisor corrects the estimate, to at most one too many.
        var remainder = rest
        let below = x[index &+ size &- 2]
        while UInt128(digit) &* UInt128(second) > UInt128(remainder) << 64 | UInt128(below) {
          digit &-= 1
          let (sum, overflow) = remainder.addingReportingOverflow(unit.divisor)
          if overflow { break }
          remainder = sum
        }
      }
      let window = part(index, size)
      let excess = window.subtractProduct(divisor, digit)
      // One too many (or, for a digit of all ones, two): add back.
      var isNegative = x[index &+ size] < excess
      x[index &+ size] = x[index &+ size] &- excess
      while isNegative {
        digit &-= 1
        let carry = window.setSum(window, divisor)
        let (sum, overflow) = x[index &+ size].addingReportingOverflow(carry)
        x[index &+ size] = sum
        if overflow { isNegative = false }
      }
      quotient?[index] = digit
      index &-= 1
    }
  }

  /// The limbs of scratch space that `divideByHalves` needs for a divisor of this length.
  static func divisionScratch(_ count: Int) -> Int {
    count < recursiveDivisionThreshold ? 0 : 2 * count + productScratch(count, count) + 64
  }

  /// Divides self, of any length, in place by a divisor whose highest bit is set, under the conditions of `divideInPlace`.
  func divide(_ divisor: Limbs, quotient: Limbs, scratch: Limbs) {
    let size = divisor.count
    guard size >= Limbs.recursiveDivisionThreshold, count - size >= Limbs.recursiveDivisionThreshold else {
      return divideInPlace(divisor, quotient: quotient)
    }
    // Pieces of the divisor's length from the top; the first one may be shorter.
    var offset = count &- size
    let first = offset % size == 0 ? size : offset % size
    while offset > 0 {
      let piece = offset == count &- size ? first : size
      offset &-= piece
      part(offset, size &+ piece).divideByHalves(divisor, quotient: quotient.part(offset, piece), scratch: scratch)
    }
  }

  /// Divides size + piece limbs by size limbs, piece ≤ size: the quotient's upper half by the divisor's upper part, then its lower half.
  private func divideByHalves(_ divisor: Limbs, quotient: Limbs, scratch: Limbs) {
    let piece = quotient.count
    let size = divisor.count
    guard piece >= Limbs.recursiveDivisionThreshold else { return divideInPlace(divisor, quotient: quotient) }
    let low = piece >> 1
    let high = piece &- low
    from(low).divideBlock(divisor, quotient: quotient.part(low, high), scratch: scratch)
    prefix(size &+ low).divideBlock(divisor, quotient: quotient.prefix(low), scratch: scratch)
  }

  /// Divides size + piece limbs, where piece is at most about half of size: estimates the quotient with the divisor's upper `piece` limbs, then
  /// takes away what the lower ones contribute.
  private func divideBlock(_ divisor: Limbs, quotient: Limbs, scratch: Limbs) {
    let piece = quotient.count
    let size = divisor.count
    let rest = size &- piece
    guard piece >= Limbs.recursiveDivisionThreshold / 2, rest > 0 else {
      return divideInPlace(divisor, quotient: quotient)
    }
    let upper = divisor.from(rest)
    let window = from(rest)
    // window: 2·piece limbs by `piece` limbs. Its upper half may equal the divisor's upper part, then the digit is all ones.
    if window.part(piece, piece).compareSameLength(upper) >= 0 {
      // quotient = B^piece - 1, remainder = window - quotient × upper = (window's upper - upper) × B^piece + lower + upper
      quotient.fillWithOnes()
      let top = window.part(piece, piece)
      top.setDifference(top, upper)
      let low = window.prefix(piece)
      top.add(low.setSum(low, upper))
    } else {
      window.divideByHalves(upper, quotient: quotient, scratch: scratch)
    }
    let product = scratch.prefix(size)
    product.setProduct(quotient, divisor.prefix(rest), scratch: scratch.from(size))
    var borrow = setDifferenceInPlace(product)
    while borrow != 0 {
      quotient.subtract(1)
      borrow &-= setSum(self, divisor)
    }
  }

  private func setDifferenceInPlace(_ other: Limbs) -> UInt64 { setDifference(self, other) }

  private func fillWithOnes() { object.fill(from: start, count: count, with: UInt64.max) }

  private func compareSameLength(_ other: Limbs) -> Int {
    var index = count &- 1
    while index >= 0 {
      let (x, y) = (self[index], other[index])
      if x != y { return x < y ? -1 : 1 }
      index &-= 1
    }
    return 0
  }
}
