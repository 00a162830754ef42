# How uncaught exceptions are written: lines, carets, causes, groups, notes, suggestions. And tracebacks and frames as objects.
import sys


class Stream:
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)

    def flush(self):
        pass


def shown(action, keep=1):
    """What the interpreter writes for what `action` raises, without the lines of this helper, file names as F."""
    old, sys.stderr = sys.stderr, Stream()
    try:
        try:
            action()
        except BaseException as error:
            traceback = error.__traceback__
            for _ in range(keep):
                traceback = traceback.tb_next
            sys.excepthook(type(error), error.with_traceback(traceback), traceback)
        return "".join(sys.stderr.parts).replace(shown.__code__.co_filename, "F")
    finally:
        sys.stderr = old


def check(action, expected):
    text = shown(action)
    for line in range(1, 400):
        text = text.replace(f"line {line}, in", "line N, in")
    assert text == expected, text


def attribute():
    value = None
    return value.name.other


def operation():
    left = {}
    return (1, left + 5, 2)


def item():
    table = {"a": {}}
    return [table["a"] ["b"], 1]


def whole():
    raise ValueError("whole line")


def wide():
    text = "日本"; return text + None


def several():
    return [1,
            None.x(
                1)]


check(attribute, """Traceback (most recent call last):
  File "F", line N, in attribute
    return value.name.other
           ^^^^^^^^^^
AttributeError: 'NoneType' object has no attribute 'name'
""")
check(operation, """Traceback (most recent call last):
  File "F", line N, in operation
    return (1, left + 5, 2)
               ~~~~~^~~
TypeError: unsupported operand type(s) for +: 'dict' and 'int'
""")
check(item, """Traceback (most recent call last):
  File "F", line N, in item
    return [table["a"] ["b"], 1]
            ~~~~~~~~~~^^^^^^
KeyError: 'b'
""")
check(whole, """Traceback (most recent call last):
  File "F", line N, in whole
    raise ValueError("whole line")
ValueError: whole line
""")
check(wide, """Traceback (most recent call last):
  File "F", line N, in wide
    text = "日本"; return text + None
                        ~~~~~^~~~~~
TypeError: can only concatenate str (not "NoneType") to str
""")
check(several, """Traceback (most recent call last):
  File "F", line N, in several
    None.x(
    ^^^^^^
AttributeError: 'NoneType' object has no attribute 'x'
""")


# Repeated entries are counted.
def down(n):
    return down(n - 1) if n else n / 0


check(lambda: down(6), """Traceback (most recent call last):
  File "F", line N, in <lambda>
    check(lambda: down(6), \"""Traceback (most recent call last):
                  ^^^^^^^
  File "F", line N, in down
    return down(n - 1) if n else n / 0
           ^^^^^^^^^^^
  File "F", line N, in down
    return down(n - 1) if n else n / 0
           ^^^^^^^^^^^
  File "F", line N, in down
    return down(n - 1) if n else n / 0
           ^^^^^^^^^^^
  [Previous line repeated 4 more times]
ZeroDivisionError: division by zero
""")


# Causes, contexts, and their suppression.
def chained():
    try:
        try:
            raise ValueError("first")
        except ValueError:
            raise KeyError("second")
    except KeyError as error:
        raise OSError("third") from error


check(chained, """Traceback (most recent call last):
  File "F", line N, in chained
    raise ValueError("first")
ValueError: first

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "F", line N, in chained
    raise KeyError("second")
KeyError: 'second'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "F", line N, in chained
    raise OSError("third") from error
OSError: third
""")


def suppressed():
    try:
        raise ValueError("first")
    except ValueError:
        raise KeyError("second") from None


assert "first" not in shown(suppressed)


def circle():
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    raise one


assert shown(circle).count("ValueError: ") == 2


# Notes, classes with a module or a name of their own, messages that fail.
class Broken(Exception):
    def __str__(self):
        raise TypeError


class Elsewhere(Exception):
    __module__ = "some.where"


def noted():
    error = Elsewhere("text")
    error.add_note("a\nb")
    error.__notes__.append(Broken())
    error.__notes__.append(5)
    raise error


assert shown(noted).split("raise error\n")[1] == "some.where.Elsewhere: text\na\nb\n<note str() failed>\n5\n"


def broken():
    raise Broken


