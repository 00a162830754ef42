# The built-in exception types: their hierarchy, arguments, attributes, texts, and what their setters refuse.


def raised(action):
    try:
        action()
    except BaseException as error:
        return type(error).__name__, str(error)
    return None


def setting(value, name, new):
    return raised(lambda: setattr(value, name, new))


# The hierarchy.
assert [c.__name__ for c in ModuleNotFoundError.__mro__] == [
    "ModuleNotFoundError", "ImportError", "Exception", "BaseException", "object"]
assert [c.__name__ for c in ExceptionGroup.__mro__] == [
    "ExceptionGroup", "BaseExceptionGroup", "Exception", "BaseException", "object"]
assert issubclass(TabError, IndentationError) and issubclass(BrokenPipeError, ConnectionError)
assert not issubclass(KeyboardInterrupt, Exception) and issubclass(UnicodeWarning, Warning)
assert IOError is OSError and EnvironmentError is OSError

# Arguments, text and repr.
assert (str(ValueError()), str(ValueError("a")), str(ValueError("a", 1))) == ("", "a", "('a', 1)")
assert (repr(ValueError()), repr(ValueError("a")), repr(ValueError("a", 1))) == (
    "ValueError()", "ValueError('a')", "ValueError('a', 1)")
assert str(KeyError("a")) == "'a'" and str(KeyError("a", "b")) == "('a', 'b')" and str(KeyError()) == ""
assert raised(lambda: ValueError(a=1)) == ("TypeError", "ValueError() takes no keyword arguments")
assert raised(lambda: BaseException.__new__(int)) == (
    "TypeError", "BaseException.__new__(int): int is not a subtype of BaseException")
error = ValueError("a")
error.args = [1, 2]
assert error.args == (1, 2) and str(error) == "(1, 2)"
error.note = 5
assert error.__dict__ == {"note": 5}
assert error.__reduce__() == (ValueError, (1, 2), {"note": 5})
error.__setstate__({"other": 6})
assert error.other == 6
assert raised(lambda: error.__setstate__(1)) == ("TypeError", "state is not a dictionary")

# What can be set.
assert setting(error, "args", 5) == ("TypeError", "'int' object is not iterable")
assert raised(lambda: delattr(error, "args")) == ("TypeError", "args may not be deleted")
assert setting(error, "__traceback__", 1) == ("TypeError", "__traceback__ must be a traceback or None")
assert setting(error, "__context__", 1) == ("TypeError", "exception context must be None or derive from BaseException")
assert setting(error, "__cause__", 1) == ("TypeError", "exception cause must be None or derive from BaseException")
assert setting(error, "__suppress_context__", 1) == ("TypeError", "attribute value type must be bool")
assert raised(lambda: delattr(error, "__cause__")) == ("TypeError", "__cause__ may not be deleted")
assert error.__suppress_context__ is False
error.__cause__ = KeyError(1)
assert error.__suppress_context__ is True
assert raised(lambda: error.with_traceback(1)) == ("TypeError", "__traceback__ must be a traceback or None")
assert error.with_traceback(None) is error

# Notes.
error = ValueError("a")
assert not hasattr(error, "__notes__")
error.add_note("one")
error.add_note("two")
assert error.__notes__ == ["one", "two"]
assert raised(lambda: error.add_note(1)) == ("TypeError", "note must be a str, not 'int'")
error.__notes__ = ()
assert raised(lambda: error.add_note("x")) == ("TypeError", "Cannot add note: __notes__ is not a list")


# Classes with a constructor of their own.
class Coded(Exception):
    def __init__(self, code, *, kind="k"):
        self.code = code
        self.kind = kind


error = Coded(3, kind="z")
assert (error.args, error.code, error.kind, repr(error)) == ((3,), 3, "z", "Coded(3)")


class Counted(ValueError):
    def __new__(cls, *args):
        self = super().__new__(cls, *args)
        self.count = len(args)
        return self


assert Counted(1, 2).count == 2 and Counted(1, 2).args == (1, 2)


class Both(KeyError, AttributeError):
    pass


assert str(Both("x")) == "'x'" and Both().name is None
assert raised(lambda: type("Mix", (OSError, SyntaxError), {})) == (
    "TypeError", "multiple bases have instance lay-out conflict")

