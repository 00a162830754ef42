"""Finalisers run when the last reference goes, in order, and once."""
class A:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
a = A(1)
b = a
del a
print("one ref left")
del b
print("after")
A(2)
print("x")
def f():
    a = A(3); b = A(4)
    print("in f")
f()
print("after f")
l = [A(5), A(6), A(7)]
l = None
print('list done')
class P:
    def __init__(s,n): s.n=n; s.c=A(n+1)
    def __del__(s): print("P",s.n)
p = P(10)
p = None
print('p')
def g():
    try:
        yield 1
        yield 2
    finally:
        print("closed")
x = g(); next(x)
del x
print("after gen")
for v in g():
    break
print("after loop")
import sys
sys.unraisablehook = lambda u: print(u.exc_type.__name__, u.exc_value, u.object.__qualname__)
class B:
    def __del__(self): 1/0
b = B()
b = None
print("ok")
x = A(20); y = A(21)
x.o = y; y.o = x
del x, y
print("cycle not yet")
class R:
    def __del__(self):
        global saved; saved = self; print("res")
r = R(); del r
print(type(saved).__name__)
saved = None
print("no second")
d = {'a': A(30)}
d['a'] = A(31)
d.pop('a')
print("end")
