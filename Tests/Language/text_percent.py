# The % operator of str and bytes.
def show(pattern, arguments):
    try:
        print(ascii(pattern % arguments))
    except Exception as error:
        print(type(error).__name__, error)


for pattern in ["%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%.3d", "%8.3d", "%08.3d", "%x", "%X", "%#x", "%#X", "%o",
    "%#o", "%#010x", "%-#10x|", "%i", "%u", "%ld", "%hhd", "%c", "%5c|", "%-5c|", "%s", "%r", "%a", "%5s|", "%-5s|",
    "%.2s", "%8.2s|", "%e", "%E", "%.2f", "%8.2f", "%08.2f", "%+.1f", "%-8.1f|", "%g", "%G", "%#g", "%.3g", "%F",
    "%%", "%5%", "%.0f", "%#.0f", "%b", "%y", "%", "%5", "%.", "%(a)s", "% +d", "%-05d|", "%+s", "%05s"]:
    for value in [0, 5, -255, 2**70, 3.7, -0.0, 1e100, float("inf"), float("nan"), True, "a", "é", "", "abc", None,
        b"x", [1], {"a": 1}, (1,), (), (1, 2)]:
        show(pattern, value)
        if pattern.isascii():
            show(pattern.encode(), value)
show("%s %s", (1, 2))
show("%s %s", (1,))
show("%s", ())
show("", ())
show("", (1,))
show("", 1)
show("", {})
show("", [])
show("a", {"a": 1})
show("%(a)s %(b)d", {"a": 1, "b": 2})
show("%(a)s %(b)d", {"a": 1})
show("%(a)5.2f|%(a)-8s|", {"a": 1.5})
show("%(a(b)c)s", {"a(b)c": 1})
show("%(a", {"a": 1})
show("%(a)", {"a": 1})
show("%(a)s", 1)
show("%(a)s", (1,))
show("%(a)s %s", {"a": 1})
show("%s %(a)s", {"a": 1})
show("%*d", (5, 42))
show("%-*d|", (5, 42))
show("%*d|", (-5, 42))
show("%.*f", (2, 3.14159))
show("%*.*f", (10, 2, 3.14159))
show("%*d", ("a", 1))
show("%*d", (1,))
show("%99999999999d", 1)
show("%.99999999999d", 1)
show("%c", 0x1F600)
show("%c", 0x110000)
show("%c", -1)
show("%c", "ab")
show("%c", 1.5)
show("%x", 1.5)
show("%d", "a")
show("%f", "a")
show("%y", 1)
show("abc%é", 1)
show("本%s", "é")
show("%s" * 3, ("a", "本", "😀"))
show(b"%s %b %a %r", (b"x", bytearray(b"y"), "é", "é"))
show(b"%s", "a")
show(b"%b", 1)
show(b"%c%c", (65, b"B"))
show(b"%c", 256)
show(b"%c", b"ab")
show(b"%(a)s", {b"a": b"1"})
show(bytearray(b"%d"), 5)
show(b"%s", 1)


class Number:
    def __int__(self):
        return 7

    def __float__(self):
        return 7.5

    def __index__(self):
        return 9

    def __bytes__(self):
        return b"bytes"


show("%d %x %f %c", (Number(), Number(), Number(), Number()))
show(b"%s %b", (Number(), Number()))
