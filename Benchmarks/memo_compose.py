# Closures that remember, compose, curry and bind: dictionaries in cells, argument lists spread again.


def remembering(function):
    known = {}

    def recall(argument):
        if argument not in known:
            known[argument] = function(argument)
        return known[argument]

    return recall


def chain(*links):
    def run(value):
        for link in links:
            value = link(value)
        return value

    return run


def one_by_one(function):
    return lambda first: lambda second: lambda third: function(first, second, third)


def bound(function, *front):
    return lambda *back: function(*front, *back)


@remembering
def hailstones(height):
    if height == 1:
        return 0
    return 1 + hailstones(height // 2 if height % 2 == 0 else height * 3 + 1)


def measure():
    total = 0
    for height in range(1, 110_000):
        total += hailstones(height)
    polish = chain(lambda value: value + 4, lambda value: value * 5, lambda value: value % 1_021)
    mix = one_by_one(lambda first, second, third: first - second * third)
    fixed = bound(lambda a, b, c, d: a * b + c - d, 3, 8)
    for value in range(500_000):
        total += polish(value)
        total += mix(value)(6)(2)
        total += fixed(value, 1)
    return total


print(measure())
