extension Limbs {
  /// From this length on Karatsuba's method is quicker.
  static let karatsubaThreshold = 40

  /// The limbs of scratch space that `setProduct(_:_:scratch:)` needs.
  static func productScratch(_ a: Int, _ b: Int) -> Int {
    let shorter = min(a, b)
    return shorter < karatsubaThreshold ? 0 : 10 * shorter + 128
  }

  /// self = a × b; self has the length of both together and overlaps neither.
  func setProduct(_ a: Limbs, _ b: Limbs, scratch: Limbs) {
    if a.count < b.count { return setProduct(b, a, scratch: scratch) }
    if b.count < Limbs.karatsubaThreshold { return setSchoolbookProduct(a, b) }
    if a.count == b.count { return setKaratsubaProduct(a, b, scratch) }
    // Unequal lengths: a in pieces of b's length.
    clear()
    let piece = b.count
    let product = scratch.prefix(2 &* piece)
    let rest = scratch.from(2 &* piece)
    var offset = 0
    while offset < a.count {
      let part = a.part(offset, min(piece, a.count &- offset))
      let partial = product.prefix(part.count &+ piece)
      partial.setProduct(part, b, scratch: rest)
      let target = from(offset)
      _ = target.setSum(target, partial)
      offset &+= piece
    }
  }

  /// self = a × b by the method of school.
  private func setSchoolbookProduct(_ a: Limbs, _ b: Limbs) {
    guard b.count > 0 else { return clear() }
    self[a.count] = setProduct(a, b[0])
    var index = 1
    while index < b.count {
      self[a.count &+ index] = from(index).addProduct(a, b[index])
      index &+= 1
    }
  }

  /// Karatsuba, with differences, which never need a limb more: for halves a1 a0 and b1 b0 of length n
  /// the middle term a1 b0 + a0 b1 is a1 b1 + a0 b0 - (a0 - a1)(b0 - b1).
  private func setKaratsubaProduct(_ a: Limbs, _ b: Limbs, _ scratch: Limbs) {
    let low = (a.count &+ 1) >> 1
    let high = a.count &- low
    let (a0, a1, b0, b1) = (a.prefix(low), a.part(low, high), b.prefix(low), b.part(low, high))
    let lowProduct = prefix(2 &* low)
    let highProduct = part(2 &* low, 2 &* high)
    let rest = scratch.from(4 &* low)
    lowProduct.setProduct(a0, b0, scratch: rest)
    highProduct.setProduct(a1, b1, scratch: rest)
    let isNegative =
      scratch.prefix(low).setAbsoluteDifference(a0, a1) != scratch.part(low, low).setAbsoluteDifference(b0, b1)
    let middle = scratch.part(2 &* low, 2 &* low)
    middle.setProduct(scratch.prefix(low), scratch.part(low, low), scratch: rest)
    let sum = scratch.prefix(2 &* low)
    var carry = sum.setSum(lowProduct, highProduct)
    if isNegative {
      carry &+= sum.setSum(sum, middle)
    } else {
      carry &-= sum.setDifference(sum, middle)
    }
    let target = from(low)
    _ = target.setSum(target, sum)
    // The product has room for what `sum` could not hold.
    target.from(2 &* low).add(carry)
  }

  /// self = |a - b|, where a is at least as long as b (leading zeros are allowed) and self has a's length. True if a < b.
  private func setAbsoluteDifference(_ a: Limbs, _ b: Limbs) -> Bool {
    if setDifference(a, b) == 0 { return false }
    // It wrapped around: negate.
    var carry: UInt64 = 1
    var index = 0
    while index < count {
      let (total, overflow) = (~self[index]).addingReportingOverflow(carry)
      self[index] = total
      carry = overflow ? 1 : 0
      index &+= 1
    }
    return true
  }
}
