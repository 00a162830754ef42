/// A run of 64-bit limbs in the cage, least significant first: the magnitude of an integer, or a part of one.
///
/// It names its object and a distance from there, so that a part of a part is again one step from the object (`Words.advanced`).
/// Who makes one allocated that many limbs; the functions here stay within the counts of their operands.
struct Limbs {
  let object: Words
  let start: Int
  let count: Int

  @inline(__always) init(_ object: Words, from start: Int, count: Int) {
    self.object = object
    self.start = start
    self.count = count
  }

  /// Where the limbs lie, for inner loops.
  @inline(__always) var base: Words { object.advanced(by: start) }

  subscript(_ index: Int) -> UInt64 {
    @inline(__always) get { object[start &+ index] }
    @inline(__always) nonmutating set { object[start &+ index] = newValue }
  }

  /// `count` limbs from `offset` on.
  @inline(__always) func part(_ offset: Int, _ count: Int) -> Limbs {
    Limbs(object, from: start &+ offset, count: count)
  }

  /// The limbs from `offset` to the end.
  @inline(__always) func from(_ offset: Int) -> Limbs { part(offset, count &- offset) }

  @inline(__always) func prefix(_ count: Int) -> Limbs { part(0, count) }

  /// Without zero limbs at the most significant end.
  @inline(__always) var normalized: Limbs {
    var used = count
    while used > 0, self[used &- 1] == 0 { used &-= 1 }
    return prefix(used)
  }

  var isZero: Bool { normalized.count == 0 }

  /// The number of bits of a normalised magnitude.
  var bitLength: Int { count == 0 ? 0 : count &* 64 &- self[count &- 1].leadingZeroBitCount }

  @inline(__always) func clear() { object.fill(from: start, count: count, with: 0) }

  /// Copies all of `source`, which is no longer than this.
  @inline(__always) func copy(from source: Limbs) {
    object.copy(from: source.object, at: start, sourceIndex: source.start, count: source.count)
  }

  /// Whether bit number `index` is set.
  func hasBit(_ index: Int) -> Bool {
    let limb = index >> 6
    return limb < count && self[limb] >> UInt64(index & 63) & 1 != 0
  }

  /// Less than, equal to or greater than zero as this is less than, equal to, greater than `other`; both normalised.
  func compare(_ other: Limbs) -> Int {
    if count != other.count { return count < other.count ? -1 : 1 }
    var index = count &- 1
    while index >= 0 {
      let (x, y) = (self[index], other[index])
      if x != y { return x < y ? -1 : 1 }
      index &-= 1
    }
    return 0
  }

  /// self = a + b, where a is at least as long as b and self has a's length; self may be a or b. Returns the carry.
  func setSum(_ a: Limbs, _ b: Limbs) -> UInt64 {
    let (d, x, y) = (base, a.base, b.base)
    var carry: UInt64 = 0
    var index = 0
    while index < b.count {
      let total = UInt128(x[index]) &+ UInt128(y[index]) &+ UInt128(carry)
      d[index] = UInt64(truncatingIfNeeded: total)
      carry = UInt64(truncatingIfNeeded: total >> 64)
      index &+= 1
    }
    while index < a.count, carry != 0 {
      let (total, overflow) = x[index].addingReportingOverflow(carry)
      d[index] = total
      carry = overflow ? 1 : 0
      index &+= 1
    }
    if index < a.count { d.copy(from: x, at: index, sourceIndex: index, count: a.count &- index) }
    return carry
  }

  /// self = a - b, where a is at least as long as b and self has a's length; self may be a or b. Returns the borrow.
  @discardableResult func setDifference(_ a: Limbs, _ b: Limbs) -> UInt64 {
    let (d, x, y) = (base, a.base, b.base)
    var borrow: UInt64 = 0
    var index = 0
    while index < b.count {
      let total = UInt128(x[index]) &- UInt128(y[index]) &- UInt128(borrow)
      d[index] = UInt64(truncatingIfNeeded: total)
      borrow = UInt64(truncatingIfNeeded: total >> 64) & 1
      index &+= 1
    }
    while index < a.count, borrow != 0 {
      let (total, overflow) = x[index].subtractingReportingOverflow(borrow)
      d[index] = total
      borrow = overflow ? 1 : 0
      index &+= 1
    }
    if index < a.count { d.copy(from: x, at: index, sourceIndex: index, count: a.count &- index) }
    return borrow
  }

