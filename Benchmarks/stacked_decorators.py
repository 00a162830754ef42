# Two decorators around one function: arguments packed and unpacked twice for each call, and state in a cell.


def counted(report):
    def decorate(function):
        seen = 0

        def counting(*args, **kwargs):
            nonlocal seen
            seen += 1
            report["calls"] = seen
            return function(*args, **kwargs)

        return counting

    return decorate


def bounded(low, high):
    def decorate(function):
        def bounding(*args, **kwargs):
            value = function(*args, **kwargs)
            return low if value < low else high if value > high else value

        return bounding

    return decorate


report = {}


@counted(report)
@bounded(25, 950)
def price(amount, rate, discount=3, fee=1):
    return (amount * rate - discount + fee) % 1009


def measure(rounds):
    turnover = 0
    for amount in range(rounds):
        turnover += price(amount, 4)
        turnover += price(amount, 9, fee=6)
    return turnover


print(measure(450_000), report)
