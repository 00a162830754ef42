# Exception groups: making, taking apart, and what `except*` leaves.


def raised(action):
    try:
        action()
    except BaseException as error:
        return type(error).__name__, str(error)
    return None


def shape(error):
    """Types and messages, nested as the groups are."""
    if isinstance(error, BaseExceptionGroup):
        return type(error).__name__, error.message, [shape(e) for e in error.exceptions]
    return repr(error)


# Making.
group = ExceptionGroup("m", [ValueError(1), TypeError(2)])
assert (group.message, str(group)) == ("m", "m (2 sub-exceptions)")
assert str(ExceptionGroup("m", [ValueError()])) == "m (1 sub-exception)"
assert group.args[0] == "m" and isinstance(group.exceptions, tuple)
assert type(BaseExceptionGroup("m", [ValueError()])) is ExceptionGroup
assert type(BaseExceptionGroup("m", [KeyboardInterrupt()])) is BaseExceptionGroup
assert raised(lambda: ExceptionGroup("m", [KeyboardInterrupt()])) == (
    "TypeError", "Cannot nest BaseExceptions in an ExceptionGroup")
assert raised(lambda: ExceptionGroup("m")) == (
    "TypeError", "BaseExceptionGroup.__new__() takes exactly 2 arguments (1 given)")
assert raised(lambda: ExceptionGroup(1, [])) == (
    "TypeError", "BaseExceptionGroup.__new__() argument 1 must be str, not int")
assert raised(lambda: ExceptionGroup("m", 5)) == ("TypeError", "second argument (exceptions) must be a sequence")
assert raised(lambda: ExceptionGroup("m", [])) == (
    "ValueError", "second argument (exceptions) must be a non-empty sequence")
assert raised(lambda: ExceptionGroup("m", [1])) == (
    "ValueError", "Item 0 of second argument (exceptions) is not an exception")
assert raised(lambda: setattr(group, "message", "x")) == ("AttributeError", "readonly attribute")


class Own(ExceptionGroup):
    def derive(self, exceptions):
        return Own(self.message, exceptions)


# Taking apart.
nested = Own("a", [ValueError(1), ExceptionGroup("b", [TypeError(2), ValueError(3)]), KeyError(4)])
nested.add_note("note")
match, rest = nested.split(ValueError)
assert shape(match) == ("Own", "a", ["ValueError(1)", ("ExceptionGroup", "b", ["ValueError(3)"])])
assert shape(rest) == ("Own", "a", [("ExceptionGroup", "b", ["TypeError(2)"]), "KeyError(4)"])
assert match.__notes__ == ["note"] and match.__notes__ is not nested.__notes__
assert nested.split(Exception) == (nested, None)
assert shape(nested.split(OSError)[1]) == shape(nested) and nested.split(OSError)[0] is None
assert shape(nested.subgroup(lambda e: isinstance(e, KeyError))) == ("Own", "a", ["KeyError(4)"])
assert shape(nested.subgroup((TypeError, KeyError))) == (
    "Own", "a", [("ExceptionGroup", "b", ["TypeError(2)"]), "KeyError(4)"])
assert raised(lambda: nested.split(1)) == (
    "TypeError", "expected a function, exception type or tuple of exception types")
assert shape(group.derive([OSError(1)])) == ("ExceptionGroup", "m", ["OSError(1)"])


# except*: each clause takes its part; what is left goes on.
def run(error, action=lambda seen: None):
    seen = []
    try:
        try:
            raise error
        except* ValueError as part:
            seen.append(shape(part))
            action(part)
        except* TypeError as part:
            seen.append(shape(part))
    except BaseException as left:
        return seen, shape(left)
    return seen, None


assert run(ExceptionGroup("g", [ValueError(1), TypeError(2), ValueError(3)])) == ([
    ("ExceptionGroup", "g", ["ValueError(1)", "ValueError(3)"]), ("ExceptionGroup", "g", ["TypeError(2)"])], None)
assert run(ExceptionGroup("g", [ValueError(1), KeyError(2)])) == (
    [("ExceptionGroup", "g", ["ValueError(1)"])], ("ExceptionGroup", "g", ["KeyError(2)"]))
assert run(ValueError(1)) == ([("ExceptionGroup", "", ["ValueError(1)"])], None)
assert run(KeyError(1)) == ([], "KeyError(1)")


def other(part):
    raise OSError("new")


assert run(ExceptionGroup("g", [ValueError(1), KeyError(2)]), other)[1] == (
    "ExceptionGroup", "", ["OSError('new')", ("ExceptionGroup", "g", ["KeyError(2)"])])
assert run(ExceptionGroup("g", [ValueError(1)]), other)[1] == ("ExceptionGroup", "", ["OSError('new')"])
assert run(ValueError(1), other)[1] == "OSError('new')"


def reraise():
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2), KeyError(3)])
    except* (ValueError, KeyError):
        raise


try:
    reraise()
except ExceptionGroup as error:
    assert shape(error) == ("ExceptionGroup", "g", ["ValueError(1)", "TypeError(2)", "KeyError(3)"])
