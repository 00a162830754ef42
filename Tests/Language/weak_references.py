"""Weak references, their callbacks and containers, gc, and what runs at the end of the program."""
import weakref, gc
class A:
    def __init__(self, n): self.n = n
    def __repr__(self): return f"A({self.n})"
a = A(1)
r = weakref.ref(a, lambda r: print("callback", r() is None))
print(r() is a, weakref.getweakrefcount(a))
del a
print(r())
a = A(2)
p = weakref.proxy(a)
print(p.n, p)
p.n = 5
print(a.n)
del a
try: p.n
except ReferenceError as e: print(e)
a = A(3); b = A(4)
a.o = b; b.o = a
ra = weakref.ref(a)
del a, b
print(ra() is None)
gc.collect()
print(ra() is None)
d = weakref.WeakValueDictionary()
x = A(7)
d['x'] = x
print(len(d), list(d.items()))
del x
print(len(d), list(d.items()))
k = weakref.WeakKeyDictionary()
x = A(8)
k[x] = 'v'
print(len(k))
x = None
print(len(k))
s = weakref.WeakSet()
x = A(9); s.add(x)
print(len(s)); del x; print(len(s))
x = A(10)
weakref.finalize(x, print, "finalized", 1)
del x
print("then")
x = A(11)
f = weakref.finalize(x, print, "at exit")
class T:
    def m(self): return 5
t = T()
wm = weakref.WeakMethod(t.m)
print(wm()())
del t
print(wm())
def gen():
    try:
        yield 1
    finally:
        print('gen closed')
g = gen(); next(g); g = None
print(gc.collect())
l = []; l.append(l); del l
print(gc.collect())
print(gc.isenabled(), gc.get_threshold(), gc.is_tracked([]), gc.is_tracked(1), gc.is_tracked({}))
cb = lambda *a: print(a)
gc.callbacks.append(cb); gc.collect(); gc.callbacks.remove(cb)
def outer():
    obj = A(12)
    ref = weakref.ref(obj)
    def inner(): return obj
    return inner, ref
fn, ref = outer()
print(ref())
del fn
print(ref())
import atexit
atexit.register(print, "bye")
class D:
    def __del__(self): print("D del at exit")
keep = D()
print("end")
