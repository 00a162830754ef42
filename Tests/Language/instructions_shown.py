"""Modules dis and inspect: the instructions are each engine's own; what they say of the source is the same."""

import dis
import inspect
import io


def make(n):
    def step(x):
        nonlocal n
        try:
            n += x
            while n > 100:
                n -= 100
            return n
        finally:
            x = None

    return step


step = make(1)
first = make.__code__.co_firstlineno

# --- each has a name and a place, and lines are those of the source
shown = list(dis.get_instructions(step))
assert len(shown) > 8
assert all(isinstance(each.opname, str) and each.opname.strip() for each in shown)
offsets = [each.offset for each in shown]
assert offsets == sorted(set(offsets))
lines = [each.starts_line for each in shown if each.starts_line]
print(sorted({line - first for line in lines} & {4, 5, 6, 7}))

# --- jumps lead to instructions
targets = {each.offset for each in shown if each.is_jump_target}
assert targets and targets <= set(offsets)

# --- shown as text: functions within functions, too
out = io.StringIO()
dis.dis(make, file=out)
text = out.getvalue()
assert "Disassembly of <code object step" in text
assert "ExceptionTable:" in text
assert "n" in dis.Bytecode(step).dis()
assert step.__code__._varname_from_oparg(0) == "x"
try:
    dis.dis(1)
except TypeError as error:
    print(error)

# --- the source of what stands in this file
print(inspect.getsource(make).splitlines()[0], inspect.getsourcelines(step)[1] - first)
