import PythonBytecode

/// Arithmetic and comparison: small integers and inline floats here, the rest in `binarySlow` and `compareSlow`.
extension VM {
  @inline(__always) func add(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if _fastPath((x.bits | y.bits) & 3 == 0) {
      let (sum, overflow) = Int64(bitPattern: x.bits).addingReportingOverflow(Int64(bitPattern: y.bits))
      if _fastPath(!overflow) {
        r[a(i)] = Value(bits: UInt64(bitPattern: sum))
        return true
      }
    } else if x.isInlineFloat && y.isInlineFloat, let sum = Value.inline(x.inlineFloat + y.inlineFloat) {
      r[a(i)] = sum
      return true
    }
    return slow(&r, i, binarySlow)
  }

  @inline(__always) func subtract(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if _fastPath((x.bits | y.bits) & 3 == 0) {
      let (difference, overflow) = Int64(bitPattern: x.bits).subtractingReportingOverflow(Int64(bitPattern: y.bits))
      if _fastPath(!overflow) {
        r[a(i)] = Value(bits: UInt64(bitPattern: difference))
        return true
      }
    } else if x.isInlineFloat && y.isInlineFloat, let difference = Value.inline(x.inlineFloat - y.inlineFloat) {
      r[a(i)] = difference
      return true
    }
    return slow(&r, i, binarySlow)
  }

  @inline(__always) func multiply(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if x.isInlineFloat && y.isInlineFloat {
      if let product = Value.inline(x.inlineFloat * y.inlineFloat) {
        r[a(i)] = product
        return true
      }
    } else if (x.bits | y.bits) & 3 == 0 {
      let (product, overflow) = Int64(bitPattern: x.bits).multipliedReportingOverflow(by: Int64(y.int))
      if _fastPath(!overflow) {
        r[a(i)] = Value(bits: UInt64(bitPattern: product))
        return true
      }
    }
    return slow(&r, i, binarySlow)
  }

  @inline(__always) func divide(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if let p = quickDouble(x), let q = quickDouble(y), q != 0, let quotient = Value.inline(p / q) {
      r[a(i)] = quotient
      return true
    }
    return slow(&r, i, binarySlow)
  }

  /// An inline float, or an integer that a Double holds exactly.
  @inline(__always) private func quickDouble(_ x: Value) -> Double? {
    if x.isInlineFloat { return x.inlineFloat }
    if x.isInt, x.int.magnitude < 1 << 53 { return Double(x.int) }
    return nil
  }

  @inline(__always) func floorDivide(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if _fastPath((x.bits | y.bits) & 3 == 0 && y.bits != 0 && y.bits != Value(small: -1).bits) {
      let quotient = x.int / y.int
      let rest = x.int &- quotient &* y.int
      r[a(i)] = Value(small: rest != 0 && (rest ^ y.int) < 0 ? quotient &- 1 : quotient)
      return true
    }
    return slow(&r, i, binarySlow)
  }

  @inline(__always) func modulo(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if _fastPath((x.bits | y.bits) & 3 == 0 && y.bits != 0 && y.bits != Value(small: -1).bits) {
      let rest = x.int % y.int
      // A branch, as signs mostly agree: a choice would have to wait for the division.
      if _fastPath((rest ^ y.int) >= 0 || rest == 0) {
        r[a(i)] = Value(small: rest)
      } else {
        r[a(i)] = Value(small: rest &+ y.int)
      }
      return true
    }
    return slow(&r, i, binarySlow)
  }

  /// `x ** 2` and the like, C the exponent.
  @inline(__always) func power(_ i: UInt64, _ r: inout Registers, _ x: Value) -> Bool {
    if signedC(i) == 2, x.isInt || x.isInlineFloat { return multiply(i, &r, x, x) }
    return slow(&r, i, binarySlow)
  }

  @inline(__always) func leftShift(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if _fastPath((x.bits | y.bits) & 3 == 0), UInt64(bitPattern: Int64(y.int)) < 62 {
      let shifted = x.int &<< y.int
      if _fastPath(shifted &>> y.int == x.int && Value.fits(shifted)) {
        r[a(i)] = Value(small: shifted)
        return true
      }
    }
    return slow(&r, i, binarySlow)
  }

