# What a program can see of a closure: `__closure__`, cells, and the names in the code.

import types


def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


def maker(zulu, alpha):
    mike = zulu + alpha

    def made():
        return mike, alpha, zulu

    return made


made = maker(1, 2)
plain = lambda: None

# Names in order of the alphabet, cells in the same order.
assert made.__code__.co_freevars == ("alpha", "mike", "zulu")
assert [cell.cell_contents for cell in made.__closure__] == [2, 3, 1]
# Of the function that owns them: parameters first, in their order.
assert maker.__code__.co_cellvars == ("zulu", "alpha", "mike")
assert maker.__code__.co_freevars == ()
assert plain.__closure__ is None
assert plain.__code__.co_freevars == ()
assert made.__code__.co_flags & 16
assert not plain.__code__.co_flags & 16
assert made.__qualname__ == "maker.<locals>.made"

# A cell.
cell = made.__closure__[0]
assert type(cell) is types.CellType
assert type(cell).__name__ == "cell"
assert repr(cell).startswith("<cell at 0x")
assert repr(cell).split(":")[1].startswith(" int object at 0x")
cell.cell_contents = "new"
assert made() == (3, "new", 1)
assert raised(lambda: setattr(cell, "other", 1)) == ("AttributeError", "'cell' object has no attribute 'other'")

# The attribute itself cannot be replaced, and the tuple cannot be changed.
assert raised(lambda: setattr(made, "__closure__", ())) == ("AttributeError", "readonly attribute")
assert type(made.__closure__) is tuple

# Cells made by hand; cells compare by what they hold, and an empty one is less than any other.
assert types.CellType(5).cell_contents == 5
assert types.CellType(5) == types.CellType(5)
assert types.CellType(5) != types.CellType(6)
assert types.CellType(5) < types.CellType(6)
assert types.CellType() < types.CellType(0)
assert types.CellType() == types.CellType()
assert raised(lambda: hash(types.CellType(1))) == ("TypeError", "unhashable type: 'cell'")
assert raised(lambda: types.CellType(1, 2)) == ("TypeError", "cell expected at most 1 argument, got 2")

# A function made of code and cells.
twin = types.FunctionType(made.__code__, {}, "twin", None, (types.CellType(1), types.CellType(2), types.CellType(3)))
assert twin() == (2, 1, 3)
assert twin.__name__ == "twin"
assert raised(lambda: types.FunctionType(made.__code__, {}))[0] == "TypeError"
assert raised(lambda: types.FunctionType(made.__code__, {}, None, None, (types.CellType(1),))) == (
    "ValueError",
    "made requires closure of length 3, not 1",
)

# Code can be exchanged only for code with as many free variables.
assert raised(lambda: setattr(made, "__code__", plain.__code__)) == (
    "ValueError",
    "made() requires a code object with 3 free vars, not 0",
)


# A method is a function with a closure when it captures.
def class_maker(tag):
    class Thing:
        def tagged(self):
            return tag

        def typed(self):
            return __class__

    return Thing


Thing = class_maker("t")
assert Thing.tagged.__closure__[0].cell_contents == "t"
assert Thing().tagged.__func__.__code__.co_freevars == ("tag",)
assert Thing.typed.__code__.co_freevars == ("__class__",)
assert Thing().typed() is Thing
assert Thing.tagged.__qualname__ == "class_maker.<locals>.Thing.tagged"
