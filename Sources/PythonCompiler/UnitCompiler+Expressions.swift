import PythonBytecode
import PythonSyntax

/// Values of expressions.
extension UnitCompiler {
  /// A register that holds the expression's value until the temporaries of the statement are released. `scratch`: a
  /// temporary to use
  /// when one is needed.
  func operand(_ expression: Expression, scratch: Register? = nil) throws(SyntaxError) -> Register {
    if let local = stableLocal(expression) {
      checkBound(local, at: expression.span)
      return local
    }
    if case .constant(let literal) = expression.kind {
      return atPlace(of: expression) { constantOperand(CodeConstant(literal), scratch: scratch) }
    }
    if let value = session.folder.constant(expression) {
      return atPlace(of: expression) { constantOperand(value, scratch: scratch) }
    }
    let register = scratch ?? code.allocate()
    try evaluate(expression, into: register)
    return register
  }

  private func atPlace(of expression: Expression, _ body: () -> Register) -> Register {
    let saved = here
    here = expression.span
    defer { here = saved }
    return body()
  }

  /// A temporary to compute in: the destination itself unless that is a local.
  func accumulator(for destination: Register) -> Register {
    code.isTemporary(destination) ? destination : code.allocate()
  }

  func deliver(_ register: Register, to destination: Register) {
    if register != destination { code.emit(.move, destination, register, at: here) }
  }

  /// The expression's value goes to `destination`, which holds nothing that is still wanted, or is a local.
  func evaluate(_ expression: Expression, into destination: Register) throws(SyntaxError) {
    try enterLevel()
    defer { leaveLevel() }
    let saved = here
    here = expression.span
    let mark = code.top
    defer {
      here = saved
      code.release(to: mark)
    }
    if let value = session.folder.constant(expression) { return loadConstant(value, into: destination) }
    switch expression.kind {
    case .constant(let literal): loadConstant(CodeConstant(literal), into: destination)
    case .name(let name, _): try loadName(name, into: destination)
    case .binary: try evaluateBinary(expression, into: destination)
    case .unary(let op, let operand): try evaluate(op, operand, into: destination)
    case .boolean(let op, let values): try evaluate(op, values, into: destination)
    case .compare(let left, let operators, let comparators):
      try evaluateComparison(left, operators, comparators, into: destination)
    case .conditional(let test, let body, let orElse):
      let otherwise = code.newLabel()
      let end = code.newLabel()
      try jump(ifTrue: false, test, to: otherwise)
      try evaluate(body, into: destination)
      code.jump(to: end, at: .nowhere)
      code.bind(otherwise)
      try evaluate(orElse, into: destination)
      code.bind(end)
    case .named(let target, let value): try evaluateNamed(target, value, into: destination)
    case .lambda(let id, let parameters, let body): try evaluateLambda(id, parameters, body, into: destination)
    case .dict(let keys, let values): try evaluateDict(keys, values, into: destination)
    case .set(let items): try evaluateDisplay(.set, items, into: destination)
    case .list(let items, _): try evaluateDisplay(.list, items, into: destination)
    case .tuple(let items, _): try evaluateDisplay(.tuple, items, into: destination)
    case .comprehension(let comprehension): try evaluateComprehension(comprehension, into: destination)
    case .await(let value): try evaluateAwait(value, into: destination)
    case .yield(let value): try evaluateYield(value, into: destination)
    case .yieldFrom(let value): try evaluateYieldFrom(value, into: destination)
    case .call(let function, let arguments, let keywords):
      try evaluateCall(function, arguments, keywords, into: destination)
    case .formattedValue(let value, let conversion, let format):
      try evaluateFormatted(value, conversion, format, into: destination)
    case .joinedString(let parts): try evaluateJoined(parts, into: destination)
    case .attribute(let object, let name, _):
      let register = try operand(object, scratch: scratch(destination))
      code.emitNamed(
        .loadAttribute, destination, register, name: mangle(name), at: attributeSpan(expression, name))
    case .subscript(let object, let index, _): try evaluateItem(object, index, into: destination)
    case .slice(let lower, let upper, let step): try evaluateSlice(lower, upper, step, into: destination)
    case .starred: throw error("can't use starred expression here")
    }
  }

  /// The destination as scratch, when it may be used as such.
  func scratch(_ destination: Register) -> Register? { code.isTemporary(destination) ? destination : nil }

  /// Runs the expression for its effects.
  func evaluateForEffect(_ expression: Expression) throws(SyntaxError) {
    let mark = code.top
    if let local = stableLocal(expression) {
      checkBound(local, at: expression.span)
    } else if case .named(let target, let value) = expression.kind {
      let saved = here
      here = expression.span
      _ = try assignNamed(target, value)
      here = saved
    } else {
      try evaluate(expression, into: code.allocate())
    }
    code.release(to: mark)
  }

