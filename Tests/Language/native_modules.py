# What CPython writes in C of itertools, collections, functools and operator.
import _functools as functools
import _operator as operator
import itertools as it
from _collections import defaultdict, deque


def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


take = lambda n, iterable: list(it.islice(iterable, n))

# itertools
assert list(it.accumulate([1, 2, 3])) == [1, 3, 6] and list(it.accumulate([1, 2, 3], operator.mul, initial=10)) == [
    10, 10, 20, 60]
assert list(it.chain("ab", [1])) == ["a", "b", 1] and list(it.chain.from_iterable(["ab", "c"])) == ["a", "b", "c"]
assert list(it.combinations("abcd", 2)) == [tuple(p) for p in ("ab", "ac", "ad", "bc", "bd", "cd")]
assert list(it.combinations("ab", 3)) == [] and list(it.combinations("ab", 0)) == [()]
assert list(it.combinations_with_replacement("ab", 2)) == [("a", "a"), ("a", "b"), ("b", "b")]
assert list(it.compress("abcd", [1, 0, 1])) == ["a", "c"]
assert take(3, it.count()) == [0, 1, 2] and take(3, it.count(5, -2)) == [5, 3, 1] and take(2, it.count(0.5)) == [0.5, 1.5]
assert repr(it.count(3)) == "count(3)" and repr(it.count(3, 2)) == "count(3, 2)"
assert take(5, it.cycle("ab")) == ["a", "b", "a", "b", "a"] and list(it.cycle("")) == []
assert list(it.dropwhile(lambda x: x < 3, [1, 3, 2])) == [3, 2]
assert list(it.takewhile(lambda x: x < 3, [1, 3, 2])) == [1]
assert list(it.filterfalse(lambda x: x % 2, range(5))) == [0, 2, 4] and list(it.filterfalse(None, [0, 1])) == [0]
assert [(k, list(g)) for k, g in it.groupby("aabbca")] == [
    ("a", ["a", "a"]), ("b", ["b", "b"]), ("c", ["c"]), ("a", ["a"])]
