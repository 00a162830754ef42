# What is right to write and hardly meant: warnings of the compiler on the error stream.
x=5
assert (x, "y")
if x is 5: pass
if x is not 'a' is x: pass
print("a" "b"[0])
def f():
    try: [1,2]["a"]
    except TypeError: pass
    try: (1,2)(3)
    except TypeError: pass
    try: {1}[0]
    except TypeError: pass
    if x is -1: pass
    if x is (1,2): pass
    if x is None or x is ...: pass
    try: f"a"()
    except TypeError: pass
    try: (lambda: 1)[0]
    except TypeError: pass
    try: 1[0]
    except TypeError: pass
f()
eval("x is 1")
try: compile('def f():\n nonlocal zz','<snippet>','exec')
except SyntaxError as e: print(repr(e.text), e.offset)
try: compile('return','foo.py','exec')
except SyntaxError as e: print(repr(e.text), e.offset)
for fl,op in [(1<<30,0),(0,5),(0x4000,0)]:
    try: compile('(','s','exec',fl,False,op)
    except Exception as e: print(type(e).__name__, e)
exec("# -*- coding: latin-9 -*-\nprint('é')")
