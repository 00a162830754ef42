/// Writes random programs that mostly compile: nested functions that share and rebind cells, classes with odd
/// special methods, generators, handlers, comprehensions, and calls of everything built in with arguments that rarely fit.
struct ProgramGenerator {
  private var random: RandomSource
  private var lines: [String] = []
  private var depth = 0
  /// For each enclosing function the names that it binds, which functions in it may declare nonlocal.
  private var bound: [[String]] = []
  private var loops = 0
  /// Expressions still allowed in the statement that is being written.
  private var fuel = 0

  init(seed: UInt64) { random = RandomSource(seed: seed) }

  private static let names = ["a", "b", "c", "d", "f", "g", "h", "x", "y", "k"]
  private static let parameters = ["p", "q", "args"]
  private static let attributes = [
    "__class__", "__dict__", "__doc__", "__name__", "__qualname__", "__closure__", "__code__", "__defaults__",
    "__globals__", "__mro__", "__bases__", "__subclasses__", "__self__", "__func__", "cell_contents", "co_consts",
    "co_freevars", "gi_frame", "f_locals", "f_back", "args", "append", "pop", "update", "join", "format", "a", "x",
    "__call__", "__init__", "__getitem__", "__iter__", "__next__", "__len__", "__hash__", "__eq__", "__add__",
    "send", "throw", "close", "sort", "insert", "keys", "items", "split", "encode", "real", "__traceback__",
  ]
  private static let builtins = [
    "abs", "all", "any", "ascii", "bin", "bool", "bytearray", "bytes", "callable", "chr", "classmethod", "complex",
    "delattr", "dict", "dir", "divmod", "enumerate", "eval", "exec", "filter", "float", "format", "frozenset",
    "getattr", "globals", "hasattr", "hash", "hex", "id", "int", "isinstance", "issubclass", "iter", "len", "list",
    "locals", "map", "max", "memoryview", "min", "next", "object", "oct", "ord", "pow", "print", "property", "range",
    "repr", "reversed", "round", "set", "setattr", "slice", "sorted", "staticmethod", "str", "sum", "super", "tuple",
    "type", "vars", "zip", "compile", "__import__", "__build_class__", "Exception", "KeyError", "StopIteration",
    "ExceptionGroup", "BaseException", "RecursionError",
  ]
  private static let literals = [
    "0", "1", "-1", "2", "7", "255", "65536", "2**31", "2**61", "-2**61", "2**64", "10**30", "1.5", "-0.0", "1e308",
    "float('nan')", "float('inf')", "1j", "''", "'a'", "'abc'", "'\\u20ac\\U0001f600'", "b''", "b'abc'", "None",
    "True", "False", "...", "NotImplemented", "()", "[]", "{}", "set()", "(1, 2)", "[1, [2]]", "{'a': 1}", "{1, 2}",
    "range(3)", "slice(1, None, -1)", "bytearray(b'xyz')",
  ]
  private static let binary = [
    "+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@", "==", "!=", "<", "<=", ">", ">=", "is",
    "is not", "in", "not in", "and", "or",
  ]
  private static let specials = [
    "__init__(self, *args)", "__call__(self, *args, **kw)", "__getattr__(self, n)", "__getattribute__(self, n)",
    "__setattr__(self, n, v)", "__delattr__(self, n)", "__eq__(self, o)", "__hash__(self)", "__lt__(self, o)",
    "__len__(self)", "__iter__(self)", "__next__(self)", "__getitem__(self, k)", "__setitem__(self, k, v)",
    "__contains__(self, v)", "__add__(self, o)", "__radd__(self, o)", "__mul__(self, o)", "__index__(self)",
    "__int__(self)", "__float__(self)", "__bool__(self)", "__repr__(self)", "__str__(self)", "__format__(self, s)",
    "__enter__(self)", "__exit__(self, *args)", "__get__(self, o, t=None)", "__set__(self, o, v)", "__del__(self)",
    "__new__(cls, *args)", "__init_subclass__(cls, **kw)", "__set_name__(self, o, n)", "__class_getitem__(cls, k)",
    "__missing__(self, k)", "__bytes__(self)", "__reversed__(self)", "__length_hint__(self)",
    "__instancecheck__(self, o)",
    "__mro_entries__(self, b)", "__prepare__(*args)", "__await__(self)", "__aiter__(self)", "__anext__(self)",
  ]

