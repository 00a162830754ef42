# Descriptors: which attribute wins, what is bound to what, and what the built-in ones say.

def raises(kind, text, action):
    try:
        action()
    except kind as error:
        assert str(error) == text, str(error)
    else:
        raise AssertionError(f"{kind.__name__} was not raised")


# One that can only be set hides nothing when it is read.
class OnlySet:
    def __set__(self, instance, value):
        instance.__dict__["x"] = value + 1


class Holder:
    x = OnlySet()


holder = Holder()
assert type(holder.x) is OnlySet
holder.x = 41
assert holder.x == 42

# A classmethod binds whatever it wraps.
class Telling:
    def __get__(self, instance, owner):
        return instance, owner


class Bound:
    def method(self, *arguments):
        return arguments


class Wrapping:
    told = classmethod(Telling())
    bound = classmethod(Bound().method)
    length = classmethod(len)


assert Wrapping.told == (Wrapping, Wrapping) == Wrapping().told
assert Wrapping.bound(1) == (Wrapping, 1)
raises(TypeError, "object of type 'type' has no len()", lambda: Wrapping.length())
assert staticmethod(raises).__dict__["__name__"] == "raises"
assert "__annotations__" in classmethod(raises).__dict__

# `super(cls)` in a class becomes bound when it is found there.
class Base:
    def who(self):
        return ["Base"]


class Child(Base):
    def who(self):
        return ["Child"] + self._super.who()


Child._super = super(Child)
assert Child().who() == ["Child", "Base"]
assert repr(super(Child)) == "<super: <class 'Child'>, NULL>"


class MySuper(super):
    def __init__(self, *arguments):
        super().__init__(*arguments)


assert MySuper(Child, Child()).who() == ["Base"]
raises(TypeError, "super(type, obj): obj must be an instance or subtype of type", lambda: super(Child, 42))

# Properties.
class Account:
    @property
    def balance(self):
        "What is there."
        return self._balance

    @balance.setter
    def balance(self, value):
        self._balance = value


account = Account()
account.balance = 5
del account._balance
raises(AttributeError, "'Account' object has no attribute '_balance'", lambda: account.balance)
Account.balance.__set__(account, 7)
assert account.balance == 7 and Account.balance.__doc__ == "What is there."
explicit = property(doc="mine").getter(Account.balance.fget)
assert explicit.__doc__ == "mine"
assert Account.balance.getter(lambda self: 0).__doc__ is None

# Bound methods show what their function has, and refuse to be written.
class Methods:
    def plain(self):
        "Plain."


method = Methods().plain
Methods.plain.tag = 1
assert (method.__name__, method.__doc__, method.tag) == ("plain", "Plain.", 1)
raises(AttributeError, "'method' object has no attribute 'tag'", lambda: setattr(method, "tag", 2))
raises(AttributeError, "attribute '__doc__' of 'method' objects is not writable", lambda: setattr(method, "__doc__", ""))

# Methods of built-in types check what they are given.
raises(TypeError, "unbound method set.add() needs an argument", lambda: set.add())
raises(TypeError, "descriptor 'add' for 'set' objects doesn't apply to a 'int' object", lambda: set.add.__get__(0))
raises(TypeError, "descriptor '__hash__' of 'int' object needs an argument", lambda: int.__hash__())
raises(TypeError, "descriptor '__add__' requires a 'int' object but received a 'str'", lambda: int.__add__("1", 2))
raises(TypeError, "dict.__contains__() takes exactly one argument (0 given)", lambda: {}.__contains__())
assert not hasattr(len, "__get__")

# A special method of another type works as one's own.
class Keyed(dict):
    __setattr__ = dict.__setitem__


keyed = Keyed()
keyed.y = 42
assert keyed == {"y": 42}

# Attributes of an instance that was asked for its __dict__ stay its own.
class Late:
    def method(self):
        return "class"

    def set(self, value):
        self.value = value


first, second = Late(), Late()
first.set(1)
second.__dict__["method"] = lambda: "instance"
second.set(2)
answers = [late.method() for late in (first, second)]
assert answers == ["class", "instance"] and (first.value, second.value) == (1, 2)
print("ok")
