# How classes are made: resolution orders, slots, __classcell__, metaclasses.

def raises(kind, text, action):
    try:
        action()
    except kind as error:
        assert str(error) == text, str(error)
    else:
        raise AssertionError(f"{kind.__name__} was not raised")


# A metaclass decides the order.
class Reversing(type):
    def mro(cls):
        return type.mro(cls)[::-1]


class A:
    def name(self):
        return "A"


class B(A):
    def name(self):
        return "B"


class Odd(B, metaclass=Reversing):
    pass


assert [c.__name__ for c in Odd.__mro__] == ["object", "A", "B", "Odd"]
assert Odd().name() == "A"


def bad_order(answer):
    meta = type("Meta", (type,), {"mro": lambda cls: answer})
    return lambda: meta("X", (), {})


raises(TypeError, "mro() returned a non-class ('int')", bad_order([1]))
raises(TypeError, "'int' object is not iterable", bad_order(1))
raises(TypeError, "mro() returned base with unsuitable layout ('dict')", bad_order([dict, object]))

# The class is known in its methods before its order is.
seen = []


class Asking(type):
    def mro(cls):
        seen.append(cls.__dict__["me"]())
        return super().mro()


class Asked(metaclass=Asking):
    @staticmethod
    def me():
        return __class__


assert seen == [Asked]

# Other bases change the order of everything below, or nothing.
class Old: word = "old"
class New: word = "new"
class Middle(Old): pass
class Leaf(Middle): pass


assert Leaf.word == "old"
Middle.__bases__ = (New,)
assert Leaf.word == "new" and Leaf.__mro__ == (Leaf, Middle, New, object)
assert Old.__subclasses__() == [] and New.__subclasses__() == [Middle]

# Slots.
raises(TypeError, "__slots__ must be identifiers", lambda: type("S", (), {"__slots__": "1"}))
raises(TypeError, "nonempty __slots__ not supported for subtype of 'int'", lambda: type("S", (int,), {"__slots__": "x"}))
raises(
    TypeError, "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0",
    lambda: type("S", (), {"__slots__": ("__weakref__", "__weakref__")}))
raises(ValueError, "'x' in __slots__ conflicts with class variable", lambda: type("S", (), {"__slots__": "x", "x": 0}))


class WithDict:
    __slots__ = ["__dict__"]


class Weak:
    __slots__ = ["__weakref__"]


assert hasattr(WithDict(), "__dict__") and not hasattr(WithDict(), "__weakref__")
assert hasattr(Weak(), "__weakref__") and not hasattr(Weak(), "__dict__")

# An object becomes one of another class only if both are laid out alike.
class G: __slots__ = ["a", "b"]
class H: __slots__ = ["b", "a"]
class J: __slots__ = ["c", "b"]


g = G()
g.a = 1
g.__class__ = H
assert type(g) is H and g.a == 1
raises(TypeError, "__class__ assignment: 'J' object layout differs from 'H'", lambda: setattr(g, "__class__", J))

raises(ValueError, "type name must not contain null characters", lambda: type("A\0", (), {}))
raises(TypeError, "cannot set '__doc__' attribute of immutable type 'list'", lambda: setattr(list, "__doc__", ""))
raises(TypeError, "cannot delete '__doc__' attribute of immutable type 'A'", lambda: delattr(A, "__doc__"))

# `type(…)` finds the metaclass of the bases, and its __new__.
class Naming(type):
    def __new__(meta, name, bases, namespace):
        return super().__new__(meta, name.upper(), bases, namespace)


class Named(metaclass=Naming): pass


assert type("later", (Named,), {}).__name__ == "LATER"
print("ok")
