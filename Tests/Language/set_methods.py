# Sets: operators, methods, order of small integers as CPython's table has it, and the messages.

def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None



class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n


def fingerprint(items):
    h = 0
    for x in items:
        h = (h * 1000003 + x) % (2**61 - 1)
    return h


s = {3, 1, 2}
s.add(5)
s.add(1)
assert s == {1, 2, 3, 5} and len(s) == 4 and 5 in s and 9 not in s
s.discard(9)
s.discard(5)
s.remove(1)
assert s == {2, 3} and sorted(s) == [2, 3]
assert set("hello") == {"h", "e", "l", "o"} and set() == set([]) and frozenset("ab") == {"a", "b"}

# Operators and methods; the type is the left operand's, of the built-in.
a, b = {1, 2, 3, 4}, frozenset([3, 4, 5])
assert a | b == {1, 2, 3, 4, 5} and a & b == {3, 4} and a - b == {1, 2} and a ^ b == {1, 2, 5}
assert type(a | b) is set and type(b | a) is frozenset and type(b & a) is frozenset and type(b - a) is frozenset
assert a.union([9], (8,)) == {1, 2, 3, 4, 8, 9} and a.intersection([1, 2], {2}) == {2}
assert a.difference([1], [2]) == {3, 4} and a.symmetric_difference([1, 7]) == {2, 3, 4, 7}
assert {1}.issubset([1, 2]) and {1, 2}.issuperset([1]) and {1}.isdisjoint([2]) and not {1}.isdisjoint({1})
assert {1} < {1, 2} <= {1, 2} and {1, 2} > {1} and {1, 2} >= {2} and not {1} < {1} and {1} != {2} and not {1} < {2}
c = {1, 2, 3}
c |= {4}
c &= {2, 3, 4, 9}
c -= {2}
c ^= {3, 7}
assert c == {4, 7}
c.update([1], "a", {2: 0})
c.difference_update([1], ["a"])
c.intersection_update([2, 4, 7, 8])
c.symmetric_difference_update([7, 8])
assert c == {2, 4, 8}
assert c.pop() in (2, 4, 8) and len(c) == 2
c.clear()
assert c == set() and raised(c.pop) == ("KeyError", "'pop from an empty set'")
x = {1, 2}
x -= x
assert x == set()
y = {1, 2}
y ^= y
assert y == set()

# Sets in sets.
inner = frozenset([1, 2])
outer = {inner}
assert {1, 2} in outer and {2, 1} in outer and {1} not in outer
outer.discard({1, 2})
assert outer == set()
assert hash(frozenset()) == 133146708735736 and hash(frozenset([1, 2, 3])) == -272375401224217160
assert hash(frozenset([0])) == hash(frozenset([False])) and hash(frozenset(range(100))) == hash(frozenset(range(99, -1, -1)))

# The order of integers: CPython's.
assert list({3, 1, 2}) == [1, 2, 3] and list({10, 9, 8, 0}) == [8, 9, 10, 0] and list({-1, 5, 13}) == [5, 13, -1]
assert list(set(range(0, 64, 8))) == [0, 32, 8, 40, 16, 48, 24, 56]
marks = []
for seed in range(40):
    random = Random(seed)
    span = (10, 50, 300, 5000, 10**9)[seed % 5]
    s, t = set(), set()
    for step in range(400):
        n = random.below(span)
        what = random.below(12)
        if what < 6:
            s.add(n)
        elif what < 8:
            s.discard(n)
        elif what == 8:
            t = {random.below(span) for _ in range(random.below(40))}
            s |= t
        elif what == 9:
            s = (s | t) - {random.below(span) for _ in range(random.below(20))}
        elif what == 10:
            t = s ^ t
        elif s and random.below(3) == 0:
            s.pop()
        else:
            s = s.difference(t) if random.below(2) else s.copy()
            t &= s
    marks.append((len(s), fingerprint(s), fingerprint(t), hash(frozenset(s))))
assert fingerprint(map(hash, marks)) == 1587825849981720545

# repr.
assert repr({1}) == "{1}" and repr(set()) == "set()" and repr(frozenset()) == "frozenset()"
assert repr(frozenset([1])) == "frozenset({1})"


class Mine(set):
    pass


assert repr(Mine([1])) == "Mine({1})" and repr(Mine()) == "Mine()" and type(Mine() | {1}) is set
assert type(Mine().copy()) is set and Mine([1]) == {1}

# Messages.
assert raised(lambda: {1}.remove(2)) == ("KeyError", "2")
assert raised(lambda: {[]}) == ("TypeError", "unhashable type: 'list'")
assert raised(lambda: hash({1})) == ("TypeError", "unhashable type: 'set'")
assert raised(lambda: {1} | [1]) == ("TypeError", "unsupported operand type(s) for |: 'set' and 'list'")
assert raised(lambda: {1} < [1]) == ("TypeError", "'<' not supported between instances of 'set' and 'list'")
assert raised(lambda: set(1)) == ("TypeError", "'int' object is not iterable")


def change():
    s = {1, 2}
    for x in s:
        s.add(x + 10)


assert raised(change) == ("RuntimeError", "Set changed size during iteration")


# Elements whose comparison runs the program.
class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 5

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n


k = {Key(n) for n in range(60)} | {Key(n) for n in range(30, 90)}
assert len(k) == 90 and Key(89) in k and Key(90) not in k and k - {Key(n) for n in range(89)} == {Key(89)}
