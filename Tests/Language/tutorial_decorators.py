# A decorator takes a function and gives back a closure around it.


def framed(function):
    def wrapper(*args, **kwargs):
        print("before", function.__name__)
        result = function(*args, **kwargs)
        print("after", function.__name__)
        return result

    return wrapper


@framed
def greet(name):
    print(f"Hello, {name}!")


greet("Alice")
print(greet.__name__, greet.__closure__[0].cell_contents.__name__)


@framed
@framed
def total(*numbers, start=0):
    return sum(numbers, start)


print(total(1, 2, 3, start=10))
