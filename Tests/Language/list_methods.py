# Lists: every method, slices of all kinds, comparison, and the messages.

def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


# Construction and simple methods.
a = list(range(5))
a.append(5)
a.extend((6, 7))
a.extend(x for x in "ab")
a += [8]
a += "c"
assert a == [0, 1, 2, 3, 4, 5, 6, 7, "a", "b", 8, "c"]
assert a.pop() == "c" and a.pop(0) == 0 and a.pop(-2) == "b"
a.insert(0, "first")
a.insert(-1, "almost")
a.insert(100, "last")
assert a == ["first", 1, 2, 3, 4, 5, 6, 7, "a", "almost", 8, "last"]
assert a.index(3) == 3 and a.index(8, -3) == 10 and a.count(1) == 1
a.remove("a")
assert "a" not in a and 7 in a
b = a.copy()
b.reverse()
assert b[0] == "last" and b[::-1] == a and list(reversed(a)) == b
a.clear()
assert a == [] and not a and len(a) == 0
e = [1, 2]
e.extend(e)
assert e == [1, 2, 1, 2]
e *= 2
assert e == [1, 2] * 4 == 4 * [1, 2] and [1] * -1 == []
assert [1, 2] + [3] == [1, 2, 3]

# Slices.
s = list(range(10))
assert s[2:5] == [2, 3, 4] and s[::3] == [0, 3, 6, 9] and s[::-4] == [9, 5, 1] and s[7:2:-2] == [7, 5, 3]
assert s[100:] == [] and s[-3:] == [7, 8, 9] and s[:-8] == [0, 1] and s[5:2] == []
assert s[-100:100] == s and s[None:None:None] == s and s[::2**70] == [0] and s[-(2**70):3] == [0, 1, 2]
s[2:5] = "abcdef"
assert s == [0, 1, "a", "b", "c", "d", "e", "f", 5, 6, 7, 8, 9]
s[2:8] = []
assert s == [0, 1, 5, 6, 7, 8, 9]
s[::2] = [10, 11, 12, 13]
assert s == [10, 1, 11, 6, 12, 8, 13]
s[::-3] = "xyz"
assert s == ["z", 1, 11, "y", 12, 8, "x"]
del s[1::2]
assert s == ["z", 11, 12, "x"]
s[1:1] = s
assert s == ["z", "z", 11, 12, "x", 11, 12, "x"]
del s[::-2]
assert s == ["z", 11, "x", 12]
del s[1:3], s[0]
assert s == [12]
s[5:] = (1, 2)
assert s == [12, 1, 2]
big = list(range(1000))
del big[10:990]
assert big == list(range(10)) + list(range(990, 1000))
del big[::7]
assert big == [n for i, n in enumerate(list(range(10)) + list(range(990, 1000))) if i % 7]


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


assert big[Index(0)] == 1
assert [1, 2, 3][Index(1)] == 2 and [1, 2, 3][Index(1):Index(3)] == [2, 3] and [1, 2, 3][True] == 2

# Messages.
l = [1, 2, 3]
assert raised(lambda: l[3]) == ("IndexError", "list index out of range")
assert raised(lambda: l[-4]) == ("IndexError", "list index out of range")
assert raised(lambda: l.__setitem__(3, 0)) == ("IndexError", "list assignment index out of range")
assert raised(lambda: l.__delitem__(3)) == ("IndexError", "list assignment index out of range")
assert raised(lambda: l["a"]) == ("TypeError", "list indices must be integers or slices, not str")
assert raised(lambda: l[1.0]) == ("TypeError", "list indices must be integers or slices, not float")
assert raised(lambda: l[2**100]) == ("IndexError", "cannot fit 'int' into an index-sized integer")
assert raised(lambda: l["a":]) == (
    "TypeError", "slice indices must be integers or None or have an __index__ method")
