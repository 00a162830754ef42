import PythonSyntax

/// Writes a tree as record.py writes CPython's.
struct TreeText {
  static func text(of module: Module) -> String {
    switch module {
    case .module(let body): node("Module", [list(body, statement)], nil)
    case .interactive(let body): node("Interactive", [list(body, statement)], nil)
    case .expression(let body): node("Expression", [expression(body)], nil)
    }
  }

  private static func node(_ name: String, _ fields: [String], _ span: Span?) -> String {
    let place = span.map { " \($0.line):\($0.column)-\($0.endLine):\($0.endColumn)" } ?? ""
    return "\n\(name)\(place) (\(fields.joined(separator: ", ")))"
  }

  private static func list<T>(_ items: [T], _ text: (T) -> String) -> String {
    "[" + items.map(text).joined(separator: ", ") + "]"
  }

  private static func optional(_ expression: PythonSyntax.Expression?) -> String {
    expression.map(Self.expression) ?? "None"
  }

  private static func expressions(_ items: [PythonSyntax.Expression]) -> String { list(items, expression) }
  private static func statements(_ items: [Statement]) -> String { list(items, statement) }

  private static func string(_ bytes: [UInt8]) -> String { quoted(String(decoding: bytes, as: UTF8.self)) }

  private static func quoted(_ text: String?) -> String {
    guard let text else { return "None" }
    var result = "'"
    for scalar in text.unicodeScalars {
      if scalar.value > 32, scalar.value < 127, scalar != "\\", scalar != "'" {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\" + String(scalar.value, radix: 16) + "."
      }
    }
    return result + "'"
  }

  // MARK: Statements

  private static func statement(_ statement: Statement) -> String {
    let (name, fields) = parts(statement.kind)
    return node(name, fields, statement.span)
  }

  private static func parts(_ kind: Statement.Kind) -> (String, [String]) {
    switch kind {
    case .functionDef(let function):
      (
        function.isAsync ? "AsyncFunctionDef" : "FunctionDef",
        [
          quoted(function.name), parameters(function.parameters), statements(function.body),
          expressions(function.decorators), optional(function.returns),
        ]
      )
    case .classDef(let type):
      (
        "ClassDef",
        [
          quoted(type.name), expressions(type.bases), list(type.keywords, keyword), statements(type.body),
          expressions(type.decorators),
        ]
      )
    case .return(let value): ("Return", [optional(value)])
    case .delete(let targets): ("Delete", [expressions(targets)])
    case .assign(let targets, let value): ("Assign", [expressions(targets), expression(value)])
    case .augmentedAssign(let target, let operation, let value):
      ("AugAssign", [expression(target), name(operation), expression(value)])
    case .annotatedAssign(let target, let annotation, let value, let simple):
      ("AnnAssign", [expression(target), expression(annotation), optional(value), simple ? "1" : "0"])
    case .for(let target, let iterable, let body, let orElse, let isAsync):
      (
        isAsync ? "AsyncFor" : "For",
        [expression(target), expression(iterable), statements(body), statements(orElse)]
      )
    case .while(let test, let body, let orElse): ("While", [expression(test), statements(body), statements(orElse)])
    case .if(let test, let body, let orElse): ("If", [expression(test), statements(body), statements(orElse)])
    case .with(let items, let body, let isAsync):
      (
        isAsync ? "AsyncWith" : "With",
        [
          list(items) { node("withitem", [expression($0.context), optional($0.target)], nil) },
          statements(body),
        ]
      )
    case .match(let subject, let cases): ("Match", [expression(subject), list(cases, matchCase)])
    case .raise(let exception, let cause): ("Raise", [optional(exception), optional(cause)])
    case .try(let body, let handlers, let orElse, let finally, let isStar):
      (
        isStar ? "TryStar" : "Try",
        [statements(body), list(handlers, handler), statements(orElse), statements(finally)]
      )
    case .assert(let test, let message): ("Assert", [expression(test), optional(message)])
    case .import(let names): ("Import", [list(names, alias)])
    case .importFrom(let module, let names, let level):
      ("ImportFrom", [quoted(module), list(names, alias), "\(level)"])
    case .global(let names): ("Global", [list(names, quoted)])
    case .nonlocal(let names): ("Nonlocal", [list(names, quoted)])
    case .expression(let value): ("Expr", [expression(value)])
    case .pass: ("Pass", [])
    case .break: ("Break", [])
    case .continue: ("Continue", [])
    }
  }

