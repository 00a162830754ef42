# format(), str.format, f-strings and the format mini-language.
def show(action, *arguments, **keywords):
    try:
        print(ascii(action(*arguments, **keywords)))
    except Exception as error:
        print(type(error).__name__, error)


specs = ["", "d", "5", "05", "<5", ">5", "^5", "=5", "*^9", "+", "-", " ", "+d", " d", "#x", "#o", "#b", "#X", "x",
    "X", "o", "b", "c", "n", ",", "_",
         ",d", "_d", "_x", "_b", ",x", "010,", "012,d", "09_d", "+010d", "-010d", "é>6", "08.3f", ".3", ".3f", ".0f",
         "#.0f", "e", ".2e", "E", "g", "G", ".3g", "#.3g",
         "%", ".1%", "10.2%", "+.2f", " .2f", "z.1f", "z", "F", ".10", "20,.3f", "_.2f", "020,.2f", "s", "5s", ".2s",
         "<010", "=010", "^010", "0=10", "1,,d", "d,", ".d", "5.", "\x05", "é", "10_,d", "+c", "#c", "0", "00", "000",
         "x05", "{}", "99999999999999999999d"]
values = [0, 1, -1, 42, -12345, 1234567, 255, 2**70, -(2**70), True, 0.0, -0.0, 1.0, -1.5, 3.14159, 1e10, 1e16, 1e100,
    1.5e-7, 123456.789, 0.1, 2.5, float("inf"), float("-inf"), float("nan"),
          1 + 2j, -1.5j, 0j, complex("nan"), complex(-0.0, 1), "", "abc", "é本😀"]
for value in values:
    for spec in specs:
        show(format, value, spec)
show(format, 5, 1)
show(format, [], "5")
show(format, None, "")
show(format, None, "d")
show(format, object, "x")
show(int.__format__, 5, 5)

# str.format
show("{} {}".format, 1, 2)
show("{0} {1} {0}".format, 1, 2)
show("{a} {b}".format, a=1, b="x")
show("{0[0]} {0[1]} {1[k]} {1[5]}".format, [1, 2], {"k": "v", 5: "five"})
show("{0.real} {0.imag}".format, 1 + 2j)
show("{0.real.real[0]}".format, 1)
show("{!r} {!s} {!a}".format, "é", "é", "é")
show("{:>{width}} {:{fill}^{width}}".format, "a", "b", width=5, fill="*")
show("{:{}}".format, 3.14159, ".2f")
show("{:{}.{}}".format, 3.14159, 10, 3)
show("{{}} {{{}}}".format, 1)
show("{0:{1:{2}}}".format, 1, 2, 3)
show("{} {0}".format, 1)
show("{0} {}".format, 1)
show("{".format)
show("}".format)
show("{0".format, 1)
show("{0!".format, 1)
show("{0!r".format, 1)
show("{0!rr}".format, 1)
show("{0!x}".format, 1)
show("{0!}".format, 1)
show("{0:".format, 1)
show("{0:{}".format, 1)
show("{0.}".format, 1)
show("{0[}".format, 1)
show("{0[]}".format, 1)
show("{0[0]x}".format, [1])
show("{0..a}".format, 1)
show("{a{b}}".format, a=1)
show("{}".format)
show("{1}".format, 1)
show("{a}".format)
show("{a.b}".format, a=1)
show("{0[a]}".format, {"b": 1})
show("{0[5]}".format, [1])
show("{0[-1]}".format, {"-1": "minus"})
show("{99999999999999999999}".format, 1)
show("{:d}".format, "a")
show("{:s}".format, 1)
show("{!r:>10}".format, "a")
show("{0!s:^7}|{1!r:<7}|".format, "ab", "cd")
show("{a[b]}".format, a={"b": 1})
show("{a[b.c]}".format, a={"b.c": 1})
show("{0[a]b]}".format, {"a": 1})
show("{:{}{}{}}".format, "x", "*", "^", 7)
show("}}{{".format)
show("a}".format)
show("a}b".format)
show("a{".format)
show("{:}".format, 1)
show("{: }".format, 1)
show("{ }".format, **{" ": 1})
show("{a b}".format, **{"a b": 1})
show("{0:!^5}".format, 1)
show("{0!r:!^5}".format, 1)
show("{:%Y}".format, 1)


class Spec:
    def __format__(self, spec):
        return "<" + spec + ">"

    def __str__(self):
        return "text"

    def __repr__(self):
        return "répr"


class Bad:
    def __format__(self, spec):
        return 1


show("{} {:abc} {!s:>6} {!r} {!a}".format, Spec(), Spec(), Spec(), Spec(), Spec())
show("{}".format, Bad())
show(format, Spec(), "x{y")


class Missing(dict):
    def __missing__(self, key):
        return "<" + key + ">"


show("{a} {b}".format_map, Missing(a=1))
show("{a}".format_map, {})
show("{}".format_map, {})
show("{0}".format_map, [1])
show("{a}".format_map, 1)

# f-strings
n, x, name, width = 42, 3.14159, "Ada", 10
print(f"{n} {n:05d} {n:x} {n:#b} {n:>6} {n:<6}| {n:^6}| {n:,} {-n:05d} {-n:5} {-n:x} {0:03x} {255:04X}")
print(f"{x} {x:.2f} {x:10.3f}| {x:<10.1f}| {x:e} {x:+.1f} {1e20:.0f} {-0.001:.2f} {2.5:.0f} {0.125:.2f} {1e-10:.3f}")
print(f"{name} {name!r} {name:>{width}} {name:*^{width}} {name!r:10}| {name[0]:3}| {name.upper()}")
print(f"{n=} {x=:.2f} {name = } {name=!s} {n + 1 = }")
print(f"{'é':>3}|{'本':<3}|{None}|{True}|{[1, 'a']}|{ {1: 2} }|{(1,)}|{1+2j}|{b'x'}")
print(f"{n:{width}}|{n:0{width}}|{x:{width}.{2}f}|{{}}|{{{n}}}")
print(f"{2**100} {2**100:x} {-2**100:,} {True:d} {True} {1.0} {1e16} {123456789012345678:,}")


class Sub(str):
    def __format__(self, spec):
        return "sub" + spec


class Integer(int):
    def __str__(self):
        return "integer"


print(f"{Sub('a')} {Sub('a'):x} {Sub('a')!s} {Integer(5)} {Integer(5):d} {Integer(5)!r} {Integer(5):}")

show("{0[{1}]}".format, {"{1}": "what stands in brackets is the key"}, 4)
show("{0[{1}]}".format, "text", 4)
show("{0[a}b]}".format, {"a}b": 1})
show("{a{b}".format, a=1)
show("{0.{1}}".format, 1, 2)
