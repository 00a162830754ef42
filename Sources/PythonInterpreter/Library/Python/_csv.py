"""Reading and writing of separated values, beneath the library's csv: dialects, and machines that go through a line."""

__version__ = "1.0"
__doc__ = "CSV parsing and writing.\n"

QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE = range(4)

_dialects = {}
_limit = 131072


class Error(Exception):
    pass


Error.__module__ = "_csv"
_UNSET = object()


def _character(name, value, default, may_be_none=False):
    if value is _UNSET:
        return default
    if value is None and may_be_none:
        return None
    if not isinstance(value, str):
        kind = "string or None" if may_be_none else "string"
        raise TypeError(f'"{name}" must be {kind}, not {type(value).__name__}')
    if len(value) != 1:
        if may_be_none and not value and name != "quotechar":
            return None
        raise TypeError(f'"{name}" must be a 1-character string')
    return value


class Dialect:
    """How values are separated and quoted; never changes."""

    __slots__ = (
        "_delimiter", "_doublequote", "_escapechar", "_lineterminator", "_quotechar", "_quoting",
        "_skipinitialspace", "_strict",
    )

    def __new__(cls, dialect=None, delimiter=_UNSET, doublequote=_UNSET, escapechar=_UNSET, lineterminator=_UNSET,
                quotechar=_UNSET, quoting=_UNSET, skipinitialspace=_UNSET, strict=_UNSET):
        given = {
            "delimiter": delimiter, "doublequote": doublequote, "escapechar": escapechar,
            "lineterminator": lineterminator, "quotechar": quotechar, "quoting": quoting,
            "skipinitialspace": skipinitialspace, "strict": strict,
        }
        if isinstance(dialect, str):
            dialect = get_dialect(dialect)
        if dialect is not None:
            if isinstance(dialect, Dialect) and all(value is _UNSET for value in given.values()):
                return dialect
            for name, value in given.items():
                if value is _UNSET:
                    given[name] = getattr(dialect, name, _UNSET)
        self = object.__new__(cls)
        self._take(given)
        return self

    def _take(self, given):
        def flag(name, default):
            return default if given[name] is _UNSET else bool(given[name])

        self._delimiter = _character("delimiter", given["delimiter"], ",")
        self._doublequote = flag("doublequote", True)
        self._escapechar = _character("escapechar", given["escapechar"], None, True)
        self._lineterminator = "\r\n" if given["lineterminator"] is _UNSET else given["lineterminator"]
        self._quotechar = _character("quotechar", given["quotechar"], '"', True)
        self._skipinitialspace = flag("skipinitialspace", False)
        self._strict = flag("strict", False)
        quoting = QUOTE_MINIMAL if given["quoting"] is _UNSET else given["quoting"]
        if type(quoting) is not int:
            raise TypeError('"quoting" must be an integer')
        if not QUOTE_MINIMAL <= quoting <= QUOTE_NONE:
            raise TypeError('bad "quoting" value')
        if given["quotechar"] is None and given["quoting"] is _UNSET:
            quoting = QUOTE_NONE
        self._quoting = quoting
        if self._quotechar is None and quoting != QUOTE_NONE:
            raise TypeError("quotechar must be set if quoting enabled")
        if self._lineterminator is None:
            raise TypeError("lineterminator must be set")
        if not isinstance(self._lineterminator, str):
            raise TypeError(f'"lineterminator" must be a string, not {type(self._lineterminator).__name__}')

    delimiter = property(lambda self: self._delimiter)
    doublequote = property(lambda self: self._doublequote)
    escapechar = property(lambda self: self._escapechar)
    lineterminator = property(lambda self: self._lineterminator)
    quotechar = property(lambda self: self._quotechar)
    quoting = property(lambda self: self._quoting)
    skipinitialspace = property(lambda self: self._skipinitialspace)
    strict = property(lambda self: self._strict)

    def __reduce_ex__(self, protocol):
        raise TypeError(f"cannot pickle {type(self).__name__!r} instances")


Dialect.__module__ = "_csv"


def register_dialect(name, dialect=None, **options):
    if not isinstance(name, str):
        raise TypeError("dialect name must be a string")
    _dialects[name] = Dialect(dialect, **options)


def unregister_dialect(name):
    if name not in _dialects:
        raise Error("unknown dialect")
    del _dialects[name]


def get_dialect(name):
    if name not in _dialects:
        raise Error("unknown dialect")
    return _dialects[name]


def list_dialects():
    return list(_dialects)


def field_size_limit(*limit):
    global _limit
    before = _limit
    if limit:
        if type(limit[0]) is not int:
            raise TypeError("limit must be an integer")
        _limit = limit[0]
    return before


_START_RECORD, _START_FIELD, _ESCAPED, _IN_FIELD = range(4)
_IN_QUOTED, _ESCAPED_IN_QUOTED, _QUOTE_IN_QUOTED, _EAT_LINE_END = range(4, 8)
_END = ""


