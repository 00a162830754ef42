# Dicts: every method, views, order, merging, and the messages.

def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


d = {"a": 1, "b": 2}
d["c"] = 3
d.update({"d": 4}, e=5)
d.update([("f", 6), ["g", 7], "h8"])
assert d == dict(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h="8") and list(d) == list("abcdefgh")
assert d.pop("b") == 2 and d.pop("zz", None) is None and "b" not in d
d["b"] = 9
assert list(d) == list("acdefghb") and d.popitem() == ("b", 9) and len(d) == 7
assert d.get("a") == 1 and d.get("q") is None and d.get("q", 0) == 0
assert d.setdefault("a", 5) == 1 and d.setdefault("n") is None and d.setdefault("m", 2) == 2
del d["n"]
c = d.copy()
assert c == d and c is not d
c.clear()
assert c == {} and not c
assert dict.fromkeys("ab") == {"a": None, "b": None} and dict.fromkeys([1, 2], 0) == {1: 0, 2: 0}
assert dict([(1, 2)]) == {1: 2} and dict({1: 2}, x=3) == {1: 2, "x": 3} and dict(zip("ab", (1, 2))) == {"a": 1, "b": 2}

# Keys that are equal.
assert {1: "a", 1.0: "b", True: "c"} == {1: "c"} and list({1: 0, True: 1}) == [1]
assert {0: 0}[False] == 0 and {2**70: 1}[2**70] == 1 and {(1, "x"): 5}[(1, "x")] == 5 and {None: 1}[None] == 1
assert {1.5: 1}[1.5] == 1 and {"": 0}[""] == 0 and {frozenset([1]): 1}[frozenset([1])] == 1

# Order survives changes of size, deletion and reinsertion.
big = {}
for i in range(3000):
    big[i * 7919 % 3001] = i
for i in range(0, 3000, 2):
    del big[i * 7919 % 3001]
assert list(big.values()) == list(range(1, 3000, 2))
for i in range(0, 100, 2):
    big[i * 7919 % 3001] = i
assert list(big.values()) == list(range(1, 3000, 2)) + list(range(0, 100, 2))
assert list(reversed(big))[0] == 98 * 7919 % 3001
while big:
    key, value = big.popitem()
    assert key == value * 7919 % 3001
assert raised(big.popitem) == ("KeyError", "'popitem(): dictionary is empty'")

# Merging.
assert {1: 1, 2: 2} | {2: 3} == {1: 1, 2: 3}
m = {1: 1}
m |= [(2, 2)]
m |= {3: 3}
assert m == {1: 1, 2: 2, 3: 3} and {**m, 4: 4} == {1: 1, 2: 2, 3: 3, 4: 4}
assert raised(lambda: m | [(1, 2)]) == ("TypeError", "unsupported operand type(s) for |: 'dict' and 'list'")


class Mapping:
    def keys(self):
        return ["x", "y"]

    def __getitem__(self, key):
        return key * 2


assert dict(Mapping()) == {"x": "xx", "y": "yy"}

# Views.
d = {"a": 1, "b": 2, "c": 3}
k, v, i = d.keys(), d.values(), d.items()
assert (len(k), len(v), len(i)) == (3, 3, 3) and "a" in k and 2 in v and ("a", 1) in i and ("a", 2) not in i
assert list(i) == [("a", 1), ("b", 2), ("c", 3)] and list(reversed(v)) == [3, 2, 1]
assert list(reversed(i))[0] == ("c", 3) and list(reversed(d)) == ["c", "b", "a"]
assert k & {"a", "z"} == {"a"} and k | ["z"] == {"a", "b", "c", "z"} and k - ["a"] == {"b", "c"}
assert k ^ {"a", "z"} == {"b", "c", "z"} and {"a", "z"} - k == {"z"} and ["a", "q"] - k == {"q"}
assert i & {("a", 1)} == {("a", 1)} and k == {"a", "b", "c"} and k <= {"a", "b", "c", "d"} and k > {"a"}
assert {"a"} < k and k >= {"a"} and k != {"a"} and k.isdisjoint("xyz") and not k.isdisjoint("a")
assert k == dict(a=0, b=0, c=0).keys() and i != dict(a=0, b=0, c=0).items() and d.values() != d.values()
assert repr(k) == "dict_keys(['a', 'b', 'c'])" and repr(i) == "dict_items([('a', 1), ('b', 2), ('c', 3)])"
assert repr(v) == "dict_values([1, 2, 3])" and k.mapping == d
d["e"] = 5
assert len(k) == 4 and list(v) == [1, 2, 3, 5]
assert raised(lambda: hash(k)) == ("TypeError", "unhashable type: 'dict_keys'")

