import Glibc

/// The module `cmath`.
enum CMathModule {
  static let module = NativeModule("cmath", functions) { (vm, names) throws(Unwind) in
    for (name, value) in [("pi", Double.pi), ("e", M_E), ("tau", 2 * Double.pi), ("inf", .infinity), ("nan", .nan)] {
      try names.set(name: vm.intern(name), vm.float(value))
    }
    try names.set(name: vm.intern("infj"), vm.complex(0, .infinity))
    try names.set(name: vm.intern("nanj"), vm.complex(0, .nan))
  }

  private static func row(_ name: String, _ function: @escaping @Sendable (Complex) -> Complex?) -> NativeFunction {
    NativeFunction(name, "z, /", { (vm, a) throws(Unwind) in
      let z = try number(vm, a[0])
      guard let result = function(z) else { throw MathModule.domainError(vm) }
      if z.isFinite, result.real.isInfinite || result.imaginary.isInfinite { throw MathModule.rangeError(vm) }
      return try vm.complex(result)
    })
  }

  /// The complex number of an argument; "must be real number, not …".
  private static func number(_ vm: VM, _ value: Value) throws(Unwind) -> Complex {
    if let number = try vm.complexNumber(value) { return number }
    throw vm.raise(.typeError, "must be real number, not \(vm.typeName(value))")
  }

  private static let functions: [NativeFunction] = [
    row("acos") { $0.arcCosine() }, row("acosh") { $0.hyperbolicArcCosine() }, row("asin") { $0.arcSine() },
    row("asinh") { $0.hyperbolicArcSine() }, row("atan") { $0.arcTangent() }, row("atanh") { $0.hyperbolicArcTangent() },
    row("cos") { $0.cosine() }, row("cosh") { $0.hyperbolicCosine() }, row("exp") { $0.exponential() },
    row("log10") { $0.logarithm().map { Complex($0.real / Glibc.log(10), $0.imaginary / Glibc.log(10)) } },
    row("sin") { $0.sine() }, row("sinh") { $0.hyperbolicSine() }, row("sqrt") { $0.squareRoot() },
    row("tan") { $0.tangent() }, row("tanh") { $0.hyperbolicTangent() },
    NativeFunction("log", "z, base=, /", log), NativeFunction("phase", "z, /", phase),
    NativeFunction("polar", "z, /", polar), NativeFunction("rect", "r, phi, /", rect),
    NativeFunction("isfinite", "z, /", { (vm, a) throws(Unwind) in Value(try number(vm, a[0]).isFinite) }),
    NativeFunction("isinf", "z, /", { (vm, a) throws(Unwind) in
      let z = try number(vm, a[0])
      return Value(z.real.isInfinite || z.imaginary.isInfinite)
    }),
    NativeFunction("isnan", "z, /", { (vm, a) throws(Unwind) in
      let z = try number(vm, a[0])
      return Value(z.real.isNaN || z.imaginary.isNaN)
    }),
    NativeFunction("isclose", "a, b, *, rel_tol=, abs_tol=", isclose),
  ]

  static func log(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let result = try number(vm, a[0]).logarithm() else { throw MathModule.domainError(vm) }
    if a[1].isUnbound { return try vm.complex(result) }
    guard let base = try number(vm, a[1]).logarithm(), let quotient = result.divided(by: base) else {
      throw MathModule.domainError(vm)
    }
    return try vm.complex(quotient)
  }

  static func phase(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try vm.float(number(vm, a[0]).phase) }

  static func polar(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let z = try number(vm, a[0])
    let length = hypot(z.real, z.imaginary)
    if length.isInfinite, z.isFinite { throw MathModule.rangeError(vm) }
    return try vm.newTuple(vm.float(length), vm.float(z.phase))
  }

  static func rect(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let length = try vm.requireReal(a[0])
    let angle = try vm.requireReal(a[1])
    if angle.isInfinite, !length.isNaN, length != 0 { throw MathModule.domainError(vm) }
    if length == 0, !angle.isFinite { return try vm.complex(0, 0) }
    if angle == 0 { return try vm.complex(length, length * angle) }
    return try vm.complex(length * cos(angle), length * sin(angle))
  }

  static func isclose(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let (x, y) = (try number(vm, a[0]), try number(vm, a[1]))
    let relative = a[2].isUnbound ? 1e-9 : try vm.requireReal(a[2])
    let absolute = a[3].isUnbound ? 0 : try vm.requireReal(a[3])
    if relative < 0 || absolute < 0 { throw vm.raise(.valueError, "tolerances must be non-negative") }
    if x.real == y.real, x.imaginary == y.imaginary { return .true }
    if !x.isFinite || !y.isFinite { return .false }
    let difference = hypot(x.real - y.real, x.imaginary - y.imaginary)
    let longer = max(hypot(x.real, x.imaginary), hypot(y.real, y.imaginary))
    return Value(difference <= relative * longer || difference <= absolute)
  }
}
