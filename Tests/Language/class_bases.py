# Changing the bases of a class: what a metaclass's mro may do meanwhile, circles, and who is alive.
import gc
import weakref


class Meta(type):
    def mro(cls):
        if cls.__name__ == "C" and changes:
            changes.pop()(cls)
        return type.mro(cls)


changes = []


class A(metaclass=Meta):
    pass


class B1(A):
    pass


class B2(A):
    pass


class C(A):
    pass


def rebase(cls):
    cls.__bases__ = (B2,)


changes.append(rebase)
C.__bases__ = (B1,)
B1.__bases__ = (C,)
assert C.__bases__ == (B2,) and B2.__subclasses__() == [C]
assert B1.__bases__ == (C,) and C.__subclasses__() == [B1]
assert B1.__mro__ == (B1, C, B2, A, object), B1.__mro__


def refuse(cls):
    raise ZeroDivisionError


changes.append(refuse)
try:
    C.__bases__ = (A,)
except ZeroDivisionError:
    pass
assert C.__bases__ == (B2,) and C.__mro__ == (C, B2, A, object)


class Top:
    pass


class Middle(Top):
    pass


class Bottom(Middle):
    pass


class HidesBase(type):
    def mro(cls):
        return (cls, object)


class Hidden(Top, metaclass=HidesBase):
    pass


for cls, bases in ((Top, (Bottom,)), (Top, (Top,)), (Middle, (Middle,)), (Top, (Hidden,)), (int, (object,)), (Top, 5), (Top, ())):
    try:
        cls.__bases__ = bases
    except TypeError as error:
        print(error)
Bottom.__bases__ = (Top,)
assert Top.__subclasses__() == [Middle, Hidden, Bottom] and Middle.__subclasses__() == []

# A class that nobody refers to any more goes, and with it its methods.
def ended():
    class Parent(Top):
        def method(self):
            return __class__

    class Child(Parent):
        pass

    assert Parent.__subclasses__() == [Child]
    return [weakref.ref(value) for value in (Parent, Child, Parent.method)]


references = ended()
gc.collect()
assert [reference() for reference in references] == [None, None, None]
assert Top.__subclasses__() == [Middle, Hidden, Bottom]
