import Glibc

extension MathModule {
  /// Functions of several numbers.
  static let sums: [NativeFunction] = [
    NativeFunction("fsum", "seq, /", fsum), NativeFunction("prod", "iterable, /, *, start=1", prod),
    NativeFunction("hypot", "*coordinates", hypot), NativeFunction("dist", "p, q, /", dist),
  ]

  /// The sum of floats, rounded once: partial sums that do not overlap (Shewchuk, "Adaptive precision floating-point
  /// arithmetic", 1997).
  static func fsum(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var partials: [Double] = []
    var specials = 0.0
    var infinities = 0.0
    try vm.iterate(a[0]) { (item) throws(Unwind) in
      let value = try vm.requireReal(item)
      var x = value
      var kept = 0
      for index in partials.indices {
        var y = partials[index]
        if x.magnitude < y.magnitude { (x, y) = (y, x) }
        let high = x + y
        let low = y - (high - x)
        if low != 0 {
          partials[kept] = low
          kept += 1
        }
        x = high
      }
      partials.removeSubrange(kept...)
      if x != 0 {
        if !x.isFinite {
          if value.isFinite { throw vm.raise(.overflowError, "intermediate overflow in fsum") }
          if value.isInfinite { infinities += value }
          specials += value
          partials = []
        } else {
          partials.append(x)
        }
      }
      return true
    }
    if specials != 0 {
      if infinities.isNaN { throw vm.raise(.valueError, "-inf + inf in fsum") }
      return try vm.float(specials)
    }
    var high = partials.popLast() ?? 0
    var low = 0.0
    while let y = partials.popLast() {
      let x = high
      high = x + y
      low = y - (high - x)
      if low != 0 { break }
    }
    // A half is rounded to even by the sum; what lies below it may say otherwise.
    if let next = partials.last, low < 0 && next < 0 || low > 0 && next > 0 {
      let y = low * 2
      let x = high + y
      if y == x - high { high = x }
    }
    return try vm.float(high)
  }

  static func prod(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.iterate(a[0]) { (item) throws(Unwind) in
      a[1] = try vm.binary(.multiply, a[1], item)
      return true
    }
    return a[1]
  }

  static func hypot(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let coordinates = PyTuple(vm, a[0])
    var values: [Double] = []
    for position in 0..<coordinates.count { values.append(try vm.requireReal(coordinates[position]).magnitude) }
    return try vm.float(norm(values))
  }

  static func dist(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let points = [a[0], a[1]]
    for (index, point) in points.enumerated() {
      if !vm.is(point, .tuple) {
        // Kept in the argument's place while conversions may run Python code.
        a[index] = try vm.call(Value(vm.type(.tuple)), point)
      }
    }
    let (p, q) = (PyTuple(vm, a[0]), PyTuple(vm, a[1]))
    guard p.count == q.count else {
      throw vm.raise(.valueError, "both points must have the same number of dimensions")
    }
    var differences: [Double] = []
    for position in 0..<p.count {
      let x = try vm.requireReal(p[position])
      differences.append((x - (try vm.requireReal(q[position]))).magnitude)
    }
    return try vm.float(norm(differences))
  }

  /// The Euclidean norm of magnitudes: scaled by a power of two, squares split into exact halves, lost parts of the sum kept, and the
  /// root corrected once, so that the result is within one unit in the last place and nearly always the nearest.
  private static func norm(_ values: [Double]) -> Double {
    var largest = 0.0
    var hasNaN = false
    for value in values {
      if value.isNaN { hasNaN = true } else if value > largest { largest = value }
    }
    if largest.isInfinite { return largest }
    if hasNaN { return .nan }
    if largest == 0 || values.count == 1 { return largest }
    let exponent = Int(largest.exponent) + 1
    guard exponent >= -1021 else {
      // Subnormal: made normal first.
      return norm(values.map { $0 * 0x1p200 }) * 0x1p-200
    }
    var sum = CompensatedSum()
    for value in values {
      let x = Double(sign: .plus, exponent: -exponent, significand: value)
      sum.addSquare(of: x)
    }
    let root = sum.total.squareRoot()
    sum.subtractSquare(of: root)
    return Double(sign: .plus, exponent: exponent, significand: root + sum.total / (2 * root))
  }
}

/// A sum that starts at one, so that each addend is smaller, and keeps what rounding takes.
private struct CompensatedSum {
  private var sum = 1.0
  private var lostHigh = 0.0
  private var lostMiddle = 0.0
  private var lostLow = 0.0

  var total: Double { sum - 1 + (lostHigh + lostMiddle + lostLow) }

  /// Veltkamp's splitting: two halves whose products are exact.
  private static func split(_ x: Double) -> (high: Double, low: Double) {
    let scaled = x * 134_217_729
    let high = scaled - (scaled - x)
    return (high, x - high)
  }

  private mutating func add(_ x: Double) -> Double {
    let old = sum
    sum += x
    return (old - sum) + x
  }

  mutating func addSquare(of x: Double) {
    let (high, low) = CompensatedSum.split(x)
    lostHigh += add(high * high)
    lostMiddle += add(2 * high * low)
    lostLow += low * low
  }

  mutating func subtractSquare(of x: Double) {
    let (high, low) = CompensatedSum.split(x)
    lostHigh += add(-high * high)
    lostMiddle += add(-2 * high * low)
    lostLow += add(-low * low)
  }
}
