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
