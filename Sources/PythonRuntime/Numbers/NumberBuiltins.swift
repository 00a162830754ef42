/// The functions of `builtins` that are about numbers.
enum NumberBuiltins {
  static let functions: [NativeFunction] = [
    NativeFunction("abs", "x, /", abs),
    NativeFunction("divmod", "x, y, /", divmod),
    NativeFunction("pow", "base, exp, mod=None", pow),
    NativeFunction("round", "number, ndigits=None", round),
  ]

  static func abs(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if let result = try vm.absolute(a[0]) { return result }
    guard let method = vm.lookupSpecial(a[0], .abs) else {
      throw vm.raise(.typeError, "bad operand type for abs(): '\(vm.typeName(a[0]))'")
    }
    return try vm.callBound(method, a[0])
  }

  static func divmod(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let (x, y) = (a[0], a[1])
    switch (vm.numberClass(x), vm.numberClass(y)) {
    case (.integer, .integer):
      let (quotient, remainder) = try vm.divmodIntegers(x, y)
      return try vm.newTuple(quotient, remainder)
    case (.float, .float), (.integer, .float), (.float, .integer): return try FloatType.divmod(vm, x, y)
    default: break
    }
    let (left, right) = (vm.classOf(x), vm.classOf(y))
    let method = vm.lookupSpecial(class: left, .divmod)
    let reflected = left == right ? nil : vm.lookupSpecial(class: right, .rdivmod)
    let isReflectedFirst = reflected != nil && vm.isSubclass(right, left)
      && vm.lookupSpecial(class: left, .rdivmod) != reflected
    if isReflectedFirst, let reflected {
      let answer = try vm.callBound(reflected, y, x)
      if answer != .notImplemented { return answer }
    }
    if let method {
      let answer = try vm.callBound(method, x, y)
      if answer != .notImplemented { return answer }
    }
    if !isReflectedFirst, let reflected {
      let answer = try vm.callBound(reflected, y, x)
      if answer != .notImplemented { return answer }
    }
    throw vm.raise(
      .typeError, "unsupported operand type(s) for divmod(): '\(vm.typeName(x))' and '\(vm.typeName(y))'")
  }

  static func pow(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[2].isNone { return try vm.binary(.power, a[0], a[1]) }
    if vm.numberClass(a[0]) == .integer, vm.numberClass(a[1]) == .integer, vm.numberClass(a[2]) == .integer {
      return try vm.powerInteger(a[0], a[1], modulo: a[2])
    }
    if let method = vm.lookupSpecial(a[0], .pow) {
      let answer = try vm.callBound(method, a[0], a[1], a[2])
      if answer != .notImplemented { return answer }
    }
    // The types of the other arguments are asked too, and these two refuse.
    for other in [a[1], a[2]] {
      switch vm.numberLayout(other) {
      case .float: throw vm.raise(.typeError, "pow() 3rd argument not allowed unless all arguments are integers")
      case .complex: throw vm.raise(.valueError, "complex modulo")
      default: break
      }
    }
    throw vm.raise(
      .typeError,
      "unsupported operand type(s) for ** or pow(): '\(vm.typeName(a[0]))', '\(vm.typeName(a[1]))', '\(vm.typeName(a[2]))'")
  }

  static func round(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    switch vm.numberClass(a[0]) {
    case .float: return try FloatType.round(vm, a)
    case .integer where a[1].isNone: return try vm.exactInteger(a[0])
    default: break
    }
    guard let method = vm.lookupSpecial(a[0], .round) else {
      throw vm.raise(.typeError, "type \(vm.typeName(a[0])) doesn't define __round__ method")
    }
    return a[1].isNone ? try vm.callBound(method, a[0]) : try vm.callBound(method, a[0], a[1])
  }
}
