def calls(f, o, a, *args, **kwargs):
    f()
    f(1, a, f(a, f(2)))
    x = f(a, key=1, other=a)
    o.method(a, 2)
    o.method(f(a)).again(k=o)
    f(*args)
    f(1, *args, 2, **kwargs)
    f(a=1, **kwargs, b=2)
    return f(x)[0].y[a:1][::2]


def values(a, b):
    c = a or b
    c = a and b or c
    d = a if b else c
    e = a < b < c
    f = not a, -b, ~c, +d, not a in b
    g = f"{a}{b!r:>{c}}text"
    h = [a, 1, *b], {a: 1, **b}, {1, a}, (*a, b)
    i = 1 + 2 * 3, 'a' 'b', (1, 2)[0], 2 ** 70, -1, 1 - 2j
    return (c := a) + c, e, f, g, h, i, [1, 2, 3], {1, 2, 3}, a @ b


def stores(o, k):
    o.x = o.y = k
    o[k], k = k, o
    o.x += 1
    o[k] -= o
    o[0] = k[-1]
    (k, o.z), *o[1:] = k
    del o.x, o[k], k
    k = k
    return k
