# A cell is there from the start of the owner's call, and empty until the variable is first bound.


def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


# Read too early, and again once bound.
def too_early():
    def read():
        return value

    early = raised(read)
    value = 7
    return early, read()


assert too_early() == (
    ("NameError", "cannot access free variable 'value' where it is not associated with a value in enclosing scope"),
    7,
)


# A branch that was not taken.
def branch(taken):
    if taken:
        value = "bound"
    return lambda: value


assert branch(True)() == "bound"
assert raised(branch(False))[0] == "NameError"
assert raised(lambda: branch(False).__closure__[0].cell_contents) == ("ValueError", "Cell is empty")


# A loop that never ran.
def loop(things):
    for thing in things:
        pass
    return lambda: thing


assert loop([1, 2])() == 2
assert raised(loop([]))[1].startswith("cannot access free variable 'thing'")


# Functions that call one another: each cell is filled when its definition is reached.
def mutual():
    def is_even(number):
        return True if number == 0 else is_odd(number - 1)

    early = raised(lambda: is_even(1))

    def is_odd(number):
        return False if number == 0 else is_even(number - 1)

    return early, is_even(10), is_odd(10)


early, even, odd = mutual()
assert early[1].startswith("cannot access free variable 'is_odd'")
assert (even, odd) == (True, False)


# A decorator runs before the name is bound.
def decorated():
    def try_it(function):
        return raised(function)

    @try_it
    def itself():
        return itself

    return itself


assert decorated() == (
    "NameError",
    "cannot access free variable 'itself' where it is not associated with a value in enclosing scope",
)