# StopIteration and SystemExit.
assert StopIteration().value is None and StopIteration(1, 2).value == 1
error = StopIteration(5)
error.args = (6,)
assert error.value == 5 and error.args == (6,)
assert (SystemExit().code, SystemExit(3).code, SystemExit(1, 2).code) == (None, 3, (1, 2))

# OSError: the subclass by its number, and the file names.
error = OSError(2, "No such file", "name")
assert type(error) is FileNotFoundError and error.args == (2, "No such file")
assert (error.errno, error.strerror, error.filename, error.filename2) == (2, "No such file", "name", None)
assert str(error) == "[Errno 2] No such file: 'name'"
assert str(OSError(1, "a", "b", None, "c")) == "[Errno 1] a: 'b' -> 'c'"
assert type(OSError(13, "x")) is PermissionError and type(OSError(9999, "x")) is OSError
assert str(OSError("only")) == "only" and OSError("only").errno is None and str(OSError(1)) == "1"
assert error.__reduce__() == (FileNotFoundError, (2, "No such file", "name"))
assert raised(lambda: error.characters_written) == ("AttributeError", "characters_written")
assert BlockingIOError(11, "x", 7).characters_written == 7


class OwnOSError(OSError):
    def __init__(self, path):
        super().__init__(2, "gone", path)


assert str(OwnOSError("p")) == "[Errno 2] gone: 'p'"

# What was not found.
error = ImportError("m", name="n", path="p")
assert (error.msg, error.name, error.path, str(error)) == ("m", "n", "p", "m")
assert error.__reduce__() == (ImportError, ("m",), {"name": "n", "path": "p"})
assert raised(lambda: ImportError(x=1)) == ("TypeError", "'x' is an invalid keyword argument for ImportError()")
assert NameError("m", name="n").name == "n" and NameError("m").name is None
error = AttributeError("m", name="n", obj=3)
assert (error.name, error.obj) == ("n", 3)
try:
    missing_name
except NameError as caught:
    assert caught.name == "missing_name"
try:
    (5).missing
except AttributeError as caught:
    assert (caught.name, caught.obj) == ("missing", 5)

# SyntaxError.
error = SyntaxError("bad", ("dir/file.py", 3, 4, "text", 3, 6))
assert (error.msg, error.filename, error.lineno, error.offset, error.text, error.end_lineno, error.end_offset) == (
    "bad", "dir/file.py", 3, 4, "text", 3, 6)
assert str(error) == "bad (file.py, line 3)"
error.filename = None
assert str(error) == "bad (line 3)"
error.lineno = None
assert str(error) == "bad" and error.print_file_and_line is None
assert raised(lambda: SyntaxError("a", (1, 2))) == ("TypeError", "function takes at least 4 arguments (2 given)")
assert raised(lambda: SyntaxError("a", (1, 2, 3, 4, 5))) == (
    "TypeError", "end_offset must be provided when end_lineno is provided")
try:
    compile("x = = 1\n", "name", "exec")
except SyntaxError as caught:
    assert caught.args == ("invalid syntax", ("name", 1, 5, "x = = 1\n", 1, 6))

# Coding errors.
error = UnicodeDecodeError("utf-8", b"abc", 1, 2, "why")
assert str(error) == "'utf-8' codec can't decode byte 0x62 in position 1: why"
error.end = 3
assert str(error) == "'utf-8' codec can't decode bytes in position 1-2: why"
assert setting(error, "start", "x") == ("TypeError", "an integer is required")
assert str(UnicodeEncodeError("ascii", "a\xe9\u20ac\U0001f600", 1, 2, "why")) == (
    "'ascii' codec can't encode character '\\xe9' in position 1: why")
assert str(UnicodeEncodeError("ascii", "a\xe9\u20ac\U0001f600", 2, 3, "why")) == (
    "'ascii' codec can't encode character '\\u20ac' in position 2: why")
assert str(UnicodeTranslateError("a\U0001f600", 1, 2, "why")) == "can't translate character '\\U0001f600' in position 1: why"
assert raised(lambda: UnicodeDecodeError("a", "b", 1, 2, "c")) == (
    "TypeError", "a bytes-like object is required, not 'str'")
assert raised(lambda: UnicodeEncodeError("a")) == ("TypeError", "function takes exactly 5 arguments (1 given)")

# A text that asks for itself ends with an error, not with the program.
error = ValueError()
error.args = (error,)
assert raised(lambda: str(error))[0] == "RecursionError"
assert raised(lambda: repr(error))[0] == "RecursionError"
