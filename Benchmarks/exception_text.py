# Exceptions whose text is asked for, and a class of our own among them.


class Refused(Exception):
    pass


def judge(number):
    if number % 3 == 0:
        raise ValueError("no thirds")
    if number % 5 == 0:
        raise Refused(f"number {number}")
    return number


def measure(rounds):
    letters = refused = passed = 0
    for number in range(rounds):
        try:
            passed += judge(number) & 1
        except Refused as error:
            refused += len(str(error))
        except ValueError as error:
            letters += len(str(error))
        try:
            try:
                int("x" if number & 7 == 0 else "7")
            finally:
                passed += 1
        except ValueError as error:
            letters += len(error.args[0])
    return letters, refused, passed


print(measure(700_000))
