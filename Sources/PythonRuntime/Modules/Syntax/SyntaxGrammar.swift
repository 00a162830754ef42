/// Python 3.11's abstract grammar: the classes of module `ast` with their bases and fields.
enum SyntaxGrammar {
  struct Field: Sendable {
    enum Count: Sendable { case one, optional, many }
    let name: String
    let type: String
    let count: Count
  }

  struct Class: Sendable {
    let name: String
    let base: String
    let fields: [Field]
    /// Has `lineno` and so on.
    var hasPlace: Bool
  }

  private static let placed: Set<String> = ["stmt", "expr", "excepthandler", "arg", "keyword", "alias", "pattern"]

  /// A line is a base and the classes below it.
  private static let text = """
    mod: Module(stmt* body, type_ignore* type_ignores) | Interactive(stmt* body) | Expression(expr body)
    mod: FunctionType(expr* argtypes, expr returns)
    stmt: FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment)
    stmt: AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment)
    stmt: ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list)
    stmt: Return(expr? value) | Delete(expr* targets) | Assign(expr* targets, expr value, string? type_comment)
    stmt: AugAssign(expr target, operator op, expr value)
    stmt: AnnAssign(expr target, expr annotation, expr? value, int simple)
    stmt: For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
    stmt: AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
    stmt: While(expr test, stmt* body, stmt* orelse) | If(expr test, stmt* body, stmt* orelse)
    stmt: With(withitem* items, stmt* body, string? type_comment)
    stmt: AsyncWith(withitem* items, stmt* body, string? type_comment)
    stmt: Match(expr subject, match_case* cases) | Raise(expr? exc, expr? cause)
    stmt: Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
    stmt: TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
    stmt: Assert(expr test, expr? msg) | Import(alias* names)
    stmt: ImportFrom(identifier? module, alias* names, int? level)
    stmt: Global(identifier* names) | Nonlocal(identifier* names) | Expr(expr value) | Pass | Break | Continue
    expr: BoolOp(boolop op, expr* values) | NamedExpr(expr target, expr value)
    expr: BinOp(expr left, operator op, expr right) | UnaryOp(unaryop op, expr operand)
    expr: Lambda(arguments args, expr body) | IfExp(expr test, expr body, expr orelse)
    expr: Dict(expr* keys, expr* values) | Set(expr* elts) | ListComp(expr elt, comprehension* generators)
    expr: SetComp(expr elt, comprehension* generators) | DictComp(expr key, expr value, comprehension* generators)
    expr: GeneratorExp(expr elt, comprehension* generators) | Await(expr value) | Yield(expr? value)
    expr: YieldFrom(expr value) | Compare(expr left, cmpop* ops, expr* comparators)
    expr: Call(expr func, expr* args, keyword* keywords)
    expr: FormattedValue(expr value, int conversion, expr? format_spec) | JoinedStr(expr* values)
    expr: Constant(constant value, string? kind) | Attribute(expr value, identifier attr, expr_context ctx)
    expr: Subscript(expr value, expr slice, expr_context ctx) | Starred(expr value, expr_context ctx)
    expr: Name(identifier id, expr_context ctx) | List(expr* elts, expr_context ctx)
    expr: Tuple(expr* elts, expr_context ctx) | Slice(expr? lower, expr? upper, expr? step)
    expr_context: Load | Store | Del
    boolop: And | Or
    operator: Add | Sub | Mult | MatMult | Div | Mod | Pow | LShift | RShift | BitOr | BitXor | BitAnd | FloorDiv
    unaryop: Invert | Not | UAdd | USub
    cmpop: Eq | NotEq | Lt | LtE | Gt | GtE | Is | IsNot | In | NotIn
    AST: comprehension(expr target, expr iter, expr* ifs, int is_async)
    excepthandler: ExceptHandler(expr? type, identifier? name, stmt* body)
    AST: arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr* kw_defaults, arg? kwarg, expr* defaults)
    AST: arg(identifier arg, expr? annotation, string? type_comment) | keyword(identifier? arg, expr value)
    AST: alias(identifier name, identifier? asname) | withitem(expr context_expr, expr? optional_vars)
    AST: match_case(pattern pattern, expr? guard, stmt* body)
    pattern: MatchValue(expr value) | MatchSingleton(constant value) | MatchSequence(pattern* patterns)
    pattern: MatchMapping(expr* keys, pattern* patterns, identifier? rest)
    pattern: MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)
    pattern: MatchStar(identifier? name) | MatchAs(pattern? pattern, identifier? name) | MatchOr(pattern* patterns)
    type_ignore: TypeIgnore(int lineno, string tag)
    """

  /// The classes that other classes are made below, in CPython's order.
  static let bases = [
    "mod", "stmt", "expr", "expr_context", "boolop", "operator", "unaryop", "cmpop", "excepthandler", "pattern",
    "type_ignore",
  ]

  /// The classes of nodes.
  static let classes: [Class] = text.split(separator: "\n").flatMap { line -> [Class] in
    let halves = line.split(separator: ":", maxSplits: 1)
    guard halves.count == 2 else { return [] }
    return halves[1].split(separator: "|").map { parse(String(halves[0]), $0) }
  }

  static let byName = Dictionary(uniqueKeysWithValues: classes.map { ($0.name, $0) })

  static func hasPlace(_ base: String) -> Bool { placed.contains(base) }

  private static func parse(_ base: String, _ row: Substring) -> Class {
    let parts = row.split(whereSeparator: { "(),".contains($0) }).map { $0.split(separator: " ").map(String.init) }
    let name = parts[0][0]
    let fields = parts.dropFirst().filter { $0.count == 2 }.map { words -> Field in
      switch words[0].last {
      case "*": Field(name: words[1], type: String(words[0].dropLast()), count: .many)
      case "?": Field(name: words[1], type: String(words[0].dropLast()), count: .optional)
      default: Field(name: words[1], type: words[0], count: .one)
      }
    }
    return Class(name: name, base: base, fields: fields, hasPlace: placed.contains(base) || placed.contains(name))
  }

  /// The class as CPython documents it: `Expr(expr value)`.
  static func signature(_ row: Class) -> String {
    if row.fields.isEmpty { return row.name }
    let fields = row.fields.map { field in
      "\(field.type)\(field.count == .many ? "*" : field.count == .optional ? "?" : "") \(field.name)"
    }
    return "\(row.name)(\(fields.joined(separator: ", ")))"
  }
}
