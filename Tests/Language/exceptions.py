# Raising, catching by class, chaining, `finally`, `with`, groups, and what an exception remembers.


def raised(action):
    try:
        action()
    except BaseException as error:
        return error
    return None


# The first clause that fits is taken; a tuple fits any of its classes; else runs if nothing was raised.
def caught(action):
    try:
        action()
    except (KeyError, IndexError) as error:
        return "lookup", type(error).__name__
    except ArithmeticError:
        return "arithmetic"
    except Exception:
        return "other"
    else:
        return "none"


assert caught(lambda: {}[1]) == ("lookup", "KeyError")
assert caught(lambda: [][1]) == ("lookup", "IndexError")
assert caught(lambda: 1 // 0) == "arithmetic"
assert caught(lambda: int("x")) == "other"
assert caught(lambda: None) == "none"

# A class is made into an instance; what is no exception is refused.
assert raised(lambda: (_ for _ in ()).throw(ValueError)).args == ()


def raise_it(thing):
    raise thing


assert str(raised(lambda: raise_it(1))) == "exceptions must derive from BaseException"
assert type(raised(lambda: raise_it(ValueError))) is ValueError


# The context is what was being handled, the cause is what was named, and `from None` hides both.
def contexts():
    try:
        {}["a"]
    except KeyError as key:
        try:
            raise ValueError("b")
        except ValueError as error:
            implicit = (error.__context__ is key, error.__cause__, error.__suppress_context__)
        try:
            raise ValueError("c") from key
        except ValueError as error:
            explicit = (error.__cause__ is key, error.__suppress_context__)
        try:
            raise ValueError("d") from None
        except ValueError as error:
            hidden = (error.__cause__, error.__context__ is key, error.__suppress_context__)
    return implicit, explicit, hidden


assert contexts() == ((True, None, False), (True, True), (None, True, True))


# A bare raise raises again what is being handled, with the same traceback grown.
def again():
    try:
        1 / 0
    except ZeroDivisionError:
        raise


error = raised(again)
assert str(error) == "division by zero"
lines = []
traceback = error.__traceback__
while traceback:
    lines.append(traceback.tb_frame.f_code.co_name)
    traceback = traceback.tb_next
assert lines == ["raised", "again"]


def raise_nothing():
    raise


assert str(raised(raise_nothing)) == "No active exception to reraise"


# The name of the clause is gone afterwards, also when it was bound before.
def name_is_gone():
    error = "before"
    try:
        raise KeyError
    except KeyError as error:
        pass
    return error


assert type(raised(name_is_gone)) is UnboundLocalError


# with: the exit is told, may swallow, and runs in the reverse order.
class Room:
    def __init__(self, name, log, swallows=False):
        self.name, self.log, self.swallows = name, log, swallows

    def __enter__(self):
        self.log.append("in " + self.name)
        return self

    def __exit__(self, kind, value, traceback):
        self.log.append(f"out {self.name} {kind.__name__ if kind else None}")
        return self.swallows


log = []
with Room("a", log, swallows=True) as outer, Room("b", log) as inner:
    assert (outer.name, inner.name) == ("a", "b")
    raise LookupError
with Room("c", log):
    pass
assert log == ["in a", "in b", "out b LookupError", "out a LookupError", "in c", "out c None"]


def enter(thing):
    with thing:
        pass


assert str(raised(lambda: enter(5))) == "'int' object does not support the context manager protocol"


# A class of one's own, with fields and its own text.
class Refused(ValueError):
    def __init__(self, code, reason):
        super().__init__(code, reason)
        self.code = code

    def __str__(self):
        return f"{self.code}: {self.args[1]}"


refused = raised(lambda: raise_it(Refused(7, "no")))
assert (refused.code, str(refused), repr(refused)) == (7, "7: no", "Refused(7, 'no')")
assert isinstance(refused, ValueError)

# Groups are split by except*, and what nobody took goes on.
taken = []
try:
    try:
        raise ExceptionGroup("several", [ValueError(1), TypeError(2), ExceptionGroup("inner", [ValueError(3), KeyError(4)])])
    except* ValueError as group:
        taken.append([type(e).__name__ for e in group.exceptions])
    except* TypeError as group:
        taken.append([str(e) for e in group.exceptions])
except ExceptionGroup as rest:
    taken.append((str(rest), [str(e) for e in rest.exceptions]))
assert taken == [
    ["ValueError", "ExceptionGroup"],
    ["2"],
    ("several (1 sub-exception)", ["inner (1 sub-exception)"]),
]

# Notes.
noted = ValueError("x")
noted.add_note("a note")
assert noted.__notes__ == ["a note"]


# What an error about a name or an attribute knows, also when a program raised it without saying.
def early():
    def inner():
        return late

    inner()
    late = 1


error = raised(early)
assert type(error) is NameError and error.name == "late"


class Silent:
    value = 1

    def __getattr__(self, name):
        raise AttributeError

    @property
    def broken(self):
        raise AttributeError("mine")


silent = Silent()
error = raised(lambda: silent.valu)
assert error.name == "valu" and error.obj is silent and error.args == ()


class Telling:
    def __getattr__(self, name):
        raise AttributeError("told", name="other", obj=1)


error = raised(lambda: getattr(Telling(), "x"))
assert error.name == "other" and error.obj == 1 and error.args == ("told",)
