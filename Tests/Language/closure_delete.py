# `del` empties a cell: the variable is then unbound for everybody who shares it, until somebody binds it again.


def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


EMPTY = "cannot access free variable 'value' where it is not associated with a value in enclosing scope"


# By the owner.
def by_owner():
    value = 1

    def read():
        return value

    del value
    return read


read = by_owner()
assert raised(read) == ("NameError", EMPTY)
assert raised(lambda: read.__closure__[0].cell_contents) == ("ValueError", "Cell is empty")


# By a closure, with `nonlocal`; then bound again.
def by_closure():
    value = 1

    def remove():
        nonlocal value
        del value

    def put(new):
        nonlocal value
        value = new

    def read():
        return value

    return remove, put, read


remove, put, read = by_closure()
assert read() == 1
remove()
assert raised(read) == ("NameError", EMPTY)
assert raised(remove) == ("NameError", EMPTY)
put(2)
assert read() == 2


# The owner itself says it as of a local variable.
def owner_reads():
    value = 1

    def read():
        return value

    del value
    return value


assert raised(owner_reads) == (
    "UnboundLocalError",
    "cannot access local variable 'value' where it is not associated with a value",
)


# Through the cell.
def captured():
    value = 1
    return lambda: value


function = captured()
cell = function.__closure__[0]
del cell.cell_contents
assert raised(function) == ("NameError", EMPTY)
assert repr(cell).endswith(": empty>")
del cell.cell_contents
cell.cell_contents = 5
assert function() == 5


# A loop that deletes its variable at the end of each turn.
def deleting_loop():
    made = []
    for value in range(2):
        made.append(lambda: value)
        assert made[-1]() == value
        del value
    return made


assert [raised(function) for function in deleting_loop()] == [("NameError", EMPTY)] * 2


# A parameter and an exception's name can be deleted as well.
def parameter(value):
    def read():
        return value

    del value
    return raised(read)


assert parameter(1) == ("NameError", EMPTY)
