# aiter and anext, and what `async for` and `async with` say of wrong objects.
def drive(coroutine):
    """Runs a coroutine to its end; what it yields on the way, and its value."""
    seen = []
    try:
        while True:
            seen.append(coroutine.send(None))
    except StopIteration as stop:
        return seen, stop.value


class Pause:
    def __await__(self):
        yield "pause"
        return 5


async def numbers():
    yield 1
    yield await Pause()


async def take():
    iterator = aiter(numbers())
    assert aiter(iterator) is iterator
    first = await anext(iterator)
    second = await anext(iterator, "none")
    third = await anext(iterator, "none")
    try:
        await anext(iterator)
    except StopAsyncIteration:
        return first, second, third


assert drive(take()) == (["pause"], (1, 5, "none"))


class Counter:
    def __init__(self):
        self.count = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.count += 1
        if self.count > 2:
            raise StopAsyncIteration
        await Pause()
        return self.count


async def collect():
    counter = Counter()
    return [await anext(counter, 0) for _ in range(4)]


assert drive(collect()) == (["pause", "pause"], [1, 2, 0, 0])
waiting = anext(numbers(), 7)
assert type(waiting).__name__ == "anext_awaitable" and waiting.__await__() is waiting is iter(waiting)
try:
    next(waiting)
except StopIteration as stop:
    assert stop.value == 1
waiting = anext(numbers(), 7)
try:
    waiting.throw(KeyError("thrown"))
except KeyError as error:
    assert error.args == ("thrown",)
waiting.close()


class NoIterator:
    def __aiter__(self):
        return 3


class Wrong:
    def __aiter__(self):
        return self

    def __anext__(self):
        return ()

    def __aenter__(self):
        return 1

    def __aexit__(self, *args):
        return 2


class WrongExit(Wrong):
    async def __aenter__(self):
        return self


async def loop():
    async for _ in Wrong():
        pass


async def enter(manager):
    async with manager:
        pass


async def enter_and_raise():
    async with WrongExit():
        1 / 0


for call in (
    lambda: aiter(1), lambda: anext(1), lambda: aiter(NoIterator()), lambda: aiter(), lambda: anext(1, 2, 3),
    lambda: drive(loop()), lambda: drive(enter(Wrong())), lambda: drive(enter(WrongExit())),
    lambda: drive(enter_and_raise()),
):
    try:
        call()
    except TypeError as error:
        print(error, "|", repr(error.__cause__))


# While a generator runs it waits for nothing, and an exception thrown into it has the context that it handles itself.
def inner():
    assert outer.gi_yieldfrom is None
    yield 1


def delegating():
    yield from inner()


outer = delegating()
next(outer)
assert outer.gi_yieldfrom is not None


def careless():
    try:
        yield
    finally:
        raise KeyError("inside")


generator = careless()
next(generator)
try:
    try:
        raise ValueError("handled")
    except ValueError:
        thrown = IndexError("thrown")
        generator.throw(thrown)
except KeyError as error:
    assert error.__context__ is thrown and thrown.__context__ is None


# An asynchronous generator takes an exception as other generators do.
async def resource(seen):
    try:
        yield 1
    except ValueError as error:
        seen.append(error)
        yield 2


async def throw(*arguments):
    seen = []
    generator = resource(seen)
    await anext(generator)
    value = await generator.athrow(*arguments)
    await generator.aclose()
    return value, seen


error = ValueError("given")
assert drive(throw(error))[1] == (2, [error])
assert drive(throw(ValueError, error, error.__traceback__))[1] == (2, [error])
(value, (made,)) = drive(throw(ValueError, ("a", "b")))[1]
assert value == 2 and made.args == ("a", "b")
(value, (made,)) = drive(throw(ValueError, "text", None))[1]
assert value == 2 and made.args == ("text",)

import contextlib


@contextlib.asynccontextmanager
async def managed(log):
    log.append("enter")
    try:
        yield
    except KeyError as error:
        log.append(error.args)
    log.append("exit")


async def use():
    log = []
    async with managed(log):
        raise KeyError("inside")
    return log


assert drive(use()) == ([], ["enter", ("inside",), "exit"])