class _Reader:
    """Goes through lines a character at a time; an end of a line is one more."""

    def __init__(self, lines, dialect=None, **options):
        self._lines = iter(lines)
        self.dialect = Dialect(dialect, **options)
        self.line_num = 0

    def __iter__(self):
        return self

    def __next__(self):
        self._fields, self._field, self._state, self._is_number = [], [], _START_RECORD, False
        while True:
            try:
                line = next(self._lines)
            except StopIteration:
                if self._field or self._state == _IN_QUOTED:
                    if self.dialect.strict:
                        raise Error("unexpected end of data") from None
                    self._save()
                    return self._fields
                raise
            if not isinstance(line, str):
                raise Error(f"iterator should return strings, not {type(line).__name__} "
                            "(the file should be opened in text mode)")
            self.line_num += 1
            for character in line:
                self._feed(character)
            self._feed(_END)
            if self._state == _START_RECORD:
                return self._fields

    def _save(self):
        text = "".join(self._field)
        self._field = []
        if self._is_number:
            self._is_number = False
            text = float(text)
        self._fields.append(text)

    def _add(self, character):
        if len(self._field) >= _limit:
            raise Error(f"field larger than field limit ({_limit})")
        self._field.append(character)

    def _end_of_line(self, character):
        self._state = _START_RECORD if character is _END else _EAT_LINE_END

    def _feed(self, character):
        dialect, state = self.dialect, self._state
        is_line_end = character is _END or character in "\n\r"
        if state == _START_RECORD:
            if character is _END:
                return
            if is_line_end:
                self._state = _EAT_LINE_END
                return
            state = _START_FIELD
        if state == _START_FIELD:
            if is_line_end:
                self._save()
                self._end_of_line(character)
            elif character == dialect._quotechar and dialect._quoting != QUOTE_NONE:
                self._state = _IN_QUOTED
            elif character == dialect._escapechar:
                self._state = _ESCAPED
            elif character == " " and dialect._skipinitialspace:
                self._state = _START_FIELD
            elif character == dialect._delimiter:
                self._save()
                self._state = _START_FIELD
            else:
                self._is_number = dialect._quoting == QUOTE_NONNUMERIC
                self._add(character)
                self._state = _IN_FIELD
        elif state == _ESCAPED:
            self._add("\n" if character is _END else character)
            self._state = _IN_FIELD
        elif state == _IN_FIELD:
            if is_line_end:
                self._save()
                self._end_of_line(character)
            elif character == dialect._escapechar:
                self._state = _ESCAPED
            elif character == dialect._delimiter:
                self._save()
                self._state = _START_FIELD
            else:
                self._add(character)
        elif state == _IN_QUOTED:
            if character is _END:
                return
            if character == dialect._escapechar:
                self._state = _ESCAPED_IN_QUOTED
            elif character == dialect._quotechar and dialect._quoting != QUOTE_NONE:
                self._state = _QUOTE_IN_QUOTED if dialect._doublequote else _IN_FIELD
            else:
                self._add(character)
        elif state == _ESCAPED_IN_QUOTED:
            self._add("\n" if character is _END else character)
            self._state = _IN_QUOTED
        elif state == _QUOTE_IN_QUOTED:
            if dialect._quoting != QUOTE_NONE and character == dialect._quotechar:
                self._add(character)
                self._state = _IN_QUOTED
            elif character == dialect._delimiter:
                self._save()
                self._state = _START_FIELD
            elif is_line_end:
                self._save()
                self._end_of_line(character)
            elif not dialect._strict:
                self._add(character)
                self._state = _IN_FIELD
            else:
                raise Error(f"'{dialect._delimiter}' expected after '{dialect._quotechar}'")
        else:
            if character is _END:
                self._state = _START_RECORD
            elif not is_line_end:
                raise Error("new-line character seen in unquoted field - "
                            "do you need to open the file in universal-newline mode?")


def reader(lines, dialect=None, **options):
    return _Reader(lines, dialect, **options)


class _Writer:
    def __init__(self, file, dialect=None, **options):
        write = getattr(file, "write", None)
        if not callable(write):
            raise TypeError('argument 1 must have a "write" method')
        self._write = write
        self.dialect = Dialect(dialect, **options)

    def writerow(self, row):
        try:
            values = iter(row)
        except TypeError:
            raise Error(f"iterable expected, not {type(row).__name__}") from None
        dialect = self.dialect
        fields = [self._shown(value) for value in values]
        if len(fields) == 1 and fields[0] == "":
            if dialect._quoting == QUOTE_NONE:
                raise Error("single empty field record must be quoted")
            fields[0] = dialect._quotechar * 2
        return self._write(dialect._delimiter.join(fields) + dialect._lineterminator)

    def writerows(self, rows):
        for row in rows:
            self.writerow(row)

    def _shown(self, value):
        dialect = self.dialect
        quotes = dialect._quoting == QUOTE_ALL
        if dialect._quoting == QUOTE_NONNUMERIC:
            quotes = not isinstance(value, (int, float, complex)) and not hasattr(type(value), "__float__")
        text = value if isinstance(value, str) else "" if value is None else str(value)
        parts = []
        special = (dialect._delimiter, dialect._escapechar, dialect._quotechar)
        for character in text:
            if character in special or character in "\n\r" or character in dialect._lineterminator:
                escapes = dialect._quoting == QUOTE_NONE
                if not escapes and character == dialect._quotechar:
                    if dialect._doublequote:
                        parts.append(character)
                    else:
                        escapes = True
                elif not escapes and character == dialect._escapechar:
                    escapes = True
                if not escapes:
                    quotes = True
                elif dialect._escapechar is None:
                    raise Error("need to escape, but no escapechar set")
                else:
                    parts.append(dialect._escapechar)
            parts.append(character)
        text = "".join(parts)
        return f"{dialect._quotechar}{text}{dialect._quotechar}" if quotes else text


def writer(file, dialect=None, **options):
    return _Writer(file, dialect, **options)


Reader, Writer = _Reader, _Writer
