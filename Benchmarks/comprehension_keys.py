# Comprehensions, and builtins that call closures: sorted, map, filter, max.


def ranking(factor, modulus):
    def rank(value):
        return value * factor % modulus

    return rank


def measure(rounds):
    numbers = [number * 6_151 % 12_007 for number in range(18_000)]
    checksum = 0
    for turn in range(rounds):
        checksum += sorted(numbers, key=ranking(turn + 5, 9_901))[turn * 50]
        squares = list(map(lambda number: number * number - turn, numbers))
        kept = list(filter(lambda square: square % 4 == turn % 4, squares))
        checksum += len(kept) + sum(kept[:20])
        doubled = [number + number for number in numbers if number & 1]
        checksum += sum(doubled)
        checksum += len({number: number % 19 for number in doubled})
        checksum += len({square % 103 for square in squares})
        table = [[row * column for column in range(55)] for row in range(55)]
        checksum += table[turn][turn + 2]
        checksum += max(numbers, key=lambda number: number * 29 % 4_093)
        checksum += sum(number * square for number, square in zip(numbers, squares)) % 1_013
    return checksum


print(measure(50))
