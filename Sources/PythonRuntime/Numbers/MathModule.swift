import Glibc

/// The module `math`.
enum MathModule {
  static let module = NativeModule("math", functions) { (vm, names) throws(Unwind) in
    for (name, value) in [("pi", Double.pi), ("e", M_E), ("tau", 2 * Double.pi), ("inf", .infinity), ("nan", .nan)] {
      try names.set(name: vm.intern(name), vm.float(value))
    }
  }

  private static let functions: [NativeFunction] = real + realPairs + whole + predicates + sums

  /// What a function does where its result is infinite for a finite argument.
  private enum Pole { case domain, range }

  private static func row(
    _ name: String, _ pole: Pole = .domain, _ function: @escaping @Sendable (Double) -> Double
  ) -> NativeFunction {
    NativeFunction(name, "x, /", { (vm, a) throws(Unwind) in
      let x = try vm.requireReal(a[0])
      let result = function(x)
      if result.isNaN, !x.isNaN { throw domainError(vm) }
      if result.isInfinite, x.isFinite { throw pole == .range ? rangeError(vm) : domainError(vm) }
      return try vm.float(result)
    })
  }

  static func domainError(_ vm: VM) -> Unwind { vm.raise(.valueError, "math domain error") }
  static func rangeError(_ vm: VM) -> Unwind { vm.raise(.overflowError, "math range error") }

  private static let real: [NativeFunction] = [
    row("acos") { Glibc.acos($0) }, row("acosh") { Glibc.acosh($0) }, row("asin") { Glibc.asin($0) },
    row("asinh") { Glibc.asinh($0) }, row("atan") { Glibc.atan($0) }, row("atanh") { Glibc.atanh($0) },
    row("cbrt") { Glibc.cbrt($0) }, row("cos") { Glibc.cos($0) }, row("cosh", .range) { Glibc.cosh($0) },
    row("erf") { Glibc.erf($0) }, row("erfc") { Glibc.erfc($0) }, row("exp", .range) { Glibc.exp($0) },
    row("exp2", .range) { Glibc.exp2($0) }, row("expm1", .range) { Glibc.expm1($0) }, row("fabs") { $0.magnitude },
    row("log1p") { Glibc.log1p($0) }, row("sin") { Glibc.sin($0) }, row("sinh", .range) { Glibc.sinh($0) },
    row("sqrt") { $0.squareRoot() }, row("tan") { Glibc.tan($0) }, row("tanh") { Glibc.tanh($0) },
    row("degrees") { $0 * (180 / Double.pi) }, row("radians") { $0 * (Double.pi / 180) },
    row("ulp") { $0.isNaN ? $0 : $0.isInfinite ? .infinity : $0.magnitude.ulp },
    NativeFunction("gamma", "x, /", gamma), NativeFunction("lgamma", "x, /", lgamma),
    NativeFunction("log", "x, base=, /", log), NativeFunction("log2", "x, /", log2),
    NativeFunction("log10", "x, /", log10), NativeFunction("frexp", "x, /", frexp),
    NativeFunction("modf", "x, /", modf), NativeFunction("ldexp", "x, i, /", ldexp),
  ]

  private static func pair(
    _ name: String, _ function: @escaping @Sendable (VM, Double, Double) throws(Unwind) -> Double
  ) -> NativeFunction {
    NativeFunction(name, "x, y, /", { (vm, a) throws(Unwind) in
      let x = try vm.requireReal(a[0])
      return try vm.float(function(vm, x, vm.requireReal(a[1])))
    })
  }

  private static let realPairs: [NativeFunction] = [
    pair("atan2") { (_, x, y) throws(Unwind) in Glibc.atan2(x, y) },
    pair("copysign") { (_, x, y) throws(Unwind) in Glibc.copysign(x, y) },
    pair("nextafter") { (_, x, y) throws(Unwind) in Glibc.nextafter(x, y) },
    pair("fmod") { (vm, x, y) throws(Unwind) in
      if y.isInfinite, x.isFinite { return x }
      let result = Glibc.fmod(x, y)
      if result.isNaN, !x.isNaN, !y.isNaN { throw domainError(vm) }
      return result
    },
    pair("remainder") { (vm, x, y) throws(Unwind) in
      let result = Glibc.remainder(x, y)
      if result.isNaN, !x.isNaN, !y.isNaN { throw domainError(vm) }
      return result
    },
    pair("pow") { (vm, x, y) throws(Unwind) in
      let result = Glibc.pow(x, y)
      guard x.isFinite, y.isFinite, !result.isFinite else { return result }
      throw result.isNaN || x == 0 ? domainError(vm) : rangeError(vm)
    },
  ]