  @inline(__always) func rightShift(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if _fastPath((x.bits | y.bits) & 3 == 0), UInt64(bitPattern: Int64(y.int)) < 64 {
      r[a(i)] = Value(small: x.int &>> y.int)
      return true
    }
    return slow(&r, i, binarySlow)
  }

  @inline(__always) func and(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if _fastPath((x.bits | y.bits) & 3 == 0) {
      r[a(i)] = Value(bits: x.bits & y.bits)
      return true
    }
    return slow(&r, i, binarySlow)
  }

  @inline(__always) func or(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if _fastPath((x.bits | y.bits) & 3 == 0) {
      r[a(i)] = Value(bits: x.bits | y.bits)
      return true
    }
    return slow(&r, i, binarySlow)
  }

  @inline(__always) func xor(_ i: UInt64, _ r: inout Registers, _ x: Value, _ y: Value) -> Bool {
    if _fastPath((x.bits | y.bits) & 3 == 0) {
      r[a(i)] = Value(bits: x.bits ^ y.bits)
      return true
    }
    return slow(&r, i, binarySlow)
  }

  @inline(__always) func negate(_ i: UInt64, _ r: inout Registers) -> Bool {
    let x = r[b(i)]
    if x.isInt, x.bits != Value(small: Value.minSmall).bits {
      r[a(i)] = Value(small: 0 &- x.int)
      return true
    }
    if x.isInlineFloat {
      // The sign does not move a float out of the inline range.
      r[a(i)] = Value.inline(-x.inlineFloat) ?? .none
      return true
    }
    return slow(&r, i, unarySlow)
  }

  /// The operation of a binary instruction, immediate forms included.
  static func operation(_ opcode: Opcode) -> BinaryOperation {
    switch opcode {
    case .add, .addInt: .add
    case .subtract, .subtractInt: .subtract
    case .multiply, .multiplyInt: .multiply
    case .matrixMultiply: .matrixMultiply
    case .divide: .divide
    case .floorDivide, .floorDivideInt: .floorDivide
    case .modulo, .moduloInt: .modulo
    case .power, .powerInt: .power
    case .leftShift, .leftShiftInt: .leftShift
    case .rightShift, .rightShiftInt: .rightShift
    case .and, .andInt: .and
    case .or: .or
    default: .xor
    }
  }

