# binascii, the modules beneath hashlib, and those beneath json.
import binascii, _md5, _sha1, _sha256, _sha512, _sha3, _blake2, _json

print(binascii.hexlify(b'\x00\xffabc', '-', 2), binascii.unhexlify('00ff'), binascii.b2a_base64(b'hello'))
print(binascii.a2b_base64(b'aGVsbG8='), binascii.crc32(b'hello'), binascii.crc_hqx(b'hello', 0))
print(binascii.b2a_uu(b'abcd'), binascii.a2b_uu(b'$86)C9   \n'), binascii.b2a_qp(b'a=b c\t\n.x \n_'), binascii.a2b_qp(b'a=3Db=\nc'))
for text, strict in ((b'abc', False), (b'a', False), (b'ab=c', True), (b'=abc', True), (b'ab==cd==', True), (b'ab\n==', True)):
    try:
        print(binascii.a2b_base64(text, strict_mode=strict))
    except binascii.Error as error:
        print(error)

for size in (0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 300):
    data = bytes(i * 7 & 255 for i in range(size))
    for make in (_md5.md5, _sha1.sha1, _sha256.sha224, _sha256.sha256, _sha512.sha384, _sha512.sha512, _sha3.sha3_224,
                 _sha3.sha3_256, _sha3.sha3_384, _sha3.sha3_512, _blake2.blake2b, _blake2.blake2s):
        whole = make(data).hexdigest()
        parts = make()
        for place in range(0, size, 37):
            parts.update(data[place:place + 37])
        assert parts.hexdigest() == whole and parts.copy().digest().hex() == whole
        print(make.__name__, whole)
    print(_sha3.shake_128(data).hexdigest(50), _sha3.shake_256(data).hexdigest(200))
h = _blake2.blake2b(b'x', digest_size=20, key=b'key', salt=b'salt', person=b'me', fanout=2, depth=2, leaf_size=5,
                    node_offset=7, node_depth=1, inner_size=10, last_node=True)
print(h.hexdigest(), h.name, h.digest_size, h.block_size)
print(_blake2.blake2s(b'x', digest_size=20, key=b'key', salt=b'salt', person=b'me', node_offset=7).hexdigest())

print(_json.scanstring('"a\\u00e9\\n\\ud83d\\ude00\\ud800b" rest', 1), _json.encode_basestring_ascii('a"\\\n\x7fé😀'))
print(_json.encode_basestring('a"\\\n\x7fé😀'))

class Context:
    strict, object_hook, object_pairs_hook = True, None, None
    parse_float, parse_int, parse_constant = float, int, lambda name: ('constant', name)

scan = _json.make_scanner(Context)
for text in ('[1, -2.5e3, true, null, "x", {"a": [], "b": {}}]', 'NaN', '-Infinity', '12345678901234567890123', '-0', '0.1'):
    print(scan(text, 0))
for text in ('', '-', 'nul', '[1, ]'):
    try:
        scan(text, 0)
    except StopIteration as stop:
        print(text, stop.value)
Context.object_pairs_hook = tuple
print(_json.make_scanner(Context)('{"a": 1, "a": 2}', 0))

encoder = _json.make_encoder({}, repr, _json.encode_basestring_ascii, None, ': ', ', ', True, False, True)
print(''.join(encoder({'b': [1, 2.5, 'é'], 'a': (None, True, {}), 'c': float('inf')}, 0)))
print(''.join(encoder({1: 2, 3: complex(1, 2)}, 0)))
loop = []
loop.append(loop)
for make in (lambda: encoder(loop, 0), lambda: encoder({(1,): 2}, 0), lambda: encoder({'a': 1, 2: 3}, 0)):
    try:
        make()
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
