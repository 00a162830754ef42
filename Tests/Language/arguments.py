# How arguments meet parameters, and in which words a call is refused.


def refused(action):
    try:
        action()
    except TypeError as error:
        return str(error)
    return None


def plain(a, b=2, *rest, c, d=4, **named):
    return a, b, rest, c, d, named


assert plain(1, c=3) == (1, 2, (), 3, 4, {})
assert plain(1, 5, 6, 7, c=3, d=8, e=9) == (1, 5, (6, 7), 3, 8, {"e": 9})
assert plain(*[1, 2], *(3,), **{"c": 4}, **{"x": 5}) == (1, 2, (3,), 4, 4, {"x": 5})


def kinds(a, b, /, c, d, *, e, f=6):
    return a, b, c, d, e, f


assert kinds(1, 2, 3, d=4, e=5) == (1, 2, 3, 4, 5, 6)
assert refused(lambda: kinds(1, 2, 3)) == "kinds() missing 1 required positional argument: 'd'"
assert refused(lambda: kinds(1)) == "kinds() missing 3 required positional arguments: 'b', 'c', and 'd'"
assert refused(lambda: kinds(1, 2, 3, 4)) == "kinds() missing 1 required keyword-only argument: 'e'"
assert refused(lambda: kinds(1, 2, 3, 4, 5, e=5)) == (
    "kinds() takes 4 positional arguments but 5 positional arguments (and 1 keyword-only argument) were given"
)
assert refused(lambda: kinds(1, b=2, c=3, d=4, e=5)) == (
    "kinds() got some positional-only arguments passed as keyword arguments: 'b'"
)
assert refused(lambda: kinds(1, 2, 3, c=4, e=5)) == "kinds() got multiple values for argument 'c'"
assert refused(lambda: kinds(1, 2, 3, 4, e=5, g=7)) == "kinds() got an unexpected keyword argument 'g'"
nothing = lambda: 0
assert refused(lambda: nothing(1)) == "<lambda>() takes 0 positional arguments but 1 was given"
assert refused(lambda: plain(1, **{"c": 2}, **{"c": 3})) == (
    "__main__.plain() got multiple values for keyword argument 'c'"
)
assert refused(lambda: plain(*5)) == "__main__.plain() argument after * must be an iterable, not int"
assert refused(lambda: plain(**5)) == "__main__.plain() argument after ** must be a mapping, not int"
assert refused(lambda: plain(**{1: 2})) == "keywords must be strings"
assert refused(lambda: (order := 5)()) == "'int' object is not callable"


# Defaults are computed once, when the function is made, and can be exchanged.
def gather(item, into=[]):
    into.append(item)
    return into


gather(1)
assert gather(2) == [1, 2]
gather.__defaults__ = (["new"],)
assert gather(3) == ["new", 3]
assert kinds.__kwdefaults__ == {"f": 6}

# Arguments are computed from left to right, values before names that follow them.
order = []


def note(value):
    order.append(value)
    return value


plain(note(1), *[note(2)], c=note(3), **{"z": note(4)})
assert order == [1, 2, 3, 4]


# Methods count the object that they are called on.
class Thing:
    def method(self, a):
        return a

    @staticmethod
    def static(a):
        return a

    @classmethod
    def of_class(cls, a):
        return cls.__name__, a


assert Thing().method(1) == 1
assert Thing.static(2) == Thing().static(2) == 2
assert Thing.of_class(3) == Thing().of_class(3) == ("Thing", 3)
assert refused(lambda: Thing().method()) == "Thing.method() missing 1 required positional argument: 'a'"
assert refused(lambda: Thing().method(1, 2)) == "Thing.method() takes 2 positional arguments but 3 were given"
assert refused(lambda: Thing(1)) == "Thing() takes no arguments"
assert Thing.method(Thing(), 5) == 5


# Annotations are kept, and do nothing.
def annotated(a: int, *b: "any text", c: 1 + 1 = 3) -> list[int]:
    local: undefined = 1
    return local


assert annotated("x") == 1
assert annotated.__annotations__ == {"a": int, "b": "any text", "c": 2, "return": list[int]}

# What a wrapper is given is its own: packed anew for each call, and passed on as copies.
def packed(*args, **kwargs):
    return args, kwargs


def passing(function):
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        kwargs["seen"] = args
        return result
    return wrapper


def two(a, b=2, /, c=3, d=4):
    return a, b, c, d


def later(*rest, last=0):
    return rest, last


def leading(first, *rest, **named):
    return first, rest, named


class Name(str):
    pass


def check(number):
    given = {"c": number, "d": 5}
    args, kwargs = packed(*(1, 2), **given)
    assert args == (1, 2) and kwargs == given and kwargs is not given
    kwargs["more"] = 1
    del kwargs["c"]
    kwargs["c"] = 2
    assert list(kwargs) == ["d", "more", "c"] and given == {"c": number, "d": 5}
    assert packed(**kwargs)[1] == {"d": 5, "more": 1, "c": 2}
    assert list(packed(**{**kwargs, "e": 1, "f": 2, "g": 3, "h": 4})[1].values()) == [5, 1, 2, 1, 2, 3, 4]
    assert packed(a=1)[1].popitem() == ("a", 1) and packed()[1] is not packed()[1]
    twice = passing(passing(packed))
    assert twice(number, x=1) == ((number,), {"x": 1}) and twice() == ((), {})
    wrapped = passing(passing(two))
    assert wrapped(number) == (number, 2, 3, 4) and wrapped(1, d=number) == (1, 2, 3, number)
    assert wrapped(1, 5, d=6, c=7) == (1, 5, 7, 6) and wrapped(*range(4)) == (0, 1, 2, 3)
    assert wrapped(1, **{Name("c"): number}) == (1, 2, number, 4)
    assert packed(**{Name("c"): number})[1] == {"c": number}
    assert refused(lambda: wrapped()) == "two() missing 1 required positional argument: 'a'"
    assert refused(lambda: wrapped(d=1)) == "two() missing 1 required positional argument: 'a'"
    assert refused(lambda: wrapped(1, 2, 3, c=4)) == "two() got multiple values for argument 'c'"
    assert refused(lambda: wrapped(1, e=4)) == "two() got an unexpected keyword argument 'e'"
    assert refused(lambda: wrapped(1, b=4)) == (
        "two() got some positional-only arguments passed as keyword arguments: 'b'"
    )
    assert refused(lambda: wrapped(1, 2, 3, 4, 5)) == "two() takes from 1 to 4 positional arguments but 5 were given"
    assert later(1, 2) == ((1, 2), 0) and passing(later)(1, last=number) == ((1,), number)
    assert leading(1) == (1, (), {}) and leading(1, 2, x=3) == (1, (2,), {"x": 3})
    assert passing(leading)(1, 2, x=number) == (1, (2,), {"x": number})
    many = tuple(range(40))
    assert packed(*many)[0] == many and packed(*many, x=1) == (many, {"x": 1}) and len(passing(packed)(*many)[0]) == 40


# Often enough for the memory in use to end at each of the places.
for number in range(2000):
    check(number)


# A wrapper around itself ends as any recursion does.
@passing
def endless(*args, **kwargs):
    return endless(*args, **kwargs)


try:
    endless(1, x=2)
    assert False
except RecursionError as error:
    assert str(error).startswith("maximum recursion depth exceeded")
