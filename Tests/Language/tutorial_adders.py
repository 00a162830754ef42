# The first example of every tutorial: a function that remembers what another was called with.


def adder(left):
    def add(right):
        return left + right

    return add


ten, twenty = adder(10), adder(20)
print(ten(5), twenty(5))
print(adder(5)(3))
print(ten.__name__, ten.__qualname__)
