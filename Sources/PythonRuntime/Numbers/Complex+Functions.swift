import Glibc

/// The elementary functions of complex numbers (Kahan, "Branch cuts for complex elementary functions", 1987). The sign of a zero says on which
/// side of a branch cut an argument lies. Nil is a domain error; an infinite part from finite ones is the caller's range error.
extension Complex {
  private static let large = Double.greatestFiniteMagnitude / 4
  private static let logLarge = Glibc.log(large)
  private static let rootLarge = large.squareRoot()
  private static let rootSmall = Double.leastNormalMagnitude.squareRoot()
  private static let ln2 = 0.6931471805599453094172321214581765680755

  private var isLarge: Bool { real.magnitude > Complex.large || imaginary.magnitude > Complex.large }
  /// log |self| where |self| itself may overflow; less ln 2.
  private var logOfHalf: Double { Glibc.log(Glibc.hypot(real / 2, imaginary / 2)) }
  /// self × i, and back.
  private var turned: Complex { Complex(-imaginary, real) }
  private var turnedBack: Complex { Complex(imaginary, -real) }

  var phase: Double { atan2(imaginary, real) }

  func squareRoot() -> Complex {
    if !isFinite { return specialSquareRoot() }
    if real == 0, imaginary == 0 { return Complex(0, imaginary) }
    var (x, y) = (real.magnitude, imaginary.magnitude)
    let root: Double
    if x < .leastNormalMagnitude, y < .leastNormalMagnitude {
      // Subnormal parts would lose digits in the sum below: scaled up by 2^53, of which half of 2^54 is the root's.
      x *= 0x1p53
      root = (x + Glibc.hypot(x, y * 0x1p53)).squareRoot() * 0x1p-27
    } else {
      x /= 8
      root = 2 * (x + Glibc.hypot(x, y / 8)).squareRoot()
    }
    y /= 2 * root
    return real >= 0
      ? Complex(root, copysign(y, imaginary)) : Complex(y, copysign(root, imaginary))
  }

  private func specialSquareRoot() -> Complex {
    if imaginary.isInfinite { return Complex(.infinity, imaginary) }
    if real.isNaN { return Complex(.nan, .nan) }
    if real.isInfinite {
      if real > 0 { return Complex(.infinity, imaginary.isNaN ? .nan : copysign(0, imaginary)) }
      return Complex(imaginary.isNaN ? .nan : 0, copysign(.infinity, imaginary))
    }
    return Complex(.nan, .nan)
  }

  func logarithm() -> Complex? {
    let (x, y) = (real.magnitude, imaginary.magnitude)
    if x.isInfinite || y.isInfinite { return Complex(.infinity, phase) }
    if x.isNaN || y.isNaN { return Complex(.nan, .nan) }
    let length: Double
    if isLarge {
      length = logOfHalf + Complex.ln2
    } else if x < .leastNormalMagnitude, y < .leastNormalMagnitude {
      if x == 0, y == 0 { return nil }
      length = Glibc.log(Glibc.hypot(x * 0x1p53, y * 0x1p53)) - 53 * Complex.ln2
    } else {
      let distance = Glibc.hypot(x, y)
      let (longer, shorter) = x > y ? (x, y) : (y, x)
      length = distance >= 0.71 && distance <= 1.73
        ? log1p((longer - 1) * (longer + 1) + shorter * shorter) / 2 : Glibc.log(distance)
    }
    return Complex(length, phase)
  }

  func exponential() -> Complex? {
    if real == -.infinity, !imaginary.isFinite { return Complex(0, 0) }
    if imaginary == 0 { return Complex(exp(real), imaginary) }
    if imaginary.isInfinite { return real.isNaN ? Complex(.nan, .nan) : nil }
    if real.isFinite, real > Complex.logLarge {
      let scale = exp(real - 1)
      return Complex(scale * cos(imaginary) * M_E, scale * sin(imaginary) * M_E)
    }
    let scale = exp(real)
    return Complex(scale * cos(imaginary), scale * sin(imaginary))
  }

  func hyperbolicCosine() -> Complex? {
    if imaginary.isInfinite, !real.isNaN { return nil }
    if !isFinite, imaginary == 0 {
      return Complex(Glibc.cosh(real), real.isNaN ? imaginary : copysign(1, real) * imaginary)
    }
    if real.isFinite, real.magnitude > Complex.logLarge {
      let x = real - copysign(1, real)
      return Complex(cos(imaginary) * Glibc.cosh(x) * M_E, sin(imaginary) * Glibc.sinh(x) * M_E)
    }
    return Complex(cos(imaginary) * Glibc.cosh(real), sin(imaginary) * Glibc.sinh(real))
  }

  func hyperbolicSine() -> Complex? {
    if imaginary.isInfinite, !real.isNaN { return nil }
    if !isFinite, imaginary == 0 { return Complex(real, imaginary) }
    if real.isFinite, real.magnitude > Complex.logLarge {
      let x = real - copysign(1, real)
      return Complex(cos(imaginary) * Glibc.sinh(x) * M_E, sin(imaginary) * Glibc.cosh(x) * M_E)
    }
    return Complex(cos(imaginary) * Glibc.sinh(real), sin(imaginary) * Glibc.cosh(real))
  }