  private static func matchCase(_ item: MatchCase) -> String {
    node("match_case", [pattern(item.pattern), optional(item.guardTest), statements(item.body)], nil)
  }

  private static func handler(_ item: ExceptHandler) -> String {
    node("ExceptHandler", [optional(item.type), quoted(item.name), statements(item.body)], item.span)
  }

  private static func alias(_ item: ImportAlias) -> String {
    node("alias", [quoted(item.name), quoted(item.asName)], item.span)
  }

  private static func keyword(_ item: Keyword) -> String {
    node("keyword", [quoted(item.name), expression(item.value)], item.span)
  }

  private static func parameter(_ item: Parameter) -> String {
    node("arg", [quoted(item.name), optional(item.annotation)], item.span)
  }

  private static func parameters(_ all: Parameters) -> String {
    node(
      "arguments",
      [
        list(all.positionalOnly, parameter), list(all.positional, parameter),
        all.variadic.map(parameter) ?? "None", list(all.keywordOnly, parameter),
        list(all.keywordDefaults, optional), all.keywordVariadic.map(parameter) ?? "None",
        expressions(all.defaults),
      ], nil)
  }

  private static func pattern(_ pattern: Pattern) -> String {
    let (name, fields): (String, [String]) =
      switch pattern.kind {
      case .value(let value): ("MatchValue", [expression(value)])
      case .singleton(let value): ("MatchSingleton", [constant(value)])
      case .sequence(let patterns): ("MatchSequence", [list(patterns, Self.pattern)])
      case .mapping(let keys, let patterns, let rest):
        ("MatchMapping", [expressions(keys), list(patterns, Self.pattern), quoted(rest)])
      case .class(let type, let patterns, let names, let named):
        (
          "MatchClass",
          [expression(type), list(patterns, Self.pattern), list(names, quoted), list(named, Self.pattern)]
        )
      case .star(let name): ("MatchStar", [quoted(name)])
      case .as(let inner, let name): ("MatchAs", [inner.map(Self.pattern) ?? "None", quoted(name)])
      case .or(let patterns): ("MatchOr", [list(patterns, Self.pattern)])
      }
    return node(name, fields, pattern.span)
  }

  // MARK: Expressions

  private static func expression(_ expression: PythonSyntax.Expression) -> String {
    let (name, fields) = parts(expression.kind)
    return node(name, fields, expression.span)
  }

  private static func parts(_ kind: PythonSyntax.Expression.Kind) -> (String, [String]) {
    switch kind {
    case .boolean(let operation, let values):
      ("BoolOp", [operation == .and ? "And" : "Or", expressions(values)])
    case .named(let target, let value): ("NamedExpr", [expression(target), expression(value)])
    case .binary(let left, let operation, let right):
      ("BinOp", [expression(left), name(operation), expression(right)])
    case .unary(let operation, let operand): ("UnaryOp", [name(operation), expression(operand)])
    case .lambda(_, let all, let body): ("Lambda", [parameters(all), expression(body)])
    case .conditional(let test, let body, let orElse):
      ("IfExp", [expression(test), expression(body), expression(orElse)])
    case .dict(let keys, let values): ("Dict", [list(keys, optional), expressions(values)])
    case .set(let elements): ("Set", [expressions(elements)])
    case .comprehension(let all): comprehension(all)
    case .await(let value): ("Await", [expression(value)])
    case .yield(let value): ("Yield", [optional(value)])
    case .yieldFrom(let value): ("YieldFrom", [expression(value)])
    case .compare(let left, let operators, let comparators):
      ("Compare", [expression(left), list(operators, name), expressions(comparators)])
    case .call(let function, let arguments, let keywords):
      ("Call", [expression(function), expressions(arguments), list(keywords, keyword)])
    case .formattedValue(let value, let conversion, let format):
      ("FormattedValue", [expression(value), conversion.map(String.init) ?? "-", optional(format)])
    case .joinedString(let values): ("JoinedStr", [expressions(values)])
    case .constant(let value): ("Constant", [constant(value)])
    case .attribute(let value, let name, let context):
      ("Attribute", [expression(value), quoted(name), Self.name(context)])
    case .subscript(let value, let index, let context):
      ("Subscript", [expression(value), expression(index), name(context)])
    case .starred(let value, let context): ("Starred", [expression(value), name(context)])
    case .name(let name, let context): ("Name", [quoted(name), Self.name(context)])
    case .list(let elements, let context): ("List", [expressions(elements), name(context)])
    case .tuple(let elements, let context): ("Tuple", [expressions(elements), name(context)])
    case .slice(let lower, let upper, let step): ("Slice", [optional(lower), optional(upper), optional(step)])
    }
  }

