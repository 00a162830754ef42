# The methods of str: results and messages are printed, and compared with CPython's.


def show(action, *arguments, **keywords):
    try:
        print(repr(action(*arguments, **keywords)))
    except Exception as error:
        print(type(error).__name__, error)


# Finding
texts = ["", "a", "banana", "naïve café", "日本語日本", "a😀b😀"]
needles = ["", "a", "an", "ana", "é", "本", "😀", "zz", "日本"]
for text in texts:
    for needle in needles:
        print(
            text.find(needle), text.rfind(needle), text.count(needle), needle in text, text.startswith(needle),
            text.endswith(needle), text.partition(needle or "x"), text.rpartition(needle or "x"),
        )
        print(text.replace(needle, "<>"), text.replace(needle, "", 1), text.replace(needle, "é", 2),
            text.replace(needle, "本"))
        if needle:
            print(text.split(needle), text.rsplit(needle, 1), text.split(needle, 1), text.rsplit(needle))
        print(text.removeprefix(needle), text.removesuffix(needle))
for start in (None, 0, 2, -3, 10, -10):
    for end in (None, 0, 3, -1, 10, -10):
        print("banana".find("an", start, end), "banana".rfind("an", start, end), "banana".count("a", start, end),
              "banana".startswith("an", start, end), "banana".endswith(("na", "an"), start, end), "banana".find("",
              start, end))
show("abc".index, "x")
show("abc".rindex, "x")
show("abc".find, 1)
show("abc".find, "a", "b")
show("abc".find, "a", 1.5)
show("abc".count, b"a")
show("abc".startswith, 1)
show("abc".startswith, ("a", 1))
show("abc".startswith, ("x", 1))
show("abc".endswith, ["c"])
show("abc".replace, 1, 2)
show("abc".replace, "a", 2)
show("abc".replace, "a")
show("abc".split, 1)
show("abc".split, "")
show("abc".partition, "")
show("abc".partition, 1)
show("abc".removeprefix, 1)
print(("ab" * 5000 + "c").find("ab" * 100 + "c"), ("a" * 5000).find("a" * 50 + "b"), ("a" * 3000 + "b").rfind("aab"))

# Splitting
for text in ["", " ", "a b", "  a  b c  ", "a\tb\nc\x0bd\x1ce\u2003f\u3000", "one"]:
    print(text.split(), text.rsplit(), text.split(None, 1), text.rsplit(None, 1), text.split(maxsplit=0),
        text.rsplit(maxsplit=0))
for text in ["", "a", "a\n", "a\nb", "a\r\nb\r", "\n\n", "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i"]:
    print(text.splitlines(), text.splitlines(True), text.splitlines(keepends=1))
show("a,b,c".split, sep=",", maxsplit=1)
show("a,b".split, ",", 1, 2)
show("a,b".split, ",", "1")

# Joining
show(",".join, [])
show(",".join, ["a"])
show(",".join, ("a", "é", "本"))
show("".join, (c for c in "xyz"))
show("😀".join, "abc")
show(",".join, ["a", 1])
show(",".join, 1)
show(",".join, {"k": 1})

# Trimming
for text in ["", "  a ", "xxaxx", "\u2003a\u3000", "abcba"]:
    print(repr(text.strip()), repr(text.lstrip()), repr(text.rstrip()), text.strip("x"), text.strip("ab"),
        text.lstrip("ba"), text.rstrip(None))
show("a".strip, 1)
show("a".lstrip, b"a")
print("0123456789abcdefghijk0".strip("0123456789abcdefgh"))

# Widths
for width in (-1, 0, 3, 4, 5, 6, 7):
    print(repr("abc".center(width)), repr("ab".center(width, "*")), repr("abc".ljust(width, "é")),
        repr("abc".rjust(width, "本")), "-42".zfill(width), "+4".zfill(width), "é".zfill(width))
show("a".center, "b")
show("a".center, 5, "ab")
show("a".ljust, 5, 1)
print(repr("a\tbc\td\n\te".expandtabs()), repr("a\tbc\td".expandtabs(4)), repr("a\tb".expandtabs(0)),
    repr("a\tb".expandtabs(tabsize=1)), repr("\t\x00\t".expandtabs(3)))

# Case
for text in ["", "abc", "Hello World", "ß", "ŉ ǰ", "ΑΣ ΑΣΑ Σ", "ǆ ǅ Ǆ", "İı", "ﬁ ﬂ", "they're bill's", "a1b2c3 X",
    "Straße", "ᏸᎠꭰ", "x" * 30 + "Z@[`{"]:
    print(text.upper(), text.lower(), text.title(), text.capitalize(), text.swapcase(), text.casefold())
    print(text.isupper(), text.islower(), text.istitle(), text.isalpha(), text.isalnum(), text.isidentifier())

