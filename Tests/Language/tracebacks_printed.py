# Tracebacks as the interpreter prints them, on the error stream: the runner compares it with CPython's.
import sys
def show(f, *a):
    print('##', getattr(f,'__name__','?'), file=sys.stderr)
    try: f(*a)
    except BaseException: sys.excepthook(*sys.exc_info())
def a1():
    x = 1; y = 0
    return x + (x
      / y) * 3
show(a1)
def a2():
    return foo(1,
       2)(3)
def foo(*a): return None
show(a2)
def a3():
    d = {'a': {'b': None}}
    return d['a']['b']['c']
show(a3)
def a4():
    x = [1,2]
    x[5] += 1
show(a4)
def a5():
    a, b, c = 1, 2
show(a5)
def a6():
    for a, b in [1]: pass
show(a6)
def a7():
    return [1/x for x in (1,0)]
show(a7)
def a8():
    return (lambda q: q.foo)(5)
show(a8)
def a9():
    class C:
        z = 1
        y = z/0
show(a9)
def deco(n):
    def d(f):
        raise ValueError(n)
    return d
def a10():
    @deco(
        5)
    def f(): pass
show(a10)
def a11():
    @deco(1)
    @deco(2)
    class F: pass
show(a11)
def a12():
    assert 1 == 2, "message"
show(a12)
def a13():
    assert (1 ==
        2)
show(a13)
def a14():
    try: 1/0
    except ZeroDivisionError as e: raise KeyError('x') from e
show(a14)
def a15():
    try: 1/0
    except ZeroDivisionError: undefined_name
show(a15)
def a16():
    try: 1/0
    except ZeroDivisionError: raise TypeError from None
show(a16)
def rec(n): return rec(n+1)
def a17(): rec(1)
show(a17)
def a18():
    def g():
        yield 1
        raise ValueError('in gen')
    for x in g(): pass
show(a18)
def a19():
    def g(): yield from h()
    def h(): yield 1/0
    list(g())
show(a19)
def a20():
    async def f(): await g()
    async def g(): raise OSError(2, 'No such file')
    f().send(None)
show(a20)
def a21(): exec("x = 1\ny = (1 +\n")
show(a21)
def a22(): eval("1 +* 2")
show(a22)
def a23(): exec("def f():\n  return 1/0\nf()")
show(a23)
def a24():
    e = ValueError('v'); e.add_note('note 1'); e.add_note('line a\nline b'); raise e
show(a24)
def a25(): raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [TypeError('t'), KeyError('k')])])
show(a25)
def a26():
    try: a25()
    except* ValueError as e: raise RuntimeError('new') from e
show(a26)
def a27(): "abc".uper()
show(a27)
def a28():
    variable = 1
    varable
show(a28)
def a29():
    import sys
    sys.exitt
show(a29)
def a30():
    from sys import exitt
show(a30)
def a32(): import nosuchmodule
show(a32)
def a33(): return "ééé" + 1 + "日本語".foo
show(a33)
def a34():
	return 1/0	# tabs
show(a34)
def a35(): return f"{1/0}"
show(a35)
def a36(): return f"""
 {1/0}"""
show(a36)
def a37():
    with open_it() as f: pass
def open_it(): return 5
show(a37)
def a38():
    return foo(*[1], **{'a': 1}, **{'a': 2})
show(a38)
def a39(): int('x' * 10)
show(a39)
def a40(): raise
show(a40)
def a41(): raise 5
show(a41)
def a42():
    x = 5
    x.y.z = 1
show(a42)
def a43(): del nope
show(a43)
def a44():
    def inner(): return v
    inner()
    v = 1
show(a44)
def a45():
    print(v)
    v = 1
show(a45)
def a46():
    match 5:
        case int(x, y): pass
show(a46)
def a47():
    return -"a"
show(a47)
def a48():
    return not_there.attr[0](1)
show(a48)
def a49(): return (1).__add__(1, 2)
show(a49)
def a50(x, *, y): pass
show(a50)
show(lambda: a50(1, 2, y=3))
show(lambda: a50(1, z=3))
def a51(): return a50(1,
   y=2,
   z=3)
show(a51)
class P:
    @property
    def p(self): return self._p
    def __init__(self, v): self.v = v.attr
show(lambda: P(1))
def a52():
    p = P.__new__(P)
    return p.p
show(a52)
def a53(): return 1 if 1/0 else 2
show(a53)
def a54():
    while 1/0: pass
show(a54)
def a55():
    return {1: 2, **5}
show(a55)
def a56(): return [*5]
show(a56)
def a57(): return 1 < "a" < 2
show(a57)
def a58(): return 5 in 6
show(a58)
def a59():
    x = (yyy :=
      1/0)
show(a59)
def a60(): raise SyntaxError('my', ('f.py', 3, 5, 'some text here', 3, 9))
show(a60)
def a61(): raise SyntaxError('my')
show(a61)
class E1(Exception):
    def __str__(self): return 'multi\nline'
def a62(): raise E1
show(a62)
class E2(Exception):
    def __str__(self): 1/0
show(lambda: (_ for _ in ()).throw(E2))
class Out:
    class E3(Exception): pass
def a63(): raise Out.E3('q')
show(a63)
def a64(): raise KeyError
show(a64)
def a65(): raise StopIteration(5)
show(a65)
def a66():
    try:
        try: raise ValueError(1)
        finally: raise TypeError(2)
    except TypeError as e:
        raise OSError(3) from e.__context__
show(a66)
def a67(): exec(compile("\n\n1/0", "nofile.py", "exec"))
show(a67)
def a68(): return a68.x.y
show(a68)
def a69():
    x = [
        1,
        2/0,
    ]
show(a69)
def a70():
    foo(
        1,
        bar(2),
    )
def bar(x): raise ValueError
show(a70)
def a71():
    return (foo
        .bar
        .baz)
show(a71)
def a72(): raise ValueError("x", 5)
show(a72)
def a73():
    x = 1
    x()
show(a73)
def a74(): return 'a' 'b' % (1, 2)
show(a74)
def a75(): return 1 ** -1 // 0 @ 5
show(a75)
def a76():
    global gg
    del gg
show(a76)
def a77(a, b=1/1): a77()
show(a77, 1)
def a78(): raise UnicodeDecodeError('utf-8', b'abc\xff', 3, 4, 'bad')
show(a78)
def a79(): b'\xff'.decode()
show(a79)
def a80(): '\ud800'.encode()
show(a80)
def a81(): exec("  x = 1")
show(a81)
def a82(): exec("if 1:\nx")
show(a82)
def a83(): exec("if 1:\n\tx\n        y")
show(a83)
def a84(): exec("x = 'abc")
show(a84)
def a85(): exec("print 'hello'")
show(a85)
def a86(): exec("f(a for a in b, c)")
show(a86)
def a87(): exec("a = 1 = 2\n")
show(a87)
def a88(): exec("for x in range(3) print(x)")
show(a88)
def a89(): exec("def f(x, x): pass")
show(a89)
def a90(): exec("return 5")
show(a90)
def a91(): exec("x = {1: 2, 3}")
show(a91)
def a92(): exec("import a.b as c.d")
show(a92)
def a93(): exec("break")
show(a93)
def a94(): exec("class A\n  pass")
show(a94)
def a95(): exec("x = 5 +")
show(a95)
def a96(): exec("f'{a b}'")
show(a96)
def a97(): exec("é = 1\n$")
show(a97)
def a98(): exec("(1, 2")
show(a98)
def a99(): exec("'''abc\n\n")
show(a99)
