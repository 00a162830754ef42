# `nonlocal` binds a name to the nearest enclosing function's variable; without it an assignment makes a local one.


def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


def refused(source):
    try:
        compile(source, "snippet", "exec")
    except SyntaxError as error:
        return error.msg
    return None


# Writing.
def make_counter(start=0):
    count = start

    def counter():
        nonlocal count
        count += 1
        return count

    return counter


one, two = make_counter(), make_counter(100)
assert [one(), one(), two(), one()] == [1, 2, 101, 3]


# Without `nonlocal` the name is local to the whole function, also before the assignment.
def forgotten():
    count = 0

    def counter():
        count += 1
        return count

    return counter


assert raised(forgotten()) == (
    "UnboundLocalError",
    "cannot access local variable 'count' where it is not associated with a value",
)


# The nearest one that has the name, skipping functions that only use it.
def layers():
    depth = "outer"

    def between():
        def inner():
            nonlocal depth
            depth = "changed by inner"

        inner()
        return depth

    return between(), depth


assert layers() == ("changed by inner", "changed by inner")


def shadowed():
    depth = "outer"

    def between():
        depth = "between"

        def inner():
            nonlocal depth
            depth = "changed by inner"

        inner()
        return depth

    return between(), depth


assert shadowed() == ("changed by inner", "outer")


# Several names in one statement; every kind of binding goes to the cell.
def bindings():
    number = word = thing = target = None

    def bind():
        nonlocal number, word, thing, target
        for number in range(5):
            pass
        (word := "walrus")
        with Manager() as thing:
            pass
        try:
            raise KeyError("k")
        except KeyError as target:
            pass

    class Manager:
        def __enter__(self):
            return "entered"

        def __exit__(self, *details):
            return None

    bind()
    return number, word, thing, raised(lambda: target)


assert bindings() == (
    4,
    "walrus",
    "entered",
    ("NameError", "cannot access free variable 'target' where it is not associated with a value in enclosing scope"),
)


# A nested function or class can be bound through `nonlocal` too.
def definitions():
    function = Type = None

    def define():
        nonlocal function, Type

        def function():
            return "defined"

        class Type:
            pass

    define()
    return function(), Type.__name__


assert definitions() == ("defined", "Type")


# In a class body `nonlocal` reaches the enclosing function, and the name is then no attribute.
def class_body():
    made = 0

    class Thing:
        nonlocal made
        made = 1
        other = made + 1

    return made, Thing.other, hasattr(Thing, "made")


assert class_body() == (1, 2, False)

# What is refused, and in which words.
assert refused("nonlocal x") == "nonlocal declaration not allowed at module level"
assert refused("def f():\n  nonlocal x") == "no binding for nonlocal 'x' found"
assert refused("x = 1\ndef f():\n  nonlocal x") == "no binding for nonlocal 'x' found"
assert refused("def f(x):\n  nonlocal x") == "name 'x' is parameter and nonlocal"
assert refused("def f():\n x = 1\n def g():\n  global x\n  nonlocal x") == "name 'x' is nonlocal and global"
assert (
    refused("def f():\n x = 1\n def g():\n  x = 2\n  nonlocal x")
    == "name 'x' is assigned to before nonlocal declaration"
)
assert (
    refused("def f():\n x = 1\n def g():\n  print(x)\n  nonlocal x") == "name 'x' is used prior to nonlocal declaration"
)
assert refused("def f():\n class C:\n  x = 1\n  def g(self):\n   nonlocal x") == "no binding for nonlocal 'x' found"
