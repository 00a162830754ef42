import Foundation
import PythonInterpreter
import PythonRuntime
import Testing

/// Sizes and depths that no machine has: each is answered by a clear error or by a limit, and the instance goes on.
@Suite("Pathological programs")
struct PathologicalTests {
  private static var limits: Interpreter.Limits {
    var limits = Interpreter.Limits()
    limits.ticks = 500_000_000
    limits.memoryBytes = 64 << 20
    limits.outputBytes = 1 << 20
    return limits
  }

  /// Runs a snippet, and another one after it; answers how the first ended: the exception's type, or the limit.
  private static func ending(_ source: String) throws -> String {
    try onInterpreterThread { try endingHere(source) }
  }

  private static func endingHere(_ source: String) throws -> String {
    let interpreter = try #require(Interpreter())
    let result = interpreter.run(Array(source.utf8), limits: limits)
    let after = interpreter.run(Array("print(6 * 7)".utf8), limits: limits)
    #expect(after.output.flatMap(\.bytes) == Array("42\n".utf8), "The instance does not live on after \(source)")
    if case .limit(let limit) = result.outcome { return "\(limit)" }
    return result.error?.type ?? "ok"
  }

  @Test(
    "a result of impossible size is refused before the work",
    arguments: [
      "10 ** 10 ** 10", "'a' * 10 ** 12", "[0] * 10 ** 12", "(0,) * 10 ** 12", "b'a' * 10 ** 12", "1 << 10 ** 12",
      "x = [0]; x *= 10 ** 12", "'a'.ljust(10 ** 12)", "'a'.zfill(10 ** 12)", "'\\t'.expandtabs(10 ** 12)",
      "bytes(10 ** 12)", "bytearray(10 ** 12)", "list(range(10 ** 12))", "('x' * 10 ** 6).join(['a'] * 10 ** 6)",
      "('a' * 10 ** 5).replace('a', 'b' * 10 ** 6)", "(1).to_bytes(10 ** 12, 'big')", "b'a'.center(10 ** 12)",
      "('a' * 10 ** 5).translate({97: 'b' * 10 ** 6})", "dict.fromkeys(range(10 ** 12))", "f'{1:1000000000}'",
      "'%1000000000d' % 1", "'{:>{}}'.format('a', 10 ** 9)", "import math; math.perm(10 ** 9)",
      "bytearray(b'a') * 10 ** 12", "10 ** 10 ** 100", "1 << 10 ** 30", "f'{1:1000000000000}'", "f'{1.5:.1000000000f}'",
      "'%.10000000000f' % 1.5", "import math; math.factorial(10 ** 9)", "set(range(10 ** 12))",
    ])
  func sizes(expression: String) throws {
    let ending = try Self.ending(expression)
    #expect(["MemoryError", "OverflowError", "ValueError", "ticks", "memory"].contains(ending), "\(ending)")
  }

  @Test(
    "numbers and texts are converted up to the limit, and beyond it as long as there are ticks",
    arguments: [
      ("int('9' * 10 ** 6)", "ValueError"), ("str(10 ** 5000)", "ValueError"), ("f'{10 ** 5000}'", "ValueError"),
      ("import sys; sys.set_int_max_str_digits(0); n = int('9' * 10 ** 5); assert str(n) == '9' * 10 ** 5", "ok"),
      ("import sys; sys.set_int_max_str_digits(0); int('9' * 10 ** 6)", "ok"),
      ("float('1' * 10 ** 6)", "ok"), ("hash(1 << 10 ** 6)", "ok"), ("len(range(10 ** 30))", "OverflowError"),
      ("[1, 2, 3][:10 ** 30:10 ** 29]", "ok"), ("range(10 ** 30)[10 ** 29]", "ok"), ("round(1.5, 10 ** 12)", "ok"),
    ])
  func conversions(source: String, wanted: String) throws {
    #expect(try Self.ending(source) == wanted)
  }

  @Test(
    "deep nesting of values ends in RecursionError",
    arguments: [
      "repr(a)", "a == b", "a < b", "hash(t)", "isinstance(1, t)", "str(a)", "format(t)", "print(a)", "sorted([a, b])",
      "issubclass(object, t)", "list(m)", "{t: 1}", "min(a, b)", "a.index(b)",
    ])
  func nestedValues(expression: String) throws {
    let source = """
      a, b, t, m = [], [], (), iter([1])
      for i in range(10 ** 5):
          a, b, t, m = [a], [b], (t,), map(int, m)
      try:
          \(expression)
      except RecursionError as error:
          print(error)
      """
    // What CPython answers without going down is fine too.
    #expect(try Self.ending(source) == "ok")
  }

