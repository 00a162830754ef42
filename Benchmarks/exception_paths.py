# Exceptions raised two calls down and caught by kind, with else and finally, and missing keys.


def fetch(number):
    if number % 3 == 0:
        raise ValueError(number)
    if number % 5 == 0:
        raise LookupError("five")
    return number


def relay(number):
    return fetch(number) * 2


def measure(rounds):
    shelf = {"here": 2}
    got = values = lookups = clean = closed = 0
    for number in range(rounds):
        try:
            got += relay(number)
        except ValueError as error:
            values += error.args[0] & 3
        except LookupError:
            lookups += 1
        else:
            clean += 1
        finally:
            closed += 1
        try:
            clean += shelf["gone" if number & 1 else "here"]
        except KeyError:
            pass
    return got, values, lookups, clean, closed


print(measure(900_000))
