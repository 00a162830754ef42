# bytes, bytearray and memoryview: results and messages are printed, and compared with CPython's.
def show(action, *arguments, **keywords):
    try:
        print(repr(action(*arguments, **keywords)))
    except Exception as error:
        print(type(error).__name__, error)


class Index:
    def __index__(self):
        return 5


class Source:
    def __bytes__(self):
        return b"made"


class BadSource:
    def __bytes__(self):
        return "made"


for kind in (bytes, bytearray):
    for arguments in [(), (5,), (0,), (b"abc",), (bytearray(b"x"),), ([1, 2, 255],), ((1,),), (range(5),), ("é",
        "utf-8"), ("é", "latin-1"), ("é", "ascii", "replace"), (Index(),), (memoryview(b"mv"),),
                      ("a",), (1.5,), (-1,), ([256],), ([-1],), (["a"],), (b"a", "utf-8"), (5, "utf-8"), (None,),
                      ("é", "ascii"), ([1.5],), (10**20,), ("a", "nope"), (b"a", None, "x"), (iter([1, 2]),)]:
        show(kind, *arguments)
    show(kind, source=b"a")
    show(kind, "a", encoding="ascii", errors="strict")
    show(kind, "a", errors="strict")
show(bytes, Source())
show(bytearray, [Index()])
show(bytes, BadSource())

for kind in (bytes, bytearray):
    text = kind(b"hello world, hello")
    for needle in [b"", b"l", b"hello", b"xyz", b"world", 108, 200]:
        show(text.find, needle)
        show(text.rfind, needle)
        show(text.count, needle)
        show(text.index, needle)
        print(needle in text)
    for name, arguments in [("split", ()), ("split", (b"l",)), ("split", (b"o", 1)), ("rsplit", (b"o", 1)), ("rsplit",
        (None, 1)), ("split", (None, 1)), ("splitlines", ()), ("partition", (b"o",)), ("rpartition", (b"o",)),
        ("partition", (b"zz",)), ("rpartition", (b"zz",)),
                            ("replace", (b"l", b"LL")), ("replace", (b"l", b"", 2)), ("replace", (b"", b"-")),
                            ("replace", (b"", b"-", 3)), ("strip", (b"heo",)), ("lstrip", (b"h",)), ("rstrip", (b"o",
                            )), ("upper", ()), ("title", ()), ("capitalize", ()), ("swapcase", ()), ("center", (24,)),
                            ("center", (25, b"*")), ("ljust", (20, b"-")), ("rjust", (20,)), ("zfill", (21,)),
                            ("startswith", (b"he",)), ("startswith", ((b"x", b"he"),)), ("endswith", (b"lo", 2)),
                            ("endswith", (b"lo", 2, -1)), ("removeprefix", (b"hello",)), ("removesuffix", (b"hello",
                            )), ("expandtabs", ()), ("translate", (None, b"l")), ("translate",
                            (bytes(range(256))[::-1],)), ("hex", ()), ("hex", ("-",)), ("hex", (":", 2)), ("hex",
                            (":", -3)), ("hex", (b"_", 4)), ("decode", ()), ("decode", ("ascii",)),
                            ("isalpha", ()), ("isalnum", ()), ("isdigit", ()), ("islower", ()), ("isupper", ()),
                            ("istitle", ()), ("isspace", ()), ("isascii", ()), ("join", ([b"a", bytearray(b"b"),
                            memoryview(b"c")],)),
                            ("find", ("h",)), ("find", (300,)), ("find", (1.5,)), ("split", (b"",)), ("split", ("a",
                            )), ("replace", ("a", "b")), ("startswith", ("a",)), ("startswith", (("a",),)), ("join",
                            (["a"],)), ("join", (1,)), ("strip", ("a",)), ("center", (30, "x")), ("center", (30,
                            b"xy")), ("translate", (b"short",)), ("hex", ("ab",)), ("hex", ("é",)), ("hex", (1,)),
                            ("partition", (b"",)), ("count", ("a",))]:
        print(name, end=" ")
        show(getattr(text, name), *arguments)
    show(kind.fromhex, "00ff 41 42")
    show(kind.fromhex, "0")
    show(kind.fromhex, "0g")
    show(kind.fromhex, " 12 3")
    show(kind.fromhex, 1)
    show(kind.maketrans, b"ab", b"cd")
    show(kind.maketrans, b"ab", b"c")
    for key in [0, -1, 17, 18, -19, slice(2, 5), slice(None, None, -1), slice(None, None, 3), "a", 1.5]:
        show(lambda: text[key])
    show(lambda: text + b"x")
    show(lambda: text + bytearray(b"x"))
    show(lambda: text + "x")
    show(lambda: text * 2)
    show(lambda: 0 * text)
    show(lambda: text * "a")
    show(lambda: "a" in text)
    show(lambda: 256 in text)
    show(lambda: text < b"z")
    show(lambda: text == "hello")
    show(lambda: text == bytearray(b"hello world, hello"))
    show(lambda: text < "a")
    show(lambda: list(text[:4]))
    print(kind(b"a b\tc\n\x0b\x1c").split(), kind(b" x ").strip(), kind(b"a\r\nb\nc\r").splitlines(True),
        kind(b"-5").zfill(5))
    print(kind(b"ab") < kind(b"abc"), kind(b"") == b"", len(kind(b"abc")), bool(kind()), kind(b"Ab1").swapcase(),
        kind(b"a\tb").expandtabs(4))
    print(kind(b"THEY'RE x").title(), kind(b"They Re").istitle(), kind(b" \t").isspace(), kind(b"").isascii(),
        kind(b"").isalpha())

