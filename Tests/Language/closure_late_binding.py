# A closure holds the variable and not the value that it had: the loop's last value is what each of them reads.


# The functions of one loop share one cell.
def in_a_loop():
    functions = []
    for number in range(3):
        functions.append(lambda: number)
    return functions


late = in_a_loop()
assert [function() for function in late] == [2, 2, 2]
assert len({id(function.__closure__[0]) for function in late}) == 1

# Called within the loop, each sees the value of its turn.
seen = []


def called_in_the_loop():
    for number in range(3):
        (lambda: seen.append(number))()


called_in_the_loop()
assert seen == [0, 1, 2]


# A default is computed when the function is made.
def with_defaults():
    return [lambda number=number: number for number in range(3)]


early = with_defaults()
assert [function() for function in early] == [0, 1, 2]
assert early[0].__closure__ is None
assert early[1].__defaults__ == (1,)
assert early[1](7) == 7


# A function made by a function has a cell of its own.
def with_a_factory():
    def make(number):
        return lambda: number

    return [make(number) for number in range(3)]


own = with_a_factory()
assert [function() for function in own] == [0, 1, 2]
assert len({id(function.__closure__[0]) for function in own}) == 3

# A comprehension is a function with a variable of its own, shared by what is made in it.
shared = [lambda: number for number in range(4)]
assert [function() for function in shared] == [3, 3, 3, 3]
assert {key: function() for key, function in {n: (lambda: n) for n in "ab"}.items()} == {"a": "b", "b": "b"}

# A generator makes its functions as it goes: each reads what the variable is by then.
lazily = (lambda: number for number in range(3))
assert [function() for function in lazily] == [0, 1, 2]
lazily = (lambda: number for number in range(3))
assert [function() for function in list(lazily)] == [2, 2, 2]


# After the loop the variable can still be changed, and all of them see it.
def changed_after_the_loop():
    functions = [None] * 2
    for index in range(2):

        def read():
            return index

        functions[index] = read
    index = "changed"
    return functions


assert [function() for function in changed_after_the_loop()] == ["changed", "changed"]


# A while loop, and two variables of which only one is rebound.
def mixed():
    base, step, functions = 10, 0, []
    while step < 3:
        functions.append(lambda: base + step)
        step += 1
    return functions


assert [function() for function in mixed()] == [13, 13, 13]
assert mixed()[0].__code__.co_freevars == ("base", "step")
