# Iterators and the functions that walk over them.


def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


# range
assert list(range(5)) == [0, 1, 2, 3, 4] and list(range(2, 10, 3)) == [2, 5, 8] and list(range(5, 0, -2)) == [5, 3, 1]
assert list(range(0)) == [] and len(range(10**10)) == 10**10 and range(10)[3] == 3 and range(10)[-1] == 9
assert range(10)[2:8:2] == range(2, 8, 2) and range(10)[::-1] == range(9, -1, -1) and list(range(10)[-3:]) == [7, 8, 9]
assert 4 in range(0, 10, 2) and 5 not in range(0, 10, 2) and 4.0 in range(5) and "a" not in range(5)
assert range(0, 10, 2).index(4) == 2 and range(5).count(3) == 1 and range(5).count(9) == 0
assert range(0) == range(2, 1) and range(0, 3, 2) == range(0, 4, 2) and range(3) != range(4)
assert hash(range(0, 3, 2)) == hash(range(0, 4, 2)) and repr(range(1, 5)) == "range(1, 5)"
assert repr(range(1, 5, 2)) == "range(1, 5, 2)" and list(reversed(range(5))) == [4, 3, 2, 1, 0]
assert (range(1, 2).start, range(1, 2).stop, range(1, 2).step) == (1, 2, 1) and not range(0) and range(1)
big = range(2**70, 2**70 + 10, 3)
assert list(big) == [2**70, 2**70 + 3, 2**70 + 6, 2**70 + 9] and len(big) == 4 and 2**70 + 3 in big
assert list(reversed(big))[0] == 2**70 + 9 and big[1:][0] == 2**70 + 3 and big.index(2**70 + 6) == 2
assert range(10**30)[10**29] == 10**29 and range(0, -(2**80), -(2**79))[1] == -(2**79)
assert raised(lambda: range(1, 2, 0)) == ("ValueError", "range() arg 3 must not be zero")
assert raised(lambda: range(1.0)) == ("TypeError", "'float' object cannot be interpreted as an integer")
assert raised(lambda: range()) == ("TypeError", "range expected at least 1 argument, got 0")
assert raised(lambda: range(5)[5]) == ("IndexError", "range object index out of range")
assert raised(lambda: range(5)["a"]) == ("TypeError", "range indices must be integers or slices, not str")
assert raised(lambda: range(5).index(9)) == ("ValueError", "9 is not in range")
assert raised(lambda: len(range(2**70))) == ("OverflowError", "Python int too large to convert to C ssize_t")

# slice
s = slice(1, 10, 2)
assert (s.start, s.stop, s.step) == (1, 10, 2) and repr(slice(3)) == "slice(None, 3, None)"
assert s.indices(5) == (1, 5, 2) and slice(None, None, -1).indices(4) == (3, -1, -1) and slice(1) == slice(None, 1)
assert slice(-3, None).indices(10) == (7, 10, 1) and slice(1, 2) < slice(1, 3) and slice(0).indices(2**80) == (0, 0, 1)
assert slice(2**90).indices(2**80) == (0, 2**80, 1)
assert raised(lambda: hash(s)) == ("TypeError", "unhashable type: 'slice'")
assert raised(lambda: s.indices(-1)) == ("ValueError", "length should not be negative")

# enumerate, zip, map, filter, reversed
assert list(enumerate("ab")) == [(0, "a"), (1, "b")] and list(enumerate("a", start=2**70)) == [(2**70, "a")]
assert list(zip("abc", [1, 2])) == [("a", 1), ("b", 2)] and list(zip()) == [] and list(zip([1])) == [(1,)]
assert list(map(str, [1, 2])) == ["1", "2"] and list(map(lambda x, y: x + y, [1, 2], [3, 4, 5])) == [4, 6]
assert list(filter(None, [0, 1, "", "a"])) == [1, "a"] and list(filter(lambda x: x > 1, range(4))) == [2, 3]
assert list(reversed("abc")) == ["c", "b", "a"] and list(reversed((1, 2))) == [2, 1] and list(zip("ab", "cd", strict=True))
assert raised(lambda: list(zip("ab", "c", strict=True))) == (
    "ValueError", "zip() argument 2 is shorter than argument 1")