# Comparison.
assert {1: 2} == {1: 2.0} and {1: 2} != {1: 3} and {1: 2} != {2: 2} and {} == {} and not {} == []
assert raised(lambda: {} < {}) == ("TypeError", "'<' not supported between instances of 'dict' and 'dict'")
nan = float("nan")
assert {1: nan} == {1: nan}

# repr.
assert repr({1: "a", "b": [2]}) == "{1: 'a', 'b': [2]}" and repr({}) == "{}"
r = {}
r["self"] = r
assert repr(r) == "{'self': {...}}"

# Messages.
assert raised(lambda: {}["a"]) == ("KeyError", "'a'") and raised(lambda: {}[(1, 2)]) == ("KeyError", "(1, 2)")
assert raised(lambda: {}.pop("a")) == ("KeyError", "'a'") and raised(lambda: {}.__delitem__(1)) == ("KeyError", "1")
assert raised(lambda: {[]: 1}) == ("TypeError", "unhashable type: 'list'")
assert raised(lambda: {}[{}]) == ("TypeError", "unhashable type: 'dict'")
assert raised(lambda: dict([1])) == (
    "TypeError", "cannot convert dictionary update sequence element #0 to a sequence")
assert raised(lambda: dict(["ab", "abc"])) == (
    "ValueError", "dictionary update sequence element #1 has length 3; 2 is required")
assert raised(lambda: dict(1)) == ("TypeError", "'int' object is not iterable")
assert raised(lambda: dict(1, 2)) == ("TypeError", "dict expected at most 1 argument, got 2")
assert raised(lambda: {}.update(1, 2)) == ("TypeError", "update expected at most 1 argument, got 2")


def change_size():
    d = {1: 1, 2: 2}
    for key in d:
        d[key + 10] = 0


def change_keys():
    d = {0: 0}
    for key in d:
        del d[0]
        d[0] = 0


assert raised(change_size) == ("RuntimeError", "dictionary changed size during iteration")
assert raised(change_keys) == ("RuntimeError", "dictionary keys changed during iteration")
same = {1: 1, 2: 2}
for key in same:
    same[key] += 1
assert same == {1: 2, 2: 3}


# Subclasses and __missing__.
class Counting(dict):
    def __missing__(self, key):
        return key * 2


x = Counting(a=1)
assert x["a"] == 1 and x["bb"] == "bbbb" and x.get("bb") is None and "bb" not in x and type(x.copy()) is dict
assert type(Counting.fromkeys("a")) is Counting and repr(x) == "{'a': 1}" and x | {"b": 2} == {"a": 1, "b": 2}


# Keys whose comparison runs the program.
class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 3

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n


t = {Key(n): n for n in range(50)}
assert len(t) == 50 and all(t[Key(n)] == n for n in range(50)) and Key(99) not in t
del t[Key(7)]
assert Key(7) not in t and len(t) == 49 and t.pop(Key(8)) == 8


class Evil:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        target.clear()
        return False


target = {Evil(): 1}
assert 1 not in target
target = {Evil(): 1}
target[1] = 5
assert target == {1: 5}
