"""Every way for a name to live somewhere."""
import a.b, c.d as e
from m import n as o

x = 1


def outer(p, /, q, *r, s=1, **t):
    "Documented."
    x = p
    y = z = 0

    def inner(u=q):
        nonlocal y
        global g
        y += x
        g = u
        return lambda v: v + x + s

    class Inner:
        x = x
        y: int = 2

        def method(self):
            return __class__, super().method, x, self.__private

        __hidden = [x for _ in range(3)]

        class Deeper:
            w = y

            def look(self):
                return x, p

    return inner, Inner, [i + y for i in range(q) if (z := i)]


def deletes(value):
    try:
        value = 1
        del value
    except Exception as error:
        print(error)
    return [value for value in (1, 2)], {k: value for k, v in []}, {value for _ in ()}, (value for _ in [])


def explicit():
    global x
    x = 2

    def inner():
        return x

    class C:
        def x(self):
            return x

    return inner, C


class __Mangled:
    __a = 1

    def __b(self, __c, *, __d=2):
        import __e
        self.__f = __c
        return __e.__g, __d, __h__


async def coroutine(items):
    async with items as a, a.b as (c, d):
        return [await i async for i in c if await d]


async def agen():
    yield [x async for x in y]


def generator():
    z = yield
    yield from (lambda: z)()


def annotated():
    a: int
    b: str = 'b'
    return b


def order():
    for i in range(3):
        first, (second, *third) = i
        with first as fourth:
            import fifth
        seventh = eighth = sixth = 0
    return sixth


@decorator(lambda: x)
class Decorated(Base, metaclass=Meta, **options):
    '''Doc.'''
    nonlocal_ = lambda self: (yield)

    @property
    @other
    def value(self, *, default=x):
        return default


def match(subject):
    match subject:
        case [1, a, *rest] | {'a': a, **rest}:
            return a
        case Point(x=0, y=b) as whole:
            return lambda: whole, b