  private static let predicates: [NativeFunction] = [
    NativeFunction("isfinite", "x, /", { (vm, a) throws(Unwind) in Value(try vm.requireReal(a[0]).isFinite) }),
    NativeFunction("isinf", "x, /", { (vm, a) throws(Unwind) in Value(try vm.requireReal(a[0]).isInfinite) }),
    NativeFunction("isnan", "x, /", { (vm, a) throws(Unwind) in Value(try vm.requireReal(a[0]).isNaN) }),
    NativeFunction("isclose", "a, b, *, rel_tol=, abs_tol=", isclose),
  ]

  static func isclose(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let (x, y) = (try vm.requireReal(a[0]), try vm.requireReal(a[1]))
    let relative = a[2].isUnbound ? 1e-9 : try vm.requireReal(a[2])
    let absolute = a[3].isUnbound ? 0 : try vm.requireReal(a[3])
    if relative < 0 || absolute < 0 { throw vm.raise(.valueError, "tolerances must be non-negative") }
    if x == y { return .true }
    if x.isInfinite || y.isInfinite { return .false }
    let difference = (y - x).magnitude
    return Value(
      difference <= (relative * y).magnitude || difference <= (relative * x).magnitude || difference <= absolute)
  }

  // MARK: Logarithms

  /// A logarithm of an int of any size, or of a float.
  private static func logarithm(_ vm: VM, _ x: Value, _ function: (Double) -> Double) throws(Unwind) -> Double {
    if vm.isInteger(x) {
      if vm.sign(x) <= 0 { throw domainError(vm) }
      let bits = vm.bitLength(x)
      if bits <= 1023 { return function(try vm.integerAsDouble(x)) }
      // x = fraction × 2^bits
      let top = try vm.integerAsDouble(vm.shiftRight(x, by: Value(small: bits - 128)))
      return function(Double(sign: .plus, exponent: -128, significand: top)) + function(2) * Double(bits)
    }
    let double = try vm.requireReal(x)
    if double.isNaN || double == .infinity { return double }
    if double <= 0 { throw domainError(vm) }
    return function(double)
  }

  static func log(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let numerator = try logarithm(vm, a[0]) { Glibc.log($0) }
    if a[1].isUnbound { return try vm.float(numerator) }
    let denominator = try logarithm(vm, a[1]) { Glibc.log($0) }
    if denominator == 0 { throw vm.raise(.zeroDivisionError, "float division by zero") }
    return try vm.float(numerator / denominator)
  }

  static func log2(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.float(logarithm(vm, a[0]) { Glibc.log2($0) })
  }

  static func log10(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.float(logarithm(vm, a[0]) { Glibc.log10($0) })
  }

  // MARK: Parts of floats

  static func frexp(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let x = try vm.requireReal(a[0])
    guard x.isFinite, x != 0 else { return try vm.newTuple(vm.float(x), .zero) }
    let exponent = Int(x.exponent) + 1
    let fraction = Double(sign: x.sign, exponent: -1, significand: x.significand)
    return try vm.newTuple(vm.float(fraction), Value(small: exponent))
  }

  static func modf(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let x = try vm.requireReal(a[0])
    if x.isNaN { return try vm.newTuple(vm.float(x), vm.float(x)) }
    let whole = x.rounded(.towardZero)
    let fraction = x.isInfinite ? 0 : x - whole
    return try vm.newTuple(vm.float(Glibc.copysign(fraction, x)), vm.float(whole))
  }

  static func ldexp(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let x = try vm.requireReal(a[0])
    guard vm.isInteger(a[1]) else { throw vm.raise(.typeError, "Expected an int as second argument to ldexp.") }
    if x == 0 || !x.isFinite { return try vm.float(x) }
    let exponent = vm.asInt(a[1]) ?? (vm.sign(a[1]) < 0 ? -1_000_000 : 1_000_000)
    let result = Glibc.scalbn(x, Int32(max(min(exponent, 1_000_000), -1_000_000)))
    if result.isInfinite { throw rangeError(vm) }
    return try vm.float(result)
  }

  // MARK: Gamma

  static func gamma(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let x = try vm.requireReal(a[0])
    guard let result = GammaFunction.gamma(x) else { throw domainError(vm) }
    if result.isInfinite, x.isFinite { throw rangeError(vm) }
    return try vm.float(result)
  }

  static func lgamma(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let x = try vm.requireReal(a[0])
    guard let result = GammaFunction.logarithm(x) else { throw domainError(vm) }
    if result.isInfinite, x.isFinite { throw rangeError(vm) }
    return try vm.float(result)
  }
}
