# Values drawn through generators: pipelines, delegation, generator closures and generator expressions.


def numbers(limit):
    number = 0
    while number < limit:
        yield number
        number += 1


def changed(change, values):
    for value in values:
        yield change(value)


def chosen(wanted, values):
    for value in values:
        if wanted(value):
            yield value


def branches(depth):
    if depth:
        yield from branches(depth - 1)
        yield depth * 2
        yield from branches(depth - 1)
    else:
        yield 3


def running(factor):
    def totals(values):
        total = 0
        for value in values:
            total += value * factor
            yield total

    return totals


def measure():
    checksum = 0
    for value in chosen(lambda value: value % 4 == 1, changed(lambda value: value * 3, numbers(1_500_000))):
        checksum = (checksum + value) % 999_983
    for value in running(7)(numbers(1_200_000)):
        checksum = (checksum ^ value) % 999_983
    for value in branches(15):
        checksum += value
    return checksum + sum(value + 1 for value in numbers(1_200_000))


print(measure())
