import PythonSyntax

/// The text of an expression, as `ast_unparse.c` writes annotations under `from __future__ import annotations`.
struct Unparser {
  /// How tightly an operator binds, loosest first.
  private enum Level: Int, Comparable {
    case tuple, test, or, and, not, comparison, bitOr, bitXor, bitAnd, shift, arithmetic, term, factor, power, await,
      atom

    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }

    var next: Level { Level(rawValue: rawValue + 1) ?? .atom }
  }

  private let errors: CompileErrors
  private var depth = 0
  private var text: [UInt8] = []

  static func text(_ expression: Expression, _ errors: CompileErrors) throws(SyntaxError) -> String {
    var unparser = Unparser(errors: errors)
    try unparser.write(expression, .test)
    return String(decoding: unparser.text, as: UTF8.self)
  }

  private init(errors: CompileErrors) { self.errors = errors }

  private mutating func put(_ string: String) { text += string.utf8 }

  private mutating func open(_ condition: Bool) { if condition { put("(") } }

  private mutating func close(_ condition: Bool) { if condition { put(")") } }

  private mutating func write(_ expression: Expression, _ level: Level) throws(SyntaxError) {
    depth += 1
    defer { depth -= 1 }
    if depth > maximumTreeDepth { throw errors.tooDeep(expression.span) }
    switch expression.kind {
    case .boolean(let op, let values): try writeBoolean(op, values, level)
    case .binary(let left, let op, let right): try writeBinary(left, op, right, level)
    case .unary(let op, let operand): try writeUnary(op, operand, level)
    case .lambda(_, let parameters, let body):
      open(level > .test)
      put("lambda")
      if !parameters.isEmpty { put(" ") }
      try write(parameters)
      put(": ")
      try write(body, .test)
      close(level > .test)
    case .conditional(let test, let body, let orElse):
      open(level > .test)
      try write(body, .or)
      put(" if ")
      try write(test, .or)
      put(" else ")
      try write(orElse, .test)
      close(level > .test)
    case .dict(let keys, let values):
      put("{")
      for (index, key) in keys.enumerated() {
        if index > 0 { put(", ") }
        if let key {
          try write(key, .test)
          put(": ")
          try write(values[index], .test)
        } else {
          put("**")
          try write(values[index], .bitOr)
        }
      }
      put("}")
    case .set(let items):
      put("{")
      try writeAll(items)
      put("}")
    case .comprehension(let comprehension): try write(comprehension)
    case .yield(let value):
      put("(yield")
      if let value {
        put(" ")
        try write(value, .test)
      }
      put(")")
    case .yieldFrom(let value):
      put("(yield from ")
      try write(value, .test)
      put(")")
    case .await(let value):
      open(level > .await)
      put("await ")
      try write(value, .atom)
      close(level > .await)
    case .compare(let left, let operators, let comparators):
      open(level > .comparison)
      try write(left, .comparison.next)
      for (op, right) in zip(operators, comparators) {
        put(op.text)
        try write(right, .comparison.next)
      }
      close(level > .comparison)
    case .call(let function, let arguments, let keywords): try writeCall(function, arguments, keywords)
    case .constant(let constant): writeConstant(constant)
    case .joinedString, .formattedValue: try writeJoined(expression)
    case .attribute(let object, let name, _):
      try write(object, .atom)
      if case .constant(.integer) = object.kind { put(" ") }
      put("." + name)
    case .starred(let value, _):
      put("*")
      try write(value, .bitOr)
    case .name(let name, _): put(name)
    case .list(let items, _):
      put("[")
      try writeAll(items)
      put("]")
    case .tuple(let items, _):
      if items.isEmpty { return put("()") }
      open(level > .tuple)
      try writeAll(items)
      if items.count == 1 { put(",") }
      close(level > .tuple)
    case .subscript(let object, let index, _):
      try write(object, .atom)
      put("[")
      try write(index, .tuple)
      put("]")
    case .slice(let lower, let upper, let step):
      if let lower { try write(lower, .test) }
      put(":")
      if let upper { try write(upper, .test) }
      if let step {
        put(":")
        try write(step, .test)
      }
    case .named(let target, let value):
      open(level > .tuple)
      try write(target, .atom)
      put(" := ")
      try write(value, .atom)
      close(level > .tuple)
    }
  }

  private mutating func writeAll(_ items: [Expression]) throws(SyntaxError) {
    for (index, item) in items.enumerated() {
      if index > 0 { put(", ") }
      try write(item, .test)
    }
  }

  // MARK: Operators

  private mutating func writeBoolean(
    _ op: BooleanOperator, _ values: [Expression], _ level: Level
  ) throws(SyntaxError) {
    let own: Level = op == .and ? .and : .or
    open(level > own)
    for (index, value) in values.enumerated() {
      if index > 0 { put(op == .and ? " and " : " or ") }
      try write(value, own.next)
    }
    close(level > own)
  }

  private mutating func writeBinary(
    _ left: Expression, _ op: BinaryOperator, _ right: Expression, _ level: Level
  ) throws(SyntaxError) {
    let (symbol, own): (String, Level) =
      switch op {
      case .add: (" + ", .arithmetic)
      case .subtract: (" - ", .arithmetic)
      case .multiply: (" * ", .term)
      case .matrixMultiply: (" @ ", .term)
      case .divide: (" / ", .term)
      case .modulo: (" % ", .term)
      case .floorDivide: (" // ", .term)
      case .leftShift: (" << ", .shift)
      case .rightShift: (" >> ", .shift)
      case .or: (" | ", .bitOr)
      case .xor: (" ^ ", .bitXor)
      case .and: (" & ", .bitAnd)
      case .power: (" ** ", .power)
      }
    open(level > own)
    try write(left, op == .power ? own.next : own)
    put(symbol)
    try write(right, op == .power ? own : own.next)
    close(level > own)
  }

  private mutating func writeUnary(_ op: UnaryOperator, _ operand: Expression, _ level: Level) throws(SyntaxError) {
    let (symbol, own): (String, Level) =
      switch op {
      case .not: ("not ", .not)
      case .invert: ("~", .factor)
      case .plus: ("+", .factor)
      case .minus: ("-", .factor)
      }
    open(level > own)
    put(symbol)
    try write(operand, own)
    close(level > own)
  }

  // MARK: Calls, lambdas, comprehensions

  private mutating func writeCall(
    _ function: Expression, _ arguments: [Expression], _ keywords: [Keyword]
  ) throws(SyntaxError) {
    try write(function, .atom)
    if arguments.count == 1, keywords.isEmpty, case .comprehension(let comprehension) = arguments[0].kind,
      comprehension.form == .generator
    {
      // A generator expression as the only argument brings its parentheses.
      return try write(comprehension)
    }
    put("(")
    var isFirst = true
    for argument in arguments {
      if !isFirst { put(", ") }
      isFirst = false
      try write(argument, .test)
    }
    for keyword in keywords {
      if !isFirst { put(", ") }
      isFirst = false
      put(keyword.name.map { $0 + "=" } ?? "**")
      try write(keyword.value, .test)
    }
    put(")")
  }

  private mutating func write(_ parameters: Parameters) throws(SyntaxError) {
    var isFirst = true
    func separator() -> String {
      defer { isFirst = false }
      return isFirst ? "" : ", "
    }
    let positional = parameters.positionalOnly + parameters.positional
    let required = positional.count - parameters.defaults.count
    for (index, parameter) in positional.enumerated() {
      put(separator() + parameter.name)
      if index >= required {
        put("=")
        try write(parameters.defaults[index - required], .test)
      }
      if !parameters.positionalOnly.isEmpty, index == parameters.positionalOnly.count - 1 { put(", /") }
    }
    if let variadic = parameters.variadic {
      put(separator() + "*" + variadic.name)
    } else if !parameters.keywordOnly.isEmpty {
      put(separator() + "*")
    }
    for (parameter, value) in zip(parameters.keywordOnly, parameters.keywordDefaults) {
      put(separator() + parameter.name)
      if let value {
        put("=")
        try write(value, .test)
      }
    }
    if let variadic = parameters.keywordVariadic { put(separator() + "**" + variadic.name) }
  }

  private mutating func write(_ comprehension: Comprehension) throws(SyntaxError) {
    let (begin, end) =
      switch comprehension.form {
      case .list: ("[", "]")
      case .set, .dict: ("{", "}")
      case .generator: ("(", ")")
      }
    put(begin)
    try write(comprehension.element, .test)
    if let value = comprehension.value {
      put(": ")
      try write(value, .test)
    }
    for clause in comprehension.clauses {
      put(clause.isAsync ? " async for " : " for ")
      try write(clause.target, .tuple)
      put(" in ")
      try write(clause.iterable, .or)
      for condition in clause.conditions {
        put(" if ")
        try write(condition, .or)
      }
    }
    put(end)
  }

  // MARK: Literals

  private mutating func writeConstant(_ constant: Constant) {
    switch constant {
    case .none: put("None")
    case .true: put("True")
    case .false: put("False")
    case .ellipsis: put("...")
    case .integer(let limbs): put(decimal(limbs))
    case .float(let value): put(floatText(value))
    case .imaginary(let value): put(floatText(value, isImaginary: true) + "j")
    case .string(let bytes): text += quoted(bytes, isText: true)
    case .bytes(let bytes): text += Array("b".utf8) + quoted(bytes, isText: false)
    }
  }

  private func decimal(_ limbs: [UInt64]) -> String {
    var limbs = limbs
    var digits: [String] = []
    while let last = limbs.last {
      if last == 0 {
        limbs.removeLast()
        continue
      }
      var remainder: UInt64 = 0
      for index in limbs.indices.reversed() {
        (limbs[index], remainder) = UInt64(1_000_000_000_000_000_000).dividingFullWidth((remainder, limbs[index]))
      }
      digits.append(String(remainder))
    }
    guard let first = digits.last else { return "0" }
    return digits.dropLast().reversed().reduce(first) { text, part in
      text + String(repeating: "0", count: 18 - part.count) + part
    }
  }

  /// Swift's shortest digits in Python's layout; an infinite literal is written as one that overflows.
  private func floatText(_ value: Double, isImaginary: Bool = false) -> String {
    if value.isInfinite { return "1e309" }
    var text = "\(value)"
    let exponent = value == 0 ? 0 : value.exponent
    if !text.contains("e"), exponent >= 54 || exponent < -14 { return text }
    if let place = text.firstIndex(of: "e") {
      var mantissa = String(text[..<place])
      if mantissa.hasSuffix(".0") { mantissa.removeLast(2) }
      var power = String(text[text.index(after: place)...])
      let sign = power.hasPrefix("-") ? "-" : "+"
      power = String(power.drop { $0 == "-" || $0 == "+" })
      text = mantissa + "e" + sign + (power.count < 2 ? "0" + power : power)
    } else if isImaginary, text.hasSuffix(".0") {
      text.removeLast(2)
    }
    return text
  }

  /// `repr` of a string or bytes literal.
  private func quoted(_ bytes: [UInt8], isText: Bool) -> [UInt8] {
    let single = UInt8(ascii: "'")
    let double = UInt8(ascii: "\"")
    let quote = bytes.contains(single) && !bytes.contains(double) ? double : single
    var result = [quote]
    for byte in bytes {
      switch byte {
      case quote, UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
      case 10: result += Array("\\n".utf8)
      case 13: result += Array("\\r".utf8)
      case 9: result += Array("\\t".utf8)
      case 32..<127: result.append(byte)
      case 128... where isText: result.append(byte)
      default:
        let digits = String(byte, radix: 16)
        result += Array(("\\x" + (digits.count < 2 ? "0" : "") + digits).utf8)
      }
    }
    result.append(quote)
    return result
  }

  private mutating func writeJoined(_ expression: Expression) throws(SyntaxError) {
    var inner = Unparser(errors: errors)
    inner.depth = depth
    try inner.writeParts(of: expression, isFormat: false)
    put("f")
    text += quoted(inner.text, isText: true)
  }

  private mutating func writeParts(of expression: Expression, isFormat: Bool) throws(SyntaxError) {
    switch expression.kind {
    case .joinedString(let parts): for part in parts { try writeParts(of: part, isFormat: isFormat) }
    case .constant(.string(let bytes)):
      for byte in bytes {
        text.append(byte)
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") { text.append(byte) }
      }
    case .formattedValue(let value, let conversion, let format):
      var inner = Unparser(errors: errors)
      inner.depth = depth
      try inner.write(value, .test.next)
      put(inner.text.first == UInt8(ascii: "{") ? "{ " : "{")
      text += inner.text
      if let conversion { put("!" + String(conversion)) }
      if let format {
        put(":")
        try writeParts(of: format, isFormat: true)
      }
      put("}")
    default: try write(expression, .test)
    }
  }
}

extension Parameters {
  fileprivate var isEmpty: Bool {
    positionalOnly.isEmpty && positional.isEmpty && variadic == nil && keywordOnly.isEmpty && keywordVariadic == nil
  }
}

extension ComparisonOperator {
  fileprivate var text: String {
    switch self {
    case .equal: " == "
    case .notEqual: " != "
    case .less: " < "
    case .lessOrEqual: " <= "
    case .greater: " > "
    case .greaterOrEqual: " >= "
    case .is: " is "
    case .isNot: " is not "
    case .in: " in "
    case .notIn: " not in "
    }
  }
}
