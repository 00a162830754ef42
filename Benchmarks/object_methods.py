# Objects of plain classes: attributes read and written, methods called, many short-lived instances.


class Point:
    def __init__(self, across, up):
        self.across = across
        self.up = up

    def moved(self, other):
        return Point(self.across + other.across, self.up + other.up)

    def product(self, other):
        return self.across * other.across + self.up * other.up


class Tank:
    def __init__(self, litres):
        self.litres = litres
        self.moves = 0

    def fill(self, amount):
        self.litres += amount
        self.moves += 1

    def drain(self, amount):
        if amount > self.litres:
            return False
        self.litres -= amount
        self.moves += 1
        return True


def measure(rounds):
    tank, here, wind = Tank(500), Point(2, 3), Point(1, -1)
    drained = 0
    for turn in range(rounds):
        tank.fill(turn % 43)
        if tank.drain(turn % 59):
            drained += 1
        drained += here.moved(wind).product(here)
    return drained, tank.litres, tank.moves


print(measure(900_000))