  private static func comprehension(_ all: Comprehension) -> (String, [String]) {
    let clauses = list(all.clauses) {
      node(
        "comprehension",
        [expression($0.target), expression($0.iterable), expressions($0.conditions), $0.isAsync ? "1" : "0"], nil)
    }
    let name =
      switch all.form {
      case .list: "ListComp"
      case .set: "SetComp"
      case .dict: "DictComp"
      case .generator: "GeneratorExp"
      }
    return (name, [expression(all.element)] + (all.value.map { [expression($0)] } ?? []) + [clauses])
  }

  private static func constant(_ constant: Constant) -> String {
    switch constant {
    case .none: "None"
    case .true: "True"
    case .false: "False"
    case .ellipsis: "..."
    case .integer(let limbs): integer(limbs)
    case .float(let value): hexadecimal(value)
    case .imaginary(let value): hexadecimal(value) + "j"
    case .string(let bytes): string(bytes)
    case .bytes(let bytes): "b" + quoted(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })))
    }
  }

  private static func integer(_ limbs: [UInt64]) -> String {
    var text = ""
    for limb in limbs.reversed() {
      let digits = String(limb, radix: 16)
      text += text.isEmpty ? digits : String(repeating: "0", count: 16 - digits.count) + digits
    }
    return text.isEmpty ? "0" : text
  }

  /// As `float.hex` writes a normal number.
  private static func hexadecimal(_ value: Double) -> String {
    if value == 0 { return "0x0.0p+0" }
    if value.isInfinite { return "inf" }
    let digits = String(value.significandBitPattern, radix: 16)
    let padded = String(repeating: "0", count: 13 - digits.count) + digits
    return "0x1.\(padded)p\(value.exponent < 0 ? "" : "+")\(value.exponent)"
  }

  // MARK: Names

  private static func name(_ context: ExpressionContext) -> String {
    switch context {
    case .load: "Load"
    case .store: "Store"
    case .delete: "Del"
    }
  }

  private static func name(_ operation: UnaryOperator) -> String {
    switch operation {
    case .invert: "Invert"
    case .not: "Not"
    case .plus: "UAdd"
    case .minus: "USub"
    }
  }

  private static func name(_ operation: BinaryOperator) -> String {
    switch operation {
    case .add: "Add"
    case .subtract: "Sub"
    case .multiply: "Mult"
    case .matrixMultiply: "MatMult"
    case .divide: "Div"
    case .floorDivide: "FloorDiv"
    case .modulo: "Mod"
    case .power: "Pow"
    case .leftShift: "LShift"
    case .rightShift: "RShift"
    case .and: "BitAnd"
    case .or: "BitOr"
    case .xor: "BitXor"
    }
  }

  private static func name(_ operation: ComparisonOperator) -> String {
    switch operation {
    case .equal: "Eq"
    case .notEqual: "NotEq"
    case .less: "Lt"
    case .lessOrEqual: "LtE"
    case .greater: "Gt"
    case .greaterOrEqual: "GtE"
    case .is: "Is"
    case .isNot: "IsNot"
    case .in: "In"
    case .notIn: "NotIn"
    }
  }
}
