# Modules array and struct, views with several dimensions, csv's readers and writers, unicodedata.
import array, struct, unicodedata, _csv

def tried(action):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)

for code in array.typecodes:
    values = 'añ' if code == 'u' else [1.5, -2.0] if code in 'fd' else [1, 100]
    a = array.array(code, values)
    print(a, a.itemsize, a.tobytes(), a.tolist(), a + a, a * 2, a[::-1], list(a), a.count(a[0]), a.index(a[1]))
    a.byteswap()
    tried(lambda: (a.tobytes(), a.__reduce_ex__(2)[1], a.tolist()))
    tried(lambda: repr(a))
    for value in (-1, 300, 70000, 2**31, 2**32, 2**63, 2**64, -2**31 - 1, -2**63 - 1, 'x', 1.5, None):
        tried(lambda: array.array(code, [value]).tobytes())
a = array.array('i', range(10))
a[2:4] = array.array('i', [7, 8, 9])
del a[::3]
a.insert(-1, 5), a.append(6), a.extend([1, 2]), a.remove(7), a.reverse()
print(a, a.pop(), a.pop(0), len(a), 8 in a, a == a[:], a < array.array('i', [99]), a != [1])
for action in (lambda: array.array('x'), lambda: array.array('i', 'ab'), lambda: a + [1], lambda: a[99], lambda: a['x'],
               lambda: a.__setitem__(slice(0, 4, 2), a[:1]), lambda: a.frombytes(b'abc'), lambda: a.pop(99), lambda: a.remove(99)):
    tried(action)
m = memoryview(a)
m[0] = 77
print(a[0], m.format, m.nbytes, m[1:3].tolist(), m == a)
cube = memoryview(bytearray(range(24))).cast('B', (2, 3, 4))
print(cube.tolist(), cube[1, 2, 3], cube.shape, cube.strides, cube.ndim, cube[1:].tolist(), cube.c_contiguous, len(cube))
cube[0, 0, 1] = 99
print(cube.tobytes(), cube == memoryview(bytes(cube)).cast('B', [2, 3, 4]), cube == memoryview(bytes(24)))
for action in (lambda: cube[0], lambda: cube[0, 0], lambda: cube[2, 0, 0], lambda: cube[0:1, 0:1, 0:1], lambda: cube.cast('B', [24]).tolist(),
               lambda: memoryview(b'abcd').cast('B', [3]), lambda: memoryview(b'abcd').cast('H', [2]).tolist()):
    tried(action)

for order in ('', '@', '=', '<', '>', '!'):
    for code in 'xcbB?hHiIlLqQnNefdspP':
        try:
            size = struct.calcsize(order + code)
        except struct.error as error:
            print(order, code, error)
            continue
        for value in (0, 1, -1, 127, 255, 70000, 2**31, 2**40, 2**63, 2**64, 1.5, b'a', b'ab', None):
            try:
                packed = struct.pack(order + code, value)
                print(order, code, size, packed, struct.unpack(order + code, packed))
            except (struct.error, OverflowError) as error:
                print(order, code, value, error)
print(struct.pack('<3sh2x5p', b'abcd', 7, b'xyz'), struct.unpack('<3sh2x5p', struct.pack('<3sh2x5p', b'abcd', 7, b'xyz')), struct.calcsize('bi0q'))
buffer = bytearray(10)
struct.pack_into('>hh', buffer, 3, 1, -2)
print(buffer, struct.unpack_from('>hh', buffer, 3), list(struct.iter_unpack('>h', buffer)), struct.Struct('<i').size)
for action in (lambda: struct.pack('ii', 1), lambda: struct.unpack('i', b''), lambda: struct.unpack_from('i', b'abc'), lambda: struct.pack_into('i', buffer, 8, 1),
               lambda: struct.Struct('z'), lambda: struct.Struct('5'), lambda: struct.pack_into('i', buffer, -2, 1), lambda: list(struct.iter_unpack('i', b'abc'))):
    tried(action)

print(list(_csv.reader(['a,"b ""c""",d\r\n', '', 'x, y,"1\n', '2"'])), list(_csv.reader(['1;"2";x'], delimiter=';', quoting=3)))
lines = []
class File:
    write = staticmethod(lines.append)
w = _csv.writer(File)
w.writerow([1, None, 'a,b', 'c"d', 2.5, 'x\ny']), w.writerow(['']), w.writerow([])
_csv.writer(File, quoting=2).writerow([1, 'a', 2.5]), _csv.writer(File, doublequote=False, escapechar='\\').writerow(['a"b', 'c\\d'])
print(lines)
for action in (lambda: list(_csv.reader(['a,"b'], strict=True)), lambda: list(_csv.reader(['a\nb'])), lambda: list(_csv.reader([b'a'])), lambda: _csv.reader([], 'none'),
               lambda: _csv.reader([], delimiter='ab'), lambda: _csv.writer(File, quoting=3).writerow(['a,b']), lambda: w.writerow(5), lambda: _csv.field_size_limit()):
    tried(action)

for text in ('é', 'e\u0301', 'ﬁ', 'Å', '가', '\u1100\u1161\u11a8', 'ǖ', '①', 'a\u0323\u0301', 'ệ', '\u0958', 'ｶﾞ'):
    print([unicodedata.normalize(form, text) for form in ('NFC', 'NFD', 'NFKC', 'NFKD')], unicodedata.is_normalized('NFC', text))
for char in 'aZ5½٣²€ \n漢가١()\u0301\ufb01\U0001f600':
    print(ascii(char), unicodedata.category(char), unicodedata.bidirectional(char), unicodedata.east_asian_width(char), unicodedata.combining(char),
          unicodedata.mirrored(char), unicodedata.decomposition(char), unicodedata.numeric(char, None), unicodedata.digit(char, None),
          unicodedata.decimal(char, None), unicodedata.name(char, None))
print(unicodedata.lookup('latin small letter e with acute'), unicodedata.unidata_version)
