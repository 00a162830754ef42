# match: every kind of pattern, guards, captures, and classes.


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Colour:
    RED = "red"


def describe(thing):
    match thing:
        case 0 | 1:
            return "small"
        case True:
            return "never, for True equals 1"
        case -5 | 2.5 | 1 + 2j:
            return "number"
        case "text" | b"bytes":
            return "literal"
        case None:
            return "nothing"
        case Colour.RED:
            return "by its name"
        case [] | ():
            return "empty"
        case [single]:
            return "one", single
        case [first, *middle, last] if first == last:
            return "framed", middle
        case (first, second):
            return "pair", first, second
        case [1, *_]:
            return "starts with 1"
        case {"kind": "box", "size": [w, h], **rest}:
            return "box", w, h, rest
        case {"kind": str() as kind}:
            return "kind", kind
        case Point(0, y):
            return "on the axis", y
        case Point(x=x, y=y) if x == y:
            return "diagonal", x
        case Point():
            return "point"
        case int(number) | float(number):
            return "int or float", number
        case str(text):
            return "str", text
        case _:
            return "other"


assert describe(0) == describe(1) == describe(True) == "small"
assert describe(-5) == describe(2.5) == describe(1 + 2j) == "number"
assert describe("text") == describe(b"bytes") == "literal"
assert describe(None) == "nothing"
assert describe("red") == "by its name"
assert describe([]) == describe(()) == "empty"
assert describe([7]) == ("one", 7)
assert describe([1, 2, 3, 1]) == ("framed", [2, 3])
assert describe((1, 2)) == ("pair", 1, 2)
assert describe([1, 2, 3]) == "starts with 1"
assert describe({"kind": "box", "size": (3, 4), "lid": 1}) == ("box", 3, 4, {"lid": 1})
assert describe({"kind": "bag", "more": 2}) == ("kind", "bag")
assert describe(Point(0, 9)) == ("on the axis", 9)
assert describe(Point(4, 4)) == ("diagonal", 4)
assert describe(Point(1, 2)) == "point"
assert describe(99) == ("int or float", 99)
assert describe(0.5) == ("int or float", 0.5)
assert describe("else") == ("str", "else")
assert describe({}) == describe(object()) == describe({1, 2}) == "other"
# Text is no sequence here.
assert describe("ab") == ("str", "ab")


# Captures of a case that failed may stay, and captured names are ordinary variables, also for closures.
def keeps(thing):
    match thing:
        case [a, b, 3]:
            found = "three"
        case [a, *c]:
            found = "rest"
    return (lambda: (a, found))()


assert keeps([1, 2, 3]) == (1, "three")
assert keeps([1, 2, 4]) == (1, "rest")


# A class that names too few fields.
def wrong(thing):
    match thing:
        case Point(1, 2, 3):
            return True


try:
    wrong(Point(1, 2))
except TypeError as error:
    assert str(error) == "Point() accepts 2 positional sub-patterns (3 given)"

# match and case are ordinary names elsewhere.
match = case = 1
assert match + case == 2

# Patterns that the compiler refuses.
for pattern in (
    "{0: _, False: _}", "{0: _, 0j: _}", "{1: _, 1.0: _}", "{-0: _, 0: _}", "{'a': _, 'a': _}", "{f'': _}", "f''", "f'{x}'",
    "(None | _) | _", "x | 1", "{1: _, 2.5: _, 'a': _, b'a': _, None: _}",
):
    try:
        compile(f"match thing:\n case {pattern}: pass\n", "<pattern>", "exec")
    except SyntaxError as error:
        print(pattern, "|", error.msg, error.offset, error.end_offset)
try:
    compile("match thing:\n case None | _: pass\n case 1: pass\n", "<pattern>", "exec")
except SyntaxError as error:
    print(error.msg, error.lineno, error.offset)
