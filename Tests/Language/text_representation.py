# repr and ascii of strings and bytes; bin, oct, hex.
for text in ["", "a", "it's", 'say "x"', "both ' and \"", "back\\slash", "\t\n\r", "\x00\x1b\x7f", "\x80\xa0\xad",
    "é", "ÿ", "日本",
             "😀", "\ud800", "\udfff", "\u200b", "\u2028", "\ufeff", "\U000e0001", "\U0010ffff", "\u3000", "a\u0301",
             "\x85"]:
    print(ascii(repr(text)), ascii(text), repr(text.encode("utf-8", "surrogatepass")), len(repr(text)))
    if text.isprintable():
        print(repr(text))
for data in [b"", b"a", b"it's", b'say "x"', b"both ' and \"", b"\\", b"\t\n\r", bytes(range(256))]:
    print(repr(data), str(data), ascii(data), repr(bytearray(data)))
print(bin(0), bin(5), bin(-5), oct(8), oct(-8), hex(255), hex(-255), hex(1 << 70), bin(True), oct(1 << 65))


class Index:
    def __index__(self):
        return 42


print(bin(Index()), hex(Index()))
for function in (bin, oct, hex):
    try:
        function(1.5)
    except TypeError as error:
        print(error)
