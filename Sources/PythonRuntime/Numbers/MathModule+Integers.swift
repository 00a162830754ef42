extension MathModule {
  /// Functions of whole numbers, and of what rounds to them.
  static let whole: [NativeFunction] = [
    NativeFunction("ceil", "x, /", ceil), NativeFunction("floor", "x, /", floor), NativeFunction("trunc", "x, /", trunc),
    NativeFunction("factorial", "x, /", factorial), NativeFunction("comb", "n, k, /", comb),
    NativeFunction("perm", "n, k=None, /", perm), NativeFunction("gcd", "*integers", gcd),
    NativeFunction("lcm", "*integers", lcm), NativeFunction("isqrt", "n, /", isqrt),
  ]

  static func ceil(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.numberClass(a[0]) != .float, let method = vm.lookupSpecial(a[0], .ceil) { return try vm.callBound(method, a[0]) }
    return try vm.integer(truncating: vm.requireReal(a[0]).rounded(.up))
  }

  static func floor(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.numberClass(a[0]) != .float, let method = vm.lookupSpecial(a[0], .floor) { return try vm.callBound(method, a[0]) }
    return try vm.integer(truncating: vm.requireReal(a[0]).rounded(.down))
  }

  static func trunc(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.numberClass(a[0]) == .float { return try vm.integer(truncating: vm.doubleBits(a[0])) }
    guard let method = vm.lookupSpecial(a[0], .trunc) else {
      throw vm.raise(.typeError, "type \(vm.typeName(a[0])) doesn't define __trunc__ method")
    }
    return try vm.callBound(method, a[0])
  }

  // MARK: Combinatorics

  static func factorial(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let index = try vm.index(a[0])
    if vm.sign(index) < 0 { throw vm.raise(.valueError, "factorial() not defined for negative values") }
    guard let count = vm.asInt(index) else {
      throw vm.raise(.overflowError, "factorial() argument should not exceed 9223372036854775807")
    }
    return try factorial(vm, count)
  }

  private static func factorial(_ vm: VM, _ count: Int) throws(Unwind) -> Value {
    if count < 2 { return Value(small: 1) }
    return try product(vm, from: 2, through: count)
  }

  /// The product of consecutive positive integers, by halves, so that long factors have like lengths.
  private static func product(_ vm: VM, from first: Int, through last: Int) throws(Unwind) -> Value {
    let bits = Int.bitWidth - last.leadingZeroBitCount
    // At least half of the factors have all these bits but one.
    guard (last - first) / 2 < IntLayout.maxLimbs * 64 / max(bits - 1, 1) else { throw vm.raiseMemoryError() }
    if (last - first + 1) * bits <= 61 || last - first < 1 {
      var result = first
      var factor = first
      while factor < last {
        factor += 1
        result *= factor
      }
      return try vm.integer(result)
    }
    if last - first < 8 {
      var result = Value(small: first)
      for factor in first + 1...last { result = try vm.multiplyIntegers(result, vm.integer(factor)) }
      return result
    }
    let middle = first + (last - first) / 2
    return try vm.multiplyIntegers(
      product(vm, from: first, through: middle), product(vm, from: middle + 1, through: last))
  }

  static func perm(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isNone { return try factorial(vm, a) }
    let n = try vm.index(a[0])
    let k = try vm.index(a[1])
    if vm.sign(n) < 0 { throw vm.raise(.valueError, "n must be a non-negative integer") }
    if vm.sign(k) < 0 { throw vm.raise(.valueError, "k must be a non-negative integer") }
    if vm.compareIntegers(n, k) < 0 { return .zero }
    guard let count = vm.asInt(k) else {
      throw vm.raise(.overflowError, "k must not exceed 9223372036854775807")
    }
    return try fallingProduct(vm, n, count)
  }

  /// n (n - 1) … (n - count + 1)
  private static func fallingProduct(_ vm: VM, _ n: Value, _ count: Int) throws(Unwind) -> Value {
    if count == 0 { return Value(small: 1) }
    if let top = vm.asInt(n), top < 1 << 61 {
      return try product(vm, from: top - count + 1, through: top)
    }
    guard count < IntLayout.maxLimbs else { throw vm.raiseMemoryError() }
    if count == 1 { return n }
    let half = count / 2
    return try vm.multiplyIntegers(
      fallingProduct(vm, n, half), fallingProduct(vm, vm.subtractIntegers(n, vm.integer(half)), count - half))
  }

  static func comb(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let n = try vm.index(a[0])
    var k = try vm.index(a[1])
    if vm.sign(n) < 0 { throw vm.raise(.valueError, "n must be a non-negative integer") }
    if vm.sign(k) < 0 { throw vm.raise(.valueError, "k must be a non-negative integer") }
    let rest = try vm.subtractIntegers(n, k)
    if vm.sign(rest) < 0 { return .zero }
    if vm.compareIntegers(rest, k) < 0 { k = rest }
    guard let count = vm.asInt(k) else {
      throw vm.raise(.overflowError, "min(n - k, k) must not exceed 9223372036854775807")
    }
    if let small = smallCombination(n, count) { return Value(small: small) }
    return try vm.floorDivideIntegers(fallingProduct(vm, n, count), factorial(vm, count))
  }

  /// While every step stays within a machine word.
  private static func smallCombination(_ n: Value, _ k: Int) -> Int? {
    guard n.isInt, k <= 64 else { return nil }
    var result = 1
    for step in 0..<k {
      let (product, overflow) = result.multipliedReportingOverflow(by: n.int - step)
      if overflow { return nil }
      result = product / (step + 1)
    }
    return Value.fits(result) ? result : nil
  }

  // MARK: Divisors and roots

  static func gcd(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let integers = PyTuple(vm, a[0])
    var result = Value.zero
    for position in 0..<integers.count {
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      vm.keep(result)
      let value = try vm.index(integers[position])
      // One is the end, but every argument is looked at.
      if result != Value(small: 1) { result = try vm.greatestCommonDivisor(result, value) }
    }
    return result
  }

  static func lcm(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let integers = PyTuple(vm, a[0])
    var result = Value(small: 1)
    for position in 0..<integers.count {
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      vm.keep(result)
      let value = try vm.absoluteInteger(vm.index(integers[position]))
      if vm.sign(result) == 0 { continue }
      if vm.sign(value) == 0 {
        result = .zero
      } else {
        let divisor = try vm.greatestCommonDivisor(result, value)
        result = try vm.multiplyIntegers(vm.floorDivideIntegers(result, divisor), value)
      }
    }
    return result
  }

  static func isqrt(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let n = try vm.index(a[0])
    if vm.sign(n) < 0 { throw vm.raise(.valueError, "isqrt() argument must be nonnegative") }
    if let small = vm.asInt(n) {
      var root = Int(Double(small).squareRoot())
      while root.multipliedReportingOverflow(by: root).overflow || root * root > small { root -= 1 }
      while !(root + 1).multipliedReportingOverflow(by: root + 1).overflow, (root + 1) * (root + 1) <= small { root += 1 }
      return try vm.integer(root)
    }
    return try squareRoot(vm, n)
  }

  /// The root of the upper half of the bits, then one step of Newton's method, and a correction by one at most a few times.
  private static func squareRoot(_ vm: VM, _ n: Value) throws(Unwind) -> Value {
    if let small = vm.asInt(n), small < 1 << 52 { return Value(small: Int(Double(small).squareRoot())) }
    let shift = (vm.bitLength(n) / 4) & ~1
    let upper = try squareRoot(vm, vm.shiftRight(n, by: Value(small: 2 * shift)))
    var root = try vm.shiftLeft(upper, by: Value(small: shift))
    let quotient = try vm.floorDivideIntegers(n, root)
    root = try vm.shiftRight(vm.addIntegers(root, quotient), by: Value(small: 1))
    while vm.compareIntegers(try vm.multiplyIntegers(root, root), n) > 0 {
      root = try vm.subtractIntegers(root, Value(small: 1))
    }
    return root
  }
}
