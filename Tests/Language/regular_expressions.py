# The matcher beneath re: every kind of instruction, the objects, and their messages.
import re

def show(pattern, text, flags=0):
    m = re.search(pattern, text, flags)
    print(repr(pattern), None if m is None else (m.regs, m.lastindex, m.lastgroup, m.group()))

for pattern in ('a|b', 'ab*', 'ab+?c', '(a)(b)?', 'x*', '[^a-c]+', r'\d+', r'\bb', r'\Bb', '^b', 'c$', r'\Ab', r'c\Z', '(?=b)b', '(?!a).',
                '(?<=a)b', '(?<!a)c', '(a)|b', '((a)|(b))*', '(?P<x>a)(?P=x)?', '(a)?(?(1)b|c)', '(?>a+)b', 'a++b', '(?:ab){1,2}+c',
                '(?:a|ab)(?:c|bcd)(?:d*)', 'a{2,3}', 'a{2,3}?', '(a{1,2}){2}', '.*?c', '.+b', '[ab]{3,}c', '(b|a)*?c', '(?:)*b'):
    for text in ('abc', 'aabbc', 'bc', '', 'ab abc', 'abab\nc', 'aaaa', 'abcd'):
        show(pattern, text)
for flags in (re.I, re.M, re.S, re.A, re.X, re.I | re.A):
    for pattern in ('A.b', '^b$', r'\w+', '[À-ß]+', 'k', '[k-m]ſ?', '(a)\\1', 'ß', '[^x]{2}', r'\s'):
        for text in ('aXB', 'a\nb\nc', 'éàK', 'KſS', 'aA', 'ẞß', '\x1c\u2003x'):
            show(pattern, text, flags)

print(re.findall('a*', 'baac'), re.findall('(a)|(b)', 'ab'), re.split('(x)|y', 'axbyc'), re.split('x*', 'axbc'))
print(re.sub('x*', '-', 'abxd'), re.subn('b', r'\g<0>\g<0>', 'abab', 1), re.sub('(?P<n>b)', r'[\g<n>\1]', 'abc'))
print(re.sub('.', lambda m: m.group().upper() * 2, 'ab'), [m.span() for m in re.finditer('(?=a)|a', 'aab')])
print(re.compile(b'a(.)').findall(b'abac'), re.sub(b'a', b'\\n', bytearray(b'cat')), re.search(b'[\x80-\xff]+', b'a\xe9\xff').span())
p = re.compile('(?P<first>a)(?P<second>b)?', re.I)
m = p.match('xaB', 1)
print(p, p.flags, p.groups, dict(p.groupindex), p.pattern, m, m.pos, m.endpos, m.string, m.re is p)
print(m.groups(), m.groupdict(), m['first'], m[0], m.group(1, 'second'), m.start('second'), m.end(2), m.span(), m.expand(r'\2\1'))
print(p.match('b'), p.fullmatch('abc'), p.fullmatch('ab').span(), p.search('ccab', 0, 3).span(), p.match('a').groups('-'))
s = p.scanner('abaxab')
print(s.match(), s.match(), s.match(), s.search(), s.search(), s.pattern is p)
print(p == re.compile('(?P<first>a)(?P<second>b)?', re.I), p != re.compile('a'), hash(p) == hash(p), bool(m))
for action in (lambda: re.match('a', 5), lambda: re.match('a', b''), lambda: re.match(b'a', ''), lambda: m.group(3), lambda: m['no'],
               lambda: m.group(1.5), lambda: re.compile('('), lambda: re.compile('*a'), lambda: re.compile('(?P<x>a)(?P<x>b)'),
               lambda: re.sub('a', r'\2', 'a'), lambda: re.compile('a{3,2}'), lambda: re.Pattern(), lambda: re.Match(),
               lambda: re.compile('[b-a]'), lambda: re.compile(r'\q')):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)

# Nothing overflows a stack, however deep.
assert re.match('(?:ab?)*c', 'ab' * 50000 + 'c').end() == 100001
assert re.match('(a|b)*?$', 'ab' * 20000).lastindex == 1
assert re.fullmatch('(?:(?:a)*)*', 'a' * 1000)
assert re.search('(?:x+y?)*z', 'x' * 18) is None
assert re.compile('|'.join(f'w{i}' for i in range(500))).match('w499').span() == (0, 2)
print(re.findall('[a-zA-Zα-ωА-Я一-龥]+', 'abc αβγ БВГ 漢字 x1'), re.findall('[^\\W\\d_]+', 'aé1_β'))
print(re.escape('a.b*c'), re.split(r'(?<=,)', 'a,b,c'), re.findall(r'(\w+)=(\d+)', 'a=1 b=22'))
