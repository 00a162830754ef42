# One function makes many: each remembers its own exponent.


def power_of(exponent):
    def power(base):
        return base**exponent

    return power


square, cube = power_of(2), power_of(3)
print(square(5), cube(5))
print([power_of(n)(2) for n in range(8)])
print(power_of(0.5)(2))
