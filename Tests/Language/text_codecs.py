# Encoding and decoding with the built-in codecs and error handlers.
def show(action, *arguments, **keywords):
    try:
        print(ascii(action(*arguments, **keywords)))
    except Exception as error:
        print(type(error).__name__, ascii(str(error)))
        if isinstance(error, UnicodeError):
            print(error.encoding, ascii(error.object), error.start, error.end, error.reason, len(error.args))


encodings = ["utf-8", "UTF8", "utf_8", "U8", "ascii", "us-ascii", "latin-1", "iso-8859-1", "L1", "utf-16",
    "utf-16-le", "utf-16-be", "UTF-16BE", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig", "unicode_escape",
    "raw_unicode_escape"]
handlers = ["strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace", "surrogateescape",
    "surrogatepass"]
texts = ["", "abc", "naïve", "日本", "a😀b", "\ud800", "x\udc80y\udcffz", "é\ud83d\ude00",
    "\x00\x7f\x80\xff\u0100\uffff\U0010ffff", "line\n\t\\'\"", "\ufeffbom"]
for encoding in encodings:
    for text in texts:
        for handler in handlers:
            show(text.encode, encoding, handler)
datas = [b"", b"abc", "naïve日本😀".encode(), b"\xff", b"a\xffb\xfe", b"\xc3", b"\xc3(", b"\xe2\x82", b"\xe2\x82(",
    b"\xf0\x9f\x98", b"\xf0\x9f(", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80", b"\xf4\x90\x80\x80",
    b"\xe0\x80\x80", b"\x80", b"\xef\xbb\xbfbom", "aé日😀".encode("utf-16"), "aé日😀".encode("utf-16-be"),
    "aé日😀".encode("utf-32"),
         b"a\x00\x00\xd8", b"\x00\xd8a\x00", b"\x00\xdc", b"abc\x00d", b"\xff\xfea", b"\x00\x00\x11\x00",
         b"\x00\xd8\x00\x00", b"\\x41\\u00e9\\U0001f600\\n\\t\\101\\N{BULLET}\\N{nope}\\", b"\\x4", b"\\u12",
         b"\\U00110000", b"\xe9\\'"]
for encoding in encodings:
    for data in datas:
        for handler in handlers[:4] + handlers[6:]:
            show(data.decode, encoding, handler)
show("a".encode, "nope")
show("a".encode, "utf-8", "nope")
show("\ud800".encode, "utf-8", "nope")
show(b"a".decode, "nope")
show(b"\xff".decode, "utf-8", "nope")
show("a".encode, 1)
show("a".encode, "utf-8", 1)
show(b"a".decode, encoding="ascii", errors="ignore")
show("a\x00".encode, "a\x00")
show(str, b"abc", "ascii")
show(str, bytearray(b"\xc3\xa9"), "utf-8")
show(str, memoryview(b"abc"), "ascii")
