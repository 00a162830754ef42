import Glibc

/// A complex number outside of the cage.
struct Complex {
  var real: Double
  var imaginary: Double

  @inline(__always) init(_ real: Double, _ imaginary: Double) {
    self.real = real
    self.imaginary = imaginary
  }

  /// Of a complex object.
  @inline(__always) init(_ object: Words) {
    real = Double(bitPattern: object[1])
    imaginary = Double(bitPattern: object[2])
  }

  static func + (_ a: Complex, _ b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
  static func - (_ a: Complex, _ b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
  static func * (_ a: Complex, _ b: Complex) -> Complex {
    Complex(
      a.real * b.real - a.imaginary * b.imaginary,
      a.real * b.imaginary + a.imaginary * b.real)
  }

  /// The quotient by Smith's method; nil when the divisor is zero.
  func divided(by b: Complex) -> Complex? {
    let (x, y) = (b.real.magnitude, b.imaginary.magnitude)
    if x >= y {
      if x == 0 { return nil }
      let ratio = b.imaginary / b.real
      let denominator = b.real + b.imaginary * ratio
      return Complex((real + imaginary * ratio) / denominator, (imaginary - real * ratio) / denominator)
    }
    if y >= x {
      let ratio = b.real / b.imaginary
      let denominator = b.real * ratio + b.imaginary
      return Complex((real * ratio + imaginary) / denominator, (imaginary * ratio - real) / denominator)
    }
    return Complex(.nan, .nan)
  }

  /// `abs(self)`; raises OverflowError where finite parts give no finite value.
  func magnitude(_ vm: VM) throws(Unwind) -> Double {
    if !real.isFinite || !imaginary.isFinite {
      return real.isInfinite || imaginary.isInfinite ? .infinity : .nan
    }
    let result = hypot(real, imaginary)
    if result.isInfinite { throw vm.raise(.overflowError, "absolute value too large") }
    return result
  }

  var isFinite: Bool { real.isFinite && imaginary.isFinite }

  /// An integer power by repeated squaring.
  fileprivate func power(_ exponent: Int) -> Complex {
    var result = Complex(1, 0)
    var square = self
    var mask = 1
    while exponent >= mask {
      if exponent & mask != 0 { result = result * square }
      mask <<= 1
      square = square * square
    }
    return result
  }

  /// `repr`: the real part is left out when it is 0.0.
  var text: [UInt8] {
    var out: [UInt8] = []
    let imaginaryText = FloatText.format(imaginary, .shortest)
    if real == 0, real.sign == .plus {
      out = imaginaryText
      out.append(UInt8(ascii: "j"))
      return out
    }
    out.append(UInt8(ascii: "("))
    out += FloatText.format(real, .shortest)
    if imaginaryText.first != UInt8(ascii: "-") { out.append(UInt8(ascii: "+")) }
    out += imaginaryText
    out.append(UInt8(ascii: "j"))
    out.append(UInt8(ascii: ")"))
    return out
  }
}

extension VM {
  package func complex(_ real: Double, _ imaginary: Double) throws(Unwind) -> Value {
    let ref = try allocateCell(24)
    let object = words(ref)
    object[0] = header(.complex, class: type(.complex))
    object[1] = real.bitPattern
    object[2] = imaginary.bitPattern
    return Value(ref)
  }

  func complex(_ value: Complex) throws(Unwind) -> Value { try complex(value.real, value.imaginary) }

  /// Any number as a complex one.
  func complexParts(_ value: Value) throws(Unwind) -> Complex {
    self.is(value, .complex) ? Complex(words(value)) : Complex(try double(value), 0)
  }

  func binaryComplex(_ op: BinaryOperation, _ a: Complex, _ b: Complex) throws(Unwind) -> Value? {
    switch op {
    case .add: return try complex(a + b)
    case .subtract: return try complex(a - b)
    case .multiply: return try complex(a * b)
    case .divide:
      guard let quotient = a.divided(by: b) else { throw raise(.zeroDivisionError, "complex division by zero") }
      return try complex(quotient)
    case .power: return try power(a, b)
    default: return nil
    }
  }

  func power(_ a: Complex, _ b: Complex) throws(Unwind) -> Value {
    let result: Complex
    if b.imaginary == 0, b.real == b.real.rounded(.down), b.real.magnitude <= 100 {
      let exponent = Int(b.real)
      if exponent > 0 {
        result = a.power(exponent)
      } else {
        guard let quotient = Complex(1, 0).divided(by: a.power(-exponent)) else { throw zeroPower() }
        result = quotient
      }
    } else if a.real == 0, a.imaginary == 0 {
      if b.imaginary != 0 || b.real < 0 { throw zeroPower() }
      result = Complex(0, 0)
    } else {
      let length = hypot(a.real, a.imaginary)
      let angle = atan2(a.imaginary, a.real)
      var scale = pow(length, b.real)
      var phase = angle * b.real
      if b.imaginary != 0 {
        scale /= exp(angle * b.imaginary)
        phase += b.imaginary * log(length)
      }
      // The C library's sine refuses an infinite angle, which CPython reports like this.
      if phase.isInfinite { throw zeroPower() }
      result = Complex(scale * cos(phase), scale * sin(phase))
    }
    if result.real.isInfinite || result.imaginary.isInfinite { throw raise(.overflowError, "complex exponentiation") }
    return try complex(result)
  }

  private func zeroPower() -> Unwind {
    raise(.zeroDivisionError, "0.0 to a negative or complex power")
  }
}