groups = it.groupby([1, 1, 2, 2], key=lambda x: x)
(k1, g1), (k2, g2) = groups
assert list(g1) == [] and list(g2) == [] and (k1, k2) == (1, 2)
assert list(it.islice(range(10), 2, 8, 3)) == [2, 5] and list(it.islice("abc", None)) == ["a", "b", "c"]
assert raised(lambda: it.islice("a", -1)) == (
    "ValueError", "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
assert list(it.pairwise("abc")) == [("a", "b"), ("b", "c")] and list(it.pairwise("a")) == []
assert list(it.permutations("abc", 2)) == [tuple(p) for p in ("ab", "ac", "ba", "bc", "ca", "cb")]
assert ["".join(p) for p in it.permutations("abc")] == ["abc", "acb", "bac", "bca", "cab", "cba"]
assert len(list(it.permutations(range(6)))) == 720 and list(it.permutations("ab", 3)) == []
assert list(it.product("ab", [1, 2])) == [("a", 1), ("a", 2), ("b", 1), ("b", 2)] and list(it.product()) == [()]
assert list(it.product("ab", repeat=2)) == [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")] and not list(it.product("a", ""))
assert list(it.repeat(1, 3)) == [1, 1, 1] and take(2, it.repeat("x")) == ["x", "x"] and repr(it.repeat(1, 2)) == "repeat(1, 2)"
assert list(it.starmap(pow, [(2, 3), (3, 2)])) == [8, 9]
t1, t2, t3 = it.tee(iter(range(200)), 3)
assert take(100, t1) == list(range(100)) and list(t2) == list(range(200)) and list(t1) == list(range(100, 200))
assert sum(t3) == 19900
assert list(it.zip_longest("ab", "c", fillvalue="-")) == [("a", "c"), ("b", "-")] and list(it.zip_longest()) == []

# deque
d = deque([1, 2, 3])
d.append(4)
d.appendleft(0)
assert list(d) == [0, 1, 2, 3, 4] and d.pop() == 4 and d.popleft() == 0 and len(d) == 3 and d[1] == 2 and d[-1] == 3
d.extend("ab")
d.extendleft("xy")
assert list(d) == ["y", "x", 1, 2, 3, "a", "b"] and d.index(2) == 3 and d.count("a") == 1 and 3 in d
d.rotate(2)
assert list(d) == ["a", "b", "y", "x", 1, 2, 3]
d.rotate(-3)
assert list(d) == ["x", 1, 2, 3, "a", "b", "y"] and list(reversed(d))[0] == "y"
d.insert(2, "new")
d.remove("a")
del d[0]
assert list(d) == [1, "new", 2, 3, "b", "y"]
d.reverse()
assert list(d) == ["y", "b", 3, 2, "new", 1] and d.copy() == d and repr(deque([1])) == "deque([1])"
m = deque(range(5), maxlen=3)
assert list(m) == [2, 3, 4] and m.maxlen == 3 and repr(m) == "deque([2, 3, 4], maxlen=3)"
m.append(5)
m.appendleft(0)
assert list(m) == [0, 3, 4] and raised(lambda: m.insert(0, 1)) == ("IndexError", "deque already at its maximum size")
assert deque([1]) + deque([2]) == deque([1, 2]) and deque([1]) * 2 == deque([1, 1]) and deque([1]) < deque([2])
assert raised(lambda: deque().pop()) == ("IndexError", "pop from an empty deque")
assert raised(lambda: deque([1])[1]) == ("IndexError", "deque index out of range")


def change():
    d = deque([1, 2])
    for x in d:
        d.append(x)


assert raised(change) == ("RuntimeError", "deque mutated during iteration")
queue = deque()
for i in range(1000):
    queue.append(i)
    if i % 3 == 0:
        queue.popleft()
assert len(queue) == 666 and queue[0] == 334 and sum(queue) == sum(range(334, 1000))

# defaultdict
dd = defaultdict(list)
dd["a"].append(1)
dd["a"].append(2)
assert dd == {"a": [1, 2]} and "b" not in dd and dd.default_factory is list and dd.get("q") is None
assert repr(defaultdict(int, a=1)) == "defaultdict(<class 'int'>, {'a': 1})" and type(dd.copy()) is defaultdict
assert raised(lambda: defaultdict()["x"]) == ("KeyError", "'x'") and (dd | {"z": 1})["z"] == 1
assert raised(lambda: defaultdict(1)) == ("TypeError", "first argument must be callable or None")

# functools
assert functools.reduce(operator.add, [1, 2, 3]) == 6 and functools.reduce(operator.add, [], 5) == 5
assert raised(lambda: functools.reduce(operator.add, [])) == (
    "TypeError", "reduce() of empty iterable with no initial value")
f = functools.partial(int, base=2)
assert f("101") == 5 and f.func is int and f.keywords == {"base": 2} and repr(functools.partial(len, 1)) == (
    "functools.partial(<built-in function len>, 1)")
g = functools.partial(functools.partial(max, 1), 2)
assert g.args == (1, 2) and g(0) == 2
assert sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)) == [3, 2, 1]

# operator
assert operator.itemgetter(1)("abc") == "b" and operator.itemgetter(0, 2)("abc") == ("a", "c")
assert operator.attrgetter("real")(5) == 5 and operator.attrgetter("real.imag", "imag")(5) == (0, 0)
assert operator.methodcaller("replace", "a", "b")("aa") == "bb" and operator.concat([1], [2]) == [1, 2]
assert operator.countOf([1, 2, 1], 1) == 2 and operator.indexOf([1, 2], 2) == 1 and operator.truth([]) is False
assert operator.add(1, 2) == 3 and operator.iadd([1], [2]) == [1, 2] and operator.contains([1], 1)
assert operator.getitem({1: 2}, 1) == 2 and operator.not_(0) and operator.is_(None, None) and operator.lt(1, 2)
assert repr(operator.itemgetter(1)) == "operator.itemgetter(1)" and operator.length_hint(iter([1, 2])) == 2
