"""Module ast: parse, dump, unparse, literal_eval, walk, transform, compile."""
import ast

SOURCE = """
import os.path as p, sys
from . import x
@deco(1, *a, k=2, **kw)
async def f(a, /, b: int = 1, *args, c, d=2, **kw) -> int:
    async with a as b, c: await d
    async for i in x: yield i
    return [i async for i in y if i]
class C(B, metaclass=M):
    x: int = 3
    def m(self):
        global g
        try: a = b = c[1:2, ...]; del a.b, c[0]
        except (E, F) as e: raise X from e
        else: pass
        finally: x += 1 @ 2
while not x and y or z: break
else: assert 1 < x <= 2 in z, "msg"
for (i, *j), k in {1: 2, **d}.items(): continue
match v:
    case {"a": 1, **rest} if rest: pass
    case [1, *_] | Point(x=0, y=None): pass
    case str() as s: pass
    case _: lambda x, *y: (yield)
print(f"{x!r:>{w}} {{}} {y=}", b"\\x00", 1j, 1.5, -2, 10**20, {1, 2}, (a := 3), "\u20ac")
try: pass
except* ValueError: pass
"""
tree = ast.parse(SOURCE)
print(ast.dump(tree, indent=1, include_attributes=True))
print(ast.unparse(tree))
print(ast.literal_eval("{'a': [1, -2.5, (3+4j)], 'b': (None, True, b'x')}"))
print([type(n).__name__ for n in ast.walk(ast.parse("a + f(b)[0]"))])


class Double(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.copy_location(ast.Constant(node.value * 2), node)


changed = ast.fix_missing_locations(Double().visit(ast.parse("print(21, 'ab', [1, (2, 3)])")))
exec(compile(changed, "<tree>", "exec"))
print(eval(compile(ast.Expression(ast.BinOp(ast.Constant(6), ast.Mult(), ast.Constant(7), lineno=1, col_offset=0),), "<t>", "eval"))
      if False else eval(compile(ast.fix_missing_locations(ast.Expression(
          ast.BinOp(ast.Constant(6), ast.Mult(), ast.Constant(7)))), "<t>", "eval")))
for make in (lambda: ast.Name("x", ast.Load(), 3), lambda: compile(ast.Module([ast.Expr(1)], []), "f", "exec"),
             lambda: compile(ast.parse("1"), "f", "eval"), lambda: compile(ast.Module([ast.Assign([], ast.Constant(1), lineno=1, col_offset=0)], []), "f", "exec")):
    try:
        make()
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
print(ast.Name("x", ast.Load())._fields, ast.stmt._attributes, ast.BinOp.__doc__, ast.AST in ast.expr.__mro__)


# What the validator says of trees that no source gives.
def name(word, context=ast.Load):
    return ast.Name(word, context())


one, clause = ast.Constant(1), lambda: ast.comprehension(name("x", ast.Store), name("y"), [], 0)
STATEMENTS = [
    ast.Assign([name("x")], one), ast.Assign([one], one), ast.Assign([name("x", ast.Store)], name("y", ast.Store)),
    ast.Delete([]), ast.Delete([name("x")]), ast.AugAssign(name("x"), ast.Add(), one), ast.If(one, [], []),
    ast.For(name("x"), name("y"), [ast.Pass()], []), ast.While(name("x", ast.Store), [ast.Pass()], []),
    ast.With([], [ast.Pass()]), ast.With([ast.withitem(one, name("x"))], [ast.Pass()]),
    ast.Try([ast.Pass()], [], [], []), ast.Try([ast.Pass()], [], [ast.Pass()], [ast.Pass()]),
    ast.Assign([ast.Tuple([name("x")], ast.Store())], one), ast.Expr(ast.List([name("x", ast.Store)], ast.Load())),
    ast.Expr(ast.Starred(name("x", ast.Store), ast.Load())), ast.Expr(ast.BoolOp(ast.And(), [one])),
    ast.Expr(ast.ListComp(one, [])), ast.Expr(ast.ListComp(name("x", ast.Store), [clause()])),
    ast.Expr(ast.Attribute(name("x", ast.Store), "y", ast.Load())),
    ast.Expr(ast.Compare(one, [], [])), ast.Expr(ast.Dict([one], [])), ast.Raise(None, one), ast.Global([]),
]
PATTERNS = [
    ast.MatchValue(name("x")), ast.MatchValue(ast.Constant(True)), ast.MatchValue(ast.Constant((1, 2))), ast.MatchStar("x"),
    ast.MatchSingleton("x"), ast.MatchSequence([ast.MatchStar("_")]), ast.MatchAs(None, "_"), ast.MatchOr([ast.MatchAs(None, "x")]),
    ast.MatchMapping([ast.Constant(None), ast.Constant(1)], [ast.MatchAs(None, "x")], None),
    ast.MatchClass(one, [], [], []), ast.MatchClass(name("C"), [], ["None"], [ast.MatchAs(None, "x")]),
    ast.MatchClass(name("C"), [ast.MatchStar("x")], [], []), ast.MatchAs(ast.MatchAs(None, "x"), None),
]
STATEMENTS += [ast.Match(name("x"), [ast.match_case(pattern, None, [ast.Pass()])]) for pattern in PATTERNS]
for number, statement in enumerate(STATEMENTS):
    tree = ast.fix_missing_locations(ast.Module([statement], []))
    try:
        compile(tree, "<tree>", "exec")
    except ValueError as error:
        # Of some patterns CPython says more than what is wrong.
        print(number, error if number < len(STATEMENTS) - len(PATTERNS) else "refused")
    else:
        raise AssertionError(ast.dump(statement))
assert ast.AST._fields == ast.AST._attributes == ast.AST.__match_args__ == ()
