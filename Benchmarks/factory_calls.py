# Functions made by functions: a few called often, then many that are called once each.


def scaled_power(exponent):
    def apply(base):
        product = 1
        for _ in range(exponent):
            product = product * base % 999_983
        return product

    return apply


def offset_by(amount):
    return lambda value: value + amount


def measure():
    checksum = 0
    curves = [scaled_power(exponent) for exponent in (1, 2, 3, 4, 5)]
    for base in range(250_000):
        for curve in curves:
            checksum = (checksum + curve(base)) % 1_000_000_009
    for amount in range(1_800_000):
        checksum = offset_by(amount)(checksum) % 1_000_000_009
    return checksum


print(measure())