  /// A whole program.
  mutating func program() -> String {
    lines = []
    for name in Self.names { add("\(name) = \(random.pick(Self.literals))") }
    for _ in 0..<(4 + random.below(12)) { guardedStatement() }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A statement whose exception does not end the program, so that the next one is reached too.
  private mutating func guardedStatement() {
    add("try:")
    block(1 + random.below(2))
    add("except Exception as error:")
    depth += 1
    add(random.pick(["pass", "print(repr(error)[:80])", "x = error", "k = error.__traceback__"]))
    depth -= 1
  }

  private mutating func add(_ line: String) { lines.append(String(repeating: "  ", count: depth) + line) }

  private mutating func block(_ count: Int) {
    depth += 1
    for _ in 0..<count { statement() }
    depth -= 1
  }

  private var name: String { mutating get { random.pick(Self.names) } }

  private mutating func statement() {
    fuel = 12
    switch random.below(depth > 3 ? 9 : 20) {
    case 0, 1, 2: add("\(target()) = \(expression())")
    case 3: add("\(name) \(random.pick(["+", "-", "*", "//", "|", "%", "<<", "**"]))= \(expression())")
    case 4, 5: add(expression())
    case 6: add("print(\(expression()))")
    case 7: add("del \(random.pick([name, "\(name).\(random.pick(Self.attributes))", "\(name)[\(expression())]"]))")
    case 8: add(jump())
    case 9, 10: function()
    case 11: classStatement()
    case 12:
      add("if \(expression()):")
      block(1 + random.below(2))
      if random.once(in: 2) {
        add("else:")
        block(1)
      }
    case 13:
      add("for \(target()) in \(random.pick(["range(\(random.below(9)))", expression()])):")
      loops += 1
      block(1 + random.below(3))
      loops -= 1
    case 14:
      add("while \(expression()):")
      loops += 1
      block(1 + random.below(2))
      loops -= 1
    case 15, 16: tryStatement()
    case 17:
      add("with \(expression()) as \(name):")
      block(1)
    case 18:
      add("match \(expression()):")
      depth += 1
      for _ in 0..<(1 + random.below(3)) {
        add("case \(pattern()):")
        block(1)
      }
      depth -= 1
    default:
      add("async def \(name)(\(parameters())):")
      body(isGenerator: false)
    }
  }

  private mutating func jump() -> String {
    var choices = ["pass", "raise \(expression())", "raise"]
    if !bound.isEmpty { choices += ["return \(expression())", "return"] }
    if loops > 0 { choices += ["break", "continue"] }
    return random.pick(choices)
  }

  private mutating func function() {
    for _ in 0..<random.below(2) where random.once(in: 3) { add("@\(expression())") }
    let name = name
    add("def \(name)(\(parameters())):")
    body(isGenerator: random.once(in: 3))
    if random.once(in: 2) { add("\(self.name) = \(name)(\(arguments()))") }
  }

  /// The suite of a function: what it shares, what it binds, what it does, what it gives back.
  private mutating func body(isGenerator: Bool) {
    let outerLoops = loops
    loops = 0
    depth += 1
    let shared = bound.isEmpty || random.once(in: 2) ? [] : [random.pick(bound[bound.count - 1])]
    for name in shared { add("nonlocal \(name)") }
    let own = [name, name].filter { !shared.contains($0) }
    for name in own { add("\(name) = \(expression())") }
    bound.append(own + shared)
    depth -= 1
    block(1 + random.below(3))
    depth += 1
    add(
      isGenerator
        ? random.pick(["yield \(expression())", "yield from \(expression())", "\(name) = yield"])
        : random.pick(["return \(expression())", "return lambda: \(name)", "\(name) = \(expression())"]))
    depth -= 1
    bound.removeLast()
    if bound.last?.isEmpty == true { bound[bound.count - 1] = ["x"] }
    loops = outerLoops
  }

  private mutating func classStatement() {
    let name = name
    let bases = random.pick(["", "", "list", "dict", "int", "str", "type", "Exception", self.name, "metaclass=type"])
    add("class \(name)(\(bases)):")
    depth += 1
    for _ in 0..<(1 + random.below(3)) {
      add("def \(random.pick(Self.specials)):")
      body(isGenerator: false)
    }
    depth -= 1
    add("\(self.name) = \(name)(\(arguments()))")
  }

  private mutating func tryStatement() {
    add("try:")
    let outerLoops = loops
    defer { loops = outerLoops }
    block(1 + random.below(2))
    if random.once(in: 4) {
      loops = 0
      add("except* \(random.pick(["ValueError", "Exception", "TypeError"])) as \(name):")
      block(1)
      return
    }
    add("except \(random.pick(["Exception", "BaseException", "(TypeError, KeyError)", expression()])) as \(name):")
    block(1)
    if random.once(in: 3) {
      add("finally:")
      block(1)
    }
  }

  private mutating func target() -> String {
    switch random.below(8) {
    case 0: "\(name).\(random.pick(Self.attributes))"
    case 1: "\(name)[\(expression())]"
    case 2: "\(name), *\(name)"
    default: name
    }
  }

  private mutating func pattern() -> String {
    let name = name
    return random.pick([
      "[\(name), *_]", "{'a': \(name), **z}", "int(\(name))", "1 | 2", "(x, y) if x", "str() as s", "None", "_ if 1",
    ])
  }

  private mutating func parameters() -> String {
    random.pick(["", "a", "p, q", "p, q=\(name)", "*args", "p, /, q, *, r=1", "*args, **kw", "p, q=[]", "self"])
  }

  private mutating func arguments() -> String {
    switch random.below(6) {
    case 0: ""
    case 1: expression()
    case 2: "\(expression()), \(expression())"
    case 3: "*\(expression())"
    case 4: "**\(expression())"
    default: "\(expression()), a=\(expression())"
    }
  }

  private mutating func expression() -> String {
    fuel -= 1
    guard fuel > 0 else { return random.once(in: 2) ? name : random.pick(Self.literals) }
    switch random.below(18) {
    case 0, 1, 2: return random.pick(Self.literals)
    case 3, 4: return name
    case 5: return bound.isEmpty ? name : random.pick(Self.parameters)
    case 6, 7: return "(\(expression()) \(random.pick(Self.binary)) \(expression()))"
    case 8, 9: return "\(random.pick(Self.builtins))(\(arguments()))"
    case 10: return "\(name)(\(arguments()))"
    case 11: return "(\(expression())).\(random.pick(Self.attributes))"
    case 12: return "(\(expression())).\(random.pick(Self.attributes))(\(arguments()))"
    case 13: return "(\(expression()))[\(random.pick([expression(), ":", "::-1", "\(expression()):"]))]"
    case 14: return "(lambda \(random.pick(["", "x", "*a", "x=\(name)"])): \(expression()))"
    case 15:
      return comprehension()
    case 16:
      let name = name
      return random.pick([
        "f'{\(name)!r:>{\(random.below(30))}}'", "(\(name) := \(expression()))", "[*\(name)]", "{**\(name)}",
        "(-\(name))", "(not \(name))",
      ])
    default: return "(\(expression()) if \(expression()) else \(expression()))"
    }
  }

  private mutating func comprehension() -> String {
    let source = random.pick(["range(4)", name, random.pick(Self.literals)])
    let condition = random.once(in: 3) ? " if \(expression())" : ""
    let clause = "for \(name) in \(source)\(condition)"
    let body = expression()
    return random.pick([
      "[\(body) \(clause)]", "{\(body) \(clause)}", "(\(body) \(clause))", "{\(body): \(name) \(clause)}",
    ])
  }
}
