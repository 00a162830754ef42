# What built-in functions say about arguments that they do not take.

def message(action):
    try:
        action()
    except TypeError as error:
        return str(error)
    raise AssertionError("nothing was raised")


for wanted, action in [
    ("min() takes at most 2 keyword arguments (3 given)", lambda: min(0, default=1, key=2, foo=3)),
    ("'foo' is an invalid keyword argument for print()", lambda: print(1, foo=3)),
    ("int() takes at most 2 arguments (4 given)", lambda: int("1", 2, 3, base=4)),
    ("'foo' is an invalid keyword argument for sort()", lambda: sorted([1], foo=3)),
    ("split() takes at most 2 keyword arguments (3 given)", lambda: "a".split(sep="a", maxsplit=1, foo=2)),
    ("find() takes at least 1 argument (0 given)", lambda: "a".find()),
    ("count() takes at most 3 arguments (4 given)", lambda: "a".count("a", 1, 2, 3)),
    (" expected 1 argument, got 0", lambda: "a".__mul__()),
    ("expected 1 argument, got 0", lambda: (1).__mul__()),
    (" expected at least 1 argument, got 0", lambda: (1).__pow__()),
    ("expected 0 arguments, got 1", lambda: (1).__abs__(1)),
    ("int.bit_length() takes no arguments (1 given)", lambda: (1).bit_length(1)),
    ("list.append() takes exactly one argument (0 given)", lambda: [].append()),
    ("sort() takes no positional arguments", lambda: [].sort(1)),
    ("insert expected 2 arguments, got 1", lambda: [].insert(1)),
    ("object.__reduce__() takes no arguments (1 given)", lambda: object().__reduce__(0)),
    ("'str' object cannot be interpreted as an integer", lambda: "a".splitlines("a")),
    ("maketrans() argument 2 must be str, not int", lambda: str.maketrans(1, 2)),
    ("from_bytes() argument 'byteorder' must be str, not int", lambda: int.from_bytes(b"a", 2)),
    ("unsupported operand type(s) for **=: 'NoneType' and 'int'", lambda: exec("x = None\nx **= 2")),
]:
    found = message(action)
    assert found == wanted, (wanted, found)

method = getattr(True, "bit_length")
assert message(lambda: method(1)) == "bool.bit_length() takes no arguments (1 given)"
assert not hasattr(len, "__objclass__") and not hasattr(str.split, "__self__")
assert len.__self__.__name__ == "builtins" and str.split.__objclass__ is str


class Part:
    pass


# How an object can be made again.
part = Part()
assert part.__reduce_ex__(2)[1:] == ((Part,), None, None, None)
part.x = 1
assert part.__reduce_ex__(4)[1:3] == ((Part,), {"x": 1}) and part.__getstate__() == {"x": 1}
assert message(lambda: (item for item in ()).__reduce_ex__(2)) == "cannot pickle 'generator' object"
print("ok")
