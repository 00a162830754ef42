import Glibc

/// The gamma function by Lanczos' approximation with 13 terms and g = 6.0246…, which is CPython's choice: the last digits agree with it.
enum GammaFunction {
  private static let g = 6.024680040776729583740234375
  private static let gMinusHalf = 5.524680040776729583740234375

  /// Coefficients of the rational function, constant term first.
  private static let numerator: [Double] = [
    23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
  ]
  /// x (x + 1) … (x + 11), multiplied out.
  private static let denominator: [Double] = [
    0, 39_916_800, 120_543_840, 150_917_976, 105_258_076, 45_995_730, 13_339_535, 2_637_558, 357_423, 32_670, 1925, 66, 1,
  ]

  private static func lanczosSum(_ x: Double) -> Double {
    var (above, below) = (0.0, 0.0)
    if x < 5 {
      for index in stride(from: 12, through: 0, by: -1) {
        above = above * x + numerator[index]
        below = below * x + denominator[index]
      }
    } else {
      for index in 0..<13 {
        above = above / x + numerator[index]
        below = below / x + denominator[index]
      }
    }
    return above / below
  }

  /// sin(πx), exact in its zeros.
  private static func sinPi(_ x: Double) -> Double {
    let y = fmod(x.magnitude, 2)
    let result: Double
    switch (2 * y).rounded() {
    case 0: result = sin(.pi * y)
    case 1: result = cos(.pi * (y - 0.5))
    case 2: result = sin(.pi * (1 - y))
    case 3: result = -cos(.pi * (y - 1.5))
    default: result = sin(.pi * (y - 2))
    }
    return x < 0 ? -result : result
  }

  /// Γ(x); nil at its poles, infinite where it is too large.
  static func gamma(_ x: Double) -> Double? {
    if !x.isFinite { return x.isNaN || x > 0 ? x : nil }
    if x == 0 { return nil }
    if x == x.rounded(.down) {
      if x < 0 { return nil }
      if x <= 23 {
        var product = 1.0
        for factor in 1..<max(Int(x), 1) { product *= Double(factor) }
        return product
      }
    }
    let size = x.magnitude
    if size < 1e-20 { return 1 / x }
    if size > 200 { return x < 0 ? 0 / sinPi(x) : .infinity }
    let y = size + gMinusHalf
    // What rounding took from y.
    var z = size > gMinusHalf ? (y - size) - gMinusHalf : (y - gMinusHalf) - size
    z = z * g / y
    if x < 0 {
      var result = -.pi / sinPi(size) / size * exp(y) / lanczosSum(size)
      result -= z * result
      if size < 140 { return result / pow(y, size - 0.5) }
      let root = pow(y, size / 2 - 0.25)
      return result / root / root
    }
    var result = lanczosSum(size) / exp(y)
    result += z * result
    if size < 140 { return result * pow(y, size - 0.5) }
    let root = pow(y, size / 2 - 0.25)
    return result * root * root
  }

  /// log |Γ(x)|; nil at the poles.
  static func logarithm(_ x: Double) -> Double? {
    if !x.isFinite { return x.isNaN ? x : .infinity }
    if x == x.rounded(.down), x <= 2 { return x <= 0 ? nil : 0 }
    let size = x.magnitude
    if size < 1e-20 { return -log(size) }
    var result = log(lanczosSum(size)) - g
    result += (size - 0.5) * (log(size + g - 0.5) - 1)
    if x < 0 {
      // The logarithm of π.
      result = 1.144729885849400174143427351353058711647 - log(sinPi(size).magnitude) - log(size) - result
    }
    return result
  }
}
