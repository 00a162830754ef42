/// An integer's digits, ready to be laid out: of small ones at once, of large ones by `IntText`.
struct IntegerDigits {
  var isNegative: Bool
  /// ASCII, lower case, the highest first.
  var digits: [UInt8]

  init(_ vm: VM, _ value: Value, radix: Int) throws(Unwind) {
    if let int = vm.asInt(value) {
      isNegative = int < 0
      digits = IntegerDigits.digits(int.magnitude, radix: UInt(radix))
      return
    }
    (isNegative, digits) = try IntText.digits(vm, value, radix: radix)
  }

  private static func digits(_ magnitude: UInt, radix: UInt) -> [UInt8] {
    if magnitude == 0 { return [0x30] }
    var reversed: [UInt8] = []
    reversed.reserveCapacity(20)
    var rest = magnitude
    while rest != 0 {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: radix)
      reversed.append(StringRepr.hexDigits[Int(digit)])
      rest = quotient
    }
    reversed.reverse()
    return reversed
  }
}

extension VM {
  /// How many characters the decimal digits of a machine integer and its sign take.
  @inline(__always) func decimalLength(_ int: Int) -> Int {
    var magnitude = int.magnitude
    var count = int < 0 ? 2 : 1
    while magnitude >= 10_000 {
      magnitude /= 10_000
      count &+= 4
    }
    if magnitude >= 1000 { return count &+ 3 }
    if magnitude >= 100 { return count &+ 2 }
    return magnitude >= 10 ? count &+ 1 : count
  }
}

extension Bytes {
  /// Writes an integer in decimal, right-aligned in `count` bytes; its sign at once before the first digit.
  @inline(__always) func putDecimal(_ int: Int, count: Int) {
    var magnitude = int.magnitude
    var place = count
    repeat {
      place &-= 1
      let quotient = magnitude / 10
      self[place] = UInt8(truncatingIfNeeded: 0x30 &+ magnitude &- quotient &* 10)
      magnitude = quotient
    } while magnitude != 0
    if int < 0 { self[place &- 1] = 0x2D }
  }
}
