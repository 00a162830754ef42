/// A binary operator, in the order of the opcodes.
package enum BinaryOperation: UInt8 {
  case add, subtract, multiply, matrixMultiply, divide, floorDivide, modulo, power, leftShift, rightShift, and, or, xor
}

/// A rich comparison, in the order of the opcodes.
package enum Comparison: UInt8 {
  case less, lessOrEqual, equal, notEqual, greater, greaterOrEqual
}

extension BinaryOperation {
  /// As programs write it.
  var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .matrixMultiply: "@"
    case .divide: "/"
    case .floorDivide: "//"
    case .modulo: "%"
    case .power: "**"
    case .leftShift: "<<"
    case .rightShift: ">>"
    case .and: "&"
    case .or: "|"
    case .xor: "^"
    }
  }
}

extension Comparison {
  /// As programs write it.
  var symbol: String {
    switch self {
    case .less: "<"
    case .lessOrEqual: "<="
    case .equal: "=="
    case .notEqual: "!="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }

  /// `b op a` that means `a op b`.
  var reflected: Comparison {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .equal, .notEqual: self
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