  @Test(
    "deep nesting of source ends in an error of its own",
    arguments: [
      "'(' * n + ')' * n", "'[' * n + ']' * n", "'-' * n + '1'", "'not ' * n + '1'", "'+'.join(['1'] * n)",
      "'a' + '.b' * n", "'a' + '()' * n", "'lambda:' * n + '1'", "'1 if 1 else ' * n + '1'", "\"f'{\" * n",
      "'a' + '[0]' * n", "'<'.join(['1'] * n)", "'x = ' * n + '1'", "'{' * n", "'**'.join(['1'] * n)", "'await ' * n",
      "'if 1: pass\\\\n' + 'elif 1: pass\\\\n' * n", "'@a\\\\n' * n + 'def f(): pass'", "'a:' * n", "'*' * n", "'(yield ' * n",
    ])
  func nestedSource(expression: String) throws {
    let source = """
      for n in (90, 1000, 10 ** 5):
          try:
              compile(\(expression), "<deep>", "exec")
          except (SyntaxError, RecursionError, MemoryError):
              pass
      """
    #expect(try Self.ending(source) == "ok")
  }

  @Test("a chain of a million exceptions is raised, printed in part, and let go of")
  func chain() throws {
    let source = """
      last = None
      for i in range(10 ** 6):
          error = ValueError(i)
          error.__context__ = last
          last = error
      raise last
      """
    var limits = Self.limits
    limits.memoryBytes = 512 << 20
    let roomy = limits
    try onInterpreterThread {
      let interpreter = try #require(Interpreter())
      let result = interpreter.run(Array(source.utf8), limits: roomy)
      #expect(result.error?.type == "ValueError" && result.error?.message == "999999")
      #expect(interpreter.run(Array("del last, error; print(1)".utf8), limits: roomy).outcome == .ok)
    }
  }

  @Test(
    "methods that lie or change what they are asked about do no harm",
    arguments: [
      """
      class Lie:
          def __lt__(self, other): return True
      [Lie() for i in range(5000)].sort()
      """,
      """
      class Growing:
          def __lt__(self, other):
              items.append(1)
              return True
      items = [Growing() for i in range(50)]
      try:
          items.sort()
      except ValueError as error:
          assert str(error) == "list modified during sort"
      """,
      """
      class Clearing:
          def __eq__(self, other):
              table.clear()
              return False
          def __hash__(self): return 1
      table = {Clearing(): 1}
      try:
          table[Clearing()]
      except KeyError:
          pass
      """,
      """
      class Shrinking:
          def __eq__(self, other):
              del items[:]
              return False
      items = [Shrinking() for i in range(100)]
      assert items.count(1) <= 100 and 1 not in items
      """,
      """
      class Long:
          def __len__(self): return 2 ** 62
          def __getitem__(self, index): raise IndexError
      assert list(Long()) == []
      """,
      """
      class Hinting:
          def __length_hint__(self): return 2 ** 62
          def __iter__(self): return iter(())
      try:
          list(Hinting())
      except MemoryError:
          pass
      """,
    ])
  func lies(source: String) throws {
    #expect(try Self.ending(source) == "ok")
  }

  @Test(
    "recursion through every special method ends",
    arguments: [
      ("__repr__(self)", "repr(x)"), ("__eq__(self, o)", "x == 1"), ("__hash__(self)", "hash(x)"),
      ("__getattr__(self, n)", "x.y"), ("__call__(self)", "x()"), ("__iter__(self)", "iter(x)"),
      ("__len__(self)", "len(x)"), ("__add__(self, o)", "x + 1"), ("__str__(self)", "str(x)"),
      ("__bool__(self)", "bool(x)"), ("__lt__(self, o)", "sorted([x, x])"), ("__format__(self, s)", "f'{x:a}'"),
      ("__contains__(self, o)", "1 in x"), ("__getitem__(self, i)", "x[1]"), ("__setattr__(self, n, v)", "x.y = 1"),
      ("__index__(self)", "range(x)"), ("__enter__(self)", "x.__enter__()"), ("__next__(self)", "next(x)"),
      ("__init__(self)", "X()"), ("__instancecheck__(self, o)", "isinstance(1, x)"),
    ])
  func specialMethods(signature: String, expression: String) throws {
    let body = expression.contains(" = ") ? expression : "return \(expression)"
    let program = """
      class X:
          def \(signature): \(body)
      x = object.__new__(X)
      try:
          \(expression)
      except RecursionError:
          print("deep")
      """
    #expect(try Self.ending(program) == "ok")
  }
}
