/// A binary operator, in the order of the opcodes.
enum BinaryOperation: UInt8 {
  case add, subtract, multiply, matrixMultiply, divide, floorDivide, modulo, power, leftShift, rightShift, and, or, xor
}

/// A rich comparison, in the order of the opcodes.
enum Comparison: UInt8 {
  case less, lessOrEqual, equal, notEqual, greater, greaterOrEqual
}