assert raised(lambda: l[::0]) == ("ValueError", "slice step cannot be zero")
assert raised(lambda: [].pop()) == ("IndexError", "pop from empty list")
assert raised(lambda: l.pop(7)) == ("IndexError", "pop index out of range")
assert raised(lambda: l.remove(7)) == ("ValueError", "list.remove(x): x not in list")
assert raised(lambda: l.index("q")) == ("ValueError", "'q' is not in list")
assert raised(lambda: l.index(1, "x")) == (
    "TypeError", "slice indices must be integers or have an __index__ method")
assert raised(lambda: l + (1,)) == ("TypeError", 'can only concatenate list (not "tuple") to list')
assert raised(lambda: l * "a") == ("TypeError", "can't multiply sequence by non-int of type 'str'")
assert raised(lambda: l * 1.5) == ("TypeError", "can't multiply sequence by non-int of type 'float'")
assert raised(lambda: l.extend(5)) == ("TypeError", "'int' object is not iterable")
assert raised(lambda: list(5)) == ("TypeError", "'int' object is not iterable")
assert raised(lambda: hash(l)) == ("TypeError", "unhashable type: 'list'")
assert raised(lambda: l < 1) == ("TypeError", "'<' not supported between instances of 'list' and 'int'")
assert raised(lambda: l.__setitem__(slice(0, 1), 5)) == ("TypeError", "can only assign an iterable")
assert raised(lambda: l.__setitem__(slice(0, 3, 2), 5)) == ("TypeError", "must assign iterable to extended slice")
assert raised(lambda: l.__setitem__(slice(0, 3, 2), [1])) == (
    "ValueError", "attempt to assign sequence of size 1 to extended slice of size 2")
assert raised(lambda: [] * 2**62) is None
assert raised(lambda: [1] * 2**62)[0] == "MemoryError"

# Comparison.
assert [1, 2] < [1, 3] and [1, 2] < [1, 2, 0] and [1, 2] <= [1, 2] and [2] > [1, 5] and [] < [0]
assert [1, "a"] == [1, "a"] and [1] != [2] and [1.0] == [1] and not [1] == (1,)
nan = float("nan")
assert [nan] == [nan] and nan in [nan] and [nan].index(nan) == 0 and [float("nan")] != [nan]


class Same:
    def __eq__(self, other):
        return True


assert 5 in [Same()] and [Same()] == [3] and [3].index(Same()) == 0 and [1, 2].count(Same()) == 2


# A list that changes while it is compared or searched.
class Clearing:
    def __eq__(self, other):
        victim.clear()
        return False


victim = [Clearing(), 1, 2]
assert 7 not in victim and victim == []
victim = [Clearing(), 1, 2]
assert victim.count(7) == 0
victim = [Clearing(), Clearing()]
assert (victim == [1, 2]) is False

# repr, recursion.
assert repr([1, "a", None, [2.5, ()]]) == "[1, 'a', None, [2.5, ()]]"
r = [1]
r.append(r)
assert repr(r) == "[1, [...]]" and str([[]]) == "[[]]"
r2 = [r]
assert repr(r2) == "[[1, [...]]]"


# Subclasses.
class Mine(list):
    def __init__(self, *items):
        super().__init__(items)
        self.note = "n"


m = Mine(1, 2)
assert m == [1, 2] and m.note == "n" and type(m + [3]) is list and type(m[:]) is list and m.copy() == [1, 2]
m.append(3)
assert len(m) == 3 and list(m) == [1, 2, 3] and isinstance(m, list) and repr(m) == "[1, 2, 3]"

# Iterating while the list changes.
grow = [1, 2, 3]
seen = []
for x in grow:
    seen.append(x)
    if x == 2:
        grow.append(99)
assert seen == [1, 2, 3, 99]
it = iter([1, 2, 3])
assert it.__length_hint__() == 3 and next(it) == 1 and it.__length_hint__() == 2
assert list[int] == list[int] and repr(list[int]) == "list[int]"
