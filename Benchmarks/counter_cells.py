# Calls of two counters, each of which reads and writes a cell of its own.


def tally(first, stride):
    reading = first

    def advance():
        nonlocal reading
        reading += stride
        return reading

    return advance


def measure(rounds):
    odd, steep = tally(1, 2), tally(0, 5)
    mixed = 0
    left = rounds
    while left > 0:
        mixed ^= odd()
        mixed += steep()
        left -= 1
    return mixed


print(measure(3_000_000))