  /// self += limb; returns the carry.
  @discardableResult func add(_ limb: UInt64) -> UInt64 {
    var carry = limb
    var index = 0
    while carry != 0, index < count {
      let (total, overflow) = self[index].addingReportingOverflow(carry)
      self[index] = total
      carry = overflow ? 1 : 0
      index &+= 1
    }
    return carry
  }

  /// self -= limb; returns the borrow.
  @discardableResult func subtract(_ limb: UInt64) -> UInt64 {
    var borrow = limb
    var index = 0
    while borrow != 0, index < count {
      let (total, overflow) = self[index].subtractingReportingOverflow(borrow)
      self[index] = total
      borrow = overflow ? 1 : 0
      index &+= 1
    }
    return borrow
  }

  /// self = a × factor + carry, with a's length; self may be a. Returns what goes beyond.
  @discardableResult func setProduct(_ a: Limbs, _ factor: UInt64, carry: UInt64 = 0) -> UInt64 {
    let (d, x) = (base, a.base)
    let factor = UInt128(factor)
    var carry = carry
    var index = 0
    while index < a.count {
      let total = UInt128(x[index]) &* factor &+ UInt128(carry)
      d[index] = UInt64(truncatingIfNeeded: total)
      carry = UInt64(truncatingIfNeeded: total >> 64)
      index &+= 1
    }
    return carry
  }

  /// self += a × factor over a's length; returns what goes beyond.
  func addProduct(_ a: Limbs, _ factor: UInt64) -> UInt64 {
    let (d, x) = (base, a.base)
    let factor = UInt128(factor)
    var carry: UInt64 = 0
    var index = 0
    while index < a.count {
      let total = UInt128(x[index]) &* factor &+ UInt128(d[index]) &+ UInt128(carry)
      d[index] = UInt64(truncatingIfNeeded: total)
      carry = UInt64(truncatingIfNeeded: total >> 64)
      index &+= 1
    }
    return carry
  }

  /// self -= a × factor over a's length; returns what is to be taken from the limb beyond.
  func subtractProduct(_ a: Limbs, _ factor: UInt64) -> UInt64 {
    let (d, x) = (base, a.base)
    let factor = UInt128(factor)
    var carry: UInt64 = 0
    var index = 0
    while index < a.count {
      let total = UInt128(x[index]) &* factor &+ UInt128(carry)
      let (difference, borrow) = d[index].subtractingReportingOverflow(UInt64(truncatingIfNeeded: total))
      d[index] = difference
      carry = UInt64(truncatingIfNeeded: total >> 64) &+ (borrow ? 1 : 0)
      index &+= 1
    }
    return carry
  }

  /// self = a shifted left by 0…63 bits, with a's length; self may be a. Returns the bits that go beyond.
  @discardableResult func setShiftedLeft(_ a: Limbs, _ bits: Int) -> UInt64 {
    guard bits != 0 else {
      copy(from: a)
      return 0
    }
    var above: UInt64 = 0
    var index = a.count &- 1
    // From the top, so that self may also lie above a.
    while index >= 0 {
      let limb = a[index]
      if index == a.count &- 1 { above = limb &>> UInt64(64 &- bits) }
      let below = index > 0 ? a[index &- 1] &>> UInt64(64 &- bits) : 0
      self[index] = limb &<< UInt64(bits) | below
      index &-= 1
    }
    return above
  }

  /// self = a shifted right by 0…63 bits, with a's length; self may be a. Returns the bits that fell out, at the top of a limb.
  @discardableResult func setShiftedRight(_ a: Limbs, _ bits: Int) -> UInt64 {
    guard bits != 0 else {
      copy(from: a)
      return 0
    }
    let lost = a.count > 0 ? a[0] &<< UInt64(64 &- bits) : 0
    var index = 0
    while index < a.count {
      let above = index &+ 1 < a.count ? a[index &+ 1] &<< UInt64(64 &- bits) : 0
      self[index] = a[index] &>> UInt64(bits) | above
      index &+= 1
    }
    return lost
  }
}
