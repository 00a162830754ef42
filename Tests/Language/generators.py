# Generators: their life, what can be sent and thrown into them, delegation, and generator expressions.


def raised(action):
    try:
        action()
    except BaseException as error:
        return type(error).__name__, str(error)
    return None


def counting(limit):
    number = 0
    while number < limit:
        answer = yield number
        number = number + 1 if answer is None else answer
    return "done"


assert list(counting(3)) == [0, 1, 2]
numbers = counting(10)
assert raised(lambda: numbers.send(1)) == ("TypeError", "can't send non-None value to a just-started generator")
assert next(numbers) == 0
assert numbers.send(7) == 7
assert list(numbers) == [8, 9]
assert raised(lambda: next(numbers)) == ("StopIteration", "")
end = counting(0)
try:
    next(end)
except StopIteration as stop:
    assert stop.value == "done"


# Exceptions thrown in appear at the yield; close ends, and finally runs.
def careful(log):
    try:
        while True:
            try:
                yield len(log)
            except ValueError as error:
                log.append(str(error))
    finally:
        log.append("closed")


log = []
generator = careful(log)
next(generator)
assert generator.throw(ValueError("first")) == 1
generator.close()
generator.close()
assert log == ["first", "closed"]
assert raised(lambda: careful([]).throw(KeyError("early"))) == ("KeyError", "'early'")


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


ignoring = stubborn()
next(ignoring)
assert raised(ignoring.close) == ("RuntimeError", "generator ignored GeneratorExit")


# A StopIteration of its own is a mistake.
def stops():
    raise StopIteration("inner")
    yield


assert raised(lambda: next(stops())) == ("RuntimeError", "generator raised StopIteration")


# A generator cannot be resumed from within.
def itself():
    yield next(me)


me = itself()
assert raised(lambda: next(me)) == ("ValueError", "generator already executing")


# Delegation passes values, exceptions and the result through.
def inner():
    received = []
    try:
        while True:
            received.append((yield len(received)))
    except KeyError:
        return received


def outer():
    result = yield from inner()
    yield ("result", result)


delegating = outer()
assert next(delegating) == 0
assert delegating.send("a") == 1
assert delegating.throw(KeyError) == ("result", ["a"])
assert list(delegating) == []


def flat(tree):
    if isinstance(tree, list):
        for branch in tree:
            yield from flat(branch)
    else:
        yield tree


assert list(flat([1, [2, [3, []], 4]])) == [1, 2, 3, 4]


def from_a_list():
    result = yield from [1, 2]
    yield result


assert list(from_a_list()) == [1, 2, None]

# Generator expressions are lazy, nest, and filter.
lazy = (print(x) for x in ())
assert list(lazy) == []
assert sum(x * y for x in range(4) for y in range(x) if (x + y) % 2) == 1 * 0 + 2 * 1 + 3 * 0 + 3 * 2
assert type(x for x in ()).__name__ == "generator"


# What can be seen of one.
def shown():
    here = 1
    yield here


seen = shown()
assert seen.gi_frame.f_lineno and seen.gi_running is False and seen.gi_yieldfrom is None
assert (seen.__name__, seen.__qualname__) == ("shown", "shown")
next(seen)
assert seen.gi_frame.f_locals == {"here": 1}
list(seen)
assert seen.gi_frame is None
