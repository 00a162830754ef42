"""Modules that CPython has in C: abstract classes, heaps, bisection, time, contexts, locks, OrderedDict, errno."""
import abc, heapq, bisect, time, errno, contextvars, threading, os, collections, functools, enum, typing, dataclasses
from collections.abc import Sequence, Mapping, Hashable
print(isinstance([], Sequence), isinstance({}, Mapping), issubclass(int, Hashable), isinstance(5, Sequence))
class B(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
try: B()
except TypeError as e: print(e)
class C(B):
    def f(self): return 1
print(C().f())
@B.register
class D: pass
print(isinstance(D(), B), issubclass(D, B))
h=[5,3,8,1]; heapq.heapify(h); print(h, heapq.heappop(h), heapq.heappushpop(h,0), heapq.nsmallest(2,h), list(heapq.merge([1,4],[2,3])))
print(bisect.bisect([1,2,2,3],2), bisect.bisect_left([1,2,2,3],2))
l=[1,3]; bisect.insort(l,2); print(l)
t=time.gmtime(86400*365); print(t, t.tm_year, time.strftime("%Y-%m-%d %H:%M:%S %a %b %j %U", t), time.mktime(t))
print(time.asctime(t), time.strptime("2024-02-29","%Y-%m-%d"))
a=time.monotonic(); time.sleep(1.5); b=time.monotonic(); print(1.5<=b-a<1.6)
v=contextvars.ContextVar('v', default=3)
print(v.get()); tok=v.set(5); print(v.get()); v.reset(tok); print(v.get())
ctx=contextvars.copy_context(); ctx.run(v.set, 9); print(v.get(), ctx[v], len(ctx))
lk=threading.Lock()
with lk: print(lk.locked(), lk.acquire(False))
loc=threading.local(); loc.x=1; print(loc.x)
od=collections.OrderedDict([('a',1),('b',2)]); od.move_to_end('a'); print(od, od.popitem(last=False), od.keys())
print(od == collections.OrderedDict(a=1), errno.ENOENT, errno.errorcode[2])
print(os.path.join('a','b'))
class X:
    def __del__(self): print('X')
x=X(); x=None; print('-')
# Random numbers that no seed was given for are others each time.
import random, secrets, uuid
assert len({uuid.uuid4() for _ in range(2000)}) == len({os.urandom(8) for _ in range(2000)}) == 2000
assert len({secrets.token_hex(8) for _ in range(2000)}) == len({random.SystemRandom().random() for _ in range(2000)}) == 2000
assert len({random.Random().random() for _ in range(2000)}) == 2000
import hmac, operator
class Lying(bytes):
    def __eq__(self, other): return False
    __hash__ = None
assert hmac.compare_digest(Lying(b'ab'), b'ab') and not hmac.compare_digest(Lying(b'ab'), b'ac')
import codecs
for handler in ('namereplace', 'xmlcharrefreplace', 'backslashreplace', 'surrogateescape'):
    try: codecs.lookup_error(handler)(UnicodeError('plain'))
    except TypeError as error: print(error)
for coder, value in ((codecs.decode, b'zz'), (codecs.encode, 5)):
    try: coder(value, 'hex')
    except Exception as error: print(type(error).__name__, error, repr(error.__cause__))
import sys, types
class Loader:
    def __repr__(self): return 'a loader'
made = types.ModuleType('made'); print(made); made.__loader__ = Loader(); print(made); made.__file__ = 'here.py'; print(made)
del made.__name__; print(made, sys)
for interval in (0.1, 0, -1, 'x'):
    try: print(sys.setswitchinterval(interval))
    except (ValueError, TypeError) as error: print(error)
sys.settrace(None); print(sys.gettrace(), sys.getprofile())