assert shown(broken).endswith("Broken: <exception str() failed>\n")


def local():
    class Inner(Exception):
        pass
    raise Inner


assert shown(local).endswith("\nlocal.<locals>.Inner\n")


# Suggestions.
class Thing:
    def __init__(self):
        self.velocity = 1


some_global_value = 1


def misspelt_local():
    counter = 1
    return conter


assert shown(lambda: Thing().velocty).endswith("'velocty'. Did you mean: 'velocity'?\n")
assert shown(lambda: some_globl_value).endswith("not defined. Did you mean: 'some_global_value'?\n")
assert shown(misspelt_local).endswith("name 'conter' is not defined. Did you mean: 'counter'?\n")
assert shown(lambda: pritn).endswith("name 'pritn' is not defined. Did you mean: 'print'?\n")
assert shown(lambda: something_else_entirely).endswith("is not defined\n")


# Groups.
def grouped():
    inner = ExceptionGroup("inner", [TypeError(n) for n in range(17)])
    inner.add_note("inner note")
    raise ExceptionGroup("outer", [ValueError("v"), inner])


lines = shown(grouped).split("\n")
assert lines[0] == "  + Exception Group Traceback (most recent call last):"
assert lines[2:11] == [
    "  |     raise ExceptionGroup(\"outer\", [ValueError(\"v\"), inner])",
    "  | ExceptionGroup: outer (2 sub-exceptions)",
    "  +-+---------------- 1 ----------------",
    "    | ValueError: v",
    "    +---------------- 2 ----------------",
    "    | ExceptionGroup: inner (17 sub-exceptions)",
    "    | inner note",
    "    +-+---------------- 1 ----------------",
    "      | TypeError: 0",
]
assert lines[-5:] == [
    "      | TypeError: 14",
    "      +---------------- ... ----------------",
    "      | and 2 more exceptions",
    "      +------------------------------------",
    "",
]


def deep(n):
    return ExceptionGroup(f"level {n}", [deep(n - 1)]) if n else ValueError("leaf")


def raise_deep():
    raise deep(14)


assert "... (max_group_depth is 10)\n" in shown(raise_deep) and "leaf" not in shown(raise_deep)


# Bad source: the line, with carets as far as it is bad.
def bad(*place):
    def action():
        raise SyntaxError("message", place)
    return shown(action).split("place)\n")[1]


assert bad("f", 3, 4, "   abc def\n", 3, 7) == '  File "f", line 3\n    abc def\n    ^^^\nSyntaxError: message\n'
assert bad("f", 3, 6, "abcdef", 3, 60) == '  File "f", line 3\n    abcdef\n         ^\nSyntaxError: message\n'
assert bad(None, 3, 4, None) == '  File "<string>", line 3\nSyntaxError: message\n'
assert bad("f", 3, None, "abc") == '  File "f", line 3\n    abc\nSyntaxError: message\n'
assert bad("f", 3, 2, "abc\n", 5, 1) == '  File "f", line 3\n    abc\n     ^^\nSyntaxError: message\n'


# Traceback and frame objects.
def outer():
    inside = "variable"

    def inner():
        return inside + 1
    return inner()


try:
    outer()
except TypeError as error:
    first = error.__traceback__
    entries = []
    entry = first
    while entry is not None:
        entries.append(entry.tb_frame.f_code.co_name)
        entry = entry.tb_next
    assert entries == ["<module>", "outer", "inner"]
    assert first.tb_frame is first.tb_frame and first.tb_frame.f_globals is globals()
    start = outer.__code__.co_firstlineno
    assert (first.tb_next.tb_lineno - start, first.tb_next.tb_next.tb_lineno - start) == (5, 4)
    try:
        first.tb_next.tb_next.tb_next = first
    except ValueError as loop:
        assert str(loop) == "traceback loop detected"
    first.tb_next = None
    assert first.tb_next is None


def here():
    x = 1
    frame = sys._getframe()
    y = 2
    assert frame.f_locals["x"] == 1 and frame.f_locals["y"] == 2
    assert frame.f_back.f_code.co_name == "<module>" and frame.f_lineno == here.__code__.co_firstlineno + 5
    return frame


assert here().f_code is here.__code__
try:
    sys._getframe(5000)
except ValueError as error:
    assert str(error) == "call stack is not deep enough"