  func hyperbolicTangent() -> Complex? {
    if imaginary.isInfinite, real.isFinite { return nil }
    if real.isInfinite {
      let side = imaginary.isFinite ? 2 * sin(imaginary) * cos(imaginary) : 0
      return Complex(copysign(1, real), copysign(0, side))
    }
    if !isFinite { return Complex(.nan, imaginary == 0 ? imaginary : .nan) }
    if real.magnitude > Complex.logLarge {
      return Complex(copysign(1, real), 4 * sin(imaginary) * cos(imaginary) * exp(-2 * real.magnitude))
    }
    let (x, y, scale) = (Glibc.tanh(real), Glibc.tan(imaginary), 1 / Glibc.cosh(real))
    let product = x * y
    let denominator = 1 + product * product
    return Complex(x * (1 + y * y) / denominator, (y / denominator) * scale * scale)
  }

  func arcCosine() -> Complex {
    if isLarge || !isFinite {
      if real.isNaN || imaginary.isNaN, !real.isInfinite, !imaginary.isInfinite { return Complex(.nan, .nan) }
      let length = isFinite ? logOfHalf + 2 * Complex.ln2 : .infinity
      let angle = real.isNaN || imaginary.isNaN ? .nan : atan2(imaginary.magnitude, real)
      return Complex(angle, copysign(length, -imaginary))
    }
    let s1 = Complex(1 - real, -imaginary).squareRoot()
    let s2 = Complex(1 + real, imaginary).squareRoot()
    return Complex(
      2 * atan2(s1.real, s2.real), Glibc.asinh(s2.real * s1.imaginary - s2.imaginary * s1.real))
  }

  func hyperbolicArcCosine() -> Complex {
    if isLarge || !isFinite {
      if real.isNaN || imaginary.isNaN, !real.isInfinite, !imaginary.isInfinite { return Complex(.nan, .nan) }
      return Complex(isFinite ? logOfHalf + 2 * Complex.ln2 : .infinity, phase)
    }
    let s1 = Complex(real - 1, imaginary).squareRoot()
    let s2 = Complex(real + 1, imaginary).squareRoot()
    return Complex(
      Glibc.asinh(s1.real * s2.real + s1.imaginary * s2.imaginary), 2 * atan2(s1.imaginary, s2.real))
  }

  func hyperbolicArcSine() -> Complex {
    if isLarge || !isFinite {
      if real.isNaN || imaginary.isNaN, !real.isInfinite, !imaginary.isInfinite {
        return Complex(.nan, imaginary == 0 ? imaginary : .nan)
      }
      let length = isFinite ? logOfHalf + 2 * Complex.ln2 : .infinity
      return Complex(copysign(length, real), atan2(imaginary, real.magnitude))
    }
    let s1 = Complex(1 + imaginary, -real).squareRoot()
    let s2 = Complex(1 - imaginary, real).squareRoot()
    return Complex(
      Glibc.asinh(s1.real * s2.imaginary - s2.real * s1.imaginary),
      atan2(imaginary, s1.real * s2.real - s1.imaginary * s2.imaginary))
  }

  func hyperbolicArcTangent() -> Complex? {
    if real.sign == .minus {
      return Complex(-real, -imaginary).hyperbolicArcTangent().map { Complex(-$0.real, -$0.imaginary) }
    }
    if real.isNaN || imaginary.isNaN, !imaginary.isInfinite {
      return Complex(real.isInfinite || real == 0 ? 0 : .nan, .nan)
    }
    let y = imaginary.magnitude
    if real > Complex.rootLarge || y > Complex.rootLarge {
      let distance = Glibc.hypot(real / 2, y / 2)
      return Complex(distance.isInfinite ? 0 : real / 4 / distance / distance, copysign(.pi / 2, imaginary))
    }
    if real == 1, y < Complex.rootSmall {
      if y == 0 { return nil }
      return Complex(
        -Glibc.log(y.squareRoot() / Glibc.hypot(y, 2).squareRoot()), copysign(atan2(2, -y) / 2, imaginary))
    }
    return Complex(
      log1p(4 * real / ((1 - real) * (1 - real) + y * y)) / 4,
      -atan2(-2 * imaginary, (1 - real) * (1 + real) - y * y) / 2)
  }

  // The circular functions are the hyperbolic ones of the argument turned by a right angle.

  func cosine() -> Complex? { turned.hyperbolicCosine() }
  func sine() -> Complex? { turned.hyperbolicSine()?.turnedBack }
  func tangent() -> Complex? { turned.hyperbolicTangent()?.turnedBack }
  func arcSine() -> Complex { turned.hyperbolicArcSine().turnedBack }
  func arcTangent() -> Complex? { turned.hyperbolicArcTangent()?.turnedBack }
}
