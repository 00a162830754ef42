# The names of a class body are attributes and no variables of the functions in it: these skip the class.


def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


# A method does not see the class's names, but the function's and the module's around it.
place = "module"


class InModule:
    place = "class"
    in_body = place

    def seen(self):
        return place


assert (InModule.in_body, InModule().seen()) == ("class", "module")


def surroundings():
    place = "function"

    class InFunction:
        before = place
        place = "class"
        after = place

        def seen(self):
            return place

    return InFunction


# A name that the body binds is looked up in the body, then in the module: not in the function around it.
Made = surroundings()
assert (Made.before, Made.after, Made().seen()) == ("module", "class", "function")


# A name that the body only reads comes from the function.
def reading():
    place = "function"

    class Reads:
        copied = place

    return Reads.copied


assert reading() == "function"


# A comprehension in a class body is a function too: only its first iterable is computed in the body.
class Comprehensions:
    size = 3
    numbers = [number for number in range(size)]

    try:
        products = [number * size for number in range(size)]
    except NameError as error:
        problem = str(error)


assert Comprehensions.numbers == [0, 1, 2]
assert Comprehensions.problem == "name 'size' is not defined"


# A lambda and a default argument: the default is computed in the body, the lambda's body is not.
class Defaults:
    factor = 4
    early = lambda self, factor=factor: factor
    late = lambda self: factor


assert Defaults().early() == 4
assert raised(Defaults().late) == ("NameError", "name 'factor' is not defined")


# Classes in classes see neither one another's names.
class Outer:
    label = "outer"

    class Inner:
        try:
            label
        except NameError as error:
            problem = str(error)


assert Outer.Inner.problem == "name 'label' is not defined"


# `__class__` and `super()` come from a cell that holds the finished class.
class Base:
    def name(self):
        return "base"


class Derived(Base):
    def name(self):
        return "derived of " + super().name()

    def later(self):
        return lambda: super(Derived, self).name()

    @classmethod
    def which(cls):
        return __class__


assert Derived().name() == "derived of base"
assert Derived().later()() == "base"
assert Derived.which() is Derived
assert Derived.name.__closure__[0].cell_contents is Derived


# The class statement's own cell is empty until the class exists.
class Early:
    def read():
        return __class__

    problem = raised(read)


assert Early.problem == (
    "NameError",
    "cannot access free variable '__class__' where it is not associated with a value in enclosing scope",
)


# `global` in a class body binds the module's name.
class Binds:
    global bound
    bound = "by the class"


assert bound == "by the class"
assert not hasattr(Binds, "bound")
