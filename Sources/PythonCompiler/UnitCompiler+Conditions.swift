import PythonBytecode
import PythonSyntax

/// Conditions, which become jumps without a truth value in between.
extension UnitCompiler {
  /// Goes to `label` if the truth of the expression is `wanted`, else on.
  func jump(ifTrue wanted: Bool, _ expression: Expression, to label: Label) throws(SyntaxError) {
    try enterLevel()
    defer { leaveLevel() }
    let mark = code.top
    defer { code.release(to: mark) }
    if let value = session.folder.constant(expression), let truth = value.truth {
      _ = code.constant(value)
      if truth == wanted { code.jump(to: label, at: here) }
      return
    }
    switch expression.kind {
    case .unary(.not, let operand): try jump(ifTrue: !wanted, operand, to: label)
    case .boolean(let op, let values): try jump(ifTrue: wanted, op, values, to: label)
    case .conditional(let test, let body, let orElse):
      let otherwise = code.newLabel()
      let end = code.newLabel()
      try jump(ifTrue: false, test, to: otherwise)
      try jump(ifTrue: wanted, body, to: label)
      code.jump(to: end, at: .nowhere)
      code.bind(otherwise)
      try jump(ifTrue: wanted, orElse, to: label)
      code.bind(end)
    case .compare(let left, let operators, let comparators):
      // As in CPython, what follows in the same statement keeps this place.
      here = expression.span
      try jump(ifTrue: wanted, left, operators, comparators, to: label)
    case .named(let target, let value):
      let saved = here
      here = expression.span
      let register = try assignNamed(target, value)
      here = saved
      code.branch(wanted ? .jumpIfTrue : .jumpIfFalse, register, to: label, at: here)
    default:
      let register = try operand(expression)
      code.branch(wanted ? .jumpIfTrue : .jumpIfFalse, register, to: label, at: here)
    }
  }

  private func jump(
    ifTrue wanted: Bool, _ op: BooleanOperator, _ values: [Expression], to label: Label
  ) throws(SyntaxError) {
    // `or` is settled by the first true value, `and` by the first false one.
    let settling = op == .or
    let end = code.newLabel()
    for value in values.dropLast() { try jump(ifTrue: settling, value, to: settling == wanted ? label : end) }
    if let last = values.last { try jump(ifTrue: wanted, last, to: label) }
    code.bind(end)
  }

  private func jump(
    ifTrue wanted: Bool, _ left: Expression, _ operators: [ComparisonOperator], _ comparators: [Expression],
    to label: Label
  ) throws(SyntaxError) {
    let end = code.newLabel()
    var first = try operand(left)
    for (index, op) in operators.enumerated() {
      let isLast = index == operators.count - 1
      if isLast {
        try branch(if: wanted, op, first, comparators[index], to: label)
      } else {
        // The middle of a chain is compared twice, so it is kept in a register.
        let second = try comparand(op, comparators[index])
        branch(if: false, op, first, second, to: wanted ? end : label)
        first = second
      }
    }
    code.bind(end)
  }

  private func branch(
    if wanted: Bool, _ op: ComparisonOperator, _ first: Register, _ right: Expression, to label: Label
  ) throws(SyntaxError) {
    if op == .is || op == .isNot, session.folder.constant(right) == CodeConstant.none {
      _ = code.constant(.none)
      code.branch((op == .is) == wanted ? .jumpIfNone : .jumpIfNotNone, first, to: label, at: here)
    } else if let opcode = op.immediateJump(wanted), let immediate = immediate(right) {
      code.branch(opcode, first, immediate, to: label, at: here)
    } else {
      branch(if: wanted, op, first, try comparand(op, right), to: label)
    }
  }

  private func branch(
    if wanted: Bool, _ op: ComparisonOperator, _ first: Register, _ second: Register, to label: Label
  ) {
    if let opcode = op.jump(wanted) {
      code.branch(opcode, first, second, to: label, at: here)
    } else {
      let mark = code.top
      let result = code.allocate()
      code.emit(op.opcode, result, first, second, at: here)
      code.branch(wanted ? .jumpIfTrue : .jumpIfFalse, result, to: label, at: here)
      code.release(to: mark)
    }
  }
}

extension ComparisonOperator {
  /// The instruction that jumps if the comparison's truth is `wanted`.
  fileprivate func jump(_ wanted: Bool) -> Opcode? {
    switch self {
    case .less: wanted ? .jumpIfLess : .jumpUnlessLess
    case .lessOrEqual: wanted ? .jumpIfLessOrEqual : .jumpUnlessLessOrEqual
    case .equal: wanted ? .jumpIfEqual : .jumpUnlessEqual
    case .notEqual: wanted ? .jumpIfNotEqual : .jumpUnlessNotEqual
    case .greater: wanted ? .jumpIfGreater : .jumpUnlessGreater
    case .greaterOrEqual: wanted ? .jumpIfGreaterOrEqual : .jumpUnlessGreaterOrEqual
    case .is: wanted ? .jumpIfIs : .jumpIfIsNot
    case .isNot: wanted ? .jumpIfIsNot : .jumpIfIs
    case .in, .notIn: nil
    }
  }

  /// The same with an immediate operand on the right.
  fileprivate func immediateJump(_ wanted: Bool) -> Opcode? {
    switch self {
    case .less: wanted ? .jumpIfLessInt : .jumpUnlessLessInt
    case .lessOrEqual: wanted ? .jumpIfLessOrEqualInt : .jumpUnlessLessOrEqualInt
    case .equal: wanted ? .jumpIfEqualInt : .jumpUnlessEqualInt
    case .notEqual: wanted ? .jumpIfNotEqualInt : .jumpUnlessNotEqualInt
    case .greater: wanted ? .jumpIfGreaterInt : .jumpUnlessGreaterInt
    case .greaterOrEqual: wanted ? .jumpIfGreaterOrEqualInt : .jumpUnlessGreaterOrEqualInt
    case .is, .isNot, .in, .notIn: nil
    }
  }
}
