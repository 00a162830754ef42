# Generators capture and are captured like functions, and keep their cells while they are suspended.


# A generator that writes to a cell of its maker.
def meter():
    total = 0

    def add():
        nonlocal total
        while True:
            amount = yield total
            total += amount

    def read():
        return total

    return add(), read


adder, read = meter()
next(adder)
assert (adder.send(5), adder.send(6), read()) == (5, 11, 11)
adder.close()
assert read() == 11


# A generator that owns the cell: closures see how far it is.
def stepping():
    step = 0

    def where():
        return step

    while step < 2:
        yield where
        step += 1


steps = stepping()
where = next(steps)
assert where() == 0
next(steps)
assert where() == 1
assert next(steps, "done") == "done"
assert where() == 2


# A generator expression computes its first iterable at once, and everything else when it is drawn from.
def lazy():
    factor, numbers = 2, [1, 2, 3]
    products = (factor * number for number in numbers)
    factor, numbers = 10, None
    return list(products)


assert lazy() == [10, 20, 30]


# Delegation does not change whose cells they are.
def delegating():
    log = []

    def inner():
        log.append("in")
        received = yield 1
        log.append(received)
        return "end"

    def outer():
        log.append((yield from inner()))

    return outer(), log


generator, log = delegating()
next(generator)
assert next(generator, None) is None
assert log == ["in", None, "end"]

# A walrus in a comprehension binds the variable of the function around it.
def walrus():
    found = None
    any((found := number) > 2 for number in range(10))
    return (lambda: found)()


assert walrus() == 3
