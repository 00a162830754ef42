# A captured variable lives in a cell, which the function that owns it and those that captured it share.


def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


# Reading: the cell outlives the call that made it.
def greeter(name):
    def greet():
        return "hello " + name

    return greet


assert greeter("Ada")() == "hello Ada"
first, second = greeter("Ada"), greeter("Bob")
assert (first(), second(), first()) == ("hello Ada", "hello Bob", "hello Ada")


# Sharing: siblings of one call see one another's writes; those of another call do not.
def account(balance):
    def deposit(amount):
        nonlocal balance
        balance += amount

    def statement():
        return balance

    return deposit, statement


deposit, statement = account(10)
_, other_statement = account(10)
deposit(5)
assert statement() == 15
assert other_statement() == 10
assert deposit.__closure__[0] is statement.__closure__[0]


# The owner writes after the capture, and the closure sees it.
def rebound():
    value = 1

    def read():
        return value

    value = 2
    return read


assert rebound()() == 2


# A parameter is a cell when it is captured, and starts with the argument.
def parameters(a, /, b, *rest, c=3, **named):
    def all_of_them():
        return a, b, rest, c, named

    a += 1
    return all_of_them


assert parameters(1, 2, 9, c=4, d=5)() == (2, 2, (9,), 4, {"d": 5})


# Through a function in between, which does not use it, and yet hands it on.
def outermost():
    treasure = "gold"

    def middle():
        def innermost():
            return treasure

        return innermost

    return middle


middle = outermost()
assert middle.__code__.co_freevars == ("treasure",)
assert middle()() == "gold"
assert middle().__closure__[0] is middle.__closure__[0]
assert middle.__closure__[0].cell_contents == "gold"


# Recursion: each call of the owner has a cell of its own.
def countdown(number):
    def this():
        return number

    return [this] + (countdown(number - 1) if number else [])


assert [function() for function in countdown(4)] == [4, 3, 2, 1, 0]


# A function that refers to itself by its local name captures it.
def local_factorial():
    def factorial(number):
        return 1 if number < 2 else number * factorial(number - 1)

    return factorial


factorial = local_factorial()
assert factorial(20) == 2432902008176640000
assert factorial.__closure__[0].cell_contents is factorial


# An exception's name, a loop variable, an import and a `with` target can each be captured.
def captured_everywhere():
    try:
        raise ValueError("kept")
    except ValueError as error:
        during = (lambda: str(error))()
        after = lambda: error
    for step in range(3):
        pass
    last = lambda: step
    import sys

    name = lambda: sys.__name__
    return during, after, last, name


during, after, last, name = captured_everywhere()
assert during == "kept"
assert raised(after) == (
    "NameError",
    "cannot access free variable 'error' where it is not associated with a value in enclosing scope",
)
assert last() == 2
assert name() == "sys"

# Globals are looked up by name when the function runs; they are no cells.
level = 1


def read_level():
    return level


level = 2
assert read_level() == 2
assert read_level.__closure__ is None
