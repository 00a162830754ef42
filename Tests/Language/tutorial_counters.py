# State that nobody else can touch: each call of the maker has a count of its own.


def make_counter():
    count = 0

    def counter():
        nonlocal count
        count += 1
        return count

    return counter


left = make_counter()
print(left())
print(left())
right = make_counter()
print(right())
print(left())


def make_broken_counter():
    count = 0

    def counter():
        count += 1
        return count

    return counter


try:
    make_broken_counter()()
except UnboundLocalError as error:
    print(type(error).__name__, error)
