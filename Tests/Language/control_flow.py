# Loops, branches, `else` on loops, `break` and `continue`, chained comparisons, conditional expressions, `del`, `assert`.

# for … else and while … else run their last part only if nothing broke out.
found = []
for number in range(5):
    if number == 3:
        found.append("broke")
        break
else:
    found.append("never")
for number in range(2):
    pass
else:
    found.append("ended")
while number < 5:
    number += 1
    if number == 4:
        continue
else:
    found.append(number)
assert found == ["broke", "ended", 5]


# break and continue leave a try by way of its finally.
def ways_out():
    log = []
    for turn in range(4):
        try:
            if turn == 1:
                continue
            if turn == 3:
                break
            log.append(turn)
        finally:
            log.append(f"f{turn}")
    return log


assert ways_out() == [0, "f0", "f1", 2, "f2", "f3"]


# A return in finally wins, and swallows an exception.
def finally_wins():
    try:
        raise KeyError("gone")
    finally:
        return "from finally"


def finally_replaces():
    for _ in range(2):
        try:
            return "from try"
        finally:
            continue
    return "after the loop"


assert finally_wins() == "from finally"
assert finally_replaces() == "after the loop"

# A chained comparison computes each part once, and no more than it needs.
calls = []


def noted(value):
    calls.append(value)
    return value


assert not noted(1) < noted(0) < noted(5)
assert calls == [1, 0]
calls.clear()
assert noted(1) < noted(2) <= noted(2) != noted(3)
assert calls == [1, 2, 2, 3]

# and, or and the conditional expression give a value and leave out the rest.
assert (0 or "" or [] or "last") == "last"
assert (1 and "x" and 0 and noted("never")) == 0
assert ("yes" if 0 else "no") == "no"
assert (not 0) is True
assert [a if a > 1 else -a for a in range(4)] == [0, -1, 2, 3]

# Targets of assignments: nested, starred, subscripts, attributes, several at once, augmented.
first, (second, *rest), *others = 1, (2, 3, 4), 5, 6
assert (first, second, rest, others) == (1, 2, [3, 4], [5, 6])
a = b = []
a += [1]
assert a is b == [1] or b == [1]
box = {}
box["x"], box["y"] = 1, 2
for box["x"] in range(3):
    pass
assert box == {"x": 2, "y": 2}
i, numbers = 0, [10, 20]
i, numbers[i] = 1, 99
assert numbers == [10, 99]
try:
    x, y = 1, 2, 3
except ValueError as error:
    assert str(error) == "too many values to unpack (expected 2)"
try:
    x, y, *z = [1]
except ValueError as error:
    assert str(error) == "not enough values to unpack (expected at least 2, got 1)"
try:
    x, y = 5
except TypeError as error:
    assert str(error) == "cannot unpack non-iterable int object"

# del takes names, elements and attributes apart, and nested lists of them.
things = [0, 1, 2, 3, 4]
del things[0], things[-1]
assert things == [1, 2, 3]
p = q = 1
del (p, [q])
try:
    p
except NameError as error:
    assert str(error) == "name 'p' is not defined"

# assert says what it is given, and only computes that when it fails.
try:
    assert 1 == 2, "told " + "so"
except AssertionError as error:
    assert error.args == ("told so",)
try:
    assert ()
except AssertionError as error:
    assert error.args == ()