  // MARK: Operators

  private func evaluateBinary(_ expression: Expression, into destination: Register) throws(SyntaxError) {
    let (leaf, steps) = leftSpine(of: expression)
    let accumulator = scratch(destination) ?? (steps.count > 1 ? code.allocate() : nil)
    // As long as everything is constant, the chain is folded.
    var constant = session.folder.constant(leaf)
    var constantSpan = leaf.span
    var left: Register?
    for (index, step) in steps.enumerated() {
      here = step.span
      if let known = constant {
        if let right = session.folder.constant(step.right),
          let folded = session.folder.fold(known, step.operator, right)
        {
          constant = folded
          constantSpan = step.span
          continue
        }
        constant = nil
        here = constantSpan
        left = constantOperand(known, scratch: accumulator)
        here = step.span
      }
      let first: Register
      if let left { first = left } else { first = try operand(leaf, scratch: accumulator) }
      let mark = code.top
      let result = index == steps.count - 1 ? destination : accumulator ?? destination
      try emitBinary(step.operator, first, step.right, into: result, isInPlace: false)
      code.release(to: mark)
      left = result
    }
  }

  /// `destination = left op right`, with an immediate operand where there is an instruction for that.
  func emitBinary(
    _ op: BinaryOperator, _ left: Register, _ right: Expression, into destination: Register, isInPlace: Bool
  ) throws(SyntaxError) {
    let flags = isInPlace ? InstructionFlags.isInPlace : 0
    if let immediate = immediate(right), let opcode = op.immediateOpcode {
      code.emit(opcode, flags: flags, destination, left, immediate, at: here)
    } else {
      let right = try operand(right)
      code.emit(op.opcode, flags: flags, destination, left, right, at: here)
    }
  }

  /// The value of a constant expression that fits into 16 bits; it counts as one of the unit's constants.
  func immediate(_ expression: Expression) -> Int? {
    guard let value = session.folder.constant(expression), let immediate = value.immediate else { return nil }
    _ = code.constant(value)
    return immediate
  }

  private func evaluate(_ op: UnaryOperator, _ value: Expression, into destination: Register) throws(SyntaxError) {
    if op == .not, case .compare(let left, let operators, let comparators) = value.kind, operators.count == 1,
      let inverse = operators[0].inverse
    {
      return try evaluateComparison(left, [inverse], comparators, into: destination)
    }
    let register = try operand(value, scratch: scratch(destination))
    let opcode: Opcode =
      switch op {
      case .not: .not
      case .minus: .negate
      case .plus: .positive
      case .invert: .invert
      }
    code.emit(opcode, destination, register, at: here)
  }

  private func evaluate(
    _ op: BooleanOperator, _ values: [Expression], into destination: Register
  ) throws(SyntaxError) {
    let leave: Opcode = op == .and ? .jumpIfFalse : .jumpIfTrue
    let goOn: Opcode = op == .and ? .jumpIfTrue : .jumpIfFalse
    let end = code.newLabel()
    for value in values.dropLast() {
      let mark = code.top
      if code.isTemporary(destination) {
        try evaluate(value, into: destination)
        code.branch(leave, destination, to: end, at: here)
      } else {
        let register = try operand(value)
        if register == destination {
          code.branch(leave, register, to: end, at: here)
        } else {
          let next = code.newLabel()
          code.branch(goOn, register, to: next, at: here)
          code.emit(.move, destination, register, at: here)
          code.jump(to: end, at: .nowhere)
          code.bind(next)
        }
      }
      code.release(to: mark)
    }
    if let last = values.last { try evaluate(last, into: destination) }
    code.bind(end)
  }

  // MARK: Comparisons

  private func evaluateComparison(
    _ left: Expression, _ operators: [ComparisonOperator], _ comparators: [Expression], into destination: Register
  ) throws(SyntaxError) {
    if operators.count == 1 {
      let first = try operand(left, scratch: scratch(destination))
      let second = try comparand(operators[0], comparators[0])
      return code.emit(operators[0].opcode, destination, first, second, at: here)
    }
    let result = accumulator(for: destination)
    let end = code.newLabel()
    var first = try operand(left)
    for (index, op) in operators.enumerated() {
      let second = try comparand(op, comparators[index])
      code.emit(op.opcode, result, first, second, at: here)
      if index < operators.count - 1 { code.branch(.jumpIfFalse, result, to: end, at: here) }
      first = second
    }
    code.bind(end)
    deliver(result, to: destination)
  }

