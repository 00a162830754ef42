# What a traceback keeps of the frames that an exception left: their variables, lines and code.

def inner(number):
    word = "inside"
    cells = [number]

    def use():
        return cells

    raise ValueError(word)


def outer():
    here = 1
    inner(2)


try:
    outer()
except ValueError as error:
    traceback = error.__traceback__

names = []
while traceback:
    frame = traceback.tb_frame
    variables = {name: value for name, value in frame.f_locals.items() if name in ("number", "word", "cells", "here")}
    names.append((frame.f_code.co_name, traceback.tb_lineno - frame.f_code.co_firstlineno, variables))
    traceback = traceback.tb_next
assert names[1:] == [
    ("outer", 2, {"here": 1}), ("inner", 7, {"number": 2, "word": "inside", "cells": [2]})], names


def generator():
    kept = "in the generator"
    yield 1
    raise KeyError(kept)


try:
    for item in generator():
        pass
except KeyError as error:
    frame = error.__traceback__.tb_next.tb_frame
    assert frame.f_locals == {"kept": "in the generator"}
    frame.clear()
    assert frame.f_locals == {}

# Lines and columns of code, as tables.
def spread():
    return (
        unknown.
        attribute
    )


lines = [line and line - spread.__code__.co_firstlineno for start, end, line in spread.__code__.co_lines()]
assert lines == [0, 2, 3, 1], lines
assert [p[0] for p in compile("\n\n\nx", "f", "exec").co_positions()][:2] == [0, 4]
empty = spread.__code__.replace(co_linetable=b"")
assert list(empty.co_lines()) == [] and empty != spread.__code__
assert spread.__code__.replace(co_linetable=spread.__code__.co_linetable) == spread.__code__
for wrong in ({"co_nlocals": 3}, {"co_consts": 5}, {"co_nothing": 1}):
    try:
        spread.__code__.replace(**wrong)
    except (TypeError, ValueError):
        pass
    else:
        raise AssertionError(wrong)
assert (lambda: 0.0).__code__ != (lambda: -0.0).__code__
print("ok")


# A frame whose variables are all free ones.
def outer():
    divisor = 0

    def divide():
        return 1 / divisor

    return divide


try:
    outer()()
except ZeroDivisionError as error:
    last = error.__traceback__
    while last.tb_next:
        last = last.tb_next
    assert last.tb_frame.f_locals == {"divisor": 0}
