/// `complex`.
enum ComplexType {
  static let type = NativeType(
    .complex, "complex", kind: .complex, signature: "(real=0, imag=0)", rows,
    properties: [
      NativeProperty("real", { (vm, a) throws(Unwind) in try vm.float(Complex(vm.words(a[0])).real) }),
      NativeProperty("imag", { (vm, a) throws(Unwind) in try vm.float(Complex(vm.words(a[0])).imaginary) }),
    ])

  private static let rows: [NativeFunction] =
    NumberRows.arithmetic(.complex, [
      ("add", .add), ("sub", .subtract), ("mul", .multiply), ("truediv", .divide),
    ])
    + NumberRows.power(.complex, power) + NumberRows.comparisons(.complex) + [
      NativeFunction("__new__", "cls, real=, imag=", new, binding: .static),
      NumberRows.hash,
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        try vm.newString(utf8: Complex(vm.words(a[0])).text)
      }),
      NativeFunction("__format__", "self, format_spec, /", NumberFormat.complex),
      NativeFunction("__neg__", "self, /", { (vm, a) throws(Unwind) in
        let value = Complex(vm.words(a[0]))
        return try vm.complex(-value.real, -value.imaginary)
      }),
      NativeFunction("__pos__", "self, /", exact),
      NativeFunction("__complex__", "self, /", exact),
      NativeFunction("__abs__", "self, /", { (vm, a) throws(Unwind) in
        try vm.float(Complex(vm.words(a[0])).magnitude(vm))
      }),
      NativeFunction("__bool__", "self, /", { (vm, a) throws(Unwind) in
        let value = Complex(vm.words(a[0]))
        return Value(value.real != 0 || value.imaginary != 0)
      }),
      NativeFunction("conjugate", "self, /", { (vm, a) throws(Unwind) in
        let value = Complex(vm.words(a[0]))
        return try vm.complex(value.real, -value.imaginary)
      }),
      NativeFunction("__getnewargs__", "self, /", { (vm, a) throws(Unwind) in
        let value = Complex(vm.words(a[0]))
        return try vm.newTuple(vm.float(value.real), vm.float(value.imaginary))
      }),
    ]

  static func exact(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.numberClass(a[0]) == .complex ? a[0] : try vm.complex(Complex(vm.words(a[0])))
  }

  static func power(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.numberLayout(a[1]) != .other else { return .notImplemented }
    if !a[2].isNone { throw vm.raise(.valueError, "complex modulo") }
    return try vm.power(vm.complexParts(a[0]), vm.complexParts(a[1]))
  }

  // MARK: Making

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let owner = try vm.constructedClass(a[0], .complex, "complex")
    if owner == vm.type(.complex), a[2].isUnbound, vm.numberClass(a[1]) == .complex { return a[1] }
    let value = try converted(vm, a[1], a[2])
    if owner == vm.type(.complex) { return try vm.complex(value) }
    let ref = try vm.allocateSubclassable(.complex, class: owner, words: 3)
    vm.words(ref)[1] = value.real.bitPattern
    vm.words(ref)[2] = value.imaginary.bitPattern
    return Value(ref)
  }

  private static func converted(_ vm: VM, _ first: Value, _ second: Value) throws(Unwind) -> Complex {
    if vm.isString(first) {
      if !second.isUnbound { throw vm.raise(.typeError, "complex() can't take second arg if first is a string") }
      guard let value = parse(IntText.asciiDigits(vm, first)) else {
        throw vm.raise(.valueError, "complex() arg is a malformed string")
      }
      return value
    }
    if vm.isString(second) { throw vm.raise(.typeError, "complex() second arg can't be a string") }
    var real = Complex(0, 0)
    if !first.isUnbound {
      guard let value = try vm.complexNumber(first) else {
        throw vm.raise(
          .typeError, "complex() first argument must be a string or a number, not '\(vm.typeName(first))'")
      }
      real = value
    }
    guard !second.isUnbound else { return real }
    // A zero that is not there would change the sign of one that is: parts are added only where both numbers have them.
    let isFirstComplex = !first.isUnbound && (vm.is(first, .complex) || vm.lookupSpecial(first, .complex) != nil)
    if vm.is(second, .complex) {
      let imaginary = Complex(vm.words(second))
      return Complex(
        real.real - imaginary.imaginary, isFirstComplex ? real.imaginary + imaginary.real : imaginary.real)
    }
    // The second argument's `__complex__` is not asked.
    guard let imaginary = try vm.realNumber(second) else {
      throw vm.raise(.typeError, "complex() second argument must be a number, not '\(vm.typeName(second))'")
    }
    return Complex(real.real, isFirstComplex ? real.imaginary + imaginary : imaginary)
  }

  /// The number that the bytes spell: `1+2j`, `j`, `(…)`, with spaces around; nil if they spell none.
  static func parse(_ bytes: [UInt8]) -> Complex? {
    var start = 0
    var end = bytes.count
    func trim() {
      while start < end, IntText.isSpace(bytes[start]) { start += 1 }
      while end > start, IntText.isSpace(bytes[end - 1]) { end -= 1 }
    }
    trim()
    if start < end, bytes[start] == UInt8(ascii: "(") {
      guard bytes[end - 1] == UInt8(ascii: ")"), end - start >= 2 else { return nil }
      start += 1
      end -= 1
      trim()
    }
    func isJ(_ index: Int) -> Bool { index < end && bytes[index] | 0x20 == UInt8(ascii: "j") }
    func isSign(_ index: Int) -> Bool {
      index < end && (bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"))
    }
    /// A sign and `j` alone: one.
    func unit(_ index: Int) -> Double { isSign(index) && bytes[index] == UInt8(ascii: "-") ? -1 : 1 }
    guard start < end else { return nil }
    guard let (first, next) = FloatText.parseNumber(bytes, from: start, to: end) else {
      let index = isSign(start) ? start + 1 : start
      return isJ(index) && index + 1 == end ? Complex(0, unit(start)) : nil
    }
    if next == end { return Complex(first, 0) }
    if isJ(next) { return next + 1 == end ? Complex(0, first) : nil }
    guard isSign(next) else { return nil }
    if let (second, last) = FloatText.parseNumber(bytes, from: next, to: end) {
      return isJ(last) && last + 1 == end ? Complex(first, second) : nil
    }
    return isJ(next + 1) && next + 2 == end ? Complex(first, unit(next)) : nil
  }
}

extension VM {
  /// Any number as a complex one, `__complex__` first; nil if it is none.
  func complexNumber(_ x: Value) throws(Unwind) -> Complex? {
    switch numberClass(x) {
    case .complex: return Complex(words(x))
    case .integer, .float: return Complex(try double(x), 0)
    case .other: break
    }
    if let method = lookupSpecial(x, .complex) {
      let result = try callBound(method, x)
      guard self.is(result, .complex) else {
        throw raise(.typeError, "__complex__ returned non-complex (type \(typeName(result)))")
      }
      return Complex(words(result))
    }
    return try realNumber(x).map { Complex($0, 0) }
  }
}
