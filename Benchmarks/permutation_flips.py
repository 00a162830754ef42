# Every order of a pack of cards, each flipped until the first card lies on top: list slices and element swaps.


def orders(count):
    order = list(range(count))
    turns = [0] * count
    yield order
    at = 1
    while at < count:
        if turns[at] < at:
            other = turns[at] if at & 1 else 0
            order[other], order[at] = order[at], order[other]
            turns[at] += 1
            at = 1
            yield order
        else:
            turns[at] = 0
            at += 1


def flips_of(order):
    pack = order[:]
    flips = 0
    top = pack[0]
    while top:
        pack[: top + 1] = pack[top::-1]
        flips += 1
        top = pack[0]
    return flips


def measure(count):
    most = balance = 0
    sign = 1
    for order in orders(count):
        flips = flips_of(order)
        if flips > most:
            most = flips
        balance += sign * flips
        sign = -sign
    return most, balance


print(measure(9))