assert raised(lambda: list(zip("a", "b", "cd", strict=True))) == (
    "ValueError", "zip() argument 3 is longer than arguments 1-2")
assert raised(lambda: list(zip("", "b", strict=True))) == ("ValueError", "zip() argument 2 is longer than argument 1")
assert raised(lambda: zip([1], 5)) == ("TypeError", "'int' object is not iterable")
assert raised(lambda: map(str)) == ("TypeError", "map() must have at least two arguments.")
assert raised(lambda: reversed({1})) == ("TypeError", "'set' object is not reversible")
assert raised(lambda: enumerate(5)) == ("TypeError", "'int' object is not iterable")

# sum, min, max, any, all
assert sum([]) == 0 and sum([1, 2, 3]) == 6 and sum([0.5, 1, 2.5]) == 4.0 and sum([[1], [2]], []) == [1, 2]
assert sum([2**61, 2**61, 1]) == 2**62 + 1 and sum([True, True]) == 2 and sum((1, 2), start=10) == 13
assert sum([1, 2.5, 2**80]) == 3.5 + 2**80 and sum(range(1000)) == 499500 and sum([1, 1j]) == 1 + 1j
assert raised(lambda: sum(["a"], "")) == ("TypeError", "sum() can't sum strings [use ''.join(seq) instead]")
assert raised(lambda: sum([b""], b"")) == ("TypeError", "sum() can't sum bytes [use b''.join(seq) instead]")
assert raised(lambda: sum([1, "a"])) == ("TypeError", "unsupported operand type(s) for +: 'int' and 'str'")
assert raised(lambda: sum(5)) == ("TypeError", "'int' object is not iterable")
assert min(3, 1, 2) == 1 and max([3, 1, 2]) == 3 and min("ba") == "a" and max([], default=7) == 7
assert max("aaa", "bb", key=len) == "aaa" and min([(1, "b"), (1, "a")], key=lambda p: p[0]) == (1, "b")
assert max(1, 1.0) == 1 and type(max(1, 1.0)) is int and min(2.5, 1) == 1 and max(2**70, 5) == 2**70
assert raised(lambda: min()) == ("TypeError", "min expected at least 1 argument, got 0")
assert raised(lambda: max([])) == ("ValueError", "max() arg is an empty sequence")
assert raised(lambda: max(1, 2, default=3)) == (
    "TypeError", "Cannot specify a default for max() with multiple positional arguments")
assert raised(lambda: max([1, "a"])) == ("TypeError", "'>' not supported between instances of 'str' and 'int'")
assert any([0, 1]) and not any([]) and all([]) and not all([1, 0]) and any(x > 2 for x in range(5))

# iter and next
it = iter([1, 2])
assert next(it) == 1 and next(it) == 2 and next(it, "end") == "end" and raised(lambda: next(it)) == ("StopIteration", "")
assert raised(lambda: next([1])) == ("TypeError", "'list' object is not an iterator")
assert raised(lambda: iter(5)) == ("TypeError", "'int' object is not iterable")
values = [1, 2, 3, 0, 4]
assert list(iter(lambda: values.pop(0), 0)) == [1, 2, 3] and values == [4]
assert raised(lambda: iter(5, 0)) == ("TypeError", "iter(v, w): v must be callable")


class Old:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * i


assert list(Old()) == [0, 1, 4] and 4 in Old() and max(Old()) == 4 and tuple(Old()) == (0, 1, 4)


class Both:
    def __len__(self):
        return 3

    def __getitem__(self, i):
        return "xyz"[i]


assert list(reversed(Both())) == ["z", "y", "x"]


class Reversible:
    def __reversed__(self):
        return iter("ok")


assert list(reversed(Reversible())) == ["o", "k"]


class Count:
    def __init__(self, stop):
        self.n, self.stop = 0, stop

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == self.stop:
            raise StopIteration("done")
        self.n += 1
        return self.n


assert list(Count(3)) == [1, 2, 3] and sum(Count(4)) == 10 and sorted(Count(3), reverse=True) == [3, 2, 1]
assert raised(lambda: next(Count(0))) == ("StopIteration", "done") and set(Count(2)) == {1, 2}