  /// The right side of a comparison; what `in` looks into becomes a constant when it is a display of constants.
  func comparand(_ op: ComparisonOperator, _ expression: Expression) throws(SyntaxError) -> Register {
    guard op == .in || op == .notIn else { return try operand(expression) }
    if case .set(let items) = expression.kind, case .tuple(let values)? = session.folder.tuple(items) {
      return constantOperand(.frozenSet(values), scratch: nil)
    }
    return try operand(constantContainer(expression))
  }

  /// `[1, 2]` where only its items matter is the constant `(1, 2)`.
  func constantContainer(_ expression: Expression) -> Expression {
    if case .list(let items, .load) = expression.kind, session.folder.tuple(items) != nil {
      return Expression(.tuple(items, context: .load), expression.span)
    }
    return expression
  }

  // MARK: Assignment expressions

  private func evaluateNamed(
    _ target: Expression, _ value: Expression, into destination: Register
  ) throws(SyntaxError) {
    let register = try assignNamed(target, value)
    if register != destination { code.emit(.move, destination, register, at: here) }
  }

  /// Assigns, and returns a register that holds the value.
  func assignNamed(_ target: Expression, _ value: Expression) throws(SyntaxError) -> Register {
    guard case .name(let name, _) = target.kind else { throw error("cannot use assignment expressions here") }
    let whole = here
    here = target.span
    try refuseDebug(name)
    here = whole
    if case .register(let register) = place(of: mangle(name)) {
      try evaluate(value, into: register)
      markBound(register)
      return register
    }
    let register = code.allocate()
    try evaluate(value, into: register)
    here = target.span
    storeName(name, from: register)
    here = whole
    return register
  }

  // MARK: Items and slices

  private func evaluateItem(
    _ object: Expression, _ index: Expression, into destination: Register
  ) throws(SyntaxError) {
    let register = try operand(object, scratch: scratch(destination))
    if let immediate = immediate(index) {
      code.emit(.loadItemInt, destination, register, immediate, at: here)
    } else {
      let index = try operand(index)
      code.emit(.loadItem, destination, register, index, at: here)
    }
  }

  private func evaluateSlice(
    _ lower: Expression?, _ upper: Expression?, _ step: Expression?, into destination: Register
  ) throws(SyntaxError) {
    let first = code.allocate()
    try evaluateOrNone(lower, into: first)
    try evaluateOrNone(upper, into: code.allocate())
    if let step { try evaluate(step, into: code.allocate()) }
    code.emit(.buildSlice, destination, first, step == nil ? 2 : 3, at: here)
  }

  func evaluateOrNone(_ expression: Expression?, into destination: Register) throws(SyntaxError) {
    if let expression {
      try evaluate(expression, into: destination)
    } else {
      loadConstant(.none, into: destination)
    }
  }

  /// The position of an attribute's instruction: on the name's own line when the expression spans lines.
  func attributeSpan(_ expression: Expression, _ name: String) -> Span {
    methodSpan(attribute: expression, name, whole: expression.span)
  }

  /// CPython 3.11's `update_start_location_to_match_attr`.
  func methodSpan(attribute: Expression, _ name: String, whole: Span) -> Span {
    let span = attribute.span
    guard span.line != span.endLine else { return whole }
    var result = whole
    result.line = span.endLine
    let length = Int32(truncatingIfNeeded: name.unicodeScalars.count)
    if length <= span.endColumn {
      result.column = span.endColumn - length
    } else {
      result.column = -1
      result.endColumn = -1
    }
    return result
  }
}

extension BinaryOperator {
  var opcode: Opcode {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .matrixMultiply: .matrixMultiply
    case .divide: .divide
    case .floorDivide: .floorDivide
    case .modulo: .modulo
    case .power: .power
    case .leftShift: .leftShift
    case .rightShift: .rightShift
    case .and: .and
    case .or: .or
    case .xor: .xor
    }
  }

  var immediateOpcode: Opcode? {
    switch self {
    case .add: .addInt
    case .subtract: .subtractInt
    case .multiply: .multiplyInt
    case .floorDivide: .floorDivideInt
    case .modulo: .moduloInt
    case .power: .powerInt
    case .leftShift: .leftShiftInt
    case .rightShift: .rightShiftInt
    case .and: .andInt
    case .matrixMultiply, .divide, .or, .xor: nil
    }
  }
}

extension ComparisonOperator {
  var opcode: Opcode {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .is: .is
    case .isNot: .isNot
    case .in: .contains
    case .notIn: .notContains
    }
  }

  /// The operator for the opposite, for those that cannot be overloaded to mean something else.
  var inverse: ComparisonOperator? {
    switch self {
    case .is: .isNot
    case .isNot: .is
    case .in: .notIn
    case .notIn: .in
    default: nil
    }
  }
}
