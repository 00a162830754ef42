# What pickle says of functions that have no name to be found by, and copies of what it can take.
import copy
import functools
import pickle
from collections import OrderedDict


def named():
    pass


def outer():
    def inner():
        pass

    class Local:
        pass

    return inner, Local


class Gone:
    pass


Kept, Gone = Gone, None
inner, Local = outer()
assert pickle.loads(pickle.dumps(named)) is named and pickle.loads(pickle.dumps([1, {"a": (2, None)}])) == [1, {"a": (2, None)}]
for value in (inner, Local, Local(), lambda: 0, Kept, (x for x in ()), open):
    try:
        pickle.dumps(value)
    except Exception as error:
        print(type(error).__module__, type(error).__name__, str(error).split(" at 0x")[0])
for wrong in (lambda: pickle.loads(b""), lambda: pickle.loads("text")):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__)
print(pickle.Pickler, pickle.PicklingError.__mro__)


class Bytes(bytearray):
    pass


class Slotted(bytearray):
    __slots__ = ("x", "__dict__")


for cls in (Bytes, Slotted):
    value = cls(b"\x00\xffab")
    value.x, value.y = 10, [1]
    for twin in (copy.copy(value), copy.deepcopy(value), *(pickle.loads(pickle.dumps(value, n)) for n in range(6))):
        assert type(twin) is cls and twin == value and (twin.x, twin.y) == (10, [1])
print(bytearray(b"a\xff").__reduce__(), bytearray(b"a").__reduce_ex__(3), bytearray().__reduce__())
part = functools.partial(named, ["a"], key=1)
assert copy.copy(part).args is part.args
ordered = OrderedDict(a=1)
ordered.note = [2]
assert ordered.__dict__ == {"note": [2]}


class Counting(OrderedDict):
    def __missing__(self, key):
        return "missing"

    def __delitem__(self, key):
        raise AssertionError


counting = Counting(a=1)
assert counting.pop("a") == 1 and counting.pop("b", 2) == 2
try:
    counting.pop("b")
except KeyError as error:
    print(repr(error))