print(hash(b"abc") == hash(b"abc"), {b"a": 1}[b"a"], bytes(5), b"a" b"b", type(bytes(bytearray(b"x"))))


class Sub(bytes):
    pass


sub = Sub(b"abc")
print(type(sub), sub, sub + b"d", type(sub[:]), type(sub.strip()), sub == b"abc", Sub.fromhex("41"),
    type(Sub.fromhex("41")), bytes(sub), type(bytes(sub)))

# bytearray changes
array = bytearray(b"hello")
array.append(33)
array.extend(b" you")
array.extend([1, 2])
array += b"z"
array *= 2
print(array, len(array))
array[0] = 72
array[1:3] = b"EEE"
del array[0]
del array[-2:]
del array[::3]
print(array)
array[::2] = b"x" * len(array[::2])
array.insert(2, 65)
array.insert(-100, 66)
array.insert(100, 67)
print(array, array.pop(), array.pop(0), array)
array.reverse()
array.remove(120)
print(array, array.copy() == array, array.copy() is array)
array.clear()
print(array)
array = bytearray(range(10))
del array[8:2:-2]
print(list(array))
array[5:5] = range(3)
print(list(array))
array[:] = b""
print(array)
array = bytearray(b"abcdef")
for action in [lambda: array.append(256), lambda: array.append("a"), lambda: array.extend("a"),
    lambda: array.extend(1), lambda: array.pop(10), lambda: array.remove(1), lambda: bytearray().pop(),
    lambda: array.insert("a", 1), lambda: array.__setitem__(10, 1), lambda: array.__setitem__(0, 256),
               lambda: array.__setitem__(0, "a"), lambda: array.__setitem__("a", 1),
               lambda: array.__setitem__(slice(0, 2), "ab"), lambda: array.__setitem__(slice(0, 2), 5),
               lambda: array.__setitem__(slice(None, None, 2), b"a"), lambda: array.__delitem__(10),
               lambda: hash(array), lambda: array.__iadd__("a"), lambda: array.extend([300])]:
    show(action)
print(array)
array = bytearray()
for number in range(1000):
    array.append(number & 255)
print(len(array), sum(array), array[500:510])


class Array(bytearray):
    pass


item = Array(b"xyz")
item.name = "n"
print(item, type(item), item.name, type(item[:1]), type(item + b"a"))
print([b for b in bytearray(b"abc")], list(reversed(b"abc")), sorted(b"cab"), max(b"abc"))

# memoryview
view = memoryview(b"abcdef")
print(len(view), view[0], view[-1], bytes(view[1:3]), view[::2].tobytes(), view[::-1].tolist(), view.tolist(),
    view.nbytes, view.itemsize, view.format, view.ndim, view.shape, view.strides, view.readonly, view.obj,
    view.contiguous, view[::2].contiguous)
print(view == b"abcdef", view == memoryview(b"abcdef"), view != b"x", view == "abc", hash(view) == hash(b"abcdef"),
    view.hex(), b"cd" in bytes(view), 97 in view, list(view), view[::2] == b"ace")
show(lambda: view[10])
show(lambda: view["a"])
show(lambda: view.__setitem__(0, 1))
show(memoryview, "a")
show(memoryview, 5)
data = bytearray(b"abcdefgh")
view = memoryview(data)
view[0] = 65
view[1:3] = b"BC"
view[::2][1] = 90
print(data, view[2:4].tobytes())
show(lambda: view.__setitem__(slice(0, 2), b"abc"))
show(lambda: view.__setitem__(0, 256))
show(lambda: view.__setitem__(0, "a"))
show(lambda: view.__setitem__(0, b"a"))
cast = view.cast("I")
print(len(cast), cast.itemsize, cast.tolist(), cast.format, cast.nbytes)
cast[0] = 1
print(data, view.cast("b")[4], view.cast("c")[4], view.cast("H").tolist(), view.cast("d")[0], view.cast("q").tolist(),
    view.cast("?").tolist())
show(lambda: view.cast("I").cast("H"))
show(lambda: view[:3].cast("I"))
show(lambda: view.cast("z"))
show(lambda: view[::2].cast("b"))
with memoryview(data) as other:
    print(other[0])
    show(data.append, 1)
show(lambda: other[0])
show(lambda: len(other))
view.release()
show(view.tobytes)
print(memoryview(b"ab").toreadonly().readonly, bytearray(memoryview(b"xy")), b"".join([memoryview(b"a")]),
    b"a" + memoryview(b"b"))
