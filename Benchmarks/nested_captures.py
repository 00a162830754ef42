# Four functions inside one another; the innermost reads a cell of each of the others.


def planet(radius):
    circumference = radius * 6

    def continent(width):
        area = circumference + width

        def country(towns):
            density = area - towns

            def street(number):
                distance = 0
                for house in range(10):
                    distance += radius + circumference + width + area + towns + density + number + house
                return distance

            return street

        return country

    return continent


def measure():
    walked = 0
    main_street = planet(4)(7)(2)
    for number in range(380_000):
        walked = (walked + main_street(number)) & 0xFFF_FFFF
    for radius in range(140_000):
        walked = (walked ^ planet(radius)(5)(3)(8)) & 0xFFF_FFFF
    return walked


print(measure())
