# Classes: attributes, inheritance, `super`, properties, descriptors, metaclasses, operators, slots.


def raised(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


class Animal:
    kind = "animal"

    def __init__(self, name):
        self.name = name

    def speak(self):
        return f"{self.name} the {self.kind}"

    def __repr__(self):
        return f"<{type(self).__name__} {self.name}>"


class Dog(Animal):
    kind = "dog"

    def speak(self):
        return super().speak() + " barks"


rex = Dog("Rex")
assert rex.speak() == "Rex the dog barks"
assert repr(rex) == "<Dog Rex>"
assert isinstance(rex, Animal) and issubclass(Dog, Animal) and not issubclass(Animal, Dog)
rex.kind = "good dog"
assert (rex.kind, Dog.kind, vars(rex)) == ("good dog", "dog", {"name": "Rex", "kind": "good dog"})
del rex.kind
assert rex.kind == "dog"
assert raised(lambda: rex.colour) == ("AttributeError", "'Dog' object has no attribute 'colour'")
assert raised(lambda: Dog.colour) == ("AttributeError", "type object 'Dog' has no attribute 'colour'")
assert raised(lambda: delattr(rex, "colour")) == ("AttributeError", "'Dog' object has no attribute 'colour'")


# The order of resolution follows the bases, and each class once.
class Top:
    def where(self):
        return ["top"]


class Left(Top):
    def where(self):
        return ["left"] + super().where()


class Right(Top):
    def where(self):
        return ["right"] + super().where()


class Bottom(Left, Right):
    def where(self):
        return ["bottom"] + super().where()


assert Bottom().where() == ["bottom", "left", "right", "top"]
assert [c.__name__ for c in Bottom.__mro__] == ["Bottom", "Left", "Right", "Top", "object"]
assert raised(lambda: type("Knot", (Top, Left), {})) == (
    "TypeError",
    "Cannot create a consistent method resolution\norder (MRO) for bases Top, Left",
)


# Properties and other descriptors.
class Celsius:
    def __init__(self, degrees):
        self._degrees = degrees

    @property
    def degrees(self):
        return self._degrees

    @degrees.setter
    def degrees(self, value):
        if value < -273:
            raise ValueError("too cold")
        self._degrees = value

    @property
    def fixed(self):
        return 1


mild = Celsius(20)
mild.degrees += 5
assert mild.degrees == 25
assert raised(lambda: setattr(mild, "degrees", -300)) == ("ValueError", "too cold")
assert raised(lambda: setattr(mild, "fixed", 2)) == ("AttributeError", "property 'fixed' of 'Celsius' object has no setter")


class Logged:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return (self.name, instance is None, owner.__name__)

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value


class Uses:
    field = Logged()


use = Uses()
use.field = 3
assert use.field == ("field", False, "Uses")
assert Uses.field == ("field", True, "Uses")
assert use.__dict__ == {"field": 3}


# Operators, reflected ones, comparison, hashing, truth, length, containment, calling.
class Vector:
    def __init__(self, *parts):
        self.parts = parts

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(*(a + b for a, b in zip(self.parts, other.parts)))

    def __mul__(self, factor):
        return Vector(*(part * factor for part in self.parts))

    __rmul__ = __mul__

    def __eq__(self, other):
        return isinstance(other, Vector) and self.parts == other.parts

    def __hash__(self):
        return hash(self.parts)

    def __len__(self):
        return len(self.parts)

    def __getitem__(self, index):
        return self.parts[index]

    def __call__(self, scale):
        return self * scale


v = Vector(1, 2)
assert v + v == 2 * v == v * 2 == v(2)
assert len({v, Vector(1, 2)}) == 1
assert list(v) == [1, 2] and 2 in v and 3 not in v and v[-1] == 2
assert raised(lambda: v + 1) == ("TypeError", "unsupported operand type(s) for +: 'Vector' and 'int'")
assert bool(Vector()) is False
assert raised(lambda: v < v) == ("TypeError", "'<' not supported between instances of 'Vector' and 'Vector'")


# Attributes made on demand.
class Lazy:
    def __getattr__(self, name):
        if name.startswith("x"):
            return name * 2
        raise AttributeError(name)


assert Lazy().xy == "xyxy"
assert raised(lambda: Lazy().ab) == ("AttributeError", "ab")
assert hasattr(Lazy(), "ab") is False
assert getattr(Lazy(), "ab", "default") == "default"


# Slots.
class Slotted:
    __slots__ = ("a", "b")


slotted = Slotted()
slotted.a = 1
assert raised(lambda: setattr(slotted, "c", 1)) == ("AttributeError", "'Slotted' object has no attribute 'c'")
assert raised(lambda: slotted.b) == ("AttributeError", "'Slotted' object has no attribute 'b'")


# Metaclasses, keyword arguments of a class, and the hook for subclasses.
class Register(type):
    made = []

    def __new__(mcls, name, bases, namespace, **options):
        mcls.made.append((name, sorted(options)))
        return super().__new__(mcls, name, bases, namespace)

    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace)

    def __len__(cls):
        return len(cls.__name__)


class Root(metaclass=Register, flag=1):
    pass


class Leaf(Root):
    pass


assert Register.made == [("Root", ["flag"]), ("Leaf", [])]
assert len(Leaf) == 4 and type(Leaf) is Register


class Hooked:
    seen = []

    def __init_subclass__(cls, /, level=0, **rest):
        super().__init_subclass__(**rest)
        Hooked.seen.append((cls.__name__, level))


class Under(Hooked, level=2):
    pass


assert Hooked.seen == [("Under", 2)]

# A class made by a call, and names that are mangled.
Made = type("Made", (Animal,), {"kind": "made", "twice": lambda self: self.name * 2})
assert Made("ab").twice() == "abab"


class Private:
    __secret = 1

    def reveal(self):
        return self.__secret


assert Private().reveal() == Private._Private__secret == 1

# An object whose class calls it again, without end.
class Endless:
    pass


Endless.__call__ = Endless()
try:
    Endless()()
except RecursionError:
    pass
else:
    raise AssertionError("the call came to an end")


# A class may have a `__dict__` of its own.
class Described:
    __dict__ = property(lambda self: {"a": 2})


assert vars(Described()) == {"a": 2}
import copy

assert copy.copy("abc".index)("c") == 2 and [].append.__reduce__()[1][1] == "append" and len.__reduce__() == "len"


# Without its `__dict__` an object begins another one; exceptions and functions keep theirs.
described = type("Plain", (), {})()
described.x = 1
del described.__dict__
assert described.__dict__ == {} and not hasattr(described, "x")
for value in (ValueError(), lambda: 0):
    assert raised(lambda: delattr(value, "__dict__")) == ("TypeError", "cannot delete __dict__")
