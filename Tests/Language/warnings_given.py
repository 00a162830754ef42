# Warnings of the compiler and of conversions, as filters of a program see them.
import operator
import warnings


def collected(call):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        value = call()
    return value, [(w.category.__name__, str(w.message), w.lineno if w.filename == "<given>" else "here") for w in seen]


for source in (
    r"'\d'", r"'\d\e'", r"b'\q'", r"'\400'", r"b'\777'", r"r'\d'", r"'\n\x41\101\N{DIGIT ONE}'", r"f'\{1}'", r"f'\d{2}\e'",
    "'''\n\\d'''", "\n(1,\n '\\z', 'a' '\\y')", "'\\é'", "1if 2 else 3", "0x1for x in ()", "[1_0and 2]", "1.5in (1,)", "2jor 3",
    "x is 1", "f'{\"\\d\"}'",
):
    try:
        print(repr(source), *collected(lambda: compile(source, "<given>", "exec") and None)[1])
    except SyntaxError as error:
        print(repr(source), error)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    for source in (r"x = '\d'", r"b'\q'", r"f'a\{1}'", "\nx = (1,\n  '\\z')", "x = 1if 2 else 3"):
        try:
            compile(source, "<given>", "exec")
        except SyntaxError as error:
            print(error.msg, error.lineno)
exec(r"assert '\d' == '\\d'")


class Whole(int):
    pass


class Real(float):
    pass


class Number:
    def __int__(self):
        return Whole(3)

    def __index__(self):
        return Whole(4)

    def __float__(self):
        return Real(5)


class Truncated:
    def __trunc__(self):
        return 6


class Flag:
    def __index__(self):
        return True


for call in (
    lambda: int(Number()), lambda: float(Number()), lambda: operator.index(Number()), lambda: int(Truncated()),
    lambda: complex(Number()), lambda: [0, 1, 2, 3, 4][Number()], lambda: "%d" % Number(), lambda: hex(Number()),
    lambda: operator.index(Flag()), lambda: range(Flag()), lambda: int(Whole(2)), lambda: float(Real(2)),
):
    value, seen = collected(call)
    print(type(value).__name__, value, *seen)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        int(Number())
    except DeprecationWarning as error:
        print(error)