# Questions
for text in ["", "1", "١٢", "²", "½", "Ⅷ", "a", "_a1", "1a", " ", "\t", "\xa0", "\x1f", "\u200b", "é", "日本", "\ud800",
    "\U000e0001", "a b", "class", "五"]:
    print(ascii(text), text.isdecimal(), text.isdigit(), text.isnumeric(), text.isspace(), text.isprintable(),
        text.isascii(), text.isalpha(), text.isalnum(), text.isidentifier())

# Translation
table = str.maketrans({"a": "1", "b": None, ord("c"): "xyz", "d": 233, "e": "本"})
print("abcdef".translate(table), "abcabc".translate({97: 98}), "xyz".translate({}))
print(str.maketrans("ab", "cd"), str.maketrans("ab", "cd", "ef"), "abcdef".translate(str.maketrans("abc", "xyz", "d")))


class Shift:
    def __getitem__(self, key):
        if key == 98:
            raise LookupError
        return key + 1


print("abc".translate(Shift()))
show(str.maketrans, 1)
show(str.maketrans, "a", "bc")
show(str.maketrans, {"ab": 1})
show(str.maketrans, {1.5: 1})
show("a".translate, {97: 1.5})
show("a".translate, {97: 0x110000})
show("a".translate, 1)

# Operators
print("a" + "b", "é" + "a", "a" * 3, 2 * "é", "ab" * 0, "ab" * -1, "😀" * 2)
show(lambda: "a" + 1)
show(lambda: 1 + "a")
show(lambda: "a" * "b")
show(lambda: "a" * 1.5)
show(lambda: "a" - "b")
show(lambda: 1 in "a")
show(lambda: "a" < 1)
print("a" < "b", "a" < "ab", "é" > "z", "日" > "é", "😀" > "日", "abc" <= "abc", "b" >= "a", "a" == "a", "a" != "é",
    "a" == 1)
text = "hello"
for key in (0, -1, 4, slice(1, 3), slice(None, None, -1), slice(None, None, 2), slice(10, 2, -3), slice(-3, None),
    slice(5, 1), slice(None, None, 100), slice(-100, 100, 3)):
    print(text[key], "héllo"[key], "h本llo"[key], "h😀llo"[key])
show(lambda: text[5])
show(lambda: text[-6])
show(lambda: text["a"])
show(lambda: text[1.5])
show(lambda: text[10**30])
show(lambda: text[::0])
show(lambda: text["a":])
print(("0123456789" * 20)[::-1], ("0123456789" * 20)[150:20:-7])

# Growing sums share their memory; each keeps its own length.
parts = []
grown = "x" * 600
for number in range(50):
    parts.append(grown)
    grown = grown + str(number)
    other = grown + "!"
print(len(grown), [len(part) for part in parts[:3]], parts[3][-6:], grown[-8:], other[-4:],
    parts[-1] == grown[: len(parts[-1])])
wide = grown + "本"
print(len(wide), wide[-3:], (wide + "é")[-2:], hash(wide) == hash("".join(list(wide))))

# Construction
print(str(), str(1), str("a"), str(b"a"), str(b"caf\xc3\xa9", "utf-8"), str(b"\xff", errors="replace"), str(object="x"))
show(str, "a", "utf-8")
show(str, 1, "utf-8")
show(str, b"a", 1)


class Text(str):
    pass


sub = Text("abc")
print(type(sub), sub, sub + "d", type(sub + "d"), type(sub[:]), type(str(sub)), type(sub.strip()),
    type(sub.replace("x", "y")), sub == "abc", hash(sub) == hash("abc"), {sub: 1}["abc"], isinstance(sub, str),
    len(sub), sub.upper())
sub.extra = 1
print(sub.extra, sub.__dict__)
print([c for c in "aé本😀"], list(reversed("abc")), sorted("bca"), max("abc"), "".join(reversed("abc")))
print("abc".__getnewargs__(), "abc".__len__(), "abc".__contains__("b"), "a".__add__("b"), "a".__eq__(1),
    "a".__lt__(1), "%s".__mod__(1), "a".__rmod__("%s"))
print(ord("a"), ord("😀"), chr(97), chr(0x1F600), ord(b"a"))
show(ord, "ab")
show(ord, 1)
show(ord, b"ab")
show(chr, -1)
show(chr, 0x110000)
show(chr, "a")
show(chr, 10**20)
