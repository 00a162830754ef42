def count(n):
    i = 0
    total = 0
    while i < n:
        if i % 3 == 0 and total < 10:
            total += i * 2.5
        elif i in [1, 2] or not n:
            i += 1
            continue
        i += 1
    else:
        return total
    return None


def forever(a, b):
    while True:
        a, b = b, a + b
        if 1 < a <= b < 100 or a is None:
            break
    return a


def pairs(items):
    for index, (key, *values) in items:
        for value in values:
            yield key, value, index


def maybe(flag):
    if flag:
        x = 1
    for y in ():
        pass
    return x, y


def comprehend(rows):
    return [cell for row in rows if row for cell in row], {k: v for k, v in rows}, {1 for _ in rows}