  @inline(never) func binarySlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let opcode = Instruction(word: i).opcode?.single ?? .add
      let hasImmediate = opcode.rawValue >= Opcode.addInt.rawValue
      let x = register(b(i))
      let y = hasImmediate ? immediate(i) : register(c(i))
      let op = VM.operation(opcode)
      let result = Instruction(word: i).flags & InstructionFlags.isInPlace != 0
        ? try binaryInPlace(op, x, y) : try binary(op, x, y)
      setRegister(a(i), result)
    }
  }

  @inline(never) func unarySlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let x = register(b(i))
      let special: Special =
        switch Instruction(word: i).opcode {
        case .negate: .neg
        case .positive: .pos
        default: .invert
        }
      setRegister(a(i), try unary(special, x))
    }
  }

  // MARK: Comparison

  /// The answer for small integers and inline floats; nil for the rest.
  @inline(__always) func compareQuickly(_ op: Comparison, _ x: Value, _ y: Value) -> Bool? {
    if _fastPath((x.bits | y.bits) & 3 == 0) {
      return VM.holds(op, Int64(bitPattern: x.bits), Int64(bitPattern: y.bits))
    }
    if x.isInlineFloat && y.isInlineFloat { return VM.holds(op, x.inlineFloat, y.inlineFloat) }
    return nil
  }

  @inline(__always) static func holds<T: Comparable>(_ op: Comparison, _ x: T, _ y: T) -> Bool {
    switch op {
    case .less: x < y
    case .lessOrEqual: x <= y
    case .equal: x == y
    case .notEqual: x != y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    }
  }

  @inline(__always) func compare(_ i: UInt64, _ r: inout Registers, _ op: Comparison) -> Bool {
    if let holds = compareQuickly(op, r[b(i)], r[c(i)]) {
      r[a(i)] = Value(holds)
      return true
    }
    r.save(self)
    let ok = compareSlow(i, op)
    r.load(self)
    return ok
  }

  @inline(never) private func compareSlow(_ i: UInt64, _ op: Comparison) -> Bool {
    attempt { () throws(Unwind) in setRegister(a(i), try compare(op, register(b(i)), register(c(i)))) }
  }

  @inline(__always)
  func jumpIf(_ i: UInt64, _ r: inout Registers, _ op: Comparison, _ y: Value, _ sense: Bool) -> Bool {
    if let holds = compareQuickly(op, r[a(i)], y) {
      return holds == sense ? jump(signedC(i), &r) : true
    }
    r.save(self)
    let answer = compareTruthSlow(op, r[a(i)], y)
    r.load(self)
    if answer < 0 { return false }
    return (answer != 0) == sense ? jump(signedC(i), &r) : true
  }

  /// 1 or 0; -1 if it raised.
  @inline(never) private func compareTruthSlow(_ op: Comparison, _ x: Value, _ y: Value) -> Int {
    var answer = -1
    _ = attempt { () throws(Unwind) in answer = try truth(compare(op, x, y)) ? 1 : 0 }
    return answer
  }

  // MARK: Jumps

  /// Jumps, and does what a safe point is for when the fuel is used up.
  @inline(__always) func jump(_ words: Int, _ r: inout Registers) -> Bool {
    r.jump(words)
    return _slowPath(r.isOutOfFuel) ? safePoint(&r) : true
  }

  @inline(__always) func jumpIfTrue(_ i: UInt64, _ r: inout Registers) -> Bool {
    let x = r[a(i)]
    if x == .true { return jump(bc(i), &r) }
    if x == .false || x.isNone { return true }
    r.save(self)
    let answer = truthSlow(x)
    r.load(self)
    return answer < 0 ? false : answer == 1 ? jump(bc(i), &r) : true
  }

  @inline(__always) func jumpIfFalse(_ i: UInt64, _ r: inout Registers) -> Bool {
    let x = r[a(i)]
    if x == .false || x.isNone { return jump(bc(i), &r) }
    if x == .true { return true }
    if x.isInt { return x.bits == 0 ? jump(bc(i), &r) : true }
    r.save(self)
    let answer = truthSlow(x)
    r.load(self)
    return answer < 0 ? false : answer == 0 ? jump(bc(i), &r) : true
  }

  @inline(__always) func not(_ i: UInt64, _ r: inout Registers) -> Bool {
    let x = r[b(i)]
    if x.isBool {
      r[a(i)] = Value(x == .false)
      return true
    }
    r.save(self)
    let answer = truthSlow(x)
    r.load(self)
    r[a(i)] = Value(answer == 0)
    return answer >= 0
  }

  @inline(never) private func truthSlow(_ x: Value) -> Int {
    var answer = -1
    _ = attempt { () throws(Unwind) in answer = try truth(x) ? 1 : 0 }
    return answer
  }

  @inline(never) func containsSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let isIn = try contains(register(c(i)), register(b(i)))
      setRegister(a(i), Value(isIn == (Instruction(word: i).opcode?.single == .contains)))
    }
  }

  /// A safe point that has something to do: collect, begin a slice, stop, be suspended.
  @inline(__always) func safePoint(_ r: inout Registers) -> Bool {
    r.save(self)
    let ok = safePointSlow()
    r.load(self)
    return ok
  }

  @inline(never) func safePointSlow() -> Bool {
    attempt { () throws(Unwind) in
      try settleFuel()
      if self[.wantsCollection] != 0 || host.collectsAlways { try collectAtSafePoint() }
      if _slowPath(self[root: .finalizable].isRef || self[root: .weakReferences].isRef) { try finalizeAtSafePoint() }
    } && !suspendIfAsked() && (self[.wantedLoop] == self[.currentLoop] || leaveToSwitch())
  }

  /// Collects. No ticks are charged for it, so what took some time is the end of the slice, and time is looked at.
  private func collectAtSafePoint() throws(Unwind) {
    collect()
    guard self[.liveBytes] > 1 << 20 else { return }
    if let limit = host.isCancelled() { throw .limit(limit) }
    if self[.suspendsSlices] != 0 { self[.suspendRequested] = 1 }
  }

  /// Leaves the loop where it stands when somebody asked for that and no native function is underway.
  private func suspendIfAsked() -> Bool {
    guard self[.suspendRequested] != 0, self[.nestedRuns] == 0 else { return false }
    self[.suspendRequested] = 0
    self[.exitReason] = RunExit.suspended.rawValue
    return true
  }
}