# Unpacking.
a, b, c = "xyz"
assert (a, b, c) == ("x", "y", "z")
first, *middle, last = range(5)
assert (first, middle, last) == (0, [1, 2, 3], 4)
*start, end = [1]
assert (start, end) == ([], 1)
(a, (b, *c)), d = (1, [2, 3, 4]), 5
assert (a, b, c, d) == (1, 2, [3, 4], 5)


def unpack_two(value):
    x, y = value


def unpack_star(value):
    x, y, *z = value


assert raised(lambda: unpack_two([1])) == ("ValueError", "not enough values to unpack (expected 2, got 1)")
assert raised(lambda: unpack_two((1, 2, 3))) == ("ValueError", "too many values to unpack (expected 2)")
assert raised(lambda: unpack_two(iter([1, 2, 3]))) == ("ValueError", "too many values to unpack (expected 2)")
assert raised(lambda: unpack_two(5)) == ("TypeError", "cannot unpack non-iterable int object")
assert raised(lambda: unpack_star([1])) == (
    "ValueError", "not enough values to unpack (expected at least 2, got 1)")

# Tuples.
t = (1, "a", 2.5)
assert t[0] == 1 and t[-1] == 2.5 and t[1:] == ("a", 2.5) and t[::-1] == (2.5, "a", 1) and t[:] is t
assert t + (1,) == (1, "a", 2.5, 1) and t * 2 == t + t and () * 5 == () and t.index("a") == 1 and t.count(1) == 1
assert (1, 2) < (1, 3) and (1,) < (1, 0) and (2,) > (1, 9) and (1, 2) == (1.0, 2.0) and () < (0,)
assert hash((1, 2, 3)) == 529344067295497451 and hash(()) == 5740354900026072187 and hash((1,)) == hash((1.0,))
assert hash((1, (2, 3))) == 7267574591690527098
assert repr(()) == "()" and repr((1,)) == "(1,)" and repr((1, "a")) == "(1, 'a')"
assert raised(lambda: t[3]) == ("IndexError", "tuple index out of range")
assert raised(lambda: t["a"]) == ("TypeError", "tuple indices must be integers or slices, not str")
assert raised(lambda: t.index(9)) == ("ValueError", "tuple.index(x): x not in tuple")
assert raised(lambda: t + [1]) == ("TypeError", 'can only concatenate tuple (not "list") to tuple')
assert raised(lambda: hash(([],))) == ("TypeError", "unhashable type: 'list'")
assert tuple([1, 2]) == (1, 2) and tuple("ab") == ("a", "b") and tuple(t) is t and tuple() == ()


class Point(tuple):
    def __new__(cls, x, y):
        return super().__new__(cls, (x, y))


p = Point(1, 2)
p.note = 5
assert p == (1, 2) and p.note == 5 and type(p[:]) is tuple and hash(p) == hash((1, 2)) and {(1, 2): "v"}[p] == "v"

# How long an iterator may still be, and copies of iterators over arrangements.
import copy
import gc
import itertools
import operator

assert operator.length_hint(itertools.repeat(None), 12) == 12 and operator.length_hint(object(), 3) == 3
assert operator.length_hint([1, 2]) == 2 and operator.length_hint(iter([1, 2]), 9) == 2
for make in (itertools.combinations, itertools.permutations, itertools.combinations_with_replacement):
    for values, size in (("", 0), ("abc", 0), ("abc", 2), ("abc", 5)):
        for taken in range(2):
            iterator = make(values, size)
            for _ in range(taken):
                next(iterator, None)
            if make(values, size).__reduce__() != iterator.__reduce__():
                assert list(copy.copy(iterator)) == list(iterator), (make, values, size, taken)
first, second = itertools.tee("abc")
third = type(first)(first)
assert list(first) == list(second) == list(third) == ["a", "b", "c"]


# At its end an iterator lets go of what it went over.
def let_go(kind, make):
    ended = []

    class Sequence(kind):
        def __del__(self):
            ended.append(kind)

    iterator = make(Sequence())
    assert next(iterator, None) is None
    gc.collect()
    return ended == [kind]


for kind, make in ((tuple, reversed), (bytes, reversed), (tuple, iter), (list, iter)):
    assert let_go(kind, make), (kind, make)
